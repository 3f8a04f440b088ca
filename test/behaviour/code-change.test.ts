import { processesOf } from "../../src/runtime/process/table.ts";
// How a GenServer takes part in a change of code: the chain of migrations, offers bound to a commit, late migration.

import assert from "node:assert/strict";
import { test } from "node:test";
import { migrate } from "../../src/runtime/behaviour/code-change.ts";
import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import { noreply, ok, type Pid, reply } from "../../src/runtime/behaviour/gen-server.ts";
import * as Sys from "../../src/runtime/behaviour/sys.ts";
import type { CodeChangeRequest, Commit, Upgradable } from "../../src/runtime/process/body.ts";
import { collectReports, endOf, refused, settled } from "../process/support.ts";

collectReports();

type Exports = Record<string, unknown>;

/** Version n holds its state as { n, … }, and knows the steps from and to its neighbour below. */
const version = (vsn: number, more: Exports = {}): Exports => ({
  vsn,
  codeChange: {
    up: Object.fromEntries([...Array(vsn).keys()].map((n) => [n, (state: object) => ({ ...state, up: n + 1 })])),
    down: Object.fromEntries([...Array(vsn).keys()].map((n) => [n, (state: object) => ({ ...state, down: n })])),
  },
  ...more,
});
const change = (from: Exports, to: Exports, more: Partial<CodeChangeRequest> = {}): CodeChangeRequest => ({
  from,
  to,
  extra: undefined,
  env: {},
  ...more,
});

// The chain.

test("migrate keeps the very same state when the versions are equal", () => {
  const state = { any: 1 };
  assert.equal(migrate({ state, vsn: 3 }, "m", change(version(3), version(3))).state, state);
});

test("migrate takes every step of the new version up, and every step of the old one down", () => {
  const up: number[] = [];
  const to = version(4);
  const step = (n: number) => (state: unknown) => {
    up.push(n);
    return state;
  };
  to.codeChange = { up: Object.fromEntries([1, 2, 3].map((n) => [n, step(n)])) };
  assert.deepEqual(migrate({ state: {}, vsn: 1 }, "m", change(version(1), to)), { state: {}, vsn: 4 });
  assert.deepEqual(up, [1, 2, 3]);
  const down = migrate({ state: {}, vsn: 4 }, "m", change(version(4), version(1)));
  assert.deepEqual(down, { state: { down: 1 }, vsn: 1 });
});

test("migrate gives each step extra, the vsn of the beginning and the new environment", () => {
  const seen: unknown[] = [];
  const step = (state: unknown, context: unknown) => {
    seen.push(context);
    return state;
  };
  const to = { vsn: 3, codeChange: { up: { 1: step, 2: step } } };
  migrate({ state: {}, vsn: 1 }, "m", change({}, to, { extra: "extra", env: { port: 1 } }));
  const context = { extra: "extra", fromVsn: 1, env: { port: 1 } };
  assert.deepEqual(seen, [context, context]);
});

test("migrate refuses a missing step and a step that returns nothing or a promise, and passes on what one throws", () => {
  const to = (step?: unknown): Exports => ({ vsn: 2, codeChange: { up: step === undefined ? {} : { 1: step } } });
  const run = (exports: Exports) => () => migrate({ state: {}, vsn: 1 }, "chat/room", change({}, exports));
  const where = { module: "chat/room", direction: "up", key: 1 };
  assert.throws(run(to()), refused("gen_server/no_code_change", where));
  assert.throws(run({ vsn: 2 }), refused("gen_server/no_code_change", where));
  assert.throws(run(to(() => {})), refused("gen_server/bad_code_change", { ...where, got: "undefined" }));
  const listener = () => ({ rooms: [{ onMessage: () => {} }] });
  const got = "what is not data: rooms[0].onMessage is a function";
  assert.throws(run(to(listener)), refused("gen_server/bad_code_change", { ...where, got }));
  assert.throws(run(to(async () => ({}))), refused("gen_server/bad_code_change", { ...where, got: "a promise" }));
  const error = new Error("boom");
  const fail = () => {
    throw error;
  };
  assert.throws(run(to(fail)), error);
});

// A process and a commit.

