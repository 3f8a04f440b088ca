// Cases with OTP's answers, as files: so that the comparison can be made where there is no Erlang. One JSON value a
// line; terms as Erlang's text.

import { parseTerms } from "../src/tools/erlang/parse.ts";
import { printTerm } from "../src/tools/erlang/print.ts";
import type { Term } from "../src/tools/erlang/term.ts";
import type { OtpAppup, OtpAppupEntry, ReleaseCase } from "./release-cases.ts";
import { fromApps, type ScriptCase, toApps } from "./script-cases.ts";

export interface RecordedScripts {
  readonly name: string;
  readonly given: ScriptCase;
  readonly up: Term;
  readonly down: Term;
}
export interface RecordedRelease {
  readonly name: string;
  readonly given: ReleaseCase;
  readonly answer: Term;
}

/** A line of `scripts.jsonl`. The applications are those of all generated cases. */
export const writeScripts = ({ name, given, up, down }: RecordedScripts): string =>
  JSON.stringify({
    name,
    scripts: given.scripts.map((one) => printTerm(one)),
    up: printTerm(up),
    down: printTerm(down),
  });

export function readScripts(line: string): RecordedScripts {
  const { name, scripts, up, down } = JSON.parse(line) as {
    readonly name: string;
    readonly scripts: readonly string[];
    readonly up: string;
    readonly down: string;
  };
  const given = { scripts: scripts.map((text) => term(text) as readonly Term[]), to: toApps, from: fromApps };
  return { name, given, up: term(up), down: term(down) };
}

/** A line of `releases.jsonl`. */
export const writeRelease = ({ name, given, answer }: RecordedRelease): string =>
  JSON.stringify({ name, given: { ...given, appups: appups(given.appups, printTerm) }, answer: printTerm(answer) });

export function readRelease(line: string): RecordedRelease {
  const { name, given, answer } = JSON.parse(line) as {
    readonly name: string;
    readonly given: Omit<ReleaseCase, "appups"> & { readonly appups: Readonly<Record<string, Appup<string>>> };
    readonly answer: string;
  };
  // A script is printed as the list that it is.
  const read = appups(given.appups, term) as Readonly<Record<string, OtpAppup>>;
  return { name, given: { ...given, appups: read }, answer: term(answer) };
}

// Internal.

const term = (text: string): Term => parseTerms(`${text}.`, "a recorded case")[0] ?? [];

interface Appup<T> {
  readonly vsn: string;
  readonly upFrom: readonly { readonly vsn: T; readonly script: T }[];
  readonly downTo: readonly { readonly vsn: T; readonly script: T }[];
}

function appups<From, To>(
  all: Readonly<Record<string, Appup<From> | OtpAppup>>,
  convert: (one: From & Term) => To,
): Readonly<Record<string, Appup<To>>> {
  const entry = (one: OtpAppupEntry | { readonly vsn: From; readonly script: From }) => ({
    vsn: convert(one.vsn as From & Term),
    script: convert(one.script as From & Term),
  });
  return Object.fromEntries(
    Object.entries(all).map(([name, { vsn, upFrom, downTo }]) => [
      name,
      { vsn, upFrom: upFrom.map(entry), downTo: downTo.map(entry) },
    ]),
  );
}
