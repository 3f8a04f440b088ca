// How a scenario is run in one system: calm ─► install ─► after, up and down again, under a load that goes on all the time.

import { setTimeout as sleep } from "node:timers/promises";
import { latencyOf, type Samples, samplesOf, type TimeLine, timeLineOf } from "./latencies.ts";
import type { Load } from "./load.ts";
import type { Figures, Measured } from "./measured.ts";
import { until } from "./os-process.ts";
import { measuredOf } from "./rounds.ts";
import type { Size } from "./scenarios.ts";
import { starvedMs } from "./starved.ts";
import type { Api, InsideSample, Installed, System } from "./system.ts";

export interface Stage {
  readonly system: System;
  readonly api: Api;
  readonly load: Load;
  readonly say: (text: string) => void;
}

/** Runs in a node that was just started. */
export type Run = (stage: Stage) => Promise<Measured>;

export interface CallsOptions {
  readonly processes: number;
  readonly load: {
    readonly outsidePerS: number;
    readonly insidePerS: number;
    readonly from: number;
    readonly to: number;
  };
  readonly size: Size;
  /** Each up and down again. */
  readonly rounds: number;
  /** Only the first upgrade. Default: false. */
  readonly upOnly?: boolean;
  /** The release installed. Default: 2.0.0. */
  readonly vsn?: string;
  /** How long an install may take. Default: 10 minutes. */
  readonly limitMs?: number;
  /** What the sum of all counters is before the first call. Default: 0. */
  readonly expectedSum?: number;
  /** Done after the counters were started. */
  readonly prepare?: (stage: Stage) => Promise<void>;
  /** Further figures of a round. */
  readonly also?: (installed: Installed) => Figures;
}

// API.

/** Counters that are called from outside and inside. */
export const calls =
  (options: CallsOptions): Run =>
  async (stage) => {
    const { load, system, api, say } = stage;
    say(`starting ${options.processes} counters`);
    await api.start(options.processes);
    await options.prepare?.(stage);
    const { outsidePerS, insidePerS, from, to } = options.load;
    await load.ask("beginCalls", { port: system.callsPort, ratePerS: outsidePerS, from, to });
    // A node that goes down answers nothing.
    const noSamples = (): readonly InsideSample[] => [];
    const inside = insidePerS === 0 ? Promise.resolve(noSamples()) : api.measure(insidePerS, from, to).catch(noSamples);
    await sleep(warmUpMs(options.size));
    const changes = await changesOf(stage, options);
    if (insidePerS > 0) await api.stopMeasuring().catch(() => {});
    const { samples, downMs } = await load.ask("endCalls", { graceMs: changes.some(({ ok }) => !ok) ? 1_000 : 30_000 });
    const insideSamples = samplesOf(await inside);
    // The counters that a restart has made anew do not exist; nor do those that nobody answers for.
    const [alive, sum] = await withLimit(api.census(), CENSUS_MS).catch(() => [0, 0] as const);
    const answered = (all: Samples): number => all.tookMs.filter((tookMs) => !Number.isNaN(tookMs)).length;
    const expected = answered(samples) + answered(insideSamples) + (options.expectedSum ?? 0);
    const counted: Figures = {
      failed: samples.tookMs.length - answered(samples),
      dead: options.processes - alive,
      forgotten: Math.max(0, expected - sum),
      downMs: Math.max(0, ...downMs),
    };
    const rounds = changes.map((change) => ({
      ...figuresOf(change, samples, insideSamples),
      ...options.also?.(change),
    }));
    return measuredOf({ rounds, counted, changes, timeLine: timeLineOfFirst(changes, samples) });
  };

/** Sessions whose clients send messages. */
export const talk =
  (options: {
    readonly sockets: number;
    readonly ratePerS: number;
    readonly size: Size;
    readonly rounds: number;
  }): Run =>
  async (stage) => {
    const { load, system, say } = stage;
    say(`connecting ${options.sockets} clients`);
    await load.ask("openSockets", { port: system.socketsPort, transport: system.transport, count: options.sockets });
    await load.ask("beginTalk", { ratePerS: options.ratePerS });
    await sleep(warmUpMs(options.size));
    const changes = await changesOf(stage, options);
    const { samples, dropped, lost, disordered } = await load.ask("endTalk", { graceMs: 10_000 });
    await load.ask("closeSockets");
    const rounds = changes.map((change) => figuresOf(change, samples, samplesOf([])));
    const timeLine = timeLineOfFirst(changes, samples);
    return measuredOf({ rounds, counted: { dropped, lost, disordered }, changes, timeLine });
  };

