// `underway/connection`: one process behind each WebSocket, so that a connection has a state, a mailbox, a supervisor,
// and a version of its code that can be replaced while it is open. OTP has no such behaviour; Ranch and Cowboy's
// websocket handlers are its models.
//
//   import * as Connection from "underway/connection";
//   import * as self from "./session.ts";
//
//   export const behaviour = "connection";
//   export const startLink = (socket: Connection.Socket, request: Connection.Request): Promise<Pid<typeof self>> =>
//     Connection.startLink(self, socket, request.url);
//   export const init = (url: string) => ok<State>({ url });
//   export const handleFrame = ({ state, socket }: Connection.Context<State>, frame: Connection.Frame) => {
//     socket.send(frame);
//     return noreply<State>(state);
//   };

import { currentProcess } from "../process/context.ts";
import { applyMfa, formatMfa, type Mfa } from "../process/mfa.ts";
import type { Pid } from "../process/pid.ts";
import { report } from "../process/report.ts";
import { ConnectionLoop } from "./connection-loop.ts";
import { Socket, type WebSocketLike } from "./connection-socket.ts";
import type { ConnectionCallbacks } from "./connection-types.ts";
import { type StartOptions, startProcess } from "./gen.ts";
import type { InitArg } from "./gen-server-types.ts";

/** What is needed of a server of WebSockets, as `WebSocketServer` of the library `ws` has it. */
export interface WebSocketServerLike {
  on(event: "connection", listener: (socket: WebSocketLike, request: RequestLike) => void): unknown;
  off(event: "connection", listener: (socket: WebSocketLike, request: RequestLike) => void): unknown;
}

/** What is needed of the HTTP request that became a WebSocket. */
export interface RequestLike {
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** The HTTP request that became a WebSocket; plain data. */
export interface Request {
  /** Path and query, such as `/socket?name=ada`. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

/** What starts the process behind a new socket; most often a function that asks a supervisor to. */
export type StartSession = Mfa<[socket: Socket, request: Request], Pid | Promise<Pid>>;

// API.

/**
 * Has a process started behind each WebSocket that `server` accepts: calls `start` with the socket and the request, in the
 * version that is current at that moment. Frames that come before the process has taken the socket are kept for it.
 *
 * A start that fails, or that leaves the socket to nobody, closes it with code 1011. Returns what ends the listening;
 * connections that are open stay so.
 */
export const listen = (server: WebSocketServerLike, start: StartSession): (() => void) => {
  const accept = (ws: WebSocketLike, request: RequestLike): void => {
    // Made in the very turn in which the socket appears, so that no frame is missed.
    const socket = new Socket(ws);
    void startSession(start, socket, requestOf(request));
  };
  server.on("connection", accept);
  return () => {
    server.off("connection", accept);
  };
};

/**
 * Starts the process behind a socket, linked to the calling process, and waits for its `init`.
 *
 * Resolves and rejects as `GenServer.startLink`, and closes the socket when it rejects; also rejects, and leaves the socket
 * alone, if another process has taken it. The process ends with `{ shutdown: "closed" }`, a normal reason, when the client has
 * closed the connection. When it ends otherwise the connection is closed: with code 1000 for `normal`, 1001 for
 * `shutdown`, 1011 for any other reason.
 */
export const startLink = <M extends ConnectionCallbacks>(
  module: M,
  socket: Socket,
  arg: InitArg<M>,
  options?: StartOptions,
): Promise<Pid<M>> =>
  startProcess((start) => new ConnectionLoop(module, start, socket), arg, options, currentProcess());

// Internal.

const startSession = async (start: StartSession, socket: Socket, request: Request): Promise<void> => {
  try {
    await applyMfa(start, socket, request);
    if (socket.owner !== null) return;
    report({ level: "error", kind: "connection", message: `${formatMfa(start, 2)} left a socket to no process` });
  } catch (error) {
    const message = `${formatMfa(start, 2)} failed, and a client was sent away`;
    report({ level: "error", kind: "connection", message, error });
  }
  // A process that has taken it all the same closes it at its own end.
  if (socket.owner === null) socket.close(1011);
};

const requestOf = ({ url = "/", headers }: RequestLike): Request => ({
  url,
  headers: Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value ? [[name, value]] : []))),
});

export { type Closed, type Frame, Socket, type WebSocketLike } from "./connection-socket.ts";
export type { CallClauses, CastClauses, ConnectionCallbacks, Context, WithSocket } from "./connection-types.ts";
export type { StartOptions } from "./gen.ts";
