// Checks the form of instructions. People write appups, so nothing is known about them before this check.
// OTP: systools_rc:check_syntax/1. The grammar of instructions stands in the heads of ../appup.ts and ../relup.ts.

import type { ErrorCode, ScriptPlace } from "../../error.ts";
import { UnderwayError } from "../../error.ts";
import type { HighLevelInstruction } from "../appup.ts";
import { isModuleId } from "../names.ts";
import type { Instruction } from "../relup.ts";

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
  if (form === undefined || elements.length < form.least || elements.length > form.parts.length) {
    throw new UnderwayError("relup/bad_instruction", { value, place });
  }
  form.parts.forEach((part, index) => {
    if (index < elements.length) part(elements[index], place);
  });
  return value as unknown as HighLevelInstruction | Instruction;
}

// Internal: the parts of an instruction. Each throws or returns.

type Part = (value: unknown, place: ScriptPlace) => void;
type BadCode = Extract<ErrorCode, `relup/bad_${string}`>;
/** Codes whose details are the wrong value and its place. */
type BadPart = Exclude<BadCode, "relup/bad_op_before_point_of_no_return" | "relup/bad_regexp">;

const part =
  (code: BadPart, isGood: (value: unknown) => boolean): Part =>
  (value, place) => {
    if (!isGood(value)) throw new UnderwayError(code, { value, place });
  };

const oneOf =
  (...values: readonly unknown[]) =>
  (value: unknown) =>
    values.includes(value);
const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isMilliseconds = (value: unknown) => typeof value === "number" && Number.isInteger(value) && value > 0;

const module: Part = part("relup/bad_module", isModuleId);
const app: Part = part("relup/bad_application", isText);
const startType: Part = part("relup/bad_start_type", oneOf("permanent", "transient", "temporary", "load", "none"));
const purge: Part = part("relup/bad_purge_method", oneOf("soft_purge", "brutal_purge"));
const inside: Part = part("relup/bad_inside", oneOf("late", "wait", "kill"));
const anything: Part = () => {};

const list =
  (element: Part, code: BadPart = "relup/bad_list"): Part =>
  (value, place) => {
    if (!Array.isArray(value)) throw new UnderwayError(code, { value, place });
    for (const one of value) element(one, place);
  };

/** A record of parts; `required` ones must be there. Another key is a misspelling: it is refused. */
const record =
  (parts: Readonly<Record<string, Part>>, required: readonly string[], code: BadPart): Part =>
  (value, place) => {
    if (!isRecord(value) || required.some((key) => !Object.hasOwn(value, key))) {
      throw new UnderwayError(code, { value, place });
    }
    for (const [key, one] of Object.entries(value)) {
      if (!Object.hasOwn(parts, key)) throw new UnderwayError("relup/bad_option", { value: key, place });
      parts[key]?.(one, place);
    }
  };

const options = (parts: Readonly<Record<string, Part>>): Part => record(parts, [], "relup/bad_instruction");
const fields = (parts: Readonly<Record<string, Part>>): Part =>
  record(parts, Object.keys(parts), "relup/bad_instruction");

const change = part(
  "relup/bad_change",
  (value) =>
    value === "soft" ||
    value === "supervisor" ||
    (isRecord(value) && Object.hasOwn(value, "advanced") && Object.keys(value).length === 1),
);
const mfa = fields({
  module,
  function: part("relup/bad_func", isText),
  args: part("relup/bad_args_list", Array.isArray),
});
const depMods = list(module);
const loadOptions = options({ prePurge: purge, postPurge: purge, depMods });
const swap = fields({ module, prePurge: purge, postPurge: purge });
const timeout = (...words: readonly string[]) =>
  part("relup/bad_timeout", (value) => isMilliseconds(value) || words.includes(value as string));
const suspended = record({ module, timeoutMs: timeout("infinity"), inside }, ["module"], "relup/bad_module");
const codeChange = record({ module, extra: anything }, ["module", "extra"], "relup/bad_code_change");

// Internal: the instructions.

interface Form {
  readonly parts: readonly Part[];
  /** How many of the parts must be there. */
  readonly least: number;
}

const form = (parts: readonly Part[], least = parts.length): Form => ({ parts, least });

const highLevel: Readonly<Record<string, Form>> = {
  update: form(
    [
      module,
      options({
        change,
        prePurge: purge,
        postPurge: purge,
        timeoutMs: timeout("default", "infinity"),
        modType: part("relup/bad_mod_type", oneOf("static", "dynamic")),
        depMods,
        inside,
      }),
    ],
    1,
  ),
  load_module: form([module, loadOptions], 1),
  add_module: form([module, options({ depMods })], 1),
  delete_module: form([module, options({ depMods })], 1),
  add_application: form([app, startType], 1),
  remove_application: form([app]),
  restart_application: form([app]),
};

const lowLevel: Readonly<Record<string, Form>> = {
  load_object_code: form([
    fields({ app: part("relup/bad_lib", isText), vsn: part("relup/bad_lib_vsn", isText), modules: list(module) }),
  ]),
  point_of_no_return: form([]),
  load: form([swap]),
  remove: form([swap]),
  purge: form([list(module)]),
  suspend: form([list((value, place) => (isRecord(value) ? suspended : module)(value, place))]),
  code_change: form([part("relup/bad_mode", oneOf("up", "down")), list(codeChange, "relup/bad_code_change")]),
  resume: form([list(module)]),
  stop: form([list(module)]),
  start: form([list(module)]),
  sync_nodes: form([
    anything,
    (value, place) => (isRecord(value) ? mfa : list(part("relup/bad_node", isText)))(value, place),
  ]),
  apply: form([mfa, options({ undo: mfa })], 1),
  restart_new_emulator: form([]),
  restart_emulator: form([]),
};

const formOf = (name: string, level: Level): Form | undefined => {
  if (Object.hasOwn(lowLevel, name)) return lowLevel[name];
  return level === "appup" && Object.hasOwn(highLevel, name) ? highLevel[name] : undefined;
};
