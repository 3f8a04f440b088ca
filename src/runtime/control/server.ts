// The node's end of the control socket: takes requests and runs them, each to its end, whoever listens.

import type { Socket } from "node:net";
import { UnderwayError } from "../../error.ts";
import type { Json } from "../../release/data.ts";
import { report } from "../process/report.ts";
import { type Args, type ConsoleRequest, parseLine, receiveLines, requestOf, send, wireError } from "./protocol.ts";
import type { Session } from "./session.ts";
import { listen, stopListening } from "./socket.ts";

/** What an operation is given besides its arguments. */
export interface OperationContext {
  /** Tells whoever asked what is going on. */
  progress(message: string): void;
  /** Keeps the connection open until this operating-system process ends: whoever asked sees the end by it. */
  holdUntilEnd(): void;
}

export type Operation = (args: Args, context: OperationContext) => Promise<Json> | Json;
/** By the name of the command. */
export type Operations = { readonly [command: string]: Operation };

export interface ControlServerOptions {
  /** Path of the socket. Whoever calls holds the node's lock. */
  readonly path: string;
  readonly operations: Operations;
  /** Begins a console. */
  readonly openSession: (print: (text: string) => void, colors: boolean) => Session;
}

export interface ControlServer {
  /** Takes no more requests, and removes the socket's file. Those that are under way go on. */
  stopListening(): void;
  /** Ends all connections. Resolves when what was said in them has been sent. */
  close(): Promise<void>;
}

/** Who does not take his answer in this time does not get it. */
const flushMs = 1000;

// API.

/** Starts to listen. Throws `control/no_socket`. */
export async function startControlServer(options: ControlServerOptions): Promise<ControlServer> {
  const sockets = new Set<Socket>();
  const server = await listen(options.path, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    const hold = (): void => void sockets.delete(socket);
    serve(socket, hold, options).catch((error) => {
      report({ level: "warning", kind: "control", message: "a request over the control socket failed", error });
      socket.destroy();
    });
  });
  return {
    stopListening: () => stopListening(server, options.path),
    close: () => closeAll(sockets),
  };
}

// Internal.

async function serve(socket: Socket, hold: () => void, options: ControlServerOptions): Promise<void> {
  const lines = receiveLines(socket);
  let command = "";
  let isHeld = false;
  try {
    const first = await lines.next();
    if (first.done) return;
    const request = requestOf(parseLine(first.value));
    command = request.command;
    if (command === "remote_console") return await serveConsole(socket, lines, request.args, options);
    const operation = Object.hasOwn(options.operations, command) ? options.operations[command] : undefined;
    if (operation === undefined)
      throw new UnderwayError("control/bad_protocol", { problem: `no command "${command}"` });
    const result = await operation(request.args, {
      progress: (progress) => send(socket, { progress }),
      holdUntilEnd() {
        isHeld = true;
        hold();
      },
    });
    send(socket, { result });
  } catch (thrown) {
    send(socket, { error: wireError(thrown, command) });
  }
  if (!isHeld) socket.end();
}

async function serveConsole(
  socket: Socket,
  lines: AsyncGenerator<string>,
  args: Args,
  options: ControlServerOptions,
): Promise<void> {
  const session = options.openSession((output) => send(socket, { output }), args.colors === true);
  try {
    for await (const line of lines) {
      const request = parseLine(line) as ConsoleRequest;
      if ("interrupt" in request) session.interrupt();
      else if ("evaluate" in request) {
        const { id } = request;
        void session.evaluate(request.evaluate).then((answer) => send(socket, { id, answer }));
      } else {
        const completions = await session.complete(request.complete);
        send(socket, { id: request.id, completions });
      }
    }
  } finally {
    // Also when the connection broke: what it left running ends with it, as a console's process does.
    session.end();
  }
  socket.end();
}

async function closeAll(sockets: ReadonlySet<Socket>): Promise<void> {
  const closing = [...sockets].map((socket) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    socket.once("close", () => resolve());
    socket.end();
    const timer = setTimeout(() => socket.destroy(), flushMs);
    return promise.finally(() => clearTimeout(timer));
  });
  await Promise.all(closing);
}
