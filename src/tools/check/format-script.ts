// Writes scripts for people: as JSON with an instruction a line, and as words.

import type { HighLevelInstruction } from "../../release/appup.ts";
import type { Json, Mfa } from "../../release/data.ts";
import type { Instruction } from "../../release/relup.ts";

/** In an appup and a relup an instruction is nested this deep: file, list, entry, script, instruction. */
const instructionDepth = 4;
const lineWidth = 120;

/** JSON of an appup or relup: what stands deeper than the script is put on one line where it fits. */
export const formatScriptJson = (value: unknown): string => `${format(value as Json, 0, "")}\n`;

/** `["update", "chat/room", { "change": { "advanced": [] }, ... }]` -> `update chat/room, advanced [], soft_purge`. */
export function describeInstruction(instruction: HighLevelInstruction | Instruction): string {
  const [name, ...args] = instruction;
  const [subject, ...others] = args.map((each) => describe(each as Json)).filter((each) => each !== "");
  return [subject === undefined ? name : `${name} ${subject}`, ...others].join(", ");
}

// Internal.

function format(value: Json, depth: number, indent: string): string {
  const line = JSON.stringify(value, null, 1)
    .replace(/\n\s*/g, " ")
    .replace(/([[]) | (\])/g, "$1$2");
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (depth >= instructionDepth && indent.length + line.length < lineWidth) return line;
  const deeper = `${indent}  `;
  const isList = Array.isArray(value);
  const parts = isList
    ? value.map((each) => format(each, depth + 1, deeper))
    : Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${format(each, depth + 1, deeper)}`);
  const [open, close] = isList ? "[]" : "{}";
  if (parts.length === 0) return `${open}${close}`;
  return `${open}\n${parts.map((part) => deeper + part).join(",\n")}\n${indent}${close}`;
}

function describe(value: Json): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.length === 0 ? "[]" : `[${value.map(describe).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if ("function" in value && "args" in value) {
    const { module, function: name, args } = value as unknown as Mfa;
    return `${module}:${name}(${args.map(describe).join(", ")})`;
  }
  const { prePurge, postPurge, ...others } = value as { readonly [key: string]: Json };
  const purges = prePurge === postPurge ? { purge: prePurge } : { prePurge, postPurge };
  return Object.entries({ ...others, ...purges })
    .flatMap(([key, each]) =>
      each === undefined ? [] : spokenKeys.has(key) ? `${key} ${describe(each)}` : describe(each),
    )
    .join(", ");
}

/** The others are clear from their values. */
const spokenKeys = new Set(["advanced", "depMods", "inside", "postPurge", "prePurge", "timeoutMs", "undo"]);
