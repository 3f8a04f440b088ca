// The exit codes of the control script: one table. Nobody parses messages. (design.md 7)

import type { ErrorCode } from "../../error.ts";

export const exitCodes = {
  ok: 0,
  failed: 1,
  /** A mistake in the command line, or a thing that is not there. */
  usage: 2,
  /** Refused before anything was changed. */
  refused: 3,
  /** Failed on the way, and everything was put back. */
  undone: 4,
  /** Failed on the way and could not be put back: the node boots its permanent release. */
  lost: 5,
  /** No node runs, or it ended before it answered. */
  noNode: 6,
  /** Another operation on the releases is under way. */
  busy: 7,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What each code means, as `--help` says it. */
export const meanings: Readonly<Record<ExitCode, string>> = {
  0: "ok",
  1: "failed",
  2: "usage, or not found",
  3: "refused, and nothing was changed",
  4: "failed, and was undone",
  5: "failed, and could not be undone: the node boots its permanent release",
  6: "no node runs",
  7: "another operation runs",
};

const byCode: { readonly [C in ErrorCode]?: ExitCode } = {
  "control/bad_usage": exitCodes.usage,
  "control/no_node": exitCodes.noNode,
  "control/no_such_function": exitCodes.usage,
  "control/no_such_module": exitCodes.usage,
  "control/node_ended": exitCodes.noNode,
  "node/already_running": exitCodes.refused,
  "node/unknown_application": exitCodes.usage,
  "release/busy": exitCodes.busy,
  "release/no_such_package": exitCodes.usage,
  "release/no_such_release": exitCodes.usage,
  "release/not_undone": exitCodes.lost,
  "release/undone": exitCodes.undone,
};

/** Until an operation on the releases has succeeded it leaves everything as it was; the exceptions stand in the table. */
const changesReleases: ReadonlySet<string> = new Set([
  "unpack",
  "check",
  "install",
  "commit",
  "upgrade",
  "rehearse",
  "downgrade",
  "remove",
]);
/** Those after which it matters whether the node still runs what it ran. */
const installs: ReadonlySet<string> = new Set(["install", "upgrade", "downgrade"]);

/** The exit code of a command that failed with an error of this code; null for one that is not Underway's. */
export const exitCodeOf = (code: ErrorCode | null, command: string): ExitCode => {
  if (code === "control/node_ended" && installs.has(command)) return exitCodes.lost;
  return (
    (code === null ? undefined : byCode[code]) ?? (changesReleases.has(command) ? exitCodes.refused : exitCodes.failed)
  );
};
