// The system messages of a special process: as a behaviour answers them, at its receive.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as Sys from "../../src/runtime/behaviour/sys.ts";
import { exportsOf } from "../../src/runtime/code/code-server.ts";
import { handleOf } from "../../src/runtime/code/modules.ts";
import * as Process from "../../src/runtime/process/index.ts";
import { loadSource } from "../code/support.ts";
import { collectReports, endOf, inProcess, refused, settled } from "../process/support.ts";

const reports = collectReports();

const source = (vsn: number, more: string): string => `
  import * as Process from "underway/process";
  import { become, receive } from "underway/process";
  import * as self from "./adder.ts";
  export const vsn = ${vsn};
  export const loop = async (total: number${vsn === 2 ? ", step: number" : ""}): Promise<Process.Become> => {
    const message = await receive<{ add?: number; from?: Process.Pid; work?: true }>({ afterMs: 1_000 });
    if (message === undefined) return become(self, "loop", -1${vsn === 2 ? ", step" : ""});
    if (message.work) await (globalThis as { gate?: Promise<void> }).gate;
    if (message.from !== undefined) Process.send(message.from, total);
    return become(self, "loop", total + (message.add ?? 0)${vsn === 2 ? " * step, step" : ""});
  };
  export const start = (total: number): Process.Pid => Process.spawnLink(self, "loop", total${vsn === 2 ? ", 1" : ""});
  ${more}`;
const change = `export const systemCodeChange = { loop: {
  up: { 1: ([total]: [number]) => [total, 10] }, down: { 1: ([total]: [number, number]) => [total] } } };`;

interface Adder {
  loop(total: number): Promise<Process.Become>;
}
const adder = async (): Promise<Process.Pid> => {
  await loadSource("sys/adder", source(1, "export const systemCodeChange = { loop: {} };"));
  return Process.spawn(handleOf("sys/adder") as unknown as Adder, "loop", 1);
};
const ask = (pid: Process.Pid): Promise<unknown> =>
  inProcess(async () => {
    Process.send(pid, { from: Process.self() });
    return Process.receive();
  });
const end = async (pid: Process.Pid): Promise<void> => {
  await Sys.terminate(pid, "normal");
  assert.equal(Process.isAlive(pid), false);
};

test("getState and getStatus show the arguments of the loop of a special process", async () => {
  const pid = await adder();
  Process.send(pid, { add: 4 });
  assert.deepEqual(await Sys.getState(pid), [5]);
  assert.partialDeepStrictEqual(await Sys.getStatus(pid), {
    ...{ pid: String(pid), behaviour: "proc", module: "sys/adder", vsn: 1, status: "running" },
    ...{ messageQueueLength: 0, log: [], state: [5] },
  });
  await end(pid);
});

test("a suspended special process takes no message, and all of them in order when it goes on", async () => {
  const pid = await adder();
  for (const request of [Sys.resume, Sys.suspend, Sys.suspend]) await request(pid);
  Process.send(pid, { add: 1 });
  const answer = ask(pid);
  while (pid.process?.mailbox.length !== 2) await settled();
  Process.send(pid, { add: 2 });
  assert.partialDeepStrictEqual(await Sys.getStatus(pid), { status: "suspended", messageQueueLength: 3, state: [1] });
  await Sys.resume(pid);
  assert.equal(await answer, 2);
  assert.equal(await ask(pid), 4);
  await end(pid);
});

test("a request that comes while a special process works is answered at its next receive", async () => {
  const pid = await adder();
  const gate = Promise.withResolvers<void>();
  Object.assign(globalThis, { gate: gate.promise });
  Process.send(pid, { work: true, add: 1 });
  await settled();
  const asked = [Sys.getState(pid), Sys.suspend(pid)];
  Process.send(pid, { add: 5 });
  const early = await Promise.race([asked[0], settled().then(() => "not yet")]);
  assert.equal(early, "not yet");
  gate.resolve();
  assert.deepEqual(await asked[0], [2]);
  await asked[1];
  assert.deepEqual(await Sys.getState(pid), [2], "the message behind waits");
  await Sys.resume(pid);
  assert.equal(await ask(pid), 7);
  await end(pid);
});

test("replaceState replaces the arguments; one that throws or gives no list changes nothing", async () => {
  const pid = await adder();
  await settled();
  await Sys.replaceState<[number]>(pid, ([total]) => [total + 41]);
  assert.equal(await ask(pid), 42);
  await assert.rejects(
    Sys.replaceState(pid, () => 5),
    refused("sys/bad_arguments"),
  );
  const failing = (): never => {
    throw new Error("boom");
  };
  await assert.rejects(Sys.replaceState(pid, failing), /boom/);
  assert.equal(await ask(pid), 42);
  await end(pid);
});

test("changeCode brings the arguments of a suspended special process into another shape", async () => {
  const pid = await adder();
  await settled();
  const from = exportsOf("sys/adder", "current") as Record<string, unknown>;
  await loadSource("sys/adder", source(2, change));
  const to = exportsOf("sys/adder", "current") as Record<string, unknown>;
  await assert.rejects(Sys.changeCode(pid, { from, to }), refused("sys/not_suspended"));
  await Sys.suspend(pid);
  await Sys.changeCode(pid, { from, to });
  assert.deepEqual(await Sys.getState(pid), [1, 10]);
  Process.send(pid, { add: 2 });
  await Sys.resume(pid);
  assert.equal(await ask(pid), 21);
  await end(pid);
});

test("trace, log and statistics of a special process tell the messages that it takes", async () => {
  const pid = await adder();
  await Sys.log(pid, true);
  await Sys.trace(pid, true);
  await Sys.statistics(pid, true);
  reports.length = 0;
  Process.send(pid, { add: 1 });
  assert.deepEqual(await Sys.log(pid, "get"), [
    { type: "in", received: { kind: "info", message: { add: 1 } }, from: null },
  ]);
  assert.match(reports[0]?.message ?? "", /^\*DBG\* sys\/adder:loop\/1 <0\.\d+\.0> got \{ add: 1 \}$/);
  assert.partialDeepStrictEqual(await Sys.statistics(pid, "get"), { messagesIn: 1 });
  await end(pid);
});

test("a suspended special process ends by its parent's exit signal, also when it traps exits", async () => {
  await loadSource(
    "sys/adder",
    source(
      1,
      "export const systemCodeChange = { loop: {} }; export const trapping = (n: number): Promise<Process.Become> => { Process.trapExit(true); return loop(n); };",
    ),
  );
  const started = Promise.withResolvers<Process.Pid>();
  const run = async (): Promise<void> => {
    const module = handleOf("sys/adder") as unknown as { trapping(total: number): Promise<Process.Become> };
    started.resolve(Process.spawnLink(module, "trapping", 1));
    await Process.receive();
  };
  const parent = Process.spawn({ run }, "run");
  const pid = await started.promise;
  await Sys.suspend(pid);
  const ended = endOf(pid);
  Process.exit(parent, "shutdown");
  assert.equal(await ended, "shutdown");
});

test("a special process that ends answers those that wait for a system request", async () => {
  const pid = await adder();
  Object.assign(globalThis, { gate: new Promise<void>(() => {}) });
  Process.send(pid, { work: true });
  await settled();
  const asked = Sys.getState(pid);
  await settled();
  Process.exit(pid, "kill");
  await assert.rejects(asked, refused("gen_server/exited", { reason: "killed" }));
});
