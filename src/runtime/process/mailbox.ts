// A mailbox: first in, first out. Removing from the front is cheap, and an empty mailbox holds nothing.

import type { Pid } from "./pid.ts";
import type { From } from "./request.ts";

/** What stands in a mailbox. One class for all kinds, so that the code that reads it stays monomorphic. */
export class Envelope {
  /** `event`: what a behaviour has sent to its own loop, such as a frame that a socket has brought. */
  readonly kind: "call" | "cast" | "info" | "event" | "system";
  /** Clause of a call or cast, name of an event, request of a system message; empty for an info. */
  readonly tag: string;
  /** Arguments of a call or cast (an array); the message itself for an info. */
  readonly payload: unknown;
  /** Who waits for an answer. */
  readonly from: From | null;

  constructor(kind: Envelope["kind"], tag: string, payload: unknown, from: From | null) {
    this.kind = kind;
    this.tag = tag;
    this.payload = payload;
    this.from = from;
  }
}

/** Sent to a process that traps exits when a linked process ends. OTP: {'EXIT', Pid, Reason}. */
export interface ExitMessage {
  readonly type: "EXIT";
  readonly pid: Pid | null;
  readonly reason: import("./reason.ts").ExitReason;
}

/** Sent to a process that monitors another one when that one ends. OTP: {'DOWN', Ref, process, Pid, Reason}. */
export interface DownMessage {
  readonly type: "DOWN";
  readonly ref: import("./pid.ts").Ref;
  readonly pid: Pid;
  readonly reason: import("./reason.ts").ExitReason;
}

/** The array is cut when at least so many taken slots stand in front and they are half of it: constant cost a message. */
const COMPACT_AT = 1024;

export class Mailbox {
  #slots: (Envelope | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#slots.length - this.#head;
  }

  push(envelope: Envelope): void {
    this.#slots.push(envelope);
  }

  /** Takes the first one. */
  shift(): Envelope | undefined {
    const envelope = this.#slots[this.#head];
    if (envelope === undefined) return undefined;
    this.#slots[this.#head++] = undefined;
    if (this.#head === this.#slots.length) {
      this.#slots.length = 0;
      this.#head = 0;
    } else if (this.#head >= COMPACT_AT && this.#head * 2 >= this.#slots.length) {
      this.#slots = this.#slots.slice(this.#head);
      this.#head = 0;
    }
    return envelope;
  }

  /** Takes the first one that `match` accepts; the others stay in order. */
  take(match: (envelope: Envelope) => boolean): Envelope | undefined {
    for (let i = this.#head; i < this.#slots.length; i++) {
      const envelope = this.#slots[i];
      if (envelope !== undefined && match(envelope)) {
        this.#slots.splice(i, 1);
        return envelope;
      }
    }
    return undefined;
  }

  /** Puts messages back in front, in their order: they were held while the process was suspended. */
  putBack(envelopes: readonly Envelope[]): void {
    this.#slots = [...envelopes, ...this.#slots.slice(this.#head)];
    this.#head = 0;
  }

  /** What waits, first one first. */
  toArray(): readonly Envelope[] {
    return this.#slots.slice(this.#head) as Envelope[];
  }

  /** Puts other messages in the place of those that wait: a change of code may convert them. */
  replace(envelopes: readonly Envelope[]): void {
    this.#slots = [...envelopes];
    this.#head = 0;
  }
}
