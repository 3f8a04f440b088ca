// One operation on the releases at a time, each with a trace in the log: what was done, refused or taken back, and why.

import { isUnderwayError, UnderwayError } from "../../error.ts";
import type { Vsn } from "../../release/data.ts";
import { upgradeBegin, upgradeCommitted, upgradeRefused, upgradeUndone } from "../process/events.ts";
import { report } from "../process/report.ts";
import { type RunningNode, runningNode } from "./node.ts";

/** What the log says of an operation that has succeeded. */
const done = {
  unpack: "unpacked",
  set_unpacked: "took up the unpacked",
  check: "checked",
  install: "installed",
  make_permanent: "made permanent",
  remove: "removed",
} as const;

export type OperationName = keyof typeof done;

/**
 * Runs an operation, unless another one runs: then it rejects with `release/busy`, and does nothing. `subject` is a
 * version, or the package that is to tell it.
 */
export const operation = async <T>(
  name: OperationName,
  subject: Vsn,
  run: (node: RunningNode) => Promise<T>,
): Promise<T> => {
  const node = runningNode();
  if (node.operation !== null) throw new UnderwayError("release/busy", { operation: name, running: node.operation });
  node.operation = name;
  const from = node.files.vsn;
  if (name === "install" && upgradeBegin.wanted) upgradeBegin.publish({ from, to: subject });
  try {
    const result = await run(node);
    const vsn = typeof result === "string" ? result : subject;
    if (name === "make_permanent" && upgradeCommitted.wanted) upgradeCommitted.publish({ vsn });
    const level = name === "check" ? "info" : "notice";
    const details = name === "install" ? { from } : {};
    report({ level, kind: "release_handler", message: `${done[name]} ${node.name} ${vsn}`, details });
    return result;
  } catch (thrown) {
    logFailure(`${name} of ${node.name} ${subject}`, thrown);
    const channel = isUndone(thrown) ? upgradeUndone : upgradeRefused;
    if (name === "install" && channel.wanted) channel.publish({ from, to: subject, error: thrown });
    throw thrown;
  } finally {
    node.operation = null;
  }
};

// Internal.

const isUndone = (thrown: unknown): boolean =>
  isUnderwayError(thrown, "release/undone") || isUnderwayError(thrown, "release/not_undone");

const logFailure = (what: string, thrown: unknown): void => {
  const kind = "release_handler";
  if (!isUnderwayError(thrown)) {
    report({ level: "error", kind, message: `${what} failed`, error: thrown });
  } else if (isUndone(thrown)) {
    report({ level: "error", kind, message: `${what} failed: ${thrown.message}` });
  } else {
    report({ level: "warning", kind, message: `${what} was refused: ${thrown.message}` });
  }
};
