// The testing kit, used as a user's tests use it.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { isUnderwayError } from "../../src/error.ts";
import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import { type CallClauses, type Context, noreply, ok, reply } from "../../src/runtime/behaviour/gen-server.ts";
import * as Process from "../../src/runtime/process/index.ts";
import {
  assertReceive,
  assertReceived,
  load,
  nowMs,
  outside,
  processTest,
  refuteReceive,
  refuteReceived,
  simulated,
  sleep,
  startSupervised,
  stopSupervised,
  upgrade,
} from "../../src/tools/testing/index.ts";
import { collectReports, refused } from "../process/support.ts";

collectReports();

const { mfa } = Process;
const ends: string[] = [];
const Echo = {
  startLink: (name: string): Promise<Process.Pid<typeof EchoServer>> => GenServer.startLink(EchoServer, name),
};
const EchoServer = {
  init(name: string) {
    Process.trapExit(true);
    return ok<string>(name);
  },
  handleCall: { name: ({ state }) => reply(state, state) } satisfies CallClauses<string>,
  handleInfo({ state }: Context<string>, message: { readonly from: Process.Pid }) {
    Process.send(message.from, { type: "echo", by: state, message });
    return noreply<string>(state);
  },
  terminate: ({ state }: Context<string>, reason: Process.ExitReason) => void ends.push(`${state} ${reason}`),
};
const echo = (id: string) => ({ id, start: mfa(Echo, "startLink", id) });
const run = (body: () => unknown): Promise<void> => processTest(body)(null);
const alive = (): number => Process.processes().length;

// processTest.

test("processTest runs the body in a process, with what the runner gives", async (t) => {
  const seen: unknown[] = [];
  await processTest((context) => void seen.push(context, Process.self()))(t);
  assert.equal(seen[0], t);
  assert.ok(seen[1] instanceof Process.Pid && !Process.isAlive(seen[1]), "and ends it");
});

test("processTest ends the children of startSupervised after the test, the last one first, also when it fails", async () => {
  for (const failure of [null, new Error("failed")]) {
    ends.length = 0;
    const before = alive();
    const running = run(async () => {
      const a = await startSupervised(echo("a"));
      await startSupervised(echo("b"));
      assert.equal(await GenServer.call(a, "name"), "a");
      if (failure !== null) throw failure;
    });
    if (failure === null) await running;
    else await assert.rejects(running, failure);
    assert.deepEqual(ends, ["b shutdown", "a shutdown"]);
    assert.equal(alive(), before);
  }
});

test("startSupervised restarts a child that crashes; stopSupervised ends one within the test", async () => {
  await run(async () => {
    const first = await startSupervised(echo("a"));
    Process.exit(first, "kill");
    await assert.rejects(startSupervised(echo("a")), refused("supervisor/already_started"));
    await stopSupervised("a");
    assert.notEqual(await startSupervised(echo("a")), first);
    await stopSupervised("a");
    await assert.rejects(stopSupervised("a"), refused("supervisor/not_found"));
  });
});

test("processTest ends who is linked to the test, and waits for their last words", async () => {
  ends.length = 0;
  const before = alive();
  await run(() => Echo.startLink("linked"));
  assert.deepEqual(ends, ["linked shutdown"]);
  assert.equal(alive(), before);
});

test("processTest kills orphans and names them; a failure of the body comes first", async () => {
  const before = alive();
  const orphan = { idle: (): Promise<void> => new Promise(() => {}) };
  const leave = async (): Promise<void> => {
    const pid = Process.spawn(orphan, "idle");
    Process.register("stray", pid);
    // One of a second generation, too.
    const parent = { run: () => void Process.spawn(orphan, "idle") };
    await new Promise((resolve) => setImmediate(resolve, Process.spawn(parent, "run")));
  };
  await assert.rejects(run(leave), (error: unknown) => {
    assert.ok(isUnderwayError(error, "testing/orphans"));
    assert.deepEqual(
      error.details.orphans.map((name) => name.replace(/\d+/g, "N")),
      ["stray <N.N.N>", "(module):idle <N.N.N>"],
    );
    return true;
  });
  assert.equal(alive(), before);
  await assert.rejects(
    run(async () => {
      await leave();
      throw new Error("the body");
    }),
    /the body/,
  );
  assert.equal(alive(), before);
});

