// Applications: load, start, stop, environment, and what follows when one ends by itself (AP-01 to AP-05).

import assert from "node:assert/strict";
import { resolve } from "node:path";
import { afterEach, test } from "node:test";
import type { App } from "../../src/release/app.ts";
import type { BootApplication } from "../../src/release/rel.ts";
import * as Application from "../../src/runtime/behaviour/application.ts";
import * as controller from "../../src/runtime/behaviour/application-controller.ts";
import { handleOf } from "../../src/runtime/code/modules.ts";
import * as Process from "../../src/runtime/process/index.ts";
import { collectReports, idler, refused, settled } from "../process/support.ts";
import { child, startSup, takeLog } from "./children.ts";

const reports = collectReports();

const nodeEnds: string[] = [];
controller.onNodeEnd((reason) => nodeEnds.push(reason));
afterEach(async () => {
  await controller.stopAll();
  takeLog();
  takeCalls();
  nodeEnds.length = 0;
});

/** What has been called, in order. */
const calls: unknown[] = [];
const takeCalls = (): unknown[] => calls.splice(0);

/** Loads an application; `callbacks` stand for the exports of its application module. */
const load = (
  name: string,
  callbacks: Partial<Application.ApplicationCallbacks> | null,
  more: Partial<App> = {},
  env: Application.Environment = {},
): void => {
  const module = `${name}/app`;
  const app: App = {
    name,
    vsn: "1.0.0",
    description: `the ${name}`,
    modules: [],
    registered: [],
    applications: [],
    ...(callbacks === null ? {} : { mod: { module, arg: `arg of ${name}` } }),
    ...more,
  };
  if (callbacks !== null) Object.assign(handleOf(module), callbacks);
  Application.load({ app, type: "permanent", folder: `lib/${name}-1.0.0`, included: false }, env);
};

/** An application module with a top supervisor of one child, which writes down what is called. */
const callbacksOf = (name: string): Application.ApplicationCallbacks => ({
  behaviour: "application",
  start(type, arg) {
    calls.push([name, "start", type, arg]);
    return startSup({}, [child(name)]);
  },
  prepStop: (top) => void calls.push([name, "prepStop", Process.isAlive(top)]),
  stop: () => void calls.push([name, "stop"]),
});
/** The top process of the application that was started last. */
const top = (): Process.Pid =>
  Process.processes().findLast((pid) => Process.processInfo(pid)?.behaviour === "supervisor") as Process.Pid;

test("start calls the application module with its argument, and the application is there", async () => {
  load("chat", callbacksOf("chat"));
  await Application.start("chat", "transient");
  assert.deepEqual(takeCalls(), [["chat", "start", "normal", "arg of chat"]]);
  assert.deepEqual(takeLog(), ["start chat"]);
  const shown = { name: "chat", vsn: "1.0.0", description: "the chat", type: "transient" };
  assert.deepEqual(Application.whichApplications(), [shown]);
});

test("start of a library application needs no module", async () => {
  load("library", null);
  await Application.start("library");
  assert.equal(Application.whichApplications()[0]?.type, "temporary");
  await Application.stop("library");
});

test("start refuses one that is not loaded, that runs, or whose needed application does not run [AP-02]", async () => {
  load("base", null);
  load("chat", callbacksOf("chat"), { applications: ["base", "extra"], optionalApplications: ["extra"] });
  await assert.rejects(Application.start("unknown"), refused("application/not_loaded", { app: "unknown" }));
  const needed = { app: "base", neededBy: "chat" };
  await assert.rejects(Application.start("chat"), refused("application/not_started", needed));
  await Application.start("base");
  await Application.start("chat");
  await assert.rejects(Application.start("chat"), refused("application/already_started"));
});

const endedTop = (): Promise<Process.Pid> => {
  const pid = Process.spawn({ run: () => {} }, "run");
  pid.process?.end("normal");
  return Promise.resolve(pid);
};
const failures: readonly [title: string, start: () => unknown, reason: RegExp][] = [
  ["throws", () => assert.fail("boom"), /^error: AssertionError: boom$/],
  ["rejects", () => Promise.reject(new Error("boom")), /^error: Error: boom$/],
  ["returns no pid", () => 5, /returned 5$/],
  ["returns the pid of a process that has ended", endedTop, /its top process has ended already/],
  ["exits", () => Process.exit({ shutdown: "no" }), /^shutdown: no$/],
];
for (const [title, start, reason] of failures) {
  test(`start rejects when the application module ${title}; the node goes on, and a second start is possible`, async () => {
    load("chat", { ...callbacksOf("chat"), start: start as Application.ApplicationCallbacks["start"] });
    await assert.rejects(Application.start("chat", "permanent"), (error) => {
      refused("application/start_failed", { app: "chat" })(error);
      assert.match((error as { details: { reason: string } }).details.reason, reason);
      return true;
    });
    assert.deepEqual(nodeEnds, []);
    Object.assign(handleOf("chat/app"), callbacksOf("chat"));
    await Application.start("chat");
  });
}

