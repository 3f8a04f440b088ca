// What all behaviours share at the caller's side: starting a process and waiting for its `init`, asking and waiting for
// the answer. OTP: gen, proc_lib:start_link.

import { isDeepStrictEqual } from "node:util";
import { type ErrorCode, UnderwayError } from "../../error.ts";
import { currentProcess } from "../process/context.ts";
import { addDeadline, cancelDeadline, type Deadline } from "../process/deadlines.ts";
import { development } from "../process/development.ts";
import { Envelope } from "../process/mailbox.ts";
import { MailboxLimit, type MailboxOptions } from "../process/mailbox-limit.ts";
import { moduleName } from "../process/module-name.ts";
import type { Dest, Pid } from "../process/pid.ts";
import { Process, watch } from "../process/process.ts";
import { type ExitReason, formatReason, thrownBehind } from "../process/reason.ts";
import { formatDest, lookUp, registerName } from "../process/registry.ts";
import { From } from "../process/request.ts";
import { inherit } from "./heritage.ts";
import type { BehaviourLoop, SystemAnswer, SystemRequest } from "./loop.ts";
import { askSpecialProcess } from "./special-process.ts";

/** OTP's default timeout of calls. */
export const CALL_TIMEOUT_MS = 5_000;

export interface StartOptions {
  /** Registers the process under this name, before its `init` runs; a name that is taken refuses the start. */
  readonly name?: string;
  /** How long `init` may take. Default: no limit, as in OTP. */
  readonly timeoutMs?: number | "infinity";
  /** Bounds its mailbox; a call that it has no room for rejects with `process/mailbox_full`. Default: unbounded, as in OTP. */
  readonly mailbox?: MailboxOptions;
  /** What of `sys` is on from the start, so that `init` and the first messages are seen. Default: nothing. */
  readonly debug?: readonly ("trace" | "log" | "statistics")[];
}

/** A start under way: what the loop begins with, and whom it tells what became of `init`. OTP: proc_lib's init_ack. */
export class Start<M = unknown> {
  readonly arg: unknown;
  /** @internal */
  deadline: Deadline["deadline"] = null;
  readonly #resolve: (pid: Pid<M>) => void;
  readonly #reject: (error: UnderwayError) => void;
  #process: Process | null = null;

