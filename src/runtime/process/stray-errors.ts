// Let it crash means the process, not the node: an error outside a callback — a floating promise, a timer, an emitter's
// listener — ends the process that its async context names. (design.md 6)

import { currentProcess } from "./context.ts";
import { development } from "./development.ts";
import { report } from "./report.ts";
import { isStopSignal } from "./stop-signal.ts";

/** What to do with an error that belongs to no process. Default of a release: log. */
export interface StrayErrorOptions {
  /** `log`: report it with its origin, and go on. `end_node`: report it and exit with code 1. */
  readonly unattributed: "log" | "end_node";
}

/** Takes over `uncaughtException` and `unhandledRejection` of this operating-system process. Returns the way back. */
export const ownStrayErrors = (options: StrayErrorOptions): (() => void) => {
  const take = (thrown: unknown, origin: string): void => {
    if (isStopSignal(thrown)) return;
    const owner = currentProcess();
    // Behind a microtask that has thrown, Node 24 leaves its async context to the next one that has none of its own: let
    // that be this one, and not what the end of the process sets off.
    void Promise.resolve().then(() => {});
    if (owner?.alive) {
      owner.end({ error: thrown });
      return;
    }
    const message =
      owner === null ? `an error outside any process (${origin})` : `an error of the ended process ${owner.pid}`;
    report({ level: "error", kind: "stray_error", message, error: thrown });
    if (development !== null) development.explain(owner, thrown);
    if (owner === null && options.unattributed === "end_node") process.exit(1);
  };
  const onException = (thrown: unknown, origin: string): void => take(thrown, origin);
  const onRejection = (thrown: unknown): void => take(thrown, "unhandledRejection");
  process.on("uncaughtException", onException);
  process.on("unhandledRejection", onRejection);
  return () => {
    process.off("uncaughtException", onException);
    process.off("unhandledRejection", onRejection);
  };
};
