// What is measured: one scenario per row of the goals, each in a node that was just started, with the same counters and the
// same load in both systems.

import type { Figures } from "./measured.ts";
import type { Run } from "./runs.ts";
import { calls, installs, talk } from "./runs.ts";

export interface Scenario {
  /** Kind and size, `counters 100000`; see goals.ts. */
  readonly name: string;
  readonly title: string;
  readonly parameters: { readonly [name: string]: number | string };
  /** The release that is installed. */
  readonly vsn: string;
  readonly run: Run;
}

export type Size = "quick" | "normal" | "full";

// API.

export const scenariosOf = (size: Size): readonly Scenario[] => [
  ...(size === "quick" ? [500] : [1_000, 10_000, 100_000]).map((n) => counters(n, size)),
  idle(pick(size, 500, 100_000, 100_000), size),
  poisoned(pick(size, 500, 100_000, 100_000), size),
  busy(pick(size, 500, 10_000, 10_000), size),
  awaiting(pick(size, 500, 10_000, 10_000), size),
  sockets("sockets", pick(size, 20, 1_000, 1_000), 10, size),
  // Somebody who only listens most of the time: a message every five seconds.
  sockets("websockets", pick(size, 50, 10_000, 10_000), 0.2, size),
  modules(modulesOf(size), size),
  ...(size === "full" ? [counters(1_000_000, size)] : []),
];

/** How many modules the releases have that are loaded in the scenario of that name. */
export const modulesOf = (size: Size): number => pick(size, 20, 500, 500);

// Internal.

const pick = <T>(size: Size, quick: T, normal: T, full: T): T => ({ quick, normal, full })[size];

/** Calls a second, from outside and from inside: 5,000 together. */
const OUTSIDE_PER_S = 4_000;
const INSIDE_PER_S = 1_000;

const rate = (size: Size, perS: number): number => (size === "quick" ? perS / 10 : perS);

const counters = (processes: number, size: Size): Scenario => {
  const load = { outsidePerS: rate(size, OUTSIDE_PER_S), insidePerS: rate(size, INSIDE_PER_S), from: 0, to: processes };
  const many = processes >= 1_000_000;
  return {
    name: `counters ${processes}`,
    title: `${count(processes)} counters whose state changes its shape, ${count(rate(size, 5_000))} calls a second`,
    parameters: { processes, ...load },
    vsn: "2.0.0",
    // A million takes OTP minutes; once is enough.
    run: calls({ processes, load, size, rounds: many || size === "quick" ? 1 : 3, upOnly: many }),
  };
};

const idle = (processes: number, size: Size): Scenario => ({
  name: `idle ${processes}`,
  title: `whole install, ${count(processes)} counters, nobody calls`,
  parameters: { processes },
  vsn: "2.0.0",
  run: installs({ processes, rounds: size === "quick" ? 1 : 3 }),
});

const poisoned = (processes: number, size: Size): Scenario => {
  const load = { outsidePerS: rate(size, 1_000), insidePerS: 0, from: 10, to: processes };
  return {
    name: `poisoned ${processes}`,
    title: `one of ${count(processes)} migrations throws`,
    parameters: { processes, ...load },
    vsn: "2.0.0",
    run: calls({
      ...{ processes, load, size, rounds: 1, upOnly: true },
      prepare: async ({ api }) => void (await api.set(7, -13)),
      // What the culprit stood at counts, too.
      expectedSum: -13,
      also: ({ ok, reason }): Figures => ({
        notRefused: ok ? 1 : 0,
        notNamed: /-13/.test(reason) && /counter/.test(reason) ? 0 : 1,
      }),
    }),
  };
};

const busy = (processes: number, size: Size): Scenario => {
  const workers = Math.min(100, processes / 10);
  const load = {
    outsidePerS: rate(size, OUTSIDE_PER_S),
    insidePerS: rate(size, INSIDE_PER_S),
    from: workers,
    to: processes,
  };
  return {
    name: `busy ${processes}`,
    title: `${workers} of ${count(processes)} counters are never idle: one callback of 1 ms after the other`,
    parameters: { processes, workers, ...load },
    vsn: "2.0.0",
    run: calls({
      ...{ processes, load, size, rounds: 2, limitMs: 120_000 },
      prepare: async ({ api }) => void (await api.work(0, workers, 1, false)),
    }),
  };
};

const awaiting = (processes: number, size: Size): Scenario => {
  const workers = processes / 20;
  const [waitMs, streamMs] = size === "quick" ? [50, 3_000] : [200, 60_000];
  const stream = 3 * workers;
  const load = {
    outsidePerS: rate(size, OUTSIDE_PER_S),
    insidePerS: rate(size, INSIDE_PER_S),
    from: stream + 1,
    to: processes,
  };
  return {
    name: `awaiting ${processes}`,
    title: `5 % of ${count(processes)} counters are always inside a ${waitMs} ms await and call others; one stream of ${streamMs / 1000} s`,
    parameters: { processes, workers, waitMs, streamMs, ...load },
    vsn: "2.0.0",
    run: calls({
      // Not down again: the stream runs the oldest code for a minute, and a module has two versions at most.
      ...{ processes, load, size, rounds: 1, upOnly: true, limitMs: size === "quick" ? 20_000 : 90_000 },
      prepare: async ({ api }) => {
        await api.work(0, workers, waitMs, true);
        await api.work(stream, 1, streamMs, false);
      },
    }),
  };
};

const sockets = (kind: string, many: number, perS: number, size: Size): Scenario => ({
  name: `${kind} ${many}`,
  title: `${count(many)} sockets x ${perS} messages a second, up and down again`,
  parameters: { sockets: many, perS },
  vsn: "2.0.0",
  run: talk({ sockets: many, ratePerS: many * perS, size, rounds: size === "quick" ? 1 : 2 }),
});

const modules = (many: number, size: Size): Scenario => {
  const processes = 1_000;
  const load = { outsidePerS: rate(size, 1_000), insidePerS: rate(size, INSIDE_PER_S), from: 0, to: processes };
  return {
    name: `modules ${many}`,
    title: `an install of ${many} modules of 9 kB beside ${count(processes)} counters`,
    parameters: { modules: many, counters: processes, ...load },
    vsn: "1.1.0",
    run: calls({ processes, load, size, rounds: 2, vsn: "1.1.0" }),
  };
};

const count = (n: number): string => n.toLocaleString("en-US");
