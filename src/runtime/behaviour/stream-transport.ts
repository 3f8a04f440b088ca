// A streaming answer as a transport: what the process behind its socket sends is the body of a Response.
//
//   process ── send ──► queue ── pull ──► body of the Response ──► client
//                                           └── cancel: the client has gone

import { type Closed, type Frame, Socket, type Transport, type TransportEvents } from "./connection-socket.ts";

/** Makes a socket, the body that it writes, and the transport between them. */
export const makeStream = (): { socket: Socket; body: ReadableStream<Uint8Array>; transport: StreamTransport } => {
  let transport: StreamTransport | undefined;
  const socket = new Socket((events) => {
    transport = new StreamTransport(events);
    return transport;
  });
  const made = transport as StreamTransport;
  made.socket = socket;
  return { socket, body: made.body, transport: made };
};

export class StreamTransport implements Transport {
  readonly body: ReadableStream<Uint8Array>;
  /** The socket on it. */
  socket: Socket | null = null;
  open = true;
  bufferedBytes = 0;
  readonly #events: TransportEvents;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  readonly #queue: Uint8Array[] = [];
  /** The body's reader waits for more. */
  #wanted: (() => void) | null = null;
  /** What is to follow the queue. */
  #end: "close" | "error" | null = null;

  constructor(events: TransportEvents) {
    this.#events = events;
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#pull(),
        cancel: () => this.gone(),
      },
      { highWaterMark: 0 },
    );
  }

  /** A process stands behind it, or has stood there. */
  get taken(): boolean {
    return this.socket?.owner !== null;
  }

  write(frame: Frame): void {
    const bytes = typeof frame === "string" ? Buffer.from(frame) : frame;
    // An empty chunk is none.
    if (bytes.length === 0) return;
    this.#queue.push(bytes);
    this.bufferedBytes += bytes.length;
    this.#wake();
  }

  close(code: number): void {
    if (!this.open) return;
    this.open = false;
    this.#end = code === 1000 || code === 1001 ? "close" : "error";
    this.#wake();
    this.#tell({ code, reason: "" });
  }

  destroy(): void {
    this.#queue.length = 0;
    this.bufferedBytes = 0;
    this.close(1011);
  }

  // Nothing comes from the client.
  pause(): void {}
  resume(): void {}

  /** The client has gone, or the request's process has ended. */
  gone(): void {
    if (this.#end === null) this.#end = "error";
    this.open = false;
    this.#queue.length = 0;
    this.bufferedBytes = 0;
    this.#wake();
    this.#tell({ code: 1006, reason: "" });
  }

  /** The server stops: the body ends, and the process is told. */
  goAway(): void {
    this.close(1001);
  }

  // Internal.

  /** Hands one chunk on; a promise lets the reader wait for the next one. */
  #pull(): void | Promise<void> {
    const bytes = this.#queue.shift();
    if (bytes !== undefined) {
      this.bufferedBytes -= bytes.length;
      this.#controller.enqueue(bytes);
      this.#events.written();
      return;
    }
    if (this.#end === "close") this.#controller.close();
    else if (this.#end === "error") this.#controller.error(new Error("The process behind this stream has ended"));
    else {
      return new Promise((resolve) => {
        this.#wanted = () => {
          this.#wanted = null;
          resolve(this.#pull());
        };
      });
    }
  }

  #wake(): void {
    this.#wanted?.();
  }

  /** Behind whatever is under way: a process that closes is not told while it does. */
  #tell(closed: Closed): void {
    queueMicrotask(() => this.#events.closed(closed));
  }
}
