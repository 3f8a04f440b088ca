// A request that somebody waits for: the alias behind a call. A reply that comes late or twice goes nowhere. OTP: gen:call.

import { addDeadline, cancelDeadline, type Deadline } from "./deadlines.ts";
import type { Pid } from "./pid.ts";
import type { ExitReason } from "./reason.ts";

declare const brand: unique symbol;

/**
 * Where a reply goes: keep it, return `noreply`, and answer later with `replyTo(from, value)`.
 *
 * OTP: from().
 */
export class From<in R = never> {
  declare readonly [brand]?: ((reply: R) => void) | undefined;
  /** Who asked; null for a caller outside any process. */
  readonly pid: Pid | null;
  /** @internal */
  deadline: Deadline["deadline"] = null;
  readonly #settle: Settle;
  #open = true;

  /** @internal */
  constructor(pid: Pid | null, settle: Settle) {
    this.pid = pid;
    this.#settle = settle;
  }

  /** @internal True as long as somebody waits. */
  get open(): boolean {
    return this.#open;
  }

  /** @internal */
  waitAtMost(timeoutMs: number): void {
    addDeadline(this, timeoutMs);
  }

  /** @internal */
  resolve(value: unknown): void {
    if (this.#close()) this.#settle.resolve(value);
  }

  /** @internal The process that should answer has ended. */
  fail(reason: ExitReason): void {
    if (this.#close()) this.#settle.fail(reason);
  }

  /** @internal */
  expire(): void {
    if (this.#close()) this.#settle.expire();
  }

  #close(): boolean {
    const wasOpen = this.#open;
    this.#open = false;
    cancelDeadline(this);
    return wasOpen;
  }
}

/** How the one who waits is told: one of the three is called, once. */
export interface Settle {
  resolve(value: unknown): void;
  fail(reason: ExitReason): void;
  expire(): void;
}
