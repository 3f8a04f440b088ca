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

/**
 * What a handle has to hold while it shows one version: made once, while the version is staged, so that a switch has
 * nothing to find out. Written with `Object.assign`, 20 exports cost about 0.7 µs; name by name they cost 6 (Node 24).
 */
export interface Image {
  /** The record's generation that it was made for. */
  generation: number;
  /** All names that are not live, former exports included. */
  readonly values: Handle;
  /** Exports whose value has to be asked for at each read. */
  readonly live: readonly string[];
  // What changes in the record's books when the version becomes current.
  readonly added: readonly string[];
  readonly returned: readonly string[];
  readonly removed: readonly string[];
}

/** A module, as the code server sees it: its handle, its two versions, and which of them the handle shows. */
export class ModuleRecord {
  readonly module: ModuleId;
  readonly handle: Handle;
  current: Version | null = null;
  old: Version | null = null;
  #shown: Version | null = null;
  /** The properties of the handle. */
  readonly #names: Set<string>;
  /** Those of them that are accessors. */
  readonly #accessors = new Set<string>();
  /** Names that a current version has exported at some time: reading one later is `undef`, not undefined. */
  readonly #known = new Set<string>();
  /** Those of them that the current version does not export, with what they read as. */
  readonly #removed = new Map<string, () => never>();
  /** Counts the changes of the three above: images that were made before are to be made anew. */
  #generation = 0;

  constructor(module: ModuleId, names: readonly string[]) {
    this.module = module;
    // Made from entries, an object of any usual size has fast properties; grown name by name it would not.
    this.handle = Object.fromEntries(names.map((name) => [name, undefined]));
    this.#names = new Set(names);
    Object.defineProperty(this.handle, MODULE, { value: module });
  }

  /** Lets the handle show a version's exports; null: no version, each former export is `undef`. */
  show(version: Version | null): void {
    this.#shown = version;
    const image = this.#imageOf(version);
    if (this.#accessors.size > 0 || image.live.length > 0) this.#reshape(image, version);
    Object.assign(this.handle, image.values);
  }

  /** Shows the version that is current. */
  showCurrent(): void {
    if (this.#shown !== this.current) this.show(this.current);
  }

  /** Makes `version` current; what was current is dropped by the caller or becomes old there. */
  setCurrent(version: Version | null): void {
    this.current = version;
    const image = this.#imageOf(version);
    if (image.added.length + image.returned.length + image.removed.length > 0) {
      for (const name of image.added) this.#known.add(name);
      for (const name of image.returned) this.#removed.delete(name);
      for (const name of image.removed) this.#removed.set(name, image.values[name] as () => never);
      image.generation = ++this.#generation;
    }
    this.show(version);
  }

  // Internal.

  #imageOf(version: Version | null): Image {
    const known = version?.image ?? null;
    if (known?.generation === this.#generation) return known;
    const image = this.#makeImage(version);
    // Before it has been evaluated a version's bindings are in their dead zone, or may still change.
    if (version?.settled) version.image = image;
    return image;
  }

  #makeImage(version: Version | null): Image {
    const exports = version === null ? [] : Object.keys(version.getters);
    this.#addNames(exports);
    const isLive = (name: string): boolean => !version?.settled || version.liveExports.has(name);
    const values: [string, unknown][] = [];
    for (const name of this.#names) {
      if (version === null || !version.has(name)) values.push([name, this.#missing(name, version)]);
      else if (!isLive(name)) values.push([name, version.valueOf(name)]);
    }
    return {
      generation: this.#generation,
      values: Object.fromEntries(values),
      live: exports.filter(isLive),
      added: exports.filter((name) => !this.#known.has(name)),
      returned: exports.filter((name) => this.#removed.has(name)),
      removed: [...this.#known].filter((name) => !version?.has(name) && !this.#removed.has(name)),
    };
  }

  #addNames(names: readonly string[]): void {
    const before = this.#names.size;
    for (const name of names) {
      if (this.#names.has(name)) continue;
      this.#names.add(name);
      this.handle[name] = undefined;
    }
    if (this.#names.size === before) return;
    this.#generation++;
    makeFast(this.handle);
  }

  /** Turns data into accessors and back where this version differs in that. */
  #reshape({ values, live }: Image, version: Version | null): void {
    let reshaped = false;
    for (const name of this.#accessors) {
      // The accessor of a former export finds out by itself.
      if (!Object.hasOwn(values, name) || !version?.has(name)) continue;
      this.#accessors.delete(name);
      const value = values[name];
      Object.defineProperty(this.handle, name, { value, writable: true, enumerable: true, configurable: true });
      reshaped = true;
    }
    for (const name of live) {
      if (this.#accessors.has(name)) continue;
      this.#accessors.add(name);
      // The setter is there because a handle is written as a whole.
      const accessor = { get: () => this.#read(name), set: () => {} };
      Object.defineProperty(this.handle, name, { ...accessor, enumerable: true, configurable: true });
      reshaped = true;
    }
    if (reshaped) makeFast(this.handle);
  }

  #read(name: string): unknown {
    return this.#shown?.has(name) ? this.#shown.read(name) : this.#imageOf(this.#shown).values[name];
  }

  /** What a name reads as that a version does not export. */
  #missing(name: string, version: Version | null): unknown {
    if (!this.#known.has(name)) return undefined;
    return this.#removed.get(name) ?? this.#undef(name, version);
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
