// What sys shows of a running process: trace, log, statistics, installed functions; as OTP's sys(3).

import assert from "node:assert/strict";
import { test } from "node:test";
import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import {
  type CallClauses,
  type CastClauses,
  type Context,
  noreply,
  ok,
  reply,
} from "../../src/runtime/behaviour/gen-server.ts";
import * as Supervisor from "../../src/runtime/behaviour/supervisor.ts";
import * as Sys from "../../src/runtime/behaviour/sys.ts";
import * as Process from "../../src/runtime/process/index.ts";
import { collectReports, idler, inProcess, refused, settled } from "../process/support.ts";

const reports = collectReports();

const Counter = {
  init: (begin: number) => ok<number>(begin, begin === 0 ? undefined : { continue: "warm up" }),
  handleCall: {
    add: ({ state }, by: number) => reply(state + by, state + by),
    later: ({ state }) => noreply(state),
  } satisfies CallClauses<number>,
  handleCast: { reset: () => noreply(0) } satisfies CastClauses<number>,
  handleInfo: ({ state }: Context<number>, _message: unknown) => noreply<number>(state),
  handleContinue: ({ state }: Context<number>, _arg: unknown) => noreply<number>(state),
};
const start = (begin = 0, options?: GenServer.StartOptions): Promise<Process.Pid<typeof Counter>> =>
  GenServer.start(Counter, begin, options);

const linesOf = (kind: string): string[] => {
  const lines = reports.filter((report) => report.kind === kind).map(({ message }) => message);
  reports.length = 0;
  return lines;
};

test("trace prints a line for each message and each reply, until it is turned off", async () => {
  const pid = await start(0, { name: "traced" });
  linesOf("trace");
  await Sys.trace("traced", true);
  const caller = await inProcess(async () => {
    await GenServer.call(pid, "add", 5);
    return Process.self();
  });
  GenServer.cast(pid, "reset");
  Process.send(pid, { hint: 1 });
  await Sys.trace(pid, false);
  await GenServer.call(pid, "add", 1);
  assert.deepEqual(linesOf("trace"), [
    `*DBG* traced got call add(5) from ${caller}`,
    `*DBG* traced sent 5 to ${caller}, new state 5`,
    "*DBG* traced got cast reset()",
    "*DBG* traced new state 0",
    "*DBG* traced got { hint: 1 }",
    "*DBG* traced new state 0",
  ]);
  await Sys.terminate(pid, "normal");
});

test("trace cuts long values, and shows one line whatever is in them", async () => {
  const pid = await start();
  await Sys.trace(pid, true);
  Process.send(pid, { lines: "a\nb", deep: { a: { b: { c: { d: 1 } } } }, many: Array(1_000).fill("x".repeat(500)) });
  await Sys.getState(pid);
  const [line = ""] = linesOf("trace");
  assert.doesNotMatch(line, /\n/);
  assert.ok(line.length < 1_200, String(line.length));
  await Sys.terminate(pid, "normal");
});

test("log keeps the last ten events, or as many as is said, and prints them", async () => {
  const pid = await start();
  assert.deepEqual(await Sys.log(pid, "get"), []);
  await Sys.log(pid, true);
  for (let i = 0; i < 20; i++) Process.send(pid, i);
  assert.equal((await Sys.log(pid, "get")).length, 10);
  await Sys.log(pid, 2);
  assert.deepEqual(await Sys.log(pid, "get"), [
    { type: "in", received: { kind: "info", message: 19 }, from: null },
    { type: "noreply", state: 0 },
  ]);
  assert.deepEqual((await Sys.getStatus(pid)).log, ["got 19", "new state 0"]);
  linesOf("log");
  await Sys.log(pid, "print");
  assert.deepEqual(linesOf("log"), [`*DBG* ${pid} got 19`, `*DBG* ${pid} new state 0`]);
  await Sys.log(pid, false);
  assert.deepEqual(await Sys.log(pid, "get"), []);
  await Sys.terminate(pid, "normal");
});

test("log refuses a number that is no count", async () => {
  const pid = await start();
  for (const count of [0, -1, 1.5, Number.NaN]) await assert.rejects(Sys.log(pid, count), refused("sys/bad_log"));
  await Sys.terminate(pid, "normal");
});

test("statistics count messages and replies from when they are turned on", async () => {
  const pid = await start();
  assert.equal(await Sys.statistics(pid, "get"), null);
  await Sys.statistics(pid, true);
  await GenServer.call(pid, "add", 1);
  GenServer.cast(pid, "reset");
  const counted = await Sys.statistics(pid, "get");
  assert.partialDeepStrictEqual(counted, { messagesIn: 2, messagesOut: 1 });
  assert.ok(counted !== null && counted.currentTimeMs >= counted.startTimeMs);
  await Sys.statistics(pid, false);
  assert.equal(await Sys.statistics(pid, "get"), null);
  await Sys.terminate(pid, "normal");
});

