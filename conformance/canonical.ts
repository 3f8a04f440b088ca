// Terms in one form, so that they can be compared: a string is its list of characters.

import { printTerm } from "../src/tools/erlang/print.ts";
import type { Term } from "../src/tools/erlang/term.ts";
import { isList, isTuple } from "../src/tools/erlang/term.ts";

/** The text of a term: equal texts, equal terms. */
export const canonical = (term: Term): string => printTerm(withoutStrings(term));

/** The text of a list of characters; undefined if it is none. */
export const charactersOf = (term: Term | undefined): string | undefined => {
  if (typeof term === "string") return term;
  if (term === undefined || !isList(term)) return undefined;
  return term.every((one) => typeof one === "number") ? String.fromCodePoint(...(term as number[])) : undefined;
};

// Internal.

function withoutStrings(term: Term): Term {
  if (typeof term === "string") return [...term].map((char) => char.codePointAt(0) ?? 0);
  if (isList(term)) return term.map(withoutStrings);
  return isTuple(term) ? { tuple: term.tuple.map(withoutStrings) } : term;
}
