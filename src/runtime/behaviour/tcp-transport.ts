// A TCP socket (or one of a Unix domain, or of TLS) as a transport.
//
//   peer ends its side ──► ended: the process may still answer ──► both sides ended ──► closed, 1000
//   reset, vanished ─────────────────────────────────────────────────────────────────► closed, 1006

import type { Socket as NetSocket } from "node:net";
import { runAsNobody } from "../process/context.ts";
import { type Frame, Socket, type Transport, type TransportEvents } from "./connection-socket.ts";
import { codeOf } from "./websocket-transport.ts";

/** So long a peer may take to end its side after we have ended ours. */
const LINGER_MS = 5_000;

/**
 * A socket of `node:net` for a process to stand behind. To be made in the turn in which it appears, so that no byte is
 * missed.
 */
export const tcpSocket = (socket: NetSocket): Socket => new Socket((events) => new TcpTransport(socket, events));

class TcpTransport implements Transport {
  readonly #socket: NetSocket;
  readonly #written: () => void;

  constructor(socket: NetSocket, events: TransportEvents) {
    this.#socket = socket;
    this.#written = events.written;
    // Else Node would end our side with the peer's, before the process has answered what came last.
    socket.allowHalfOpen = true;
    let code = 1006;
    let reason = "";
    socket.on("data", (bytes: Uint8Array) => events.frame(bytes));
    socket.on("end", () => {
      code = 1000;
      events.ended();
    });
    // An error is always followed by `close`.
    socket.on("error", (error) => {
      code = 1006;
      reason = codeOf(error);
    });
    socket.on("close", () => events.closed({ code, reason }));
  }

  get open(): boolean {
    return this.#socket.writable;
  }

  get bufferedBytes(): number {
    return this.#socket.writableLength;
  }

  write(frame: Frame, notify: boolean): void {
    if (notify) this.#socket.write(frame, this.#written);
    else this.#socket.write(frame);
  }

  close(code: number): void {
    if (code === 1000 || code === 1001) this.#end();
    else this.#socket.resetAndDestroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  // Internal.

  #end(): void {
    const socket = this.#socket;
    socket.end();
    // A peer that never ends its side must not keep the socket for ever.
    const patience = runAsNobody(() => setTimeout(() => socket.destroy(), LINGER_MS).unref());
    socket.once("close", () => clearTimeout(patience));
  }
}
