// GenServer: a process with a state, asked by calls and told by casts. OTP: gen_server.

import { currentProcess } from "../process/context.ts";
import type { Data } from "../process/data.ts";
import { development } from "../process/development.ts";
import { Envelope } from "../process/mailbox.ts";
import type { Dest, Pid, Ref } from "../process/pid.ts";
import type { ExitReason } from "../process/reason.ts";
import { lookUp } from "../process/registry.ts";
import type { From } from "../process/request.ts";
import { monitor } from "../process/signals.ts";
import { requireProcess } from "../process/spawn.ts";
import { CALL_TIMEOUT_MS, request, type StartOptions, startProcess, stopProcess } from "./gen.ts";
import { GenServerLoop } from "./gen-server-loop.ts";
import type { Callbacks, Calls, Casts, ClauseArgs, InitArg, ReplyOf } from "./gen-server-types.ts";

// API.

/**
 * Starts a server linked to the calling process and waits for its `init`.
 *
 * Resolves with the pid when `init` returned `ok`. Rejects with `gen_server/ignore` when it returned `ignore`, with
 * `gen_server/init_failed` when it refused, threw, or took longer than `timeoutMs`; the process has ended then, and a
 * starter that does not trap exits has been sent the exit signal. Rejects with `gen_server/already_started` when the name
 * is taken.
 *
 * OTP: gen_server:start_link/3,4
 */
export const startLink = <M extends Callbacks>(module: M, arg: InitArg<M>, options?: StartOptions): Promise<Pid<M>> =>
  startProcess((start) => new GenServerLoop(module, start), arg, options, currentProcess());

/** As `startLink`, without a link. OTP: gen_server:start/3,4. */
export const start = <M extends Callbacks>(module: M, arg: InitArg<M>, options?: StartOptions): Promise<Pid<M>> =>
  startProcess((start) => new GenServerLoop(module, start), arg, options, null);

/**
 * As `start`, and monitors the new server: the calling process gets `{ type: "DOWN", ref, pid, reason }` at its end.
 *
 * Throws `process/no_process` outside a process.
 *
 * OTP: gen_server:start_monitor/3,4
 */
export const startMonitor = async <M extends Callbacks>(
  module: M,
  arg: InitArg<M>,
  options?: StartOptions,
): Promise<{ readonly pid: Pid<M>; readonly ref: Ref }> => {
  requireProcess("startMonitor");
  const pid = await start(module, arg, options);
  return { pid, ref: monitor(pid) };
};

/**
 * Calls a clause of the server's `handleCall` and waits for its reply, at most 5000 ms.
 *
 * Rejects with `gen_server/noproc` if there is no such process, `gen_server/exited` if it ends before it answers,
 * `gen_server/timeout` when the time is over (a reply that comes later is dropped), `gen_server/calling_self` when a
 * server calls itself. While the server is suspended the call waits, and the version that is current then answers it.
 *
 * OTP: gen_server:call/2 <https://www.erlang.org/doc/apps/stdlib/gen_server.html#call/2>
 * Deviation: a late reply never reaches the caller's mailbox.
 */
export const call = <M, T extends keyof Calls<M> & string>(
  server: Dest<M>,
  tag: T,
  ...args: ClauseArgs<Calls<M>[T]>
): Promise<ReplyOf<Calls<M>[T]>> => request(server, "call", tag, args, CALL_TIMEOUT_MS);

/** As `call`, waiting at most `timeoutMs` milliseconds, or for ever with `infinity`. OTP: gen_server:call/3. */
export const callWithin = <M, T extends keyof Calls<M> & string>(
  server: Dest<M>,
  timeoutMs: number | "infinity",
  tag: T,
  ...args: ClauseArgs<Calls<M>[T]>
): Promise<ReplyOf<Calls<M>[T]>> => request(server, "call", tag, args, timeoutMs);

/**
 * Tells a server something: a clause of its `handleCast` will run. Returns at once, whether or not the server lives.
 * Throws `process/mailbox_full` when its mailbox is bounded, full, and refuses.
 *
 * OTP: gen_server:cast/2
 */
export const cast = <M, T extends keyof Casts<M> & string>(
  server: Dest<M>,
  tag: T,
  ...args: ClauseArgs<Casts<M>[T]>
): void => {
  const target = lookUp(server);
  if (target === null) return;
  const { limit } = target.mailbox;
  if (!target.deliver(new Envelope("cast", tag, args, null)) && limit !== null) throw limit.error(target);
};

/** Answers a call whose clause returned `noreply`. A second answer is dropped. OTP: gen_server:reply/2. */
export const replyTo = <R>(from: From<R>, value: Data<NoInfer<R>>): void => {
  if (development !== null) development.replies(from, value);
  from.resolve(value);
};

/**
 * Ends a server for `reason` through its `terminate`, and waits until it has ended.
 *
 * Rejects with `gen_server/noproc`, with `gen_server/exited` if it ended for another reason, with `gen_server/timeout`
 * after `timeoutMs` (default: no limit).
 *
 * OTP: gen_server:stop/3
 */
export const stopServer = (
  server: Dest,
  reason: ExitReason = "normal",
  timeoutMs: number | "infinity" = "infinity",
): Promise<void> => stopProcess(server, reason, timeoutMs);

// The words that callback modules use, so that one import suffices. The declarations of a callback module name the types of
// its results, so these are public, too.
export type { Data } from "../process/data.ts";
export { type Dest, type Named, named, type Pid } from "../process/pid.ts";
export type { ExitReason } from "../process/reason.ts";
export type { From } from "../process/request.ts";
export type { Received } from "./debug.ts";
export type { ShownParts, StatusParts } from "./format-status.ts";
export type { StartOptions } from "./gen.ts";
export {
  type AnyCodeChange,
  type Callbacks,
  type CallClauses,
  type CallContext,
  type CallResult,
  type CastClauses,
  type CastResult,
  type CodeChange,
  type CodeChangeContext,
  type CodeChangeStep,
  type Context,
  type Ignore,
  type InitResult,
  ignore,
  type MessageChange,
  type Next,
  type NoReply,
  noreply,
  type Ok,
  ok,
  type QueuedMessage,
  type Reply,
  reply,
  type Stop,
  type StopInit,
  type StopReply,
  stop,
  stopInit,
  stopReply,
} from "./gen-server-types.ts";