const Watch = {
  /** Adds up what is added. */
  sum: (seen: number[], event: Sys.SystemEvent): number[] | "done" => {
    if (event.type !== "in" || event.received.kind !== "call") return seen;
    seen.push(Number(event.received.args[0]));
    return seen.length === 3 ? "done" : seen;
  },
  fail: (): never => {
    throw new Error("watching failed");
  },
};

test("install calls a module's function with its state and each event, until it returns done", async () => {
  const pid = await start();
  const seen: number[] = [];
  await Sys.install(pid, "sum", Process.mfa(Watch, "sum"), seen);
  await Sys.install(pid, "sum", Process.mfa(Watch, "fail") as Sys.DebugFunction<number[]>, seen);
  for (const by of [1, 2, 3, 4]) await GenServer.call(pid, "add", by);
  assert.deepEqual(seen, [1, 2, 3]);
  await Sys.terminate(pid, "normal");
});

test("remove ends an installed function; one that throws is removed and reported, and the process goes on", async () => {
  const pid = await start();
  const seen: number[] = [];
  await Sys.install(pid, "sum", Process.mfa(Watch, "sum"), seen);
  await Sys.remove(pid, "sum");
  await Sys.remove(pid, "sum");
  linesOf("");
  await Sys.install(pid, "fail", Process.mfa(Watch, "fail") as Sys.DebugFunction<null>, null);
  assert.equal(await GenServer.call(pid, "add", 1), 1);
  assert.equal(await GenServer.call(pid, "add", 1), 2);
  assert.deepEqual(seen, []);
  const [line, ...others] = linesOf("debug_function");
  assert.match(line ?? "", /debug function "fail" of \(module\) <0\.\d+\.0> was removed: .*watching failed/);
  assert.deepEqual(others, [], "reported once");
  await Sys.terminate(pid, "normal");
});

test("noDebug turns everything off", async () => {
  const pid = await start();
  const seen: number[] = [];
  await Sys.trace(pid, true);
  await Sys.log(pid, true);
  await Sys.statistics(pid, true);
  await Sys.install(pid, "sum", Process.mfa(Watch, "sum"), seen);
  await Sys.noDebug(pid);
  linesOf("trace");
  await GenServer.call(pid, "add", 1);
  assert.deepEqual(
    [linesOf("trace"), await Sys.log(pid, "get"), await Sys.statistics(pid, "get"), seen],
    [[], [], null, []],
  );
  await Sys.terminate(pid, "normal");
});

test("debug as an option of the start shows also what init leads to", async () => {
  linesOf("trace");
  const pid = await start(1, { debug: ["trace", "log", "statistics"] });
  await GenServer.call(pid, "add", 1);
  assert.deepEqual(
    linesOf("trace").map((line) => line.replace(/.*?\.0> /, "")),
    ["continues with 'warm up'", "new state 1", "got call add(1)", "sent 2, new state 2"],
  );
  assert.equal((await Sys.log(pid, "get")).length, 4);
  assert.partialDeepStrictEqual(await Sys.statistics(pid, "get"), { messagesIn: 1, messagesOut: 1 });
  await Sys.terminate(pid, "normal");
});

test("a supervisor is debugged as any other process", async () => {
  const Empty = { behaviour: "supervisor", init: (_: null) => Supervisor.ok({}, []) } as const;
  const pid = await Supervisor.startLink(Empty, null);
  await Sys.statistics(pid, true);
  await Sys.log(pid, true);
  await Supervisor.whichChildren(pid);
  assert.partialDeepStrictEqual(await Sys.statistics(pid, "get"), { messagesIn: 1, messagesOut: 1 });
  assert.deepEqual(
    (await Sys.log(pid, "get")).map(({ type }) => type),
    ["in", "out"],
  );
  await Sys.terminate(pid, "normal");
});

test("a suspended process answers what is asked of its debugging, and handles nothing meanwhile", async () => {
  const pid = await start();
  await Sys.suspend(pid);
  await Sys.log(pid, true);
  Process.send(pid, "waits");
  await settled();
  assert.deepEqual(await Sys.log(pid, "get"), []);
  await Sys.resume(pid);
  await Sys.getState(pid);
  assert.equal((await Sys.log(pid, "get")).length, 2, "handled after resume");
  await Sys.terminate(pid, "normal");
});

test("sys functions about nobody reject with noproc", async () => {
  const pid = idler();
  Process.exit(pid, "kill");
  await assert.rejects(Sys.trace(pid, true), refused("gen_server/noproc"));
  await assert.rejects(Sys.log("nobody", "get"), refused("gen_server/noproc"));
});
