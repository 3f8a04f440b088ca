import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import type { Callbacks } from "../../src/runtime/behaviour/gen-server-types.ts";
import { exportsOf, softPurge } from "../../src/runtime/code/code-server.ts";
import { handleOf } from "../../src/runtime/code/modules.ts";
import type { Staged } from "../../src/runtime/code/stage.ts";
import { Migration } from "../../src/runtime/handler/migration.ts";
import type { MigrationFailure } from "../../src/runtime/handler/migration-failure.ts";
import type { Pid } from "../../src/runtime/process/pid.ts";
import { setReporter } from "../../src/runtime/process/report.ts";
import { compileModules } from "../../src/tools/compile/compile.ts";
import { loadSource, stageSources } from "../code/support.ts";

setReporter(() => {});

// A counter whose state is a number in vsn 1 and has a step in vsn 2. `slow` waits for a gate that the test opens.
const header = `
  import { noreply, ok, reply } from "underway/gen-server";
  const gates = (globalThis as { gates?: Map<string, Promise<void>> }).gates as Map<string, Promise<void>>;
`;
const v1 = `${header}
  export const vsn = 1;
  // A server whose total is the name of a gate waits for it first.
  export const init = (total: number | string) =>
    typeof total === "number" ? ok<any>({ total }) : gates.get(total)!.then(() => ok<any>({ total: -1 }));
  export const handleCall = {
    get: ({ state }: any) => reply(["v1", state], state),
    async slow({ state }: any, gate: string, by: number) { await gates.get(gate); return reply(["v1", by], { total: state.total + by }); },
  };
  export const handleCast = { add: ({ state }: any, by: number) => noreply({ total: state.total + by }) };
`;
const v2 = (up = "({ total: state.total, step: 2 })", down = "({ total: state.total })") => `${header}
  export const vsn = 2;
  export const init = (total: number) => ok<any>({ total, step: 2 });
  export const handleCall = {
    get: ({ state }: any) => reply(["v2", state], state),
    async slow({ state }: any, gate: string, by: number) { await gates.get(gate); return reply(["v2", by], { ...state, total: state.total + by }); },
  };
  export const handleCast = { add: ({ state }: any, by: number) => noreply({ ...state, total: state.total + by }) };
  export const codeChange = { up: { 1: (state: any) => ${up} }, down: { 1: (state: any) => ${down} } };
`;

/** A migration that throws for whoever has more than 99. */
const poisoned =
  "(() => { if (state.total > 99) throw new RangeError('too rich'); return { total: state.total, step: 2 }; })()";

const gates = new Map<string, Promise<void>>();
Object.assign(globalThis, { gates });

/** A gate that slow calls wait for. */
const gate = (name: string): (() => void) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  gates.set(name, promise);
  return resolve;
};

type Server = Pid<{ handleCall: Record<string, (context: unknown, ...args: unknown[]) => never>; handleCast: never }>;
let modules = 0;
const lateFailures: MigrationFailure[] = [];

/** A module of its own for each test, with `n` servers of vsn 1 whose totals are 0, 1, 2, … */
const servers = async (n: number): Promise<{ module: string; pids: readonly Server[] }> => {
  const module = `counter${++modules}/server`;
  await loadSource(module, v1);
  const handle = handleOf(module) as unknown as Callbacks;
  const pids = await Promise.all(Array.from({ length: n }, (_, total) => GenServer.start(handle, total as never)));
  return { module, pids: pids as unknown as Server[] };
};

const get = (pid: Server): Promise<unknown> => GenServer.call(pid, "get");
const add = (pid: Server, by: number): void =>
  (GenServer.cast as (pid: Server, tag: string, by: number) => void)(pid, "add", by);

const begin = async (module: string, source: string): Promise<{ staged: Staged; migration: Migration }> => {
  const staged = await stageSources({ [module]: source });
  const change = {
    from: exportsOf(module, "current") ?? {},
    to: staged.exportsOf(module) ?? {},
    extra: [],
    env: {},
  };
  const migration = new Migration(
    [{ module, handle: handleOf(module), change }],
    (fn) => staged.run(fn),
    (failure) => {
      lateFailures.push(failure);
      return "hold";
    },
  );
  return { staged, migration };
};

const switchNow = (staged: Staged, migration: Migration): (() => void) => {
  migration.finish();
  const undo = staged.switch();
  migration.switch();
  return undo;
};

