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
import type { CodeChangeRequest, Commit, Undo } from "../process/body.ts";
import { moduleName } from "../process/module-name.ts";
import type { Process } from "../process/process.ts";
import { formatReason } from "../process/reason.ts";
import { processesOf, watchBirths } from "../process/table.ts";

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
  /** Who has to be migrated (again): worked since, was born, or is inside a callback. */
  readonly #dirty = new Set<Process>();
  readonly #changes = new Map<object, CodeChangeRequest>();
  readonly #inNewCode: InNewCode;
  readonly #stopWatching: () => void;
  readonly #lateUndos: { readonly process: Process; readonly undo: Undo }[] = [];
  /** Processes that have taken their offer: they have worked in the new code. */
  readonly #taken = new Set<Process>();
  readonly #failures: MigrationFailure[] = [];
  #failed = 0;
  /** Processes whose state is migrated. */
  processes = 0;
  /** Migrations run; more than there are processes when some kept working. */
  migrated = 0;
  late = 0;
  rounds = 0;

  constructor(affected: readonly Affected[], inNewCode: InNewCode) {
    this.#inNewCode = inNewCode;
    for (const { handle, change } of affected) this.#changes.set(handle, change);
    this.commit = {
      state: "open",
      dirty: (process) => {
        this.#dirty.add(process);
      },
      taken: (process) => {
        this.#taken.add(process);
      },
    };
    this.#stopWatching = watchBirths((process) => {
      if (this.commit.state !== "open" || !this.#changes.has(process.body.module)) return;
      this.processes++;
      this.#dirty.add(process);
    });
  }

  /** Migrates aside until few are dirty. Throws `release/migration_failed` when any migration fails. */
  async precopy(): Promise<void> {
    // The sets of processes are walked as they are: copying one of a million would block the event loop.
    for (const handle of this.#changes.keys()) await this.#walk(processesOf(handle).values(), "first");
    this.rounds = 1;
    // The last few, and those that are always dirty, are left to the switch.
    for (let before = Number.POSITIVE_INFINITY; this.#isWorthARound(before); this.rounds++) {
      before = this.#dirty.size;
      await this.#walk([...this.#dirty].values(), "again");
    }
    if (this.#failed > 0) throw migrationFailed(this.#failures, this.#failed);
  }

  /**
   * Migrates who is still dirty and idle; to be called in the turn of the switch, before anything is visible. Throws
   * `release/migration_failed`, and then nothing has changed.
   */
  finish(): void {
    if (this.#dirty.size === 0) return;
    this.#inNewCode(() => {
      for (const process of this.#dirty) if (process.body.upgrade?.inside !== true) this.#offer(process);
    });
    if (this.#failed > 0) throw migrationFailed(this.#failures, this.#failed);
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
   * Takes the change back after the switch, all in this turn; `showOldCode` makes the old code current again. Who has done
   * nothing since has its old state; who has worked gets its state through the opposite migration, which is run while the
   * new code is still current, as it belongs to it. Where that fails the process is ended, and named.
   */
  undo(showOldCode: () => void): readonly MigrationFailure[] {
    this.commit.state = "dropped";
    this.#stopWatching();
    const failures: MigrationFailure[] = [];
    const worked = new Set([...this.#taken].filter((process) => process.alive));
    for (const { process, undo } of this.#lateUndos) if (process.alive && !undo()) worked.add(process);
    const back: Commit = { state: "open", dirty() {}, taken() {} };
    for (const process of worked) {
      try {
        process.body.upgrade?.offer(this.#wayBackOf(process), back);
      } catch (error) {
        failures.push(failureOf(process, error));
        process.end({ error });
      }
    }
    showOldCode();
    back.state = "committed";
    for (const process of worked) {
      const upgradable = process.alive ? process.body.upgrade : undefined;
      if (upgradable?.inside) upgradable.adoptLate(this.#wayBackOf(process));
      else upgradable?.settle();
    }
    return failures;
  }

  /** After success: lets every process take its offer, in slices, so that no state from before the upgrade is kept. */
  async settleAll(): Promise<void> {
    this.#stopWatching();
    for (const handle of this.#changes.keys()) {
      const rest = processesOf(handle).values();
      while (forSlice(rest, (process) => process.body.upgrade?.settle())) await nextTurn();
    }
  }

  /** Who is inside an asynchronous callback now. */
  inside(): readonly Process[] {
    return [...this.#dirty].filter((process) => process.alive && process.body.upgrade?.inside === true);
  }

  // Internal.

  #isWorthARound(dirtyBefore: number): boolean {
    const { size } = this.#dirty;
    if (size === 0 || this.rounds >= ROUNDS_MAX) return false;
    return this.rounds === 1 || (size > FEW && size <= dirtyBefore * 0.75);
  }

  /** Migrates processes aside, slice by slice. */
  async #walk(rest: Iterator<Process>, which: "first" | "again"): Promise<void> {
    const one = (process: Process): void => {
      if (which === "first" && this.#dirty.has(process)) return;
      if (which === "first" && process.body.upgrade !== undefined) this.processes++;
      this.#offer(process);
    };
    while (this.#inNewCode(() => forSlice(rest, one))) await nextTurn();
  }

  /** A process inside a callback stays dirty: that its present state can be migrated is all that is known. */
  #offer(process: Process): void {
    this.#dirty.delete(process);
    const upgradable = process.alive ? process.body.upgrade : undefined;
    if (upgradable === undefined) return;
    try {
      upgradable.offer(this.#changeOf(process), this.commit);
      this.migrated++;
      if (upgradable.inside) this.#dirty.add(process);
    } catch (error) {
      this.#failed++;
      if (this.#failures.length < FAILURES_NAMED) this.#failures.push(failureOf(process, error));
    }
  }

  #wayBackOf(process: Process): CodeChangeRequest {
    const { from, to, ...rest } = this.#changeOf(process);
    return { ...rest, from: to, to: from };
  }

  #changeOf(process: Process): CodeChangeRequest {
    return this.#changes.get(process.body.module) as CodeChangeRequest;
  }
}

/** Works off an iterator for a slice's time. True if there is more. */
const forSlice = (rest: Iterator<Process>, work: (process: Process) => void): boolean => {
  const endsMs = performance.now() + SLICE_MS;
  do {
    const { value, done } = rest.next();
    if (done === true) return false;
    work(value);
  } while (performance.now() < endsMs);
  return true;
};

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
