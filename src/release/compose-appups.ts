// Joins the scripts of a path through several versions of an application, 1 -> 2 -> 3, where no appup leads directly.
//
// Only the code of the last version is ever loaded: migrations of state are chained by vsn, so the newest module has
// all of them (going down, the oldest needs none: the running one has them). So the steps are not run one after the
// other; each module is handled once:
//
//   add, then update or load    add                           where it is added
//   update or load, twice       update if one is, else load   where it is first mentioned: later steps may rely on it
//   update or load, then delete delete                        where it is deleted: earlier steps may rely on the module
//   add, then delete            nothing
//   delete, then add            load                          where it is added
//   start, then delete a child  nothing
//
// Everything else stays, in order. Low-level instructions about code are refused: what they meant in between is lost.
// OTP has no such composition.

import type { ScriptPlace } from "../error.ts";
import { UnderwayError } from "../error.ts";
import type { Appup, Change, HighLevelInstruction, UpdateOptions } from "./appup.ts";
import { findEntry } from "./appup-match.ts";
import type { ModuleId, Name, Vsn } from "./data.ts";
import type { Instruction } from "./relup.ts";
import type { Contribution, Mode } from "./translate/item.ts";
import { placeOf } from "./translate/merge.ts";

/** One step of a path: an appup, and the other version. */
export interface AppupStep {
  readonly from: Vsn;
  readonly to: Vsn;
  readonly name: string;
  readonly script: readonly (HighLevelInstruction | Instruction)[];
}

/**
 * Finds the shortest path from one version of an application to another; undefined if there is none.
 *
 * Going up a step is an entry of the later version's `upFrom`; going down, of the later version's `downTo`.
 *
 * @param appups of any versions of the application; of two for one version the first counts.
 */
export function findPath(
  app: Name,
  mode: Mode,
  [from, to]: readonly [Vsn, Vsn],
  appups: readonly Appup[],
): readonly AppupStep[] | undefined {
  const ofVsn = new Map(appups.toReversed().map((appup) => [appup.vsn, appup]));
  const named = appups.flatMap(({ upFrom, downTo }) => [...upFrom, ...downTo].map(({ vsn }) => vsn));
  const vsns = new Set([...ofVsn.keys(), ...named.filter((vsn) => typeof vsn === "string"), from, to]);
  const paths: (readonly AppupStep[])[] = [[]];
  const reached = new Set([from]);
  for (const path of paths) {
    const at = path.at(-1)?.to ?? from;
    if (at === to) return path;
    for (const next of vsns) {
      if (reached.has(next)) continue;
      const step = stepOf(app, mode, at, next, ofVsn);
      if (step === undefined) continue;
      reached.add(next);
      paths.push([...path, step]);
    }
  }
  return undefined;
}

/**
 * Joins the steps of a path: a contribution each, of which together no module is handled twice.
 *
 * @throws relup/cannot_compose
 */
export function composeSteps(app: Name, steps: readonly AppupStep[]): readonly Contribution[] {
  const elements = steps.flatMap(({ name, script }, step) =>
    script.map(
      (instruction, index): Element => ({ step, instruction, place: placeOf(name, index, instruction, undefined) }),
    ),
  );
  const path = [steps[0]?.from ?? "", ...steps.map(({ to }) => to)];
  const refuse = ({ place }: Element, problem: string) =>
    new UnderwayError("relup/cannot_compose", { app, path, problem, place });
  for (const element of elements) {
    if (lowLevelCode.has(element.instruction[0])) {
      throw refuse(element, `"${element.instruction[0]}" is meant for the code in between, which is never loaded`);
    }
  }
  const kept = withoutPassingChildren(withoutRestarted(elements));
  const subjects = Map.groupBy(kept.filter(isAboutCode), ({ instruction }) => instruction[1]);
  const replaced = new Map<Element, readonly CodeInstruction[]>();
  for (const about of subjects.values()) {
    let joined: Joined = { at: about[0] as CodeElement, instruction: (about[0] as CodeElement).instruction };
    for (const next of about.slice(1)) {
      const result = join(joined, next);
      if (typeof result === "string") throw refuse(next, result);
      joined = result;
    }
    for (const element of about) replaced.set(element, []);
    if (joined.instruction !== null) replaced.set(joined.at, [joined.instruction]);
  }
  const gone = new Set(
    [...subjects].filter(([, about]) => about.every((one) => replaced.get(one)?.length === 0)).map(([m]) => m),
  );
  return steps.map(({ name }, step) => {
    const own = kept
      .filter((element) => element.step === step)
      .flatMap((element) =>
        (replaced.get(element) ?? [element.instruction]).map((instruction) => ({
          instruction: withoutDependencies(instruction, gone),
          place: element.place,
        })),
      );
    return { name, script: own.map((one) => one.instruction), places: own.map((one) => one.place) };
  });
}

// Internal: the path.

function stepOf(app: Name, mode: Mode, from: Vsn, to: Vsn, appups: ReadonlyMap<Vsn, Appup>): AppupStep | undefined {
  const [later, other, list] = mode === "up" ? ([to, from, "upFrom"] as const) : ([from, to, "downTo"] as const);
  const entry = findEntry(appups.get(later)?.[list] ?? [], other, app);
  return entry && { from, to, name: `${app}.appup.json of ${later}, ${list} "${other}"`, script: entry.script };
}

