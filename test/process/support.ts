// What the tests of processes and behaviours are written with.

import assert from "node:assert/strict";
import { type ErrorCode, isUnderwayError } from "../../src/error.ts";
import type { Pid } from "../../src/runtime/process/pid.ts";
import { watch } from "../../src/runtime/process/process.ts";
import type { ExitReason } from "../../src/runtime/process/reason.ts";
import { receive } from "../../src/runtime/process/receive.ts";
import { type Report, setReporter } from "../../src/runtime/process/report.ts";
import { spawn } from "../../src/runtime/process/spawn.ts";

/** Keeps the reports of this test file away from stderr, and lets tests look at them. */
export const collectReports = (): Report[] => {
  const reports: Report[] = [];
  setReporter((report) => reports.push(report));
  return reports;
};

/** Resolves with the reason of a process's end; `noproc` if it is over. */
export const endOf = (pid: Pid): Promise<ExitReason> =>
  new Promise((resolve) => {
    if (pid.process === null) resolve("noproc");
    else watch(pid.process, null, resolve);
  });

/** Runs `fn` in a process of its own, and resolves with what it returns. */
export const inProcess = <T>(fn: () => T | Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const run = async (): Promise<void> => {
      try {
        resolve(await fn());
      } catch (thrown) {
        reject(thrown);
      }
    };
    const pid = spawn({ run }, "run");
    void endOf(pid).then((reason) => reject(new Error(`the test's process ended: ${JSON.stringify(reason)}`)));
  });

/** A process that does nothing until it is ended. */
export const idler = (): Pid => spawn({ idle }, "idle");
const idle = async (): Promise<void> => {
  for (;;) await receive({ match: (message): message is never => message === undefined });
};

/** Accepts an Underway error of this code whose details contain these. */
export const refused =
  (code: ErrorCode, details: object = {}) =>
  (error: unknown): true => {
    assert.ok(isUnderwayError(error, code), `${code} expected, got ${String(error)}`);
    assert.partialDeepStrictEqual(error.details, details);
    return true;
  };

/** Lets every microtask and everything that was ready run; on a busy machine that takes more than one turn. */
export const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
};
