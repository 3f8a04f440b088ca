// Which process runs. While its code runs synchronously: `running`. Behind an `await`, in a timer, in an emitter's
// listener: the async context, which each process enters through one AsyncResource of its own, made at first need
// (entering one costs a tenth of AsyncLocalStorage.run). A plain global alone is wrong: it stays set after a frame
// suspends, and a foreign timer would see the wrong process.

import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import type { Process } from "./process.ts";
import { stopSignal } from "./stop-signal.ts";

const store = new AsyncLocalStorage<Process>();
/** The context of nobody. Made when this file is loaded, so before any process. */
const nobody = new AsyncResource("UnderwayRuntime");
let running: Process | null = null;

/** The process whose code runs: synchronously, or in this async context. Null outside any process. */
export const currentProcess = (): Process | null => running ?? store.getStore() ?? null;

/**
 * The context of a process. It does not take over what else is stored in the context of whoever happens to run, which
 * would stay with the process for ever.
 */
export const makeContext = (process: Process): AsyncResource =>
  nobody.runInAsyncScope(() => store.run(process, makeResource));

/** Runs `fn` with `process` as `this`, as that process. */
export const runAs = <T>(process: Process, context: AsyncResource, fn: (this: Process) => T): T => {
  const outer = running;
  running = process;
  try {
    return context.runInAsyncScope(fn, process);
  } finally {
    running = outer;
  }
};

/**
 * Runs `fn` as nobody: what the runtime does on its own account, such as clearing up behind a process that has ended,
 * whose code would be stopped at once.
 */
export const runAsNobody = <T>(fn: () => T): T => {
  const outer = running;
  running = null;
  try {
    return nobody.runInAsyncScope(fn);
  } finally {
    running = outer;
  }
};

/**
 * What a synchronous function of the runtime ends with that may have ended the process which called it: that process must
 * run no further line. Hands on its argument.
 */
export const unlessEnded = <T>(result: T): T => {
  if (currentProcess()?.alive === false) throw stopSignal;
  return result;
};

// Internal.

const makeResource = (): AsyncResource => new AsyncResource("UnderwayProcess", { requireManualDestroy: true });
