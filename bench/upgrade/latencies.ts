// What a load has measured, and what is read from it. An open-loop load sends when a request is due, whether or not earlier
// ones have been answered, and counts from that time on: a system that stands still is charged for everybody who waits, not
// only for those who happened to be asking (no coordinated omission).

/** The requests of a load, in the order in which they were due. Times are milliseconds. */
export interface Samples {
  /** When each was due, since 1970. */
  readonly dueMs: Float64Array;
  /** From then until the answer; `NaN`: never answered, or with an error. */
  readonly tookMs: Float64Array;
  /** From then until it was sent: what the measuring itself adds. */
  readonly lateMs: Float64Array;
}

/** Of the requests due within a window. */
export interface Latency {
  readonly count: number;
  readonly failed: number;
  readonly p50Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
  /** The longest that the client itself was late. */
  readonly lateMs: number;
}

/** What a picture shows: the times are the middles of buckets, relative to the beginning of an install. */
export interface TimeLine {
  readonly atMs: readonly number[];
  readonly p50Ms: readonly number[];
  readonly maxMs: readonly number[];
  /** How long the install took. */
  readonly installMs: number;
}

// API.

export const emptySamples: Samples = {
  dueMs: new Float64Array(0),
  tookMs: new Float64Array(0),
  lateMs: new Float64Array(0),
};

/** Samples that were taken from inside, by a load that tells no lateness. */
export const samplesOf = (pairs: readonly (readonly [dueUs: number, tookUs: number])[]): Samples => ({
  dueMs: Float64Array.from(pairs, ([dueUs]) => dueUs / 1000),
  tookMs: Float64Array.from(pairs, ([, tookUs]) => tookUs / 1000),
  lateMs: new Float64Array(pairs.length),
});

/** The latency of what was due from `fromMs` to before `toMs`. Figures are `NaN` when nothing was answered. */
export const latencyOf = ({ dueMs, tookMs, lateMs }: Samples, fromMs: number, toMs: number): Latency => {
  const took: number[] = [];
  let count = 0;
  let late = 0;
  for (let index = 0; index < dueMs.length; index++) {
    const due = dueMs[index] as number;
    if (due < fromMs || due >= toMs) continue;
    count++;
    late = Math.max(late, lateMs[index] as number);
    if (!Number.isNaN(tookMs[index])) took.push(tookMs[index] as number);
  }
  const sorted = Float64Array.from(took).sort();
  return {
    ...{ count, failed: count - sorted.length, lateMs: late },
    ...{ p50Ms: quantile(sorted, 0.5), p999Ms: quantile(sorted, 0.999), maxMs: quantile(sorted, 1) },
  };
};

/** The value that a share of all does not exceed; of no values `NaN`. The values are sorted. */
export const quantile = (sorted: ArrayLike<number>, share: number): number =>
  sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;

export const medianOf = (values: readonly number[]): number => quantile(Float64Array.from(values).sort(), 0.5);

/** A picture's points, `buckets` of them. Buckets in which nothing was due, or nothing answered, are left out. */
export const timeLineOf = (
  { dueMs, tookMs }: Samples,
  window: { readonly beganMs: number; readonly installMs: number; readonly fromMs: number; readonly toMs: number },
  buckets = 240,
): TimeLine => {
  const widthMs = (window.toMs - window.fromMs) / buckets;
  const found = Array.from({ length: buckets }, (): number[] => []);
  for (let index = 0; index < dueMs.length; index++) {
    const bucket = Math.floor(((dueMs[index] as number) - window.fromMs) / widthMs);
    if (!Number.isNaN(tookMs[index])) found[bucket]?.push(tookMs[index] as number);
  }
  const points = found.flatMap((took, bucket) => {
    if (took.length === 0) return [];
    const sorted = Float64Array.from(took).sort();
    const atMs = window.fromMs + (bucket + 0.5) * widthMs - window.beganMs;
    return [{ atMs, p50Ms: quantile(sorted, 0.5), maxMs: quantile(sorted, 1) }];
  });
  return {
    atMs: points.map(({ atMs }) => round(atMs)),
    p50Ms: points.map(({ p50Ms }) => round(p50Ms)),
    maxMs: points.map(({ maxMs }) => round(maxMs)),
    installMs: round(window.installMs),
  };
};

/** Three digits behind the point: a microsecond. */
export const round = (value: number): number => Math.round(value * 1000) / 1000;