test("start phases run in order after start, and one that fails fails the start [AP-03]", async () => {
  const startPhases = ["warm", "open"].map((phase) => ({ phase, arg: `arg of ${phase}` }));
  const startPhase = (phase: string, type: string, arg: string): void => {
    calls.push([phase, type, arg]);
  };
  load("chat", { ...callbacksOf("chat"), startPhase: startPhase as never }, { startPhases });
  await Application.start("chat");
  assert.deepEqual(takeCalls().slice(1), [
    ["warm", "normal", "arg of warm"],
    ["open", "normal", "arg of open"],
  ]);
  await Application.stop("chat");
  Object.assign(handleOf("chat/app"), { startPhase: () => Promise.reject(new Error("boom")) });
  const before = Process.processes().length;
  await assert.rejects(Application.start("chat"), refused("application/start_failed"));
  await settled();
  assert.equal(Process.processes().length, before, "what start had started is ended");
  takeCalls();
});

test("stop calls prepStop, ends the tree from the top down, and calls stop", async () => {
  load("chat", callbacksOf("chat"));
  await Application.start("chat", "permanent");
  takeLog();
  takeCalls();
  await Application.stop("chat");
  assert.deepEqual(takeCalls(), [
    ["chat", "prepStop", true],
    ["chat", "stop"],
  ]);
  assert.deepEqual(takeLog(), ["end chat shutdown"]);
  assert.deepEqual(nodeEnds, [], "an explicit stop never ends the node");
  assert.deepEqual(Application.whichApplications(), []);
  await assert.rejects(Application.stop("chat"), refused("application/not_started", { app: "chat", neededBy: null }));
});

test("an application whose start was no startLink ends with its top process all the same", async () => {
  const started: Process.Pid[] = [];
  const start = (): Process.Pid => {
    started.push(idler());
    return started[0] as Process.Pid;
  };
  load("loose", { ...callbacksOf("loose"), start });
  await Application.start("loose", "permanent");
  started[0]?.process?.end("boom");
  while (Application.whichApplications().length > 0) await settled();
  assert.deepEqual(nodeEnds, ['application "loose" (permanent) has ended: boom']);
});

test("stop goes on when prepStop and stop fail", async () => {
  const boom = (): never => assert.fail("boom");
  load("chat", { ...callbacksOf("chat"), prepStop: boom, stop: boom });
  await Application.start("chat");
  takeLog();
  const before = reports.length;
  await Application.stop("chat");
  assert.deepEqual(takeLog(), ["end chat shutdown"]);
  assert.deepEqual(
    reports
      .slice(before)

      .filter(({ kind, level }) => kind === "application_report" && level === "error")
      .map(({ message }) => message),
    ["prepStop", "stop"].map((name) => `${name} of application "chat" failed: error: AssertionError: boom`),
  );
});

// What follows if the top process of a running application ends.
const ends: readonly [type: Application.RunType, reason: Process.ExitReason, node: boolean][] = [
  ["permanent", "normal", true],
  ["permanent", "shutdown", true],
  ["permanent", "boom", true],
  ["transient", "normal", false],
  ["transient", "shutdown", true],
  ["transient", "boom", true],
  ["temporary", "normal", false],
  ["temporary", "boom", false],
];
for (const [type, reason, node] of ends) {
  test(`a ${type} application that ends with ${reason} ${node ? "ends the node" : "is reported"} [AP-01]`, async () => {
    load("chat", callbacksOf("chat"));
    await Application.start("chat", type);
    takeCalls();
    top().process?.end(reason);
    while (Application.whichApplications().length > 0) await settled();
    assert.deepEqual(takeCalls(), [["chat", "stop"]]);
    assert.deepEqual(nodeEnds, node ? [`application "chat" (${type}) has ended: ${String(reason)}`] : []);
    assert.ok(reports.some(({ message }) => message.includes(`(${type}) has ended`)));
    await Application.start("chat", type);
  });
}

test("ensureAllStarted starts what is needed first, and says what it has started", async () => {
  load("base", null);
  load("chat", callbacksOf("chat"), { applications: ["base", "extra"], optionalApplications: ["extra"] });
  assert.deepEqual(await Application.ensureAllStarted("chat"), ["base", "chat"]);
  assert.deepEqual(await Application.ensureAllStarted("chat"), []);
  assert.deepEqual(
    Application.whichApplications().map(({ name }) => name),
    ["chat", "base"],
  );
});

test("ensureAllStarted that fails stops again what it has started", async () => {
  load("base", null);
  load("chat", { ...callbacksOf("chat"), start: () => assert.fail("boom") }, { applications: ["base"] });
  await assert.rejects(Application.ensureAllStarted("chat"), refused("application/start_failed"));
  assert.deepEqual(Application.whichApplications(), []);
});

