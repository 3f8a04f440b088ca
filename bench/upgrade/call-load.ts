// Calls to counters, through a few TCP connections; the protocol stands in underway/1/listener.ts.

import { connect, type Socket } from "node:net";
import type { CallsSeen } from "./load-protocol.ts";
import { nowMs, OpenLoop } from "./open-loop.ts";

const CONNECTIONS = 8;
/** How soon a connection is tried again. */
const RETRY_MS = 20;
/** The total that says that a call has failed. */
const FAILED = 0xffffffff;

export interface CallLoadOptions {
  readonly port: number;
  readonly ratePerS: number;
  readonly from: number;
  readonly to: number;
}

export class CallLoad {
  readonly #options: CallLoadOptions;
  readonly #connections: readonly Connection[];
  readonly #loop: OpenLoop;
  readonly #downMs: number[] = [];

  /** `ready` is called when all connections are open. */
  constructor(options: CallLoadOptions, ready: () => void) {
    this.#options = options;
    let open = 0;
    this.#connections = Array.from({ length: CONNECTIONS }, () => {
      return new Connection(options.port, {
        opened: (downMs) => {
          if (downMs !== null) this.#downMs.push(downMs);
          else if (++open === CONNECTIONS) ready();
        },
        answered: (index, total) => (total === FAILED ? this.#loop.fail() : this.#loop.answer(index)),
        failed: () => this.#loop.fail(),
      });
    });
    this.#loop = new OpenLoop(options.ratePerS, (index) => this.#call(index));
  }

  start(): void {
    this.#loop.start();
  }

  async end(graceMs: number): Promise<CallsSeen> {
    const samples = await this.#loop.end(graceMs);
    for (const connection of this.#connections) {
      if (connection.lostMs !== null) this.#downMs.push(nowMs() - connection.lostMs);
      connection.end();
    }
    return { samples, downMs: this.#downMs };
  }

  #call(index: number): void {
    const { from, to } = this.#options;
    const counter = from + Math.floor(Math.random() * (to - from));
    (this.#connections[index % CONNECTIONS] as Connection).call(index, counter);
  }
}

// Internal.

interface Listener {
  /** Open; after how long, or null for the first time. */
  opened(downMs: number | null): void;
  answered(index: number, total: number): void;
  failed(): void;
}

class Connection {
  readonly #port: number;
  readonly #listener: Listener;
  /** Since when it has been lost; null while it is open, and before it was for the first time. */
  lostMs: number | null = null;
  readonly #waiting = new Set<number>();
  #socket: Socket;
  #open = false;
  #ended = false;

  constructor(port: number, listener: Listener) {
    this.#port = port;
    this.#listener = listener;
    this.#socket = this.#connect();
  }

  call(index: number, counter: number): void {
    if (!this.#open) {
      this.#listener.failed();
      return;
    }
    const frame = Buffer.allocUnsafe(8);
    frame.writeUInt32BE(index, 0);
    frame.writeUInt32BE(counter, 4);
    this.#waiting.add(index);
    this.#socket.write(frame);
  }

  end(): void {
    this.#ended = true;
    this.#socket.destroy();
  }

  #connect(): Socket {
    const socket = connect({ port: this.#port, host: "127.0.0.1", noDelay: true });
    let rest: Buffer = Buffer.alloc(0);
    socket.on("connect", () => {
      this.#open = true;
      this.#listener.opened(this.lostMs === null ? null : nowMs() - this.lostMs);
      this.lostMs = null;
    });
    socket.on("data", (chunk: Buffer) => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let at = 0;
      for (; at + 8 <= rest.length; at += 8) {
        const index = rest.readUInt32BE(at);
        this.#waiting.delete(index);
        this.#listener.answered(index, rest.readUInt32BE(at + 4));
      }
      rest = rest.subarray(at);
    });
    // What there is to say is said by "close".
    socket.on("error", () => {});
    socket.on("close", () => this.#lost());
    return socket;
  }

  #lost(): void {
    this.#open = false;
    for (const _ of this.#waiting) this.#listener.failed();
    this.#waiting.clear();
    if (this.#ended) return;
    this.lostMs ??= nowMs();
    setTimeout(() => {
      if (!this.#ended) this.#socket = this.#connect();
    }, RETRY_MS);
  }
}
