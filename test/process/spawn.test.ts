// Plain processes: a function, its messages, its loop.

import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { test } from "node:test";
import { currentProcess } from "../../src/runtime/process/context.ts";
import * as Process from "../../src/runtime/process/index.ts";
import { collectReports, endOf, inProcess, refused, settled } from "./support.ts";

collectReports();

const numbers = (message: unknown): message is number => typeof message === "number";

test("spawn ends a process as normal when its function has returned, whatever it returns", async () => {
  for (const run of [() => 5, async () => 5, () => new Promise<void>((resolve) => setImmediate(resolve))]) {
    assert.equal(await endOf(Process.spawn({ run }, "run")), "normal");
  }
});

test("spawn ends a process with what its function throws", async () => {
  const error = new Error("boom");
  const runs = [
    (): never => {
      throw error;
    },
    () => Promise.reject(error),
  ];
  for (const run of runs) assert.deepEqual(await endOf(Process.spawn({ run: run as () => never }, "run")), { error });
  const odd = { run: () => Promise.reject("no error at all") };
  assert.deepEqual(await endOf(Process.spawn(odd, "run")), { error: "no error at all" });
});

test("spawn of a function that is not there ends the process with undef", async () => {
  const reason = await endOf(Process.spawn({} as { run(): void }, "run"));
  assert.throws(
    () => {
      throw (reason as { error: unknown }).error;
    },
    refused("process/undef", { function: "run" }),
  );
});

test("spawn returns before the process runs", async () => {
  const order: string[] = [];
  const pid = Process.spawn({ run: () => void order.push("process") }, "run");
  order.push("spawner");
  await endOf(pid);
  assert.deepEqual(order, ["spawner", "process"]);
});

test("spawnLink takes the starter along", async () => {
  const run = async (): Promise<void> => {
    Process.spawnLink({ fail: () => Process.exit("boom") }, "fail");
    await Process.receive();
  };
  assert.equal(await endOf(Process.spawn({ run }, "run")), "boom");
});

test("spawnMonitor tells the starter", async () => {
  const [ref, message] = await inProcess(async () => {
    const started = Process.spawnMonitor({ fail: () => Process.exit("boom") }, "fail");
    return [started.ref, await Process.receive<Process.DownMessage>()] as const;
  });
  assert.equal(message.ref, ref);
  assert.equal(message.reason, "boom");
});

test("receive takes messages in the order in which they came, and selected ones before the others", async () => {
  const taken = await inProcess(async () => {
    for (const message of ["a", 1, "b", 2]) Process.send(Process.self(), message);
    const match = numbers;
    return [
      await Process.receive({ match }),
      await Process.receive(),
      await Process.receive({ match }),
      await Process.receive(),
    ];
  });
  assert.deepEqual(taken, [1, "a", 2, "b"]);
});

test("receive waits for the message that it selects while others come", async () => {
  const taken = await inProcess(async () => {
    const me = Process.self();
    setImmediate(() => {
      Process.send(me, "a");
      Process.send(me, 1);
    });
    return [await Process.receive({ match: numbers }), await Process.receive()];
  });
  assert.deepEqual(taken, [1, "a"]);
});

test("receive gives up after its time, and the message that comes later stays", async () => {
  const taken = await inProcess(async () => {
    Process.send(Process.self(), "other");
    const none = await Process.receive({ match: numbers, afterMs: 1 });
    Process.send(Process.self(), 1);
    return [none, await Process.receive({ match: numbers, afterMs: 1_000 }), await Process.receive()];
  });
  assert.deepEqual(taken, [undefined, 1, "other"]);
});

test("receive takes the place of one that lost a race, even when the time of that one is over", async () => {
  const taken = await inProcess(async () => {
    const me = Process.self();
    await Promise.race([Process.receive({ afterMs: 2 }), Promise.resolve()]);
    setTimeout(() => Process.send(me, "late"), 10);
    return Process.receive();
  });
  assert.equal(taken, "late");
});

test("become runs the function that stands in the module at that turn", async () => {
  const seen: string[] = [];
  const module = {
    loop: async (turn: number): Promise<unknown> => {
      seen.push(`old ${turn}`);
      await Process.receive();
      return Process.become(module, "loop", turn + 1);
    },
  };
  const pid = Process.spawn(module, "loop", 0);
  await settled();
  module.loop = async (turn) => void seen.push(`new ${turn}`);
  Process.send(pid, "go on");
  assert.equal(await endOf(pid), "normal");
  assert.deepEqual(seen, ["old 0", "new 1"]);
});

test("become without waiting for anything lets timers and other processes run", async () => {
  const module = { spin: (): unknown => Process.become(module, "spin") };
  const pid = Process.spawn(module, "spin");
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(await inProcess(() => "runs"), "runs");
  Process.exit(pid, "kill");
});

test("a process that is killed between two messages runs no further line of its own", async () => {
  const lines: string[] = [];
  const module = {
    run: async (): Promise<void> => {
      lines.push("before");
      await Process.receive();
      lines.push("after");
    },
  };
  const pid = Process.spawn(module, "run");
  await settled();
  Process.send(pid, "go on");
  Process.exit(pid, "kill");
  await settled();
  // Without the compiler's checks the frame itself cannot be stopped; its process takes no part any more.
  assert.equal(Process.isAlive(pid), false);
  assert.equal(lines[0], "before");
});

test("a process is found behind an await, in a timer and in a promise's callback", async () => {
  const found = await inProcess(async () => {
    const me = Process.self();
    const inTimer = new Promise((resolve) => setTimeout(() => resolve(currentProcess()?.pid), 1));
    const inThen = Promise.resolve().then(() => currentProcess()?.pid);
    return [await inTimer, await inThen, Process.self()].every((pid) => pid === me);
  });
  assert.equal(found, true);
  assert.equal(currentProcess(), null, "and not outside");
});

test("a process does not take over what its starter has stored in an async context", async () => {
  const store = new AsyncLocalStorage<string>();
  const seen = await store.run("the starter's", () => inProcess(() => store.getStore()));
  assert.equal(seen, undefined);
});
