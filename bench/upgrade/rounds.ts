// Many rounds become one figure each.

import { medianOf, round, type TimeLine } from "./latencies.ts";
import type { Figures, Measured } from "./measured.ts";
import { repository } from "./repository.ts";

export interface Rounds {
  readonly rounds: readonly Figures[];
  /** What is counted over all rounds together. */
  readonly counted: Figures;
  readonly changes: readonly { readonly ok: boolean; readonly reason: string }[];
  readonly timeLine: TimeLine | null;
}

/** The middle of each figure; a figure that is not measured is left out. */
export const measuredOf = ({ rounds, counted, changes, timeLine }: Rounds): Measured => {
  const names = [...new Set(rounds.flatMap((one) => Object.keys(one)))];
  const medians = names.flatMap((name) => {
    const values = rounds.map((one) => one[name] ?? Number.NaN).filter((value) => !Number.isNaN(value));
    return values.length === 0 ? [] : [[name, round(medianOf(values))] as const];
  });
  const notInstalled = changes.filter(({ ok }) => !ok);
  return {
    figures: { ...Object.fromEntries(medians), ...counted, notInstalled: notInstalled.length },
    rounds: rounds.map((one) => Object.fromEntries(Object.entries(one).map(([name, value]) => [name, round(value)]))),
    // Results are kept with the sources: they name no folder of the machine.
    reasons: notInstalled.map(({ reason }) => reason.replaceAll(`${repository}/`, "").slice(0, 2_000)),
    timeLine,
  };
};
