// What is told of a process to whoever has subscribed: its start, its end, a mailbox that has grown long.

import { longMessageQueue, processExit, processStart } from "./events.ts";
import type { Process } from "./process.ts";
import type { ExitReason } from "./reason.ts";
import { report } from "./report.ts";

/** From this length on a mailbox is long; it is told then, and at each power of two beyond. */
export const LONG_QUEUE = 1_024;
/** A queue that swings around such a length is not told each time. */
const TELL_EVERY_MS = 1_000;

/** So long a mailbox is a fault, and told in the log, subscribed to or not. */
const OVERLOAD = 100_000;

/** And not each time that a queue swings around that length. */
const OVERLOAD_EVERY_MS = 60_000;
const overloads = new WeakMap<Process, number>();

const told = new WeakMap<Process, { readonly atMs: number; readonly length: number }>();

/** Called for each process that is made. */
export const noteStart = (process: Process): void => {
  if (!processStart.wanted) return;
  const { pid, parent, body, initialCall } = process;
  processStart.publish({ pid, parent, behaviour: body.name, initialCall });
};

/** Called for each process that has ended. */
export const noteExit = (process: Process, reason: ExitReason): void => {
  if (!processExit.wanted) return;
  const { pid, registeredName: name, body, initialCall } = process;
  processExit.publish({ pid, name, behaviour: body.name, initialCall, reason });
};

/** Called when a mailbox has grown to `LONG_QUEUE` or beyond. OTP: system_monitor's long_message_queue. */
export const noteLongQueue = (process: Process, length: number): void => {
  if (length === OVERLOAD) reportOverload(process);
  if ((length & (length - 1)) !== 0 || !longMessageQueue.wanted) return;
  const atMs = performance.now();
  const last = told.get(process);
  if (last !== undefined && last.length >= length && atMs - last.atMs < TELL_EVERY_MS) return;
  told.set(process, { atMs, length });
  const { pid, registeredName: name, initialCall } = process;
  longMessageQueue.publish({ pid, name, initialCall, length });
};

// Internal.

const reportOverload = (process: Process): void => {
  const atMs = performance.now();
  const last = overloads.get(process);
  if (last !== undefined && atMs - last < OVERLOAD_EVERY_MS) return;
  overloads.set(process, atMs);
  const who = process.registeredName ?? `${process.initialCall} ${process.pid}`;
  const message = `${who} does not keep up: ${OVERLOAD} messages wait; start it with a bounded mailbox, or send it less`;
  report({ level: "warning", kind: "overload", message });
};
