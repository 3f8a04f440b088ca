// After success a process may still come out of its callback with a state that cannot follow. While the release is not
// permanent that undoes it: the release before is installed again, with all states, and the process, which has waited,
// goes on in the code that it was in. Otherwise the process crashes, as it would for any other error.

import { setTimeout as sleep } from "node:timers/promises";
import type { Vsn } from "../../release/data.ts";
import type { Process } from "../process/process.ts";
import { formatReason } from "../process/reason.ts";
import { report } from "../process/report.ts";
import type { OnLateFailure } from "./migration.ts";
import type { RunningNode } from "./node.ts";
import { find } from "./statuses.ts";

/** What an install of `to` does about late failures after its success. `install` installs a release. */
export const undoOnLateFailure = (
  node: RunningNode,
  { from, to }: { readonly from: Vsn; readonly to: Vsn },
  install: (vsn: Vsn) => Promise<unknown>,
): OnLateFailure => {
  const waiting: { readonly process: Process; readonly error: unknown }[] = [];
  return ({ process, pid, name, module, error }) => {
    // The install itself may not be over: its operation ends with the status.
    const undoes = node.operation === "install" || isOnProbation(node, to);
    const message = `${module} ${name ?? pid} cannot follow to ${to}: ${formatReason({ error })}`;
    report({
      level: "error",
      kind: "release_handler",
      message: undoes ? `${message}; going back to ${from}` : message,
      error,
    });
    if (!undoes) return "end";
    waiting.push({ process, error });
    if (waiting.length === 1) void goBack(node, { from, to }, install).then((back) => settle(waiting.splice(0), back));
    return "hold";
  };
};

// Internal.

/** How often is looked whether the operation under way is over. */
const LOOK_EVERY_MS = 5;

const isOnProbation = (node: RunningNode, vsn: Vsn): boolean =>
  node.files.vsn === vsn && find(node.releases, vsn)?.status === "current";

/** True if the release before runs again, whoever has brought it back. */
const goBack = async (
  node: RunningNode,
  { from, to }: { readonly from: Vsn; readonly to: Vsn },
  install: (vsn: Vsn) => Promise<unknown>,
): Promise<boolean> => {
  while (node.operation !== null) await sleep(LOOK_EVERY_MS, undefined, { ref: false });
  try {
    if (isOnProbation(node, to)) await install(from);
  } catch {
    // The operation has told the log.
  }
  return node.files.vsn === from;
};

const settle = (waiting: readonly { readonly process: Process; readonly error: unknown }[], back: boolean): void => {
  if (!back) for (const { process, error } of waiting) process.crash({ error });
};
