// Loading a set of modules as one step. They are loaded and evaluated aside, a slice at a time; nobody sees them until the
// switch, which is one synchronous turn.
//
//   stage ─► Staged ─ run* ─► switch ─► undo?
//     │         └──► abort
//     └ throws: nothing is left behind, packages already loaded excepted
//
// While staged code runs (its evaluation, onLoad, what is given to `run`), the handles of the set show the staged
// exports; the current ones are put back before the synchronous stretch ends. So staged code sees staged code, and
// everybody else sees nothing.

import { UnderwayError } from "../../error.ts";
import type { ModuleId } from "../../release/data.ts";
import type { ObjectCode } from "../../release/object-code.ts";
import { unlessEnded } from "../process/context.ts";
import { evaluationOrder, importedModules, type Stretch } from "./evaluation-order.ts";
import { loadExternal, type Relinking } from "./externals.ts";
import type { ModuleRecord } from "./handle.ts";
import { type Instance, instantiate } from "./linker.ts";
import { ensureRecord, handleOf, isLoaded, recordOf } from "./modules.ts";
import type { Origin, Version } from "./version.ts";

export interface StageOptions {
  /** Where a module comes from. Default: an application without version and folder. */
  readonly originOf?: (module: ModuleId) => Origin;
  /** Copies of packages that become visible with this set: staged code sees them, nobody else does before. Default: none. */
  readonly externals?: Relinking;
  /** "later" leaves the modules' `onLoad` to a call of `runOnLoad`. Default: "now". */
  readonly onLoad?: "now" | "later";
}

/** What a switch does besides making the staged modules current. */
export interface SwitchOptions {
  /** Modules that have no current version afterwards. */
  readonly remove?: readonly ModuleId[];
}

/** How long staged code is evaluated before the event loop gets its turn; one module is never interrupted. */
const sliceMs = 2;

/**
 * Loads, links and evaluates a set of modules aside, packages first.
 *
 * Modules are evaluated in the order of ES modules, in slices between which the event loop turns.
 *
 * @throws code/bad_format, code/nofile, code/external_failed, code/evaluation_failed, code/on_load_failure
 */
export const stage = async (objects: readonly ObjectCode[], options: StageOptions = {}): Promise<Staged> => {
  const set = new Map(objects.map((object) => [object.module, object]));
  checkImports(set);
  await loadPackages(set);
  const staged = new Staged(options.externals ?? null);
  try {
    for (const object of set.values()) ensureRecord(object.module, object.exports);
    let slice = performance.now();
    const instances = new Map<ModuleId, Instance>();
    for (const object of set.values()) {
      slice = await nextSlice(slice);
      const origin = options.originOf?.(object.module) ?? { label: applicationOf(object.module), folder: null };
      instances.set(object.module, instantiate(object, origin, { handleOf, isLoaded }));
    }
    const stretches = evaluationOrder(set);
    while (stretches.length > 0) {
      slice = await nextSlice(slice);
      staged.evaluate(stretches, instances);
    }
    if (options.onLoad !== "later") staged.runOnLoad();
  } catch (error) {
    staged.abort();
    throw error;
  }
  return staged;
};

/** A set of modules that is ready to become current. */
export class Staged {
  /** In the order of evaluation. */
  readonly #versions = new Map<ModuleId, Version>();
  /** What was current when each module was staged. */
  readonly #bases = new Map<ModuleId, Version | null>();
  /** What shows the set's code other copies of packages. */
  readonly #externals: Relinking | null;
  #state: "open" | "switched" | "aborted" = "open";

  constructor(externals: Relinking | null) {
    this.#externals = externals;
  }

