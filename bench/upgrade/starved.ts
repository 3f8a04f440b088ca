// How long a node wanted to run and got no core, because others of the machine had it: what it is not to blame for.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Milliseconds that the thread which runs the node's code has waited for a core so far: Node's main thread, the BEAM's one
 * scheduler. `NaN` where Linux does not tell.
 */
export const starvedMs = (pid: number | null): number => {
  const tasks = `/proc/${pid}/task`;
  try {
    const scheduler = readdirSync(tasks).find((task) => readFileSync(join(tasks, task, "comm"), "utf8") === SCHEDULER);
    const [, waitedNs] = readFileSync(join(tasks, scheduler ?? String(pid), "schedstat"), "utf8").split(" ");
    return Number(waitedNs) / 1e6;
  } catch {
    return Number.NaN;
  }
};

// Internal.

/** The BEAM's name of its first scheduler thread, as `comm` shows it. */
const SCHEDULER = "1_scheduler\n";
