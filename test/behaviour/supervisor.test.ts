// Supervisors: starting, restarting and ending children, as supervisor(3) says.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import * as Supervisor from "../../src/runtime/behaviour/supervisor.ts";
import * as Sys from "../../src/runtime/behaviour/sys.ts";
import * as Process from "../../src/runtime/process/index.ts";
import { collectReports, endOf, refused, settled } from "../process/support.ts";
import { Child, child, nextStarts, pidsOf, startSup, supervisorOf, takeLog } from "./children.ts";

const reports = collectReports();
beforeEach(() => {
  takeLog();
  nextStarts.clear();
});

/** Ends a child from outside and waits until its supervisor has dealt with it. */
const endChild = async (supervisor: Process.Pid, id: string, reason: Process.ExitReason): Promise<void> => {
  const pid = (await pidsOf(supervisor))[id] as Process.Pid;
  pid.process?.end(reason);
  if (Process.isAlive(supervisor)) await Supervisor.whichChildren(supervisor).catch(() => {});
};
const stop = (supervisor: Process.Pid): Promise<void> => Sys.terminate(supervisor, "shutdown");

// Starting.

test("startLink starts the children in order, one after the other, and ends them in reverse order [SV-11]", async () => {
  const sup = await startSup({}, [child("a"), child("b"), child("c")]);
  assert.deepEqual(takeLog(), ["start a", "start b", "start c"]);
  await stop(sup);
  assert.deepEqual(takeLog(), ["end c shutdown", "end b shutdown", "end a shutdown"]);
});

test("startLink rejects when a child cannot be started, names it, and ends those that ran", async () => {
  nextStarts.set("b", ["fail"]);
  const starting = startSup({}, [child("a"), child("b"), child("c")]);
  const reason =
    'shutdown: failed to start child "b": error: UnderwayError: Cannot start a process of "(module)": cannot';
  await assert.rejects(starting, refused("gen_server/init_failed", { reason }));
  assert.deepEqual(takeLog(), ["start a", "end a shutdown"]);
});

test("startLink keeps a child whose init ignores, without a process", async () => {
  nextStarts.set("a", ["ignore"]);
  const sup = await startSup({}, [child("a"), child("b")]);
  assert.equal((await pidsOf(sup)).a, null);
  assert.deepEqual(await Supervisor.countChildren(sup), { specs: 2, active: 1, supervisors: 0, workers: 2 });
  await stop(sup);
});

test("startLink rejects with ignore when init ignores, and with what init throws", async () => {
  await assert.rejects(Supervisor.startLink(supervisorOf(Supervisor.ignore), null), refused("gen_server/ignore"));
  const Failing = {
    behaviour: "supervisor",
    init(): never {
      throw new Error("boom");
    },
  } as const;
  await assert.rejects(Supervisor.startLink(Failing, null as never), refused("gen_server/init_failed"));
});

