// One loaded text of a module.
//
//   instantiated ─ evaluate ─► staged ─ switch ─► current ─ load, delete ─► old ─ purge ─► purged
//        └────────── throws, abort ──────────────► purged (never seen by anybody)

import type { ModuleId, Name } from "../../release/data.ts";
import type { ObjectCode } from "../../release/object-code.ts";
import { exitProcess } from "../process/process.ts";
import { FrameHolder } from "./frames.ts";
import type { Image } from "./handle.ts";

/** Where a version comes from: what stacks call it, and where its application's files are. */
export interface Origin {
  /** Application and version: `chat-0.1.0`. */
  readonly label: string;
  /** Absolute folder of the application; null when it is not on disk. */
  readonly folder: string | null;
}

/** Stacks, debuggers and heap snapshots see this name: application, version, source, and which text of it. */
export const filenameOf = (object: ObjectCode, origin: Origin): string =>
  `underway:///${origin.label}/${object.source}?${object.hash.slice(0, 8)}`;

/** The table of exports that a module's body hands over: a function per export, which reads its binding. */
export type Getters = Readonly<Record<string, () => unknown>>;

let lastSerial = 0;

export class Version {
  readonly module: ModuleId;
  /** Unique in this node, also where one text is loaded twice: by it a heap snapshot is searched. */
  readonly serial = ++lastSerial;
  /** Content hash: the version's name. */
  readonly hash: string;
  readonly vsn: number;
  readonly origin: Origin;
  /**
   * Where its application's files are now: a module that a release keeps as it is finds those of that release. What
   * stacks call it stays.
   */
  folder: string | null;
  /** Path of its TypeScript source, from the application's folder. */
  readonly source: string;
  /** What V8 calls this text. */
  readonly filename: string;
  readonly liveExports: ReadonlySet<string>;
  /** Specifiers of the packages that it imports. */
  readonly externals: readonly string[];
  readonly frames = new FrameHolder();
  /** Set when its code must not run any more. */
  purged = false;
  /** What its body calls first. All code of the version holds it, which tells a heap snapshot where the version is. */
  readonly entry: (getters: Getters) => void;
  /** What the handle has to hold while it shows this version (handle.ts). */
  image: Image | null = null;
  readonly getters: Getters;
  /** Values of the exports that do not change after evaluation. Null before. */
  #values: Readonly<Record<string, unknown>> | null = null;

  constructor(object: ObjectCode, origin: Origin, getters: Getters, entry: Version["entry"]) {
    this.module = object.module;
    this.hash = object.hash;
    this.vsn = object.vsn;
    this.origin = origin;
    this.folder = origin.folder;
    this.source = object.source;
    this.filename = filenameOf(object, origin);
    this.liveExports = new Set(object.liveExports);
    this.externals = object.imports.flatMap((target) => (target.kind === "external" ? [target.specifier] : []));
    this.getters = getters;
    this.entry = entry;
  }

  get application(): Name {
    return this.module.slice(0, this.module.indexOf("/"));
  }

  /** How a person tells it from others: `chat-0.1.0 (3f2a91bc)`. */
  get title(): string {
    return `${this.origin.label} (${this.hash.slice(0, 8)})`;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.getters, name);
  }

  /** False before it has been evaluated: reading an export may throw, as a binding in its dead zone does. */
  get settled(): boolean {
    return this.#values !== null;
  }

  /** Takes the values of the exports that are not live. To be called once, when it has been evaluated. */
  settle(values: Readonly<Record<string, unknown>>): void {
    this.#values = values;
  }

  /** The value that an export has now. Throws while its binding is in its dead zone. */
  read(name: string): unknown {
    return this.getters[name]?.();
  }

  /** Value of an export that is neither live nor unknown, once it is settled. */
  valueOf(name: string): unknown {
    return this.#values?.[name];
  }

  /** Its exports as a plain object: what a namespace import of this very version would show. */
  exports(): Record<string, unknown> {
    return Object.fromEntries(Object.entries(this.getters).map(([name, getter]) => [name, getter()]));
  }

  /**
   * Ends everything that runs in it: kills the processes inside and stops the frames that belong to no process.
   * Returns whether a process was killed. OTP: the brutal part of code:purge/1.
   */
  purge(): boolean {
    this.purged = true;
    remember(this);
    const processes = this.frames.processes();
    for (const process of processes) exitProcess(process, "kill");
    this.frames.stop();
    return processes.size > 0;
  }
}

/**
 * Purged versions that are still in memory: not collected yet, or held by something that is not a frame. Looking at one
 * keeps it until the present job of the event loop is over.
 */
export const purgedVersions = (): Version[] => [...purged].flatMap((ref) => ref.deref() ?? []);

// Internal.

const purged = new Set<WeakRef<Version>>();
const collected = new FinalizationRegistry<WeakRef<Version>>((ref) => purged.delete(ref));

const remember = (version: Version): void => {
  const ref = new WeakRef(version);
  purged.add(ref);
  collected.register(version, ref);
};
