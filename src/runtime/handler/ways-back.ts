// The ways back of an install: each thing that became visible, and what takes it back, in reverse.

import { formatReason } from "../process/reason.ts";
import type { Inverse } from "./effects.ts";

export class WaysBack {
  readonly #ways: { readonly what: string; readonly undo: Inverse }[] = [];
  /** What could not be taken back, a sentence each. */
  readonly lost: string[] = [];

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
  }
}