test("Migration brings every idle process to the new shape, and the new code answers", async () => {
  const { module, pids } = await servers(200);
  const { staged, migration } = await begin(module, v2());
  await migration.precopy();
  assert.deepEqual(await get(pids[7] as Server), ["v1", { total: 7 }], "before the switch nobody sees anything");
  switchNow(staged, migration);
  assert.deepEqual(
    await Promise.all(pids.map(get)),
    pids.map((_, total) => ["v2", { total, step: 2 }]),
  );
  assert.equal(migration.late, 0);
});

test("Migration migrates again who worked after it was migrated aside, and who was born since", async () => {
  const { module, pids } = await servers(100);
  const { staged, migration } = await begin(module, v2());
  await migration.precopy();
  for (const pid of pids.slice(0, 10)) add(pid, 1000);
  const born = (await GenServer.start(handleOf(module) as unknown as Callbacks, 5 as never)) as unknown as Server;
  await get(pids[9] as Server);
  switchNow(staged, migration);
  assert.deepEqual(await get(pids[3] as Server), ["v2", { total: 1003, step: 2 }]);
  assert.deepEqual(await get(born), ["v2", { total: 5, step: 2 }]);
});

test("Migration keeps messages that are queued at the switch, in order", async () => {
  const { module, pids } = await servers(1);
  const [pid] = pids as [Server];
  const { staged, migration } = await begin(module, v2());
  await migration.precopy();
  add(pid, 1);
  const answer = get(pid);
  add(pid, 10);
  switchNow(staged, migration);
  assert.deepEqual(await answer, ["v2", { total: 1, step: 2 }]);
  assert.deepEqual(await get(pid), ["v2", { total: 11, step: 2 }]);
});

test("Migration leaves a process inside an asynchronous callback in its code and migrates what it returns", async () => {
  const { module, pids } = await servers(3);
  const [pid, other] = pids as [Server, Server];
  const open = gate("late");
  const slow = GenServer.call(pid, "slow", "late", 100);
  await get(other);
  const { staged, migration } = await begin(module, v2());
  await migration.precopy();
  switchNow(staged, migration);
  assert.equal(migration.late, 1);
  assert.deepEqual(await get(other), ["v2", { total: 1, step: 2 }], "nobody waits for somebody else's callback");
  const queued = get(pid);
  open();
  assert.deepEqual(await slow, ["v1", 100], "the frame ends in the code it began in");
  assert.deepEqual(await queued, ["v2", { total: 100, step: 2 }], "the next message meets the new state");
  assert.equal(softPurge(module), true);
});

test("Migration refuses when a migration throws, names the process, and leaves every state as it was", async () => {
  const { module, pids } = await servers(50);
  const { staged, migration } = await begin(
    module,
    v2(`{ if (state.total === 33) throw new TypeError("no 33"); return { ...state, step: 2 }; }`),
  );
  await assert.rejects(
    migration.precopy(),
    (thrown: { code: string; details: { count: number; failures: { pid: string; reason: string }[] } }) => {
      assert.equal(thrown.code, "release/migration_failed");
      assert.equal(thrown.details.count, 1);
      assert.equal(thrown.details.failures[0]?.pid, String(pids[33]));
      assert.match(thrown.details.failures[0]?.reason ?? "", /no 33/);
      return true;
    },
  );
  await migration.abandon();
  staged.abort();
  assert.deepEqual(
    await Promise.all(pids.map(get)),
    pids.map((_, total) => ["v1", { total }]),
  );
});

test("Migration names the step that is missing, and no place in Underway itself", async () => {
  const { module } = await servers(1);
  const { staged, migration } = await begin(
    module,
    v2().replace("1: (state: any) => ({ total: state.total, step", "7: (state: any) => ({ total: state.total, step"),
  );
  await assert.rejects(migration.precopy(), (thrown: Error) => {
    assert.match(thrown.message, /codeChange\.up\[1\] is missing$/m);
    return true;
  });
  await migration.abandon();
  staged.abort();
});

for (const [what, up] of [
  ["a promise", "Promise.resolve(state)"],
  ["nothing", "undefined"],
] as const) {
  test(`Migration refuses a migration that returns ${what}`, async () => {
    const { module, pids } = await servers(2);
    const { staged, migration } = await begin(module, v2(up));
    await assert.rejects(migration.precopy(), { code: "release/migration_failed" });
    await migration.abandon();
    staged.abort();
    assert.deepEqual(await get(pids[1] as Server), ["v1", { total: 1 }]);
  });
}

