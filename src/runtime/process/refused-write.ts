// V8 says of a write to a frozen object which property it was, not which object. What the writer could reach is searched
// for objects that fit. Used in development only.

import { types } from "node:util";
import { opaque } from "./data.ts";
import { entryStep, isModule, propertyStep } from "./data-fault.ts";

/** A write that a frozen object has refused. */
export interface RefusedWrite {
  readonly property: string;
  /** `add`: the object does not have the property; `change`: it does. */
  readonly kind: "add" | "change";
  /** Null where V8 does not say. */
  readonly array: boolean | null;
}

/** What an error says of a refused write; null if it is another error. */
export const refusedWrite = (error: unknown): RefusedWrite | null => {
  if (!types.isNativeError(error) || error.name !== "TypeError") return null;
  for (const [pattern, kind] of PATTERNS) {
    const [, property, of] = pattern.exec(error.message) ?? [];
    if (property !== undefined) return { property, kind, array: of === undefined ? null : of.includes("Array") };
  }
  return null;
};

/**
 * Paths in `value`, the nearest first, at which the write could have been; at most `max`. With `from`, they begin with it,
 * and `value` itself, a list of arguments, is out of the writer's reach.
 */
export const placesOfWrite = (value: unknown, write: RefusedWrite, max: number, from = ""): string[] => {
  if (write.array === null && /^\d+$/.test(write.property)) {
    // Most probably an array's element.
    const inArrays = placesOfWrite(value, { ...write, array: true }, max, from);
    if (inArrays.length > 0) return inArrays;
    return placesOfWrite(value, { ...write, array: false }, max, from);
  }
  const places: string[] = [];
  const met = new Set<unknown>();
  let level: (readonly [string, unknown])[] = [[from, value]];
  while (level.length > 0 && places.length < max && met.size < MET_MAX) {
    const next: (readonly [string, unknown])[] = [];
    for (const [path, part] of level) {
      if (typeof part !== "object" || part === null || met.has(part) || isModule(part)) continue;
      met.add(part);
      const reachable = from === "" || part !== value;
      if (reachable && fits(part, write)) places.push(trim(`${path}${stepOf(part, write)}`));
      for (const [step, inner] of partsOf(part)) next.push([`${path}${step}`, inner]);
    }
    level = next;
  }
  return places.slice(0, max);
};

/** Where an error was thrown: the first line of its stack that is a line of TypeScript outside Underway, else the first. */
export const thrownAt = (error: unknown): string | null => {
  const lines = (types.isNativeError(error) ? (error.stack ?? "") : "").split("\n");
  const places = lines.filter((line) => line.trimStart().startsWith("at ") && !RUNTIME.test(line));
  const place = places.find((line) => /\.ts:\d+:\d+\)?$/.test(line)) ?? places[0];
  return place?.trim().replace(/^at /, "") ?? null;
};

// Internal.

const PATTERNS: readonly (readonly [RegExp, RefusedWrite["kind"]])[] = [
  [/^Cannot assign to read only property '(.*)' of object '(.*)'/s, "change"],
  [/^Cannot delete property '(.*)' of (.*)/s, "change"],
  [/^Cannot redefine property: (.*)/s, "change"],
  [/^Cannot (?:add|define) property (.*), object is not extensible/s, "add"],
];
const MET_MAX = 10_000;
/** Files of Underway, from the sources and from a build. */
const RUNTIME = /\/(src|dist|underway[^/]*)\/runtime\/(process|behaviour|handler|code)\//;

const fits = (object: object, { property, kind, array }: RefusedWrite): boolean => {
  if (!Object.isFrozen(object) || (array !== null && array !== Array.isArray(object))) return false;
  if (kind === "change") return Object.hasOwn(object, property);
  return Array.isArray(object) ? property === String(object.length) : !Object.hasOwn(object, property);
};

const stepOf = (object: object, { property }: RefusedWrite): string =>
  Array.isArray(object) && /^\d+$/.test(property) ? `[${property}]` : propertyStep(property);

const partsOf = (object: object): Iterable<readonly [string, unknown]> => {
  if ((object as { [opaque]?: unknown })[opaque] === true || ArrayBuffer.isView(object)) return [];
  if (types.isMap(object)) return [...object].map(([key, part], index) => [entryStep(key, index), part] as const);
  if (types.isSet(object)) return [...object].map((part, index) => [`.values()[${index}]`, part] as const);
  if (Array.isArray(object)) return object.map((part, index) => [`[${index}]`, part] as const);
  return Object.entries(object).map(([key, part]) => [propertyStep(key), part] as const);
};

const trim = (path: string): string => (path.startsWith(".") ? path.slice(1) : path);
