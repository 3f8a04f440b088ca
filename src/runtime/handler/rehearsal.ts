// Migrations tried on copies: of a few states before anything real is migrated, of all to rehearse. What it finds refuses the
// install before a single process has taken part, or is told to whoever asks what the install would be like.

import { setImmediate as nextTurn } from "node:timers/promises";
import { UnderwayError } from "../../error.ts";
import type { ModuleId } from "../../release/data.ts";
import type { CodeChangeRequest } from "../process/body.ts";
import type { Process } from "../process/process.ts";
import { formatReason } from "../process/reason.ts";
import { processesOf } from "../process/table.ts";
import type { Affected, InNewCode } from "./migration.ts";
import { FAILURES_NAMED, failureOf, type MigrationFailure, migrationFailed } from "./migration-failure.ts";
import type { SlowMigration } from "./pause.ts";
import { forSlice } from "./slices.ts";

/** What trying the migrations of one callback module has shown. Times are milliseconds. */
export interface ModuleRehearsal {
  readonly module: ModuleId;
  /** Processes of the module, and how many of them were tried. */
  readonly processes: number;
  readonly tried: number;
  /** All migrations together. */
  readonly durationMs: number;
  /** Those that alone take longer than a slice, the longest first: a single migration is not interrupted. */
  readonly slow: readonly SlowMigration[];
  /** The migrations that would have been left to the switch at this moment: of processes that were at work. */
  readonly atSwitchMs: number;
  /** Processes whose state would not be what it was after the way there and back, and the first such place. */
  readonly lossy: { readonly processes: number; readonly path: string } | null;
  /** Processes for which there is no way back, and the first reason. */
  readonly oneWay: { readonly processes: number; readonly reason: string } | null;
  /** Bytes that the migrated states of all would take beside the present ones; null if that cannot be told. */
  readonly memoryBytes: number | null;
}

/** So many states of each module are tried before an install. */
const SAMPLE = 8;
/** So many results are kept to see what they weigh. */
const WEIGHED = 1_000;

/**
 * Tries the migrations on copies: of all processes, or of a sample. Rejects with `release/migration_failed` when one fails,
 * with `release/migration_mutates` when one changes the state that it is given. Changes nothing.
 */
export const rehearseMigrations = async (
  affected: readonly Affected[],
  inNewCode: InNewCode,
  of: "all" | "sample",
): Promise<readonly ModuleRehearsal[]> => {
  const trials = affected.map((one) => new Trial(one));
  for (const trial of trials) await trial.run(inNewCode, of);
  const failures = trials.flatMap((trial) => trial.failures);
  const failed = trials.reduce((sum, trial) => sum + trial.failed, 0);
  if (failed > 0) throw migrationFailed(failures.slice(0, FAILURES_NAMED), failed);
  const mutated = trials.flatMap((trial) => trial.mutated ?? []);
  if (mutated.length > 0) throw new UnderwayError("release/migration_mutates", { places: mutated });
  return trials.map((trial) => trial.result());
};

/** Throws `release/no_way_back` when states could not be brought back, and nobody has said that they need not be. */
export const refuseOneWay = (modules: readonly ModuleRehearsal[], forwardOnly: boolean): void => {
  const oneWay = modules.flatMap(({ module, oneWay }) => (oneWay === null ? [] : [{ module, reason: oneWay.reason }]));
  if (oneWay.length > 0 && !forwardOnly) throw new UnderwayError("release/no_way_back", { modules: oneWay });
};

// Internal.

class Trial {
  readonly failures: MigrationFailure[] = [];
  failed = 0;
  mutated: { readonly module: ModuleId; readonly process: string; readonly path: string } | null = null;
  readonly #affected: Affected;
  readonly #opposite: CodeChangeRequest;
  readonly #slow: SlowMigration[] = [];
  #atSwitchMs = 0;
  readonly #kept: unknown[] = [];
  #keptBytes: number | null = null;
  #tried = 0;
  #durationMs = 0;
  #lossy = 0;
  #lossyAt = "";
  #oneWay = 0;
  #oneWayBecause = "";

  constructor(affected: Affected) {
    this.#affected = affected;
    const { from, to, ...rest } = affected.change;
    this.#opposite = { ...rest, from: to, to: from };
  }

  async run(inNewCode: InNewCode, of: "all" | "sample"): Promise<void> {
    const processes = processesOf(this.#affected.handle);
    const rest = of === "all" ? processes.values() : sampleOf(processes);
    const before = process.memoryUsage().heapUsed;
    const one = (tried: Process): void => this.#try(tried);
    const told = (tried: Process, ms: number): void => {
      this.#slow.push({ process: nameOf(tried), ms });
    };
    while (inNewCode(() => forSlice(rest, one, told))) {
      await nextTurn();
      if (this.#kept.length < WEIGHED) this.#keptBytes = process.memoryUsage().heapUsed - before;
    }
  }

  result(): ModuleRehearsal {
    const processes = processesOf(this.#affected.handle).size;
    const { length } = this.#kept;
    const weight = this.#keptBytes === null || this.#keptBytes <= 0 || length === 0 ? null : this.#keptBytes / length;
    return {
      module: this.#affected.module,
      processes,
      tried: this.#tried,
      durationMs: this.#durationMs,
      atSwitchMs: this.#atSwitchMs,
      slow: this.#slow.sort((a, b) => b.ms - a.ms).slice(0, FAILURES_NAMED),
      lossy: this.#lossy === 0 ? null : { processes: this.#lossy, path: this.#lossyAt },
      oneWay: this.#oneWay === 0 ? null : { processes: this.#oneWay, reason: this.#oneWayBecause },
      memoryBytes: weight === null ? null : Math.round(weight * processes),
    };
  }

  #try(tried: Process): void {
    const beganMs = performance.now();
    const rehearsed = tried.alive ? tried.body.upgrade?.rehearse(this.#affected.change, this.#opposite) : null;
    if (rehearsed === null || rehearsed === undefined) return;
    this.#tried++;
    const ms = performance.now() - beganMs;
    this.#durationMs += ms;
    const { from, to } = this.#affected.change;
    if (tried.status !== "waiting" || from.precopy === false || to.precopy === false) this.#atSwitchMs += ms;
    if (rehearsed.kind === "failed") {
      this.failed++;
      if (this.failures.length < FAILURES_NAMED) this.failures.push(failureOf(tried, rehearsed.error, rehearsed.path));
      return;
    }
    if (this.#kept.length < WEIGHED) this.#kept.push(rehearsed.result);
    const { module } = this.#affected;
    if (rehearsed.mutated !== null) this.mutated ??= { module, process: nameOf(tried), path: rehearsed.mutated };
    if (rehearsed.wayBack !== undefined && this.#oneWay++ === 0) this.#oneWayBecause = firstLine(rehearsed.wayBack);
    if (rehearsed.lost !== null && this.#lossy++ === 0) this.#lossyAt = rehearsed.lost;
  }
}

/** A few of them, anywhere. */
function* sampleOf(processes: ReadonlySet<Process>): IterableIterator<Process> {
  const wanted = new Set(Array.from({ length: SAMPLE }, () => Math.floor(Math.random() * processes.size)));
  let index = 0;
  for (const one of processes) if (wanted.has(index++)) yield one;
}

/** The rest is advice to whoever calls. */
const firstLine = (reason: { readonly error: unknown }): string => formatReason(reason).split("\n")[0] ?? "";

const nameOf = ({ registeredName, pid }: Process): string => registeredName ?? String(pid);