test("Migration.undo gives back the state of who did nothing since, and sends the others through down", async () => {
  const { module, pids } = await servers(4);
  const [idle, worked, inside] = pids as [Server, Server, Server];
  const open = gate("undo");
  const slow = GenServer.call(inside, "slow", "undo", 1000);
  await get(pids[3] as Server);
  const { staged, migration } = await begin(module, v2(undefined, "({ total: state.total, down: true })"));
  await migration.precopy();
  const undo = switchNow(staged, migration);
  add(worked, 10);
  await get(worked);
  assert.deepEqual(migration.undo(undo), []);
  open();
  await slow;
  assert.deepEqual(await get(idle), ["v1", { total: 0 }], "untouched: its very state from before");
  assert.deepEqual(await get(worked), ["v1", { total: 11, down: true }], "worked: through down");
  assert.deepEqual(await get(inside), ["v1", { total: 1002 }], "inside all the time: as if nothing had happened");
});

test("Migration.undo gives a process whose down fails its state from before, and names it", async () => {
  const { module, pids } = await servers(2);
  const { staged, migration } = await begin(module, v2(undefined, `{ throw new Error("no way back"); }`));
  await migration.precopy();
  const undo = switchNow(staged, migration);
  await get(pids[0] as Server);
  const failures = migration.undo(undo);
  assert.deepEqual(
    failures.map(({ pid }) => pid),
    [String(pids[0])],
  );
  assert.deepEqual(await get(pids[0] as Server), ["v1", { total: 0 }]);
  assert.deepEqual(await get(pids[1] as Server), ["v1", { total: 1 }]);
});

test("Migration.undo sends who was born since the switch through down", async () => {
  const { module } = await servers(1);
  const { staged, migration } = await begin(module, v2());
  await migration.precopy();
  const undo = switchNow(staged, migration);
  const born = (await GenServer.start(handleOf(module) as unknown as Callbacks, 5 as never)) as unknown as Server;
  const unborn = GenServer.start(handleOf(module) as unknown as Callbacks, 6 as never);
  assert.deepEqual(migration.undo(undo), []);
  assert.deepEqual(await get(born), ["v1", { total: 5 }]);
  assert.deepEqual(await get((await unborn) as unknown as Server), ["v1", { total: 6 }]);
});

test("Migration.undo changes nothing when the old code cannot be shown any more", async () => {
  const { module, pids } = await servers(2);
  const { staged, migration } = await begin(module, v2());
  await migration.precopy();
  switchNow(staged, migration);
  await get(pids[0] as Server);
  assert.throws(() => migration.undo(() => assert.fail("purged")), /purged/);
  assert.deepEqual(
    await Promise.all(pids.map(get)),
    pids.map((_, total) => ["v2", { total, step: 2 }]),
  );
});

test("Migration leaves alone who has not begun to run, and migrates what an asynchronous init returns", async () => {
  const { module } = await servers(1);
  const handle = handleOf(module) as unknown as Callbacks;
  const open = gate(`init ${module}`);
  const slowInit = GenServer.start(handle, `init ${module}` as never);
  await new Promise(setImmediate);
  const { staged, migration } = await begin(module, v2());
  await migration.precopy();
  const unborn = GenServer.start(handle, 3 as never);
  switchNow(staged, migration);
  assert.equal(migration.late, 1);
  open();
  assert.deepEqual(await get((await unborn) as unknown as Server), ["v2", { total: 3, step: 2 }]);
  assert.deepEqual(await get((await slowInit) as unknown as Server), ["v2", { total: -1, step: 2 }]);
});

test("Migration goes on over two upgrades with a process that is inside one callback all the time", async () => {
  const { module, pids } = await servers(1);
  const [pid] = pids as [Server];
  const open = gate("twice");
  const slow = GenServer.call(pid, "slow", "twice", 1);
  await new Promise(setImmediate);
  const first = await begin(module, v2());
  await first.migration.precopy();
  switchNow(first.staged, first.migration);
  await first.migration.close();
  // A frame of version 1 is still open, so the old code must stay; the third version is a set of exports alone.
  const current = exportsOf(module, "current") ?? {};
  const to = { ...current, vsn: 3, codeChange: { up: { 2: (state: object) => ({ ...state, third: true }) } } };
  const second = new Migration(
    [{ module, handle: handleOf(module), change: { from: current, to, extra: [], env: {} } }],
    (fn) => fn(),
  );
  await second.precopy();
  second.finish();
  second.switch();
  open();
  await slow;
  assert.deepEqual(await get(pid), ["v2", { total: 1, step: 2, third: true }]);
});

