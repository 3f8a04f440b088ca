// Pre-copy and switch: the states of the affected processes are migrated while they keep working, in slices of at most a
// millisecond, until few are dirty; one synchronous turn then migrates those and makes everything visible at once.
//
//   clean ── begins a callback ──► dirty ── migrated again ──► clean        born: dirty       ended: gone
//
// A process inside an asynchronous callback at the switch keeps its frame in the now old version; its result is migrated
// in the turn in which the callback returns. Nobody is held while another finishes. (design.md 9)

import { setImmediate as nextTurn } from "node:timers/promises";
import { UnderwayError } from "../../error.ts";
import type { ModuleId } from "../../release/data.ts";
import type { CodeChangeRequest, Commit, Undo, Upgradable } from "../process/body.ts";
import { moduleName } from "../process/module-name.ts";
import { type Process, processesOf, watchBirths } from "../process/process.ts";
import { formatReason } from "../process/reason.ts";

/** Longest stretch in which migrations keep the event loop. A single migration is not interrupted. */
const SLICE_MS = 1;
/** So few dirty processes are migrated in the switch itself. */
const FEW = 32;
/** Rounds after which those that are always dirty are left to the switch. */
const ROUNDS_MAX = 8;
/** So many failures are named; the rest is counted. */
const FAILURES_NAMED = 10;

/** The processes of one module, and what is asked of each. */
export interface Affected {
  readonly module: ModuleId;
  readonly handle: object;
  readonly change: CodeChangeRequest;
}

export interface MigrationFailure {
  readonly pid: string;
  readonly name: string | null;
  readonly module: string;
  readonly error: unknown;
}

/** Runs a synchronous function while all handles show the new code. */
export type InNewCode = <T>(fn: () => T) => T;

export class Migration {
  readonly commit: Commit;
  /** Processes that did not change since they were migrated need nothing in the switch. */
  readonly #dirty = new Set<Process>();
  readonly #changes = new Map<object, CodeChangeRequest>();
  readonly #owners = new Map<Upgradable, Process>();
  readonly #inNewCode: InNewCode;
  readonly #stopWatching: () => void;
  readonly #lateUndos: { process: Process; undo: Undo }[] = [];
  /** Processes that have taken their offer: they have worked in the new code. */
  readonly #taken = new Set<Upgradable>();
  migrated = 0;
  late = 0;
  rounds = 0;
  longestSliceMs = 0;

