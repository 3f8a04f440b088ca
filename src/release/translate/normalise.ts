// Fills in the defaults of high-level instructions. OTP: systools_rc:expand_script/1 and normalize_instrs/1.

import type { ScriptPlace } from "../../error.ts";
import type { HighLevelInstruction, UpdateOptions } from "../appup.ts";
import type { ModuleId } from "../data.ts";
import type { Instruction } from "../relup.ts";
import type { CodeInstruction, Item } from "./item.ts";
import { low } from "./item.ts";

/**
 * Brings one instruction of the right form into normal form.
 *
 * `add_module` is a `load_module` with brutal purges: there is no old code that anybody could run.
 */
export function normalise(instruction: HighLevelInstruction | Instruction, place: ScriptPlace): Item {
  const places = [place];
  switch (instruction[0]) {
    case "update":
      return { kind: "code", code: update(instruction[1], instruction[2] ?? {}), places };
    case "load_module": {
      const { prePurge = "brutal_purge", postPurge = "brutal_purge", depMods = [] } = instruction[2] ?? {};
      return { kind: "code", code: { what: "load", module: instruction[1], depMods, prePurge, postPurge }, places };
    }
    case "add_module":
      return { kind: "code", code: brutalLoad(instruction[1], instruction[2]?.depMods), places };
    case "delete_module": {
      const { depMods = [] } = instruction[2] ?? {};
      return { kind: "code", code: { what: "delete", module: instruction[1], depMods }, places };
    }
    case "add_application": {
      const [, app, type = "permanent"] = instruction;
      return { kind: "application", application: { what: "add", app, type }, places };
    }
    case "remove_application":
      return { kind: "application", application: { what: "remove", app: instruction[1] }, places };
    case "restart_application":
      return { kind: "application", application: { what: "restart", app: instruction[1] }, places };
    default:
      return low(instruction, places);
  }
}

/** Loading a module that nobody can be running. */
export const brutalLoad = (module: ModuleId, depMods: readonly ModuleId[] = []): CodeInstruction => ({
  what: "load",
  module,
  depMods,
  prePurge: "brutal_purge",
  postPurge: "brutal_purge",
});

// Internal.

/** `supervisor` is short for a static module with an advanced change: its `init` is run anew, after the load. */
function update(module: ModuleId, options: UpdateOptions): CodeInstruction {
  const { change = "soft" } = options;
  const isSupervisor = change === "supervisor";
  return {
    what: "update",
    module,
    depMods: options.depMods ?? [],
    modType: options.modType ?? (isSupervisor ? "static" : "dynamic"),
    timeoutMs: options.timeoutMs ?? "default",
    change: isSupervisor ? { advanced: [] } : change,
    prePurge: options.prePurge ?? "brutal_purge",
    postPurge: options.postPurge ?? "brutal_purge",
    inside: options.inside ?? "late",
  };
}
