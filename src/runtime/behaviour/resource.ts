// `underway/resource`: what cannot be data — a server, a socket, a pool, a document — held by a process's state as a
// reference, carried across upgrades untouched, closed when the process ends.
//
//   export const server = {
//     open: (port: number): Promise<Server> => …,
//     close: (http: Server): void => { http.close(); },
//   } satisfies Resource.ResourceDefinition;
//   export const init = async () => ok<State>({ server: await Resource.open(self, "server", 4000) });
//
// The reference is plain data and may stand in a state, a message, a clone. OTP: ports and NIF resources.

import { UnderwayError } from "../../error.ts";
import { runAsNobody } from "../process/context.ts";
import { moduleName } from "../process/module-name.ts";
import type { Process } from "../process/process.ts";
import { report } from "../process/report.ts";
import { requireProcess } from "../process/spawn.ts";
import { stopSignal } from "../process/stop-signal.ts";
import { onProcessEnd } from "../process/table.ts";

declare const brand: unique symbol;

/** How a resource is opened and closed; an export of a module. */
export interface ResourceDefinition {
  // biome-ignore lint/suspicious/noExplicitAny: a definition of whatever argument and value.
  open(arg: any): unknown;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  close(value: any): void | Promise<void>;
}

/** A reference to an open resource; plain data. */
export interface ResourceRef<out T = unknown> {
  readonly [brand]?: T;
  /** Number of the resource within the node. */
  readonly resource: number;
}

interface Entry {
  readonly module: object;
  readonly name: string;
  readonly value: unknown;
  readonly owner: Process;
}

const resources = new Map<number, Entry>();
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
const closeValue = async ({ module, name, value: opened, owner }: Entry): Promise<void> => {
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
