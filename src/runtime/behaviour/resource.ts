// `underway/resource`: what cannot be data — a server, a socket, a pool, a document — held by a process's state as a
// reference, carried across upgrades untouched, closed when the process ends.
//
//   export const server = Resource.define({
//     open: (port: number): Promise<Server> => …,
//     close: (http) => { http.close(); },
//   });
//   export const init = async () => ok<State>({ server: await Resource.open(self, "server", 4000) });
//
// The reference is plain data and may stand in a state, a message, a clone. What it stands for is one thing, which nobody
// copies, migrates or freezes. OTP: ports and NIF resources.

import { UnderwayError } from "../../error.ts";
import { runAsNobody } from "../process/context.ts";
import type { Data } from "../process/data.ts";
import { moduleName } from "../process/module-name.ts";
import type { Process } from "../process/process.ts";
import { report } from "../process/report.ts";
import { requireProcess } from "../process/spawn.ts";
import { stopSignal } from "../process/stop-signal.ts";
import { onProcessEnd } from "../process/table.ts";

declare const brand: unique symbol;

// biome-ignore lint/suspicious/noExplicitAny: a definition of whatever argument and value.
type Any = any;

/** How a resource is opened and closed, and carried to another copy of its package; an export of a module. */
export interface ResourceDefinition {
  open(arg: Any): unknown;
  close(value: Any): void | Promise<void>;
  export?(value: Any): unknown;
  import?(data: Any): unknown;
}

/** What a resource is: a `T`, opened with an `A`. */
export interface Definition<A, T> {
  /** Makes it. A throw or a rejection is the caller's of `Resource.open`. */
  open(arg: A): T | Promise<T>;
  /** Gives it back. Called once, as nobody: by `Resource.close`, or when the process that opened it has ended. */
  close(value: T): void | Promise<void>;
}

/** How a resource follows its package; `D` is what it is in data. */
export interface Portable<T, D> {
  /**
   * Says in data what the thing is. Called in the old code, when an upgrade loads another copy of a package that the module
   * imports. Synchronous; the thing must still be usable, since the upgrade may be refused.
   */
  export(value: T): Data<D>;
  /**
   * Makes the thing again out of that data. Called in the new code with the new copy of the package. Synchronous. The
   * former one is closed when the upgrade has succeeded, this one when it is undone.
   */
  import(data: D): T;
}

/** A reference to an open resource; plain data. */
export interface ResourceRef<out T = unknown> {
  readonly [brand]?: T;
  /** Number of the resource within the node. */
  readonly resource: number;
}

/** @internal A resource that is open. */
export interface OpenResource {
  readonly module: object;
  readonly name: string;
  /** Another one after it has been carried over. */
  value: unknown;
  readonly owner: Process;
}

/** @internal By number; carry-resources.ts walks it. */
export const resources: Map<number, OpenResource> = new Map();
const byOwner = new Map<Process, Set<number>>();
let last = 0;

onProcessEnd((process) => {
  const owned = byOwner.get(process);
  if (owned === undefined) return;
  byOwner.delete(process);
  // The one opened last first: it may be built upon those before it.
  runAsNobody(() => void closeAll([...owned].reverse()));
});

type OpenArg<D> = D extends { open(arg: infer A): unknown } ? A : never;
type OpenValue<D> = D extends { open(...args: never[]): infer T } ? Awaited<T> : never;

// API.

/**
 * Defines a resource; returns what it is given, with types inferred from `open`. `export` and `import` come together:
 * without them the thing stays as it is when its package is loaded anew, and uses the former copy.
 */
export const define = <A, T, D = never>(
  definition: Definition<A, T> & ([D] extends [never] ? Partial<Portable<T, D>> : Portable<T, D>),
): typeof definition => definition;

/**
 * Opens the resource that a module exports under `name`, for the calling process.
 *
 * Resolves with a reference. It is closed when the process ends, by the module's version that is current then; also if
 * the process ends while it is being opened. Rejects with what `open` throws, with `process/undef` if the module exports
 * no such definition, with `process/no_process` outside a process.
 */
export const open = async <M extends object, N extends keyof M & string>(
  module: M,
  name: N,
  arg: OpenArg<M[N]>,
): Promise<ResourceRef<OpenValue<M[N]>>> => {
  const owner = requireProcess("Resource.open");
  const value = await definitionOf(module, name).open(arg);
  if (!owner.alive) {
    await runAsNobody(() => closeValue({ module, name, value, owner }));
    throw stopSignal;
  }
  const id = ++last;
  resources.set(id, { module, name, value, owner });
  const owned = byOwner.get(owner);
  if (owned === undefined) byOwner.set(owner, new Set([id]));
  else owned.add(id);
  return { resource: id };
};

/** The thing itself; not to be kept in a state. Throws `resource/closed`. */
export const value = <T>(ref: ResourceRef<T>): T => {
  const entry = resources.get(ref.resource);
  if (entry === undefined) throw new UnderwayError("resource/closed", { resource: ref.resource });
  return entry.value as T;
};

/** Closes a resource before its process ends. Idempotent. Rejects with what `close` throws; it counts as closed then. */
export const close = async (ref: ResourceRef): Promise<void> => {
  const entry = resources.get(ref.resource);
  if (entry === undefined) return;
  resources.delete(ref.resource);
  byOwner.get(entry.owner)?.delete(ref.resource);
  await definitionOf(entry.module, entry.name).close(entry.value);
};

// Internal.

const closeAll = async (ids: readonly number[]): Promise<void> => {
  for (const id of ids) {
    const entry = resources.get(id);
    resources.delete(id);
    if (entry !== undefined) await closeValue(entry);
  }
};

/** Closes on behalf of a process that has ended: whoever should be told is gone, so a failure is reported. */
const closeValue = async ({ module, name, value: opened, owner }: OpenResource): Promise<void> => {
  try {
    await definitionOf(module, name).close(opened);
  } catch (error) {
    const message = `could not close the resource "${name}" of ${moduleName(module)}, held by ${owner.pid}`;
    report({ level: "error", kind: "resource", message, error });
  }
};

/** The definition in the module's current version. */
const definitionOf = (module: object, name: string): ResourceDefinition => {
  const definition = (module as Readonly<Record<string, ResourceDefinition | undefined>>)[name];
  if (typeof definition?.open === "function" && typeof definition.close === "function") return definition;
  throw new UnderwayError("process/undef", { module: moduleName(module), function: `${name}.open and ${name}.close` });
};
