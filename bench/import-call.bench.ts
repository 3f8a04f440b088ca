// What does a call through an import cost, beside a local call, Node's own import and OTP's qualified call, and what is
// left of it after reloads?

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { purge } from "../src/runtime/code/code-server.ts";
import { call, loadSources } from "../test/code/support.ts";
import type { Benchmark, Row } from "./bench.ts";
import { measureInErlang } from "./erlang.ts";

/** A round of 5 ms at most, and many of them: on a busy machine some fall between what others do. */
const CALLS = 400_000;
const ROUNDS = 80;

/** The callee does next to nothing; the loop depends on its result, so that nothing can be left out. */
const callee = (version: number): string => `
  export const next = (x: number): number => (x + ${version}) | 0;
  export const leaf = async (x: number): Promise<number> => (x + ${version}) | 0;`;
const loop = (target: string): string =>
  `(count: number): number => { let x = 0; for (let i = 0; i < count; i++) x = ${target}(x); return x; }`;
const asyncLoop = (target: string): string =>
  `async (count: number): Promise<number> => { let x = 0; for (let i = 0; i < count; i++) x = await ${target}(x); return x; }`;

const caller = `
  import * as Callee from "./callee.ts";
  import { next } from "./callee.ts";
  const local = (x: number): number => (x + 1) | 0;
  export const viaLocal = ${loop("local")};
  export const viaImport = ${loop("next")};
  export const viaNamespace = ${loop("Callee.next")};
  export const viaAsync = ${asyncLoop("Callee.leaf")};`;

/** Nanoseconds a call, the best of several rounds: what a busy machine adds is not the question. */
const measure = (fn: string): number => {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const beganMs = performance.now();
    call("bench/caller", fn, CALLS);
    best = Math.min(best, performance.now() - beganMs);
  }
  return (best * 1e6) / CALLS;
};

const nativeImport = async (): Promise<number> => {
  const folder = mkdtempSync(join(tmpdir(), "underway-bench-"));
  writeFileSync(join(folder, "callee.mjs"), "export const next = (x) => (x + 1) | 0;");
  writeFileSync(
    join(folder, "caller.mjs"),
    `import { next } from "./callee.mjs";
     export const run = (count) => { let x = 0; for (let i = 0; i < count; i++) x = next(x); return x; };`,
  );
  const { run } = (await import(pathToFileURL(join(folder, "caller.mjs")).href)) as { run(count: number): number };
  rmSync(folder, { recursive: true });
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const beganMs = performance.now();
    run(CALLS);
    best = Math.min(best, performance.now() - beganMs);
  }
  return (best * 1e6) / CALLS;
};

const erlangCallee = "-module(callee). -export([next/1]). next(X) -> (X + 1) band 16#ffffff.";
const erlangCaller = `-module(caller). -export([run/1]).
run(N) -> lists:min([element(1, timer:tc(fun() -> loop(N, 0) end)) || _ <- lists:seq(1, 80)]) * 1000 / N.
loop(0, X) -> X;
loop(N, X) -> loop(N - 1, callee:next(X)).`;

/** As after an upgrade: all that calls it has seen the former versions. */
const reload = async (times: number, from: number): Promise<void> => {
  for (let i = 0; i < times; i++) {
    await loadSources({ "bench/callee": callee(from + i) });
    purge("bench/callee");
    call("bench/caller", "viaImport", 1000);
    call("bench/caller", "viaNamespace", 1000);
  }
};

const asyncLeaf = async (): Promise<number> => {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const beganMs = performance.now();
    await call("bench/caller", "viaAsync", 50_000);
    best = Math.min(best, performance.now() - beganMs);
  }
  return (best * 1e6) / 50_000;
};

const plainAsyncLeaf = async (): Promise<number> => {
  const leaf = async (x: number): Promise<number> => (x + 1) | 0;
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const beganMs = performance.now();
    let x = 0;
    for (let i = 0; i < 50_000; i++) x = await leaf(x);
    best = Math.min(best, performance.now() - beganMs);
  }
  return (best * 1e6) / 50_000;
};

/** Text of a call, once the handle `h` shows version after version, in one of several ways. */
const ways: Readonly<Record<string, (h: Ways, next: (x: number) => number) => void>> = {
  // What the compiler makes.
  "(0,h.next)(x)": (h, next) => {
    h.next = next;
  },
  "h.next(x)": (h, next) => {
    h.next = next;
  },
  "h.current.next(x)": (h, next) => {
    h.current = { next };
  },
  "h.slots[0](x)": (h, next) => {
    h.slots[0] = next;
  },
};

interface Ways {
  next: (x: number) => number;
  current: { next: (x: number) => number };
  readonly slots: ((x: number) => number)[];
}

/** Nanoseconds of a call after the handle has shown five versions, each compiled by itself. */
const afterReloads = (way: string): number => {
  const version = (n: number): ((x: number) => number) => new Function(`return (x) => (x + ${n}) | 0`)();
  const first = version(0);
  const handle: Ways = { next: first, current: { next: first }, slots: [first] };
  const text = `return (h, count) => { let x = 0; for (let i = 0; i < count; i++) x = ${way}; return x; }`;
  const run = new Function(text)() as (handle: Ways, count: number) => number;
  run(handle, 1_000_000);
  for (let n = 1; n < 5; n++) {
    ways[way]?.(handle, version(n));
    run(handle, 1_000_000);
  }
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const beganMs = performance.now();
    run(handle, CALLS);
    best = Math.min(best, performance.now() - beganMs);
  }
  return (best * 1e6) / CALLS;
};

export default {
  question: "What does a call through an import cost, before and after reloads?",
  sketch:
    "Before a reload V8 sees that a handle's property never changes and inlines the call: 0.5 to 1 ns, as a local call. " +
    "Afterwards the place of the call has seen two targets, and V8 calls through its generic builtin for ever, at a " +
    "native `let` binding just so: 6 to 9 ns was measured. OTP never inlines. The goal is OTP's figure of the same run. " +
    "Another way to write the call (a pointer to the current version, a slot of an array) would have to cost clearly " +
    "less than what the compiler makes to be worth that `import * as M` is not M any more.",
  async run() {
    await loadSources({ "bench/callee": callee(1), "bench/caller": caller });
    const otp = measureInErlang({ callee: erlangCallee, caller: erlangCaller }, `caller:run(${CALLS})`);
    const rows: Row[] = [];
    const row = (what: string, value: number): void => {
      rows.push({ what, value, unit: "ns", ...(otp !== undefined && { otp }) });
    };
    row("local call", measure("viaLocal"));
    row("import, Node's own loader", await nativeImport());
    let done = 0;
    for (const reloads of [0, 1, 4, 100]) {
      await reload(reloads - done, 2 + done);
      done = reloads;
      row(`import, after ${reloads} reloads`, measure("viaImport"));
      row(`import * as, after ${reloads} reloads`, measure("viaNamespace"));
    }
    await loadSources({ "bench/callee": callee(1), "bench/caller": caller });
    row("import, the caller loaded anew after them", measure("viaImport"));
    for (const way of Object.keys(ways)) row(`${way}, after 4 reloads`, afterReloads(way));
    const plain = await plainAsyncLeaf();
    rows.push({ what: "async leaf call, plain", value: plain, unit: "ns" });
    rows.push({ what: "async leaf call, instrumented", value: await asyncLeaf(), unit: "ns" });
    return rows;
  },
} satisfies Benchmark;
