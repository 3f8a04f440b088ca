// Messages that the running version of a module does not know, but its other version does: sent by old code that has not
// been left yet, by a client that was told the other release's protocol, or before an undo. They are nobody's mistake, so
// they crash nobody: a call gets an error, a cast is dropped, and both are counted. (design.md 9)

import { UnderwayError } from "../../error.ts";
import { moduleName } from "../process/module-name.ts";
import { report } from "../process/report.ts";
import type { From } from "../process/request.ts";

/** How many messages an upgrade, or its undo, has cost. */
export interface LostMessages {
  /** Calls that got an error. */
  readonly calls: number;
  /** Casts and other messages that were dropped. */
  readonly others: number;
}

interface Known {
  readonly calls: ReadonlySet<string>;
  readonly casts: ReadonlySet<string>;
}

const otherVersions = new Map<object, Known>();
let lost: LostMessages = { calls: 0, others: 0 };

// Called by the release handler.

/** Remembers what the version that does not run knows; only names are kept, nothing of its code. */
export const rememberOtherVersion = (module: object, exports: Readonly<Record<string, unknown>>): void => {
  otherVersions.set(module, { calls: tagsOf(exports.handleCall), casts: tagsOf(exports.handleCast) });
};

/** What was lost since the last `resetLostMessages`. */
export const lostMessages = (): LostMessages => lost;

export const resetLostMessages = (): void => {
  lost = { calls: 0, others: 0 };
};

/** From here on a message without a clause is a mistake again. */
export const forgetOtherVersions = (): void => otherVersions.clear();

// Called by each loop.

/** True if a clause for this message is missing only because the other version of the module has it. */
export const isForeign = (module: object, kind: "call" | "cast", tag: string): boolean =>
  otherVersions.get(module)?.[kind === "call" ? "calls" : "casts"].has(tag) === true;

/** Counts a message that nobody will handle, tells the log, and whoever waits for its answer. */
export const loseMessage = (module: object, tag: string, from: From | null, why: string): void => {
  lost = from === null ? { ...lost, others: lost.others + 1 } : { ...lost, calls: lost.calls + 1 };
  const error = new UnderwayError("gen_server/lost_message", { module: moduleName(module), tag, why });
  report({ level: "warning", kind: "lost_message", message: error.message });
  from?.refuse(error);
};

// Internal.

const tagsOf = (clauses: unknown): ReadonlySet<string> =>
  new Set(typeof clauses === "object" && clauses !== null ? Object.keys(clauses) : []);
