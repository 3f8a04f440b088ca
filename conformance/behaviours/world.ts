// What both players share: processes to play in, and words for reasons.

import { isUnderwayError } from "../../src/error.ts";
import type { Pid } from "../../src/runtime/process/pid.ts";
import { watch } from "../../src/runtime/process/process.ts";
import { type ExitReason, formatReason } from "../../src/runtime/process/reason.ts";
import { spawn } from "../../src/runtime/process/spawn.ts";
import type { Term } from "../../src/tools/erlang/term.ts";

/** Lines for the start, for each step, for the end. */
export type Trace = readonly (readonly string[])[];

/** Resolves with the reason of a process's end. */
export const endOf = (pid: Pid): Promise<ExitReason> =>
  new Promise((resolve) => {
    if (pid.process === null) resolve("noproc");
    else watch(pid.process, null, resolve);
  });

/** Runs `fn` in a process of its own. */
export const inProcess = <T>(fn: () => Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const run = (): Promise<void> => fn().then(resolve, reject);
    void endOf(spawn({ run }, "run")).then((reason) => reject(new Error(`the player ended: ${formatReason(reason)}`)));
  });

/** The reason part of an error's code, in OTP's words. */
export const kindOf = (error: unknown): string => {
  if (!isUnderwayError(error)) return String(error);
  if (isUnderwayError(error, "gen_server/init_failed")) {
    const child = /failed to start child "(\w+)"/.exec(error.details.reason)?.[1];
    return child === undefined ? "other" : `{failed_to_start_child,${child}}`;
  }
  // As the child's start function says.
  if (isUnderwayError(error, "supervisor/start_failed")) {
    return isUnderwayError(error.cause, "gen_server/already_started") ? "already_started" : "cannot";
  }
  return error.code.slice(error.code.indexOf("/") + 1);
};

/** Why a process ended, or what its caller was told of it, in one word. */
export const endWord = (reason: unknown): string => {
  if (typeof reason === "string") return reason;
  const error = typeof reason === "object" && reason !== null && "error" in reason ? reason.error : reason;
  if (isUnderwayError(error, "gen_server/exited") || isUnderwayError(error, "gen_server/init_failed")) {
    return wordIn(error.details.reason);
  }
  return wordIn(formatReason(reason));
};

const wordIn = (text: string): string => {
  if (text.includes(': a callback of "(module)" returned ')) return "bad_return_value";
  return text.includes("on purpose") ? "error" : text;
};

/** A trace as OTP sends it: texts as lists of characters. */
export const traceOf = (term: Term): Trace =>
  (term as readonly (readonly (readonly number[])[])[]).map((lines) =>
    lines.map((characters) => String.fromCharCode(...characters)),
  );

/** What callers are told in one step comes in no particular order among them, and beside what the server does. */
export const canonical = (trace: Trace): Trace =>
  trace.map((lines) => {
    const isCaller = (line: string): boolean => line.startsWith("caller ");
    return [...lines.filter((line) => !isCaller(line)), ...lines.filter(isCaller).sort()];
  });
