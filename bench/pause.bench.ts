// How long does a switch hold everybody, and does that depend on how many processes there are?

import * as GenServer from "../src/runtime/behaviour/gen-server.ts";
import type { Callbacks } from "../src/runtime/behaviour/gen-server-types.ts";
import { exportsOf, purge } from "../src/runtime/code/code-server.ts";
import { handleOf } from "../src/runtime/code/modules.ts";
import { watchBlocks } from "../src/runtime/handler/block-watch.ts";
import { Migration } from "../src/runtime/handler/migration.ts";
import type { Pid } from "../src/runtime/process/pid.ts";
import { loadSource, stageSources } from "../test/code/support.ts";
import type { Benchmark, Row } from "./bench.ts";

const source = (vsn: number): string => `
  import { ok, reply } from "underway/gen-server";
  export const vsn = ${vsn};
  export const init = (total: number) => ok<any>({ total });
  export const handleCall = { get: ({ state }: any) => reply(state, state) };
  export const codeChange = { up: { ${vsn - 1}: (state: any) => ({ ...state, step: ${vsn} }) }, down: {} };
`;

type Server = Pid<{ readonly handleCall: { get(context: unknown): GenServer.Reply<unknown, unknown> } }>;

/** Calls random servers until told to stop, a few thousand a second; returns the longest wait. */
const load = (pids: readonly Pid[]): (() => Promise<number>) => {
  let stopped = false;
  let longestMs = 0;
  const done = (async () => {
    for (let calls = 1; !stopped; calls++) {
      const beganMs = performance.now();
      await GenServer.call(pids[Math.floor(Math.random() * pids.length)] as Server, "get");
      longestMs = Math.max(longestMs, performance.now() - beganMs);
      if (calls % 5 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
  })();
  return async () => {
    stopped = true;
    await done;
    return longestMs;
  };
};

const upgrade = async (count: number): Promise<readonly Row[]> => {
  const module = `bench${count}/server`;
  await loadSource(module, source(1));
  const handle = handleOf(module) as unknown as Callbacks;
  const pids: Pid[] = [];
  for (let n = 0; n < count; n++) {
    // Started by the thousand: a million promises at once would measure the garbage collector.
    if (n % 1000 === 999) await pids.at(-1);
    pids.push((await GenServer.start(handle, n as never)) as Pid);
  }
  const staged = await stageSources({ [module]: source(2) });
  const stopLoad = load(pids);
  const stopWatch = watchBlocks();
  const beganMs = performance.now();
  const change = { from: exportsOf(module, "current") ?? {}, to: staged.exportsOf(module) ?? {}, extra: [], env: {} };
  const migration = new Migration([{ module, handle, change }], (fn) => staged.run(fn));
  await migration.precopy();
  const switchMs = performance.now();
  migration.finish();
  staged.switch();
  migration.switch();
  const pauseMs = performance.now() - switchMs;
  await migration.close();
  const wholeMs = performance.now() - beganMs;
  const blockMs = stopWatch();
  const waitMs = await stopLoad();
  for (const pid of pids) pid.process?.end("shutdown");
  purge(module);
  const processes = `${count.toLocaleString("en")} processes`;
  return [
    { what: `turn of the switch, ${processes}`, value: pauseMs, unit: "ms" },
    { what: `longest wait of a caller, ${processes}`, value: waitMs, unit: "ms" },
    { what: `longest block of the event loop, ${processes}`, value: blockMs, unit: "ms" },
    { what: `whole migration, ${processes}`, value: wholeMs, unit: "ms" },
  ];
};

export default {
  question: "How long does a switch hold everybody, and does that depend on how many processes there are?",
  sketch:
    "The turn marks one object and writes the handles; only processes that worked since they were migrated aside cost " +
    "something. Expected: below a millisecond for any number. A turn that grows with the number would refute lazy offers. " +
    "OTP 25 took 1,930 ms for 100,000 (design.md 11).",
  async run() {
    const rows: Row[] = [];
    for (const count of [100, 1_000, 10_000, 100_000]) rows.push(...(await upgrade(count)));
    // The first run, whose code is not compiled yet, is left out.
    return rows.slice(4);
  },
} satisfies Benchmark;
