// What an upgrade has ended and its undo starts again: children of supervisors with all below them, and their states. The
// process that takes an ended one's place goes on with that one's state, as the script's way back shall leave it as it was.
//
//   keepChild ─► the script ends it … the undo ─► bequeath(parent, kept) ─► a process starts below the parent ─► inherit
//                                                                             └─ after its init: heritageOf, given
//
// Its `init` is called all the same: timers, sockets, names are gone with the ended process, and whatever `init` lets
// follow (`continue`) sets them up again, on the former state. What cannot be handed on stands in `lost`.
//
// OTP has nothing like it: what a script has ended is gone.

import { opaque } from "../process/data.ts";
import { isModule, isPlain } from "../process/data-fault.ts";
import { moduleName } from "../process/module-name.ts";
import { Pid, Ref } from "../process/pid.ts";
import type { Process } from "../process/process.ts";
import type { Child, Children } from "./children.ts";

/** A child as it stood in its supervisor before it was ended. */
export interface KeptChild {
  readonly child: Child;
  readonly neverStarted: boolean;
  /** The children of its supervisor, in their order. */
  readonly order: readonly Child[];
  /** Null if it did not run. */
  readonly process: KeptProcess | null;
}

/** A process that is going to be ended, or has been. */
export interface KeptProcess {
  readonly process: Process;
  readonly name: string;
  /** Its monitors' references: they are worth nothing to another process. */
  readonly monitors: ReadonlySet<Ref>;
  /** Of a supervisor. */
  readonly children: readonly KeptChild[];
  /** Who has taken its place. */
  successor: Process | null;
  /** Why the successor has begun anew; null if it has the state, or none was needed. */
  lost: string | null;
}

/** What a process leaves to its successor; null if it has nothing that could be left. */
export interface Bequest {
  readonly state: unknown;
  readonly vsn: number;
}

/** By the process below which the successor is going to start. */
const heritages = new Map<Process, KeptProcess>();
/** By the successor, until its `init` has returned. */
const heirs = new Map<Process, KeptProcess>();

// Called for the release handler.

/** A child and all below it, to be asked for before it is ended. */
export const keepChild = (child: Child, children: Children): KeptChild => ({
  child,
  neverStarted: child.neverStarted,
  order: children.list(),
  process: child.running && child.pid?.process ? keepProcess(child.pid.process) : null,
});

export const keepProcess = (process: Process): KeptProcess => {
  const { children } = process.body as { readonly children?: Children };
  return {
    process,
    name: process.registeredName ?? `${moduleName(process.body.module)} ${process.pid}`,
    monitors: new Set(process.monitors.map(({ ref }) => ref)),
    children: children?.list().map((child) => keepChild(child, children)) ?? [],
    successor: null,
    lost: process.body.upgrade === undefined || children !== undefined ? null : "only a server's state is handed on",
  };
};

/** The next process of the same module that starts below `parent` is its successor. */
export const bequeath = (parent: Process, kept: KeptProcess): void => {
  heritages.set(parent, kept);
};

/** Nobody else inherits below `parent`. */
export const endBequest = (parent: Process): void => {
  heritages.delete(parent);
};

/** The process and all below it, a supervisor before its children. */
export function* withAllBelow(kept: KeptProcess): IterableIterator<KeptProcess> {
  yield kept;
  for (const { process } of kept.children) if (process !== null) yield* withAllBelow(process);
}

// Called by whatever starts a process.

/** `process` starts below `parent`. */
export const inherit = (parent: Process, process: Process): void => {
  const kept = heritages.size === 0 ? undefined : heritages.get(parent);
  if (kept === undefined || kept.successor !== null || kept.process.body.module !== process.body.module) return;
  kept.successor = process;
  if (process.body.upgrade !== undefined) heirs.set(process, kept);
};

/** What a process takes over; asked once, when it is about to go on with what its `init` has made. */
export const heritageOf = (process: Process): KeptProcess | null => {
  if (heirs.size === 0) return null;
  const kept = heirs.get(process) ?? null;
  heirs.delete(process);
  return kept;
};

/** The state for a successor that has this version; null, and `lost` says why, if it has to begin anew. */
export const givenState = (kept: KeptProcess, vsn: number): Bequest | null => {
  const bequest = kept.process.body.bequest?.() ?? null;
  kept.lost = bequest === null ? "its state was about to change" : refusal(bequest, vsn, kept);
  return kept.lost === null ? bequest : null;
};

// Internal.

const refusal = ({ state, vsn }: Bequest, wanted: number, { monitors }: KeptProcess): string | null => {
  if (vsn !== wanted) return `its state is of vsn ${vsn}, its code of ${wanted}`;
  const bound = boundIn(state, monitors, new Set());
  return bound === null ? null : `its state holds ${bound}, which ended with it`;
};

/** What in a state is worth nothing without the process that had it. */
const boundIn = (value: unknown, monitors: ReadonlySet<Ref>, seen: Set<unknown>): string | null => {
  if (typeof value !== "object" || value === null || seen.has(value)) return null;
  seen.add(value);
  if (value instanceof Pid) return null;
  if (value instanceof Ref) return monitors.has(value) ? "the reference of a monitor" : null;
  if ((value as { readonly [opaque]?: unknown })[opaque] === true) return `a ${value.constructor.name}`;
  for (const part of partsOf(value)) {
    const found = boundIn(part, monitors, seen);
    if (found !== null) return found;
  }
  return null;
};

function* partsOf(value: object): IterableIterator<unknown> {
  if (Array.isArray(value) || value instanceof Set) yield* value;
  else if (value instanceof Map) for (const entry of value) yield* entry;
  else if (isPlain(value) && !isModule(value)) yield* Object.values(value);
}
