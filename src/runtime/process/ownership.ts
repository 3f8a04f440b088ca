// Makes values of what leaves a process, in development: arrays and plain objects are frozen; a Map, a Set, a Date or a
// buffer cannot be, so one owner is written down for each.
//
//   stands in a state ─► owned: its process may change it, in a callback
//   has left ──────────► nobody's: whoever changes it is named
//
// The methods of a Map, Set or Date that change it are replaced on the object itself, and throw at whoever may not call
// them. Bytes can be written without a method: a copy (of a long buffer a checksum) is compared before and after callbacks.

import { types } from "node:util";
import { crc32 } from "node:zlib";
import { opaque } from "./data.ts";
import { entryStep, isMfa, isModule, isPlain, propertyStep } from "./data-fault.ts";
import type { Pid } from "./pid.ts";

/** Whose a thing is, and how a person finds it. */
export interface Owned {
  /** Null when it was made outside any process. */
  readonly owner: Pid | null;
  /** It has left its process: nobody may change it any more. */
  readonly left: boolean;
  /** What it is part of: `the state of <0.7.0> (chat/room)`. */
  readonly of: string;
  /** Where in that: `users`, empty for the whole. */
  readonly path: string;
}

/** Bytes that were seen, and what they were then. */
export interface SeenBytes extends Owned {
  readonly view: WeakRef<ArrayBufferView | ArrayBuffer>;
  readonly before: Uint8Array | number;
}

/** What the walk asks of whoever uses it. */
export interface Guardian {
  /** Called before a change of a Map, Set or Date, `set("lobby")`; throws if it must not be. */
  changing(thing: Owned, operation: string): void;
  /** Bytes have been met. */
  sees(bytes: SeenBytes): void;
}

/** One value that leaves, or that stands in a state. */
export class Ownership {
  readonly #guardian: Guardian;
  readonly #thing: Omit<Owned, "path">;
  readonly #freezes: boolean;
  readonly #met = new Set<object>();

  /** Without `freezes` arrays and objects stay as they are: the module changes its state in place. */
  constructor(guardian: Guardian, thing: Omit<Owned, "path">, freezes: boolean) {
    this.#guardian = guardian;
    this.#thing = thing;
    this.#freezes = freezes;
  }

  /** Freezes and guards a value. True if nothing in it can change any more; it is not walked again then. */
  take(value: unknown, path = ""): boolean {
    if (typeof value !== "object" || value === null || sealed.has(value)) return true;
    // Met before: a circle, or a second way to it. It is not known yet whether all of it is sealed.
    if (this.#met.has(value) || this.#met.size >= MET_MAX) return false;
    this.#met.add(value);
    const seals = this.#takeParts(value, path);
    if (seals) sealed.add(value);
    return seals;
  }

  // Internal.

  #takeParts(value: object, path: string): boolean {
    if (Array.isArray(value)) return this.#all(value.entries(), (index) => `${path}[${index}]`) && this.#freeze(value);
    if (types.isMap(value)) {
      this.#guard(value, path, MAP_CHANGES);
      let seals = this.#left;
      let index = 0;
      for (const [key, part] of value) {
        seals = this.take(key, `${path}.keys()[${index}]`) && seals;
        seals = this.take(part, join(path, entryStep(key, index++))) && seals;
      }
      return seals;
    }
    if (types.isSet(value)) {
      this.#guard(value, path, SET_CHANGES);
      return this.#all([...value].entries(), (index) => join(path, `.values()[${index}]`)) && this.#left;
    }
    if (types.isDate(value)) {
      this.#guard(value, path, DATE_CHANGES);
      return this.#left;
    }
    if (ArrayBuffer.isView(value) || types.isArrayBuffer(value)) {
      // Those of its own process are compared anew each time.
      const known = bytes.get(value);
      if (known === undefined || !known.left) this.#see(value, path);
      else this.#guardian.sees(known);
      return this.#left;
    }
    if (!isPlain(value)) return (value as { [opaque]?: unknown })[opaque] === true;
    if (isModule(value)) return true;
    const parts = Object.entries(value).filter(([key]) => key !== "module" || !isMfa(value));
    return this.#all(parts, (key) => join(path, propertyStep(key))) && this.#freeze(value);
  }

