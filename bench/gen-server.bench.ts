// How fast are the things that every server does all the time: calls, casts, starting a process, and what does one weigh?

import * as GenServer from "../src/runtime/behaviour/gen-server.ts";
import { type CallClauses, type CastClauses, noreply, ok, reply } from "../src/runtime/behaviour/gen-server.ts";
import { type Benchmark, median, perSecond } from "./bench.ts";

const Counter = {
  init: (total: number) => ok<number>(total),
  handleCall: { get: ({ state }) => reply(state, state) } satisfies CallClauses<number>,
  handleCast: { add: ({ state }, by: number) => noreply(state + by) } satisfies CastClauses<number>,
};

const calls = async (): Promise<number> => {
  const counter = await GenServer.start(Counter, 0);
  const beganMs = performance.now();
  for (let n = 0; n < 200_000; n++) await GenServer.call(counter, "get");
  return perSecond(200_000, beganMs);
};

const casts = async (): Promise<number> => {
  const counter = await GenServer.start(Counter, 0);
  const beganMs = performance.now();
  for (let n = 0; n < 1_000_000; n++) GenServer.cast(counter, "add", 1);
  await GenServer.callWithin(counter, "infinity", "get");
  return perSecond(1_000_000, beganMs);
};

const starts = async (): Promise<number> => {
  const beganMs = performance.now();
  for (let batch = 0; batch < 100; batch++) {
    const pids = await Promise.all(Array.from({ length: 1_000 }, () => GenServer.start(Counter, 0)));
    for (const pid of pids) pid.process?.end("normal");
  }
  return perSecond(100_000, beganMs);
};

const bytes = async (): Promise<number> => {
  const kept: unknown[] = [];
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  for (let n = 0; n < 100_000; n++) kept.push(await GenServer.start(Counter, 0));
  globalThis.gc?.();
  return (process.memoryUsage().heapUsed - before) / kept.length;
};

export default {
  question: "How fast are calls, casts and starts, and how much memory does an idle server take?",
  sketch:
    "A call is two microtask turns and a promise: expected 0.5 to 2 million a second. OTP 25 (design.md 11): calls " +
    "350,000 to 550,000/s, casts 3.3 million/s, starts 0.5 to 0.9 million/s, 2,665 bytes. Below OTP the loop wants work.",
  async run() {
    return [
      { what: "call, one client", value: await median(5, calls), unit: "calls/s" },
      { what: "cast 1,000,000 and drain", value: await median(3, casts), unit: "casts/s" },
      { what: "start, init, end", value: await median(3, starts), unit: "servers/s" },
      { what: "idle server", value: await median(3, bytes), unit: "bytes" },
    ];
  },
} satisfies Benchmark;
