// How fast are the things that every server does all the time: calls, casts, starting a process, and what does one weigh?

import * as GenServer from "../src/runtime/behaviour/gen-server.ts";
import { type CallClauses, type CastClauses, noreply, ok, reply } from "../src/runtime/behaviour/gen-server.ts";
import { type Benchmark, median, perSecond, type Row } from "./bench.ts";
import { measureInErlang } from "./erlang.ts";

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

/** A token goes round a ring of servers, each of which hands it on. */
const Hop = {
  init: (next: GenServer.Pid | null) => ok<GenServer.Pid | null>(next),
  handleCast: {
    next: (_, next: GenServer.Pid) => noreply(next),
    hop({ state }, left: number) {
      if (left === 0) arrived();
      else GenServer.cast(state as GenServer.Pid<typeof Hop>, "hop", left - 1);
      return noreply(state);
    },
  } satisfies CastClauses<GenServer.Pid | null>,
};
let arrived = (): void => {};
const ring = async (): Promise<number> => {
  const first = await GenServer.start(Hop, null);
  let next: GenServer.Pid<typeof Hop> = first;
  for (let n = 1; n < 1_000; n++) next = await GenServer.start(Hop, next);
  GenServer.cast(first, "next", next);
  const done = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const beganMs = performance.now();
  GenServer.cast(first, "hop", 1_000_000);
  await done;
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

const serverErl = `-module(srv). -behaviour(gen_server). -compile(export_all). -compile(nowarn_export_all).
init(S) -> {ok, S}.
handle_call(get, _, S) -> {reply, S, S}.
handle_cast({add, N}, S) -> {noreply, S + N};
handle_cast({next, P}, _) -> {noreply, P};
handle_cast({hop, 0, Pid}, S) -> Pid ! done, {noreply, S};
handle_cast({hop, N, Pid}, S) -> gen_server:cast(S, {hop, N - 1, Pid}), {noreply, S}.
rate(N, F) -> T = erlang:monotonic_time(microsecond), F(), N * 1000000 div (erlang:monotonic_time(microsecond) - T).
start(S) -> {ok, P} = gen_server:start(?MODULE, S, []), P.
calls() -> P = start(0), rate(200000, fun() -> [gen_server:call(P, get) || _ <- lists:seq(1, 200000)] end).
casts() -> P = start(0), rate(1000000, fun() -> [gen_server:cast(P, {add, 1}) || _ <- lists:seq(1, 1000000)], gen_server:call(P, get, infinity) end).
ring() -> F = start(none), L = lists:foldl(fun(_, N) -> start(N) end, F, lists:seq(2, 1000)), gen_server:cast(F, {next, L}),
  rate(1000000, fun() -> gen_server:cast(F, {hop, 1000000, self()}), receive done -> ok end end).
starts() -> rate(100000, fun() -> [gen_server:stop(start(0)) || _ <- lists:seq(1, 100000)] end).
bytes() -> P = start(0), timer:sleep(10), {memory, M} = process_info(P, memory), M.`;
const inErlang = (what: string): Pick<Row, "otp"> => {
  const otp = measureInErlang({ srv: serverErl }, `srv:${what}()`);
  return otp === undefined ? {} : { otp };
};

export default {
  question: "How fast are calls, casts and starts, and how much memory does an idle server take?",
  sketch:
    "A call is two microtask turns and a promise: expected 0.5 to 2 million a second. OTP 25 (design.md 11): calls " +
    "350,000 to 550,000/s, casts 3.3 million/s, starts 0.5 to 0.9 million/s, 2,665 bytes. Below OTP the loop wants work.",
  async run() {
    return [
      { what: "call, one client", value: await median(5, calls), unit: "calls/s", ...inErlang("calls") },
      { what: "cast 1,000,000 and drain", value: await median(3, casts), unit: "casts/s", ...inErlang("casts") },
      {
        what: "ring of 1,000 servers, 1,000,000 casts",
        value: await median(3, ring),
        unit: "hops/s",
        ...inErlang("ring"),
      },
      { what: "start, init, end", value: await median(3, starts), unit: "servers/s", ...inErlang("starts") },
      { what: "idle server", value: await median(3, bytes), unit: "bytes", ...inErlang("bytes") },
    ];
  },
} satisfies Benchmark;
