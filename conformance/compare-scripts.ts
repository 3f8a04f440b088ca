// Gives the same scripts to OTP's systools_rc and to us, and compares the answers, in both directions.

import type { StartType } from "../src/release/app.ts";
import type { HighLevelInstruction } from "../src/release/appup.ts";
import type { Instruction } from "../src/release/relup.ts";
import type { GroupsOf } from "../src/release/translate/groups.ts";
import type { Contribution, Mode, Side } from "../src/release/translate/item.ts";
import { sideOf } from "../src/release/translate/item.ts";
import { translate } from "../src/release/translate/translate.ts";
import { exportScript } from "../src/tools/erlang/export-script.ts";
import { importScript } from "../src/tools/erlang/import-script.ts";
import { sameNames } from "../src/tools/erlang/naming.ts";
import type { Term } from "../src/tools/erlang/term.ts";
import { atom, elementsOf, isList, isTuple, nameOf, tuple } from "../src/tools/erlang/term.ts";
import { canonical } from "./canonical.ts";
import { groupsAsIn } from "./groups.ts";
import { noForm, otpReason, ourReason } from "./reasons.ts";
import type { OtpApp, ScriptCase } from "./script-cases.ts";
import { wrongFormOf } from "./wrong-forms.ts";

/** What both made of a case; equal texts where they agree. */
export interface Compared {
  readonly otp: string;
  readonly ours: string;
  /** OTP's order was one of several valid ones, and not ours. */
  readonly reordered: boolean;
}

/** The question to the oracle. OTP calls the way down `dn`. */
export const scriptQuestion = ({ scripts, to, from }: ScriptCase, mode: Mode): Term =>
  tuple(atom("translate"), atom(mode === "up" ? "up" : "dn"), scripts, to.map(appTerm), from.map(appTerm));

/** Compares OTP's answer with ours. */
export function compareScript(given: ScriptCase, mode: Mode, answer: Term): Compared {
  const contributions = given.scripts.map(
    (script, n): Contribution => ({ name: `script ${n + 1}`, script: importLoosely(script) }),
  );
  const sides = { from: side(given.from), to: side(given.to) };
  return compareTranslation(answer, (groupsOf) => translate(mode, contributions, sides, "otp", groupsOf).script, mode);
}

/**
 * Compares OTP's answer, `{ok, Script}` or `{error, Reason}`, with what `run` makes.
 *
 * Where nothing decides the order inside a group of modules, OTP's is that of its hash tables. A script that differs is
 * therefore made again with OTP's order of each group, where that is a valid one, and must then be equal in every word.
 */
export function compareTranslation(
  answer: Term,
  run: (groupsOf?: GroupsOf) => readonly Instruction[],
  mode: Mode,
): Compared {
  const [verdict, content] = elementsOf(answer) ?? [];
  const attempt = (groupsOf?: GroupsOf): string => {
    try {
      return canonical(exportScript(run(groupsOf), sameNames));
    } catch (error) {
      return ourReason(error);
    }
  };
  const ours = attempt();
  if (nameOf(verdict) !== "ok" || content === undefined || !isList(content)) {
    return { otp: otpReason(content ?? [], ours), ours, reordered: false };
  }
  const otp = canonical(content.map(plainNotation));
  if (otp === ours) return { otp, ours, reordered: false };
  const reordered = attempt(groupsAsIn(content, mode));
  return { otp, ours: reordered === otp ? reordered : ours, reordered: reordered === otp };
}

/**
 * Brings a script over. What is no instruction becomes the same mistake in our words, or something that the check of
 * forms refuses in its turn.
 */
export function importLoosely(script: readonly Term[]): readonly (HighLevelInstruction | Instruction)[] {
  return script.flatMap((one) => {
    try {
      return importScript([one], { file: "case", place: "script", naming: sameNames });
    } catch {
      const parts = isList(one) ? one : [one];
      // What a person wrote has no type before it is checked.
      return parts.map((part) => (wrongFormOf(part)?.form ?? noForm(part)) as never);
    }
  });
}

/**
 * What OTP lets stand in two ways, and we write in one: a timeout that is the default, a code change without a
 * direction.
 */
export function plainNotation(instruction: Term): Term {
  const [name, ...rest] = elementsOf(instruction) ?? [];
  const [first] = rest;
  if (nameOf(name) === "code_change" && rest.length === 1) return tuple(name as Term, atom("up"), ...rest);
  if (nameOf(name) !== "suspend" || first === undefined || !isList(first)) return instruction;
  const plain = first.map((one) => {
    const [module, timeout] = isTuple(one) ? one.tuple : [one];
    return nameOf(timeout) === "default" ? (module as Term) : one;
  });
  return tuple(name as Term, plain);
}

// Internal.

const appTerm = ({ name, vsn, type, modules }: OtpApp): Term => tuple(atom(name), vsn, atom(type), modules.map(atom));

const side = (apps: readonly OtpApp[]): Side =>
  sideOf(apps.map((app) => ({ ...app, type: app.type as StartType, included: false })));
