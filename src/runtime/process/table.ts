// The living processes, by callback module: no walk over supervision trees is needed to find those of a module.
//
// Sets, since they may be walked in slices while processes come and go.

import type { Process } from "./process.ts";

const byModule = new Map<object, Set<Process>>();
const nobody: ReadonlySet<Process> = new Set();
const birthWatchers = new Set<(process: Process) => void>();
const endHooks: ((process: Process) => void)[] = [];

// API.

/** Every living process, oldest first. */
export const allProcesses = (): readonly Process[] =>
  [...byModule.values()].flatMap((processes) => [...processes]).sort((a, b) => a.pid.id - b.pid.id);

/** The living processes whose callback module this is. */
export const processesOf = (module: object): ReadonlySet<Process> => byModule.get(module) ?? nobody;

/** The sets of processes, one for each module that has any. */
export const processSets = (): IterableIterator<ReadonlySet<Process>> => byModule.values();

/** Tells `watcher` of each process made from now on; returns the way to stop. */
export const watchBirths = (watcher: (process: Process) => void): (() => void) => {
  birthWatchers.add(watcher);
  return () => {
    birthWatchers.delete(watcher);
  };
};

/** Lets another part of the runtime (the registry) clear up behind each process that ends. Called once per part. */
export const onProcessEnd = (hook: (process: Process) => void): void => {
  endHooks.push(hook);
};

// Called by each process.

/** A process goes on in another module than the one it was listed under. */
export const moveProcess = (process: Process, from: object): void => {
  removeFrom(from, process);
  addProcess(process);
};

/** A process has been made. */
export const addProcess = (process: Process): void => {
  const { module } = process.body;
  const siblings = byModule.get(module);
  if (siblings === undefined) byModule.set(module, new Set([process]));
  else siblings.add(process);
  if (birthWatchers.size > 0) for (const watcher of birthWatchers) watcher(process);
};

/** A process has ended. */
export const removeProcess = (process: Process): void => {
  removeFrom(process.body.module, process);
  for (const hook of endHooks) hook(process);
};

// Internal.

const removeFrom = (module: object, process: Process): void => {
  const siblings = byModule.get(module);
  siblings?.delete(process);
  if (siblings?.size === 0) byModule.delete(module);
};