test("processTest fails when a link ends the test's process, and says why", async () => {
  const boom = {
    run: () => {
      throw new Error("linked and broken");
    },
  };
  const body = async (): Promise<void> => {
    Process.spawnLink(boom, "run");
    await new Promise(() => {});
  };
  await assert.rejects(run(body), (error: Error) => {
    assert.match(error.message, /the test's process ended: error: Error: linked and broken/);
    assert.match(String(error.cause), /linked and broken/);
    return true;
  });
});

test("tests that run at the same time keep their processes apart", async () => {
  const body = (name: string) => async () => {
    const pid = await startSupervised(echo(name));
    await new Promise((resolve) => setTimeout(resolve, name === "slow" ? 20 : 1));
    assert.equal(await GenServer.call(pid, "name"), name);
  };
  await Promise.all([run(body("slow")), run(body("quick"))]);
});

test("what belongs to a test is refused outside one", async () => {
  const outside = refused("testing/not_in_test");
  await assert.rejects(startSupervised(echo("a")), outside);
  await assert.rejects(stopSupervised("a"), outside);
  await assert.rejects(assertReceive("x"), outside);
  await assert.rejects(refuteReceive("x"), outside);
  assert.throws(() => refuteReceived("x"), outside);
  await assert.rejects(load({}), outside);
  await assert.rejects(upgrade({}), outside);
  await assert.rejects(sleep(1), outside);
});

// Messages.

test("assertReceive takes the message that fits, waiting for it, and leaves the others", async () => {
  await run(async () => {
    const pid = await startSupervised(echo("a"));
    Process.send(Process.self(), "first");
    Process.send(pid, { from: Process.self(), n: 1 });
    const answer = await assertReceive<{ by: string }>({ type: "echo", message: { n: 1 } });
    assert.equal(answer.by, "a");
    assert.equal(await assertReceived("first"), "first");
    Process.sendAfter(5, Process.self(), 7);
    assert.equal(await assertReceive((message: number) => message > 5), 7);
    Process.send(Process.self(), undefined);
    assert.equal(await assertReceived((message: unknown) => message === undefined), undefined);
  });
});

test("assertReceive that waits in vain shows what is in the mailbox", async () => {
  await run(async () => {
    await assert.rejects(assertReceive("never", 1), refused("testing/no_message", { waitedMs: 1, mailbox: [] }));
    Process.send(Process.self(), { other: 1 });
    const throwing = (message: { name: string }) => message.name.length > 0;
    await assert.rejects(assertReceived(throwing), refused("testing/no_message", { mailbox: ["{ other: 1 }"] }));
  });
});

test("refuteReceive waits, refuteReceived looks; both show what should not have come", async () => {
  await run(async () => {
    await refuteReceive({ type: "bad" }, 1);
    refuteReceived({ type: "bad" });
    Process.send(Process.self(), { type: "bad", n: 1 });
    const bad = refused("testing/unexpected_message", { message: "{ type: 'bad', n: 1 }" });
    assert.throws(() => refuteReceived({ type: "bad" }), bad);
    await assert.rejects(refuteReceive({ type: "bad" }, 1_000), bad);
    Process.sendAfter(2, Process.self(), { type: "bad", n: 1 });
    await assert.rejects(refuteReceive({ type: "bad" }, 1_000), bad);
  });
});

// Upgrades.

const counter = (vsn: number, more: string): string => `
  import * as GenServer from "underway/gen-server";
  import { type CallClauses, ok, reply } from "underway/gen-server";
  import * as self from "./counter.ts";
  export const vsn = ${vsn};
  export const startLink = (): Promise<GenServer.Pid<typeof self>> => GenServer.startLink(self, null);
  ${more}`;
const v1 = counter(
  1,
  `export const init = (_: null) => ok<number>(0);
   export const handleCall = {
     add: ({ state }, by: number) => reply(state + by, state + by),
   } satisfies CallClauses<number>;`,
);
const v2 = (up: string): string =>
  counter(
    2,
    `interface State { readonly total: number; readonly note: unknown }
   export const init = (_: null) => ok<State>({ total: 0, note: null });
   export const handleCall = {
     add: ({ state }, by: number) => reply("now " + (state.total + by), { ...state, total: state.total + by }),
     note: ({ state }) => reply(state.note, state),
   } satisfies CallClauses<State>;
   export const codeChange = {
     up: { 1: (total: number, { extra }: GenServer.CodeChangeContext): State => { ${up} return { total, note: extra }; } },
     down: { 1: ({ total }: State): number => total },
   } satisfies GenServer.CodeChange<State>;`,
  );
interface Counter {
  startLink(): Promise<Process.Pid>;
  readonly handleCall: Record<"add" | "note", (context: { state: never; from: never }, by?: number) => never>;
}
const add = (pid: Process.Pid, by: number): Promise<unknown> => GenServer.call(pid as Process.Pid<Counter>, "add", by);

test("upgrade migrates the states of running processes, and undo takes them back", async () => {
  await run(async () => {
    const { "kit/counter": Counter } = await load<{ "kit/counter": Counter }>({ "kit/counter": v1 });
    const pid = await startSupervised({ id: "counter", start: mfa(Counter, "startLink") });
    assert.equal(await add(pid, 1), 1);
    const upgraded = await upgrade({ "kit/counter": v2("") }, { extra: "from the appup" });
    assert.deepEqual([upgraded.changed, upgraded.processes, upgraded.late], [["kit/counter"], 1, 0]);
    assert.equal(await add(pid, 1), "now 2");
    assert.equal(await GenServer.call(pid as Process.Pid<Counter>, "note"), "from the appup");
    assert.deepEqual(upgraded.undo(), []);
    assert.equal(await add(pid, 1), 3);
    const again = await upgrade({ "kit/counter": v2("") });
    assert.equal(await add(pid, 1), "now 4");
    assert.deepEqual((await upgrade({ "kit/counter": v2("") })).changed, [], "equal text is no change");
    assert.deepEqual(again.changed, ["kit/counter"]);
  });
});

test("upgrade that cannot migrate changes nothing", async () => {
  await run(async () => {
    const { "kit/counter": Counter } = await load<{ "kit/counter": Counter }>({ "kit/counter": v1 });
    const pid = await startSupervised({ id: "counter", start: mfa(Counter, "startLink") });
    assert.equal(await add(pid, 1), 1);
    const failing = upgrade({ "kit/counter": v2('throw new Error("cannot");') });
    await assert.rejects(failing, refused("release/migration_failed", { count: 1 }));
    assert.equal(await add(pid, 1), 2);
    await assert.rejects(upgrade({ "kit/counter": "export const = 1;" }), refused("compile/syntax_error"));
    assert.equal(await add(pid, 1), 3);
  });
});

test("load takes modules that import each other, a file and an npm package", async () => {
  await run(async () => {
    const { "kit/a": a } = await load<{ "kit/a": { six(): number; json(): boolean } }>({
      "kit/a": `import { two } from "./b.ts"; import * as fc from "fast-check"; import { join } from "node:path";
        export const six = (): number => 3 * two; export const json = (): boolean => typeof fc.json === "function" && join("a") === "a";`,
      "kit/b": "export const two = 2;",
    } as never);
    assert.deepEqual([a.six(), a.json()], [6, true]);
    await upgrade({ "kit/b": "export const two = 20;" });
    assert.equal(a.six(), 60);
    const file = new URL("../../src/release/names.ts", import.meta.url);
    assert.deepEqual(Object.keys(await load({ "kit/names": file })), ["kit/names"]);
  });
});

// Simulation.

const timeOf = (date: Date): number => date.getTime();

test("simulated: hours take no time, timeouts come in order, and setTimeout and Date follow", async () => {
  const beganMs = performance.now();
  await simulated({ seeds: 1 }, async () => {
    const seen: string[] = [];
    const [from, date] = [nowMs(), Date.now()];
    setTimeout(() => seen.push("timer"), 1_500);
    const repeated = setInterval(() => seen.push("interval"), 1_000);
    Process.sendAfter(3_600_000, Process.self(), "late");
    await sleep(2_500);
    clearInterval(repeated);
    assert.deepEqual(seen, ["interval", "timer", "interval"]);
    assert.equal(await assertReceive("late", 3_600_000), "late");
    assert.deepEqual([nowMs() - from, Date.now() - date, timeOf(new Date()) - date], Array(3).fill(3_600_000));
    const pid = await startSupervised(echo("a"));
    Process.exit(pid, "kill");
    await sleep(1);
    await assert.rejects(assertReceive("never", 10_000), refused("testing/no_message"));
  })(null);
  assert.ok(performance.now() - beganMs < 5_000);
  assert.ok(Math.abs(Date.now() - timeOf(new Date())) < 1_000, "the clock is the machine's again");
});

/** Two servers that answer one who asks both: which answer comes first is nobody's promise. */
const race = async (): Promise<string> => {
  const names = ["a", "b", "c"];
  for (const name of names) Process.send(await startSupervised(echo(name)), { from: Process.self() });
  const order: string[] = [];
  for (const _ of names) order.push((await assertReceive<{ by: string }>({ type: "echo" })).by);
  return order.join("");
};

test("simulated walks through different orders, the same one for the same seed", async () => {
  const all = async (seeds: readonly number[]): Promise<string[]> => {
    const found: string[] = [];
    await simulated({ seeds }, async () => {
      const pids = await Promise.all(["a", "b", "c"].map((name) => startSupervised(echo(name))));
      for (const pid of pids) Process.send(pid, { from: Process.self() });
      const order: string[] = [];
      for (const _ of pids) order.push((await assertReceive<{ by: string }>({ type: "echo" })).by);
      found.push(order.join(""));
    })(null);
    return found;
  };
  const seeds = Array.from({ length: 40 }, (_, n) => n);
  const [first, second] = [await all(seeds), await all(seeds)];
  assert.deepEqual(first, second);
  assert.ok(new Set(first).size >= 4, `${new Set(first).size} orders of 6`);
});

test("simulated names the seed when it fails, and that seed fails again", async () => {
  const body = async (): Promise<void> => {
    const pids = await Promise.all(["a", "b"].map((name) => startSupervised(echo(name))));
    for (const pid of pids) Process.send(pid, { from: Process.self() });
    assert.equal((await assertReceive<{ by: string }>({ type: "echo" })).by, "a", "b was quicker");
  };
  const failed = await simulated(body)(null).then(
    () => null,
    (error: unknown) => error,
  );
  assert.ok(isUnderwayError(failed, "testing/seed"));
  const { seed } = failed.details;
  assert.match(failed.message, new RegExp(`Failed with seed ${seed}: b was quicker[^]*UNDERWAY_SEED=${seed}`));
  assert.ok(failed.cause instanceof assert.AssertionError);
  await assert.rejects(simulated({ seeds: [seed] }, body)(null), refused("testing/seed", { seed }));
  process.env.UNDERWAY_SEED = String(seed);
  try {
    await assert.rejects(simulated({ seeds: [1] }, body)(null), refused("testing/seed", { seed }));
  } finally {
    delete process.env.UNDERWAY_SEED;
  }
});

test("simulated: the clock stands still for what is awaited outside, and during an upgrade", async () => {
  await simulated({ seeds: 3 }, async () => {
    Process.sendAfter(1_000, Process.self(), "due");
    const beganMs = nowMs();
    await outside(readFile(import.meta.filename));
    const { "kit/counter": Counter } = await load<{ "kit/counter": Counter }>({ "kit/counter": v1 });
    const pid = await startSupervised({ id: "counter", start: mfa(Counter, "startLink") });
    await upgrade({ "kit/counter": v2("") });
    assert.equal(await add(pid, 1), "now 1");
    assert.equal(nowMs(), beganMs);
    refuteReceived("due");
    await assertReceive("due", 1_000);
    await assert.rejects(outside(Promise.reject(new Error("gone"))), /gone/);
    await sleep(1);
  })(null);
});

test("simulated refuses a second one at the same time", async () => {
  let inner: Promise<void> | null = null;
  await simulated({ seeds: 1 }, () => {
    inner = assert.rejects(simulated({ seeds: 1 }, race)(null), refused("testing/simulation_runs"));
    return inner;
  })(null);
  await simulated({ seeds: 2 }, race)(null);
});
