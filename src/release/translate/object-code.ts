// Merges what a script reads before the point of no return: one `load_object_code` an application, and in front of all
// else. OTP: systools_rc:merge_load_object_code/1.

import type { ScriptPlace } from "../../error.ts";
import { UnderwayError } from "../../error.ts";
import type { ModuleId, Name, Vsn } from "../data.ts";
import type { LowItem } from "./item.ts";
import { firstPlace, low } from "./item.ts";

/**
 * Merges all `load_object_code`, in order of the first mention of an application. A module that is read again keeps its
 * last position.
 *
 * @throws `relup/conflicting_versions` for one application in two versions.
 */
export function mergeObjectCode(before: readonly LowItem[]): readonly LowItem[] {
  const merged = new Map<Name, { vsn: Vsn; modules: Set<ModuleId>; places: ScriptPlace[] }>();
  const rest: LowItem[] = [];
  for (const item of before) {
    if (item.low[0] !== "load_object_code") {
      rest.push(item);
      continue;
    }
    const { app, vsn, modules } = item.low[1];
    const known = merged.get(app) ?? { vsn, modules: new Set<ModuleId>(), places: [] };
    if (known.vsn !== vsn) {
      throw new UnderwayError("relup/conflicting_versions", { app, vsns: [known.vsn, vsn], place: firstPlace(item) });
    }
    for (const module of modules) {
      known.modules.delete(module);
      known.modules.add(module);
    }
    known.places.push(...item.places);
    merged.set(app, known);
  }
  const objectCode = [...merged].map(([app, { vsn, modules, places }]) =>
    low(["load_object_code", { app, vsn, modules: [...modules] }], places),
  );
  return [...objectCode, ...rest];
}