// What init must not return, and what is said of it.
const ok = (flags: unknown, ...children: unknown[]) => ({ kind: "ok", flags, children });
const start = Process.mfa(Child, "startLink", "x");
const wrong: readonly [result: unknown, code: string][] = [
  [5, "supervisor/bad_return"],
  [Promise.resolve(ok({})), "supervisor/bad_return"],
  [{ kind: "ok", flags: {}, children: "none" }, "supervisor/bad_return"],
  [ok(null), "supervisor/bad_flags"],
  [ok({ strategy: "all" }), "supervisor/invalid_strategy"],
  [ok({ intensity: -1 }), "supervisor/invalid_intensity"],
  [ok({ intensity: 0.5 }), "supervisor/invalid_intensity"],
  [ok({ periodMs: 0 }), "supervisor/invalid_period"],
  [ok({ autoShutdown: "always" }), "supervisor/invalid_auto_shutdown"],
  [ok({}, 5), "supervisor/invalid_child_spec"],
  [ok({}, { start }), "supervisor/missing_id"],
  [ok({}, { id: "", start }), "supervisor/missing_id"],
  [ok({}, { id: "x" }), "supervisor/missing_start"],
  [ok({}, { id: "x", start: ["room", "startLink", []] }), "supervisor/invalid_mfa"],
  [ok({}, { id: "x", start, restart: "always" }), "supervisor/invalid_restart_type"],
  [ok({}, { id: "x", start, shutdown: "soon" }), "supervisor/invalid_shutdown"],
  [ok({}, { id: "x", start, shutdown: -1 }), "supervisor/invalid_shutdown"],
  [ok({}, { id: "x", start, type: "boss" }), "supervisor/invalid_child_type"],
  [ok({}, { id: "x", start, significant: 1 }), "supervisor/invalid_significant"],
  [ok({}, { id: "x", start, significant: true, restart: "transient" }), "supervisor/bad_combination"],
  [ok({ autoShutdown: "any_significant" }, { id: "x", start, significant: true }), "supervisor/bad_combination"],
  [ok({}, { id: "x", start }, { id: "x", start }), "supervisor/duplicate_child_name"],
  [ok({ strategy: "simple_one_for_one" }), "supervisor/one_child_expected"],
  [ok({ strategy: "simple_one_for_one" }, { id: "x", start }, { id: "y", start }), "supervisor/one_child_expected"],
];
for (const [result, code] of wrong) {
  test(`init that returns ${JSON.stringify(result)} is refused with ${code}`, async () => {
    await assert.rejects(Supervisor.startLink(supervisorOf(result), null), (error) => {
      refused("gen_server/init_failed")(error);
      assert.equal(((error as Error).cause as { code?: string }).code, code);
      return true;
    });
  });
}

test("a start function that returns no pid is a failed start", async () => {
  const sup = await startSup({}, []);
  nextStarts.set("a", ["nonsense"]);
  await assert.rejects(Supervisor.startChild(sup, child("a")), (error) => {
    refused("supervisor/start_failed", { id: "a" })(error);
    refused("supervisor/bad_start_result", { id: "a" })((error as Error).cause);
    return true;
  });
  await stop(sup);
});

// Who is restarted.

const abnormal: Process.ExitReason = { error: new Error("boom") };
const restarts: readonly [restart: Supervisor.Restart, reason: Process.ExitReason, then: "again" | "kept" | "gone"][] =
  [
    ["permanent", "normal", "again"],
    ["permanent", "shutdown", "again"],
    ["permanent", abnormal, "again"],
    ["transient", "normal", "kept"],
    ["transient", "shutdown", "kept"],
    ["transient", { shutdown: "done" }, "kept"],
    ["transient", abnormal, "again"],
    ["transient", "killed", "again"],
    ["temporary", "normal", "gone"],
    ["temporary", abnormal, "gone"],
  ];
for (const [restart, reason, then] of restarts) {
  test(`a ${restart} child that ends with ${Process.formatReason(reason)}: ${then}`, async () => {
    const sup = await startSup({}, [child("a", { restart })]);
    const before = (await pidsOf(sup)).a;
    await endChild(sup, "a", reason);
    const { a } = await pidsOf(sup);
    if (then === "gone") assert.equal(a, undefined);
    else if (then === "kept") assert.equal(a, null);
    else assert.ok(a && a !== before && Process.isAlive(a));
    await stop(sup);
  });
}

test("one_for_one restarts the one that has ended and leaves the others alone", async () => {
  const sup = await startSup({}, [child("a"), child("b"), child("c")]);
  const before = await pidsOf(sup);
  takeLog();
  await endChild(sup, "b", abnormal);
  const after = await pidsOf(sup);
  assert.deepEqual(takeLog(), ["start b"]);
  assert.deepEqual([after.a, after.c], [before.a, before.c]);
  assert.deepEqual(Object.keys(after), ["c", "b", "a"], "in its place");
  await stop(sup);
});

test("one_for_all ends the others in reverse order, and starts all in order", async () => {
  const sup = await startSup({ strategy: "one_for_all" }, [
    child("a"),
    child("b"),
    child("c"),
    child("t", { restart: "temporary" }),
  ]);
  takeLog();
  await endChild(sup, "b", abnormal);
  assert.deepEqual(takeLog(), ["end t shutdown", "end c shutdown", "end a shutdown", "start a", "start b", "start c"]);
  assert.deepEqual(Object.keys(await pidsOf(sup)), ["c", "b", "a"], "a temporary one is not started again");
  await stop(sup);
});

