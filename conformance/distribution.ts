// What generated cases contain: a comparison shows nothing about what never occurs in it.

import type { Term } from "../src/tools/erlang/term.ts";
import { elementsOf, isBinary, isList, nameOf } from "../src/tools/erlang/term.ts";
import type { ReleaseCase } from "./release-cases.ts";
import type { ScriptCase } from "./script-cases.ts";

// What must occur.

const highLevel = ["update", "load_module", "add_module", "delete_module"];
const ofApplications = ["add_application", "remove_application", "restart_application"];
const lowLevel = [
  ...["load_object_code", "point_of_no_return", "load", "remove", "purge", "suspend", "code_change", "resume"],
  ...["stop", "start", "sync_nodes", "apply", "restart_new_emulator", "restart_emulator"],
];
/** Every instruction, and what makes a script difficult. */
export const scriptContents: readonly string[] = [
  ...[...highLevel, ...ofApplications, ...lowLevel],
  ...["(several scripts)", "(a list in a script)", "(a circle)", "(a module twice)"],
  ...["(dependency into another script)", "(high and low level mixed)", "(point of no return in several scripts)"],
];
/** Every reason of systools_rc. */
export const scriptReasons: readonly string[] = [
  ...["bad_instruction", "bad_module", "bad_change", "bad_mod_type", "bad_purge_method", "bad_list", "bad_args_list"],
  ...["bad_node", "bad_application", "bad_start_type", "bad_func", "bad_lib", "bad_lib_vsn", "bad_timeout", "bad_mode"],
  ...["bad_code_change", "not_yet_implemented", "too_many_point_of_no_return", "bad_op_before_point_of_no_return"],
  ...["no_object_code", "suspended_not_resumed", "resumed_not_suspended", "start_not_stop", "stop_not_start"],
  ...["no_such_application", "removed_application_present", "no_such_module", "undef_module", "muldef_module"],
  "conflicting_versions",
];
export const releaseContents: readonly string[] = [
  ...["included applications", "optional applications", "optional applications that are absent", "uses"],
  ...["includes narrowed by the release", "several bases", "another runtime", "a wanted restart"],
  ...["type permanent", "type transient", "type temporary", "type load", "type none"],
  ...["added applications", "removed applications", "changed applications", "several changed applications"],
  ...["versions by a pattern", ...highLevel, "restart_application", "restart_emulator", "apply"],
];
/** The reasons of systools_relup and systools_make that a release which is a value can be refused for. */
export const releaseReasons: readonly string[] = [
  ...["missing_mandatory_app", "mandatory_app", "error_reading", "override_include", "undefined_applications"],
  ...["duplicate_register", "duplicate_include", "duplicate_modules", "circular_dependencies"],
  ...["file_problem", "no_relup"],
];

// What does occur.

/** Words for what a case of scripts contains: each name of an instruction, and what makes a script difficult. */
export function contentsOfScripts({ scripts }: ScriptCase): ReadonlySet<string> {
  const flat = scripts.map((script) => script.flatMap((one) => (isList(one) ? one : [one])));
  const instructions = flat.flat();
  const names = instructions.flatMap((one) => nameOf((elementsOf(one) ?? [])[0]) ?? []);
  const found = new Set(names);
  const subjects = instructions.filter(isCode).map(subjectOf);
  const mark = (word: string, isThere: boolean) => isThere && found.add(`(${word})`);
  mark("several scripts", scripts.length > 1);
  mark("a list in a script", scripts.flat().some(isList));
  mark("a circle", hasCircle(instructions));
  mark("a module twice", new Set(subjects).size < subjects.length);
  mark("dependency into another script", crossesScripts(flat));
  mark("high and low level mixed", subjects.length > 0 && names.some((name) => lowLevelCode.has(name)));
  mark("point of no return in several scripts", flat.filter((one) => one.some(isPoint)).length > 1);
  return found;
}

