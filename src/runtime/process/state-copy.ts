// Copies of states, to try a migration on, and what differs between two of them. What is not made of data (a Pid, a
// resource, an instance of a class) is not copied: it stands for something, and is the same in every copy.

/** A copy that shares nothing that could be changed: of objects, arrays, Map, Set, Date and buffers. Cycles are kept. */
export const copyState = <T>(value: T): T => copy(value, new Map()) as T;

/**
 * The path of the first place in which two states differ, such as `members[2].name`; "" for the whole; null if they do not.
 * Where there is a lot of it, the first is enough: it is for people.
 */
export const firstDifference = (a: unknown, b: unknown): string | null => difference(a, b, "", new Map());

/** A path with one more step. */
export const pathOf = (path: string, key: string | number): string => {
  if (typeof key === "number" || /^\d+$/.test(key)) return `${path}[${key}]`;
  if (!/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
};

/** A path into a Map. */
export const entryOf = (path: string, key: unknown): string =>
  `${path}.get(${typeof key === "string" ? JSON.stringify(key) : String(key)})`;

export const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

// Internal.

const copy = (value: unknown, seen: Map<object, unknown>): unknown => {
  if (typeof value !== "object" || value === null) return value;
  const known = seen.get(value);
  if (known !== undefined) return known;
  const keep = <T>(made: T): T => {
    seen.set(value, made);
    return made;
  };
  if (Array.isArray(value)) {
    const made: unknown[] = keep([]);
    for (const one of value) made.push(copy(one, seen));
    return made;
  }
  if (value instanceof Map) {
    const made = keep(new Map<unknown, unknown>());
    for (const [key, one] of value) made.set(copy(key, seen), copy(one, seen));
    return made;
  }
  if (value instanceof Set) {
    const made = keep(new Set<unknown>());
    for (const one of value) made.add(copy(one, seen));
    return made;
  }
  if (value instanceof Date) return keep(new Date(value));
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return keep(structuredClone(value));
  if (!isPlain(value)) return value;
  const made: Record<string, unknown> = keep(Object.create(Object.getPrototypeOf(value) as object | null));
  // Defined and not assigned: a key may be `__proto__`.
  const options = { enumerable: true, writable: true, configurable: true };
  for (const [key, one] of Object.entries(value)) {
    Object.defineProperty(made, key, { ...options, value: copy(one, seen) });
  }
  return made;
};

const difference = (a: unknown, b: unknown, path: string, seen: Map<object, object>): string | null => {
  if (Object.is(a, b)) return null;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return path;
  if (seen.get(a) === b) return null;
  seen.set(a, b);
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return path;
  if (Array.isArray(a) && Array.isArray(b)) return inLists(a, b, path, seen);
  if (a instanceof Map && b instanceof Map) return inMaps(a, b, path, seen);
  // In their order, which a program can see.
  if (a instanceof Set && b instanceof Set) return inLists([...a], [...b], `${path}.values()`, seen);
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime() ? null : path;
  if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b)) return sameBytes(a, b) ? null : path;
  if (a instanceof ArrayBuffer && b instanceof ArrayBuffer) {
    return sameBytes(new Uint8Array(a), new Uint8Array(b)) ? null : path;
  }
  return isPlain(a) ? inObjects(a, b, path, seen) : path;
};

const inLists = (
  a: readonly unknown[],
  b: readonly unknown[],
  path: string,
  seen: Map<object, object>,
): string | null => {
  if (a.length !== b.length) return pathOf(path, "length");
  for (const [index, one] of a.entries()) {
    const found = difference(one, b[index], pathOf(path, index), seen);
    if (found !== null) return found;
  }
  return null;
};

const inMaps = (
  a: ReadonlyMap<unknown, unknown>,
  b: ReadonlyMap<unknown, unknown>,
  path: string,
  seen: Map<object, object>,
): string | null => {
  if (a.size !== b.size) return pathOf(path, "size");
  const others = b.entries();
  for (const [key, one] of a) {
    const [otherKey, other] = others.next().value as [unknown, unknown];
    if (difference(key, otherKey, path, seen) !== null) return `${path}.keys()`;
    const found = difference(one, other, entryOf(path, key), seen);
    if (found !== null) return found;
  }
  return null;
};

const inObjects = (a: object, b: object, path: string, seen: Map<object, object>): string | null => {
  const others = b as Readonly<Record<string, unknown>>;
  for (const [key, one] of Object.entries(a)) {
    if (!Object.hasOwn(others, key)) return pathOf(path, key);
    const found = difference(one, others[key], pathOf(path, key), seen);
    if (found !== null) return found;
  }
  const added = Object.keys(b).find((key) => !Object.hasOwn(a, key));
  return added === undefined ? null : pathOf(path, added);
};

const sameBytes = (a: ArrayBufferView, b: ArrayBufferView): boolean =>
  Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));
