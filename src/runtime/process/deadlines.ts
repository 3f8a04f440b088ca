// One timing structure for every timeout of the node: a `setTimeout` per call would more than halve the call rate.
//
// Entries of one duration expire in the order in which they were made, so each duration has one doubly linked list, to
// which adding and from which removing costs a few assignments; one Node timer waits for the earliest head. (Node's own
// timers work so too; theirs cost an object with async hooks each.)

/** Something that happens at a time unless it is cancelled before. */
export interface Deadline {
  /** Called once, when the time has come. */
  expire(): void;
  /** Links and due time; written by this file only. */
  deadline: Link | null;
}

interface Link {
  dueMs: number;
  list: List;
  entry: Deadline;
  previous: Link | null;
  next: Link | null;
}

interface List {
  readonly afterMs: number;
  head: Link | null;
  tail: Link | null;
}

/** While entries come and go the timer looks at least this often, so that an empty structure soon lets the node end. */
const LOOK_MS = 100;
/** setTimeout's own limit; a longer wait is waited for in several steps. */
const WAIT_MS_MAX = 2 ** 31 - 1;

const lists = new Map<number, List>();
let timer: NodeJS.Timeout | null = null;
let timerDueMs = Number.POSITIVE_INFINITY;
let addedSinceLook = false;

// API.

/** Makes `entry` expire in `afterMs` milliseconds. An entry stands in the structure at most once. */
export const addDeadline = (entry: Deadline, afterMs: number): void => {
  const now = performance.now();
  let list = lists.get(afterMs);
  if (list === undefined) {
    list = { afterMs, head: null, tail: null };
    lists.set(afterMs, list);
  }
  const link: Link = { dueMs: now + afterMs, list, entry, previous: list.tail, next: null };
  if (list.tail === null) list.head = link;
  else list.tail.next = link;
  list.tail = link;
  entry.deadline = link;
  addedSinceLook = true;
  if (timer === null || link.dueMs < timerDueMs) arm(now, Math.min(link.dueMs, now + LOOK_MS));
};

/** Takes `entry` out; true if it was still to come. */
export const cancelDeadline = (entry: Deadline): boolean => {
  const link = entry.deadline;
  if (link === null) return false;
  unlink(link);
  return true;
};

/** Milliseconds until `entry` expires, or null if it does not stand here. */
export const remainingMs = (entry: Deadline): number | null =>
  entry.deadline === null ? null : Math.max(0, Math.ceil(entry.deadline.dueMs - performance.now()));

// Internal.

const unlink = (link: Link): void => {
  const { list } = link;
  if (link.previous === null) list.head = link.next;
  else link.previous.next = link.next;
  if (link.next === null) list.tail = link.previous;
  else link.next.previous = link.previous;
  link.entry.deadline = null;
};

const arm = (now: number, dueMs: number): void => {
  if (timer !== null) clearTimeout(timer);
  timerDueMs = dueMs;
  timer = setTimeout(look, Math.min(WAIT_MS_MAX, Math.max(0, Math.ceil(dueMs - now))));
};

const look = (): void => {
  timer = null;
  const now = performance.now();
  let earliestMs = Number.POSITIVE_INFINITY;
  for (const [afterMs, list] of lists) {
    // Only what stood here when the look began: an expired entry may add new ones.
    while (list.head !== null && list.head.dueMs <= now) {
      const { entry } = list.head;
      unlink(list.head);
      entry.expire();
    }
    if (list.head === null) lists.delete(afterMs);
    else earliestMs = Math.min(earliestMs, list.head.dueMs);
  }
  if (earliestMs === Number.POSITIVE_INFINITY) return;
  // While calls come and go, the earliest entry is most likely cancelled before it is due: look again soon.
  const dueMs = addedSinceLook ? Math.min(earliestMs, now + LOOK_MS) : earliestMs;
  addedSinceLook = false;
  arm(now, dueMs);
};
