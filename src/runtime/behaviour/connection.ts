// `underway/connection`: one process behind each WebSocket, TCP socket or streaming answer, so that a connection has a state,
// a mailbox, a supervisor, and a version of its code that can be replaced while it is open. OTP has no such behaviour;
// Ranch's protocols and Cowboy's websocket handlers are its models.
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

import type { Socket as NetSocket } from "node:net";
import { asNobodyCarrying } from "../process/carried-context.ts";
import { currentProcess } from "../process/context.ts";
import { applyMfa, formatMfa, type Mfa } from "../process/mfa.ts";
import type { Pid } from "../process/pid.ts";
import { report } from "../process/report.ts";
import { ConnectionLoop } from "./connection-loop.ts";
import type { Socket } from "./connection-socket.ts";
import type { ConnectionCallbacks } from "./connection-types.ts";
import { type StartOptions, startProcess } from "./gen.ts";
import type { InitArg } from "./gen-server-types.ts";
import { tcpSocket } from "./tcp-transport.ts";
import { type WebSocketLike, webSocket } from "./websocket-transport.ts";

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

/** What is needed of a server of TCP sockets, as `Server` of `node:net` has it; one of `node:tls` emits `secureConnection`. */
export interface TcpServerLike {
  on(event: "connection", listener: (socket: NetSocket) => void): unknown;
  off(event: "connection", listener: (socket: NetSocket) => void): unknown;
}

/** Who has connected; plain data. */
export interface Peer {
  /** Empty for a socket of a Unix domain, or one that is closed already. */
  readonly address: string;
  readonly port: number;
}

/** What starts the process behind a new socket; most often a function that asks a supervisor to. */
export type StartSession<About = Request> = Mfa<[socket: Socket, about: About], Pid | Promise<Pid>>;

/** How the process behind a socket is started. */
export interface ConnectionOptions extends StartOptions {
  /** So many bytes may wait for a slow peer before it is given up. Default: 16 MiB. */
  readonly sendBytesMax?: number;
}

// API.

/**
 * Has a process started behind each WebSocket that `server` accepts: calls `start` with the socket and the request, in the
 * version that is current at that moment. Frames that come before the process has taken the socket are kept for it.
 *
 * A start that fails, or that leaves the socket to nobody, closes it with code 1011. Returns what ends the listening;
 * connections that are open stay so.
 */
export const listen = (server: WebSocketServerLike, start: StartSession): (() => void) => {
  const onConnection = (ws: WebSocketLike, request: RequestLike): void => accept(ws, request, start);
  server.on("connection", onConnection);
  return () => {
    server.off("connection", onConnection);
  };
};

/**
 * As `listen`, for a server of `node:net`: `start` is called with the socket and its peer. Bytes that come before the
 * process has taken the socket are kept for it; a start that fails resets the connection.
 *
 * The server and its port stay the application's: a resource of the process that listens. OTP: Ranch's listeners.
 */
export const listenTcp = (server: TcpServerLike, start: StartSession<Peer>): (() => void) => {
  const onConnection = (socket: NetSocket): void => acceptTcp(socket, start);
  server.on("connection", onConnection);
  return () => {
    server.off("connection", onConnection);
  };
};

/** What `listen` does with each WebSocket; for one that was accepted by hand, in the turn in which it appears. */
export const accept = (ws: WebSocketLike, request: RequestLike, start: StartSession): void => {
  const socket = webSocket(ws);
  void asNobodyCarrying(() => startSession(start, socket, requestOf(request)));
};

/** What `listenTcp` does with each socket; for one that was accepted or connected by hand, such as one of `node:tls`. */
export const acceptTcp = (socket: NetSocket, start: StartSession<Peer>): void => {
  const { remoteAddress: address = "", remotePort: port = 0 } = socket;
  const made = tcpSocket(socket);
  void asNobodyCarrying(() => startSession(start, made, { address, port }));
};

/**
 * Starts the process behind a socket, linked to the calling process, and waits for its `init`.
 *
 * Resolves and rejects as `GenServer.startLink`, and closes the socket when it rejects; also rejects, and leaves the socket
 * alone, if another process has taken it. The process ends with `{ shutdown: "closed" }`, a normal reason, when the peer has
 * closed the connection; `socket.closed` tells how. When it ends otherwise the connection is closed: with code 1000 for
 * `normal`, 1001 for `shutdown`, 1011 for any other reason; a TCP socket is ended for the first two, else reset.
 */
export const startLink = <M extends ConnectionCallbacks>(
  module: M,
  socket: Socket,
  arg: InitArg<M>,
  options?: ConnectionOptions,
): Promise<Pid<M>> =>
  startProcess(
    (start) => new ConnectionLoop(module, start, socket, options?.sendBytesMax),
    arg,
    options,
    currentProcess(),
  );

// Internal.

/** Run as nobody: the process that accepts may be one that ends meanwhile. */
const startSession = async <About>(start: StartSession<About>, socket: Socket, about: About): Promise<void> => {
  try {
    await applyMfa(start, socket, about);
    if (socket.owner !== null) return;
    report({ level: "error", kind: "connection", message: `${formatMfa(start, 2)} left a socket to no process` });
  } catch (error) {
    const message = `${formatMfa(start, 2)} failed, and a peer was sent away`;
    report({ level: "error", kind: "connection", message, error });
  }
  // A process that has taken it all the same closes it at its own end.
  if (socket.owner === null) socket.release(1011);
};

const requestOf = ({ url = "/", headers }: RequestLike): Request => ({
  url,
  headers: Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value ? [[name, value]] : []))),
});

export type { Closed, Frame, Socket } from "./connection-socket.ts";
export type { CallClauses, CastClauses, ConnectionCallbacks, Context, WithSocket } from "./connection-types.ts";
export type { StartOptions } from "./gen.ts";
export { tcpSocket } from "./tcp-transport.ts";
export { type WebSocketLike, webSocket } from "./websocket-transport.ts";
