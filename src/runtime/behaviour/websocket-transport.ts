// A WebSocket as a transport. Nothing here knows the library: whatever has the shape of `ws` will do, and the runtime has
// no dependency.

import { type Frame, Socket, type Transport, type TransportEvents } from "./connection-socket.ts";

/** What is needed of a WebSocket, as the library `ws` has it. */
export interface WebSocketLike {
  readonly readyState: number;
  readonly bufferedAmount: number;
  /** `sent` is called when the frame has left, or cannot. */
  send(data: string | Uint8Array, sent?: (error?: Error) => void): void;
  close(code?: number, reason?: string): void;
  terminate?(): void;
  pause?(): void;
  resume?(): void;
  // biome-ignore lint/suspicious/noExplicitAny: each event has arguments of its own, checked where it is heard.
  on(event: "message" | "close" | "error", listener: (...args: any[]) => void): unknown;
}

/** WebSocket's own number for a connection that is open. */
const OPEN = 1;
/** Longest reason that the closing handshake can carry. */
const REASON_BYTES_MAX = 123;

/** A WebSocket for a process to stand behind. To be made in the turn in which it appears, so that no frame is missed. */
export const webSocket = (ws: WebSocketLike): Socket => new Socket((events) => new WebSocketTransport(ws, events));

class WebSocketTransport implements Transport {
  readonly #ws: WebSocketLike;
  readonly #written: () => void;

  constructor(ws: WebSocketLike, events: TransportEvents) {
    this.#ws = ws;
    this.#written = events.written;
    ws.on("message", (data: unknown, isBinary: boolean) => events.frame(frameOf(data, isBinary)));
    // An error is always followed by `close`, with code 1006.
    let failure = "";
    ws.on("error", (error: unknown) => {
      failure = codeOf(error);
    });
    ws.on("close", (code: number, reason: unknown) => events.closed({ code, reason: String(reason ?? "") || failure }));
  }

  get open(): boolean {
    return this.#ws.readyState === OPEN;
  }

  get bufferedBytes(): number {
    return this.#ws.bufferedAmount;
  }

  write(frame: Frame, notify: boolean): void {
    if (notify) this.#ws.send(frame, this.#written);
    else this.#ws.send(frame);
  }

  close(code: number, reason: string): void {
    this.#ws.close(code, shortened(reason));
  }

  destroy(): void {
    if (this.#ws.terminate === undefined) this.#ws.close(1008);
    else this.#ws.terminate();
  }

  pause(): void {
    this.#ws.pause?.();
  }

  resume(): void {
    this.#ws.resume?.();
  }
}

/** The system's word for what went wrong. */
export const codeOf = (error: unknown): string => {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return String(code ?? message ?? error);
};

// Internal.

/** `ws` gives every frame as bytes, in one of three forms. */
const frameOf = (data: unknown, isBinary: boolean): Frame => {
  const bytes = bytesOf(data);
  if (typeof bytes === "string" || isBinary) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
};

const bytesOf = (data: unknown): Frame => {
  if (typeof data === "string" || data instanceof Uint8Array) return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return Buffer.concat(data as Uint8Array[]);
};

const shortened = (reason: string): string => {
  let short = reason;
  while (Buffer.byteLength(short) > REASON_BYTES_MAX) short = short.slice(0, -1);
  return short;
};