test("rest_for_one ends those that were started after it, and starts them again", async () => {
  const sup = await startSup({ strategy: "rest_for_one" }, [child("a"), child("b"), child("c"), child("d")]);
  takeLog();
  await endChild(sup, "b", abnormal);
  assert.deepEqual(takeLog(), ["end d shutdown", "end c shutdown", "start b", "start c", "start d"]);
  await stop(sup);
});

test("a child that cannot be restarted is tried again until it starts", async () => {
  const sup = await startSup({ intensity: 5 }, [child("a")]);
  nextStarts.set("a", ["fail", "fail"]);
  const pid = (await pidsOf(sup)).a as Process.Pid;
  pid.process?.end(abnormal);
  while ((await pidsOf(sup)).a === null) await settled();
  assert.equal(nextStarts.get("a")?.length, 0);
  await stop(sup);
});

test("one_for_all that cannot restart a child shows that one only as restarting; once it is terminated, all stay ended", async () => {
  const sup = await startSup({ strategy: "one_for_all", intensity: 5 }, [child("a"), child("b")]);
  nextStarts.set("a", ["fail"]);
  (await pidsOf(sup)).b?.process?.end(abnormal);
  const [shown] = await Promise.all([Supervisor.whichChildren(sup), Supervisor.terminateChild(sup, "a")]);
  assert.deepEqual(
    shown.map(({ id, pid, restarting }) => [id, pid, restarting]),
    [
      ["b", null, false],
      ["a", null, true],
    ],
  );
  assert.deepEqual(await pidsOf(sup), { b: null, a: null });
  await Supervisor.restartChild(sup, "b");
  await stop(sup);
});

test("rest_for_one that cannot restart a later child goes on from that one", async () => {
  const sup = await startSup({ strategy: "rest_for_one", intensity: 5 }, [child("a"), child("b"), child("c")]);
  nextStarts.set("b", ["fail"]);
  takeLog();
  await endChild(sup, "a", abnormal);
  while ((await pidsOf(sup)).c === null) await settled();
  assert.deepEqual(takeLog(), ["end c shutdown", "end b shutdown", "start a", "start b", "start c"]);
  await stop(sup);
});

test("a supervisor gives up at one restart more than its intensity within its period, and ends its children", async () => {
  const sup = await startSup({ intensity: 2, periodMs: 10_000 }, [child("a"), child("b")]);
  const end = endOf(sup);
  await endChild(sup, "a", abnormal);
  await endChild(sup, "b", abnormal);
  assert.equal(Process.isAlive(sup), true);
  takeLog();
  await endChild(sup, "a", abnormal);
  assert.equal(await end, "shutdown");
  assert.deepEqual(takeLog(), ["end b shutdown"]);
  assert.match(
    String(reports.filter(({ kind }) => kind === "supervisor_report").at(-1)?.message),
    /reached_max_restart_intensity/,
  );
});

test("restarts longer ago than the period do not count", async () => {
  const sup = await startSup({ intensity: 1, periodMs: 5 }, [child("a")]);
  for (let i = 0; i < 4; i++) {
    await endChild(sup, "a", abnormal);
    await new Promise((resolve) => setTimeout(resolve, 7));
  }
  assert.equal(Process.isAlive(sup), true);
  await stop(sup);
});

test("a child whose init always fails ends the supervisor, not the node", async () => {
  const sup = await startSup({ intensity: 3 }, [child("a")]);
  nextStarts.set("a", Array(100).fill("fail"));
  const end = endOf(sup);
  await endChild(sup, "a", abnormal);
  assert.equal(await end, "shutdown");
  assert.equal(nextStarts.get("a")?.length, 97, "as many attempts as the intensity allows");
});

