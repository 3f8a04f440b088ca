// One peer's socket, before and while a process stands behind it; the same for WebSockets, TCP and streaming answers.
//
//   waiting: what comes is kept ── take ──► taken: it goes to the process ──► closed
//                                              └── release: the process has ended, what still comes is dropped
//
// Back-pressure, both ways: when too much waits for the process, the socket is paused until most of it has been handled;
// when the peer takes too little, `send` says so, `handleDrain` tells when it is well again, and there is an end to patience.

import { UnderwayError } from "../../error.ts";
import { opaque } from "../process/data.ts";
import { report } from "../process/report.ts";

/** A text, or bytes. A TCP socket brings bytes only, cut wherever the network has cut them. */
export type Frame = string | Uint8Array;

/** How a connection was closed. */
export interface Closed {
  /**
   * Code of the closing handshake of a WebSocket; 1006 when there was none. Of a TCP socket: 1000 when the peer has ended
   * it, else 1006.
   */
  readonly code: number;
  /** The peer's reason, the system's word for what went wrong (`ECONNRESET`), or `slow_peer`. */
  readonly reason: string;
}

/** What the process behind a socket is told, in the order in which it happened. */
export interface SocketOwner {
  frame(frame: Frame): void;
  /** The peer will send no more, but may still read. */
  ended(): void;
  /** The peer has taken what was too much. */
  drained(): void;
  closed(closed: Closed): void;
}

/** What a transport tells its socket. */
export interface TransportEvents {
  frame(frame: Frame): void;
  ended(): void;
  /** Something that was written with `notify` has left. */
  written(): void;
  /** Once, at last. */
  closed(closed: Closed): void;
}

/** What carries the bytes. Nothing here throws; after it is closed everything but `bufferedBytes` does nothing. */
export interface Transport {
  /** False when nothing can be sent any more. */
  readonly open: boolean;
  /** Bytes that were written and have not left. */
  readonly bufferedBytes: number;
  write(frame: Frame, notify: boolean): void;
  /** Closes after what was written: politely (1000, 1001), or so that the peer sees that something is missing. */
  close(code: number, reason: string): void;
  /** Closes at once. */
  destroy(): void;
  pause(): void;
  resume(): void;
}

/** So much may wait for the process before the socket is paused, and so little lets it go on. */
const FRAMES_WAITING_MAX = 128;
const FRAMES_WAITING_LOW = 32;
const BYTES_WAITING_MAX = 1024 * 1024;
const BYTES_WAITING_LOW = 256 * 1024;
/** With so much to be taken a peer is slow, and with so little it no longer is. Node's own measure of a full buffer. */
const SENT_BYTES_HIGH = 64 * 1024;
const SENT_BYTES_LOW = 16 * 1024;
/** With so much to be taken it is given up, unless the start says otherwise. */
export const SEND_BYTES_MAX = 16 * 1024 * 1024;

/**
 * The socket that a Connection's callbacks get. It never stands in a state: it belongs to the process behind it.
 */
export class Socket {
  /** Counts as data, as it is handed to the process that is to have it. */
  get [opaque](): true {
    return true;
  }

  readonly #transport: Transport;
  #owner: SocketOwner | null = null;
  /** What came before a process took the socket. */
  #kept: Frame[] = [];
  #ended = false;
  #closed: Closed | null = null;
  /** Given to the process, or kept for it, and not handled yet. */
  #framesWaiting = 0;
  #bytesWaiting = 0;
  #paused = false;
  /** The process behind it has ended. */
  #released = false;
  #sendBytesMax = SEND_BYTES_MAX;
  /** `send` has said that the peer is slow. */
  #slow = false;

