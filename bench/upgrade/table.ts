// What a person reads: a table for each scenario, and the goals.

import type { Verdict } from "./goals.ts";
import type { Outcome } from "./measured.ts";

/** One scenario: its figures beside OTP's. */
export const tableOf = ({ underway, otp }: Outcome): readonly string[] => {
  const names = [...new Set([...Object.keys(underway.figures), ...Object.keys(otp?.figures ?? {})])];
  const cell = (value: number | undefined): string => (value === undefined ? "–" : format(value)).padStart(12);
  return [
    `  ${"".padEnd(26)}${"Underway".padStart(12)}${otp === null ? "" : `${"OTP".padStart(12)}${"ratio".padStart(10)}`}`,
    ...names.map((name) => {
      const [own, theirs] = [underway.figures[name], otp?.figures[name]];
      const ratio = own === undefined || theirs === undefined || theirs === 0 ? "" : (own / theirs).toPrecision(2);
      return `  ${name.padEnd(26)}${cell(own)}${otp === null ? "" : `${cell(theirs)}${ratio.padStart(10)}`}`;
    }),
    ...underway.reasons.map((reason) => `  Underway: ${firstLine(reason)}`),
    ...(otp?.reasons ?? []).map((reason) => `  OTP: ${firstLine(reason)}`),
  ];
};

const MARKS = { met: "✓", missed: "✗", open: "–" } as const;

export const goalLines = (verdicts: readonly Verdict[]): readonly string[] =>
  verdicts.map(({ scenario, goal, found, verdict, times }) => {
    const by = times === undefined ? "" : `, ${times.toPrecision(2)} times too much`;
    return `  ${MARKS[verdict]} ${scenario}: ${goal}\n      ${found}${by}`;
  });

// Internal.

const format = (value: number): string =>
  Number.isInteger(value)
    ? value.toLocaleString("en-US")
    : value >= 1000
      ? Math.round(value).toLocaleString("en-US")
      : value.toPrecision(3);

const firstLine = (text: string): string => (text.split("\n")[0] ?? "").slice(0, 160);