  constructor(affected: readonly Affected[], inNewCode: InNewCode) {
    this.#inNewCode = inNewCode;
    for (const { handle, change } of affected) {
      this.#changes.set(handle, change);
      for (const process of processesOf(handle)) this.#soil(process);
    }
    this.#stopWatching = watchBirths((process) => {
      if (this.commit.state === "open" && this.#changes.has(process.body.module)) this.#soil(process);
    });
    this.commit = {
      state: "open",
      dirty: (upgradable) => {
        const process = this.#owners.get(upgradable);
        if (process !== undefined) this.#dirty.add(process);
      },
      taken: (upgradable) => {
        this.#taken.add(upgradable);
      },
    };
  }

  get processes(): number {
    return this.#owners.size;
  }

  /** Migrates aside until few are dirty. Throws `release/migration_failed` when any migration fails. */
  async precopy(): Promise<void> {
    const failures: MigrationFailure[] = [];
    let failed = 0;
    let before = Number.POSITIVE_INFINITY;
    while (this.rounds < ROUNDS_MAX && this.#dirty.size > 0) {
      const todo = [...this.#dirty];
      this.rounds++;
      for (let next = 0; next < todo.length; ) {
        next = this.#slice(todo, next, (failure) => {
          failed++;
          if (failures.length < FAILURES_NAMED) failures.push(failure);
        });
        await nextTurn();
      }
      if (failed > 0) throw migrationFailed(failures, failed);
      if (this.#dirty.size <= FEW || this.#dirty.size > before * 0.75) return;
      before = this.#dirty.size;
    }
  }

  /**
   * Migrates who is still dirty and idle; to be called in the turn of the switch, before anything is visible. Throws
   * `release/migration_failed`, and then nothing has changed.
   */
  finish(): void {
    const failures: MigrationFailure[] = [];
    this.#inNewCode(() => {
      for (const process of this.#dirty) {
        const upgradable = process.alive ? process.body.upgrade : undefined;
        if (upgradable === undefined || upgradable.inside) continue;
        const failure = this.#offer(process, upgradable);
        if (failure !== null) failures.push(failure);
        else this.#dirty.delete(process);
      }
    });
    if (failures.length > 0) throw migrationFailed(failures.slice(0, FAILURES_NAMED), failures.length);
  }

  /** Makes it true: a mark for all who have an offer, and one entry for each who is inside a callback. Cannot fail. */
  switch(): void {
    this.commit.state = "committed";
    for (const process of this.#dirty) {
      const upgradable = process.alive ? process.body.upgrade : undefined;
      if (upgradable === undefined) continue;
      this.#lateUndos.push({ process, undo: upgradable.adoptLate(this.#changeOf(process)) });
      this.late++;
    }
  }

  /** Forgets everything: no process has noticed anything. */
  abandon(): void {
    this.commit.state = "dropped";
    this.#stopWatching();
  }

  /**
   * Takes the change back after the switch, in the turn in which the handles show the old code again. Who has done
   * nothing since has its old state; who has worked gets its state through the opposite migration; where that fails the
   * process is ended, and named.
   */
  undo(): readonly MigrationFailure[] {
    this.commit.state = "dropped";
    const failures: MigrationFailure[] = [];
    const worked = new Set<Process>();
    for (const upgradable of this.#taken) {
      const process = this.#owners.get(upgradable);
      if (process?.alive) worked.add(process);
    }
    for (const { process, undo } of this.#lateUndos) if (process.alive && !undo()) worked.add(process);
    const back: Commit = { state: "committed", dirty() {}, taken() {} };
    for (const process of worked) {
      const { from, to, ...rest } = this.#changeOf(process);
      const upgradable = process.body.upgrade as Upgradable;
      try {
        if (upgradable.inside) upgradable.adoptLate({ ...rest, from: to, to: from });
        else upgradable.offer({ ...rest, from: to, to: from }, back);
        upgradable.settle();
      } catch (error) {
        failures.push(failureOf(process, error));
        process.end({ error });
      }
    }
    this.#stopWatching();
    return failures;
  }

  /** After success: lets every process take its offer, in slices, so that no state from before the upgrade is kept. */
  async settleAll(): Promise<void> {
    this.#stopWatching();
    let sliceEndsMs = performance.now() + SLICE_MS;
    for (const upgradable of this.#owners.keys()) {
      upgradable.settle();
      if (performance.now() < sliceEndsMs) continue;
      await nextTurn();
      sliceEndsMs = performance.now() + SLICE_MS;
    }
  }

  /** Who is inside an asynchronous callback now. */
  inside(): readonly Process[] {
    return [...this.#dirty].filter((process) => process.alive && process.body.upgrade?.inside === true);
  }

  // Internal.

  #soil(process: Process): void {
    const { upgrade } = process.body;
    if (upgrade === undefined) return;
    this.#owners.set(upgrade, process);
    this.#dirty.add(process);
  }

  #slice(todo: readonly Process[], from: number, onFailure: (failure: MigrationFailure) => void): number {
    const beganMs = performance.now();
    let next = from;
    this.#inNewCode(() => {
      do {
        const process = todo[next++];
        const upgradable = process?.alive ? process.body.upgrade : undefined;
        if (process === undefined || upgradable === undefined) {
          if (process !== undefined) this.#dirty.delete(process);
          continue;
        }
        // Inside a callback: what its state will be is not known, but that its present one can be migrated is.
        const failure = this.#offer(process, upgradable);
        if (failure !== null) onFailure(failure);
        else if (!upgradable.inside) this.#dirty.delete(process);
      } while (next < todo.length && performance.now() - beganMs < SLICE_MS);
    });
    this.longestSliceMs = Math.max(this.longestSliceMs, performance.now() - beganMs);
    return next;
  }

  #offer(process: Process, upgradable: Upgradable): MigrationFailure | null {
    try {
      upgradable.offer(this.#changeOf(process), this.commit);
      this.migrated++;
      return null;
    } catch (error) {
      return failureOf(process, error);
    }
  }

  #changeOf(process: Process): CodeChangeRequest {
    return this.#changes.get(process.body.module) as CodeChangeRequest;
  }
}

const failureOf = (process: Process, error: unknown): MigrationFailure => ({
  pid: String(process.pid),
  name: process.registeredName,
  module: moduleName(process.body.module),
  error,
});

const migrationFailed = (failures: readonly MigrationFailure[], count: number): UnderwayError =>
  new UnderwayError(
    "release/migration_failed",
    {
      count,
      failures: failures.map(({ pid, name, module, error }) => ({
        pid,
        name,
        module,
        reason: formatReason({ error }),
        at: placeOf(error),
      })),
    },
    { cause: failures[0]?.error },
  );

/** Where it was thrown: the first line of the stack that is a line of TypeScript, a module's own, else the first one. */
const placeOf = (error: unknown): string | null => {
  const lines = (error instanceof Error ? (error.stack ?? "") : "").split("\n");
  const places = lines.filter((line) => line.trimStart().startsWith("at "));
  const place = places.find((line) => /\.ts:\d+:\d+\)?$/.test(line)) ?? places[0];
  return place?.trim().replace(/^at /, "") ?? null;
};
