// What names may look like: of modules, and of what becomes a part of a file's name. As patterns, which JSON Schemas
// name too.

import type { ModuleId } from "./data.ts";

/** Application, slash, path: two segments or more, none empty, none that leads upwards. */
export const moduleIdPattern = /^(?!\.{1,2}\/)[^/\0]+(?:\/(?!\.{1,2}(?:\/|$))[^/\0]+)+$/u;

/** Letters, digits and a little else: the same file on every system, and never a path. */
export const fileNamePattern = /^[\p{L}\p{N}_@][\p{L}\p{N}_@.+-]*$/u;

/** A path that stays below the folder it is taken from. */
export const pathBelowPattern = /^(?!\.{1,2}(?:\/|$))[^/\\\0]+(?:\/(?!\.{1,2}(?:\/|$))[^/\\\0]+)*$/u;

export const isModuleId = (value: unknown): value is ModuleId =>
  typeof value === "string" && moduleIdPattern.test(value);

export const isFileName = (value: unknown): value is string => typeof value === "string" && fileNamePattern.test(value);

export const isPathBelow = (value: unknown): value is string =>
  typeof value === "string" && pathBelowPattern.test(value);
