// The types of Connection callback modules: those of a GenServer, with the socket in each context.

import type { Frame, Socket } from "./connection-socket.ts";
import type * as GenServer from "./gen-server-types.ts";

/** What a connection adds to the context of a GenServer; exported since declarations of callback modules name it. */
export interface WithSocket {
  /** The client's socket. */
  readonly socket: Socket;
}

/** What each clause gets first. */
export interface Context<S> extends GenServer.Context<S>, WithSocket {}

export type CallClauses<S> = GenServer.CallClauses<S, WithSocket>;
export type CastClauses<S> = GenServer.CastClauses<S, WithSocket>;

/** A connection's callback module: that of a GenServer, and `handleFrame` for what the client sends. */
// biome-ignore lint/suspicious/noExplicitAny: a module of whatever state.
export interface ConnectionCallbacks<S = any> extends GenServer.Callbacks<S, WithSocket> {
  /** Makes the module known as a connection's: the literal `"connection"`. */
  readonly behaviour: "connection";
  /** Called for each frame, in order; the next one waits until a promise settles. */
  handleFrame(context: Context<S>, frame: Frame): GenServer.Awaitable<GenServer.CastResult<S>>;
}
