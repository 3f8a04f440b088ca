// Reasons why something is refused, OTP's and ours, as one word and what it is about, so that they can be compared.

import type { ErrorCode, ErrorDetails } from "../src/error.ts";
import { UnderwayError } from "../src/error.ts";
import type { Term } from "../src/tools/erlang/term.ts";
import { elementsOf, isList, isTuple, nameOf } from "../src/tools/erlang/term.ts";
import { canonical, charactersOf } from "./canonical.ts";

/** `undef_module x/a`. Names are sorted where OTP's order is that of its own walk. */
export type Reason = string;

/** A form that we do not even bring over: OTP must refuse it too, for whatever it finds wrong about it. */
export const NO_FORM = "no_form";

/**
 * OTP's reason in comparable form.
 *
 * @param ours our reason: `bad_...` reasons are compared by their word only, unless ours is that it is no form at all.
 */
export function otpReason(reason: Term, ours: Reason): Reason {
  const [first, ...rest] = elementsOf(reason) ?? [];
  // systools_make collects what it could not read in a list.
  if (first === undefined) return isList(reason) ? unreadOnes(reason) : canonical(reason);
  const word = nameOf(first) ?? "?";
  if (word === "circular_dependencies") return circular(sorted(rest), ours);
  if (ours === NO_FORM && word.startsWith("bad_")) return NO_FORM;
  return [word, ...(subjects[word]?.(rest) ?? [])].join(" ");
}

/** Our reason in comparable form. */
export function ourReason(error: unknown): Reason {
  if (!(error instanceof UnderwayError)) throw error;
  const word = error.code.slice(error.code.indexOf("/") + 1);
  const show = ours[error.code as keyof typeof ours] as ((details: unknown) => readonly string[]) | undefined;
  if (error.code === "relup/bad_instruction" && isNoForm(error.details)) return NO_FORM;
  if (error.code === "release/error_reading") return (show?.(error.details) ?? []).join(" ");
  return [word, ...(show?.(error.details) ?? [])].join(" ");
}

/**
 * Stands in a script for a term that is no instruction; the name of one that may stand before the point of no return is
 * kept, since OTP looks at no more than that when it divides a script.
 */
export const noForm = (term: Term): readonly string[] => {
  const [head, ...rest] = isTuple(term) ? term.tuple : [];
  const name = nameOf(head) ?? "";
  const isKept = rest.length === 1 && (name === "load_object_code" || name === "apply");
  return [isKept ? name : NO_FORM, NO_FORM, "more parts", "than any", "instruction has"];
};

// Internal.

const isNoForm = (details: unknown): boolean => {
  const { value } = details as { readonly value: unknown };
  return Array.isArray(value) && value[1] === NO_FORM;
};

type Show = (rest: readonly Term[]) => readonly string[];

const one: Show = ([term]) => [nameOf(term) ?? "?"];
const sorted: Show = ([list]) => (list !== undefined && isList(list) ? list.map(nameIn).sort() : ["?"]);
const nameIn = (term: Term): string => {
  if (isTuple(term)) return nameIn(term.tuple[0] as Term);
  return nameOf(term) ?? charactersOf(term) ?? "?";
};
/** Elements are {{Name, App1, ...}, {Name, App2, ...}}. */
const pairs: Show = ([list]) => (list !== undefined && isList(list) ? [...new Set(list.map(nameIn))].sort() : ["?"]);

const subjects: Readonly<Record<string, Show>> = {
  no_object_code: one,
  no_such_application: one,
  no_such_module: one,
  undef_module: one,
  muldef_module: one,
  removed_application_present: one,
  suspended_not_resumed: sorted,
  resumed_not_suspended: sorted,
  start_not_stop: sorted,
  stop_not_start: sorted,
  conflicting_versions: ([app, first, second]) => [
    nameOf(app) ?? "?",
    ...[charactersOf(first) ?? "?", charactersOf(second) ?? "?"].sort(),
  ],
  no_relup: ([, app, vsn]) => [nameOf(app) ?? "?", charactersOf(vsn) ?? "?"],
  file_problem: ([problem]) => {
    const file = charactersOf((problem === undefined ? undefined : elementsOf(problem))?.[0]) ?? "?";
    return [file.replace(/^.*\/|\.appup$/g, "")];
  },
  undefined_applications: sorted,
  duplicate_register: pairs,
  duplicate_include: pairs,
  duplicate_modules: pairs,
  override_include: sorted,
  missing_mandatory_app: one,
  mandatory_app: ([app, type]) => [nameOf(app) ?? "?", nameOf(type) ?? "?"],
};

/** OTP's walk takes a member of the first circle out and goes on, so of several circles it names one or more; we all. */
function circular(names: readonly string[], ours: Reason): Reason {
  const [word, ...all] = ours.split(" ");
  const areAmong = word === "circular_dependencies" && names.every((name) => all.includes(name));
  return areAmong ? ours : ["circular_dependencies", ...names].join(" ");
}

/**
 * What systools_make could not read. We tell of missing files first, of all of them, and of an application that
 * includes what it may not only when there are none, one after the other.
 */
function unreadOnes(list: readonly Term[]): Reason {
  const parts = list.map((one) => {
    const [word, about] = elementsOf(one) ?? [];
    const [app, problem] = isTuple(about) ? about.tuple : [];
    const override = isTuple(problem) && nameOf(problem.tuple[0]) === "override_include" ? problem.tuple[1] : undefined;
    return { missing: `${nameOf(word)} ${nameOf(app)}`, override };
  });
  const missing = parts.filter(({ override }) => override === undefined);
  if (missing.length > 0)
    return missing
      .map((part) => part.missing)
      .sort()
      .join(" ");
  // OTP's list is the reverse of the release's.
  return ["override_include", ...sorted([parts.at(-1)?.override as Term])].join(" ");
}

type Ours = { readonly [Code in ErrorCode]?: (details: ErrorDetails<Code>) => readonly string[] };

const ours = {
  "relup/no_object_code": (d) => [d.module],
  "relup/no_such_application": (d) => [d.app],
  "relup/no_such_module": (d) => [d.module],
  "relup/undef_module": (d) => [d.module],
  "relup/muldef_module": (d) => [d.module],
  "relup/removed_application_present": (d) => [d.app],
  "relup/suspended_not_resumed": (d) => d.modules.toSorted(),
  "relup/resumed_not_suspended": (d) => d.modules.toSorted(),
  "relup/start_not_stop": (d) => d.modules.toSorted(),
  "relup/stop_not_start": (d) => d.modules.toSorted(),
  "relup/conflicting_versions": (d) => [d.app, ...d.vsns.toSorted()],
  "relup/no_relup": (d) => [d.app, d.other],
  "relup/file_problem": (d) => [d.app],
  "release/error_reading": (d) => d.problems.map(({ app }) => `error_reading ${app}`).sort(),
  "release/undefined_applications": (d) => d.undefined.map(({ app }) => app).sort(),
  "release/duplicate_register": (d) => d.duplicates.map(({ name }) => name).sort(),
  "release/duplicate_include": (d) => d.duplicates.map(({ app }) => app).sort(),
  "release/duplicate_modules": (d) => d.duplicates.map(({ module }) => module).sort(),
  "release/circular_dependencies": (d) => d.applications.map((one) => one.replace(/-[^-]*$/, "")).sort(),
  "release/override_include": (d) => d.applications.toSorted(),
  "release/missing_mandatory_app": () => ["kernel"],
  "release/mandatory_app": (d) => ["kernel", d.type],
} satisfies Ours;
