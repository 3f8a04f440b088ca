// One timing structure for every timeout of the node: a `setTimeout` per call would more than halve the call rate.
//
//   fresh          ── entry ── entry      what was added in this turn of the event loop; most are cancelled in it, and have
//                                         cost a few assignments and not even a look at the clock
//   bucket 17 ms   ── entry ── entry      the others: one doubly linked list for each millisecond in which something is due
//   bucket 18 ms   ── entry
//   …                                     a heap of those milliseconds; one Node timer waits for the earliest
//
// (Node's own timers keep one list for each duration, which with durations all different means as many lists as timers.)

import { UnderwayError } from "../../error.ts";
import { nowMs, setVirtualClock, type VirtualClock, virtualClock } from "./clock.ts";
import { runAsNobody } from "./context.ts";
import { TimeHeap } from "./time-heap.ts";

/** Something that happens at a time unless it is cancelled before. */
export interface Deadline {
  /** Called once, when the time has come, by nobody: no process runs then. Must not throw. */
  expire(): void;
  /** Where it stands; written by this file only. */
  deadline: Link | null;
}

class Link {
  /** Null in the head of a ring. */
  readonly entry: Deadline | null;
  readonly afterMs: number;
  /** Null while it is fresh. */
  dueMs: number | null = null;
  previous: Link = this;
  next: Link = this;

  constructor(entry: Deadline | null, afterMs: number) {
    this.entry = entry;
    this.afterMs = afterMs;
  }
}

/** While entries come and go the timer looks at least this often, so that an empty structure soon lets the node end. */
const LOOK_MS = 100;
/** setTimeout's own limit; a longer wait is waited for in several steps. */
const WAIT_MS_MAX = 2 ** 31 - 1;

/** Head of the ring of what was added in this turn. */
const fresh = new Link(null, 0);
let stamping = false;
/** The heads of the rings of entries, by the whole millisecond of performance.now() in which they are due. */
const buckets = new Map<number, Link>();
const times = new TimeHeap();
/** Entries that are still to come. */
let entries = 0;
let timer: NodeJS.Timeout | null = null;
let lookAtMs = Number.POSITIVE_INFINITY;
let addedSinceLook = false;
/** The timer waits for longer than LOOK_MS. */
let sleeping = false;

// API.

/**
 * Makes `entry` expire in `afterMs` milliseconds, never earlier. An entry stands in the structure at most once; one with
 * an infinite time never expires.
 *
 * Throws `process/bad_timeout` when `afterMs` is not a number of milliseconds.
 */
export const addDeadline = (entry: Deadline, afterMs: number): void => {
  refuseBadTime(afterMs);
  if (afterMs === Number.POSITIVE_INFINITY) return;
  const link = new Link(entry, afterMs);
  entry.deadline = link;
  insert(link, fresh);
  if (stamping) return;
  stamping = true;
  runAsNobody(() => setImmediate(stamp));
};

/** Throws `process/bad_timeout` when `afterMs` is not a number of milliseconds. */
export const refuseBadTime = (afterMs: number): void => {
  if (!(afterMs >= 0)) throw new UnderwayError("process/bad_timeout", { value: String(afterMs) });
};

/** Takes `entry` out; true if it was still to come. */
export const cancelDeadline = (entry: Deadline): boolean => {
  const link = entry.deadline;
  if (link === null) return false;
  remove(link);
  entry.deadline = null;
  if (entries === 0 && sleeping) forgetEmpty();
  return true;
};

/** Milliseconds until `entry` expires, or null if it does not stand here. */
export const remainingMs = (entry: Deadline): number | null => {
  if (entry.deadline === null) return null;
  const { dueMs, afterMs } = entry.deadline;
  return dueMs === null ? Math.ceil(afterMs) : Math.max(0, Math.ceil(dueMs - nowMs()));
};

/** What is still to come, in no particular order; entries may come and go while it is walked. */
export function* pendingDeadlines(): IterableIterator<Deadline> {
  for (const ring of [fresh, ...buckets.values()]) {
    for (const { entry } of [...linksOf(ring)]) if (entry !== null && entry.deadline !== null) yield entry;
  }
}

/**
 * Waits by another clock from now on; null: by the machine's again. What is still to come keeps the time at which it is due.
 */