  constructor(arg: unknown, resolve: (pid: Pid<M>) => void, reject: (error: UnderwayError) => void) {
    this.arg = arg;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** `process` begins; it is ended when its `init` takes longer than this. */
  begins(process: Process, timeoutMs: number | "infinity" | undefined): void {
    this.#process = process;
    if (timeoutMs !== undefined && timeoutMs !== "infinity") addDeadline(this, timeoutMs);
  }

  /** `init` has succeeded. */
  started(): void {
    cancelDeadline(this);
    this.#resolve(this.#process?.pid as Pid<M>);
  }

  /** `init` has returned `ignore`, or the process ends for this reason. Does nothing the second time. */
  refused(reason: ExitReason | "ignore"): void {
    cancelDeadline(this);
    const module = moduleName(this.#process?.body.module ?? {});
    if (reason === "ignore") {
      this.#reject(new UnderwayError("gen_server/ignore", { module }));
      return;
    }
    const cause = thrownBehind(reason);
    const details = { module, reason: formatReason(reason) };
    this.#reject(new UnderwayError("gen_server/init_failed", details, cause === undefined ? undefined : { cause }));
  }

  /** @internal */
  expire(): void {
    this.#process?.end("timeout");
  }
}

/**
 * Starts a process for a behaviour's loop and waits for its `init`. With a parent, the two are linked.
 *
 * Rejects with `gen_server/ignore` when `init` returned `ignore`, with `gen_server/init_failed` when it refused or threw,
 * with `gen_server/already_started` when the name is taken, with `process/bad_timeout`: nothing has been started then.
 */
export const startProcess = <M>(
  makeLoop: (start: Start) => BehaviourLoop,
  arg: unknown,
  options: StartOptions | undefined,
  parent: Process | null,
): Promise<Pid<M>> =>
  new Promise((resolve, reject) => {
    const name = options?.name;
    const holder = name === undefined ? null : lookUp({ name });
    if (name !== undefined && holder !== null) {
      return reject(new UnderwayError("gen_server/already_started", { name, pid: String(holder.pid) }));
    }
    const timeoutMs = options?.timeoutMs;
    if (timeoutMs !== undefined && timeoutMs !== "infinity" && !(timeoutMs >= 0)) {
      return reject(new UnderwayError("process/bad_timeout", { value: String(timeoutMs) }));
    }
    // What is no bound throws, and so rejects.
    const limit = options?.mailbox === undefined ? null : new MailboxLimit(options.mailbox);
    const start = new Start<M>(arg, resolve, reject);
    const loop = makeLoop(start as Start);
    if (options?.debug !== undefined) loop.debugFromStart(options.debug);
    const process = new Process(loop, parent);
    process.mailbox.limit = limit;
    if (development !== null) development.leaves(arg, { what: "the argument of init", to: process });
    if (parent !== null) {
      process.link(parent);
      inherit(parent, process);
    }
    if (name !== undefined) registerName(name, process);
    start.begins(process, timeoutMs);
  });

/**
 * Sends a request and waits for the answer.
 *
 * Rejects with `gen_server/noproc`, `gen_server/exited`, `gen_server/timeout` or `gen_server/calling_self`.
 */
export const request = <R>(
  dest: Dest,
  kind: "call" | "system",
  tag: string,
  payload: unknown,
  timeoutMs: number | "infinity",
): Promise<R> =>
  new Promise<R>((resolve, reject) => {
    const asked = openRequest<R>(dest, tag, timeoutMs, resolve, reject);
    if (asked === null) return;
    const envelope = new Envelope(kind, tag, payload, asked.from);
    if (kind !== "system" || !askSpecialProcess(asked.target, envelope)) asked.target.deliver(envelope);
  });

/**
 * Asks a process to end for `reason` through its last words, and waits until it has ended.
 *
 * Rejects as `request` does; with `gen_server/exited` if it ended for another reason.
 *
 * OTP: gen:stop/3
 */
export const stopProcess = (dest: Dest, reason: ExitReason, timeoutMs: number | "infinity"): Promise<void> =>
  new Promise((resolve, reject) => {
    const asked = openRequest<void>(dest, "terminate", timeoutMs, resolve, reject);
    if (asked === null) return;
    const { target, from } = asked;
    watch(target, null, (actual) => {
      if (isDeepStrictEqual(actual, reason)) from.resolve(undefined);
      else from.fail(actual);
    });
    const request: SystemRequest = { request: "terminate", reason };
    const envelope = new Envelope("system", "terminate", request, null);
    if (!askSpecialProcess(target, envelope)) target.deliver(envelope);
  });

/** Who is asked and where the answer goes; null when there is nobody to ask, which the caller has been told then. */
const openRequest = <R>(
  dest: Dest,
  tag: string,
  timeoutMs: number | "infinity",
  resolve: (value: R) => void,
  reject: (error: UnderwayError) => void,
): { readonly target: Process; readonly from: From } | null => {
  const target = lookUp(dest);
  if (target === null) {
    reject(new UnderwayError("gen_server/noproc", { server: formatDest(dest) }));
    return null;
  }
  const caller = currentProcess();
  if (target === caller) {
    reject(new UnderwayError("gen_server/calling_self", { server: formatDest(dest), tag }));
    return null;
  }
  const from = new From(caller?.pid ?? null, dest, tag, resolve as (value: unknown) => void, reject);
  if (timeoutMs !== "infinity") from.waitAtMost(timeoutMs);
  return { target, from };
};

/** As `request`, to a process that answers with success or failure; a failure rejects. */
export const ask = async <R>(
  dest: Dest,
  kind: "call" | "system",
  tag: string,
  payload: unknown,
  timeoutMs: number | "infinity",
): Promise<R> => {
  const answer = await request<SystemAnswer>(dest, kind, tag, payload, timeoutMs);
  if (answer.ok) return answer.value as R;
  throw answer.error;
};

/** True if a start was not refused but only ignored: the error is that of `init` returning `ignore`. */
export const isIgnored = (thrown: unknown): boolean =>
  typeof thrown === "object" &&
  thrown !== null &&
  "code" in thrown &&
  thrown.code === ("gen_server/ignore" satisfies ErrorCode);
