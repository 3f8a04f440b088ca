// `underway/sys`: requests that every behaviour answers at its receive point, whatever its callback module. OTP: sys.
//
//   running ── suspend ──► suspended: ordinary messages wait, in order ── resume ──► running
//
// An upgrade needs none of this: it suspends nobody. It is for tools, tests, and special processes.

import type { CodeChangeRequest } from "../process/body.ts";
import type { Dest } from "../process/pid.ts";
import type { ExitReason } from "../process/reason.ts";
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

/** What can be said of a process, its state included. OTP: sys:get_status/2. */
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

// Internal.

const destOf = (dest: SystemDest): Dest => (typeof dest === "string" ? { name: dest } : dest);

const system = <R>(
  dest: SystemDest,
  request: SystemRequest,
  timeoutMs: number | "infinity" = CALL_TIMEOUT_MS,
): Promise<R> => ask(destOf(dest), "system", request.request, request, timeoutMs);

export type { Status } from "./loop.ts";
