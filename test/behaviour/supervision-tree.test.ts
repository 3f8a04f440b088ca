// Random kills in random supervision trees, in simulated orders: many seeds, exact times.
//
// What must hold, whatever is killed and when: a name is never alive twice; a supervisor starts its children in the order of
// their specifications and ends them in reverse; it lives as long as its intensity allows, and no longer; nobody is left behind.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import { type Context, noreply, ok } from "../../src/runtime/behaviour/gen-server.ts";
import * as Supervisor from "../../src/runtime/behaviour/supervisor.ts";
import * as Process from "../../src/runtime/process/index.ts";
import { watch } from "../../src/runtime/process/process.ts";
import { nowMs, simulated, sleep } from "../../src/tools/testing/index.ts";
import { collectReports, endOf } from "../process/support.ts";

collectReports();

const PERIOD_MS = 1_000;
const INTENSITY = 2;
const SHUTDOWN_MS = 50;
const STRATEGIES = ["one_for_one", "one_for_all", "rest_for_one"] as const;

/** A worker, or a supervisor of some; each has a name of its own in the whole tree. */
interface Branch {
  readonly name: string;
  readonly strategy: (typeof STRATEGIES)[number];
  /** A worker that does not listen, and has to be killed. */
  readonly deaf: boolean;
  readonly children: readonly Branch[];
}
interface Happening {
  readonly what: "start" | "end";
  readonly name: string;
  readonly reason: string;
  readonly atMs: number;
}

/** What has happened in this run, in order. */
let story: Happening[] = [];
const alive = (name: string): boolean => story.findLast((one) => one.name === name)?.what === "start";

/** Called in `init`: the process begins, and its end will be told. */
const begins = (name: string): void => {
  assert.ok(!alive(name), `${name} is alive twice`);
  const tell = (what: Happening["what"], reason: unknown): void =>
    void story.push({ what, name, reason: Process.formatReason(reason), atMs: nowMs() });
  tell("start", "");
  const { process } = Process.self();
  if (process !== null) watch(process, null, (reason) => tell("end", reason));
};

const Worker = {
  init({ name, deaf }: Branch) {
    Process.trapExit(true);
    begins(name);
    return ok<Branch>({ name, deaf } as Branch);
  },
  handleInfo: ({ state }: Context<Branch>, _: unknown) => noreply<Branch>(state),
  terminate: ({ state }: Context<Branch>): void | Promise<void> => {
    if (state.deaf) return new Promise(() => {});
  },
};
const Sup = {
  behaviour: "supervisor",
  init({ name, strategy, children }: Branch) {
    begins(name);
    return Supervisor.ok({ strategy, intensity: INTENSITY, periodMs: PERIOD_MS }, children.map(specOf));
  },
} as const;
const Tree = {
  worker: (branch: Branch) => GenServer.startLink(Worker, branch, { name: branch.name }),
  supervisor: (branch: Branch) => Supervisor.startLink(Sup, branch, { name: branch.name }),
};
const specOf = (branch: Branch): Supervisor.ChildSpec =>
  branch.children.length === 0
    ? { id: branch.name, start: Process.mfa(Tree, "worker", branch), shutdown: SHUTDOWN_MS }
    : { id: branch.name, start: Process.mfa(Tree, "supervisor", branch), type: "supervisor" };

// Random trees.

/** Numbers from 0 to below `below`, the same for the same seed. */
const dice = (seed: number): ((below: number) => number) => {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};

const grow = (roll: (below: number) => number, name: string, depth: number): Branch => {
  const count = depth === 0 ? 0 : 1 + roll(3);
  const children = Array.from({ length: count }, (_, n) => grow(roll, `${name}.${n}`, roll(3) === 0 ? 0 : depth - 1));
  return { name, strategy: STRATEGIES[roll(3)] ?? "one_for_one", deaf: roll(6) === 0, children };
};
const all = (branch: Branch): Branch[] => [branch, ...branch.children.flatMap(all)];

// What must hold.

/** Since it began for the last time, each supervisor has begun its children in order, as long as nobody had ended. */
const startsInOrder = ({ name, children }: Branch): void => {
  const began = story.findLastIndex((one) => one.name === name && one.what === "start");
  const own = story.slice(began + 1).filter((one) => children.some((child) => child.name === one.name));
  const first = own.slice(0, own.findIndex(({ what }) => what === "end") >>> 0);
  const expected = children.map((child) => child.name).slice(0, first.length);
  assert.deepEqual(
    first.slice(0, children.length).map((one) => one.name),
    expected,
    `the starts of ${name}`,
  );
};

