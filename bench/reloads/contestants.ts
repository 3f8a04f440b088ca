// Loads a module of 20 kB again and again, in a process of its own with little heap, in one of several ways; prints what
// `reloads.bench.ts` reads: for each window of reloads the time of one and the smallest heap seen.
//
//   node contestants.ts underway | upgrades | import | vite   COUNT FOLDER

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ObjectCode } from "../../src/release/object-code.ts";

/** What a contestant prints, one JSON line a window: so that what was measured before it ran out of memory is known. */
export interface Window {
  /** Reloads done. */
  readonly done: number;
  readonly msEach: number;
  readonly heapMb: number;
  readonly rssMb: number;
}

/** 96 functions, 20 kB; plain JavaScript, so that every loader takes it. */
export const moduleText = (version: number): string =>
  `export const version = ${version};\n${Array.from(
    { length: 96 },
    (_, i) => `export function step${i}(state, by) {
  if (by < 0) throw new RangeError("step ${i} of version ${version} got " + by);
  const total = state.total + by * ${version} + ${i};
  return { ...state, total, log: [...state.log, \`step ${i}: \${total}\`] };
}`,
  ).join("\n")}`;

export type Reload = (version: number) => Promise<number>;

const [kind = "", count = "0", folder = ""] = process.argv.slice(2);

const contestants: Readonly<Record<string, () => Promise<Reload>>> = {
  /** Object code with another number in it; compiling is no part of the runtime. */
  async underway() {
    const { compileModules } = await import("../../src/tools/compile/compile.ts");
    const { load, purge } = await import("../../src/runtime/code/code-server.ts");
    const { handleOf } = await import("../../src/runtime/code/modules.ts");
    const [first] = compileModules({ "reloads/m": moduleText(987_654_321) });
    const object = first as ObjectCode;
    return async (version) => {
      const code = object.code.replaceAll("987654321", String(version));
      await load({ ...object, code, hash: version.toString(16).padStart(64, "0") });
      purge("reloads/m");
      return handleOf("reloads/m").version as number;
    };
  },
  async import() {
    const file = join(folder, "m.mjs");
    return async (version) => {
      writeFileSync(file, moduleText(version));
      return (await import(`${pathToFileURL(file).href}?v=${version}`)).version;
    };
  },
  async vite() {
    const { ESModulesEvaluator, ModuleRunner } = await import("vite/module-runner");
    const { moduleRunnerTransformSync } = (await import("oxc-transform")) as unknown as {
      moduleRunnerTransformSync(file: string, source: string): { code: string };
    };
    let version = 0;
    const fetchModule = () => {
      const { code } = moduleRunnerTransformSync("m.js", moduleText(version));
      return { result: { code, file: "/m.js", id: "/m.js", url: "/m.js", invalidate: true } };
    };
    const transport = {
      invoke: async (payload: { data: { name: string } }) =>
        payload.data.name === "getBuiltins" ? { result: [] } : fetchModule(),
    };
    const options = { transport, hmr: false, sourcemapInterceptor: false };
    const runner = new ModuleRunner(options as never, new ESModulesEvaluator());
    return async (next) => {
      version = next;
      for (const node of runner.evaluatedModules.idToModuleMap.values()) runner.evaluatedModules.invalidateModule(node);
      return (await runner.import("/m.js")).version;
    };
  },
  /** 50 modules, and 10,000 servers in one of them whose state every upgrade changes. */
  async upgrades() {
    const { startServers } = await import("./upgrades.ts");
    return startServers(10_000, 50);
  },
};

/** Reloads `count` times and prints the windows. */
export const measure = async (reload: Reload, count: number): Promise<void> => {
  const windows = 24;
  const perWindow = Math.max(1, Math.floor(count / windows));
  for (let window = 0, version = 0; window < windows; window++) {
    let heap = Number.POSITIVE_INFINITY;
    const beganMs = performance.now();
    for (let i = 0; i < perWindow; i++) {
      const loaded = await reload(++version);
      if (loaded !== version) throw new Error(`loaded version ${loaded}, not ${version}`);
      heap = Math.min(heap, process.memoryUsage().heapUsed);
    }
    const msEach = (performance.now() - beganMs) / perWindow;
    const line: Window = { done: version, msEach, heapMb: heap / 1e6, rssMb: process.memoryUsage.rss() / 1e6 };
    console.log(JSON.stringify(line));
  }
  process.exit(0);
};

if (process.argv[1] === import.meta.filename) {
  await measure(await (contestants[kind] as () => Promise<Reload>)(), Number(count));
}
