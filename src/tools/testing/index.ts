// `underway/testing`: tests of processes, with node:test or any other runner. A tool: no part of it ships in a release.
//
//   test("a room greets", processTest(async () => {
//     const room = await startSupervised({ id: "room", start: mfa(Room, "startLink", "lobby") });
//     GenServer.cast(room, "join", Process.self());
//     await assertReceive({ type: "welcome" });
//   }));

import { UnderwayError } from "../../error.ts";
import { virtualClock } from "../../runtime/process/clock.ts";
import { currentProcess } from "../../runtime/process/context.ts";
import { addDeadline, type Deadline } from "../../runtime/process/deadlines.ts";
import { currentTest, TestProcess } from "./process-test.ts";
import { Simulation } from "./simulation.ts";

/** What a test's body gets: what the test runner gives to the test. */
export type Body<T> = (context: T) => unknown;

/** In which orders a simulated test runs. */
export interface SimulationOptions {
  /** So many seeds, beginning with 1; or these. Default: 20. */
  readonly seeds?: number | readonly number[];
}

const SEEDS = 20;

// API.

/**
 * Makes a test of `body`, which runs in a process of its own: it may link, monitor, trap exits and receive messages. When it is
 * over, whatever it has brought about is ended: first who is linked to it, then the children of `startSupervised`. The body
 * must not leave others behind.
 *
 * Rejects with what the body throws; with the end of the test's process, if a link has ended it; with `testing/orphans`, which
 * names those that were left behind.
 */
export const processTest =
  <T>(body: Body<T>): ((context: T) => Promise<void>) =>
  (context) =>
    new TestProcess().run(() => body(context));

/**
 * As `processTest`, in a deterministic order under a virtual clock, once for each seed. One message of one process at a time is
 * handled, chosen by the seed, so that the seeds walk through orders that may happen; when nobody has anything to do the clock
 * jumps to the next timeout, so that a test about hours takes milliseconds. `setTimeout`, `setInterval` and `Date` follow that
 * clock.
 *
 * With UNDERWAY_SEED in the environment only that seed runs; `UNDERWAY_SEED=random` takes as many that nobody has seen.
 *
 * Limit: files and sockets come when they come, and the clock does not wait for them, unless by `outside(promise)`.
 *
 * Rejects with `testing/seed`, which names the seed; what went wrong is its cause. Rejects with `testing/simulation_runs` when
 * another one is running: the clock and the order are those of the whole node.
 */
export function simulated<T>(body: Body<T>): (context: T) => Promise<void>;
export function simulated<T>(options: SimulationOptions, body: Body<T>): (context: T) => Promise<void>;
export function simulated<T>(first: SimulationOptions | Body<T>, second?: Body<T>): (context: T) => Promise<void> {
  const [options, body] = typeof first === "function" ? [{}, first] : [first, second as Body<T>];
  return async (context) => {
    for (const seed of seedsOf(options)) await runWithSeed(seed, () => body(context));
  };
}

/** The time in milliseconds, of which only differences count: in a simulated test by its clock. */
export { nowMs } from "../../runtime/process/clock.ts";

/**
 * Waits so many milliseconds, in a simulated test by its clock: everything that is due before happens before.
 *
 * Rejects with `testing/not_in_test`, `process/bad_timeout`.
 */
export const sleep = async (ms: number): Promise<void> => {
  currentTest("sleep");
  await new Promise<void>((resolve) => {
    const deadline: Deadline = { deadline: null, expire: resolve };
    addDeadline(deadline, ms);
  });
};

export { assertReceive, assertReceived, type Pattern, refuteReceive, refuteReceived } from "./messages.ts";
export { startSupervised, stopSupervised } from "./process-test.ts";
export { outside } from "./simulation.ts";
export { load, type Sources, type Upgraded, type UpgradeOptions, upgrade } from "./upgrade.ts";

// Internal.

const seedsOf = ({ seeds = SEEDS }: SimulationOptions): readonly number[] => {
  const wanted = process.env.UNDERWAY_SEED;
  const given = typeof seeds === "number" ? Array.from({ length: seeds }, (_, n) => n + 1) : seeds;
  if (wanted === undefined || wanted === "") return given;
  if (wanted === "random") return given.map(() => Math.floor(Math.random() * 2 ** 32));
  return [Number(wanted)];
};

const runWithSeed = async (seed: number, body: () => unknown): Promise<void> => {
  if (virtualClock() !== null || currentProcess() !== null) {
    throw new UnderwayError("testing/simulation_runs", {});
  }
  const simulation = new Simulation(seed);
  try {
    await new TestProcess().run(body);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UnderwayError("testing/seed", { seed, reason }, { cause: error });
  } finally {
    simulation.end();
  }
};
