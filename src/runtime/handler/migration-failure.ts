// A process whose state cannot be migrated: who, why, and where, for the message that a person acts on.

import { isUnderwayError, UnderwayError } from "../../error.ts";
import { moduleName } from "../process/module-name.ts";
import type { Process } from "../process/process.ts";
import { formatReason } from "../process/reason.ts";
import { thrownAt } from "../process/refused-write.ts";

export interface MigrationFailure {
  readonly process: Process;
  readonly pid: string;
  readonly name: string | null;
  readonly module: string;
  readonly error: unknown;
  /** What the migration has read last of the state, such as `members[2].name`. */
  readonly path: string | null;
}

/** So many failures are named; the rest is counted. */
export const FAILURES_NAMED = 10;

export const failureOf = (process: Process, error: unknown, path: string | null = null): MigrationFailure => ({
  process,
  pid: String(process.pid),
  name: process.registeredName,
  module: moduleName(process.body.module),
  error,
  path,
});

/** Some states cannot be migrated: nothing has changed. */
export const migrationFailed = (failures: readonly MigrationFailure[], count: number): UnderwayError =>
  new UnderwayError(
    "release/migration_failed",
    { count, failures: failures.map(described) },
    { cause: failures[0]?.error },
  );

/** What callbacks have returned that were under way at the switch cannot follow it. */
export const lateMigrationFailed = (failures: readonly MigrationFailure[]): UnderwayError =>
  new UnderwayError(
    "release/late_migration_failed",
    { failures: failures.map(described) },
    { cause: failures[0]?.error },
  );

// Internal.

const described = ({ pid, name, module, error, path }: MigrationFailure) => ({
  pid,
  name,
  module,
  reason: formatReason({ error }),
  at: placeOf(error),
  path,
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
