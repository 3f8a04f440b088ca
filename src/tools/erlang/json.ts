// Free values: configuration, arguments, extras. Erlang has more kinds of values than JSON, so some become one:
//
//   true, false, null         the same                       true, false, null
//   any other atom, string, binary       text                an atom where it looks like one, else a string
//   integer, float            number                         integer, or float where it has a fraction
//   list, tuple               list                           list
//   map, keys texts           record                         map, keys atoms

import { UnderwayError } from "../../error.ts";
import type { Json } from "../../release/data.ts";
import { printTerm } from "./print.ts";
import type { Term } from "./term.ts";
import { atom, isList } from "./term.ts";

/**
 * A term as JSON.
 *
 * @param where what to say when the term has no counterpart.
 * @throws erlang/no_counterpart for integers that JavaScript cannot hold, and maps whose keys are no texts
 */
export function toJson(term: Term, where: { readonly file: string; readonly place: string }): Json {
  const json = (one: Term): Json => {
    if (typeof one === "number" || typeof one === "string") return one;
    if (typeof one === "bigint") throw noCounterpart(one, where);
    if (isList(one)) return one.map(json);
    if ("atom" in one) return words.has(one.atom) ? (JSON.parse(one.atom) as Json) : one.atom;
    if ("tuple" in one) return one.tuple.map(json);
    if ("binary" in one) return one.binary;
    if ("float" in one) return one.float;
    const entries = one.map.map(([key, value]) => {
      const name = json(key);
      if (typeof name !== "string") throw noCounterpart(key, where);
      return [name, json(value)] as const;
    });
    return Object.fromEntries(entries);
  };
  return json(term);
}

/** JSON as a term. */
export function fromJson(value: Json): Term {
  if (value === null || typeof value === "boolean") return atom(String(value));
  if (typeof value === "string") return /^[a-z][a-zA-Z0-9_@]*$/.test(value) && !words.has(value) ? atom(value) : value;
  if (typeof value === "number") return Number.isInteger(value) ? value : { float: value };
  if (Array.isArray(value)) return value.map(fromJson);
  return { map: Object.entries(value).map(([key, one]) => [atom(key), fromJson(one)] as const) };
}

/** The error about a term that has no counterpart. */
export const noCounterpart = (term: Term, where: { readonly file: string; readonly place: string }) => {
  const printed = printTerm(term);
  return new UnderwayError("erlang/no_counterpart", {
    ...where,
    term: printed.length > 80 ? `${printed.slice(0, 80)}…` : printed,
  });
};

// Internal.

const words = new Set(["true", "false", "null"]);
