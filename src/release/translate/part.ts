// Checks of the parts of an instruction. Like those of ../shape.ts each knows its JSON Schema, but what is wrong is
// said with OTP's reason and the place in the script.

import type { ErrorCode, ScriptPlace } from "../../error.ts";
import { UnderwayError } from "../../error.ts";
import { isModuleId, moduleIdPattern } from "../names.ts";
import type { Schema } from "../shape.ts";

/** Throws, or returns. */
export interface Part {
  (value: unknown, place: ScriptPlace): void;
  readonly schema: Schema;
}

type BadCode = Extract<ErrorCode, `relup/bad_${string}`>;
/** Codes whose details are the wrong value and its place. */
export type BadPart = Exclude<BadCode, "relup/bad_op_before_point_of_no_return" | "relup/bad_regexp">;

// Values.

export const anything: Part = partOf({}, () => {});
export const text = (code: BadPart): Part => part(code, isText, { type: "string", minLength: 1 });
export const oneOf = (code: BadPart, ...values: readonly string[]): Part =>
  part(code, (value) => values.includes(value as string), { enum: values });
export const module: Part = part("relup/bad_module", isModuleId, { type: "string", pattern: moduleIdPattern.source });
/** Milliseconds above 0, or one of these words. */
export const timeout = (...words: readonly string[]): Part =>
  part("relup/bad_timeout", (value) => isMilliseconds(value) || words.includes(value as string), {
    anyOf: [{ type: "integer", minimum: 1 }, { enum: words }],
  });
export const change: Part = part(
  "relup/bad_change",
  (value) =>
    value === "soft" ||
    value === "supervisor" ||
    (isRecord(value) && Object.hasOwn(value, "advanced") && Object.keys(value).length === 1),
  {
    anyOf: [
      { enum: ["soft", "supervisor"] },
      { type: "object", required: ["advanced"], properties: { advanced: {} }, additionalProperties: false },
    ],
  },
);

// Combinations.

/** A check by a predicate, and the schema that says the same. */
export function part(code: BadPart, isGood: (value: unknown) => boolean, schema: Schema): Part {
  return partOf(schema, (value, place) => {
    if (!isGood(value)) throw new UnderwayError(code, { value, place });
  });
}

export const list = (element: Part): Part =>
  partOf({ type: "array", items: element.schema }, (value, place) => {
    if (!Array.isArray(value)) throw new UnderwayError("relup/bad_list", { value, place });
    for (const one of value) element(one, place);
  });

/** A record of parts; `required` ones must be there. Another key is a misspelling: it is refused. */
export const record = (
  parts: Readonly<Record<string, Part>>,
  required: readonly string[],
  code: BadPart = "relup/bad_instruction",
): Part => {
  const known = new Map(Object.entries(parts));
  const properties = Object.fromEntries(Object.entries(parts).map(([key, { schema }]) => [key, schema]));
  const schema = { type: "object", ...(required.length > 0 && { required }), properties, additionalProperties: false };
  return partOf(schema, (value, place) => {
    if (!isRecord(value) || required.some((key) => !Object.hasOwn(value, key))) {
      throw new UnderwayError(code, { value, place });
    }
    for (const key of Object.keys(value)) {
      const part = known.get(key);
      if (part === undefined) throw new UnderwayError("relup/bad_option", { value: key, place });
      part(value[key], place);
    }
  });
};

/** A record whose parts may all be missing. */
export const options = (parts: Readonly<Record<string, Part>>): Part => record(parts, []);

/** A record whose parts must all be there. */
export const fields = (parts: Readonly<Record<string, Part>>): Part => record(parts, Object.keys(parts));

/** One check for records, another for all else. */
export const recordOr = (ofRecord: Part, other: Part): Part =>
  partOf({ anyOf: [other.schema, ofRecord.schema] }, (value, place) =>
    (isRecord(value) ? ofRecord : other)(value, place),
  );

// Internal.

function partOf(schema: Schema, check: (value: unknown, place: ScriptPlace) => void): Part {
  return Object.assign(check, { schema });
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isMilliseconds(value: unknown): boolean {
  return typeof value === "number" && Number.isInteger(value) && value > 0;
}
