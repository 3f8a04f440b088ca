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
import { isUnderwayError, UnderwayError } from "../../error.ts";
import type { ModuleId } from "../../release/data.ts";
import type { AfterLateFailure, CodeChangeRequest, Commit, WayBack } from "../process/body.ts";
import { moduleName } from "../process/module-name.ts";
import type { Process } from "../process/process.ts";
import { formatReason } from "../process/reason.ts";
import { thrownAt } from "../process/refused-write.ts";
import { processesOf, watchBirths } from "../process/table.ts";
import { forSlice } from "./slices.ts";

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
  readonly process: Process;
  readonly pid: string;
  readonly name: string | null;
  readonly module: string;
  readonly error: unknown;
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
  /** Processes whose state is migrated. */
  processes = 0;
  /** Migrations run; more than there are processes when some kept working. */
  migrated = 0;
  late = 0;
  rounds = 0;

  constructor(affected: readonly Affected[], inNewCode: InNewCode, onLateFailure: OnLateFailure = () => "end") {
    this.#inNewCode = inNewCode;
    for (const { handle, change } of affected) this.#changes.set(handle, change);
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
      for (const process of this.#dirty) if (process.body.upgrade?.phase === "idle") this.#offer(process);
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

  #isWorthARound(dirtyBefore: number): boolean {
    const { size } = this.#dirty;
    if (size === 0 || this.rounds >= ROUNDS_MAX) return false;
    return dirtyBefore === Number.POSITIVE_INFINITY || (size > FEW && size <= dirtyBefore * 0.75);
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
      if (upgradable.phase !== "idle") this.#dirty.add(process);
    } catch (error) {
      this.#failed++;
      if (this.#failures.length < FAILURES_NAMED) this.#failures.push(failureOf(process, error));
    }
  }

  #changeOf(process: Process): CodeChangeRequest {
    return this.#changes.get(process.body.module) as CodeChangeRequest;
  }
}

/** What callbacks have returned that were under way at the switch cannot follow it. */
export const lateMigrationFailed = (failures: readonly MigrationFailure[]): UnderwayError =>
  new UnderwayError(
    "release/late_migration_failed",
    { failures: failures.map(described) },
    { cause: failures[0]?.error },
  );

// Internal.

const failureOf = (process: Process, error: unknown): MigrationFailure => ({
  process,
  pid: String(process.pid),
  name: process.registeredName,
  module: moduleName(process.body.module),
  error,
});

const migrationFailed = (failures: readonly MigrationFailure[], count: number): UnderwayError =>
  new UnderwayError(
    "release/migration_failed",
    { count, failures: failures.map(described) },
    { cause: failures[0]?.error },
  );

const described = ({ pid, name, module, error }: MigrationFailure) => ({
  pid,
  name,
  module,
  reason: formatReason({ error }),
  at: placeOf(error),
});

/** Where it was thrown. A step that is missing, or returned what is no state, has thrown nowhere. */
const placeOf = (error: unknown): string | null =>
  thrownNowhere.some((code) => isUnderwayError(error, code)) ? null : thrownAt(error);

const thrownNowhere = [
  "gen_server/no_code_change",
  "gen_server/bad_code_change",
  "process/no_code_change",
  "process/bad_code_change",
] as const;