test("Migration.abandon leaves no second copy of a state behind", async () => {
  const { module, pids } = await servers(3);
  const made: WeakRef<object>[] = [];
  const noteState = (state: object): object => {
    made.push(new WeakRef(state));
    return state;
  };
  Object.assign(globalThis, { noteState });
  const { staged, migration } = await begin(module, v2("(globalThis as any).noteState({ ...state, step: 2 })"));
  await migration.precopy();
  await migration.abandon();
  staged.abort();
  assert.equal(made.length, 3);
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  await new Promise(setImmediate);
  (runInNewContext("gc") as () => void)();
  assert.deepEqual(
    made.filter((ref) => ref.deref() !== undefined),
    [],
  );
  assert.deepEqual(await get(pids[2] as Server), ["v1", { total: 2 }]);
});

test("Migration loses no addition whenever the switch comes, and whatever the processes are doing", async () => {
  const [objectV2] = compileModules({ "x/server": v2() });
  assert.ok(objectV2);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ at: fc.nat(4), by: fc.integer({ min: 1, max: 9 }), slow: fc.boolean() }), { maxLength: 30 }),
      fc.nat(30),
      fc.boolean(),
      async (work, switchAt, undone) => {
        const { module, pids } = await servers(5);
        const open = gate(module);
        const slow: Promise<unknown>[] = [];
        const expected = pids.map((_, total) => total);
        const one = ({ at, by, slow: isSlow }: (typeof work)[number]): void => {
          expected[at] = (expected[at] as number) + by;
          if (isSlow) slow.push(GenServer.call(pids[at] as Server, "slow", module, by));
          else add(pids[at] as Server, by);
        };
        const { staged, migration } = await begin(module, v2());
        for (const each of work.slice(0, switchAt)) one(each);
        await migration.precopy();
        for (const each of work.slice(switchAt, switchAt + 3)) one(each);
        const undo = switchNow(staged, migration);
        for (const each of work.slice(switchAt + 3)) one(each);
        await new Promise(setImmediate);
        if (undone) {
          assert.deepEqual(migration.undo(undo), []);
        }
        open();
        await Promise.all(slow);
        const states = (await Promise.all(pids.map(get))) as [string, { total: number; step?: number }][];
        assert.deepEqual(
          states.map(([, { total }]) => total),
          expected,
        );
        for (const [version, { step }] of states)
          assert.deepEqual([version, step], undone ? ["v1", undefined] : ["v2", 2]);
        if (undone) staged.abort();
      },
    ),
    { numRuns: 60 },
  );
});

test("a late result that cannot be migrated holds its process, and the undo lets it go on where it was", async () => {
  const { module, pids } = await servers(2);
  const [pid, other] = pids as [Server, Server];
  const open = gate("poisoned");
  const slow = GenServer.call(pid, "slow", "poisoned", 100);
  await get(other);
  const { staged, migration } = await begin(module, v2(poisoned));
  await migration.precopy();
  const undo = switchNow(staged, migration);
  const before = lateFailures.length;
  open();
  while (lateFailures.length === before) await new Promise((resolve) => setImmediate(resolve));
  const queued = get(pid);
  let told = false;
  void slow.then(() => {
    told = true;
  });
  await get(other);
  assert.equal(told, false, "its caller is not answered by a release that is about to go");
  assert.match(String(lateFailures.at(-1)?.error), /too rich/);
  assert.deepEqual(migration.undo(undo), []);
  assert.deepEqual(await slow, ["v1", 100]);
  assert.deepEqual(await queued, ["v1", { total: 100 }], "its result is there, and the messages come behind it");
});

test("a late result that cannot be migrated crashes its process when nobody takes the change back", async () => {
  const { module, pids } = await servers(1);
  const [pid] = pids as [Server];
  const open = gate("alone");
  const slow = GenServer.call(pid, "slow", "alone", 100);
  await new Promise((resolve) => setImmediate(resolve));
  const staged = await stageSources({ [module]: v2(poisoned) });
  const change = { from: exportsOf(module, "current") ?? {}, to: staged.exportsOf(module) ?? {}, extra: [], env: {} };
  const migration = new Migration([{ module, handle: handleOf(module), change }], (fn) => staged.run(fn));
  await migration.precopy();
  switchNow(staged, migration);
  const failed = assert.rejects(slow, /too rich/);
  open();
  await failed;
});