/** Told to end at the end of the run, those that were alive end in reverse order. */
const endsInReverse = ({ children }: Branch, fromMs: number, before: ReadonlySet<string>): void => {
  const running = children.map((child) => child.name).filter((child) => before.has(child));
  const ended = story.filter(({ name, what, atMs }) => what === "end" && atMs >= fromMs && running.includes(name));
  assert.deepEqual(
    ended.map(({ name }) => name),
    running.toReversed(),
  );
};

/**
 * A one_for_one supervisor has restarted as often as its children began again. Within its period these are at most
 * `intensity` while it lives; and who has given up by itself had one more reason to.
 */
const keepsToIntensity = ({ name, strategy, children }: Branch): void => {
  if (strategy !== "one_for_one") return;
  for (const [at, life] of story.entries()) {
    if (life.name !== name || life.what !== "start") continue;
    const endAt = story.findIndex((one, n) => n > at && one.name === name && one.what === "end");
    const own = story
      .slice(at + 1, endAt === -1 ? undefined : endAt)
      .filter((one) => children.some((child) => child.name === one.name));
    // A child of a killed supervisor may end when the next one lives already.
    const begunHere = (one: Happening): boolean =>
      own.slice(0, own.indexOf(one)).some(({ what, name }) => what === "start" && name === one.name);
    const isCrash = (one: Happening): boolean => one.what === "end" && one.reason !== "shutdown" && begunHere(one);
    const crashes = own.filter(isCrash);
    const times = crashes.map(({ atMs }) => atMs);
    const within = times.map((time) => times.filter((other) => other <= time && time - other <= PERIOD_MS).length);
    const worst = Math.max(0, ...within);
    if (endAt === -1) assert.ok(worst <= INTENSITY, `${name} lives after ${worst} crashes of its children`);
    const end = endAt === -1 ? null : story[endAt];
    const gaveUp = end?.reason === "shutdown" && end.atMs === times.at(-1) && worst > INTENSITY;
    // All but the one that was too many were restarted.
    const restarts = own.filter(({ what }) => what === "start").length - children.length;
    if (gaveUp) assert.ok(restarts <= crashes.length - 1, `${name} restarts ${restarts} of ${crashes.length}`);
  }
};

test("supervision trees keep their promises under random kills, in 150 random orders", async () => {
  const kills = { count: 0, gaveUp: 0 };
  for (let seed = 1; seed <= 150; seed++) {
    await simulated({ seeds: [seed] }, async () => {
      story = [];
      const roll = dice(seed);
      const root = { ...grow(roll, "root", 3), deaf: false };
      const tree = root.children.length === 0 ? { ...root, children: [grow(roll, "root.0", 0)] } : root;
      Process.trapExit(true);
      const pid = await Tree.supervisor(tree);
      const end = endOf(pid);
      for (let n = roll(12); n > 0 && Process.isAlive(pid); n--) {
        await sleep(roll(4) === 0 ? 700 : roll(30));
        const branches = all(tree).slice(1);
        const branch = branches[roll(branches.length)] as Branch;
        const victim = Process.whereis(branch.name);
        const isWorker = branch.children.length === 0;
        // Who is deaf outlives a killed supervisor, in OTP too: nobody is left to kill it.
        if (victim === null || (!isWorker && all(branch).some(({ deaf }) => deaf))) continue;
        kills.count++;
        // A supervisor traps exits, and only its parent ends it by another signal.
        Process.exit(victim, isWorker && roll(2) === 0 ? "boom" : "kill");
      }
      await sleep(500);
      for (const branch of all(tree)) if (branch.children.length > 0 && alive(branch.name)) startsInOrder(branch);
      for (const branch of all(tree)) if (branch.children.length > 0) keepsToIntensity(branch);
      if (Process.isAlive(pid)) {
        // At rest: what lives is complete.
        for (const { name } of all(tree)) assert.ok(alive(name), `${name} is missing`);
        const before = new Set(all(tree).map(({ name }) => name));
        const fromMs = nowMs();
        Process.exit(pid, "shutdown");
        await end;
        for (const branch of all(tree)) endsInReverse(branch, fromMs, before);
      } else kills.gaveUp++;
      for (const { name } of all(tree)) assert.ok(!alive(name), `${name} is left behind`);
    })(null);
  }
  assert.ok(kills.count > 300 && kills.gaveUp > 5 && kills.gaveUp < 140, JSON.stringify(kills));
});
