// What came into the mailbox of the test's process. Elixir: ExUnit.Assertions, assert_receive and its like.

import { partialDeepStrictEqual } from "node:assert";
import { UnderwayError } from "../../error.ts";
import { inLine } from "../../runtime/behaviour/debug.ts";
import type { Envelope } from "../../runtime/process/mailbox.ts";
import { receive } from "../../runtime/process/receive.ts";
import { requireProcess } from "../../runtime/process/spawn.ts";
import { currentTest } from "./process-test.ts";

/**
 * Which message is meant: a function that accepts it, or a value that it must contain, as `assert.partialDeepStrictEqual`
 * compares them. A function that throws does not accept.
 */
export type Pattern = ((message: never) => boolean) | object | string | number | boolean | null;

/** How long a message may take to come if nothing is said. */
const WAIT_MS = 100;

// API.

/**
 * Takes the first message that fits out of the mailbox, waiting at most `timeoutMs` (default: 100) for it; the others stay.
 *
 * Rejects with `testing/no_message`, which shows what the mailbox holds, and with `testing/not_in_test`.
 */
export const assertReceive = async <T = unknown>(pattern: Pattern, timeoutMs = WAIT_MS): Promise<T> => {
  currentTest("assertReceive");
  const taken = await take(pattern, timeoutMs);
  if (taken !== null) return taken.message as T;
  throw new UnderwayError("testing/no_message", { waitedMs: timeoutMs, mailbox: shownMailbox() });
};

/** Takes a message that has come already. Rejects with `testing/no_message`. */
export const assertReceived = <T = unknown>(pattern: Pattern): Promise<T> => assertReceive(pattern, 0);

/**
 * Waits `timeoutMs` (default: 100): no message that fits comes, and none has come.
 *
 * Rejects with `testing/unexpected_message` as soon as one is there.
 */
export const refuteReceive = async (pattern: Pattern, timeoutMs = WAIT_MS): Promise<void> => {
  currentTest("refuteReceive");
  const taken = await take(pattern, timeoutMs);
  if (taken !== null) throw new UnderwayError("testing/unexpected_message", { message: inLine(taken.message) });
};

/** No message that fits has come so far. Throws `testing/unexpected_message`; the message stays in the mailbox. */
export const refuteReceived = (pattern: Pattern): void => {
  currentTest("refuteReceived");
  const unexpected = waiting().find((message) => fits(pattern, message));
  if (unexpected !== undefined) throw new UnderwayError("testing/unexpected_message", { message: inLine(unexpected) });
};

// Internal.

/** The first message that fits; null when the time is over. `undefined` is a message, too. */
const take = async (pattern: Pattern, timeoutMs: number): Promise<{ readonly message: unknown } | null> => {
  let found = false;
  const match = (message: unknown): message is unknown => {
    found = fits(pattern, message);
    return found;
  };
  const message = await receive({ match, afterMs: timeoutMs });
  return found ? { message } : null;
};

const fits = (pattern: Pattern, message: unknown): boolean => {
  try {
    if (typeof pattern === "function") return pattern(message as never) === true;
    partialDeepStrictEqual(message, pattern);
    return true;
  } catch {
    return false;
  }
};

const waiting = (): unknown[] =>
  requireProcess("refuteReceived")
    .mailbox.toArray()
    .filter(({ kind }: Envelope) => kind === "info")
    .map(({ payload }: Envelope) => payload);

const shownMailbox = (): string[] => waiting().slice(0, 10).map(inLine);
