// Resources: opened for a process, held by a reference that is data, closed when the process ends.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import { type CallClauses, ok, reply } from "../../src/runtime/behaviour/gen-server.ts";
import * as Resource from "../../src/runtime/behaviour/resource.ts";
import { handleOf } from "../../src/runtime/code/modules.ts";
import { currentProcess } from "../../src/runtime/process/context.ts";
import * as Process from "../../src/runtime/process/index.ts";
import { loadSources } from "../code/support.ts";
import { collectReports, endOf, inProcess, refused, settled } from "../process/support.ts";

const reports = collectReports();

const log: unknown[] = [];
const takeLog = (): unknown[] => log.splice(0);

/** A pool: what cannot be data. */
class Pool {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}
const Pools = {
  pool: {
    async open(name: string): Promise<Pool> {
      await null;
      if (name === "broken") throw new Error("boom");
      return new Pool(name);
    },
    close(pool: Pool): void {
      log.push(`close ${pool.name}`, currentProcess());
      if (pool.name === "stuck") throw new Error("cannot");
    },
  } satisfies Resource.ResourceDefinition,
};
const Holder = {
  init: async (name: string) => ok<State>({ pool: await Resource.open(Pools, "pool", name) }),
  handleCall: {
    name: ({ state }) => reply(Resource.value(state.pool).name, state),
    ref: ({ state }) => reply(state.pool, state),
    async another({ state }, name: string) {
      return reply(await Resource.open(Pools, "pool", name), state);
    },
  } satisfies CallClauses<State>,
};
interface State {
  readonly pool: Resource.ResourceRef<Pool>;
}

test("open gives a reference that is plain data, and value the thing itself", async () => {
  const pid = await GenServer.start(Holder, "db");
  assert.equal(await GenServer.call(pid, "name"), "db");
  const ref = await GenServer.call(pid, "ref");
  assert.deepEqual(JSON.parse(JSON.stringify(ref)), ref);
  assert.equal(Resource.value(structuredClone(ref)).name, "db", "a copy of the state refers to the same thing");
  await GenServer.stopServer(pid);
  assert.throws(() => Resource.value(ref), refused("resource/closed", { resource: ref.resource }));
  takeLog();
});

for (const reason of ["normal", "killed", "boom"]) {
  test(`a resource is closed when its process ends as ${reason}, by nobody, the one opened last first`, async () => {
    const pid = await GenServer.start(Holder, "first");
    await GenServer.call(pid, "another", "second");
    pid.process?.end(reason);
    await settled();
    assert.deepEqual(takeLog(), ["close second", null, "close first", null]);
  });
}

test("a resource that cannot be closed is reported, and the others are closed", async () => {
  const pid = await GenServer.start(Holder, "fine");
  await GenServer.call(pid, "another", "stuck");
  Process.exit(pid, "kill");
  await settled();
  assert.deepEqual(takeLog(), ["close stuck", null, "close fine", null]);
  assert.partialDeepStrictEqual(
    reports.findLast(({ kind }) => kind === "resource"),
    {
      message: `could not close the resource "pool" of (module), held by ${pid}`,
    },
  );
});

test("close before the end closes once", async () => {
  const pid = await GenServer.start(Holder, "early");
  const ref = await GenServer.call(pid, "ref");
  await Resource.close(ref);
  await Resource.close(ref);
  await GenServer.stopServer(pid);
  await settled();
  assert.deepEqual(
    takeLog().filter((line) => typeof line === "string"),
    ["close early"],
  );
});

test("a resource is closed by the definition that stands in the module then", async () => {
  const pid = await GenServer.start(Holder, "late");
  const { close } = Pools.pool;
  Pools.pool.close = (pool) => void log.push(`new close of ${pool.name}`);
  await GenServer.stopServer(pid);
  await settled();
  assert.deepEqual(takeLog(), ["new close of late"]);
  Pools.pool.close = close;
});

test("a process that ends while it opens a resource leaves nothing open", async () => {
  const gate = Promise.withResolvers<void>();
  const Slow = {
    slow: {
      open: async (_arg: null) => {
        await gate.promise;
        return new Pool("slow");
      },
      close: (pool: Pool) => void log.push(`close ${pool.name}`),
    },
  };
  const pid = Process.spawn({ run: () => Resource.open(Slow, "slow", null) }, "run");
  await settled();
  Process.exit(pid, "kill");
  gate.resolve();
  await settled();
  assert.deepEqual(takeLog(), ["close slow"]);
});

test("open rejects with what open throws, outside a process, and for an export that is no resource", async () => {
  await assert.rejects(
    inProcess(() => Resource.open(Pools, "pool", "broken")),
    /boom/,
  );
  await assert.rejects(Resource.open(Pools, "pool", "x"), refused("process/no_process"));
  const none = { nothing: 5 };
  const opening = inProcess(() => Resource.open(none, "nothing", null as never));
  await assert.rejects(opening, refused("process/undef", { function: "nothing.open and nothing.close" }));
});

test("a resource of a compiled module is closed although its process, whose code is stopped, has ended", async () => {
  const closed = Promise.withResolvers<unknown>();
  (globalThis as Record<string, unknown>).resourceClosed = closed.resolve;
  await loadSources({
    "test/holder": `
      import * as Resource from "underway/resource";
      import * as self from "./holder.ts";
      export const thing = {
        open: async (name: string) => ({ name }),
        close: async (value: { name: string }) => {
          await null;
          (globalThis as any).resourceClosed(value.name);
        },
      };
      export const run = async () => { await Resource.open(self, "thing", "compiled"); };`,
  });
  const pid = Process.spawn(handleOf("test/holder") as { run(): Promise<void> }, "run");
  assert.equal(await endOf(pid), "normal");
  assert.equal(await closed.promise, "compiled");
});
