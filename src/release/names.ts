// What names may look like: of modules, and of what becomes a part of a file's name.

import type { ModuleId } from "./data.ts";

/** Application, slash, path: two segments or more, none empty, none that leads upwards. */
export const isModuleId = (value: unknown): value is ModuleId =>
  typeof value === "string" && value.includes("/") && value.split("/").every(isSegment);

/** Letters, digits and a little else: the same file on every system, and never a path. */
export const isFileName = (value: unknown): value is string =>
  typeof value === "string" && /^[\p{L}\p{N}_@][\p{L}\p{N}_@.+-]*$/u.test(value);

/** A path that stays below the folder it is taken from. */
export const isPathBelow = (value: unknown): value is string =>
  typeof value === "string" && !value.includes("\\") && value.split("/").every(isSegment);

// Internal.

const isSegment = (segment: string) => segment !== "" && segment !== "." && segment !== ".." && !segment.includes("\0");
