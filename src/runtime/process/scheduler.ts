// Who runs next. A batch of messages is drained per microtask turn, under a budget of messages and time, so that sockets
// and timers are never starved: pure microtask chains would starve them.

/** What the scheduler runs. */
export interface Runnable {
  /** Handles a few messages and tells how many; must not throw. */
  step(): number;
}

/** Messages between two turns of the event loop (design.md 11: about every 1,000 costs 25 %). */
const MESSAGES_PER_TURN = 1_000;
const MESSAGES_PER_STEP = 16;
/** Time between two turns of the event loop. */
const TURN_MS = 5;
/** Asking for the time costs, too: while messages prove to be quick it is looked at after twice as many, up to so many. */
const LOOK_EVERY_MAX = 8;

/** Those that run now, the next one at `next`; those that became ready meanwhile come behind them. */
let running: Runnable[] = [];
let next = 0;
let ready: Runnable[] = [];
let draining = false;
let scheduled = false;
/** Messages in this turn of the event loop. */
let handled = 0;
let turnBeganMs = 0;
/** The time is looked at when so many messages have been handled in this turn. */
let lookAt = 1;
let lookEvery = 1;
const settled = Promise.resolve();
let conductor: Conductor | null = null;

/** Decides who runs when, instead of the queue: for tests that have an order of their own (tools/testing). */
export interface Conductor {
  /** `process` is ready, and wants to be stepped once. */
  ready(process: Runnable): void;
}

/** So many messages of one process are handled in a row; entering it has its price, and others shall not wait long. */
export let messagesPerStep = MESSAGES_PER_STEP;

// API.

/** Lets `next` decide from now on who runs, one message at a time. Returns the way back. */
export const conduct = (next: Conductor): (() => void) => {
  const former = conductor;
  conductor = next;
  messagesPerStep = 1;
  return () => {
    conductor = former;
    if (former === null) messagesPerStep = MESSAGES_PER_STEP;
  };
};

/**
 * Puts a process at the end of the run queue; it stands there at most once (its status says so). What goes on elsewhere
 * because the turn is spent stands there, too.
 */
export const enqueue = (process: Runnable): void => {
  if (conductor !== null) {
    conductor.ready(process);
    return;
  }
  ready.push(process);
  if (!scheduled && !draining) schedule();
};

/**
 * Counts a message that is handled outside of `step`: one that a `receive` takes. True when nothing more fits into this
 * turn of the event loop; who is told so goes on through `enqueue`.
 */
export const spend = (): boolean => {
  // Who conducts measures no time, and starves nobody.
  if (conductor !== null) return false;
  if (handled === 0) openTurn();
  if (++handled >= lookAt) look();
  return handled >= MESSAGES_PER_TURN;
};

// Internal.

const schedule = (): void => {
  scheduled = true;
  // `then` costs half of queueMicrotask, which makes an AsyncResource each time.
  if (handled < MESSAGES_PER_TURN) void settled.then(drain);
  else setImmediate(beginTurn);
};

const beginTurn = (): void => {
  handled = 0;
  drain();
};

const drain = (): void => {
  scheduled = false;
  draining = true;
  if (handled === 0) openTurn();
  try {
    runUntilSpent();
  } finally {
    // A step that throws is a bug of the runtime, but not the end of all other processes.
    draining = false;
    if (next < running.length || ready.length > 0) schedule();
  }
};

const openTurn = (): void => {
  turnBeganMs = performance.now();
  lookAt = lookEvery = 1;
};

const runUntilSpent = (): void => {
  while (handled < MESSAGES_PER_TURN) {
    if (next === running.length) {
      if (ready.length === 0) return;
      running = ready;
      ready = [];
      next = 0;
    }
    handled += (running[next++] as Runnable).step();
    if (handled >= lookAt) look();
  }
};

/**
 * Ends the turn when its time is over. It may also be long ago that it began, with a turn of the event loop in between
 * that nobody has counted; then one more costs little.
 */
const look = (): void => {
  const elapsedMs = performance.now() - turnBeganMs;
  if (elapsedMs > TURN_MS) handled = MESSAGES_PER_TURN;
  // At the rate of this turn so far, twice as many take no longer than what is left of its time.
  else if (lookEvery < LOOK_EVERY_MAX && elapsedMs * 4 < TURN_MS) lookEvery *= 2;
  lookAt = handled + lookEvery;
};
