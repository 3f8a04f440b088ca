// Turns each group of modules into low-level instructions, at the place of its first member.
//
//   up     suspend U     load dependees first     code_change up                                     resume reversed U
//   down   suspend U     code_change down of dynamic     load dependents first     ... of static     resume reversed U
//
// U: the updated modules, dependents first. OTP: systools_rc:translate_dependent_instrs/4.

import type { ScriptPlace } from "../../error.ts";
import { UnderwayError } from "../../error.ts";
import type { Json, ModuleId } from "../data.ts";
import type { Instruction, Suspend } from "../relup.ts";
import type { GroupsOf } from "./groups.ts";
import type { CodeItem, Compatibility, Item, LowItem, Mode, Sides } from "./item.ts";
import { firstPlace, low } from "./item.ts";

export interface Grouped {
  /** One `load_object_code` for each module that is loaded. */
  readonly objectCode: readonly LowItem[];
  readonly script: readonly LowItem[];
}

/**
 * Replaces the code instructions of a script by low-level ones.
 *
 * Members of a group vanish from their places and appear, as a whole, where its first member stood.
 *
 * @throws `relup/muldef_module`, `relup/undef_module`; `relup/no_such_module` for a module that the release to go to
 *   does not list. Deviation: with `underway` also for a deleted module that the release to come from does not list.
 */
export function expandGroups(
  mode: Mode,
  after: readonly Item[],
  sides: Sides,
  compatibility: Compatibility,
  groupsOf: GroupsOf,
): Grouped {
  const code = after.filter((item) => item.kind === "code");
  const groupAt = new Map<CodeItem, readonly CodeItem[]>();
  for (const group of groupsOf(code)) {
    const first = code[group.reduce((a, b) => Math.min(a, b))];
    if (first !== undefined)
      groupAt.set(
        first,
        group.flatMap((n) => code[n] ?? []),
      );
  }
  const objectCode: LowItem[] = [];
  const script: LowItem[] = [];
  for (const item of after) {
    if (item.kind === "low") script.push(item);
    if (item.kind !== "code") continue;
    const group = groupAt.get(item);
    if (group === undefined) continue;
    if (compatibility === "underway") checkDeleted(group, sides);
    for (const member of group) objectCode.push(...objectCodeOf(member, sides));
    script.push(...expandGroup(mode, group));
  }
  return { objectCode, script };
}

// Internal.

type Update = Extract<CodeItem["code"], { what: "update" }>;

/** @param group the members, dependents first. */
function expandGroup(mode: Mode, group: readonly CodeItem[]): readonly LowItem[] {
  const updates = group.filter((item): item is CodeItem & { code: Update } => item.code.what === "update");
  const places = updates.flatMap((item) => item.places);
  // Groups without updates, most of all single modules, need no more than their loads.
  const some = (instruction: Instruction, present = updates.length > 0) => (present ? [low(instruction, places)] : []);

  const codeChange = (types: readonly Update["modType"][]) => {
    const changes = updates.flatMap(({ code }) => changeOf(code, types));
    return some(["code_change", mode, changes], changes.length > 0);
  };
  const swaps = (mode === "up" ? group.toReversed() : group).flatMap(swap);
  const modules = updates.map(({ code }) => code.module);
  return [
    ...some(["suspend", updates.map(({ code }) => suspended(code))]),
    ...(mode === "up"
      ? [...swaps, ...codeChange(["static", "dynamic"])]
      : [...codeChange(["dynamic"]), ...swaps, ...codeChange(["static"])]),
    ...some(["resume", modules.toReversed()]),
  ];
}

const changeOf = (
  { module, change, modType }: Update,
  types: readonly Update["modType"][],
): readonly { readonly module: ModuleId; readonly extra: Json }[] =>
  change !== "soft" && types.includes(modType) ? [{ module, extra: change.advanced }] : [];

/** The object form only where something differs from the defaults. */
function suspended({ module, timeoutMs, inside }: Update): Suspend {
  if (timeoutMs === "default" && inside === "late") return module;
  return {
    module,
    ...(timeoutMs === "default" ? {} : { timeoutMs }),
    ...(inside === "late" ? {} : { inside }),
  };
}

function swap({ code, places }: CodeItem): readonly LowItem[] {
  const { module } = code;
  if (code.what !== "delete") {
    return [low(["load", { module, prePurge: code.prePurge, postPurge: code.postPurge }], places)];
  }
  return [
    low(["remove", { module, prePurge: "brutal_purge", postPurge: "brutal_purge" }], places),
    low(["purge", [module]], places),
  ];
}

function objectCodeOf(item: CodeItem, { to }: Sides): readonly LowItem[] {
  const { code, places } = item;
  if (code.what === "delete") return [];
  const owner = to.owner.get(code.module);
  if (owner === undefined) throw noSuchModule(code.module, firstPlace(item));
  return [low(["load_object_code", { app: owner.name, vsn: owner.vsn, modules: [code.module] }], places)];
}

function checkDeleted(group: readonly CodeItem[], { from }: Sides): void {
  for (const item of group) {
    if (item.code.what === "delete" && !from.owner.has(item.code.module)) {
      throw noSuchModule(item.code.module, firstPlace(item));
    }
  }
}

const noSuchModule = (module: ModuleId, place: ScriptPlace) =>
  new UnderwayError("relup/no_such_module", { module, place });
