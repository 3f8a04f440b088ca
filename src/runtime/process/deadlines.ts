// One timing structure for every timeout of the node: a `setTimeout` per call would more than halve the call rate.
//
//   bucket 17 ms ── entry ── entry        one doubly linked list for each millisecond in which something is due; adding
//   bucket 18 ms ── entry                 and removing cost a few assignments
//   …                                     a heap of those milliseconds; one Node timer waits for the earliest
//
// Entries are cancelled far more often than they expire, so an empty bucket just stays until its time comes. (Node's own
// timers keep one list for each duration, which with durations all different means as many lists as timers.)

import { UnderwayError } from "../../error.ts";
import { runAsNobody } from "./context.ts";

/** Something that happens at a time unless it is cancelled before. */
export interface Deadline {
  /** Called once, when the time has come, by nobody: no process runs then. Must not throw. */
  expire(): void;
  /** Where it stands; written by this file only. */
  deadline: Link | null;
}

class Link {
  readonly entry: Deadline | null;
  readonly bucket: Bucket | null;
  previous: Link = this;
  next: Link = this;

  constructor(entry: Deadline | null, bucket: Bucket | null) {
    this.entry = entry;
    this.bucket = bucket;
  }
}

interface Bucket {
  /** Whole milliseconds of performance.now(). */
  readonly dueMs: number;
  /** Head of the ring of its entries. */
  readonly ring: Link;
}

/** While entries come and go the timer looks at least this often, so that an empty structure soon lets the node end. */
const LOOK_MS = 100;
/** setTimeout's own limit; a longer wait is waited for in several steps. */
const WAIT_MS_MAX = 2 ** 31 - 1;

const buckets = new Map<number, Bucket>();
/** A binary heap of the buckets' times, the earliest first. */
const heap: number[] = [];
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
  if (!(afterMs >= 0)) throw new UnderwayError("process/bad_timeout", { value: String(afterMs) });
  if (afterMs === Number.POSITIVE_INFINITY) return;
  const now = performance.now();
  const bucket = bucketAt(Math.ceil(now + afterMs));
  const { ring } = bucket;
  const link = new Link(entry, bucket);
  link.previous = ring.previous;
  link.next = ring;
  ring.previous.next = link;
  ring.previous = link;
  entry.deadline = link;
  entries++;
  addedSinceLook = true;
  if (bucket.dueMs < lookAtMs) lookIn(now, Math.min(bucket.dueMs, now + LOOK_MS));
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
  const bucket = entry.deadline?.bucket;
  return bucket ? Math.max(0, Math.ceil(bucket.dueMs - performance.now())) : null;
};

// Internal.

const bucketAt = (dueMs: number): Bucket => {
  let bucket = buckets.get(dueMs);
  if (bucket === undefined) {
    bucket = { dueMs, ring: new Link(null, null) };
    buckets.set(dueMs, bucket);
    pushTime(dueMs);
  }
  return bucket;
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
  runAsNobody(() => {
    timer = setTimeout(look, Math.min(WAIT_MS_MAX, Math.max(0, Math.ceil(atMs - now))));
  });
};

const look = (): void => {
  timer = null;
  lookAtMs = Number.POSITIVE_INFINITY;
  const now = performance.now();
  // Only what is due now: an entry that expires may add new ones, due in a later millisecond.
  for (let dueMs = heap[0]; dueMs !== undefined && dueMs <= now; dueMs = heap[0]) {
    popTime();
    const ring = buckets.get(dueMs)?.ring as Link;
    buckets.delete(dueMs);
    while (ring.next !== ring) {
      const { entry } = ring.next;
      remove(ring.next);
      if (entry === null) continue;
      entry.deadline = null;
      entry.expire();
    }
  }
  const [earliestMs] = heap;
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
  heap.length = 0;
};

const pushTime = (time: number): void => {
  let at = heap.length;
  heap.push(time);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent] as number;
    if (above <= time) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = time;
};

const popTime = (): void => {
  const last = heap.pop() as number;
  if (heap.length === 0) return;
  let at = 0;
  for (let child = 1; child < heap.length; child = 2 * at + 1) {
    const right = heap[child + 1];
    if (right !== undefined && right < (heap[child] as number)) child++;
    const below = heap[child] as number;
    if (below >= last) break;
    heap[at] = below;
    at = child;
  }
  heap[at] = last;
};
