// The pause that an install would make, as far as it can be foreseen, against the one that its caller allows.

import { UnderwayError } from "../../error.ts";

/** A migration that alone takes longer than a slice. It is not interrupted, wherever it is run. */
export interface SlowMigration {
  /** Registered name, else pid. */
  readonly process: string;
  readonly ms: number;
}

/** Throws `release/pause_too_long` when the migrations left to the switch, or a single one, take longer than is allowed. */
export const refuseLongPause = (expectedMs: number, slow: readonly SlowMigration[], maxPauseMs: number): void => {
  const forecastMs = Math.max(expectedMs, ...slow.map(({ ms }) => ms));
  if (forecastMs <= maxPauseMs) return;
  throw new UnderwayError("release/pause_too_long", {
    forecastMs: rounded(forecastMs),
    maxPauseMs,
    slow: slow.map(({ process, ms }) => ({ process, ms: rounded(ms) })),
  });
};

// Internal.

/** To a tenth, but never to nothing. */
const rounded = (ms: number): number => Math.ceil(ms * 10) / 10;