interface State {
  readonly total: number;
  readonly up?: number;
  readonly down?: number;
}
/** A module that tests change under the processes, as the code server changes a handle. */
const makeModule = () => ({
  ...version(1),
  init: (total: number) => ok<State>({ total }),
  handleCall: {
    get: ({ state }: { state: State }) => reply(state, state),
    async slowly({ state }: { state: State }, after: unknown) {
      await after;
      return reply(state, { ...state, total: state.total + 1 });
    },
  },
  handleCast: { add: ({ state }: { state: State }) => noreply<State>({ ...state, total: state.total + 1 }) },
});
type Module = ReturnType<typeof makeModule>;

const makeCommit = () => {
  const told: string[] = [];
  const commit: Commit = {
    state: "open",
    dirty: () => void told.push("dirty"),
    taken: () => void told.push("taken"),
    failedLate: () => "end",
  };
  return { commit, told };
};
const upgradableOf = (pid: Pid): Upgradable => pid.process?.body.upgrade as Upgradable;

const setUp = async () => {
  const module = makeModule();
  const pid = (await GenServer.start(module, 1)) as Pid<Module>;
  const [from, to] = [{ ...module } as Exports, version(2)];
  return { pid, upgradable: upgradableOf(pid), up: change(from, to), back: change(to, from), ...makeCommit() };
};
const get = (pid: Pid<Module>): Promise<State> => GenServer.call(pid, "get");

test("offer changes nothing until the commit is committed; then the process takes it before its next callback", async () => {
  const { pid, upgradable, up, commit, told } = await setUp();
  upgradable.offer(up, commit);
  assert.equal(upgradable.vsn, 1);
  commit.state = "committed";
  assert.deepEqual(told, []);
  assert.deepEqual(await get(pid), { total: 1, up: 2 });
  assert.deepEqual(told, ["taken"]);
  assert.equal(upgradable.vsn, 2);
});

test("offer becomes obsolete with the next callback, and the commit is told", async () => {
  const { pid, upgradable, up, commit, told } = await setUp();
  upgradable.offer(up, commit);
  GenServer.cast(pid, "add");
  assert.deepEqual(await get(pid), { total: 2 });
  assert.deepEqual(told, ["dirty"]);
  commit.state = "committed";
  assert.deepEqual(await get(pid), { total: 2 }, "what was computed from an older state is gone");
});

test("offer of a commit that is dropped is forgotten", async () => {
  const { pid, upgradable, up, commit, told } = await setUp();
  upgradable.offer(up, commit);
  commit.state = "dropped";
  assert.deepEqual(await get(pid), { total: 1 });
  assert.deepEqual(told, []);
});

test("offer throws what the migration throws, and keeps nothing", async () => {
  const { pid, upgradable, up, commit } = await setUp();
  const error = new Error("boom");
  const to = { vsn: 2, codeChange: { up: { 1: () => assert.fail(error) } } };
  assert.throws(() => upgradable.offer({ ...up, to }, commit), error);
  commit.state = "committed";
  assert.deepEqual(await get(pid), { total: 1 });
});

test("settle lets a process that does nothing take its offer", async () => {
  const { upgradable, up, commit } = await setUp();
  upgradable.offer(up, commit);
  commit.state = "committed";
  upgradable.settle();
  assert.equal(upgradable.vsn, 2);
});

test("offer of a process inside a callback only proves that its state could be migrated", async () => {
  const { pid, upgradable, up, commit } = await setUp();
  const gate = Promise.withResolvers<void>();
  const slow = GenServer.call(pid, "slowly", gate.promise);
  await settled();
  assert.equal(upgradable.phase, "inside");
  upgradable.offer(up, commit);
  commit.state = "committed";
  gate.resolve();
  assert.deepEqual(await slow, { total: 1 });
  assert.deepEqual(await get(pid), { total: 2 }, "nobody asked for a late migration");
});

test("adoptLate migrates what the callback under way returns, before the next message", async () => {
  const { pid, upgradable, up, commit } = await setUp();
  const gate = Promise.withResolvers<void>();
  const slow = GenServer.call(pid, "slowly", gate.promise);
  const next = get(pid);
  await settled();
  commit.state = "committed";
  upgradable.adoptLate(up, commit);
  assert.equal(upgradable.vsn, 1);
  gate.resolve();
  assert.deepEqual(await slow, { total: 1 });
  assert.deepEqual(await next, { total: 2, up: 2 });
  assert.equal(upgradable.vsn, 2);
});

