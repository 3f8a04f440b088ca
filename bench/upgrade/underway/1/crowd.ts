// What those who drive the counters keep: it stands beside the application, not in it, as the module that holds it could be
// replaced.

import type { CounterPid } from "./counter.ts";

/** Times in milliseconds. */
export interface Watched {
  /** The longest turn of the event loop, in time of its own thread's core: what others of the machine take is not in it. */
  readonly turnCpuMs: number;
  /** The longest pause of the garbage collector. */
  readonly collectionMs: number;
}

export interface Crowd {
  /** The counters, by number. */
  readonly pids: CounterPid[];
  /** Whether calls are made from inside. */
  measuring: boolean;
  /** What is being watched since when; see api.ts. */
  watch: { readonly stop: () => Watched } | null;
}

export const crowd = (): Crowd => {
  const holder = globalThis as { benchCrowd?: Crowd };
  holder.benchCrowd ??= { pids: [], measuring: false, watch: null };
  return holder.benchCrowd;
};
