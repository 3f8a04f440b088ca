// The goals of upgrades, and whether what was measured meets them. Pure: test/scripts/bench-upgrade.test.ts judges made-up
// figures. A goal of time holds at its own size only; that nothing is lost holds at any.

import type { Figures, Outcome } from "./measured.ts";

export interface Verdict {
  readonly scenario: string;
  readonly goal: string;
  /** What was found, as text. */
  readonly found: string;
  /** `open`: not judged, as the size is smaller than the goal's or Erlang is not there. */
  readonly verdict: "met" | "missed" | "open";
  /** How many times too large what was found is; absent when it is met, open, or nothing that has a size. */
  readonly times?: number;
}

// API.

/** Judges everything that was measured. */
export const judge = (outcomes: readonly Outcome[]): readonly Verdict[] =>
  outcomes.flatMap((outcome) => {
    const rules = goals[kindOf(outcome.scenario)] ?? [];
    return rules.flatMap((rule) => {
      const verdict = rule(outcome, outcomes);
      return verdict === null ? [] : [{ scenario: outcome.scenario, ...verdict }];
    });
  });

/** `counters 100000` is of the kind `counters`. */
export const kindOf = (scenario: string): string => scenario.split(" ")[0] as string;

// Internal.

type Rule = (outcome: Outcome, all: readonly Outcome[]) => Omit<Verdict, "scenario"> | null;

/** What takes longer with a million than with a hundred thousand by no more than this is noise. */
const NOISE = 1.25;

const size = ({ parameters }: Outcome): number =>
  Number(parameters.processes ?? parameters.sockets ?? parameters.modules);
const ms = (value: number): string => `${value.toPrecision(3)} ms`;

const atMost = (goal: string, value: number | undefined, limit: number | undefined): Omit<Verdict, "scenario"> => {
  if (value === undefined || limit === undefined) return { goal, found: "not measured", verdict: "open" };
  const found = `${ms(value)}, at most ${ms(limit)}`;
  return value <= limit ? { goal, found, verdict: "met" } : { goal, found, verdict: "missed", times: value / limit };
};

const from =
  (wanted: number, rule: Rule): Rule =>
  (outcome, all) => {
    const judged = rule(outcome, all);
    if (judged === null || size(outcome) >= wanted) return judged;
    return { goal: judged.goal, found: `${judged.found}; this size is too small to judge`, verdict: "open" };
  };

const otp = ({ otp: measured }: Outcome, name: string): number | undefined => measured?.figures[name];
const times = (value: number | undefined, factor: number): number | undefined =>
  value === undefined ? undefined : value * factor;

const zero =
  (goal: string, ...names: readonly string[]): Rule =>
  ({ underway: { figures } }) => {
    const wrong = names.filter((name) => figures[name] !== 0);
    const found = wrong.map((name) => `${name} ${figures[name] ?? "not measured"}`).join(", ") || "none";
    return { goal, found, verdict: wrong.length === 0 ? "met" : "missed" };
  };

const added = ({ outsideMaxMs = Number.NaN, calmOutsideMaxMs = Number.NaN }: Figures): number =>
  Math.max(0, outsideMaxMs - calmOutsideMaxMs);

const installed: Rule = zero("every install succeeds", "notInstalled");
const nothingLost: Rule = zero("no call fails, no process ends, no state is lost", "failed", "dead", "forgotten");
const nothingDropped: Rule = zero("0 dropped, 0 messages lost or reordered", "dropped", "lost", "disordered");

/** Calm latencies above this, in milliseconds, tell that the machine cannot even carry the load: nothing can be judged then. */
const BEARABLE_MS = 20;

/** A rule about time, judged where the load alone leaves room for it. */
const bearable =
  (rule: Rule): Rule =>
  (outcome, all) => {
    const judged = rule(outcome, all);
    const { calmOutsideP50Ms = 0 } = outcome.underway.figures;
    if (judged === null || calmOutsideP50Ms <= BEARABLE_MS) return judged;
    const why = `the machine cannot carry the load: median ${ms(calmOutsideP50Ms)} without an upgrade`;
    return { goal: judged.goal, found: `${judged.found}; ${why}`, verdict: "open" };
  };

/** One entry per kind of scenario; origin: design, section 11. */
const goals: { readonly [kind: string]: readonly Rule[] } = {
  counters: [
    installed,
    nothingLost,
    from(100_000, (outcome) =>
      atMost(
        "longest pause a caller sees: at most 1/1000 of OTP's",
        outcome.underway.figures.outsideMaxMs,
        times(otp(outcome, "outsideMaxMs"), 1 / 1000),
      ),
    ),
    (outcome, all) => {
      if (size(outcome) < 1_000_000) return null;
      const smaller = all.find(({ scenario }) => scenario === "counters 100000");
      return atMost(
        "longest pause with 1,000,000: no longer than with 100,000",
        outcome.underway.figures.outsideMaxMs,
        times(smaller?.underway.figures.outsideMaxMs, NOISE),
      );
    },
  ],
  idle: [
    installed,
    from(100_000, (outcome) =>
      atMost(
        "whole install, idle: at most 1/10 of OTP's",
        outcome.underway.figures.installMs,
        times(otp(outcome, "installMs"), 1 / 10),
      ),
    ),
  ],
  poisoned: [
    zero("one migration throws: the install is refused, naming the culprit", "notRefused", "notNamed"),
    nothingLost,
    zero("nothing is down", "downMs"),
  ],
  busy: [
    installed,
    nothingLost,
    bearable(
      from(10_000, ({ underway }) =>
        atMost("busy processes: nobody else waits 5 ms longer", added(underway.figures), 5),
      ),
    ),
  ],
  awaiting: [
    installed,
    nothingLost,
    bearable(
      from(10_000, ({ underway }) => atMost("idle processes wait less than 5 ms", underway.figures.outsideMaxMs, 5)),
    ),
  ],
  sockets: [
    installed,
    nothingDropped,
    bearable(from(1_000, ({ underway }) => atMost("added latency below 5 ms", added(underway.figures), 5))),
  ],
  websockets: [
    installed,
    nothingDropped,
    bearable(
      from(10_000, ({ underway: { figures } }) => {
        const { outsideP999Ms = Number.NaN, calmOutsideP999Ms = Number.NaN } = figures;
        return atMost("p99.9 added below 10 ms", Math.max(0, outsideP999Ms - calmOutsideP999Ms), 10);
      }),
    ),
  ],
  modules: [
    installed,
    nothingLost,
    from(500, ({ underway }) =>
      atMost("longest event-loop block of an install, in CPU time: 10 ms", underway.figures.turnCpuMs, 10),
    ),
  ],
};
