// What an appup may ask for processes that are inside an asynchronous callback: wait for them, or kill them. Without being
// asked nobody is waited for and nobody is killed: they are migrated late.

import { setTimeout as sleep } from "node:timers/promises";
import { UnderwayError } from "../../error.ts";
import type { Inside } from "../../release/appup.ts";
import { handleOf } from "../code/modules.ts";
import type { Migration } from "./migration.ts";
import type { Switch } from "./plan.ts";

/** How often a moment is looked for in which nobody is inside. */
const LOOK_EVERY_MS = 5;

/** Resolves in a turn in which none of those to wait for is inside; rejects with `release/inside` when it takes too long. */
export const waitForThoseInside = async (change: Switch, migration: Migration): Promise<void> => {
  const limitsMs = updatesThat(change, "wait");
  if (limitsMs.size === 0) return;
  const beganMs = performance.now();
  for (;;) {
    const inside = migration.inside().filter((process) => limitsMs.has(process.body.module));
    if (inside.length === 0) return;
    const limitMs = Math.min(...inside.map((process) => limitsMs.get(process.body.module) ?? 0));
    if (performance.now() - beganMs > limitMs) {
      const processes = inside.map(({ pid }) => String(pid));
      throw new UnderwayError("release/inside", { processes, waitedMs: limitMs });
    }
    await sleep(LOOK_EVERY_MS);
  }
};

/** Ends those that the appup wants killed. */
export const killThoseInside = (change: Switch, migration: Migration): void => {
  const modules = updatesThat(change, "kill");
  for (const process of migration.inside()) if (modules.has(process.body.module)) process.end("killed");
};

/** Handles of the modules for which this was asked, and how long to wait. */
const updatesThat = (change: Switch, wanted: Inside): ReadonlyMap<object, number> =>
  new Map(
    [...change.update]
      .filter(([, { inside }]) => inside === wanted)
      .map(([module, { timeoutMs }]) => [
        handleOf(module) as object,
        timeoutMs === "infinity" ? Number.POSITIVE_INFINITY : timeoutMs,
      ]),
  );