/** Nobody calls. */
export const installs =
  (options: { readonly processes: number; readonly rounds: number }): Run =>
  async (stage) => {
    await stage.api.start(options.processes);
    const changes = await changesOf(stage, { ...options, size: "quick" });
    const rounds = changes.map((change) => figuresOf(change, samplesOf([]), samplesOf([])));
    return measuredOf({ rounds, counted: {}, changes, timeLine: null });
  };

// Internal.

/** An install, and the times around it. */
export interface Change extends Installed {
  readonly vsn: string;
  readonly calmFromMs: number;
  readonly toMs: number;
  /** How long the node got no core, from the install's beginning to its end. */
  readonly starvedMs: number;
  /** What the node has seen in that time. */
  readonly seen: Figures;
}

const warmUpMs = (size: Size): number => (size === "quick" ? 200 : 2_000);
const calmMs = (size: Size): number => (size === "quick" ? 200 : 1_500);
/** What waits at the switch is charged to it: its latency counts from when it was due. */
const afterMs = (size: Size): number => (size === "quick" ? 200 : 1_000);

/** How long counters may be inside a callback, the longest stream included. */
const CENSUS_MS = 90_000;
/** How long a node that went down is waited for. */
const BACK_MS = 30_000;

const changesOf = async (
  stage: Stage,
  options: Pick<CallsOptions, "rounds" | "size" | "upOnly" | "vsn" | "limitMs">,
): Promise<readonly Change[]> => {
  const { system, say } = stage;
  const { rounds, size, upOnly = false, vsn = "2.0.0", limitMs = 600_000 } = options;
  const changes: Change[] = [];
  const vsns = Array.from({ length: rounds }, () => (upOnly ? [vsn] : [vsn, "1.0.0"])).flat();
  for (const wanted of vsns) {
    const calmFromMs = performance.timeOrigin + performance.now();
    await sleep(calmMs(size));
    await system.watch();
    const before = starvedMs(system.pid());
    const installed = await system.install(wanted, limitMs);
    const starved = starvedMs(system.pid()) - before;
    const seen = await system.watched().catch(() => ({}));
    say(`${wanted}: ${installed.ok ? "installed" : "not installed"} after ${Math.round(installed.installMs)} ms`);
    await sleep(afterMs(size));
    // A node that has gone down comes back, and is waited for: how long that takes is measured.
    if (!installed.ok) await until(() => isUp(stage.api), BACK_MS).catch(() => say("the node does not answer"));
    const toMs = performance.timeOrigin + performance.now();
    changes.push({ ...installed, vsn: wanted, calmFromMs, toMs, starvedMs: starved, seen });
    // Whoever could not go up cannot come down.
    if (!installed.ok) break;
  }
  return changes;
};

const isUp = (api: Api): Promise<boolean> =>
  withLimit(api.census(), 5_000).then(
    () => true,
    () => false,
  );

const figuresOf = (change: Change, outside: Samples, inside: Samples): Figures => {
  const { report, beganMs, calmFromMs, toMs } = change;
  const own =
    report === null
      ? {}
      : {
          ...{ turnMs: report.pauseMs, blockMs: report.longestBlockMs },
          ...{ migrations: report.migrations, late: report.late },
        };
  const named = (prefix: string, samples: Samples, fromMs: number, untilMs: number): Figures => {
    const { count, p50Ms, p999Ms, maxMs, lateMs } = latencyOf(samples, fromMs, untilMs);
    if (count === 0) return {};
    const shown = prefix.includes("utside") ? { [`${prefix}ClientLateMs`]: lateMs } : {};
    return { [`${prefix}P50Ms`]: p50Ms, [`${prefix}P999Ms`]: p999Ms, [`${prefix}MaxMs`]: maxMs, ...shown };
  };
  return {
    installMs: change.installMs,
    ...own,
    ...named("calmOutside", outside, calmFromMs, beganMs),
    ...named("outside", outside, beganMs, toMs),
    ...named("calmInside", inside, calmFromMs, beganMs),
    ...named("inside", inside, beganMs, toMs),
    ...change.seen,
    starvedMs: change.starvedMs,
  };
};

const timeLineOfFirst = (changes: readonly Change[], samples: Samples): TimeLine | null => {
  const [first] = changes;
  if (first === undefined) return null;
  const { beganMs, installMs, calmFromMs, toMs } = first;
  return timeLineOf(samples, { beganMs, installMs, fromMs: calmFromMs, toMs });
};

const withLimit = async <T>(promise: Promise<T>, limitMs: number): Promise<T> => {
  const late = sleep(limitMs, null, { ref: false }).then(() => Promise.reject(new Error("not answered")));
  return Promise.race([promise, late]);
};
