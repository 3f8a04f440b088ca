// One client's WebSocket, before and while a process stands behind it. Nothing here knows the library: whatever has the
// shape of `ws` will do, and the runtime has no dependency.
//
//   waiting: frames are kept ── take ──► taken: frames go to the process ──► closed
//
// Back-pressure: when too many frames wait for the process, the socket is paused until most of them have been handled.

import { UnderwayError } from "../../error.ts";
import { opaque } from "../process/data.ts";

/** What is needed of a WebSocket, as the library `ws` has it. */
export interface WebSocketLike {
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(data: string | Uint8Array): void;
  close(code?: number, reason?: string): void;
  pause?(): void;
  resume?(): void;
  // biome-ignore lint/suspicious/noExplicitAny: each event has arguments of its own, checked where it is heard.
  on(event: "message" | "close" | "error", listener: (...args: any[]) => void): unknown;
}

/** A text, or the bytes of a binary frame. */
export type Frame = string | Uint8Array;

/** How a connection was closed by the client. */
export interface Closed {
  /** Code of the closing handshake; 1006 when there was none. */
  readonly code: number;
  readonly reason: string;
}

/** What the process behind a socket is told. */
export interface SocketOwner {
  frame(frame: Frame): void;
  closed(closed: Closed): void;
}

/** WebSocket's own number for a connection that is open. */
const OPEN = 1;
/** So many frames may wait for the process before the socket is paused, and so few let it go on. */
const FRAMES_WAITING_MAX = 128;
const FRAMES_WAITING_LOW = 32;
/** Longest reason that the closing handshake can carry. */
const REASON_BYTES_MAX = 123;

/**
 * The socket that a Connection's callbacks get. It is no data: it never stands in a state or a message, but belongs to the
 * process behind it.
 */
export class Socket {
  /** It is data, and may be handed to the process that is to have it. */
  get [opaque](): true {
    return true;
  }

  readonly #ws: WebSocketLike;
  #owner: SocketOwner | null = null;
  /** What came before a process took the socket. */
  #kept: Frame[] = [];
  #closed: Closed | null = null;
  /** Frames given to the process and not handled yet. */
  #waiting = 0;
  #paused = false;

  constructor(ws: WebSocketLike) {
    this.#ws = ws;
    ws.on("message", (data: unknown, isBinary: boolean) => this.#received(frameOf(data, isBinary)));
    ws.on("close", (code: number, reason: unknown) => this.#wasClosed({ code, reason: String(reason ?? "") }));
    // An error is always followed by `close`, with code 1006.
    ws.on("error", () => {});
  }

  /** False when the connection is closed or about to be. */
  get open(): boolean {
    return this.#closed === null && this.#ws.readyState === OPEN;
  }

  /** Bytes that the client has not taken yet. Whoever sends much looks at it. */
  get bufferedBytes(): number {
    return this.#ws.bufferedAmount;
  }

  /** Sends a frame. After the connection was closed it goes nowhere, as a message to a process that has ended. */
  send(data: Frame): void {
    if (this.open) this.#ws.send(data);
  }

  /** Begins the closing handshake; the process ends when the client has answered. Default: 1000, a normal end. */
  close(code = 1000, reason = ""): void {
    if (this.open) this.#ws.close(code, shortened(reason));
  }

  /** @internal Who stands behind it. */
  get owner(): SocketOwner | null {
    return this.#owner;
  }

  /** @internal A process takes it, and first what was kept. Throws `connection/already_taken`. */
  take(owner: SocketOwner): void {
    if (this.#owner !== null) throw new UnderwayError("connection/already_taken", {});
    this.#owner = owner;
    const kept = this.#kept;
    this.#kept = [];
    this.#waiting = kept.length;
    for (const frame of kept) owner.frame(frame);
    if (this.#closed !== null) owner.closed(this.#closed);
  }

  /** @internal The process has handled a frame. */
  handled(): void {
    this.#waiting--;
    if (!this.#paused || this.#waiting > FRAMES_WAITING_LOW) return;
    this.#paused = false;
    this.#ws.resume?.();
  }

  // Internal.

  #received(frame: Frame): void {
    this.#waiting++;
    if (this.#owner === null) this.#kept.push(frame);
    else this.#owner.frame(frame);
    if (this.#paused || this.#waiting < FRAMES_WAITING_MAX) return;
    this.#paused = true;
    this.#ws.pause?.();
  }

  #wasClosed(closed: Closed): void {
    if (this.#closed !== null) return;
    this.#closed = closed;
    this.#owner?.closed(closed);
  }
}

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
