// How fast are plain processes, and is anybody kept waiting by a flood? The same in Erlang where it is installed.

import { type AddressInfo, connect, createServer } from "node:net";
import * as GenServer from "../src/runtime/behaviour/gen-server.ts";
import { type CastClauses, noreply, ok } from "../src/runtime/behaviour/gen-server.ts";
import * as Process from "../src/runtime/process/index.ts";
import { type Benchmark, median, perSecond } from "./bench.ts";
import { measureInErlang } from "./erlang.ts";

const RING = 1_000;
const ROUNDS = 1_000;
const SPAWNS = 200_000;
const FLOOD = 1_000_000;

const ended = (pid: Process.Pid): Promise<void> =>
  new Promise((resolve) => {
    Process.spawn(
      {
        run: async () => {
          Process.monitor(pid);
          await Process.receive();
          resolve();
        },
      },
      "run",
    );
  });

/** A token goes round a ring of processes, each of which hands it on. */
const ring = async (): Promise<number> => {
  const Node = {
    node: async (next: Process.Pid | null, last: Process.Pid): Promise<unknown> => {
      const left = await Process.receive<number>();
      Process.send(next ?? last, next === null ? left - 1 : left);
      return Process.become(Node, "node", next, last);
    },
    first: async (): Promise<void> => {
      let next: Process.Pid | null = null;
      for (let n = 1; n < RING; n++) next = Process.spawn(Node, "node", next, Process.self());
      Process.send(next as Process.Pid, ROUNDS);
      for (;;) {
        const left = await Process.receive<number>();
        if (left === 0) return;
        Process.send(next as Process.Pid, left);
      }
    },
  };
  const beganMs = performance.now();
  await ended(Process.spawn(Node, "first"));
  return perSecond(RING * ROUNDS, beganMs);
};

/** Processes are spawned, get one message, and end. */
const spawns = async (): Promise<number> => {
  const One = { one: (): Promise<unknown> => Process.receive() };
  const beganMs = performance.now();
  let last: Process.Pid | null = null;
  for (let n = 0; n < SPAWNS; n++) {
    last = Process.spawn(One, "one");
    Process.send(last, n);
    if (n % 1_000 === 999) await new Promise((resolve) => setImmediate(resolve));
  }
  if (last !== null && Process.isAlive(last)) await ended(last);
  return perSecond(SPAWNS, beganMs);
};

const Counter = {
  init: () => ok<number>(0),
  handleCast: { add: ({ state }, by: number) => noreply(state + by) } satisfies CastClauses<number>,
};

/** How late timers of 10 ms are, and how long connections take, while a server works off a flood. */
const flooded = async (): Promise<{ timerMs: number; connectionMs: number }> => {
  const accepted: number[] = [];
  const listener = createServer((socket) => {
    accepted.push(performance.now());
    socket.destroy();
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => listener.once("listening", resolve));
  const { port } = listener.address() as AddressInfo;
  const counter = await GenServer.start(Counter, undefined as never);
  for (let n = 0; n < FLOOD; n++) GenServer.cast(counter, "add", 1);
  let timerMs = 0;
  let connectionMs = 0;
  while ((Process.processInfo(counter)?.messageQueueLength ?? 0) > 20_000) {
    const dueMs = performance.now() + 10;
    await new Promise((resolve) => setTimeout(resolve, 10));
    timerMs = Math.max(timerMs, performance.now() - dueMs);
    const askedMs = performance.now();
    await new Promise((resolve) =>
      connect(port, "127.0.0.1")
        .on("error", () => {})
        .once("close", resolve),
    );
    connectionMs = Math.max(connectionMs, (accepted.at(-1) as number) - askedMs);
  }
  listener.close();
  counter.process?.end("normal");
  return { timerMs, connectionMs };
};

/** Bytes that a timer for a process keeps when that has ended: none of its own. */
const deadTimers = async (): Promise<number> => {
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  for (let n = 0; n < 50_000; n++) {
    const pid = Process.spawn({ run: () => Process.receive() }, "run");
    Process.sendAfter(3_600_000, pid, { some: "message", n });
    pid.process?.end("normal");
    // Else the run queue would hold them.
    if (n % 1_000 === 999) await turn();
  }
  await turn();
  globalThis.gc?.();
  return Math.max(0, process.memoryUsage().heapUsed - before) / 50_000;
};

const ringErl = `-module(ring). -export([run/0]).
hop(Next) -> receive N -> Next ! N, hop(Next) end.
run() -> T = erlang:monotonic_time(microsecond), Self = self(),
  Next = lists:foldl(fun(_, P) -> spawn(fun() -> hop(P) end) end, Self, lists:seq(1, ${RING - 1})),
  loop(Next, ${ROUNDS}), ${RING * ROUNDS} * 1000000 div (erlang:monotonic_time(microsecond) - T).
loop(_, 0) -> ok;
loop(Next, N) -> Next ! N, receive _ -> loop(Next, N - 1) end.`;
const spawnErl = `-module(sp). -export([run/0]).
run() -> T = erlang:monotonic_time(microsecond), one(${SPAWNS}),
  ${SPAWNS} * 1000000 div (erlang:monotonic_time(microsecond) - T).
one(0) -> ok;
one(N) -> P = spawn(fun() -> receive _ -> ok end end), P ! N,
  case N rem 1000 of 0 -> M = monitor(process, P), receive {'DOWN', M, _, _, _} -> ok end; _ -> ok end, one(N - 1).`;

const row = (what: string, value: number, unit: string, otp: number | undefined) => ({
  ...{ what, value, unit },
  ...(otp !== undefined && { otp }),
});

export default {
  question: "How fast are plain processes, and is anybody kept waiting by a flood of messages?",
  sketch:
    "A hop of the ring is a receive, a promise and two microtasks. OTP 25 (design.md 11): ring 2.0 to 2.3 million/s, spawn " +
    "0.5 to 0.9 million/s. A flood of 1,000,000 messages may make a timer and a connection 5 ms late: the scheduler's turn.",
  async run() {
    const late: { timerMs: number; connectionMs: number }[] = [];
    for (let n = 0; n < 3; n++) late.push(await flooded());
    const middle = (of: (one: (typeof late)[number]) => number): number =>
      late.map(of).sort((a, b) => a - b)[1] as number;
    return [
      row(
        `ring ${RING} x ${ROUNDS}`,
        await median(3, ring),
        "messages/s",
        measureInErlang({ ring: ringErl }, "ring:run()"),
      ),
      row(
        "spawn, one message, end",
        await median(3, spawns),
        "processes/s",
        measureInErlang({ sp: spawnErl }, "sp:run()"),
      ),
      row(
        "flood of 1,000,000: a timer of 10 ms late by",
        middle(({ timerMs }) => timerMs),
        "ms",
        undefined,
      ),
      row(
        "flood of 1,000,000: a connection accepted after",
        middle(({ connectionMs }) => connectionMs),
        "ms",
        undefined,
      ),
      row("timer of an hour for a process that has ended", await median(3, deadTimers), "bytes", undefined),
    ];
  },
} satisfies Benchmark;
