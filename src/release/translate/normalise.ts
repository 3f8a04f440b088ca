// Fills in the defaults of high-level instructions, and takes apart those about children.
// OTP: systools_rc:expand_script/1 and normalize_instrs/1.

import type { ScriptPlace } from "../../error.ts";
import type { HighLevelInstruction, UpdateOptions } from "../appup.ts";
import type { ModuleId } from "../data.ts";
import type { Instruction } from "../relup.ts";
import { deleteChild, restartChild, restartSubtree, startChild } from "./children.ts";
import type { CodeInstruction, Item } from "./item.ts";
import { brutalLoad, low } from "./item.ts";

/**
 * Brings one instruction of the right form into normal form: one item, or several for an instruction about a child.
 *
 * `add_module` is a `load_module` with brutal purges: there is no old code that anybody could run.
 */
export function normalise(instruction: HighLevelInstruction | Instruction, place: ScriptPlace): readonly Item[] {
  switch (instruction[0]) {
    case "start_child":
      return startChild(instruction[1], instruction[2], place);
    case "delete_child":
      return deleteChild(instruction[1], instruction[2], place);
    case "restart_child":
      return restartChild(instruction[1], instruction[2], place);
    case "restart_subtree":
      return restartSubtree(instruction[1], instruction[2], instruction[3]?.modules ?? [], place);
    default:
      return [normaliseOne(instruction, place)];
  }
}

// Internal.

type AboutOne = Exclude<HighLevelInstruction | Instruction, readonly [AboutChild, ...(readonly unknown[])]>;
type AboutChild = "start_child" | "delete_child" | "restart_child" | "restart_subtree";

function normaliseOne(instruction: AboutOne, place: ScriptPlace): Item {
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
