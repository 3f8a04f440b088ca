// Messages that arrive later. OTP: erlang:send_after/3, cancel_timer/1, read_timer/1.

import { type Data, opaque } from "./data.ts";
import { addDeadline, cancelDeadline, type Deadline, pendingDeadlines, remainingMs } from "./deadlines.ts";
import { development } from "./development.ts";
import { Envelope } from "./mailbox.ts";
import type { Dest } from "./pid.ts";
import { lookUp } from "./registry.ts";

/** A message on its way. OTP: timer reference. */
export class TimerRef {
  /** @internal */
  deadline: Deadline["deadline"] = null;
  readonly #dest: Dest;
  /** Made when the timer is: the message is one of the code that runs then. */
  #envelope: Envelope;

  /** @internal */
  constructor(dest: Dest, message: unknown) {
    if (development !== null) development.posts(message);
    this.#dest = dest;
    this.#envelope = new Envelope("info", "", message, null);
  }

  /** @internal Converts the message for the code that runs now, if its receiver knows how. */
  convert(): void {
    const converted = lookUp(this.#dest)?.body.upgrade?.converted(this.#envelope);
    if (converted === null) cancelDeadline(this);
    else if (converted !== undefined) this.#envelope = converted;
  }

  /** It is data, and may stand in a state. */
  get [opaque](): true {
    return true;
  }

  /** @internal */
  expire(): void {
    lookUp(this.#dest)?.deliver(this.#envelope);
  }
}

/**
 * Sends `message` to `dest` after `afterMs` milliseconds. A name is looked up when the time has come; if nobody is
 * there the message is dropped.
 *
 * OTP: erlang:send_after/3
 */
export const sendAfter = <T>(afterMs: number, dest: Dest, message: Data<T>): TimerRef => {
  const timer = new TimerRef(dest, message);
  addDeadline(timer, afterMs);
  return timer;
};

/**
 * Stops a timer. Returns the milliseconds that were left, or null if its message had been sent or it was cancelled before.
 *
 * OTP: erlang:cancel_timer/1
 */
export const cancelTimer = (timer: TimerRef): number | null => {
  const left = remainingMs(timer);
  cancelDeadline(timer);
  return left;
};

/** @internal Every timer whose message is still to come. */
export function* pendingTimers(): IterableIterator<TimerRef> {
  for (const entry of pendingDeadlines()) if (entry instanceof TimerRef) yield entry;
}

/** Milliseconds left, or null if the timer is over. OTP: erlang:read_timer/1. */
export const readTimer = (timer: TimerRef): number | null => remainingMs(timer);
