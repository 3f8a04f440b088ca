// What an `import` of a module yields: one object per module, made once and never replaced, whose properties always are
// the current version's exports. A call through it is Erlang's external call; passing it is passing the module's name.
//
// A handle is a plain object with data properties: V8 reads those at the cost of an ordinary call, and accessors or a
// dictionary-mode object at many times that. Accessors stand only where a value may change under way: for exports that
// the module reassigns or re-exports, and, in import cycles, while its module is being evaluated.

import { UnderwayError } from "../../error.ts";
import type { ModuleId } from "../../release/data.ts";
import { MODULE } from "../process/module-name.ts";
import { makeFast } from "./fast-properties.ts";
import type { Version } from "./version.ts";

export { moduleOf } from "../process/module-name.ts";

/** A module, as other code sees it. */
export type Handle = Record<string, unknown>;

type Slot = "data" | "accessor";

/** A module, as the code server sees it: its handle, its two versions, and which of them the handle shows. */
export class ModuleRecord {
  readonly module: ModuleId;
  readonly handle: Handle;
  current: Version | null = null;
  old: Version | null = null;
  #shown: Version | null = null;
  readonly #slots = new Map<string, Slot>();
  /** Names that a current version has exported at some time: reading one later is `undef`, not undefined. */
  readonly #known = new Set<string>();
  /** Those of them that the current version does not export, with what they read as. */
  readonly #removed = new Map<string, () => never>();

  constructor(module: ModuleId, names: readonly string[]) {
    this.module = module;
    // Made from entries, an object of any usual size has fast properties; grown name by name it would not.
    this.handle = Object.fromEntries(names.map((name) => [name, undefined]));
    for (const name of names) this.#slots.set(name, "data");
    Object.defineProperty(this.handle, MODULE, { value: module });
  }

  /** Lets the handle show a version's exports; null: no version, each former export is `undef`. */
  show(version: Version | null): void {
    this.#shown = version;
    let reshaped = false;
    for (const name of this.#slots.keys()) {
      if (version?.has(name)) continue;
      // An accessor finds out by itself.
      if (this.#slots.get(name) === "data") this.handle[name] = this.#missing(name);
    }
    for (const name of version === null ? [] : Object.keys(version.getters)) {
      reshaped = this.#showOne(version as Version, name) || reshaped;
    }
    if (reshaped) makeFast(this.handle);
  }

  /** Shows the version that is current. */
  showCurrent(): void {
    if (this.#shown !== this.current) this.show(this.current);
  }

  /** Makes `version` current; what was current is dropped by the caller or becomes old there. */
  setCurrent(version: Version | null): void {
    this.current = version;
    const exports = version === null ? [] : Object.keys(version.getters);
    for (const name of exports) this.#removed.delete(name);
    for (const name of this.#known) {
      if (!version?.has(name) && !this.#removed.has(name)) this.#removed.set(name, this.#undef(name, version));
    }
    for (const name of exports) this.#known.add(name);
    this.show(version);
  }

  // Internal.

  /** Returns true if the shape of the handle changed. */
  #showOne(version: Version, name: string): boolean {
    const slot = this.#slots.get(name);
    // Before it has been evaluated a binding is in its dead zone, or may still change.
    if (version.settled && !version.liveExports.has(name)) {
      const value = version.valueOf(name);
      if (slot === "data") {
        this.handle[name] = value;
        return false;
      }
      Object.defineProperty(this.handle, name, { value, writable: true, enumerable: true, configurable: true });
      this.#slots.set(name, "data");
      return true;
    }
    if (slot === "accessor") return false;
    Object.defineProperty(this.handle, name, { get: () => this.#read(name), enumerable: true, configurable: true });
    this.#slots.set(name, "accessor");
    return true;
  }

  #read(name: string): unknown {
    return this.#shown?.has(name) ? this.#shown.read(name) : this.#missing(name);
  }

  /** What a name reads as that the version shown does not export. */
  #missing(name: string): unknown {
    if (!this.#known.has(name)) return undefined;
    return this.#removed.get(name) ?? this.#undef(name, this.#shown);
  }

  /** A function that names who has removed the export. */
  #undef(name: string, version: Version | null): () => never {
    const details = { module: this.module, export: name, version: version?.title ?? "(none)" };
    const undef = (): never => {
      throw new UnderwayError("code/undef", details);
    };
    undefs.add(undef);
    return undef;
  }
}

const undefs = new WeakSet<object>();

/**
 * Whether a module's current version exports a function of this name; works for plain namespaces too.
 * A former export reads as a function that throws, so `typeof` is not enough.
 *
 * OTP: erlang:function_exported/3
 */
export const functionExported = (module: object, name: string): boolean => {
  const value = (module as Handle)[name];
  return typeof value === "function" && !undefs.has(value);
};

/** Whether a module's current version exports this name, be it a function, a table or a constant. */
export const exported = (module: object, name: string): boolean => {
  const value = (module as Handle)[name];
  return value !== undefined && !(typeof value === "function" && undefs.has(value));
};
