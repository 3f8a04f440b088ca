// `underway/sys`: requests that every behaviour answers at its receive point, whatever its callback module. OTP: sys.
//
//   running ── suspend ──► suspended: ordinary messages wait, in order ── resume ──► running
//
// An upgrade needs none of this: it suspends nobody. It is for tools, tests, and special processes.

import { UnderwayError } from "../../error.ts";
import type { CodeChangeRequest } from "../process/body.ts";
import type { Dest } from "../process/pid.ts";
import type { ExitReason } from "../process/reason.ts";
import { formatDest } from "../process/registry.ts";
import { report } from "../process/report.ts";
import type { DebugFunction, Statistics, SystemEvent } from "./debug.ts";
import { type Debug, formatEvent } from "./debug.ts";
import { ask, CALL_TIMEOUT_MS, stopProcess } from "./gen.ts";
import type { Status, SystemRequest } from "./loop.ts";

/** A process: its pid, its typed name, or its name as an appup writes it. */
export type SystemDest = Dest | string;

/** Versions of the callback module, and what the migration is told. */
export interface CodeChangeOptions {
  /** Exports of the version that made the state. */
  readonly from: CodeChangeRequest["from"];
  /** Exports of the version that shall hold it: the module's handle, when that shows it. */
  readonly to: CodeChangeRequest["to"];
  /** Default: undefined. */
  readonly extra?: unknown;
  /** Default: empty. */
  readonly env?: Readonly<Record<string, unknown>>;
}

// API. Each rejects with `gen_server/noproc`, `gen_server/exited`, `gen_server/timeout` or `gen_server/calling_self`;
// `timeoutMs` is 5000 by default.

/** Lets a process stop handling ordinary messages; they wait in order. Idempotent. OTP: sys:suspend/2. */
export const suspend = (dest: SystemDest, timeoutMs?: number | "infinity"): Promise<void> =>
  system(dest, { request: "suspend" }, timeoutMs);

/** Lets it go on, with the messages that have waited first. Idempotent. OTP: sys:resume/2. */
export const resume = (dest: SystemDest, timeoutMs?: number | "infinity"): Promise<void> =>
  system(dest, { request: "resume" }, timeoutMs);

/**
 * Brings the state of a suspended process into the shape of another version of its callback module; for a supervisor,
 * adopts what the new `init` returns.
 *
 * Rejects with `sys/not_suspended`, and with what the migration throws; the process is as it was then, and still
 * suspended.
 *
 * OTP: sys:change_code/5. Deviation: both versions are given as exports, since steps `down` are the old one's.
 */
export const changeCode = (
  dest: SystemDest,
  { from, to, extra, env = {} }: CodeChangeOptions,
  timeoutMs?: number | "infinity",
): Promise<void> => system(dest, { request: "change_code", change: { from, to, extra, env } }, timeoutMs);

/** The state of a process, running or suspended. For debugging only: it is not a copy. OTP: sys:get_state/2. */
export const getState = <S = unknown>(dest: SystemDest, timeoutMs?: number | "infinity"): Promise<S> =>
  system(dest, { request: "get_state" }, timeoutMs);

/**
 * Puts what `fn` makes of the state in its place. Rejects with what `fn` throws, or with `sys/not_supported` by a
 * supervisor; the state is as it was then.
 *
 * OTP: sys:replace_state/3
 */
export const replaceState = <S = unknown>(
  dest: SystemDest,
  fn: (state: S) => S,
  timeoutMs?: number | "infinity",
): Promise<void> => system(dest, { request: "replace_state", fn: fn as (state: unknown) => unknown }, timeoutMs);

/** What can be said of a process; its state as `formatStatus` of its module shows it. OTP: sys:get_status/2. */
export const getStatus = (dest: SystemDest, timeoutMs?: number | "infinity"): Promise<Status> =>
  system(dest, { request: "get_status" }, timeoutMs);

/**
 * Ends a process through its `terminate`, running or suspended, and waits until it has ended. Rejects with
 * `gen_server/exited` if it ended for another reason.
 *
 * OTP: sys:terminate/3
 */
export const terminate = (
  dest: SystemDest,
  reason: ExitReason,
  timeoutMs: number | "infinity" = CALL_TIMEOUT_MS,
): Promise<void> => stopProcess(destOf(dest), reason, timeoutMs);

// API. Debugging: events of the process, one for each message that it takes and each reply that it gives. What they show goes
// through `formatStatus` of the callback module. A process that nobody debugs pays nothing.

