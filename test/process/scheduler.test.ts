// Who runs next, and that nobody is starved: neither the other processes nor timers and sockets.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import fc from "fast-check";
import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import { type CastClauses, noreply, ok } from "../../src/runtime/behaviour/gen-server.ts";
import * as Process from "../../src/runtime/process/index.ts";
import { collectReports, settled } from "./support.ts";

collectReports();

const Logger = {
  init: (log: unknown[]) => ok<unknown[]>(log),
  handleCast: {
    note({ state }, what: unknown) {
      state.push(what);
      return noreply(state);
    },
    block({ state }, ms: number) {
      for (const until = performance.now() + ms; performance.now() < until; );
      return noreply(state);
    },
  } satisfies CastClauses<unknown[]>,
};

test("messages from one process to another arrive in the order in which they were sent", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(4), { maxLength: 200 }), async (to) => {
      const logs: unknown[][] = [[], [], [], [], []];
      const servers = await Promise.all(logs.map((log) => GenServer.start(Logger, log)));
      for (const [i, at] of to.entries()) GenServer.cast(servers[at] as (typeof servers)[0], "note", i);
      for (const server of servers) await GenServer.stopServer(server);
      for (const [at, log] of logs.entries()) {
        assert.deepEqual(
          log,
          [...to.keys()].filter((i) => to[i] === at),
        );
      }
    }),
    { numRuns: 20 },
  );
});

test("a flood of messages lets a timer fire and another process run", async () => {
  const log: unknown[] = [];
  const [flooded, other] = [await GenServer.start(Logger, []), await GenServer.start(Logger, log)];
  const flood = 200_000;
  for (let i = 0; i < flood; i++) GenServer.cast(flooded, "note", i);
  GenServer.cast(other, "note", "other");
  await new Promise((resolve) => setTimeout(resolve, 1));
  const waiting = (): number => flooded.process?.mailbox.length ?? 0;
  assert.ok(waiting() > flood / 2, `the timer had to wait for ${flood - waiting()} messages`);
  while (log.length === 0) await settled();
  assert.ok(waiting() > flood / 2, `the other process had to wait for ${flood - waiting()} messages`);
  flooded.process?.end("normal");
  await GenServer.stopServer(other);
});

// A flood to a server, to a loop of `become`, to a loop that never leaves its frame, and one that two processes keep up
// between them: each turn of the event loop handles no more than the budget, so nobody else waits for longer than that.
const floods: Readonly<Record<string, (count: () => void) => Promise<Process.Pid>>> = {
  "a server": async (count) => {
    const handleInfo = () => {
      count();
      return noreply(0);
    };
    const pid = await GenServer.start({ init: () => ok(0), handleInfo }, undefined as never);
    for (let n = 0; n < 20_000; n++) Process.send(pid, n);
    return pid;
  },
  "a loop of become": async (count) => {
    const Loop = {
      loop: async (): Promise<unknown> => {
        await Process.receive();
        count();
        return Process.become(Loop, "loop");
      },
    };
    const pid = Process.spawn(Loop, "loop");
    for (let n = 0; n < 20_000; n++) Process.send(pid, n);
    return pid;
  },
  "a loop that never leaves its frame": async (count) => {
    const run = async (): Promise<void> => {
      for (;;) {
        await Process.receive();
        count();
      }
    };
    const pid = Process.spawn({ run }, "run");
    for (let n = 0; n < 20_000; n++) Process.send(pid, n);
    return pid;
  },
  "two loops that answer each other": async (count) => {
    const run = async (): Promise<void> => {
      for (;;) {
        const other = await Process.receive<Process.Pid>();
        count();
        Process.send(other, Process.self());
      }
    };
    const [one, other] = [Process.spawn({ run }, "run"), Process.spawn({ run }, "run")];
    Process.send(one, other);
    return one;
  },
};
for (const [what, flood] of Object.entries(floods)) {
  test(`a flood of ${what} handles no more than the budget in each turn of the event loop`, async () => {
    let handled = 0;
    const pid = await flood(() => handled++);
    const turns: number[] = [];
    while (turns.length < 10) {
      const before = handled;
      await new Promise((resolve) => setImmediate(resolve));
      turns.push(handled - before);
    }
    Process.exit(pid, "kill");
    assert.ok(Math.max(...turns) <= 1_100, `messages in each turn: ${turns}`);
    assert.ok(turns.filter((n) => n > 0).length >= 5, `it goes on: ${turns}`);
  });
}

test("callbacks that take long give way to the event loop after a few milliseconds", async () => {
  const servers = await Promise.all(Array.from({ length: 50 }, () => GenServer.start(Logger, [])));
  const waiting = (): number => servers.filter(({ process }) => process?.mailbox.length === 1).length;
  for (const server of servers) GenServer.cast(server, "block", 1);
  // What the machine does meanwhile takes time off the turn, and so makes it handle fewer.
  const handled: number[] = [];
  for (let before = waiting(); before > 0; before = waiting()) {
    await new Promise((resolve) => setImmediate(resolve));
    handled.push(before - waiting());
  }
  // The first look may come behind two turns.
  assert.ok(Math.max(...handled.slice(1)) <= 7, `callbacks of 1 ms in each turn of the event loop: ${handled}`);
  assert.ok(handled.length > 5, `turns: ${handled}`);
  for (const server of servers) server.process?.end("normal");
});

test("enqueue goes on with the others when a step throws", () => {
  // Elsewhere, since node:test takes uncaught errors for itself.
  const script = `
    import { enqueue } from ${JSON.stringify(new URL("../../src/runtime/process/scheduler.ts", import.meta.url).href)};
    process.once("unhandledRejection", (error) => console.log(error.message));
    enqueue({ step() { throw new Error("a bug of the runtime"); } });
    enqueue({ step: () => console.log("the other") ?? 1 });`;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  assert.equal(stdout, "the other\na bug of the runtime\n");
});