test("adoptLate comes to nothing when the commit is dropped before the callback returns", async () => {
  const { pid, upgradable, up, commit, told } = await setUp();
  const gate = Promise.withResolvers<void>();
  const slow = GenServer.call(pid, "slowly", gate.promise);
  await settled();
  commit.state = "committed";
  upgradable.adoptLate(up, commit);
  commit.state = "dropped";
  gate.resolve();
  await slow;
  assert.deepEqual(await get(pid), { total: 2 });
  assert.deepEqual(told, []);
});

test("wayBack of a process that has only taken its offer gives back its very state", async () => {
  const { pid, upgradable, up, back, commit } = await setUp();
  const before = await Sys.getState(pid);
  upgradable.offer(up, commit);
  commit.state = "committed";
  assert.deepEqual(await Sys.getState(pid), { total: 1, up: 2 });
  const way = upgradable.wayBack(back);
  assert.deepEqual(await Sys.getState(pid), { total: 1, up: 2 }, "computed, not taken");
  way.take();
  assert.equal(await Sys.getState(pid), before, "looking at it was no work");
  assert.equal(way.failure, undefined);
});

test("wayBack of a process that has worked goes through the opposite migration, and falls back when that fails", async () => {
  const { pid, upgradable, up, back, commit } = await setUp();
  upgradable.offer(up, commit);
  commit.state = "committed";
  GenServer.cast(pid, "add");
  await get(pid);
  const failed = upgradable.wayBack({ ...back, from: { vsn: 2 } });
  refused("gen_server/no_code_change")(failed.failure?.error);
  upgradable.wayBack(back).take();
  assert.deepEqual(await get(pid), { total: 2, up: 2, down: 1 });
  failed.take();
  assert.deepEqual(await get(pid), { total: 1 }, "its state from before the upgrade");
});

test("close forgets the state from before the upgrade", async () => {
  const { pid, upgradable, up, back, commit } = await setUp();
  upgradable.offer(up, commit);
  commit.state = "committed";
  upgradable.close();
  upgradable.wayBack(back).take();
  assert.deepEqual(await get(pid), { total: 1, up: 2, down: 1 });
});

test("a process that has not begun to run is unborn, and an offer to it comes to nothing", async () => {
  const { up, commit } = await setUp();
  const module = makeModule();
  const starting = GenServer.start(module, 7);
  const born = [...processesOf(module)][0];
  const upgradable = born?.body.upgrade as Upgradable;
  assert.equal(upgradable.phase, "unborn");
  upgradable.offer(up, commit);
  commit.state = "committed";
  assert.deepEqual(await get((await starting) as Pid<Module>), { total: 7 });
});

test("adoptLate of a migration that fails ends the process, and names the cause", async () => {
  const { pid, upgradable, up } = await setUp();
  const gate = Promise.withResolvers<void>();
  const slow = GenServer.call(pid, "slowly", gate.promise);
  await settled();
  const end = endOf(pid);
  upgradable.adoptLate(
    { ...up, to: { vsn: 2 } },
    { state: "committed", dirty() {}, taken() {}, failedLate: () => "end" },
  );
  gate.resolve();
  await assert.rejects(slow, refused("gen_server/exited"));
  refused("gen_server/no_code_change")(((await end) as { error: unknown }).error);
});

test("an upgrade and its undo by the opposite change give the state back", async () => {
  const { pid, upgradable, up, back, commit } = await setUp();
  upgradable.offer(up, commit);
  commit.state = "committed";
  await get(pid);
  upgradable.offer(back, { state: "committed", dirty() {}, taken() {}, failedLate: () => "end" });
  upgradable.settle();
  assert.deepEqual(await get(pid), { total: 1, up: 2, down: 1 });
  assert.equal(upgradable.vsn, 1);
});

// By way of sys, on a suspended process.

test("changeCode migrates a suspended server; a running one refuses it", async () => {
  const { pid, up } = await setUp();
  await assert.rejects(Sys.changeCode(pid, up), refused("sys/not_suspended"));
  await Sys.suspend(pid);
  await Sys.changeCode(pid, up);
  await Sys.resume(pid);
  assert.deepEqual(await get(pid), { total: 1, up: 2 });
});

test("changeCode that fails leaves state and server as they were, and still suspended", async () => {
  const { pid, up } = await setUp();
  await Sys.suspend(pid);
  await assert.rejects(Sys.changeCode(pid, { ...up, to: { vsn: 2 } }), refused("gen_server/no_code_change"));
  assert.equal((await Sys.getStatus(pid)).status, "suspended");
  await Sys.resume(pid);
  assert.deepEqual(await get(pid), { total: 1 });
});