test("load and unload refuse what is out of turn", async () => {
  load("base", null);
  assert.throws(() => load("base", null), refused("application/already_loaded"));
  assert.deepEqual(
    Application.loadedApplications().map(({ name }) => name),
    ["base"],
  );
  await Application.start("base");
  assert.throws(() => Application.unload("base"), refused("application/running"));
  await Application.stop("base");
  Application.unload("base");
  assert.throws(() => Application.unload("base"), refused("application/not_loaded"));
});

test("getEnv shows the application file's environment under the release's configuration", () => {
  load("chat", null, { env: { port: 1, host: "a" } }, { port: 2 });
  assert.equal(Application.getEnv("chat", "port"), 2);
  assert.equal(Application.getEnv("chat", "host"), "a");
  assert.equal(Application.getEnv("chat", "none"), undefined);
  assert.equal(Application.getEnv("unknown", "port"), undefined);
  Application.setEnv("chat", "port", 3);
  assert.deepEqual(Application.getAllEnv("chat"), { port: 3, host: "a" });
  assert.deepEqual(Application.getAllEnv("unknown"), {});
  assert.throws(() => Application.setEnv("unknown", "port", 1), refused("application/not_loaded"));
});

test("privDir is below the folder of the version that is loaded", () => {
  controller.setRoot("/srv/chat");
  load("chat", null);
  assert.equal(Application.privDir("chat"), resolve("/srv/chat/lib/chat-1.0.0/priv"));
  assert.throws(() => Application.privDir("unknown"), refused("application/not_loaded"));
});

// What the release handler does.

const changed = (
  name: string,
  env: Application.Environment,
  vsn = "2.0.0",
): [BootApplication[], Map<string, Application.Environment>] => {
  const app = Application.loadedApplications().find((one) => one.name === name) as App;
  return [
    [{ app: { ...app, vsn }, type: "permanent", folder: `lib/${name}-${vsn}`, included: false }],
    new Map([[name, env]]),
  ];
};

test("changeApplications replaces data and environment, run-time values included, and its undo gives them back [AP-05]", () => {
  load("chat", null, { env: { host: "a" } }, { port: 1 });
  Application.setEnv("chat", "port", "set at run time");
  const undo = controller.changeApplications(...changed("chat", { port: 2 }));
  assert.deepEqual(Application.getAllEnv("chat"), { host: "a", port: 2 });
  assert.equal(Application.loadedApplications()[0]?.vsn, "2.0.0");
  assert.match(Application.privDir("chat"), /chat-2\.0\.0/);
  undo();
  assert.deepEqual(Application.getAllEnv("chat"), { host: "a", port: "set at run time" });
  assert.equal(Application.loadedApplications()[0]?.vsn, "1.0.0");
});

test("configChange tells what was changed, added and removed, once; nothing to those whose environment stayed [AP-04]", async () => {
  const configChange = (...lists: unknown[]): void => void calls.push(lists);
  load("chat", { ...callbacksOf("chat"), configChange }, {}, { port: 1, host: "a", old: true });
  load("calm", { ...callbacksOf("calm"), configChange }, {}, { port: 1 });
  load("silent", callbacksOf("silent"), {}, { port: 1 });
  for (const name of ["chat", "calm", "silent"]) await Application.start(name);
  takeCalls();
  const [chat, chatEnv] = changed("chat", { port: 2, host: "a", fresh: [1] });
  const [silent] = changed("silent", {});
  controller.changeApplications([...chat, ...silent], chatEnv);
  await controller.configChange();
  assert.deepEqual(takeCalls(), [[{ port: 2 }, { fresh: [1] }, ["old"]]]);
  await controller.configChange();
  assert.deepEqual(takeCalls(), []);
});

test("configChange tells an application that was started since that everything is new", async () => {
  controller.changeApplications([], new Map());
  load("fresh", { ...callbacksOf("fresh"), configChange: (...lists) => void calls.push(lists) }, {}, { port: 1 });
  await Application.start("fresh");
  takeCalls();
  await controller.configChange();
  assert.deepEqual(takeCalls(), [[{}, { port: 1 }, []]]);
});

test("configChange that fails is reported, and the others are told", async () => {
  const fail = (): never => assert.fail("boom");
  load("bad", { ...callbacksOf("bad"), configChange: fail }, {}, { port: 1 });
  load("good", { ...callbacksOf("good"), configChange: () => void calls.push("told") }, {}, { port: 1 });
  for (const name of ["bad", "good"]) await Application.start(name);
  takeCalls();
  const [bad, badEnv] = changed("bad", { port: 2 });
  const [good] = changed("good", {});
  controller.changeApplications([...bad, ...good], badEnv);
  await controller.configChange();
  assert.deepEqual(takeCalls(), ["told"]);
  assert.ok(reports.some(({ message }) => message === 'configChange of application "bad" failed'));
});
