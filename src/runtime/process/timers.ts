// Messages that arrive later. OTP: erlang:send_after/3, cancel_timer/1, read_timer/1.

import { captured, carrier } from "./carried-context.ts";
import { type Data, opaque } from "./data.ts";
import { addDeadline, cancelDeadline, type Deadline, remainingMs } from "./deadlines.ts";
import { Envelope } from "./mailbox.ts";
import type { Dest } from "./pid.ts";
import { lookUp } from "./registry.ts";

/** A message on its way. OTP: timer reference. */
export class TimerRef {
  /** @internal */
  deadline: Deadline["deadline"] = null;
  readonly #dest: Dest;
  readonly #message: unknown;
  /** The context of whoever started it. */
  readonly #carried: unknown = carrier === null ? undefined : captured();

  /** @internal */
  constructor(dest: Dest, message: unknown) {
    this.#dest = dest;
    this.#message = message;
  }

  /** It is data, and may stand in a state. */
  get [opaque](): true {
    return true;
  }

  /** @internal */
  expire(): void {
    lookUp(this.#dest)?.deliver(new Envelope("info", "", this.#message, null, this.#carried));
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

/** Milliseconds left, or null if the timer is over. OTP: erlang:read_timer/1. */
export const readTimer = (timer: TimerRef): number | null => remainingMs(timer);
