// The two systems that are upgraded beside each other, as the bench sees them: an operating-system process with counters
// and sessions in it, which runs a release and installs others.

import type { Figures } from "./measured.ts";

/** What a system says after an install. */
export interface Installed {
  /** False: it was refused, undone, or the node went down. */
  readonly ok: boolean;
  /** Why not; empty when it is ok. */
  readonly reason: string;
  /** From asking to the answer, in milliseconds. */
  readonly installMs: number;
  /** When it was asked, in milliseconds since 1970. */
  readonly beganMs: number;
  /** What only Underway reports; times in milliseconds. */
  readonly report: InstallFigures | null;
}

export interface InstallFigures {
  readonly pauseMs: number;
  readonly longestBlockMs: number;
  readonly durationMs: number;
  readonly processes: number;
  readonly migrations: number;
  readonly late: number;
}

/** A call from inside: when it was due, in microseconds since 1970, and how long it took from then, in microseconds. */
export type InsideSample = readonly [dueUs: number, tookUs: number];

export interface System {
  readonly name: "underway" | "otp";
  /** How clients speak to sessions: OTP has no WebSockets of its own. */
  readonly transport: "ws" | "tcp";
  /** Fixed for the life of the system, so that clients find it again after a restart. */
  readonly callsPort: number;
  readonly socketsPort: number;
  /** Boots the permanent release, which is 1.0.0, with those to be installed unpacked. */
  start(): Promise<void>;
  /** Ends the node. Idempotent. */
  stop(): Promise<void>;
  /** Ends what runs, at once; for an exit of the bench. */
  kill(): void;
  /** `release_handler:install_release`, of another release or back. Never rejects. */
  install(vsn: string, limitMs: number): Promise<Installed>;
  /** The operating-system process; null while there is none. */
  pid(): number | null;
  /** Begins to watch what only the node itself can see. */
  watch(): Promise<void>;
  /** What was seen since, as figures; none for OTP, whose schedulers are not held by anybody. */
  watched(): Promise<Figures>;
  /** Calls a function of the application's module `api`. */
  call<T>(fn: string, ...args: readonly (number | boolean)[]): Promise<T>;
}

/** The functions of the modules `bench/api` and `bench_api`. */
export interface Api {
  start(count: number): Promise<unknown>;
  census(): Promise<readonly [alive: number, sum: number]>;
  set(counter: number, total: number): Promise<unknown>;
  work(from: number, count: number, pauseMs: number, others: boolean): Promise<unknown>;
  /** Calls from inside until `stopMeasuring`. */
  measure(rate: number, from: number, to: number): Promise<readonly InsideSample[]>;
  stopMeasuring(): Promise<unknown>;
}

export const apiOf = (system: System): Api => ({
  start: (count) => system.call("start", count),
  census: () => system.call("census"),
  set: (counter, total) => system.call("set", counter, total),
  work: (from, count, pauseMs, others) => system.call("work", from, count, pauseMs, others),
  measure: (rate, from, to) => system.call("measure", rate, from, to),
  stopMeasuring: () => system.call(system.name === "otp" ? "stop_measuring" : "stopMeasuring"),
});
