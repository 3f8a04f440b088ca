// Everything that can be said against an install before anything has changed: all reasons, not the first one.

import { isUnderwayError, UnderwayError } from "../../error.ts";
import type { ModuleId } from "../../release/data.ts";
import type { ObjectCode } from "../../release/object-code.ts";
import type { RelupEntry } from "../../release/relup.ts";
import { checkOldCode, usersOfOldCode, whichVersions } from "../code/code-server.ts";
import type { Pid } from "../process/pid.ts";
import type { RunningNode } from "./node.ts";
import type { Step } from "./plan.ts";
import { type ReleaseFiles, readObjectCode } from "./release-files.ts";

/** What an install needs, verified. */
export interface Preflight {
  readonly objects: readonly ObjectCode[];
}

/** Rejects with the reason, or with `release/refused` and every reason; else resolves with what will be loaded. */
export const preflight = async (
  node: RunningNode,
  to: ReleaseFiles,
  entry: RelupEntry,
  steps: readonly Step[],
): Promise<Preflight> => {
  const reasons: UnderwayError[] = [];
  const objects: ObjectCode[] = [];
  const loads = new Set<ModuleId>();
  const removes = new Set<ModuleId>();
  for (const step of steps) {
    if (step.kind !== "switch") continue;
    for (const [module, { prePurge }] of step.switch.load) {
      loads.add(module);
      removes.delete(module);
      await attempt(reasons, async () => objects.push(await readObjectCode(node.target, to.manifest, module)));
      if (prePurge === "soft_purge") await attempt(reasons, () => refuseOldProcesses(module));
    }
    for (const [module, { prePurge }] of step.switch.remove) {
      removes.add(module);
      if (prePurge === "soft_purge") await attempt(reasons, () => refuseOldProcesses(module));
    }
  }
  await attempt(reasons, () => checkBase(node, to, entry));
  await attempt(reasons, () => refuseOtherRuntime(node, to));
  await attempt(reasons, () => checkOutcome(node, to, loads, removes));
  // A script that was made for another build leads elsewhere, too: of its consequences nobody need be told.
  const wrongBase = reasons.find((reason) => isUnderwayError(reason, "release/wrong_base"));
  if (wrongBase !== undefined) throw wrongBase;
  if (reasons.length === 1) throw reasons[0];
  if (reasons.length > 1) {
    throw new UnderwayError("release/refused", { vsn: to.vsn, reasons: reasons.map((reason) => reason.message) });
  }
  return { objects };
};

/** Every module of the release runs in the version that the manifest names: said before success is claimed. */
export const postflight = (files: ReleaseFiles): void => {
  const wrong = Object.entries(files.manifest.modules)
    .filter(([module, { hash }]) => whichVersions(module).current !== hash)
    .map(([module]) => module);
  if (wrong.length > 0) throw new UnderwayError("release/not_loaded", { vsn: files.vsn, modules: wrong });
};

/** The processes that still run in a module's old code. */
export const oldUsers: (module: ModuleId) => readonly Pid[] = usersOfOldCode;

// Internal.

const attempt = async (reasons: UnderwayError[], fn: () => unknown): Promise<void> => {
  try {
    await fn();
  } catch (thrown) {
    if (!(thrown instanceof UnderwayError)) throw thrown;
    reasons.push(thrown);
  }
};

/** As release_handler's check for `soft_purge`: a process that runs the old version would be killed. */
const refuseOldProcesses = (module: ModuleId): void => {
  if (!checkOldCode(module)) return;
  const users = oldUsers(module);
  if (users.length > 0) throw new UnderwayError("release/old_processes", { module, processes: users.map(String) });
};

/** The running code is what the script was made from, and the other release is what it was made for. */
const checkBase = (node: RunningNode, to: ReleaseFiles, entry: RelupEntry): void => {
  const from = node.files;
  const other = entry.vsn === to.vsn ? to : from;
  const differing = new Set<ModuleId>();
  for (const [module, hash] of Object.entries(entry.modules)) {
    if (other.manifest.modules[module]?.hash !== hash) differing.add(module);
  }
  for (const module of Object.keys(other.manifest.modules)) if (!(module in entry.modules)) differing.add(module);
  for (const [module, { hash }] of Object.entries(from.manifest.modules)) {
    if (whichVersions(module).current !== hash) differing.add(module);
  }
  if (differing.size > 0) {
    throw new UnderwayError("release/wrong_base", { vsn: to.vsn, other: entry.vsn, modules: [...differing] });
  }
};

/** Node and Underway themselves are not replaced while they run, whatever a script says. */
const refuseOtherRuntime = ({ files }: RunningNode, to: ReleaseFiles): void => {
  const same =
    files.manifest.runtime.folder === to.manifest.runtime.folder &&
    files.manifest.underway.folder === to.manifest.underway.folder;
  if (!same) throw new UnderwayError("release/cold", { vsn: to.vsn, other: files.vsn });
};

/** After the script each module is what the manifest says: loaded, unchanged, or gone. */
const checkOutcome = (
  node: RunningNode,
  to: ReleaseFiles,
  loads: ReadonlySet<ModuleId>,
  removes: ReadonlySet<ModuleId>,
): void => {
  const missed = Object.entries(to.manifest.modules)
    .filter(([module, { hash }]) => !loads.has(module) && node.files.manifest.modules[module]?.hash !== hash)
    .map(([module]) => module);
  const left = Object.keys(node.files.manifest.modules).filter(
    (module) => !(module in to.manifest.modules) && !removes.has(module),
  );
  if (missed.length + left.length > 0) {
    throw new UnderwayError("release/incomplete_script", { vsn: to.vsn, missed, left });
  }
};