test("an exit signal that a child sends to its supervisor is not its end", async () => {
  const Rude = {
    startLink: (): Promise<Process.Pid> => GenServer.startLink(Rude, null as never),
    init: (): GenServer.Ok<null> => GenServer.ok(null),
    handleInfo(_context: GenServer.Context<null>, supervisor: unknown): GenServer.NoReply<null> {
      Process.exit(supervisor as Process.Pid, "boom");
      return GenServer.noreply(null);
    },
  };
  const sup = await startSup({}, [child("rude", { start: Process.mfa(Rude, "startLink") })]);
  const { rude } = await pidsOf(sup);
  Process.send(rude as Process.Pid, sup);
  await settled();
  assert.deepEqual(await pidsOf(sup), { rude });
  await stop(sup);
});

// Ending.

test("shutdown waits its time and kills then; brutal_kill does not ask", async () => {
  const gate = new Promise<void>(() => {});
  const Stubborn = {
    startLink: (): Promise<Process.Pid> => GenServer.startLink(Stubborn, null as never),
    init(): GenServer.Ok<null> {
      Process.trapExit(true);
      return GenServer.ok(null);
    },
    terminate: () => gate,
  };
  const stubborn = Process.mfa(Stubborn, "startLink");
  const sup = await startSup({}, [
    child("a"),
    child("stubborn", { start: stubborn, shutdown: 3 }),
    child("brutal", { shutdown: "brutal_kill" }),
  ]);
  const { stubborn: pid } = await pidsOf(sup);
  const end = endOf(pid as Process.Pid);
  takeLog();
  await stop(sup);
  assert.equal(await end, "killed");
  assert.deepEqual(takeLog(), ["end a shutdown"], "who is killed says no last words");
  assert.ok(reports.some(({ message }) => /child "stubborn" did not shut down well: killed/.test(message)));
});

test("a supervisor that is killed takes its children along, and theirs", async () => {
  const inner = Process.mfa({ startLink: () => startSup({}, [child("deep")]) }, "startLink");
  const sup = await startSup({}, [child("a"), child("inner", { start: inner, type: "supervisor" })]);
  const { a, inner: innerPid } = await pidsOf(sup);
  const deep = (await pidsOf(innerPid as Process.Pid)).deep as Process.Pid;
  const ends = [a as Process.Pid, innerPid as Process.Pid, deep].map(endOf);
  Process.exit(sup, "kill");
  // The inner one lives just long enough to end its children as it should.
  assert.deepEqual(await Promise.all(ends), ["killed", "killed", "shutdown"]);
});

test("a supervisor ends with its parent, through its children", async () => {
  const sup = Promise.withResolvers<Process.Pid>();
  const run = async (): Promise<void> => {
    sup.resolve(await startSup({}, [child("a")]));
    await Process.receive();
  };
  const parent = Process.spawn({ run }, "run");
  const end = endOf(await sup.promise);
  Process.exit(parent, "shutdown");
  assert.equal(await end, "shutdown");
  assert.deepEqual(takeLog(), ["start a", "end a shutdown"]);
});

const shutdowns: readonly [flag: Supervisor.AutoShutdown, ended: readonly string[], gone: boolean][] = [
  ["any_significant", ["plain"], false],
  ["any_significant", ["one"], true],
  ["all_significant", ["one"], false],
  ["all_significant", ["one", "two"], true],
];
for (const [autoShutdown, ended, gone] of shutdowns) {
  test(`autoShutdown ${autoShutdown} when ${ended.join(" and ")} ended by itself: ${gone ? "the supervisor ends" : "it goes on"}`, async () => {
    const significant = { significant: true, restart: "transient" } as const;
    const sup = await startSup({ autoShutdown }, [
      child("plain", { restart: "transient" }),
      child("one", significant),
      child("two", significant),
    ]);
    const end = endOf(sup);
    for (const id of ended) await endChild(sup, id, "normal");
    assert.equal(Process.isAlive(sup), !gone);
    if (!gone) await stop(sup);
    assert.equal(await end, "shutdown");
  });
}

test("autoShutdown does not count a child that was told to end", async () => {
  const sup = await startSup({ autoShutdown: "any_significant" }, [
    child("one", { significant: true, restart: "transient" }),
  ]);
  await Supervisor.terminateChild(sup, "one");
  assert.equal(Process.isAlive(sup), true);
  await stop(sup);
});