/**
 * Prints each event as a report of kind `trace` (a line `*DBG* counter got call add(5) from <0.7.0>`) until it is turned
 * off. OTP: sys:trace/3.
 */
export const trace = (dest: SystemDest, on: boolean, timeoutMs?: number | "infinity"): Promise<void> =>
  debugging(dest, (debug) => debug.trace(on), timeoutMs);

/**
 * Counts messages: on, off, or what has been counted since; null if it is off.
 *
 * OTP: sys:statistics/3. Deviation: there are no reductions.
 */
export function statistics(dest: SystemDest, flag: "get", timeoutMs?: number | "infinity"): Promise<Statistics | null>;
export function statistics(dest: SystemDest, flag: boolean, timeoutMs?: number | "infinity"): Promise<void>;
export function statistics(dest: SystemDest, flag: boolean | "get", timeoutMs?: number | "infinity"): Promise<unknown> {
  return debugging(dest, (debug) => (flag === "get" ? debug.statisticsNow : debug.statistics(flag)), timeoutMs);
}

/**
 * Keeps the last events: `true` the last 10, a number so many, `false` none. `get` resolves with what is kept, oldest first;
 * `print` reports it, a line each.
 *
 * Rejects with `sys/bad_log` for a number that is no count.
 *
 * OTP: sys:log/3
 */
export function log(dest: SystemDest, flag: "get", timeoutMs?: number | "infinity"): Promise<readonly SystemEvent[]>;
export function log(dest: SystemDest, flag: boolean | number | "print", timeoutMs?: number | "infinity"): Promise<void>;
export async function log(
  dest: SystemDest,
  flag: boolean | number | "get" | "print",
  timeoutMs?: number | "infinity",
): Promise<unknown> {
  if (typeof flag === "number" && !(Number.isSafeInteger(flag) && flag > 0)) {
    throw new UnderwayError("sys/bad_log", { value: String(flag) });
  }
  if (flag !== "get" && flag !== "print") return debugging(dest, (debug) => debug.log(flag), timeoutMs);
  const events = await debugging<readonly SystemEvent[]>(dest, (debug, shown) => debug.events().map(shown), timeoutMs);
  if (flag === "get") return events;
  for (const event of events) {
    report({ level: "notice", kind: "log", message: `*DBG* ${formatDest(destOf(dest))} ${formatEvent(event)}` });
  }
}

/**
 * Calls a function with `state` and each event, in the process itself: `install("counter", "big", mfa(Watch, "big"), 0)`. What
 * it returns is its next state; `done` removes it, and so does a throw, which is reported. Looked up in the module's current
 * version at each event. It sees what `formatStatus` would hide.
 *
 * With an id that is installed already nothing changes.
 *
 * OTP: sys:install/3. Deviation: a module's function, not a fun, which would keep old code alive.
 */
export const install = <S>(
  dest: SystemDest,
  id: string,
  fn: DebugFunction<S>,
  state: S,
  timeoutMs?: number | "infinity",
): Promise<void> => debugging(dest, (debug) => debug.install(id, fn as DebugFunction, state), timeoutMs);

/** Removes a function that `install` has added; does nothing if there is none. OTP: sys:remove/3. */
export const remove = (dest: SystemDest, id: string, timeoutMs?: number | "infinity"): Promise<void> =>
  debugging(dest, (debug) => debug.remove(id), timeoutMs);

/** Turns trace, log, statistics and every installed function off. OTP: sys:no_debug/2. */
export const noDebug = (dest: SystemDest, timeoutMs?: number | "infinity"): Promise<void> =>
  debugging(dest, (debug) => debug.clear(), timeoutMs);

// Internal.

const debugging = <R = void>(
  dest: SystemDest,
  apply: (debug: Debug, shown: (event: SystemEvent) => SystemEvent) => unknown,
  timeoutMs?: number | "infinity",
): Promise<R> => system(dest, { request: "debug", apply }, timeoutMs);

const destOf = (dest: SystemDest): Dest => (typeof dest === "string" ? { name: dest } : dest);

const system = <R>(
  dest: SystemDest,
  request: SystemRequest,
  timeoutMs: number | "infinity" = CALL_TIMEOUT_MS,
): Promise<R> => ask(destOf(dest), "system", request.request, request, timeoutMs);

export type { DebugFunction, Received, Statistics, SystemEvent } from "./debug.ts";
export type { Status } from "./loop.ts";
