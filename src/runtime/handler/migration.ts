// Pre-copy and switch: the states of the affected processes are migrated while they keep working, in slices of at most a
// millisecond, until few are dirty; one synchronous turn then migrates those and makes everything visible at once.
//
//   clean ── begins a callback ──► dirty ── migrated again ──► clean        born: dirty       ended: gone
//
//   pre-copy ─► switch ─► close          one lifetime: births are watched from the start to `close`, `undo` or `abandon`
//       └─ abandon ─┘└──► undo
//
// A process inside an asynchronous callback at the switch keeps its frame in the now old version; its result is migrated
// in the turn in which the callback returns. Nobody is held while another finishes. (design.md 9)

import { setImmediate as nextTurn } from "node:timers/promises";
import { getHeapStatistics } from "node:v8";
import { UnderwayError } from "../../error.ts";
import type { ModuleId } from "../../release/data.ts";
import type { AfterLateFailure, CodeChangeRequest, Commit, WayBack } from "../process/body.ts";
import { moduleName } from "../process/module-name.ts";
import type { Process } from "../process/process.ts";
import { processesOf, watchBirths } from "../process/table.ts";
import { FAILURES_NAMED, failureOf, type MigrationFailure, migrationFailed } from "./migration-failure.ts";
import type { SlowMigration } from "./pause.ts";
import { forSlice } from "./slices.ts";
import { collectYoung } from "./young.ts";

/** So few dirty processes are migrated in the switch itself. */
const FEW = 32;
/** So many clean processes are migrated once more before the switch, and compared. */
const RECHECKED = 64;
/** None of them takes longer. */
const RECHECK_MS_MAX = 20;
/**
 * Part of the heap's limit beyond which states are not copied any more: above four fifths V8 ends the node when collections
 * free little. What is garbage counts, too; to know better would take a collection of everything, which is a pause.
 */
const HEAP_FULL = 0.75;
/** What V8's limit has for young objects, beside those of `--max-old-space-size`. */
const YOUNG_BYTES = 192 * 2 ** 20;
/** Rounds after which those that are always dirty are left to the switch. */
const ROUNDS_MAX = 8;
/** The processes of one module, and what is asked of each. */
export interface Affected {
  readonly module: ModuleId;
  readonly handle: object;
  readonly change: CodeChangeRequest;
}

/** Decides about a process whose result cannot follow the switch: is the change going to be taken back? */
export type OnLateFailure = (failure: MigrationFailure) => AfterLateFailure;

/** Runs a synchronous function while all handles show the new code. */
export type InNewCode = <T>(fn: () => T) => T;

export class Migration {
  readonly commit: Commit;
  /** Who has to be migrated (again): worked since, was born, or is inside a callback. */
  readonly #dirty = new Set<Process>();
  readonly #changes = new Map<object, CodeChangeRequest>();
  readonly #inNewCode: InNewCode;
  readonly #stopWatching: () => void;
  /** Processes that live with the new shape since the switch: they took their offer, were late, or were born. */
  readonly #changed = new Set<Process>();
  readonly #failures: MigrationFailure[] = [];
  #failed = 0;
  /** Modules that change their states in place: what is migrated before the switch proves only that it can be. */
  readonly #atSwitch = new Set<object>();
  /** How long the migrations took that are longer than a slice, and the others on average. */
  readonly #slowMs = new Map<Process, number>();
  #offersMs = 0;
  /** A few processes of each module, anywhere, to be migrated once more. */
  readonly #samples = new Map<object, { readonly picked: Process[]; seen: number }>();
  /** Processes whose state is migrated. */
  processes = 0;
  /** Migrations run; more than there are processes when some kept working. */
  migrated = 0;
  late = 0;
  rounds = 0;