  get modules(): ModuleId[] {
    return [...this.#versions.keys()];
  }

  /** The exports of a module's staged version as a plain object; undefined if the module is not in the set. */
  exportsOf(module: ModuleId): Record<string, unknown> | undefined {
    const version = this.#versions.get(module);
    if (version === undefined) return undefined;
    // What is re-exported from another module of the set has to come from its staged version too.
    const isolated = version.liveExports.size === 0 || this.#state !== "open";
    return isolated ? version.exports() : this.run(() => version.exports());
  }

  /**
   * Calls `fn` while all handles of the set show the staged exports, and puts the current ones back before it returns.
   * `fn` must do its work synchronously: what it leaves for later runs in the current code.
   */
  run<T>(fn: () => T): T {
    this.#assertOpen("run staged code");
    try {
      for (const [module, version] of this.#versions) recordOf(module)?.show(version);
      return this.#externals === null ? fn() : this.#externals.run(fn);
    } finally {
      for (const module of this.#versions.keys()) recordOf(module)?.showCurrent();
    }
  }

  /**
   * Calls the `onLoad` of each module that exports one, in the order of evaluation.
   *
   * OTP: -on_load <https://www.erlang.org/doc/system/code_loading.html>
   * Deviation: it succeeds by returning and fails by throwing; external calls in it already reach the staged code.
   *
   * @throws code/on_load_failure
   */
  runOnLoad(): void {
    const loading = [...this.#versions].filter(([, version]) => version.has("onLoad"));
    if (loading.length === 0) return;
    this.run(() => {
      for (const [module, version] of loading) {
        try {
          (version.read("onLoad") as () => unknown)();
        } catch (cause) {
          const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
          throw new UnderwayError("code/on_load_failure", { module, reason }, { cause });
        }
      }
    });
  }

  /**
   * Makes the set current in this turn: current becomes old, staged becomes current, and modules to remove have no
   * current version any more. Refused, with nothing changed, when a module has old code already or was loaded meanwhile.
   *
   * Returns the undo, synchronous too: what was current is current again, and the new code is old. It throws
   * `code/undo_purged`, with nothing changed, when the code to go back to is gone.
   *
   * @throws code/not_purged, code/superseded
   */
  switch({ remove = [] }: SwitchOptions = {}): () => void {
    this.#assertOpen("switch");
    const removed = remove.filter((module) => isLoaded(module) && !this.#versions.has(module));
    const records = [...this.modules, ...removed].map((module) => ensureRecord(module));
    const unpurged = records.filter(({ old, current }) => old !== null && current !== null);
    if (unpurged.length > 0) throw new UnderwayError("code/not_purged", { modules: unpurged.map((r) => r.module) });
    const superseded = [...this.#bases].filter(([module, base]) => recordOf(module)?.current !== base);
    if (superseded.length > 0) {
      throw new UnderwayError("code/superseded", { modules: superseded.map(([module]) => module) });
    }
    const changes = records.map((record) => makeCurrent(record, this.#versions.get(record.module) ?? null));
    this.#state = "switched";
    return () => {
      switchBack(changes);
      unlessEnded(undefined);
    };
  }

  /** Drops the set. Whatever it has started in its own code is ended; does nothing after a switch. */
  abort(): void {
    if (this.#state !== "open") return;
    this.#state = "aborted";
    for (const version of this.#versions.values()) version.purge();
    for (const module of this.#versions.keys()) recordOf(module)?.showCurrent();
    this.#versions.clear();
    // Who called it from within the set's own code has ended with it.
    unlessEnded(undefined);
  }

  /** @internal Evaluates the first stretches, at least one, until the time is up, and takes them off the list. */
  evaluate(stretches: Stretch[], instances: ReadonlyMap<ModuleId, Instance>): void {
    const versionOf = (module: ModuleId) => (instances.get(module) as Instance).version;
    const beganMs = performance.now();
    try {
      for (const [module, version] of this.#versions) recordOf(module)?.show(version);
      // To show a set takes longer the larger it is. Counted as part of the slice it would leave no time to evaluate more
      // than one stretch, and the whole would take a time that grows with the square of the set.
      const shownMs = performance.now();
      const until = shownMs + Math.max(sliceMs, shownMs - beganMs);
      do {
        const { modules, cyclic } = stretches.shift() as Stretch;
        // From here on an abort clears up behind them too.
        for (const module of modules) {
          this.#bases.set(module, recordOf(module)?.current ?? null);
          this.#versions.set(module, versionOf(module));
        }
        for (const module of cyclic) recordOf(module)?.show(versionOf(module));
        for (const module of modules) {
          const instance = instances.get(module) as Instance;
          if (this.#externals === null) instance.evaluate();
          else this.#externals.run(() => instance.evaluate());
          recordOf(module)?.show(versionOf(module));
        }
      } while (stretches.length > 0 && performance.now() < until);
    } finally {
      for (const module of this.#versions.keys()) recordOf(module)?.showCurrent();
    }
  }

  #assertOpen(operation: string): void {
    if (this.#state !== "open") throw new UnderwayError("code/staged_closed", { operation });
  }
}

/** One module's part in a switch. */
interface Change {
  readonly record: ModuleRecord;
  readonly from: Version | null;
  readonly to: Version | null;
}

/** Makes a version current, or none; what was current is old then. */
export const makeCurrent = (record: ModuleRecord, version: Version | null): Change => {
  const from = record.current;
  // Code that is old already and has no current beside it (after a delete) stays old.
  if (from !== null) record.old = from;
  record.setCurrent(version);
  return { record, from, to: version };
};

// Internal.

const switchBack = (changes: readonly Change[]): void => {
  const gone = changes.filter(
    ({ record, from, to }) => record.current !== to || (from !== null && record.old !== from) || from?.purged,
  );
  if (gone.length > 0)
    throw new UnderwayError("code/undo_purged", { modules: gone.map(({ record }) => record.module) });
  for (const { record, from, to } of changes) {
    record.setCurrent(from);
    if (from !== null || record.old === null) record.old = to;
    // A module may have one old version only, and here it has one from before the switch.
    else to?.purge();
  }
};

const applicationOf = (module: ModuleId): string => module.slice(0, module.indexOf("/"));

const checkImports = (set: ReadonlyMap<ModuleId, ObjectCode>): void => {
  for (const object of set.values()) {
    const missing = importedModules(object).find((module) => !set.has(module) && !isLoaded(module));
    if (missing === undefined) continue;
    throw new UnderwayError("code/nofile", { module: missing, importedBy: object.module });
  }
};

const loadPackages = (set: ReadonlyMap<ModuleId, ObjectCode>): Promise<unknown> =>
  Promise.all(
    [...set.values()].flatMap((object) =>
      object.imports.map((target) =>
        target.kind === "external" ? loadExternal(object.module, target.specifier) : undefined,
      ),
    ),
  );

/** Lets the event loop turn when the slice that began at `begin` is used up. Returns when the present slice began. */
const nextSlice = async (begin: number): Promise<number> => {
  if (performance.now() < begin + sliceMs) return begin;
  await new Promise((resolve) => setImmediate(resolve));
  return performance.now();
};
