// What a scenario has measured of one system: figures by name. Units stand last in the names; none is a count.

import type { TimeLine } from "./latencies.ts";

export type Figures = { readonly [name: string]: number };

export interface Measured {
  /** The middle of each figure over all rounds; what is counted is added up instead. */
  readonly figures: Figures;
  readonly rounds: readonly Figures[];
  /** What the system said when it did not install. */
  readonly reasons: readonly string[];
  /** Around the first upgrade. */
  readonly timeLine: TimeLine | null;
}

/** What has been measured of a scenario. */
export interface Outcome {
  readonly scenario: string;
  readonly title: string;
  readonly parameters: { readonly [name: string]: number | string };
  readonly underway: Measured;
  /** Null: Erlang is not installed, or not wanted. */
  readonly otp: Measured | null;
}
