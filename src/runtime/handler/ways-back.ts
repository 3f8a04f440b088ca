// The ways back of an install: each thing that became visible, and what takes it back, in reverse.

import { type KeptProcess, withAllBelow } from "../behaviour/heritage.ts";
import { formatReason } from "../process/reason.ts";
import type { Inverse } from "./effects.ts";

export class WaysBack {
  readonly #ways: { readonly what: string; readonly undo: Inverse }[] = [];
  /** What could not be taken back, a sentence each. */
  readonly lost: string[] = [];

  /** What effects have ended: the undo starts it again, with its state. */
  readonly ended: KeptProcess[] = [];
  /** Names of those that run again as other processes. */
  readonly restarted: string[] = [];

  /** `undo` takes back what has just been done. Null: nobody can. */
  push(what: string, undo: Inverse): void {
    this.#ways.push({ what, undo });
  }

  /** True if there is anything to take back. */
  get any(): boolean {
    return this.#ways.length > 0;
  }

  /** Takes everything back that can be, whatever fails on the way. Never rejects. */
  async takeAll(): Promise<void> {
    for (const { what, undo } of this.#ways.splice(0).reverse()) {
      if (undo === null) {
        this.lost.push(`${what} cannot be taken back`);
        continue;
      }
      try {
        await undo();
      } catch (thrown) {
        this.lost.push(`${what}: ${formatReason({ error: thrown })}`);
      }
    }
    for (const kept of this.ended.splice(0)) for (const one of withAllBelow(kept)) this.#tellOf(one);
  }

  // Internal.

  /** One that was ended and has no successor is named by what could not start it, or stands below such a one. */
  #tellOf({ name, successor, lost, process }: KeptProcess): void {
    if (process.alive) return;
    if (successor?.alive !== true) this.lost.push(`${name} was ended and is not back`);
    else if (lost !== null) this.lost.push(`${name} was started again and began anew: ${lost}`);
    else this.restarted.push(name);
  }
}
