// What in a value is not data, at run time: what `Data` (data.ts) says of a type, and what no type can say. Pure.
//
// Asked of what a migration returns (behaviour/code-change.ts), and in development of all that leaves a process.

import { types } from "node:util";
import { opaque } from "./data.ts";
import { moduleOf } from "./module-name.ts";

/** The first thing in a value that is not data. */
export interface DataFault {
  /** Where it stands: `users[0].socket`, `rooms.get("lobby")`; empty for the value itself. */
  readonly path: string;
  /** What it is, as a person says it: `a function`, `an instance of class Pool`. */
  readonly is: string;
}

/**
 * How much is looked at. `whole`: everything. `quick`: the first 1,000 parts, and accessors are read like properties; a
 * small state takes some 100 ns then.
 */
export type Look = "whole" | "quick";

/**
 * Finds the first part of a value that is not data, or null. Circles are no fault; what is nested deeper than 1,000 levels
 * is not looked at.
 */
export const dataFault = (value: unknown, look: Look = "whole"): DataFault | null => {
  if (typeof value !== "object" || value === null) return primitiveFault(value);
  return new Search(look).of(value, 0);
};

/** `users[0].socket is a function`. */
export const formatFault = ({ path, is }: DataFault): string => `${path === "" ? "it" : path} is ${is}`;

/** A step into an object: `.name`, `["two words"]`. */
export const propertyStep = (key: string): string =>
  /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;

/** Whether an object stands for a module: a handle, or a namespace that plain Node has loaded. It is a name, and so data. */
export const isModule = (value: object): boolean =>
  moduleOf(value) !== undefined || types.isModuleNamespaceObject(value);

/** Whether an object is a call to be made later, as `mfa` makes it: then its `module` stands for a name. */
export const isMfa = (value: object): boolean => {
  const { module, function: fn, args } = value as { module?: unknown; function?: unknown; args?: unknown };
  return typeof fn === "string" && Array.isArray(args) && typeof module === "object" && module !== null;
};

/** Whether an object has no class. */
export const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  // Of another realm, such as the console's.
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, "isPrototypeOf");
};

// Internal.

const PARTS_QUICK = 1_000;
const DEPTH_MAX = 1_000;

class Search {
  readonly #accessors: boolean;
  #parts: number;
  /** What was looked at, or is; made at the first nested object. */
  #seen: Set<object> | null = null;

  constructor(look: Look) {
    this.#accessors = look === "whole";
    this.#parts = look === "whole" ? Number.POSITIVE_INFINITY : PARTS_QUICK;
  }

  of(value: object, depth: number): DataFault | null {
    if (Array.isArray(value)) {
      if (Object.getPrototypeOf(value) !== Array.prototype && classOf(value) !== "Array") return fault(instance(value));
      for (let index = 0; index < value.length && this.#parts >= 0; index++) {
        const found = this.#part(value[index], depth);
        if (found !== null) return under(`[${index}]`, found);
      }
      return null;
    }
    if (isPlain(value)) return this.#properties(value, depth);
    if ((value as { [opaque]?: unknown })[opaque] === true) return null;
    if (types.isMap(value)) return classOf(value) === "Map" ? this.#entries(value, depth) : fault(instance(value));
    if (types.isSet(value)) return classOf(value) === "Set" ? this.#elements(value, depth) : fault(instance(value));
    return otherFault(value);
  }

  /** One part of an object, before it is known whether it is an object itself. */
  #part(value: unknown, depth: number): DataFault | null {
    if (--this.#parts < 0) return null;
    if (typeof value !== "object" || value === null) return primitiveFault(value);
    if (depth >= DEPTH_MAX) return null;
    this.#seen ??= new Set();
    if (this.#seen.has(value)) return null;
    this.#seen.add(value);
    return this.of(value, depth + 1);
  }

  #properties(value: object, depth: number): DataFault | null {
    if (isModule(value)) return null;
    for (const key of Object.keys(value)) {
      if (this.#parts < 0) return null;
      if (key === "module" && isMfa(value)) continue;
      if (this.#accessors && Object.getOwnPropertyDescriptor(value, key)?.get !== undefined) {
        return under(propertyStep(key), fault("an accessor"));
      }
      const found = this.#part((value as Record<string, unknown>)[key], depth);
      if (found !== null) return under(propertyStep(key), found);
    }
    return null;
  }

  #entries(map: ReadonlyMap<unknown, unknown>, depth: number): DataFault | null {
    let index = 0;
    for (const [key, value] of map) {
      if (this.#parts < 0) return null;
      const ofKey = this.#part(key, depth);
      if (ofKey !== null) return under(`.keys()[${index}]`, ofKey);
      const found = this.#part(value, depth);
      if (found !== null) return under(entryStep(key, index), found);
      index++;
    }
    return null;
  }

  #elements(set: ReadonlySet<unknown>, depth: number): DataFault | null {
    let index = 0;
    for (const value of set) {
      if (this.#parts < 0) return null;
      const found = this.#part(value, depth);
      if (found !== null) return under(`.values()[${index}]`, found);
      index++;
    }
    return null;
  }
}

/** A step into a Map: `.get("lobby")`. */
export const entryStep = (key: unknown, index: number): string => {
  if (typeof key === "string") return `.get(${JSON.stringify(key)})`;
  return typeof key === "object" ? `.values()[${index}]` : `.get(${String(key)})`;
};

const fault = (is: string): DataFault => ({ path: "", is });

/** The same, seen from further up; a path does not begin with a dot. */
const under = (step: string, { path, is }: DataFault): DataFault => {
  const rest = path === "" || path.startsWith("[") || path.startsWith(".") ? path : `.${path}`;
  const whole = `${step}${rest}`;
  return { path: whole.startsWith(".") ? whole.slice(1) : whole, is };
};

const primitiveFault = (value: unknown): DataFault | null => {
  if (typeof value === "function") return fault("a function");
  return typeof value === "symbol" ? fault("a symbol") : null;
};

/** Objects with a class of their own. */
const otherFault = (value: object): DataFault | null => {
  if (types.isDate(value) || types.isRegExp(value) || types.isNativeError(value)) return null;
  if (types.isArrayBuffer(value)) return null;
  if (ArrayBuffer.isView(value)) return types.isSharedArrayBuffer(value.buffer) ? fault("shared memory") : null;
  if (types.isSharedArrayBuffer(value)) return fault("shared memory");
  if (types.isPromise(value)) return fault("a promise");
  return fault(instance(value));
};

const classOf = (value: object): string => {
  const { constructor: made } = value as { constructor?: { name?: unknown } };
  return typeof made?.name === "string" ? made.name : "";
};

const instance = (value: object): string => `an instance of class ${classOf(value) || "(anonymous)"}`;
