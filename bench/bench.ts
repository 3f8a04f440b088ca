// What a benchmark is: one question per file, `bench/<question>.bench.ts`, answered by rows. Run by scripts/bench.ts, each in
// a process of its own, so that none meets the heap or the compiled code of another.

/** One line of an answer. */
export interface Row {
  /** What was measured, and with how many: `call, one client`, `switch, 100,000 processes`. */
  readonly what: string;
  readonly value: number;
  /** `calls/s`, `ms`, `bytes`. */
  readonly unit: string;
  /** The same on Erlang/OTP, in this very run; absent when `erl` is not installed or there is nothing to compare with. */
  readonly otp?: number;
}

export interface Benchmark {
  /** The question, as a sentence. */
  readonly question: string;
  /** The sketch: expected cost and why, and what number would change a decision. */
  readonly sketch: string;
  run(): Promise<readonly Row[]>;
}

/** The median of several rounds, each measured alone. */
export const median = async (rounds: number, measure: () => Promise<number> | number): Promise<number> => {
  const values: number[] = [];
  for (let round = 0; round < rounds; round++) values.push(await measure());
  return values.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? Number.NaN;
};

/** How many a second `count` of them are that took since `beganMs`. */
export const perSecond = (count: number, beganMs: number): number => (count * 1000) / (performance.now() - beganMs);