export const useClock = (clock: VirtualClock | null): void => {
  setVirtualClock(clock);
  if (timer !== null) clearTimeout(timer);
  timer = null;
  const now = nowMs();
  if (times.earliest !== undefined) lookIn(now, times.earliest);
};

/** The time at which the next entry expires, for a clock that goes on only when it is told to; null if there is none. */
export const earliestDueMs = (): number | null => {
  stamp();
  for (let dueMs = times.earliest; dueMs !== undefined; dueMs = times.earliest) {
    const ring = buckets.get(dueMs) as Link;
    if (ring.next !== ring) return dueMs;
    times.pop();
    buckets.delete(dueMs);
  }
  return null;
};

/** Lets everything expire whose time has come. */
export const expireDue = (): void => look();

// Internal.

function* linksOf(ring: Link): IterableIterator<Link> {
  for (let link = ring.next; link !== ring; link = link.next) yield link;
}

/** The turn is over: what was added in it and is still to come gets its time. */
const stamp = (): void => {
  stamping = false;
  const now = nowMs();
  let earliestMs = Number.POSITIVE_INFINITY;
  while (fresh.next !== fresh) {
    const link = fresh.next;
    remove(link);
    link.dueMs = Math.ceil(now + link.afterMs);
    insert(link, bucketAt(link.dueMs));
    if (link.dueMs < earliestMs) earliestMs = link.dueMs;
  }
  if (earliestMs === Number.POSITIVE_INFINITY) return;
  addedSinceLook = true;
  if (earliestMs < lookAtMs || virtualClock() !== null) lookIn(now, Math.min(earliestMs, now + LOOK_MS));
};

const bucketAt = (dueMs: number): Link => {
  let ring = buckets.get(dueMs);
  if (ring === undefined) {
    ring = new Link(null, 0);
    buckets.set(dueMs, ring);
    times.push(dueMs);
  }
  return ring;
};

/** Puts `link` at the end of a ring. */
const insert = (link: Link, ring: Link): void => {
  link.previous = ring.previous;
  link.next = ring;
  ring.previous.next = link;
  ring.previous = link;
  entries++;
};

const remove = (link: Link): void => {
  link.previous.next = link.next;
  link.next.previous = link.previous;
  entries--;
};

/** Has the timer look at this time. It belongs to nobody, so that it keeps no process in memory. */
const lookIn = (now: number, atMs: number): void => {
  if (timer !== null) clearTimeout(timer);
  lookAtMs = atMs;
  sleeping = atMs - now > LOOK_MS;
  const virtual = virtualClock();
  if (virtual !== null) {
    virtual.due(atMs);
    return;
  }
  runAsNobody(() => {
    timer = setTimeout(look, Math.min(WAIT_MS_MAX, Math.max(0, Math.ceil(atMs - now))));
  });
};

const look = (): void => {
  timer = null;
  lookAtMs = Number.POSITIVE_INFINITY;
  const now = nowMs();
  // Only what is due now: an entry that expires may add new ones, due in a later millisecond.
  for (let dueMs = times.earliest; dueMs !== undefined && dueMs <= now; dueMs = times.earliest) {
    times.pop();
    const ring = buckets.get(dueMs) as Link;
    buckets.delete(dueMs);
    while (ring.next !== ring) {
      const { entry } = ring.next;
      remove(ring.next);
      if (entry === null) continue;
      entry.deadline = null;
      entry.expire();
    }
  }
  const earliestMs = times.earliest;
  if (entries === 0 || earliestMs === undefined) {
    forgetEmpty();
    return;
  }
  // While calls come and go, the earliest entry is most likely cancelled before it is due: look again soon.
  const atMs = addedSinceLook ? Math.min(earliestMs, now + LOOK_MS) : earliestMs;
  addedSinceLook = false;
  // What expired may have had the timer look earlier than this.
  if (atMs < lookAtMs) lookIn(now, atMs);
};

/** Nothing is to come: the times of entries that were all cancelled need not be waited for. */
const forgetEmpty = (): void => {
  if (timer !== null) clearTimeout(timer);
  timer = null;
  lookAtMs = Number.POSITIVE_INFINITY;
  sleeping = false;
  buckets.clear();
  times.clear();
};