/** Words for what a case of releases contains. */
export function contentsOfReleases({ apps, top, bases, appups, restartEmulator }: ReleaseCase): ReadonlySet<string> {
  const found = new Set<string>();
  const mark = (word: string, isThere: boolean) => isThere && found.add(word);
  const members = (rel: typeof top) => new Map(rel.applications.map((one) => [one.name, one]));
  const inTop = members(top);
  const ofTop = apps.filter((app) => inTop.get(app.name)?.vsn === app.vsn);
  mark(
    "included applications",
    ofTop.some((app) => (app.includedApplications ?? []).length > 0),
  );
  mark(
    "optional applications",
    ofTop.some((app) => (app.optionalApplications ?? []).length > 0),
  );
  mark(
    "optional applications that are absent",
    ofTop.some((app) => app.optionalApplications?.some((name) => !inTop.has(name))),
  );
  mark(
    "includes narrowed by the release",
    top.applications.some((one) => one.includedApplications !== undefined),
  );
  mark(
    "uses",
    ofTop.some((app) => app.applications.some((name) => name !== "underway")),
  );
  for (const { type } of top.applications) mark(`type ${type}`, type !== undefined);
  mark("several bases", bases.length > 1);
  mark(
    "another runtime",
    bases.some((base) => base.runtime !== top.runtime),
  );
  mark("a wanted restart", restartEmulator);
  for (const base of bases) {
    const before = members(base);
    mark(
      "added applications",
      top.applications.some(({ name }) => !before.has(name)),
    );
    mark(
      "removed applications",
      base.applications.some(({ name }) => !inTop.has(name)),
    );
    const changed = top.applications.filter(({ name, vsn }) => (before.get(name)?.vsn ?? vsn) !== vsn);
    mark("changed applications", changed.length > 0);
    mark("several changed applications", changed.length > 1);
  }
  const entries = Object.values(appups).flatMap(({ upFrom, downTo }) => [...upFrom, ...downTo]);
  mark(
    "versions by a pattern",
    entries.some(({ vsn }) => isBinary(vsn)),
  );
  for (const one of entries.flatMap(({ script }) => script)) {
    const name = nameOf((elementsOf(one) ?? [])[0]);
    if (name !== undefined) found.add(name);
  }
  return found;
}

// Internal.

const code = new Set(["update", "load_module", "add_module", "delete_module"]);
const lowLevelCode = new Set(["load", "remove", "suspend", "code_change", "stop", "purge"]);

const isCode = (one: Term): boolean => code.has(nameOf((elementsOf(one) ?? [])[0]) ?? "");
const isPoint = (one: Term): boolean => nameOf(one) === "point_of_no_return";
const subjectOf = (one: Term): string => nameOf((elementsOf(one) ?? [])[1]) ?? "";

/** The last part is the list of dependencies where it is a list of atoms. */
function dependenciesOf(one: Term): readonly string[] {
  const last = (elementsOf(one) ?? []).slice(2).at(-1);
  return last !== undefined && isList(last) ? last.flatMap((term) => nameOf(term) ?? []) : [];
}

function hasCircle(instructions: readonly Term[]): boolean {
  const needs = new Map(instructions.filter(isCode).map((one) => [subjectOf(one), dependenciesOf(one)] as const));
  const reaches = (from: string, wanted: string, seen: Set<string>): boolean =>
    (needs.get(from) ?? []).some(
      (next) =>
        next !== from && (next === wanted || (seen.size !== seen.add(next).size && reaches(next, wanted, seen))),
    );
  return [...needs.keys()].some((module) => reaches(module, module, new Set()));
}

function crossesScripts(scripts: readonly (readonly Term[])[]): boolean {
  return scripts.some((script, n) => {
    const elsewhere = new Set(scripts.toSpliced(n, 1).flat().filter(isCode).map(subjectOf));
    return script.filter(isCode).some((one) => dependenciesOf(one).some((module) => elsewhere.has(module)));
  });
}
