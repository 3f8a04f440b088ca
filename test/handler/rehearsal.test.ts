// Migrations tried on copies, migrated twice and compared, and what their length is worth: what refuses an install before
// anything has changed.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import type { Callbacks } from "../../src/runtime/behaviour/gen-server-types.ts";
import { exportsOf } from "../../src/runtime/code/code-server.ts";
import { handleOf } from "../../src/runtime/code/modules.ts";
import type { Staged } from "../../src/runtime/code/stage.ts";
import { type Affected, Migration } from "../../src/runtime/handler/migration.ts";
import { refuseLongPause } from "../../src/runtime/handler/pause.ts";
import { refuseOneWay, rehearseMigrations } from "../../src/runtime/handler/rehearsal.ts";
import type { Pid } from "../../src/runtime/process/pid.ts";
import { loadSource, stageSources } from "../code/support.ts";
import { collectReports, refused } from "../process/support.ts";

collectReports();

const source = (vsn: number, more = ""): string => `
  import { noreply, ok, reply } from "underway/gen-server";
  export const vsn = ${vsn};
  export const init = (state: any) => ok<any>(state);
  export const handleCall = { get: ({ state }: any) => reply(state, state) };
  export const handleCast = { touch: ({ state }: any) => noreply(state) };
  ${more}
`;
const codeChange = (up: string, down = "({ ...state, n: undefined })"): string =>
  `export const codeChange = { up: { 1: (state: any) => ${up} }, down: { 1: (state: any) => ${down} } };`;

let modules = 0;

interface Setting {
  readonly pids: readonly Pid<Callbacks>[];
  readonly affected: readonly Affected[];
  readonly staged: Staged;
}

/** Servers with these states in version 1, and version 2 beside them. */
const setting = async (states: readonly unknown[], v2: string, v1 = ""): Promise<Setting> => {
  const module = `stock${++modules}/stock`;
  await loadSource(module, source(1, v1));
  const handle = handleOf(module);
  const pids = await Promise.all(states.map((state) => GenServer.start(handle as never, state as never)));
  const staged = await stageSources({ [module]: source(2, v2) });
  const change = { from: exportsOf(module, "current") ?? {}, to: staged.exportsOf(module) ?? {}, extra: null, env: {} };
  return { pids: pids as unknown as Pid<Callbacks>[], affected: [{ module, handle, change }], staged };
};

const get = (pid: Pid<Callbacks>): Promise<unknown> =>
  (GenServer.call as (pid: Pid<Callbacks>, tag: string) => Promise<unknown>)(pid, "get");
const rehearse = ({ affected, staged }: Setting, of: "all" | "sample" = "all") =>
  rehearseMigrations(affected, (fn) => staged.run(fn), of);

test("rehearseMigrations tells of each module how many, how long, and that the way back brings everything back", async () => {
  const back = await setting(
    Array.from({ length: 100 }, (_, n) => ({ n })),
    codeChange("({ m: state.n })", "({ n: state.m })"),
  );
  const [one] = await rehearse(back);
  assert.partialDeepStrictEqual(one, { processes: 100, tried: 100, lossy: null, oneWay: null });
  assert.ok((one?.durationMs ?? 0) > 0);
  const [few] = await rehearse(back, "sample");
  assert.ok((few?.tried ?? 0) >= 1 && (few?.tried ?? 9) <= 8);
  assert.deepEqual(await get(back.pids[7] as Pid<Callbacks>), { n: 7 }, "nothing real has been touched");
});

test("rehearseMigrations names what going back loses, and who cannot go back", async () => {
  const lossy = await setting([{ n: 1, gone: { deep: [1] } }], codeChange("({ n: state.n })", "({ n: state.n })"));
  assert.deepEqual((await rehearse(lossy))[0]?.lossy, { processes: 1, path: "gone" });
  const oneWay = await setting(
    [{ n: 1 }, { n: 2 }],
    `export const codeChange = { up: { 1: (state: any) => ({ ...state }) } };`,
  );
  const tried = await rehearse(oneWay, "sample");
  assert.throws(() => refuseOneWay(tried, false), refused("release/no_way_back"));
  refuseOneWay(tried, true);
  const told = (await rehearse(oneWay))[0]?.oneWay;
  assert.equal(told?.processes, 2);
  assert.match(told?.reason ?? "", /codeChange.down\[1\] is missing/);
});

