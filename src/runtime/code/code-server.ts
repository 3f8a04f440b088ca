// The code server: loads, deletes and purges modules, and tells who runs what. OTP: code_server, erts' export tables.
//
//                 load              load (purges old first)
//   (none) ──────────────► current ─────────► current + old ─ purge, softPurge ─► current
//                             └─ deleteModule ─► old ──────────────────────────────► (none)

import type { ModuleId } from "../../release/data.ts";
import type { ObjectCode } from "../../release/object-code.ts";
import type { Pid } from "../process/pid.ts";
import type { Process } from "../process/process.ts";
import { type Frame, ProcessFrames } from "./frames.ts";
import { allRecords, isLoaded, recordOf } from "./modules.ts";
import { makeCurrent, type StageOptions, stage } from "./stage.ts";
import type { Version } from "./version.ts";

/** An old version that has not been purged. */
export interface OldCode {
  readonly module: ModuleId;
  /** Content hash. */
  readonly version: string;
  /** Processes that a purge would kill. */
  readonly processes: readonly Pid[];
  /** Frames that belong to no process, and detached ones; a purge stops them at their next check. */
  readonly otherFrames: number;
  /** All of them, those of processes first. */
  readonly frames: readonly OpenFrame[];
}

/** An asynchronous function of an old version that has begun and not returned. */
export interface OpenFrame {
  /** Null outside any process. */
  readonly process: Pid | null;
  /** Its callback has returned without it (the loser of a `Promise.race`): no reason to kill its process. */
  readonly detached: boolean;
  /** Where it waits: `chat-0.1.0/src/room.ts:12`. Null before its first `await`. */
  readonly at: string | null;
}

let lastLoad: Promise<unknown> = Promise.resolve();

/**
 * Loads one module. Old code of it is purged first, brutally: processes that still run in it are killed. Then current
 * becomes old, and this becomes current. Loads wait for each other, in order.
 *
 * Rejects, with no code changed and nobody killed, when the module cannot be evaluated or its `onLoad` throws.
 *
 * OTP: code:load_binary/3 <https://www.erlang.org/doc/apps/kernel/code.html#load_binary/3>
 * Deviation: a load that fails does not purge.
 *
 * @throws code/bad_format, code/nofile, code/external_failed, code/evaluation_failed, code/on_load_failure
 */
export const load = (object: ObjectCode, options: StageOptions = {}): Promise<void> => {
  const loading = lastLoad.then(async () => {
    const staged = await stage([object], options);
    // As OTP: old code of a module that was deleted has no current beside it, and stays.
    if (isLoaded(object.module)) purge(object.module);
    staged.switch();
  });
  lastLoad = loading.catch(() => {});
  return loading;
};

/**
 * Removes a module's old code and kills every process that still runs in it.
 *
 * Returns true if a process was killed; false if none was, or there was no old code.
 *
 * OTP: code:purge/1 <https://www.erlang.org/doc/apps/kernel/code.html#purge/1>
 */
export const purge = (module: ModuleId): boolean => {
  const record = recordOf(module);
  const old = record?.old ?? null;
  if (record === undefined || old === null) return false;
  record.old = null;
  return old.purge();
};

/**
 * Removes a module's old code if no process runs in it.
 *
 * Returns true if there is no old code now; false, with nothing changed, if a process still runs in it: `oldCode` names
 * it.
 *
 * OTP: code:soft_purge/1 <https://www.erlang.org/doc/apps/kernel/code.html#soft_purge/1>
 */
export const softPurge = (module: ModuleId): boolean => {
  const old = recordOf(module)?.old;
  if (old === undefined || old === null) return true;
  if (old.frames.processes().size > 0) return false;
  purge(module);
  return true;
};

/**
 * Makes a module's current code old: no call reaches it any more, processes inside go on.
 *
 * Returns false, with nothing changed, if there is old code already or the module is not loaded.
 *
 * OTP: code:delete/1 <https://www.erlang.org/doc/apps/kernel/code.html#delete/1>
 */
export const deleteModule = (module: ModuleId): boolean => {
  const record = recordOf(module);
  if (record === undefined || record.current === null || record.old !== null) return false;
  makeCurrent(record, null);
  return true;
};

/** Whether a module has old code. OTP: erlang:check_old_code/1 */
export const checkOldCode = (module: ModuleId): boolean => (recordOf(module)?.old ?? null) !== null;

/**
 * Whether a process runs in a module's old code: a frame of it is open there. A closure of old code that the process
 * holds does not count.
 *
 * OTP: erlang:check_process_code/2
 */
export const checkProcessCode = (pid: Pid, module: ModuleId): boolean => {
  const old = recordOf(module)?.old ?? null;
  const notes = pid.process?.frames ?? null;
  return old !== null && notes instanceof ProcessFrames && notes.isIn(old.frames);
};

/** The processes that run in a module's old code: those that a purge would kill. */
export const usersOfOldCode = (module: ModuleId): Pid[] =>
  [...(recordOf(module)?.old?.frames.processes() ?? [])].map(({ pid }) => pid);

/** Content hashes of a module's versions. */
export const whichVersions = (module: ModuleId): { readonly current?: string; readonly old?: string } => {
  const { current = null, old = null } = recordOf(module) ?? {};
  return { ...(current && { current: current.hash }), ...(old && { old: old.hash }) };
};

/** The modules that have current code, sorted. OTP: code:all_loaded/0 */
export const allLoaded = (): ModuleId[] =>
  [...allRecords()]
    .filter(({ current }) => current !== null)
    .map(({ module }) => module)
    .sort();

/** Old code that has not been purged, and who still runs in it. */
export const oldCode = (): OldCode[] => {
  const found: OldCode[] = [];
  for (const { module, old } of allRecords()) {
    if (old === null) continue;
    const processes = [...old.frames.processes()].map(({ pid }) => pid);
    const frames = framesIn(old);
    const otherFrames = frames.filter(({ process, detached }) => process === null || detached).length;
    found.push({ module, version: old.hash, processes, otherFrames, frames });
  }
  return found.sort((a, b) => (a.module < b.module ? -1 : 1));
};

/**
 * The exports of one version of a module as a plain object; undefined if there is no such version.
 *
 * The release handler gives them to the migrations, which need both versions at hand.
 */
export const exportsOf = (module: ModuleId, which: "current" | "old"): Record<string, unknown> | undefined =>
  recordOf(module)?.[which]?.exports();

/** The open frames of one process, in whatever versions, with the lines at which they wait. */
export const framesOfProcess = ({ pid }: Process): OpenFrame[] =>
  [...allRecords()]
    .flatMap(({ current, old }) => [current, old])
    .flatMap((version) => (version === null ? [] : framesIn(version).filter(({ process }) => process === pid)));

// Internal.

const framesIn = ({ frames, origin, source }: Version): OpenFrame[] => {
  const describe = ({ notes, line }: Frame, detached: boolean): OpenFrame => ({
    process: notes?.process.pid ?? null,
    detached,
    at: line === 0 ? null : `${origin.label}/${source}:${line}`,
  });
  const open = [...frames.frames()].map((frame) => describe(frame, false));
  const detached = frames.detachedFrames().map((frame) => describe(frame, true));
  return [
    ...open.filter(({ process }) => process !== null),
    ...open.filter(({ process }) => process === null),
    ...detached,
  ];
};
