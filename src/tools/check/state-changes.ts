// Checks that an upgrade deals with every state whose shape has changed, as far as that can be seen before it runs.
//
//   vsn differs, the appup does not change the state          refused
//   vsn differs, upwards, the module exports no codeChange    refused
//   vsn is the same, the declaration of the state differs     a warning
//
// Limit: which steps `codeChange` has is not known without running the module.

import { UnderwayError } from "../../error.ts";
import type { Appup, AppupEntry } from "../../release/appup.ts";
import { findEntry } from "../../release/appup-match.ts";
import type { Declarations } from "../../release/base.ts";
import type { ModuleId, Name } from "../../release/data.ts";
import type { ApplicationFacts, ModuleFacts } from "../../release/generate-appup.ts";
import { stateShape } from "./state-shape.ts";

/**
 * Checks an appup against the version of its application and one of the others.
 *
 * @param withCodeChange modules of `top` that export `codeChange`.
 * @throws appup/state_kept, appup/no_code_change
 */
export function checkStateChanges(
  application: Name,
  appup: Appup,
  top: ApplicationFacts,
  other: ApplicationFacts,
  withCodeChange: ReadonlySet<ModuleId>,
): void {
  for (const direction of ["upFrom", "downTo"] as const) {
    const { script } = findEntry(appup[direction], other.vsn, application) ?? { script: [] };
    for (const instruction of script) {
      const [, module] = instruction;
      if (typeof module !== "string") continue;
      const [now, then] = [top.modules[module], other.modules[module]];
      if (!now || !then || !bothHaveState([now, then]) || now.vsn === then.vsn) continue;
      const vsns = direction === "upFrom" ? ([then.vsn, now.vsn] as const) : ([now.vsn, then.vsn] as const);
      const subject = { application, module, direction, other: other.vsn, fromVsn: vsns[0], toVsn: vsns[1] };
      if (keepsState(instruction, script)) throw new UnderwayError("appup/state_kept", { ...subject, instruction });
      // Downwards it is the code of the higher version that knows the way; that of another release is not at hand.
      if (instruction[0] === "update" && now.vsn > then.vsn && !withCodeChange.has(module)) {
        throw new UnderwayError("appup/no_code_change", subject);
      }
    }
  }
}

/** A module whose states look otherwise than in the other release, under the same `vsn`. */
export interface SilentChange {
  readonly module: ModuleId;
  readonly vsn: number;
  readonly export: "State" | "init";
}

/** Finds the modules whose states look otherwise than in another release while their `vsn` is the same. */
export function silentStateChanges(top: StateFacts, other: StateFacts): readonly SilentChange[] {
  return Object.entries(top.modules).flatMap(([module, now]) => {
    const then = other.modules[module];
    if (!hasState(now) || !hasState(then) || now.vsn !== then.vsn || now.hash === then.hash) return [];
    const [shape, before] = [top, other].map(({ declarations }) => {
      const declaration = declarations.files[`lib/${module}.d.ts`];
      return declaration === undefined ? undefined : stateShape(declaration);
    });
    if (!shape || shape.export !== before?.export || shape.text === before.text) return [];
    return [{ module, vsn: now.vsn, export: shape.export }];
  });
}

/** What must be known of a release. */
export interface StateFacts {
  readonly modules: ApplicationFacts["modules"];
  readonly declarations: Declarations;
}

// Internal.

/** A supervisor's state is Underway's own, and an application has none. */
const hasState = (facts: ModuleFacts | undefined): facts is ModuleFacts =>
  facts?.behaviour === "gen_server" || facts?.behaviour === "connection" || facts?.behaviour === "special_process";

/** A loop becomes a special process with the first version of its module that says how it is brought over. */
const bothHaveState = (facts: readonly ModuleFacts[]): boolean => {
  if (facts.every((one) => hasState(one))) return true;
  const isLoop = ({ behaviour }: ModuleFacts) => behaviour === "special_process" || behaviour === null;
  return facts.every(isLoop) && facts.some((one) => hasState(one));
};

/** Whether processes go on with the state that they have. */
function keepsState(instruction: AppupEntry["script"][number], script: AppupEntry["script"]): boolean {
  if (instruction[0] === "update") return typeof (instruction[2]?.change ?? "soft") === "string";
  // Who loads the code and deals with the processes by himself knows what he does.
  return instruction[0] === "load_module" && !script.some(([name]) => dealsWithProcesses.has(name));
}

const dealsWithProcesses: ReadonlySet<string> = new Set([
  ...["apply", "code_change", "stop", "start", "start_child", "delete_child", "restart_child"],
  ...["restart_subtree", "restart_application", "restart_emulator", "restart_new_emulator"],
]);