test("rehearseMigrations refuses a migration that throws: who, where in the state, at which line", async () => {
  const states = [{ users: [{ name: "ann" }] }, { users: [{ name: "bob" }, { name: null }] }];
  const poisoned = await setting(states, codeChange("({ names: state.users.map((user: any) => user.name.length) })"));
  await assert.rejects(rehearse(poisoned), (error: unknown) => {
    refused("release/migration_failed", { count: 1 })(error);
    assert.match(String(error), /stock\d+\/stock <.*>: error: TypeError.*stock\.ts:\d+:\d+.* read users\[1\]\.name/s);
    return true;
  });
});

test("rehearseMigrations refuses a migration that changes the state that it is given, and the state is as it was", async () => {
  const mutating = await setting([{ list: [1] }], codeChange("(state.list.push(2), { ...state })"));
  await assert.rejects(rehearse(mutating, "sample"), refused("release/migration_mutates"));
  assert.deepEqual(await get(mutating.pids[0] as Pid<Callbacks>), { list: [1] });
});

const migrationOf = ({ affected, staged }: Setting): Migration => new Migration(affected, (fn) => staged.run(fn));

test("recheck refuses when a state was changed outside a callback, as an emitter's listener does, and names the place", async () => {
  const shared = { members: new Map([["ann", 1]]) };
  const leaky = await setting([shared, { members: new Map() }], codeChange("({ members: new Map(state.members) })"));
  const migration = migrationOf(leaky);
  await migration.precopy();
  await migration.recheck();
  shared.members.set("bob", 2);
  await assert.rejects(migration.recheck(), refused("release/unstable_state", { places: [{ path: "members.size" }] }));
  await migration.abandon();
});

test("recheck refuses a migration that is not pure", async () => {
  const states = Array.from({ length: 20 }, (_, n) => ({ n }));
  const impure = await setting(states, codeChange("({ ...state, at: performance.now() })"));
  const migration = migrationOf(impure);
  await migration.precopy();
  await assert.rejects(migration.recheck(), refused("release/unstable_state", { places: [{ path: "at" }] }));
  await migration.abandon();
});

test("a change outside a callback is not lost in a module that says precopy = false: it is migrated in the switch", async () => {
  for (const [v1, v2] of [
    ["export const precopy = false;", ""],
    ["", "export const precopy = false;"],
  ] as const) {
    const shared = { members: new Map([["ann", 1]]) };
    const inPlace = await setting([shared], `${codeChange("({ members: new Map(state.members), v: 2 })")} ${v2}`, v1);
    const migration = migrationOf(inPlace);
    await migration.precopy();
    shared.members.set("bob", 2);
    await migration.recheck();
    migration.finish();
    inPlace.staged.switch();
    migration.switch();
    const { members } = (await get(inPlace.pids[0] as Pid<Callbacks>)) as { members: Map<string, number> };
    assert.deepEqual(
      [...members],
      [
        ["ann", 1],
        ["bob", 2],
      ],
    );
  }
});

test("a migration that alone takes long is named, and refused where the pause must be short", async () => {
  const spin =
    "(() => { const until = performance.now() + (state.ms ?? 0); while (performance.now() < until); return { ...state }; })()";
  const huge = await setting([{ ms: 0 }, { ms: 30 }], codeChange(spin));
  const migration = migrationOf(huge);
  await migration.precopy();
  const { slow } = migration;
  assert.equal(slow.length, 1);
  assert.equal(slow[0]?.process, String(huge.pids[1]));
  assert.ok((slow[0]?.ms ?? 0) >= 29);
  assert.throws(
    () => refuseLongPause(migration.forecastMs, slow, 5),
    refused("release/pause_too_long", { maxPauseMs: 5 }),
  );
  refuseLongPause(migration.forecastMs, slow, Number.POSITIVE_INFINITY);
  await migration.abandon();
  const [told] = await rehearse(huge);
  assert.equal(told?.slow[0]?.process, String(huge.pids[1]));
});

test("a Map that a migration keeps by reference, and that is changed afterwards in a callback, is migrated again", async () => {
  const state = { members: new Map([["ann", 1]]) };
  const byReference = await setting([state], codeChange("({ members: state.members, size: state.members.size })"));
  const migration = migrationOf(byReference);
  await migration.precopy();
  state.members.set("bob", 2);
  (GenServer.cast as (pid: Pid<Callbacks>, tag: string) => void)(byReference.pids[0] as Pid<Callbacks>, "touch");
  await get(byReference.pids[0] as Pid<Callbacks>);
  migration.finish();
  byReference.staged.switch();
  migration.switch();
  assert.equal(((await get(byReference.pids[0] as Pid<Callbacks>)) as { size: number }).size, 2);
});