  /** @internal `connect` makes the transport; nothing may come before it returns. */
  constructor(connect: (events: TransportEvents) => Transport) {
    this.#transport = connect({
      frame: (frame) => this.#received(frame),
      ended: () => this.#wasEnded(),
      written: () => this.#wrote(),
      closed: (closed) => this.#wasClosed(closed),
    });
  }

  /** False when nothing can be sent any more: the connection is closed, or about to be. */
  get open(): boolean {
    return this.#closed === null && this.#transport.open;
  }

  /** How it was closed; null before. For `terminate`, whose reason then is `{ shutdown: "closed" }`. */
  get closed(): Closed | null {
    return this.#closed;
  }

  /** Bytes that the peer has not taken yet. */
  get bufferedBytes(): number {
    return this.#transport.bufferedBytes;
  }

  /**
   * Sends a frame, or bytes. After the connection was closed they go nowhere, as a message to a process that has ended.
   *
   * Returns true if the peer keeps up. False means that 64 KiB or more wait for it: it is still sent, but who has more to
   * say better waits until `handleDrain` is called. A peer for whom more than `sendBytesMax` wait is given up: the socket is
   * closed at once, and the process ends as when the peer has gone.
   */
  send(data: Frame): boolean {
    if (!this.open) return true;
    const { bufferedBytes } = this.#transport;
    if (bufferedBytes > this.#sendBytesMax) {
      this.#giveUp(bufferedBytes);
      return true;
    }
    const full = bufferedBytes + data.length >= SENT_BYTES_HIGH;
    this.#transport.write(data, full);
    if (!full || this.#transport.bufferedBytes < SENT_BYTES_HIGH) return true;
    this.#slow = true;
    return false;
  }

  /**
   * Closes the connection after what was sent; the process ends when the peer has answered. Default: 1000, a normal end.
   *
   * A TCP socket knows no codes: 1000 and 1001 end it, any other resets it, so that the peer sees that something is missing.
   */
  close(code = 1000, reason = ""): void {
    if (this.open) this.#transport.close(code, reason);
  }

  /** @internal Who stands behind it. */
  get owner(): SocketOwner | null {
    return this.#owner;
  }

  /** @internal A process takes it, and first what was kept. Throws `connection/already_taken`. */
  take(owner: SocketOwner, sendBytesMax = SEND_BYTES_MAX): void {
    if (this.#owner !== null) throw new UnderwayError("connection/already_taken", {});
    this.#owner = owner;
    this.#sendBytesMax = sendBytesMax;
    const kept = this.#kept;
    this.#kept = [];
    for (const frame of kept) owner.frame(frame);
    if (this.#ended) owner.ended();
    if (this.#closed !== null) owner.closed(this.#closed);
  }

  /** @internal The process has handled a frame. */
  handled(frame: Frame): void {
    this.#framesWaiting--;
    this.#bytesWaiting -= frame.length;
    if (!this.#paused || this.#framesWaiting > FRAMES_WAITING_LOW || this.#bytesWaiting > BYTES_WAITING_LOW) return;
    this.#paused = false;
    this.#transport.resume();
  }

  /** @internal The process has ended, or there will be none: closes it. What the peer still sends is dropped. */
  release(code: number): void {
    this.#released = true;
    this.#kept = [];
    // Or its end would never be seen.
    if (this.#paused) this.#transport.resume();
    this.#paused = false;
    this.close(code);
  }

  // Internal.

  #received(frame: Frame): void {
    if (this.#released) return;
    this.#framesWaiting++;
    this.#bytesWaiting += frame.length;
    if (this.#owner === null) this.#kept.push(frame);
    else this.#owner.frame(frame);
    if (this.#paused || (this.#framesWaiting < FRAMES_WAITING_MAX && this.#bytesWaiting < BYTES_WAITING_MAX)) return;
    this.#paused = true;
    this.#transport.pause();
  }

  #wasEnded(): void {
    this.#ended = true;
    if (!this.#released) this.#owner?.ended();
  }

  #wrote(): void {
    if (!this.#slow || this.#transport.bufferedBytes > SENT_BYTES_LOW) return;
    this.#slow = false;
    if (!this.#released) this.#owner?.drained();
  }

  #wasClosed(closed: Closed): void {
    if (this.#closed !== null) return;
    this.#closed = closed;
    if (!this.#released) this.#owner?.closed(closed);
  }

  #giveUp(bufferedBytes: number): void {
    report({
      level: "warning",
      kind: "connection",
      message: `a peer that takes too little was given up: ${bufferedBytes} bytes wait for it`,
      details: { sendBytesMax: this.#sendBytesMax },
    });
    this.#wasClosed({ code: 1006, reason: "slow_peer" });
    this.#transport.destroy();
  }
}