  constructor(affected: readonly Affected[], inNewCode: InNewCode, onLateFailure: OnLateFailure = () => "end") {
    this.#inNewCode = inNewCode;
    for (const { handle, change } of affected) {
      this.#changes.set(handle, change);
      if (change.from.precopy === false || change.to.precopy === false) this.#atSwitch.add(handle);
    }
    this.commit = {
      state: "open",
      dirty: (process) => {
        this.#dirty.add(process);
      },
      taken: (process) => {
        this.#changed.add(process);
      },
      failedLate: (process, error) => {
        const fate = onLateFailure(failureOf(process, error));
        if (fate === "hold") this.#changed.add(process);
        return fate;
      },
    };
    this.#stopWatching = watchBirths((process) => {
      if (!this.#changes.has(process.body.module)) return;
      if (this.commit.state === "committed") {
        this.#changed.add(process);
        return;
      }
      this.processes++;
      this.#dirty.add(process);
    });
  }

  /**
   * Migrates aside until few are dirty; may be called again when time has passed. Rejects with `release/migration_failed`
   * when any migration fails.
   */
  async precopy(): Promise<void> {
    // The sets of processes are walked as they are: copying one of a million would block the event loop.
    if (this.rounds === 0) {
      for (const handle of this.#changes.keys()) await this.#walk(processesOf(handle).values(), "first");
    }
    this.rounds++;
    // The last few, and those that are always dirty, are left to the switch.
    let before = Number.POSITIVE_INFINITY;
    for (let again = this.#again(); this.#isWorthARound(again.length, before); again = this.#again()) {
      before = again.length;
      await this.#walk(again.values(), "again");
      this.rounds++;
    }
    if (this.#failed > 0) throw migrationFailed(this.#failures, this.#failed);
  }

  /**
   * Migrates a sample of the clean ones once more and compares. Rejects with `release/unstable_state` where the results
   * differ: then others would be switched to a state that is no longer theirs.
   */
  async recheck(): Promise<void> {
    const places: { readonly module: string; readonly process: string; readonly path: string }[] = [];
    const recheck = (process: Process): void => {
      // Who has worked since is migrated again anyway; one that takes very long is not worth another block of the event loop.
      if (!process.alive || this.#dirty.has(process) || (this.#slowMs.get(process) ?? 0) > RECHECK_MS_MAX) return;
      const path = process.body.upgrade?.recheck(this.#changeOf(process)) ?? null;
      if (path === null) return;
      places.push({ module: moduleName(process.body.module), process: nameOf(process), path });
    };
    const rest = [...this.#samples.values()].flatMap(({ picked }) => picked).values();
    while (this.#inNewCode(() => forSlice(rest, recheck))) await nextTurn();
    if (places.length > 0) throw new UnderwayError("release/unstable_state", { places });
  }

  /** How long the migrations will take that are left to the switch, as far as the former ones tell. */
  get forecastMs(): number {
    const usualMs = this.migrated === 0 ? 0 : this.#offersMs / this.migrated;
    let sumMs = 0;
    for (const process of this.#dirty) {
      if (process.body.upgrade?.phase === "idle") sumMs += this.#slowMs.get(process) ?? usualMs;
    }
    return sumMs;
  }

  /** Those whose migration alone takes longer than a slice, the longest first. */
  get slow(): readonly SlowMigration[] {
    return [...this.#slowMs].map(([process, ms]) => ({ process: nameOf(process), ms })).sort((a, b) => b.ms - a.ms);
  }

  /**
   * Migrates who is still dirty and idle; to be called in the turn of the switch, before anything is visible. Throws
   * `release/migration_failed`, and then nothing has changed.
   */
  finish(): void {
    if (this.#dirty.size === 0) return;
    this.#inNewCode(() => {
      for (const process of [...this.#dirty]) if (process.body.upgrade?.phase === "idle") this.#offer(process);
    });
    if (this.#failed > 0) throw migrationFailed(this.#failures, this.#failed);
  }

  /**
   * Makes it true, in the turn of `finish`: a mark for all who have an offer, one entry for each who is inside a callback.
   * Who has not begun to run yet will do so in the new code. Cannot fail.
   */
  switch(): void {
    this.commit.state = "committed";
    for (const process of this.#dirty) {
      const upgradable = process.alive ? process.body.upgrade : undefined;
      if (upgradable?.phase === "unborn") this.#changed.add(process);
      if (upgradable?.phase !== "inside") continue;
      upgradable.adoptLate(this.#changeOf(process), this.commit);
      this.late++;
    }
  }

  /** Before the switch: forgets everything, no process has noticed anything. Resolves when nothing is kept any more. */
  async abandon(): Promise<void> {
    this.commit.state = "dropped";
    await this.#everybody((process) => process.body.upgrade?.settle());
  }

  /**
   * Takes the change back after the switch, all in this turn; `showOldCode` makes the old code current again. Who has done
   * nothing since has its old state; who has worked gets its state through the opposite migration, which is run while the
   * new code is still current, as it belongs to it. Where that fails the process gets its state from before the upgrade,
   * or is ended if it had none, and is named.
   *
   * Throws what `showOldCode` throws; then everything is as the switch has left it.
   */
  undo(showOldCode: () => void): readonly MigrationFailure[] {
    const ways: { readonly process: Process; readonly way: WayBack }[] = [];
    for (const process of this.#changed) {
      const upgradable = process.alive ? process.body.upgrade : undefined;
      if (upgradable === undefined || upgradable.phase === "unborn") continue;
      const { from, to, ...rest } = this.#changeOf(process);
      ways.push({ process, way: upgradable.wayBack({ ...rest, from: to, to: from }) });
    }
    showOldCode();
    this.commit.state = "dropped";
    this.#stopWatching();
    for (const { way } of ways) way.take();
    return ways.flatMap(({ process, way: { failure } }) =>
      failure === undefined ? [] : [failureOf(process, failure.error)],
    );
  }

  /** After success: every process takes its offer and forgets its former state. From here on there is no way back. */
  async close(): Promise<void> {
    this.commit.final = true;
    await this.#everybody((process) => process.body.upgrade?.close());
  }

  // Internal.

  /** In slices, so that a million is no block. */
  async #everybody(work: (process: Process) => void): Promise<void> {
    this.#stopWatching();
    for (const handle of this.#changes.keys()) {
      const rest = processesOf(handle).values();
      while (forSlice(rest, work)) await nextTurn();
    }
  }

  /** Each process of a module has the same chance, however many there are. */
  #mayPick(process: Process): void {
    const { module } = process.body;
    const sample = this.#samples.get(module) ?? { picked: [], seen: 0 };
    if (sample.seen === 0) this.#samples.set(module, sample);
    const place = Math.floor(Math.random() * ++sample.seen);
    if (sample.picked.length < RECHECKED) sample.picked.push(process);
    else if (place < RECHECKED) sample.picked[place] = process;
  }

  /** Who would be clean after another round. One inside a callback would not: of its state nothing new can be said. */
  #again(): readonly Process[] {
    return [...this.#dirty].filter(({ body }) => body.upgrade?.phase === "idle" && !this.#atSwitch.has(body.module));
  }

  #isWorthARound(size: number, sizeBefore: number): boolean {
    if (size === 0 || this.rounds >= ROUNDS_MAX) return false;
    return sizeBefore === Number.POSITIVE_INFINITY || (size > FEW && size <= sizeBefore * 0.75);
  }

  /** Migrates processes aside, slice by slice. */
  async #walk(rest: Iterator<Process>, which: "first" | "again"): Promise<void> {
    const one = (process: Process): void => {
      if (which === "first" && this.#dirty.has(process)) return;
      if (which === "first" && process.body.upgrade !== undefined) this.processes++;
      if (which === "first") this.#mayPick(process);
      this.#offer(process);
    };
    const slow = (process: Process, ms: number): void => {
      this.#slowMs.set(process, ms);
    };
    for (let more = true; more; ) {
      const beganMs = performance.now();
      more = this.#inNewCode(() => forSlice(rest, one, slow));
      this.#offersMs += performance.now() - beganMs;
      refuseFullHeap();
      if (!more) break;
      await nextTurn();
      collectYoung();
      await nextTurn();
    }
  }

  /** A process inside a callback stays dirty: that its present state can be migrated is all that is known. */
  #offer(process: Process): void {
    this.#dirty.delete(process);
    const upgradable = process.alive ? process.body.upgrade : undefined;
    if (upgradable === undefined) return;
    try {
      upgradable.offer(this.#changeOf(process), this.commit);
      this.migrated++;
      if (upgradable.phase !== "idle" || this.#atSwitch.has(process.body.module)) this.#dirty.add(process);
    } catch (error) {
      if (this.#failed++ >= FAILURES_NAMED) return;
      const change = this.#changeOf(process);
      const rehearsed = upgradable.rehearse(change, change);
      this.#failures.push(failureOf(process, error, rehearsed?.kind === "failed" ? rehearsed.path : null));
    }
  }

  #changeOf(process: Process): CodeChangeRequest {
    return this.#changes.get(process.body.module) as CodeChangeRequest;
  }
}

/** States are kept twice until the switch: rather no upgrade than a node that runs out of memory. */
const refuseFullHeap = (): void => {
  const { used_heap_size: used, heap_size_limit } = getHeapStatistics();
  const limit = askedLimit() ?? heap_size_limit - YOUNG_BYTES;
  if (used <= HEAP_FULL * limit) return;
  throw new UnderwayError("release/no_memory", { usedMB: Math.round(used / 1e6), limitMB: Math.round(limit / 1e6) });
};

/** `--max-old-space-size`, in bytes, where somebody has said it. */
const askedLimit = (): number | null => {
  const options = [...process.execArgv, process.env.NODE_OPTIONS ?? ""].join(" ");
  const megabytes = /--max[-_]old[-_]space[-_]size[= ](\d+)/.exec(options)?.[1];
  return megabytes === undefined ? null : Number(megabytes) * 2 ** 20;
};

const nameOf = ({ registeredName, pid }: Process): string => registeredName ?? String(pid);
