// The types of Connection callback modules: those of a GenServer, with the socket in each context.
//
// The callbacks of a socket are called one at a time, in the order in which things happened, as all others.

import type { Frame, Socket } from "./connection-socket.ts";
import type * as GenServer from "./gen-server-types.ts";

/** What a connection adds to the context of a GenServer; exported since declarations of callback modules name it. */
export interface WithSocket {
  /** The peer's socket. */
  readonly socket: Socket;
}

/** What each clause gets first. */
export interface Context<S> extends GenServer.Context<S>, WithSocket {}

export type CallClauses<S> = GenServer.CallClauses<S, WithSocket>;
export type CastClauses<S> = GenServer.CastClauses<S, WithSocket>;

/** A connection's callback module: that of a GenServer, and `handleFrame` for what the peer sends. */
// biome-ignore lint/suspicious/noExplicitAny: a module of whatever state.
export interface ConnectionCallbacks<S = any> extends GenServer.Callbacks<S, WithSocket> {
  /** Makes the module known as a connection's: the literal `"connection"`. */
  readonly behaviour: "connection";
  /**
   * Called for each frame, in order; the next one waits until a promise settles. From a TCP socket come bytes, cut wherever
   * the network has cut them.
   */
  handleFrame(context: Context<S>, frame: Frame): GenServer.Awaitable<GenServer.CastResult<S>>;
  /**
   * The peer of a TCP socket will send no more, but may still read: what is sent now reaches it. The process ends when the
   * socket is closed by `socket.close()`. Default: it is closed, after what was sent before.
   */
  handleEnd?(context: Context<S>): GenServer.Awaitable<GenServer.CastResult<S>>;
  /** A peer that was slow, as `socket.send` has said, has taken most of what was sent. */
  handleDrain?(context: Context<S>): GenServer.Awaitable<GenServer.CastResult<S>>;
}
