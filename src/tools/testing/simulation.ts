// A deterministic order: one message of one process at a time, chosen by a seed, under a clock that only goes on when nobody
// has anything to do.
//
//   somebody is ready ──► one of them, by the seed, handles one message ──┐
//          ▲                                                              │ a turn of the event loop, so that promises settle
//          └──────────────────────────────────────────────────────────────┘
//   nobody is ready   ──► the clock jumps to the next timeout
//
// What comes from outside the node — a file, a socket — comes when it comes; the clock waits for it only within `outside`.

import { runAsNobody } from "../../runtime/process/context.ts";
import { earliestDueMs, expireDue, useClock } from "../../runtime/process/deadlines.ts";
import { type Conductor, conduct, type Runnable } from "../../runtime/process/scheduler.ts";
import { replaceTimers } from "./virtual-timers.ts";

/** Turns of the event loop without anybody ready before the clock goes on: promises and setImmediate may need one or two. */
const QUIET_TURNS = 3;

/** The machine's, whatever a test makes of the globals. */
const { setImmediate } = globalThis;

/** How many things from outside the node are waited for; the clock stands still meanwhile. */
let awaited = 0;

/**
 * Waits for something that comes from outside the node: a file, a socket, a package that is imported. In a simulated test the
 * clock stands still until it is there.
 */
export const outside = async <T>(work: Promise<T>): Promise<T> => {
  awaited++;
  try {
    return await work;
  } finally {
    awaited--;
  }
};

export class Simulation implements Conductor {
  readonly #random: () => number;
  readonly #beganMs = Math.ceil(performance.now());
  #nowMs = this.#beganMs;
  #ready: Runnable[] = [];
  #turning = false;
  #quiet = 0;
  #ended = false;
  readonly #waysBack: readonly (() => void)[];

  /** Begins at once; to be ended by `end`. */
  constructor(seed: number) {
    this.#random = randomOf(seed);
    useClock({ nowMs: () => this.#nowMs, due: () => this.#wake() });
    this.#waysBack = [() => useClock(null), conduct(this), replaceTimers(() => this.elapsedMs)];
  }

  /** Virtual milliseconds since it began. */
  get elapsedMs(): number {
    return this.#nowMs - this.#beganMs;
  }

  ready(process: Runnable): void {
    this.#ready.push(process);
    this.#wake();
  }

  /** Time goes on by itself again. Who is still ready runs then. */
  end(): void {
    this.#ended = true;
    for (const back of this.#waysBack.toReversed()) back();
    for (const process of this.#ready.splice(0)) process.step();
  }

  // Internal.

  #wake(): void {
    this.#quiet = 0;
    if (this.#turning || this.#ended) return;
    this.#turning = true;
    this.#nextTurn();
  }

  /** As nobody: the turn belongs to no process, whoever has brought it about. */
  #nextTurn(): void {
    runAsNobody(() => setImmediate(() => this.#turn()));
  }

  #turn(): void {
    if (this.#ended) return;
    if (this.#ready.length > 0) {
      this.#quiet = 0;
      const [process] = this.#ready.splice(Math.floor(this.#random() * this.#ready.length), 1);
      process?.step();
    } else if (awaited === 0 && ++this.#quiet > QUIET_TURNS && !this.#goOn()) {
      this.#turning = false;
      return;
    }
    this.#nextTurn();
  }

  /** Jumps to the next timeout; false if there is none. */
  #goOn(): boolean {
    const dueMs = earliestDueMs();
    if (dueMs === null) return false;
    this.#quiet = 0;
    this.#nowMs = Math.max(this.#nowMs, dueMs);
    expireDue();
    return true;
  }
}

/** Numbers from 0 to below 1, the same ones for the same seed: mulberry32, by Tommy Ettinger, in the public domain. */
const randomOf = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};
