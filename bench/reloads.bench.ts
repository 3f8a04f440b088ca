// Does old code go away: do memory and time stay flat over thousands of reloads and upgrades, and what do others do?
//
// `UNDERWAY_BENCH_RELOADS=10000 npm run bench -- reloads` for the long form (an hour on a busy machine). Each contestant runs
// with little old space: a forced `gc()` would mislead, since it never ages V8's compilation cache; a small heap lets V8
// collect as it does.
//
// New space is small too, or what is resident would grow for thousands of loads: V8 lets it grow to 134 MB by and by, and touches
// one page after the other. With 4 MB a half it stays as it is (147 to 159 MB over 4,800 loads). The upgrades need room
// for 10,000 states before and after: with 48 MB of old space they spend four fifths of the time collecting.

import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Benchmark, Row } from "./bench.ts";
import { linearFit } from "./linear-fit.ts";
import type { Window } from "./reloads/contestants.ts";

const reloads = Number(process.env.UNDERWAY_BENCH_RELOADS ?? 1200);
/** The long form does as many of them. */
const upgrades = reloads >= 10_000 ? reloads : Math.ceil(reloads / 10);
const script = join(import.meta.dirname, "reloads/contestants.ts");

interface Outcome {
  readonly windows: readonly Window[];
  /** Ran out of memory, or could not be run. */
  readonly failure: string | null;
}

const run = (kind: string, count: number): Outcome => {
  const folder = mkdtempSync(join(tmpdir(), "underway-bench-"));
  try {
    const args = kind === "dynohot" ? dynohot(folder, count) : [script, kind, String(count), folder];
    const [oldMb, newMb] = kind === "upgrades" ? [128, 32] : [48, 4];
    const flags = [`--max-old-space-size=${oldMb}`, `--max-semi-space-size=${newMb}`, "--conditions=underway-source"];
    // A file watcher may miss a change, and then waits for ever.
    const timeout = kind === "upgrades" ? 4 * 3_600_000 : 600_000;
    const options = { encoding: "utf8", cwd: import.meta.dirname, timeout } as const;
    const { stdout, stderr, status } = spawnSync(process.execPath, [...flags, ...args], options);
    const windows = stdout
      .split("\n")
      .filter((line) => line.startsWith('{"done"'))
      .map((line) => JSON.parse(line) as Window);
    const error = /out of memory/.exec(stderr)?.[0] ?? /^\w*Error.*$/m.exec(stderr)?.[0] ?? `ended with ${status}`;
    return { windows, failure: status === 0 ? null : error };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** It has an entry of its own, which has to stand beside what it reloads. */
const dynohot = (folder: string, count: number): string[] => {
  copyFileSync(join(import.meta.dirname, "reloads/dynohot.mjs"), join(folder, "main.mjs"));
  writeFileSync(join(folder, "m.mjs"), "export const version = 0;");
  const entry = [join(folder, "main.mjs"), String(count), pathToFileURL(script).href];
  return ["--import", "dynohot/register", ...entry];
};

/** The first third is left out: until then V8 is still warming up and the heap finds its size. */
const rowsOf = (what: string, { windows, failure }: Outcome): Row[] => {
  const done = windows.at(-1)?.done ?? 0;
  if (failure !== null) return [{ what: `${what}: ${failure} after`, value: done, unit: "reloads" }];
  const settled = windows.slice(Math.floor(windows.length / 3));
  const time = linearFit(settled.map(({ done: x, msEach }) => [x, msEach]));
  const heap = linearFit(settled.map(({ done: x, heapMb }) => [x, heapMb * 1000]));
  const resident = linearFit(settled.map(({ done: x, rssMb }) => [x, rssMb * 1000]));
  return [
    { what: `${what}, each of ${done}`, value: time.mean, unit: "ms" },
    {
      what: `${what}, slower by the 1,000`,
      value: time.slope * 1000,
      unit: `ms ± ${(2000 * time.slopeError).toFixed(2)}`,
    },
    { what: `${what}, heap grows by the reload`, value: heap.slope, unit: `kB ± ${(2 * heap.slopeError).toFixed(2)}` },
    {
      what: `${what}, resident grows by the reload`,
      value: resident.slope,
      unit: `kB ± ${(2 * resident.slopeError).toFixed(2)}`,
    },
    { what: `${what}, heap at the end`, value: windows.at(-1)?.heapMb ?? 0, unit: "MB" },
    { what: `${what}, resident at the end`, value: windows.at(-1)?.rssMb ?? 0, unit: "MB" },
  ];
};

export default {
  question: "Does old code go away: are heap and time flat over many reloads, and what do other loaders do?",
  sketch:
    "A function body evaluated by vm.compileFunction is freed with the last closure of it; Node's own module map has no " +
    "eviction, so import() of changing URLs keeps 170 kB of a 20 kB module each time and runs out of 48 MB after some " +
    "400. A slope beyond twice its error (the figure behind ±) in our own rows would be a leak.",
  async run() {
    return [
      ...rowsOf("underway, load of 20 kB", run("underway", reloads)),
      ...rowsOf("underway, upgrade of 50 modules, 10,000 servers", run("upgrades", upgrades)),
      ...rowsOf("import() of changing URLs", run("import", reloads)),
      ...rowsOf("vite's module runner", run("vite", reloads)),
      // It waits for the file watcher at each.
      ...rowsOf("dynohot", run("dynohot", Math.ceil(reloads / 10))),
    ];
  },
} satisfies Benchmark;
