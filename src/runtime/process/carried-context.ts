// What a message carries along: the context of whoever sends it, so that a trace leads from process to process. Opt-in:
// without a carrier nothing is asked for and nothing kept. OTP: seq_trace.
//
//   sender's async context ── capture ──► envelope, timer, new process ── run ──► the callback that it leads to
//
// The runtime knows no tracing library: what a context is, the carrier knows alone.

import { runAsNobody } from "./context.ts";
import { report } from "./report.ts";

/**
 * How the context of a trace is taken and given; an object, or best a module that exports these two functions: its
 * current version's are called, so no version of it is kept.
 */
export interface ContextCarrier<C = unknown> {
  /** The context of the code that sends at this moment; undefined when there is nothing to carry. Synchronous. */
  capture(): C | undefined;
  /** Calls `fn`, synchronously and once, with `context` active. */
  run(context: C, fn: () => void): void;
}

/** The carrier in use; null: nothing is carried. Read where messages are made. */
export let carrier: ContextCarrier | null = null;
/** The carrier has failed, which has been reported. */
let reported = false;

/**
 * Lets messages carry a context: calls, casts, sends, timers, and the first callback of a process that is started. The
 * receiver's callback runs in it, also behind its `await`s and in a `continue` that it returns; who called gets its answer in
 * its own context. One carrier serves the whole node: another one takes its place, null ends it.
 *
 * ```ts
 * // trace.ts, with OpenTelemetry; `Tracing.carry(self)` where the application starts.
 * export const capture = (): Context => context.active();
 * export const run = (active: Context, fn: () => void): void => context.with(active, fn);
 * ```
 *
 * A `capture` that throws carries nothing, a `run` that does not call `fn` is done without; it is reported once.
 *
 * OTP: seq_trace:set_token/2. Deviation: a timer carries its context, too. A plain process that takes its messages by
 * `receive` stays in the context in which it was started, as its frame goes on.
 */
export const carry = <C>(next: ContextCarrier<C> | null): void => {
  carrier = next as ContextCarrier | null;
  reported = false;
};

/** The context to carry, or undefined. Called only while there is a carrier. */
export const captured = (): unknown => {
  try {
    return carrier?.capture();
  } catch (error) {
    // A trace is no reason to end whoever sends.
    broken("capture", error);
    return undefined;
  }
};

/** Runs `fn` in a context that was carried. What it throws, and what it returns, passes by the carrier. */
export const runCarried = <T>(context: unknown, fn: () => T): T => {
  if (carrier === null) return fn();
  const calls: Outcome<T>[] = [];
  try {
    carrier.run(context, () => {
      if (calls.length === 0) calls.push(outcomeOf(fn));
    });
  } catch (error) {
    broken("run", error);
  }
  const [outcome] = calls;
  if (outcome === undefined) {
    broken("run", new Error("it has not called the function that it was given"));
    return fn();
  }
  if ("thrown" in outcome) throw outcome.thrown;
  return outcome.value;
};

/** Runs `fn` as nobody, and in the context of whoever runs now. */
export const asNobodyCarrying = <T>(fn: () => T): T => {
  const context = carrier === null ? undefined : captured();
  return runAsNobody(() => (context === undefined ? fn() : runCarried(context, fn)));
};

// Internal.

type Outcome<T> = { readonly value: T } | { readonly thrown: unknown };

const outcomeOf = <T>(fn: () => T): Outcome<T> => {
  try {
    return { value: fn() };
  } catch (thrown) {
    return { thrown };
  }
};

/** Once for each carrier: it would fail at the next message, too. */
const broken = (fn: "capture" | "run", error: unknown): void => {
  if (reported) return;
  reported = true;
  report({ level: "error", kind: "tracing", message: `the ${fn} of the context carrier failed`, error });
};
