// Checks that after a script the running code is that of the release: what runs is what was built.
//
// Deviation: OTP checks nothing of this; a module forgotten in an appup goes on in its former version there.

import { UnderwayError } from "../error.ts";
import type { ModuleId } from "./data.ts";
import type { KnownRelease } from "./known-release.ts";
import type { Script } from "./relup.ts";

/**
 * Checks a translated script against the content hashes of both releases.
 *
 * @throws `relup/same_vsn_other_code` if an application has other code under the same version; `relup/no_such_module`
 *   for object code that the release to go to does not have; `relup/incomplete` with all modules that are left in
 *   another version than the release's. A script that restarts the node is not asked to load everything.
 */
export function checkComplete(script: Script, from: KnownRelease, to: KnownRelease): void {
  checkSameVsn(from, to);
  checkObjectCode(script, to);
  if (script.some(([name]) => name === "restart_new_emulator" || name === "restart_emulator")) return;

  const after = loadedAfter(script, from);
  const notLoaded: ModuleId[] = [];
  for (const module of to.side.owner.keys()) {
    const isThere = after.get(module) === "new" || (after.get(module) === "same" && sameHash(module, from, to));
    if (!isThere) notLoaded.push(module);
  }
  const notDeleted = [...after.keys()].filter((module) => !to.side.owner.has(module));
  if (notLoaded.length > 0 || notDeleted.length > 0) {
    const [vsn, other] = [from.checked.rel.vsn, to.checked.rel.vsn];
    throw new UnderwayError("relup/incomplete", { vsn, other, notLoaded, notDeleted });
  }
}

// Internal.

const sameHash = (module: ModuleId, from: KnownRelease, to: KnownRelease) => from.hashes[module] === to.hashes[module];

function checkSameVsn(from: KnownRelease, to: KnownRelease): void {
  for (const { name, vsn, modules } of to.side.application.values()) {
    const before = from.side.application.get(name);
    if (before === undefined || before.vsn !== vsn) continue;
    const all = new Set([...before.modules, ...modules]);
    const differing = [...all].filter((module) => !sameHash(module, from, to));
    if (differing.length === 0) continue;
    const other = from.checked.rel.vsn;
    throw new UnderwayError("relup/same_vsn_other_code", { app: name, vsn, other, modules: differing });
  }
}

/** A hand-written `load_object_code` may name anything; generated ones fit by construction. */
function checkObjectCode(script: Script, to: KnownRelease): void {
  for (const instruction of script) {
    if (instruction[0] !== "load_object_code") continue;
    const { app, vsn, modules } = instruction[1];
    for (const module of modules) {
      const owner = to.side.owner.get(module);
      if (owner?.name === app && owner.vsn === vsn) continue;
      const place = { script: `load_object_code of "${app}" ${vsn}`, position: 0 };
      throw new UnderwayError("relup/no_such_module", { module, place });
    }
  }
}

/** The modules that have a current version after the script. */
function loadedAfter(script: Script, from: KnownRelease): ReadonlyMap<ModuleId, "same" | "new"> {
  const loaded = new Map<ModuleId, "same" | "new">();
  for (const module of from.side.owner.keys()) loaded.set(module, "same");
  for (const instruction of script) {
    if (instruction[0] === "load") loaded.set(instruction[1].module, "new");
    if (instruction[0] === "remove") loaded.delete(instruction[1].module);
  }
  return loaded;
}
