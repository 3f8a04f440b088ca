// The types of GenServer callback modules: clause tables, results, inference. See design.md 6 and style.md 7.
//
// Nothing is declared twice: wrong tags, arguments, replies, next states and migrations are compile errors, all inferred
// from the callback module itself. Result constructors take NoInfer<S>, or misspelt and extra fields would pass.

import type { Data, DataEach, IfData } from "../process/data.ts";
import type { ExitReason } from "../process/reason.ts";
import type { From } from "../process/request.ts";
import type { CodeChangeContext } from "../process/system-code-change.ts";
import type { ShownParts, StatusParts } from "./format-status.ts";

export type { CodeChangeContext } from "../process/system-code-change.ts";

export type Awaitable<T> = T | Promise<T>;

// Results.

/** What happens before the next message: wait at most so long for it, or run `handleContinue` first. */
export type Next = { readonly timeoutMs: number | "infinity" } | { readonly continue: unknown };
export interface Ok<S> {
  readonly kind: "ok";
  readonly state: S;
  readonly next?: Next | undefined;
}
export interface Reply<R, S> {
  readonly kind: "reply";
  readonly reply: R;
  readonly state: S;
  readonly next?: Next | undefined;
}
export interface NoReply<S> {
  readonly kind: "noreply";
  readonly state: S;
  readonly next?: Next | undefined;
}
export interface Stop<S> {
  readonly kind: "stop";
  readonly reason: ExitReason;
  readonly state: S;
}
export interface StopReply<R, S> {
  readonly kind: "stop_reply";
  readonly reason: ExitReason;
  readonly reply: R;
  readonly state: S;
}
export interface Ignore {
  readonly kind: "ignore";
}
/** Refuses to start, for this reason. */
export interface StopInit {
  readonly kind: "stop_init";
  readonly reason: ExitReason;
}
export type InitResult<S> = Ok<S> | Ignore | StopInit;
export type CallResult<R, S> = Reply<R, S> | NoReply<S> | Stop<S> | StopReply<R, S>;
export type CastResult<S> = NoReply<S> | Stop<S>;

/** `init` has succeeded. OTP: {ok, State}. */
export function ok<S>(state: Data<NoInfer<S>>, next?: Next): Ok<S>;
export function ok(state: unknown, next?: Next): Ok<unknown> {
  return { kind: "ok", state, next };
}
/** Answers the caller and goes on with `state`. OTP: {reply, Reply, State}. */
export function reply<R, S>(reply: R, state: IfData<R, NoInfer<S>, "the reply">, next?: Next): Reply<R, S>;
export function reply(reply: unknown, state: unknown, next?: Next): Reply<unknown, unknown> {
  return { kind: "reply", reply, state, next };
}
/** Goes on with `state`; a caller is answered later, with `replyTo`. OTP: {noreply, State}. */
export const noreply = <S>(state: NoInfer<S>, next?: Next): NoReply<S> => ({ kind: "noreply", state, next });
/** Ends the server for `reason`, through `terminate`. OTP: {stop, Reason, State}. */
export const stop = <S>(reason: ExitReason, state: NoInfer<S>): Stop<S> => ({ kind: "stop", reason, state });
/** Ends the server for `reason`, and answers the caller when `terminate` is over. OTP: {stop, Reason, Reply, State}. */
export function stopReply<R, S>(
  reason: ExitReason,
  reply: R,
  state: IfData<R, NoInfer<S>, "the reply">,
): StopReply<R, S>;
export function stopReply(reason: ExitReason, reply: unknown, state: unknown): StopReply<unknown, unknown> {
  return { kind: "stop_reply", reason, reply, state };
}
/** The server does not want to start, and that is no failure. OTP: ignore. */
export const ignore: Ignore = { kind: "ignore" };
/** The server cannot start. OTP: {stop, Reason} from init. */
export const stopInit = (reason: ExitReason): StopInit => ({ kind: "stop_init", reason });

// Callbacks.

/** What each clause gets first. */
export interface Context<S> {
  readonly state: S;
}
// The reply's type stands in the clause's result; `from` is only typed where it is answered later.
// biome-ignore lint/suspicious/noExplicitAny: a clause table holds clauses of every argument and reply type.
type Any = any;
export interface CallContext<S> extends Context<S> {
  readonly from: From<Any>;
}
// `More` is what other behaviours on the same loop put into the context: a Connection its socket.
export type CallClauses<S, More = unknown> = {
  readonly [tag: string]: (context: CallContext<S> & More, ...args: Any[]) => Awaitable<CallResult<Any, S>>;
};
export type CastClauses<S, More = unknown> = {
  readonly [tag: string]: (context: Context<S> & More, ...args: Any[]) => Awaitable<CastResult<S>>;
};

/** One step of a migration. Synchronous and pure: it may run more than once, and its result may be thrown away. */
export type CodeChangeStep<From, To> = (state: From, context: CodeChangeContext) => To;

