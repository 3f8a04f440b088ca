// A mailbox: first in, first out. A linked list through the messages themselves, so that adding, taking the first and
// taking one from the middle cost no copying, and an empty mailbox holds nothing.

import { captured, carrier } from "./carried-context.ts";
import { codeEpoch } from "./code-epoch.ts";
import type { MailboxLimit } from "./mailbox-limit.ts";
import type { Pid, Ref } from "./pid.ts";
import type { ExitReason } from "./reason.ts";
import type { From } from "./request.ts";

/** What stands in a mailbox, in one at a time. One class for all kinds, so that the code that reads it stays monomorphic. */
export class Envelope {
  /** `event`: what a behaviour has sent to its own loop, such as a frame that a socket has brought. */
  readonly kind: "call" | "cast" | "info" | "event" | "system";
  /** Clause of a call or cast, name of an event, request of a system message; empty for an info. */
  readonly tag: string;
  /** Arguments of a call or cast (an array); the message itself for an info. */
  readonly payload: unknown;
  /** Who waits for an answer. */
  readonly from: From | null;
  /** The context of whoever sent it; undefined when none is carried. */
  readonly carried: unknown;
  /** After so many switches it was sent: it may wait across others. */
  readonly epoch: number = codeEpoch;
  /** @internal The one behind it in its mailbox. */
  next: Envelope | null = null;

  constructor(
    kind: Envelope["kind"],
    tag: string,
    payload: unknown,
    from: From | null,
    carried: unknown = carrier === null ? undefined : captured(),
  ) {
    this.kind = kind;
    this.tag = tag;
    this.payload = payload;
    this.from = from;
    this.carried = carried;
  }
}

/** The tag of an info that is a signal: EXIT and DOWN. A mailbox that is full takes it all the same. */
export const SIGNAL = "signal";

/** Sent to a process that traps exits when a linked process ends. OTP: {'EXIT', Pid, Reason}. */
export interface ExitMessage {
  readonly type: "EXIT";
  readonly pid: Pid | null;
  readonly reason: ExitReason;
}

/** Sent to a process that monitors another one when that one ends. OTP: {'DOWN', Ref, process, Pid, Reason}. */
export interface DownMessage {
  readonly type: "DOWN";
  readonly ref: Ref;
  readonly pid: Pid;
  readonly reason: ExitReason;
}

export class Mailbox {
  length = 0;
  /** Null: unbounded. */
  limit: MailboxLimit | null = null;
  #first: Envelope | null = null;
  #last: Envelope | null = null;

  push(envelope: Envelope): void {
    if (this.#last === null) this.#first = envelope;
    else this.#last.next = envelope;
    this.#last = envelope;
    this.length++;
  }

  /** Takes the first one. */
  shift(): Envelope | null {
    const first = this.#first;
    if (first === null) return null;
    this.#first = first.next;
    if (this.#first === null) this.#last = null;
    first.next = null;
    this.length--;
    return first;
  }

  /** Takes the first one that is an ordinary message. */
  shiftInfo(): Envelope | null {
    return this.#first === null || this.#first.kind === "info" ? this.shift() : this.take(isInfo);
  }

  /** Takes the first one that `match` accepts; the others stay in order. */
  take(match: (envelope: Envelope) => boolean): Envelope | null {
    let before: Envelope | null = null;
    for (let envelope = this.#first; envelope !== null; envelope = envelope.next) {
      if (match(envelope)) {
        if (before === null) return this.shift();
        before.next = envelope.next;
        if (envelope.next === null) this.#last = before;
        envelope.next = null;
        this.length--;
        return envelope;
      }
      before = envelope;
    }
    return null;
  }

  /** Puts messages in front, in their order: they were held while the process was suspended. */
  putBack(envelopes: readonly Envelope[]): void {
    this.replace([...envelopes, ...this.toArray()]);
  }

  /** What waits, first one first. */
  toArray(): readonly Envelope[] {
    const envelopes: Envelope[] = [];
    for (let envelope = this.#first; envelope !== null; envelope = envelope.next) envelopes.push(envelope);
    return envelopes;
  }

  /** Puts other messages in the place of those that wait: a change of code may convert them. */
  replace(envelopes: readonly Envelope[]): void {
    this.clear();
    for (const envelope of envelopes) {
      envelope.next = null;
      this.push(envelope);
    }
  }

  /** Takes all of them. */
  clear(): void {
    this.#first = null;
    this.#last = null;
    this.length = 0;
  }
}

const isInfo = ({ kind }: Envelope): boolean => kind === "info";
