// A request that somebody waits for: the alias behind a call. A reply that comes late or twice goes nowhere. OTP: gen:call.

import { UnderwayError } from "../../error.ts";
import { opaque } from "./data.ts";
import { addDeadline, cancelDeadline, type Deadline } from "./deadlines.ts";
import type { Dest, Pid } from "./pid.ts";
import { type ExitReason, formatReason } from "./reason.ts";
import { formatDest } from "./registry.ts";

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
  readonly #dest: Dest;
  readonly #tag: string;
  #timeoutMs = Number.POSITIVE_INFINITY;
  // Null when nobody waits any more.
  #resolve: ((value: unknown) => void) | null;
  readonly #reject: (error: UnderwayError) => void;

  /** @internal `resolve` and `reject` are those of the promise that somebody waits for; one of them is called, once. */
  constructor(
    pid: Pid | null,
    dest: Dest,
    tag: string,
    resolve: (value: unknown) => void,
    reject: (error: UnderwayError) => void,
  ) {
    this.pid = pid;
    this.#dest = dest;
    this.#tag = tag;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** It is data, and may stand in a state. */
  get [opaque](): true {
    return true;
  }

  /** @internal True as long as somebody waits. */
  get open(): boolean {
    return this.#resolve !== null;
  }

  /** @internal */
  waitAtMost(timeoutMs: number): void {
    this.#timeoutMs = timeoutMs;
    addDeadline(this, timeoutMs);
  }

  /** @internal */
  resolve(value: unknown): void {
    const resolve = this.#resolve;
    if (resolve === null) return;
    this.#close();
    resolve(value);
  }

  /** @internal The process that should answer has ended. */
  fail(reason: ExitReason): void {
    if (!this.open) return;
    this.#close();
    const server = formatDest(this.#dest);
    if (reason === "noproc") this.#reject(new UnderwayError("gen_server/noproc", { server }));
    else {
      const details = { server, tag: this.#tag, reason: formatReason(reason) };
      this.#reject(new UnderwayError("gen_server/exited", details));
    }
  }

  /** @internal There will be no answer, though the process lives. */
  refuse(error: UnderwayError): void {
    if (!this.open) return;
    this.#close();
    this.#reject(error);
  }

  /** @internal */
  expire(): void {
    if (!this.open) return;
    this.#close();
    const details = { server: formatDest(this.#dest), tag: this.#tag, timeoutMs: this.#timeoutMs };
    this.#reject(new UnderwayError("gen_server/timeout", details));
  }

  #close(): void {
    this.#resolve = null;
    if (this.deadline !== null) cancelDeadline(this);
  }
}