/**
 * Steps between neighbouring state shapes: `up[n]` makes n + 1 of n, `down[n]` makes n of n + 1. Always chained.
 *
 * `CodeChange<State>` is for a module with one step, to `State` and back. With more of them the former states are given by
 * their vsn, `CodeChange<State, { 1: StateV1; 2: StateV2 }>`: each step is checked against its neighbours, and the states
 * that the steps get need no annotation. Annotate what a step returns: only then are fields noticed that are too many.
 *
 * OTP: Module:code_change/3. Deviation: OTP hands the old module's version over once, and jumps.
 */
export type CodeChange<S, Former extends { readonly [vsn: number]: unknown } = never> = [Former] extends [never]
  ? {
      readonly up?: { readonly [fromVsn: number]: CodeChangeStep<Any, S> };
      readonly down?: { readonly [toVsn: number]: CodeChangeStep<S, unknown> };
    }
  : {
      readonly up?: { readonly [V in keyof Former & number]?: CodeChangeStep<Former[V], ShapeAfter<S, Former, V>> };
      readonly down?: { readonly [V in keyof Former & number]?: CodeChangeStep<ShapeAfter<S, Former, V>, Former[V]> };
    };
/** Steps of whatever states, as the runtime finds them. */
export interface AnyCodeChange {
  readonly up?: { readonly [fromVsn: number]: CodeChangeStep<Any, Any> | undefined };
  readonly down?: { readonly [toVsn: number]: CodeChangeStep<Any, Any> | undefined };
}
/** The state that follows vsn `V`: a former one, or the present one. */
type ShapeAfter<S, Former, V extends number> = Successor<V> extends keyof Former ? Former[Successor<V>] : S;
/** `N + 1`. */
type Successor<N extends number, Count extends readonly 0[] = []> = Count["length"] extends N
  ? [...Count, 0]["length"]
  : Successor<N, [...Count, 0]>;

/** A message that waits: in a mailbox, or with a timer. */
export type QueuedMessage =
  | { readonly kind: "call" | "cast"; readonly tag: string; readonly args: readonly Any[] }
  | { readonly kind: "info"; readonly message: Any };

/**
 * Steps that bring messages across a change of code: what was sent for vsn n and is still waiting, in the mailbox or with a
 * timer, goes through `up[n]`; at an undo or a downgrade what was sent for n + 1 goes through `down[n]`. A step that is
 * absent changes nothing, and one that returns null drops the message: who has called gets an error.
 *
 * Synchronous and pure, as those of `codeChange`; a step keeps the message's kind. A queued message for which the other
 * version has no clause then refuses the install (`release/unknown_messages`).
 *
 * OTP: none; there a queued message of the old shape is the new code's affair.
 */
export interface MessageChange {
  readonly up?: {
    readonly [fromVsn: number]: (message: QueuedMessage, context: CodeChangeContext) => QueuedMessage | null;
  };
  readonly down?: {
    readonly [toVsn: number]: (message: QueuedMessage, context: CodeChangeContext) => QueuedMessage | null;
  };
}

/** A callback module. Its `init` is required; a message for which it has no clause ends the process. */
export interface Callbacks<S = Any, More = unknown> {
  readonly vsn?: number;
  readonly behaviour?: "gen_server" | "connection";
  init(arg: Any): Awaitable<InitResult<S>>;
  readonly handleCall?: CallClauses<S, More>;
  readonly handleCast?: CastClauses<S, More>;
  handleInfo?(context: Context<S> & More, message: unknown): Awaitable<CastResult<S>>;
  handleContinue?(context: Context<S> & More, arg: Any): Awaitable<CastResult<S>>;
  terminate?(context: Context<S> & More, reason: ExitReason): Awaitable<void>;
  readonly codeChange?: AnyCodeChange;
  /**
   * What of its state and messages may be shown to people: in crash reports, `sys.getStatus`, `sys.log` and `sys.trace`.
   * Must be pure. Not asked by `sys.getState`, which is for programs. OTP: Module:format_status/1.
   */
  formatStatus?(parts: StatusParts<S>): ShownParts;
  readonly messageChange?: MessageChange;
}
/** A callback module of any behaviour on this loop. */
export type AnyCallbacks = Callbacks<Any, Any>;

// Inference.

export type InitArg<M> = M extends { init(arg: infer A): unknown } ? Data<A> : never;
export type Calls<M> = M extends { readonly handleCall: infer C } ? C : Record<never, never>;
export type Casts<M> = M extends { readonly handleCast: infer C } ? C : Record<never, never>;
export type ClauseArgs<F> = F extends (context: Any, ...args: infer A) => unknown ? DataEach<A> : never;
/** What a clause replies: of its `reply` results, or of the `from` that it keeps for later. */
export type ReplyOf<F> = F extends (...args: Any[]) => infer R
  ? Awaited<R> extends infer X
    ? X extends Reply<infer V, Any> | StopReply<infer V, Any>
      ? V
      : never
    : never
  : never;
