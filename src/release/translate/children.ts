// Takes apart the instructions about children of supervisors. They are ours: with OTP one writes these applies by hand.
//
//   start_child      apply getChildSpec, undo deleteChild; apply restartChild
//   delete_child     apply terminateChild; apply deleteChild
//   restart_child    apply terminateChild; apply restartChild
//   restart_subtree  apply terminateChild; load each module; apply restartChild
//
// The release handler knows the inverses of these functions, so that an upgrade that fails later is undone: only it can
// ask for the specification of a child that it deletes. A started child is one that the supervisor's new `init` has
// brought: asking for its specification refuses one that it has not, and is where the undo takes the specification away
// again.
// OTP: the appup cookbook, "Changing a Supervisor".

import type { ScriptPlace } from "../../error.ts";
import type { Mfa, ModuleId } from "../data.ts";
import type { Instruction } from "../relup.ts";
import type { Item } from "./item.ts";
import { low } from "./item.ts";

/** The module whose functions these instructions apply. OTP: `supervisor`. */
export const SUPERVISOR_MODULE: ModuleId = "underway/supervisor";

export const startChild = (supervisor: string, id: string, place: ScriptPlace): readonly Item[] => [
  low(["apply", call("getChildSpec", supervisor, id), { undo: call("deleteChild", supervisor, id) }], [place]),
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

const start = (supervisor: string, id: string): Instruction => ["apply", call("restartChild", supervisor, id)];

const terminate = (supervisor: string, id: string): Instruction => ["apply", call("terminateChild", supervisor, id)];
