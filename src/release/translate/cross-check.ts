// Checks between the hand-written low-level instructions of a merged script, before anything is generated into it.
// OTP: systools_rc:check_script/2.

import type { ErrorCode, ScriptPlace } from "../../error.ts";
import { UnderwayError } from "../../error.ts";
import type { ModuleId } from "../data.ts";
import type { Instruction } from "../relup.ts";
import type { Compatibility, Item, LowItem } from "./item.ts";

/**
 * Checks that what is loaded has object code, that what is suspended is resumed, and that what is stopped is started.
 *
 * Object code is looked up by the name of the module only, and object code that an `update` will generate does not
 * count.
 *
 * Deviation: with `underway` a `code_change` of a module that is never suspended is refused
 * (`relup/code_change_not_suspended`); OTP has this check, but its pattern never fits.
 */
export function crossCheck(before: readonly Item[], after: readonly Item[], compatibility: Compatibility): void {
  const read = new Set(modulesOf(before, (low) => (low[0] === "load_object_code" ? low[1].modules : [])).keys());
  for (const [module, place] of modulesOf(after, (low) => (low[0] === "load" ? [low[1].module] : []))) {
    if (!read.has(module)) throw new UnderwayError("relup/no_object_code", { module, place });
  }
  const suspended = modulesOf(after, (low) => (low[0] === "suspend" ? low[1].map(suspendedModule) : []));
  const resumed = modulesOf(after, (low) => (low[0] === "resume" ? low[1] : []));
  refuseDifference(suspended, resumed, "relup/suspended_not_resumed");
  refuseDifference(resumed, suspended, "relup/resumed_not_suspended");
  if (compatibility === "underway") {
    const changed = modulesOf(after, (low) => (low[0] === "code_change" ? low[2].map((one) => one.module) : []));
    refuseDifference(changed, suspended, "relup/code_change_not_suspended");
  }
  const stopped = modulesOf(after, (low) => (low[0] === "stop" ? low[1] : []));
  const started = modulesOf(after, (low) => (low[0] === "start" ? low[1] : []));
  refuseDifference(started, stopped, "relup/start_not_stop");
  refuseDifference(stopped, started, "relup/stop_not_start");
}

// Internal.

const suspendedModule = (one: ModuleId | { readonly module: ModuleId }): ModuleId =>
  typeof one === "string" ? one : one.module;

/** The modules that low-level instructions mention, each with the first place. */
function modulesOf(
  items: readonly Item[],
  pick: (instruction: Instruction) => readonly ModuleId[],
): ReadonlyMap<ModuleId, ScriptPlace> {
  const found = new Map<ModuleId, ScriptPlace>();
  for (const item of items.filter((one): one is LowItem => one.kind === "low")) {
    for (const module of pick(item.low)) {
      const place = item.places[0];
      if (place !== undefined && !found.has(module)) found.set(module, place);
    }
  }
  return found;
}

type Difference = Extract<
  ErrorCode,
  | "relup/suspended_not_resumed"
  | "relup/resumed_not_suspended"
  | "relup/code_change_not_suspended"
  | "relup/start_not_stop"
  | "relup/stop_not_start"
>;

function refuseDifference(
  all: ReadonlyMap<ModuleId, ScriptPlace>,
  without: ReadonlyMap<ModuleId, ScriptPlace>,
  code: Difference,
): void {
  const rest = [...all].filter(([module]) => !without.has(module));
  if (rest[0] !== undefined) {
    throw new UnderwayError(code, { modules: rest.map(([module]) => module), place: rest[0][1] });
  }
}
