// Sends when something is due, and records when it was answered; see latencies.ts.

import { setTimeout as sleep } from "node:timers/promises";
import type { Samples } from "./latencies.ts";

/** Milliseconds since 1970, with fractions: the clock that all processes of the bench share. */
export const nowMs = (): number => performance.timeOrigin + performance.now();

export class OpenLoop {
  readonly #send: (index: number) => void;
  readonly #periodMs: number;
  readonly #dueMs: number[] = [];
  readonly #tookMs: number[] = [];
  readonly #lateMs: number[] = [];
  #answered = 0;
  #running = false;

  /** `send` is called with the number of what is due; `answer` and `fail` take it back. */
  constructor(ratePerS: number, send: (index: number) => void) {
    this.#periodMs = 1000 / ratePerS;
    this.#send = send;
  }

  start(): void {
    this.#running = true;
    let nextMs = nowMs();
    const tick = (): void => {
      if (!this.#running) return;
      const now = nowMs();
      for (; nextMs <= now; nextMs += this.#periodMs) {
        const index = this.#dueMs.push(nextMs) - 1;
        this.#tookMs.push(Number.NaN);
        this.#lateMs.push(now - nextMs);
        this.#send(index);
      }
      // Limit: a timer comes up to a millisecond late, which is part of what is measured, in both systems alike. To spin
      // would take a core from the node, where there are only two.
      setTimeout(tick, 1);
    };
    tick();
  }

  answer(index: number): void {
    this.#answered++;
    this.#tookMs[index] = nowMs() - (this.#dueMs[index] as number);
  }

  /** It will never be answered. */
  fail(): void {
    this.#answered++;
  }

  /** Sends no more; waits for answers, at most `graceMs`. */
  async end(graceMs: number): Promise<Samples> {
    this.#running = false;
    const untilMs = performance.now() + graceMs;
    while (this.#answered < this.#dueMs.length && performance.now() < untilMs) await sleep(10);
    return {
      dueMs: Float64Array.from(this.#dueMs),
      tookMs: Float64Array.from(this.#tookMs),
      lateMs: Float64Array.from(this.#lateMs),
    };
  }
}
