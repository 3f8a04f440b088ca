// Checks the form of instructions. People write appups, so nothing is known about them before this check.
// OTP: systools_rc:check_syntax/1.

import type { ScriptPlace } from "../../error.ts";
import { isUnderwayError, UnderwayError } from "../../error.ts";
import type { HighLevelInstruction } from "../appup.ts";
import { nearest } from "../nearest.ts";
import type { Instruction } from "../relup.ts";
import type { Schema } from "../shape.ts";
import type { Form } from "./grammar.ts";
import { highLevelForms, lowLevelForms } from "./grammar.ts";

/** `appup`: high-level instructions are allowed too. */
export type Level = "appup" | "relup";

/**
 * Checks the form of one instruction and returns it.
 *
 * @throws `relup/bad_instruction` for what is no instruction of this level, else `relup/bad_*` for the wrong part.
 */
export function checkInstruction(value: unknown, place: ScriptPlace, level: "relup"): Instruction;
export function checkInstruction(value: unknown, place: ScriptPlace, level: Level): HighLevelInstruction | Instruction;
export function checkInstruction(value: unknown, place: ScriptPlace, level: Level): HighLevelInstruction | Instruction {
  const name: unknown = Array.isArray(value) ? value[0] : undefined;
  const form = typeof name === "string" ? formOf(name, level) : undefined;
  const elements = Array.isArray(value) ? value.slice(1) : [];
  if (name === "mnesia_backup" && elements.length === 0)
    throw new UnderwayError("relup/not_yet_implemented", { value, place });
  if (form === undefined) {
    const known = formsOf(level).map(([one]) => one);
    const written = typeof name === "string" ? name : typeof value === "string" ? value : undefined;
    const meant = written === undefined ? undefined : nearest(written, known);
    const usage = meant === undefined ? undefined : formOf(meant, level)?.usage;
    throw new UnderwayError("relup/bad_instruction", { value, place, ...(usage && { usage }) });
  }
  const { usage } = form;
  if (elements.length < form.least || elements.length > form.parts.length) {
    throw new UnderwayError("relup/bad_instruction", { value, place, usage });
  }
  try {
    for (const [index, element] of elements.entries()) form.parts[index]?.(element, place);
  } catch (error) {
    // A part knows what it must be, and not which instruction it is a part of.
    if (isUnderwayError(error, "relup/bad_instruction")) {
      throw new UnderwayError("relup/bad_instruction", { ...error.details, usage });
    }
    if (isUnderwayError(error, "relup/bad_option")) {
      throw new UnderwayError("relup/bad_option", { ...error.details, usage });
    }
    throw error;
  }
  return value as unknown as HighLevelInstruction | Instruction;
}

/**
 * The JSON Schema of the instructions of a level.
 *
 * The name decides what must stand behind it, so that an editor names the part that is wrong instead of all
 * instructions that it could have been.
 */
export function instructionSchema(level: Level): Schema {
  const forms = formsOf(level);
  return {
    type: "array",
    minItems: 1,
    items: [
      {
        enum: forms.map(([name]) => name),
        enumDescriptions: forms.map(([, { doc }]) => doc),
      },
    ],
    allOf: forms.map(([name, { parts, least, doc }]) => ({
      if: { type: "array", items: [{ const: name }] },
      // biome-ignore lint/suspicious/noThenProperty: A keyword of JSON Schema.
      then: {
        description: doc,
        minItems: least + 1,
        maxItems: parts.length + 1,
        items: [{ const: name }, ...parts.map(({ schema }) => schema)],
      },
    })),
  };
}

// Internal.

const low: readonly (readonly [string, Form])[] = Object.entries(lowLevelForms);
const all: readonly (readonly [string, Form])[] = [...Object.entries(highLevelForms), ...low];
const byName = { appup: new Map(all), relup: new Map(low) };

const formOf = (name: string, level: Level): Form | undefined => byName[level].get(name);
const formsOf = (level: Level) => [...byName[level]];
