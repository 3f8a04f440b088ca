// Modules from strings, and processes that answer: what the tests of the code server are written with.

import assert from "node:assert/strict";
import { type ErrorCode, isUnderwayError } from "../../src/error.ts";
import type { ModuleId } from "../../src/release/data.ts";
import type { ObjectCode } from "../../src/release/object-code.ts";
import { load } from "../../src/runtime/code/code-server.ts";
import type { Handle } from "../../src/runtime/code/handle.ts";
import { handleOf } from "../../src/runtime/code/modules.ts";
import { type Staged, type StageOptions, stage } from "../../src/runtime/code/stage.ts";
import type { Pid } from "../../src/runtime/process/pid.ts";
import { watch } from "../../src/runtime/process/process.ts";
import type { ExitReason } from "../../src/runtime/process/reason.ts";
import { send } from "../../src/runtime/process/signals.ts";
import { spawn } from "../../src/runtime/process/spawn.ts";
import { isStopSignal } from "../../src/runtime/process/stop-signal.ts";
import { compileModules } from "../../src/tools/compile/compile.ts";

export type Sources = Readonly<Record<ModuleId, string>>;

/** Calls an export of a module's current version. */
export const call = (module: ModuleId, fn: string, ...args: unknown[]): unknown =>
  (handleOf(module) as Record<string, (...args: unknown[]) => unknown>)[fn]?.(...args);

/** Accepts an Underway error of this code whose details contain these. */
export const refused =
  (code: ErrorCode, details: object = {}) =>
  (error: unknown): true => {
    assert.ok(isUnderwayError(error, code), `${code} expected, got ${String(error)}`);
    assert.partialDeepStrictEqual(error.details, details);
    return true;
  };

/** Compiles one module that imports none, or only itself. */
export const compileOne = (module: ModuleId, source: string): ObjectCode =>
  compileModules({ [module]: source })[0] as ObjectCode;

/** Compiles and loads one module, as code:load_binary/3. */
export const loadSource = (module: ModuleId, source: string): Promise<void> => load(compileOne(module, source));

/** Compiles and stages a set. */
export const stageSources = (sources: Sources, options?: StageOptions): Promise<Staged> =>
  stage(compileModules(sources), options);

/** Compiles a set and makes it current. */
export const loadSources = async (sources: Sources, options?: StageOptions): Promise<void> => {
  (await stageSources(sources, options)).switch();
};

/** Starts a process in an exported function. */
export const start = (module: ModuleId, fn: string, ...args: unknown[]): Pid =>
  spawn(handleOf(module) as Record<string, (...args: unknown[]) => unknown>, fn, ...args);

/** Sends a question and resolves with what the process answers by calling `message.answer`. */
export const ask = (pid: Pid, question: unknown = null): Promise<unknown> => {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  // A function is no data, but a test is never upgraded.
  send(pid, { question, answer: resolve } as unknown);
  return promise;
};

/** Resolves with the reason of a process's end. */
export const endOf = (pid: Pid): Promise<ExitReason> =>
  new Promise((resolve) => {
    if (pid.process === null) resolve("noproc");
    else watch(pid.process, null, resolve);
  });

/** Lets every microtask and everything that was ready run; on a busy machine that takes more than one turn. */
export const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** What a test may look up on a handle without calling it. */
export const read = (module: ModuleId, name: string): unknown => (handleOf(module) as Handle)[name];

/**
 * A stopped frame that nobody waits for rejects with the stop signal, which a node ignores (stray-errors.ts). Lets the test
 * runner do so too; to be called when the tests of the file have begun.
 */
export const ignoreStopSignals = (): void => {
  const others = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", (thrown, promise) => {
    if (!isStopSignal(thrown)) for (const listener of others) listener(thrown, promise);
  });
};
