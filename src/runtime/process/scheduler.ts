// Who runs next. A batch of messages is drained per microtask turn, under a budget of messages and time, so that sockets
// and timers are never starved: pure microtask chains would starve them.

/** What the scheduler runs. */
export interface Runnable {
  /** Handles one message; must not throw. */
  step(): void;
}

/** Messages between two turns of the event loop (design.md 11: about every 1,000 costs 25 %). */
const MESSAGES_PER_TURN = 1_000;
/** Time between two turns of the event loop, looked at every few messages since asking for the time costs, too. */
const TURN_MS = 5;
const LOOK_EVERY = 32;

let queue: Runnable[] = [];
let draining = false;
let scheduled = false;
let handled = 0;
let turnBeganMs = 0;

/** Puts a process at the end of the run queue; it stands there at most once (its status says so). */
export const enqueue = (process: Runnable): void => {
  queue.push(process);
  if (!scheduled && !draining) schedule();
};

const schedule = (): void => {
  scheduled = true;
  if (handled < MESSAGES_PER_TURN) queueMicrotask(drain);
  else setImmediate(beginTurn);
};

const beginTurn = (): void => {
  handled = 0;
  drain();
};

const drain = (): void => {
  scheduled = false;
  draining = true;
  // The budget also ends by itself when the event loop has turned in between, which the clock tells.
  const now = performance.now();
  if (handled === 0 || now - turnBeganMs > 2 * TURN_MS) {
    handled = 0;
    turnBeganMs = now;
  }
  while (queue.length > 0 && handled < MESSAGES_PER_TURN) {
    const batch = queue;
    queue = [];
    let next = 0;
    for (; next < batch.length && handled < MESSAGES_PER_TURN; next++) {
      batch[next]?.step();
      handled++;
      if (handled % LOOK_EVERY === 0 && performance.now() - turnBeganMs > TURN_MS) handled = MESSAGES_PER_TURN;
    }
    // What the budget left over keeps its place before those that became ready meanwhile.
    if (next < batch.length) queue = [...batch.slice(next), ...queue];
  }
  draining = false;
  if (queue.length > 0) schedule();
};
