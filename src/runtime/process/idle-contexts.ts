// Processes that have nothing to do give their async context back: it weighs as much as all the rest of an idle process,
// and making another one costs less than a microsecond.
//
//   enter ──► warm ── a walk passes ──► cooling ── another walk passes ──► none
//               ▲────────── enter ─────────┘
//
// The walks go on as long as they find contexts that are not given back, in slices that keep nobody waiting.

import { runAsNobody } from "./context.ts";
import { processSets } from "./table.ts";

/** Time between two walks: an idle process keeps its context for one to two of them. */
const WALK_EVERY_MS = 1_000;
/** Longest stretch of a walk. */
const SLICE_MS = 1;
/** Processes between two looks at the clock. */
const LOOK_EVERY = 256;

let scheduled = false;

/** A process has made a context: some time it will be idle. */
export const contextMade = (): void => {
  if (!scheduled) scheduleWalk();
};

// Internal.

const scheduleWalk = (): void => {
  scheduled = true;
  runAsNobody(() => setTimeout(() => walk(coolAll()), WALK_EVERY_MS).unref());
};

/** Goes on with a walk until its slice is over, and comes back for the rest. */
const walk = (steps: Iterator<void, boolean>): void => {
  const endsMs = performance.now() + SLICE_MS;
  do {
    const { done, value: warm } = steps.next();
    if (done) {
      scheduled = false;
      if (warm) scheduleWalk();
      return;
    }
  } while (performance.now() < endsMs);
  setImmediate(() => walk(steps)).unref();
};

/** Cools every process down; returns true if one still has a context. */
function* coolAll(): Generator<void, boolean> {
  let warm = false;
  let seen = 0;
  for (const processes of processSets()) {
    for (const process of processes) {
      if (process.coolDown()) warm = true;
      if (++seen % LOOK_EVERY === 0) yield;
    }
  }
  return warm;
}