// Internal: the steps.

type CodeInstruction = Extract<
  HighLevelInstruction,
  readonly ["update" | "load_module" | "add_module" | "delete_module", ...unknown[]]
>;

interface Element {
  readonly step: number;
  readonly instruction: HighLevelInstruction | Instruction;
  readonly place: ScriptPlace;
}
interface CodeElement extends Element {
  readonly instruction: CodeInstruction;
}

const codeNames = new Set(["update", "load_module", "add_module", "delete_module"]);
const isAboutCode = (element: Element): element is CodeElement => codeNames.has(element.instruction[0]);

/** They name code of the version in between, or processes that run it. */
const lowLevelCode = new Set([
  ...["load_object_code", "load", "remove", "purge", "suspend", "code_change", "resume", "stop", "start"],
]);

/** A restart of an application replaces all its modules, so what other steps say of them is done; once is enough. */
function withoutRestarted(elements: readonly Element[]): readonly Element[] {
  const restarted = new Set<Name>();
  for (const { instruction } of elements) if (instruction[0] === "restart_application") restarted.add(instruction[1]);
  const seen = new Set<Name>();
  return elements.filter((element) => {
    const { instruction } = element;
    if (isAboutCode(element)) return !restarted.has(element.instruction[1].replace(/\/.*/, ""));
    if (instruction[0] !== "restart_application") return true;
    return seen.size !== seen.add(instruction[1]).size;
  });
}

/** A child that only a version in between has is never started: no supervisor's `init` that runs lists it. */
function withoutPassingChildren(elements: readonly Element[]): readonly Element[] {
  const started = new Map<string, Element>();
  const dropped = new Set<Element>();
  for (const element of elements) {
    const [name, supervisor, id] = element.instruction;
    if (name !== "start_child" && name !== "delete_child") continue;
    const child = JSON.stringify([supervisor, id]);
    if (name === "start_child") started.set(child, element);
    const start = started.get(child);
    if (name === "delete_child" && start !== undefined) {
      dropped.add(start).add(element);
      started.delete(child);
    }
  }
  return elements.filter((element) => !dropped.has(element));
}

/** What is to be done about a module, and where it stands; null when nothing is. */
interface Joined {
  readonly at: Element;
  readonly instruction: CodeInstruction | null;
}

/** Joins what was said about a module with what is said next; a text says why it cannot be. */
function join({ at, instruction: before }: Joined, next: CodeElement): Joined | string {
  const { instruction: after } = next;
  const module = after[1];
  const was = before?.[0] ?? "delete_module";
  if (after[0] === "delete_module") {
    if (was === "delete_module") return `"${module}" is deleted twice`;
    return { at: next, instruction: was === "add_module" ? null : after };
  }
  if (after[0] === "add_module") {
    if (was !== "delete_module") return `"${module}" is added though it is there`;
    // Added and deleted before: still added. There at the beginning and deleted: replaced.
    if (before === null) return { at: next, instruction: after };
    return { at: next, instruction: ["load_module", module, after[2] ?? {}] };
  }
  if (before === null || before[0] === "delete_module") return `"${module}" is replaced though it was deleted`;
  const depMods = [...new Set([...(before[2]?.depMods ?? []), ...(after[2]?.depMods ?? [])])];
  if (before[0] === "add_module") return { at, instruction: ["add_module", module, { depMods }] };
  if (before[0] === "load_module" && after[0] === "load_module") {
    return { at, instruction: ["load_module", module, { ...before[2], ...after[2], depMods }] };
  }
  const options: UpdateOptions = { ...before[2], ...after[2], depMods };
  const change = joinChanges(changeOf(before), changeOf(after));
  if (change === undefined) return `"${module}" is given two different extras, and its migrations get one`;
  return { at, instruction: ["update", module, { ...options, change }] };
}

const changeOf = (instruction: CodeInstruction): Change =>
  instruction[0] === "update" ? (instruction[2]?.change ?? "soft") : "soft";

/** A conversion wins over none; of two conversions a supervisor's wins, and others must say the same. */
function joinChanges(a: Change, b: Change): Change | undefined {
  if (a === "soft") return b;
  if (b === "soft" || JSON.stringify(a) === JSON.stringify(b)) return a;
  const isEmpty = (change: Change) =>
    typeof change === "object" && Array.isArray(change.advanced) && change.advanced.length === 0;
  if (a === "supervisor" && isEmpty(b)) return a;
  return b === "supervisor" && isEmpty(a) ? b : undefined;
}

/** A module that is not handled any more is nothing to depend on. */
function withoutDependencies(
  instruction: HighLevelInstruction | Instruction,
  gone: ReadonlySet<ModuleId>,
): HighLevelInstruction | Instruction {
  if (!codeNames.has(instruction[0])) return instruction;
  const [name, module, options] = instruction as CodeInstruction;
  if (options?.depMods === undefined) return instruction;
  const depMods = options.depMods.filter((one) => !gone.has(one));
  return [name, module, { ...options, depMods }] as CodeInstruction;
}
