// What runs inside a process: a behaviour's loop or a plain function. The process owns mailbox, links and death; the body
// owns what a message means.

import type { Envelope } from "./mailbox.ts";
import type { Process } from "./process.ts";
import type { ExitReason } from "./reason.ts";

/** The contract between a process and what runs in it. */
export interface Body {
  /** Name of the behaviour, for reports: `gen_server`, `supervisor`, `proc`. */
  readonly name: string;
  /** Handle (or namespace) of the callback module; processes are found by it when its code changes. */
  readonly module: object;
  /** Where the process begins, for reports: `chat/room:loop`. Default: `init` of the module. */
  readonly initialCall?: string;
  /**
   * Runs once, before any message. A promise keeps the process busy until it settles; a throw ends the process.
   */
  start(): void | Promise<void>;
  /**
   * Takes one message out of its envelope. A promise keeps the process busy: the next message waits until it settles.
   * A throw or a rejection ends the process through `crash`. Absent in a body that takes its messages by `receive`.
   */
  handle?(envelope: Envelope): void | Promise<void>;
  /**
   * The last words after `start` or `handle` threw; the process ends for `reason` when they are over. Not called when
   * the process is killed or ends by a signal that it does not trap.
   */
  terminate?(reason: ExitReason): void | Promise<void>;
  /** Anything that a signal's sender should be told at the end: deferred replies. Synchronous, must not throw. */
  ended?(reason: ExitReason): void;
  /** What the crash report says of the end. Absent: the reason alone. Must not throw. */
  describeCrash?(reason: ExitReason): CrashDescription;
  /** Messages that it has taken out and not handled, since it is suspended. */
  readonly held?: number;
  /** The function that it runs, for reports; absent: where it began. */
  readonly currentFunction?: string;
  /** It runs one function and ends with it: who wants to wait for those inside a callback waits for its end. */
  readonly runsOnce?: true;
  /** What the process that takes its place after an undo may go on with; null if there is nothing. Also after its end. */
  bequest?(): { readonly state: unknown; readonly vsn: number } | null;
  /** What takes part in a change of code; absent in plain processes, which take no part. */
  readonly upgrade?: Upgradable | undefined;
}

/** What of a process's end is shown to people. */
export interface CrashDescription {
  /** The reason itself, or what is shown instead. */
  readonly reason: unknown;
  readonly details: Readonly<Record<string, unknown>>;
}

/**
 * How a process takes part in a change of code. The release handler knows no behaviour; each answers for itself.
 *
 * Its migrated state is computed aside while the process keeps working (an *offer*), and bound to the commit of the
 * upgrade. The switch only marks the commit: a process takes a committed offer before its next callback. So the switch
 * costs the same for a thousand processes and for a million; only those that worked since their offer cost something.
 */
export interface Upgradable {
  /** Version of the shape of the state it holds now. */
  readonly vsn: number;
  /**
   * `unborn`: it has not begun to run; it will in whatever code is current then, and nothing is to be done about it.
   * `inside`: an asynchronous callback, or `init`, has not returned. `idle`: between two callbacks.
   */
  readonly phase: "unborn" | "inside" | "idle";
  /**
   * Computes what the change makes of this process, and keeps it aside for `commit`. Synchronous; throws what the
   * migration throws, and then keeps nothing. Called while all handles show the new code, and perhaps more than once.
   * Of a process inside a callback it only proves that its present state could be migrated.
   */
  offer(change: CodeChangeRequest, commit: Commit): void;
  /** Tries a change and its opposite on a copy of the state. Null: there is no state yet. Touches nothing, never throws. */
  rehearse(change: CodeChangeRequest, opposite: CodeChangeRequest): Rehearsed | null;
  /**
   * Computes an open offer once more: the path of the first place in which the two results differ, null if they do not.
   * They do when the state was changed outside a callback, or when the migration is not pure.
   */
  recheck(change: CodeChangeRequest): string | null;
  /** Takes a committed offer, drops an obsolete one. Afterwards state and vsn are what they seem. */
  settle(): void;
  /**
   * For a process inside a callback at the switch: its frame stays in the code it runs in, and its result is migrated in
   * the turn in which the callback returns, before the next message, unless the commit is dropped before.
   */
  adoptLate(change: CodeChangeRequest, commit: Commit): void;
  /**
   * Computes the way back for a process that has taken its offer, or was born since, while the new code is still current:
   * its state from before if it has done nothing since, else what the opposite migration makes of it. Changes nothing.
   */
  wayBack(opposite: CodeChangeRequest): WayBack;
  /** What waits to be handled. */
  queued(): readonly Envelope[];
  /** Converts what waits for the code that runs now, as far as that has not been done. */
  convertQueue(): void;
  /** A message that is on its way to this process, for the code that runs now; null if it is dropped. */
  converted(envelope: Envelope): Envelope | null;
  /** The upgrade is final: forgets what was kept for the way back. */
  close(): void;
}

/** What became of a copy of a state. Paths are such as `members[2].name`, "" for the whole. */
export type Rehearsed =
  | {
      readonly kind: "migrated";
      readonly result: unknown;
      /** The first place that the migration has changed in the state that it was given: it must make a new one. */
      readonly mutated: string | null;
      /** The first place that the way there and back has not brought back. */
      readonly lost: string | null;
      /** Set when the way back throws. */
      readonly wayBack?: { readonly error: unknown };
    }
  | {
      readonly kind: "failed";
      readonly error: unknown;
      /** What the migration has read last. */
      readonly path: string | null;
    };

/** What to do when the old code is current again. */
export interface WayBack {
  take(): void;
  /** Set when the opposite migration failed, and the state is the one from before the upgrade, or none. */
  readonly failure?: { readonly error: unknown };
}

/** The fate that all offers of one switch share. */
export interface Commit {
  /** `open`: not decided; `committed`: the switch has happened; `dropped`: it will not, or has been taken back. */
  state: "open" | "committed" | "dropped";
  /** Nobody will take it back: who follows it late keeps nothing for that. */
  final?: true;
  /** A process begins a callback although the commit is open: its offer is obsolete, it must be migrated again. */
  dirty(process: Process): void;
  /** A process has taken its offer: from now on it lives with the new state. */
  taken(process: Process): void;
  /** The result of the callback that was under way at the switch cannot be migrated. Answers what becomes of the process. */
  failedLate(process: Process, error: unknown): AfterLateFailure;
}

/**
 * `hold`: it takes no message until the change is taken back, and then goes on with its result in the code that made it.
 * `end`: nobody takes the change back, it crashes. `former`: it has been given its state from before the upgrade.
 */
export type AfterLateFailure = "hold" | "end" | "former";

/** What is asked of a process when code changes. */
export interface CodeChangeRequest {
  /** Exports of its callback module: the version that made the state, and the one that shall hold it. */
  readonly from: Readonly<Record<string, unknown>>;
  readonly to: Readonly<Record<string, unknown>>;
  /** Given in the appup's `{ advanced: extra }`. */
  readonly extra: unknown;
  /** The application's new configuration, read-only. */
  readonly env: Readonly<Record<string, unknown>>;
}

/** A change computed but not visible yet. */
export interface Prepared {
  /** What it would make visible, to compare it with another attempt. */
  readonly next?: unknown;
  /** Makes it visible: a few assignments that cannot fail. Returns what puts the former state back. */
  adopt(): () => void;
}
