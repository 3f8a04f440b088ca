// Takes apart the instructions about children of supervisors. They are ours: with OTP one writes these applies by hand.
//
//   start_child      apply restartChild                               its specification came with the supervisor's new init
//   delete_child     apply terminateChild; apply deleteChild
//   restart_child    apply terminateChild; apply restartChild
//   restart_subtree  apply terminateChild; load each module; apply restartChild
//
// Each apply names its inverse, so that an upgrade that fails later is undone. That of deleteChild needs the child's
// specification, which only the running node knows: the release handler asks for it.
// OTP: the appup cookbook, "Changing a Supervisor".

import type { ScriptPlace } from "../../error.ts";
import type { Mfa, ModuleId } from "../data.ts";
import type { Instruction } from "../relup.ts";
import type { Item } from "./item.ts";
import { low } from "./item.ts";

/** The module whose functions these instructions apply. OTP: `supervisor`. */
export const SUPERVISOR_MODULE: ModuleId = "underway/supervisor";

export const startChild = (supervisor: string, id: string, place: ScriptPlace): readonly Item[] => [
  low(start(supervisor, id), [place]),
];

export const deleteChild = (supervisor: string, id: string, place: ScriptPlace): readonly Item[] => [
  low(terminate(supervisor, id), [place]),
  low(["apply", call("deleteChild", supervisor, id)], [place]),
];

export const restartChild = (supervisor: string, id: string, place: ScriptPlace): readonly Item[] =>
  restartSubtree(supervisor, id, [], place);

/** The modules are purged softly: processes elsewhere may run them, and need not die. */
export const restartSubtree = (
  supervisor: string,
  id: string,
  modules: readonly ModuleId[],
  place: ScriptPlace,
): readonly Item[] => [
  low(terminate(supervisor, id), [place]),
  ...modules.map(
    (module): Item => ({
      kind: "code",
      code: { what: "load", module, depMods: [], prePurge: "soft_purge", postPurge: "soft_purge" },
      places: [place],
    }),
  ),
  low(start(supervisor, id), [place]),
];

// Internal.

const call = (name: string, supervisor: string, id: string): Mfa => ({
  module: SUPERVISOR_MODULE,
  function: name,
  args: [supervisor, id],
});

const start = (supervisor: string, id: string): Instruction => [
  "apply",
  call("restartChild", supervisor, id),
  { undo: call("terminateChild", supervisor, id) },
];

const terminate = (supervisor: string, id: string): Instruction => [
  "apply",
  call("terminateChild", supervisor, id),
  { undo: call("restartChild", supervisor, id) },
];
