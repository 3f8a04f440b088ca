// Translates the high-level scripts of all applications into one low-level script. A pipeline of small rewrites:
//
//   contributions  merge  ->  before, after the point of no return
//                  checkInstruction, normalise  ->  items in normal form
//                  crossCheck            hand-written low-level instructions fit each other
//                  expandApplications    add, remove, restart application
//                  expandGroups          update, load, add, delete module, ordered by dependencies
//                  mergeObjectCode, placeRestarts  ->  script
//                  checkInstruction      its own output
//
// OTP: systools_rc:translate_scripts/4; appup(5). The first error wins, in the order of this pipeline.

import type { ScriptPlace } from "../../error.ts";
import type { Script } from "../relup.ts";
import { expandApplications } from "./applications.ts";
import { crossCheck } from "./cross-check.ts";
import { expandGroups } from "./group-code.ts";
import type { GroupsOf } from "./groups.ts";
import { dependencyGroups } from "./groups.ts";
import type { Compatibility, Contribution, Item, LowItem, Mode, Sides } from "./item.ts";
import { firstPlace } from "./item.ts";
import type { Unchecked } from "./merge.ts";
import { merge } from "./merge.ts";
import { normalise } from "./normalise.ts";
import { mergeObjectCode } from "./object-code.ts";
import { placeRestarts } from "./restarts.ts";
import { checkInstruction } from "./syntax.ts";

export interface Translated {
  readonly script: Script;
  /** For each instruction of the script the places of the appups that it comes from. */
  readonly places: readonly (readonly ScriptPlace[])[];
}

/**
 * Translates scripts.
 *
 * Always yields a `point_of_no_return`, even from nothing.
 *
 * @param groupsOf only the comparison with OTP gives another one, which orders what nothing decides as OTP happened to.
 * @throws `relup/*`, naming the place of the instruction.
 *
 * OTP: systools_rc:translate_scripts/4. Deviations: see the rewrites; with `compatibility: "otp"` only the order of
 * what nothing decides, which in OTP varies from run to run, is ours.
 */
export function translate(
  mode: Mode,
  contributions: readonly Contribution[],
  sides: Sides,
  compatibility: Compatibility = "underway",
  groupsOf: GroupsOf = dependencyGroups,
): Translated {
  const merged = merge(contributions);
  const before = merged.before.flatMap(toItems).filter(isLow);
  const after = merged.after.flatMap(toItems);
  crossCheck(before, after, compatibility);
  const expanded = expandApplications(after, sides, compatibility);
  const { objectCode, script } = expandGroups(mode, expanded, sides, compatibility, groupsOf);
  const result = placeRestarts(mode, mergeObjectCode([...before, ...objectCode]), script);
  for (const item of result) checkInstruction(item.low, firstPlace(item), "relup");
  return { script: result.map((item) => item.low), places: result.map((item) => item.places) };
}

// Internal.

const toItems = ({ value, place }: Unchecked): readonly Item[] =>
  normalise(checkInstruction(value, place, "appup"), place);

/** Always true before the point of no return, where merging lets nothing else stand. */
const isLow = (item: Item): item is LowItem => item.kind === "low";
