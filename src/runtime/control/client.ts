// The control script's end of the control socket.

import type { Socket } from "node:net";
import { UnderwayError } from "../../error.ts";
import type { Json } from "../../release/data.ts";
import { lockHolder } from "../handler/lock.ts";
import { type Target, varFile } from "../handler/target.ts";
import type { Answer, Completions, Evaluator } from "./answer.ts";
import { type Args, format, parseLine, RemoteError, type Reply, receiveLines, send } from "./protocol.ts";
import { connectTo } from "./socket.ts";

/** Which node is meant. */
export interface NodeAddress extends Target {
  /** Name of the release. */
  readonly name: string;
}

export interface AskOptions {
  readonly onProgress?: (message: string) => void;
  /** Waits, after the answer, until the node has ended: the kernel closes its sockets then. Default: false. */
  readonly untilEnd?: boolean;
}

export const socketPath = (target: Target): string => varFile(target, "control.sock");

// API.

/**
 * Asks the node and resolves with its result.
 *
 * @throws RemoteError with what the node says; control/no_node; control/node_ended when it ends before it has answered
 */
export async function ask(address: NodeAddress, command: string, args: Args, options: AskOptions = {}): Promise<Json> {
  const socket = await connected(address);
  send(socket, { format, command, args });
  try {
    let result: Json | undefined;
    for await (const line of receiveLines(socket)) {
      const reply = parseLine(line) as Reply;
      if ("error" in reply) throw new RemoteError(reply.error);
      if ("progress" in reply) options.onProgress?.(reply.progress);
      if (!("result" in reply)) continue;
      result = reply.result;
      if (options.untilEnd !== true) return result;
    }
    if (result !== undefined || options.untilEnd === true) return result ?? null;
    throw new UnderwayError("control/node_ended", { command });
  } finally {
    socket.destroy();
  }
}

/** Whether a node answers. */
export async function isListening(target: Target): Promise<boolean> {
  const socket = await connectTo(socketPath(target));
  socket?.destroy();
  return socket !== null;
}

/** A console in the node. `onEnd` is called when the node has ended. Throws `control/no_node`. */
export async function openRemoteSession(
  address: NodeAddress,
  options: { readonly colors: boolean; readonly print: (text: string) => void; readonly onEnd: () => void },
): Promise<Evaluator> {
  const socket = await connected(address);
  const session = new RemoteSession(socket);
  send(socket, { format, command: "remote_console", args: { colors: options.colors } });
  void session.receive(options.print).then(options.onEnd);
  return session;
}

// Internal.

async function connected(address: NodeAddress): Promise<Socket> {
  const path = socketPath(address);
  const socket = await connectTo(path);
  if (socket !== null) return socket;
  const holder = lockHolder(varFile(address, "lock"));
  throw new UnderwayError("control/no_node", { name: address.name, instance: address.instance, holder, socket: path });
}

class RemoteSession implements Evaluator {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, (reply: Reply | null) => void>();
  #lastId = 0;
  #ended = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Resolves when the connection ends. */
  async receive(print: (text: string) => void): Promise<void> {
    try {
      for await (const line of receiveLines(this.#socket)) {
        const reply = parseLine(line) as Reply;
        if ("output" in reply) print(reply.output);
        else if ("error" in reply) print(`${reply.error.message}\n`);
        else if ("id" in reply) this.#take(reply.id)?.(reply);
      }
    } finally {
      this.#ended = true;
      for (const id of [...this.#waiting.keys()]) this.#take(id)?.(null);
    }
  }

  async evaluate(source: string): Promise<Answer> {
    const reply = await this.#ask((id) => ({ id, evaluate: source }));
    return reply !== null && "answer" in reply ? reply.answer : { kind: "error", text: "The node has ended" };
  }

  async complete(line: string): Promise<Completions> {
    const reply = await this.#ask((id) => ({ id, complete: line }));
    return reply !== null && "completions" in reply ? reply.completions : [[], line];
  }

  interrupt(): void {
    send(this.#socket, { interrupt: true });
  }

  end(): void {
    this.#socket.end();
  }

  #ask(
    request: (id: number) => { id: number; evaluate: string } | { id: number; complete: string },
  ): Promise<Reply | null> {
    if (this.#ended) return Promise.resolve(null);
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      send(this.#socket, request(id));
    });
  }

  #take(id: number): ((reply: Reply | null) => void) | undefined {
    const resolve = this.#waiting.get(id);
    this.#waiting.delete(id);
    return resolve;
  }
}