  get #left(): boolean {
    return this.#thing.left;
  }

  #all<K>(parts: Iterable<readonly [K, unknown]>, pathOf: (key: K) => string): boolean {
    let seals = true;
    for (const [key, part] of parts) seals = this.take(part, pathOf(key)) && seals;
    // Frozen although a part may change still: the part is what is guarded.
    return seals;
  }

  #freeze(value: object): boolean {
    if (this.#freezes) Object.freeze(value);
    return Object.isFrozen(value);
  }

  /** One owner: the first one, until it leaves. */
  #guard(value: object, path: string, operations: readonly string[]): void {
    const known = owned.get(value);
    if (known !== undefined) {
      // Made by a migration, which belongs to nobody.
      if (known.owner === null && !known.left) owned.set(value, { ...this.#thing, path });
      if (this.#left && !known.left) owned.set(value, { ...known, left: true, of: this.#thing.of, path });
      return;
    }
    owned.set(value, { ...this.#thing, path });
    for (const name of operations) this.#replace(value as Record<string, (...args: unknown[]) => unknown>, name);
  }

  #replace(value: Record<string, (...args: unknown[]) => unknown>, name: string): void {
    const original = value[name] as (...args: unknown[]) => unknown;
    const guardian = this.#guardian;
    const guarded = function (this: object, ...args: unknown[]): unknown {
      const thing = owned.get(this);
      if (thing !== undefined) guardian.changing(thing, `${name}(${shown(args)})`);
      return original.apply(this, args);
    };
    Object.defineProperty(value, name, { value: guarded, enumerable: false, configurable: true, writable: true });
  }

  #see(view: ArrayBufferView | ArrayBuffer, path: string): void {
    const seen: SeenBytes = { ...this.#thing, path, view: new WeakRef(view), before: pictureOf(view) };
    bytes.set(view, seen);
    this.#guardian.sees(seen);
  }
}

/** The last word about a thing: it may have left since it was seen. */
export const latest = (seen: SeenBytes): SeenBytes | undefined => {
  const view = seen.view.deref();
  return view === undefined ? undefined : bytes.get(view);
};

/** Where bytes have changed since they were seen: the first that differs, -1 for somewhere; null if they have not. */
export const changedAt = (seen: SeenBytes): number | null => {
  const view = seen.view.deref();
  if (view === undefined) return null;
  const { before } = seen;
  const now = bytesOf(view);
  if (typeof before === "number") return crc32(now) === before ? null : -1;
  if (Buffer.compare(before, now) === 0) return null;
  return before.findIndex((byte, index) => byte !== now[index]);
};

/** From now on the bytes are what they are now. */
export const seeAgain = (seen: SeenBytes): void => {
  const view = seen.view.deref();
  if (view !== undefined) bytes.set(view, { ...seen, before: pictureOf(view) });
};

// Internal.

const owned = new WeakMap<object, Owned>();
const bytes = new WeakMap<object, SeenBytes>();
/** Nothing in them can change any more. */
const sealed = new WeakSet<object>();

/** So many objects of one value are looked at. */
const MET_MAX = 100_000;
/** A longer buffer is remembered by its checksum. */
const COPY_BYTES_MAX = 65_536;

const MAP_CHANGES = ["set", "delete", "clear"];
const SET_CHANGES = ["add", "delete", "clear"];
const DATE_CHANGES = Object.getOwnPropertyNames(Date.prototype).filter((name) => name.startsWith("set"));

const bytesOf = (view: ArrayBufferView | ArrayBuffer): Uint8Array =>
  ArrayBuffer.isView(view) ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength) : new Uint8Array(view);

const pictureOf = (view: ArrayBufferView | ArrayBuffer): Uint8Array | number => {
  const now = bytesOf(view);
  return now.length > COPY_BYTES_MAX ? crc32(now) : now.slice();
};

const join = (path: string, step: string): string =>
  path === "" && step.startsWith(".") ? step.slice(1) : path + step;

/** The first argument, if it is short. */
const shown = ([first]: readonly unknown[]): string => {
  if (first === undefined) return "";
  return typeof first === "object" || typeof first === "function" ? "…" : JSON.stringify(String(first).slice(0, 40));
};
