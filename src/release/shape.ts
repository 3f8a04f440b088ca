// Checks of unknown JSON: small ones for values, and ways to combine them into those of records and lists.
// Each knows the JSON Schema that says the same, so that what editors check and what Underway checks cannot drift
// apart.
//
// A check throws `release/bad_file` with the path of what is wrong, or returns. Keys that a check does not know are let
// through, so that a file may say more than this version understands.

import { UnderwayError } from "../error.ts";
import type { Lines } from "./json-lines.ts";

/** A JSON Schema, draft 7, which is what editors understand best. */
export type Schema = { readonly [keyword: string]: unknown };

/** Where a value stands: the file, and the path in its JSON: `upFrom[0].script`. */
export interface At {
  readonly file: string;
  readonly path: string;
  /** Where the file's parts stand, if it is known. */
  readonly lines?: Lines | undefined;
}

/** A check of values of type T. */
export interface Check<T> {
  (value: unknown, at: At): void;
  /** Only for the type checker: what has passed. */
  readonly passed?: T;
  /** Lets the same values pass, or, where JSON Schema cannot say it, more. Absent: any. */
  readonly schema?: Schema;
}

/** A check of a key that may be missing. */
export interface OptionalCheck<T> extends Check<T> {
  readonly optional: true;
}

/** One check for each key of T; a key that may be missing needs an optional one, others must not have one. */
export type Fields<T> = {
  readonly [K in keyof T]-?: object extends Pick<T, K>
    ? OptionalCheck<Exclude<T[K], undefined>>
    : Check<T[K]> & { readonly optional?: never };
};

// Values.

/** A check by a predicate; `expected` completes "must be". The schema must say what the predicate says. */
export const is = <T>(expected: string, isGood: (value: unknown) => boolean, schema: Schema = {}): Check<T> =>
  withSchema(schema, (value, at) => {
    if (!isGood(value)) throw unexpected(expected, value, at);
  });

export const text: Check<string> = is("a text", (value) => typeof value === "string", { type: "string" });
export const natural: Check<number> = is(
  "a whole number above 0",
  (value) => Number.isInteger(value) && (value as number) > 0,
  { type: "integer", minimum: 1 },
);
export const flag: Check<boolean> = is("true or false", (value) => typeof value === "boolean", { type: "boolean" });

/** Any JSON, `null` too, but not nothing. */
export const json = <T>(): Check<T> => is("a value", (value) => value !== undefined);

export const oneOf = <const T extends string | number | null>(...values: readonly T[]): Check<T> =>
  is(values.map((value) => JSON.stringify(value)).join(" or "), (value) => values.includes(value as T), {
    enum: values,
  });

// Combinations.

/** A list of values that all pass. */
export const list = <T>(element: Check<T>): Check<readonly T[]> =>
  withSchema({ type: "array", items: schemaOf(element) }, (value, at) => {
    if (!Array.isArray(value)) throw unexpected("a list", value, at);
    for (const [index, one] of value.entries()) element(one, { ...at, path: `${at.path}[${index}]` });
  });

/** A record with these keys. */
export const record = <T>(fields: Fields<T>): Check<T> => {
  const checks = Object.entries<Check<unknown> & { readonly optional?: boolean }>(fields);
  const required = checks.filter(([, check]) => !check.optional).map(([key]) => key);
  const properties = Object.fromEntries(checks.map(([key, check]) => [key, schemaOf(check)]));
  return withSchema({ type: "object", ...(required.length > 0 && { required }), properties }, (value, at) => {
    const found = asRecord(value, at);
    for (const [key, check] of checks) {
      if (check.optional && !Object.hasOwn(found, key)) continue;
      check(found[key], below(at, key));
    }
  });
};

/** A record whose keys are data. */
export const map = <T>(key: Check<string>, element: Check<T>): Check<{ readonly [key: string]: T }> =>
  withSchema({ type: "object", propertyNames: schemaOf(key), additionalProperties: schemaOf(element) }, (value, at) => {
    for (const [name, one] of Object.entries(asRecord(value, at))) {
      key(name, below(at, name));
      element(one, below(at, name));
    }
  });

/** A key that may be missing. */
export const optional = <T>(check: Check<T>): OptionalCheck<T> =>
  Object.assign((value: unknown, at: At) => check(value, at), { optional: true as const, schema: schemaOf(check) });

/** The same check with a schema, for one that is written by hand. */
export function withSchema<T>(schema: Schema, check: Check<T>): Check<T> {
  return Object.assign((value: unknown, at: At) => check(value, at), { schema });
}

/** What editors are told of a check. */
export function schemaOf(check: Check<unknown>): Schema {
  return check.schema ?? {};
}

/** The error about a value that did not pass. */
export const unexpected = (expected: string, value: unknown, at: At) =>
  new UnderwayError("release/bad_file", { file: at.file, path: at.path, ...lineOf(at), expected, found: shown(value) });

/** The line of a place, for the details of an error. */
export const lineOf = ({ lines, path }: At): { readonly line?: number } =>
  lines === undefined ? {} : { line: lines.at(path) };

// Internal.

function asRecord(value: unknown, at: At): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw unexpected("a record", value, at);
  return value as Readonly<Record<string, unknown>>;
}

const below = ({ path, ...rest }: At, key: string): At => ({
  ...rest,
  path: /^[\w$]+$/.test(key) ? (path === "" ? key : `${path}.${key}`) : `${path}[${JSON.stringify(key)}]`,
});

/** A value in a few words: long ones are cut, since an error is read by a person. */
function shown(value: unknown): string {
  const all = JSON.stringify(value);
  if (all === undefined) return value === undefined ? "nothing" : typeof value;
  return all.length > 60 ? `${all.slice(0, 60)}…` : all;
}
