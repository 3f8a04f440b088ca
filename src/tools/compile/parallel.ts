// Compiles modules in other threads ahead of time: each is compiled by itself, as if all that it imports were there. What
// comes back is what is remembered of a module, and `compileModules` takes it or, where other modules say otherwise,
// leaves it.

import { availableParallelism } from "node:os";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { isUnderwayError } from "../../error.ts";
import type { ModuleId, Name } from "../../release/data.ts";
import { ParsedModule } from "./parsed-module.ts";
import { inputsOf, type Memory } from "./remembered-module.ts";

/** A thread has to load the compiler first: for less it is not worth it. */
const MODULES_PER_THREAD_MIN = 60;
const THREADS_MAX = 4;

/** One thread's share. */
interface Task {
  readonly kind: "underway/compile";
  readonly sources: ReadonlyMap<ModuleId, string>;
  readonly modules: ReadonlySet<ModuleId>;
  readonly applications: ReadonlySet<Name>;
}

/**
 * Compiles what can be compiled without looking at other modules. Faulty ones are left out, and those with `export *`:
 * whoever compiles the whole project finds out about them.
 */
export const compileAhead = async (
  sources: ReadonlyMap<ModuleId, string>,
  known: Pick<Task, "modules" | "applications">,
  threads: number = availableParallelism(),
): Promise<Map<ModuleId, Memory>> => {
  const count = Math.min(threads, THREADS_MAX, Math.floor(sources.size / MODULES_PER_THREAD_MIN));
  if (count < 2) return new Map();
  // This thread works too, and begins at once.
  const shares = Array.from({ length: count }, (_, i) => [...sources].filter((__, at) => at % count === i));
  const [own = [], ...others] = shares.map(
    (share): Task => ({ kind: "underway/compile", sources: new Map(share), ...known }),
  );
  const rest = others.map(inThread);
  const found = memoriesOf(own as Task);
  for (const memories of await Promise.all(rest)) for (const [module, memory] of memories) found.set(module, memory);
  return found;
};

// Internal.

const memoriesOf = ({ sources, ...known }: Task): Map<ModuleId, Memory> => {
  const found = new Map<ModuleId, Memory>();
  for (const [module, source] of sources) {
    try {
      const parsed = new ParsedModule(module, module, source);
      const { syntax } = parsed;
      if (syntax.stars.length > 0) continue;
      const targets = parsed.targets(known);
      const compiled = parsed.compileUnchecked(targets, sorted(syntax.exports), known);
      const inputs = inputsOf({ module, targets }, sorted(syntax.exports), compiled.dynamic, known);
      if (inputs !== null) found.set(module, { syntax, compiled, inputs });
    } catch (thrown) {
      if (!isUnderwayError(thrown)) throw thrown;
    }
  }
  return found;
};

/** As `allExports` has them. */
const sorted = <T>(exports: ReadonlyMap<string, T>): Map<string, T> =>
  new Map([...exports].sort(([a], [b]) => (a < b ? -1 : 1)));

/** A thread that fails has done nothing: its share is compiled here. */
const inThread = (task: Task): Promise<ReadonlyMap<ModuleId, Memory>> =>
  new Promise((resolve) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: task });
    worker.once("message", resolve);
    worker.once("error", () => resolve(new Map()));
    worker.once("exit", () => resolve(new Map()));
  });

if (!isMainThread && (workerData as Partial<Task> | null)?.kind === "underway/compile") {
  parentPort?.postMessage(memoriesOf(workerData as Task));
}
