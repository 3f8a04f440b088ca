// Operating-system processes that are not children: daemons, and what `heart` has started.

import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

export const isAlive = (pid: number): boolean => {
  const stat = `/proc/${pid}/stat`;
  // One that has ended, and whose parent has not asked yet, is no more.
  if (existsSync("/proc/self/stat")) return existsSync(stat) && !/\) Z/.test(readFileSync(stat, "utf8"));
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Waits until something holds. Rejects after `limitMs`. */
export const until = async (holds: () => boolean | Promise<boolean>, limitMs = 60_000): Promise<void> => {
  const untilMs = performance.now() + limitMs;
  while (!(await holds())) {
    if (performance.now() > untilMs) throw new Error(`waited in vain for ${limitMs / 1000} s`);
    await sleep(10);
  }
};
