// Where in a state a migration was when it threw: the place that it has read last, found by running it again on a copy that
// watches.

import { copyState, entryOf, isPlain, pathOf } from "../process/state-copy.ts";

/** The path that `run` has read last before it threw, such as `members[2].name`; null if it read nothing, or does not throw. */
export const lastRead = (state: unknown, run: (state: unknown) => unknown): string | null => {
  let last: string | null = null;
  const told = (path: string): void => {
    last = path;
  };
  try {
    run(watched(copyState(state), "", told));
    return null;
  } catch {
    return last;
  }
};

// Internal.

const watched = (value: unknown, path: string, told: (path: string) => void): unknown => {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Map) return watchedMap(value, path, told);
  if (!Array.isArray(value) && !isPlain(value)) return value;
  return new Proxy(value, {
    get(target, key) {
      const read: unknown = Reflect.get(target, key);
      if (typeof key === "symbol" || typeof read === "function") return read;
      const at = pathOf(path, key);
      told(at);
      return watched(read, at, told);
    },
  });
};

/** A Map's own methods do not work on a proxy; those that lead to values are watched. */
const watchedMap = (map: Map<unknown, unknown>, path: string, told: (path: string) => void): unknown => {
  const entry = (key: unknown, value: unknown): unknown => {
    const at = entryOf(path, key);
    told(at);
    return watched(value, at, told);
  };
  function* entries(): IterableIterator<[unknown, unknown]> {
    for (const [key, value] of map) yield [key, entry(key, value)];
  }
  function* values(): IterableIterator<unknown> {
    for (const [, value] of entries()) yield value;
  }
  const methods: Readonly<Record<PropertyKey, unknown>> = {
    get: (key: unknown) => entry(key, map.get(key)),
    entries,
    [Symbol.iterator]: entries,
    values,
    forEach: (fn: (value: unknown, key: unknown, map: unknown) => void) => {
      for (const [key, value] of map) fn(entry(key, value), key, map);
    },
  };
  return new Proxy(map, {
    get(target, key) {
      if (key in methods) return methods[key];
      const read: unknown = Reflect.get(target, key, target);
      return typeof read === "function" ? read.bind(target) : read;
    },
  });
};
