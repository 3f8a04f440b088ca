// What those who drive the counters keep: it stands beside the application, not in it, as the module that holds it could be
// replaced.

import type { CounterPid } from "./counter.ts";

export interface Crowd {
  /** The counters, by number. */
  readonly pids: CounterPid[];
  /** Whether calls are made from inside. */
  measuring: boolean;
}

export const crowd = (): Crowd => {
  const holder = globalThis as { benchCrowd?: Crowd };
  holder.benchCrowd ??= { pids: [], measuring: false };
  return holder.benchCrowd;
};
