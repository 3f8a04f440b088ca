// Messages that arrive later. OTP: erlang:send_after/3, start_timer/3, cancel_timer/1, read_timer/1.
//
// A timer for a pid ends with that process: thousands of servers that have ended would else stay in memory, with their
// messages, until each timer is due. Those of one process are a list through the timers themselves.

import { type Data, opaque } from "./data.ts";
import {
  addDeadline,
  cancelDeadline,
  type Deadline,
  pendingDeadlines,
  refuseBadTime,
  remainingMs,
} from "./deadlines.ts";
import { development } from "./development.ts";
import { Envelope } from "./mailbox.ts";
import { type Dest, Pid } from "./pid.ts";
import type { Process } from "./process.ts";
import { lookUp } from "./registry.ts";
import { onProcessEnd } from "./table.ts";

/** What the receiver gets of `startTimer`. OTP: {timeout, TimerRef, Msg}. */
export interface TimeoutMessage<T = unknown> {
  readonly type: "timeout";
  readonly ref: TimerRef;
  readonly message: T;
}

/** A message on its way. OTP: timer reference. */
export class TimerRef {
  /** @internal */
  deadline: Deadline["deadline"] = null;
  readonly #dest: Dest;
  /** Made when the timer is: the message is one of the code that runs then. */
  #envelope: Envelope;
  // Neighbours among the timers of the same process; null in those for a name.
  #target: Process | null = null;
  #next: TimerRef | null = null;
  #previous: TimerRef | null = null;

  /** @internal */
  constructor(dest: Dest, message: unknown, kind: "plain" | "timeout" = "plain") {
    if (development !== null) development.posts(message);
    this.#dest = dest;
    const payload = kind === "plain" ? message : ({ type: "timeout", ref: this, message } satisfies TimeoutMessage);
    this.#envelope = new Envelope("info", "", payload, null);
  }

  /** @internal What will be sent, and to whom. */
  get sends(): { readonly dest: Dest; readonly message: unknown } {
    return { dest: this.#dest, message: this.#envelope.payload };
  }

  /** @internal Begins to run; a process that has ended gets nothing any more. */
  start(afterMs: number): void {
    const dest = this.#dest;
    const target = dest instanceof Pid ? dest.process : null;
    if (dest instanceof Pid && target === null) {
      refuseBadTime(afterMs);
      return;
    }
    addDeadline(this, afterMs);
    if (target === null) return;
    this.#target = target;
    const first = timersOf.get(target);
    if (first !== undefined) {
      first.#previous = this;
      this.#next = first;
    }
    timersOf.set(target, this);
  }

  /** @internal It is not to come any more. */
  stop(): void {
    cancelDeadline(this);
    this.#leave();
  }

  /** @internal Stops all that a process would still have got. */
  static stopAll(target: Process): void {
    const first = timersOf.get(target) ?? null;
    if (first === null) return;
    timersOf.delete(target);
    for (let timer: TimerRef | null = first; timer !== null; ) {
      cancelDeadline(timer);
      const next: TimerRef | null = timer.#next;
      timer.#target = timer.#next = timer.#previous = null;
      timer = next;
    }
  }

  #leave(): void {
    if (this.#target === null) return;
    const [previous, next] = [this.#previous, this.#next];
    if (next !== null) next.#previous = previous;
    if (previous !== null) previous.#next = next;
    else if (next !== null) timersOf.set(this.#target, next);
    else timersOf.delete(this.#target);
    this.#target = this.#next = this.#previous = null;
  }

  /** @internal Converts the message for the code that runs now, if its receiver knows how. */
  convert(): void {
    const converted = lookUp(this.#dest)?.body.upgrade?.converted(this.#envelope);
    if (converted === null) this.stop();
    else if (converted !== undefined) this.#envelope = converted;
  }

  /** It is data, and may stand in a state. */
  get [opaque](): true {
    return true;
  }

  /** @internal */
  expire(): void {
    this.#leave();
    lookUp(this.#dest)?.deliver(this.#envelope);
  }
}

/** The first timer of each process that has any. */
const timersOf = new Map<Process, TimerRef>();

onProcessEnd((process) => {
  if (timersOf.size > 0) TimerRef.stopAll(process);
});

/**
 * Sends `message` to `dest` after `afterMs` milliseconds. A name is looked up when the time has come; if nobody is
 * there the message is dropped. A timer for a pid is over when that process ends.
 *
 * Throws `process/bad_timeout` when `afterMs` is not a number of milliseconds.
 *
 * OTP: erlang:send_after/3
 */
export const sendAfter = <T>(afterMs: number, dest: Dest, message: Data<T>): TimerRef => {
  const timer = new TimerRef(dest, message);
  timer.start(afterMs);
  return timer;
};

/**
 * As `sendAfter`, but what arrives is `{ type: "timeout", ref, message }` with the timer's own reference, so that the
 * message of a timer that was cancelled too late can be told from that of the next one.
 *
 * OTP: erlang:start_timer/3
 */
export const startTimer = <T>(afterMs: number, dest: Dest, message: Data<T>): TimerRef => {
  const timer = new TimerRef(dest, message, "timeout");
  timer.start(afterMs);
  return timer;
};

/**
 * Stops a timer. Returns the milliseconds that were left, or null if its message had been sent or it was cancelled before.
 *
 * OTP: erlang:cancel_timer/1
 */
export const cancelTimer = (timer: TimerRef): number | null => {
  const left = remainingMs(timer);
  timer.stop();
  return left;
};

/** @internal Every timer whose message is still to come. */
export function* pendingTimers(): IterableIterator<TimerRef> {
  for (const entry of pendingDeadlines()) if (entry instanceof TimerRef) yield entry;
}

/** Milliseconds left, or null if the timer is over. OTP: erlang:read_timer/1. */
export const readTimer = (timer: TimerRef): number | null => remainingMs(timer);
