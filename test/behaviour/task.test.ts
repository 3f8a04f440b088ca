// Tasks: results, ends and timeouts as Elixir's Task has them.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import { type CallClauses, type Context, noreply, ok, reply } from "../../src/runtime/behaviour/gen-server.ts";
import * as Supervisor from "../../src/runtime/behaviour/supervisor.ts";
import * as Task from "../../src/runtime/behaviour/task.ts";
import { handleOf } from "../../src/runtime/code/modules.ts";
import { thoseInside } from "../../src/runtime/handler/inside.ts";
import type { Switch } from "../../src/runtime/handler/plan.ts";
import * as Process from "../../src/runtime/process/index.ts";
import type { DownMessage, ExitMessage } from "../../src/runtime/process/mailbox.ts";
import { loadSource } from "../code/support.ts";
import { collectReports, endOf, inProcess, refused, settled } from "../process/support.ts";

collectReports();

const Work = {
  double: (n: number): number => n * 2,
  async slowly(n: number, ms: number): Promise<number> {
    await Process.receive({ match: (_): _ is never => false, afterMs: ms });
    return n;
  },
  forever: (): Promise<string> => new Promise(() => {}),
  stubborn(): Promise<string> {
    Process.trapExit(true);
    return new Promise(() => {});
  },
  fail(): never {
    throw new Error("no luck");
  },
  exit: (reason: Process.ExitReason): never => Process.exit(reason),
  notFunction: 1,
};

test("await resolves with what the function returns, at once or later", async () => {
  await inProcess(async () => {
    assert.equal(await Task.await(Task.async(Work, "double", 21)), 42);
    assert.equal(await Task.await(Task.async(Work, "slowly", 7, 1)), 7);
    const before = Task.async(Work, "double", 1);
    await settled();
    assert.equal(await Task.await(before), 2, "a result that was there before anybody awaited it");
    const [a, b] = await Task.awaitMany([Task.async(Work, "slowly", 1, 2), Task.async(Work, "double", 1)]);
    assert.deepEqual([a, b], [1, 2]);
  });
});

test("async outside a process, await in another process and await twice are refused", async () => {
  assert.throws(() => Task.async(Work, "double", 1), refused("process/no_process", { operation: "async" }));
  const task = await inProcess(async () => {
    const mine = Task.async(Work, "double", 1);
    assert.equal(await Task.await(mine), 2);
    await assert.rejects(Task.await(mine), refused("task/over"));
    return mine;
  });
  await inProcess(() => assert.rejects(Task.await(task), refused("task/not_owner", { owner: String(task.owner) })));
});

test("await that is not answered in time rejects; the task runs on and may be awaited again", async () => {
  await inProcess(async () => {
    const task = Task.async(Work, "slowly", 3, 10);
    await assert.rejects(Task.await(task, 0), refused("task/timeout", { timeoutMs: 0 }));
    assert.equal(await Task.await(task), 3);
    await assert.rejects(Task.await(Task.async(Work, "slowly", 3, 1), -1), refused("process/bad_timeout"));
  });
});

test("an uncaught timeout of await ends the caller, and by the link its task", async () => {
  const started = Promise.withResolvers<Task.Task<string>>();
  const run = async (): Promise<void> => {
    const task = Task.async(Work, "forever");
    started.resolve(task);
    await Task.await(task, 1);
  };
  const owner = Process.spawn({ run }, "run");
  const task = await started.promise;
  const ends = [endOf(owner), endOf(task.pid)];
  for (const end of ends) assert.match(Process.formatReason(await end), /gave no result in 1 ms/);
});

test("a task that throws ends its owner, and one that traps exits is told by await", async () => {
  const run = async (): Promise<void> => void (await Task.await(Task.async(Work, "fail")));
  const owner = Process.spawn({ run }, "run");
  assert.match(Process.formatReason(await endOf(owner)), /no luck/);
  await inProcess(async () => {
    Process.trapExit(true);
    const task = Task.async(Work, "fail");
    await assert.rejects(Task.await(task), (error: Error) => {
      refused("task/exited")(error);
      assert.match(String(error.cause), /no luck/);
      return true;
    });
    const { pid } = await Process.receive<ExitMessage>();
    assert.equal(pid, task.pid);
  });
});

test("a function that does not exist ends the task", async () => {
  await inProcess(async () => {
    Process.trapExit(true);
    const task = (Task.async as (module: object, fn: string) => Task.Task)(Work, "nowhere");
    await assert.rejects(Task.await(task), /it exports no such function/);
  });
});

test("the end of the owner ends its tasks", async () => {
  const started = Promise.withResolvers<Task.Task<string>>();
  const run = async (): Promise<void> => {
    started.resolve(Task.async(Work, "forever"));
    await Process.receive();
  };
  const owner = Process.spawn({ run }, "run");
  const { pid } = await started.promise;
  const end = endOf(pid);
  Process.exit(owner, "boom");
  assert.equal(await end, "boom");
});

test("yield gives the outcome, or null when the time is over", async () => {
  await inProcess(async () => {
    Process.trapExit(true);
    const task = Task.async(Work, "slowly", 1, 5);
    assert.equal(await Task.yield(task, 0), null);
    assert.deepEqual(await Task.yield(task), { kind: "ok", value: 1 });
    assert.deepEqual(await Task.yield(Task.async(Work, "exit", "enough")), { kind: "exit", reason: "enough" });
  });
});

test("shutdown ends a task without ending its owner; one that does not listen is killed", async () => {
  await inProcess(async () => {
    const asked = Task.async(Work, "forever");
    assert.equal(await Task.shutdown(asked), null);
    assert.equal(Process.isAlive(asked.pid), false);
    const stubborn = Task.async(Work, "stubborn");
    await settled();
    assert.equal(await Task.shutdown(stubborn, 1), null);
    assert.equal(Process.isAlive(stubborn.pid), false);
    const killed = Task.async(Work, "stubborn");
    await settled();
    assert.equal(await Task.shutdown(killed, "brutal_kill"), null);
    const done = Task.async(Work, "double", 4);
    await settled();
    assert.deepEqual(await Task.shutdown(done), { kind: "ok", value: 8 }, "it came in between");
  });
});

test("ignore lets a task run on without its owner, and drops its result", async () => {
  const ignored = await inProcess(async () => {
    const task = Task.async(Work, "slowly", 1, 5);
    assert.equal(Task.ignore(task), null);
    await assert.rejects(Task.await(task), refused("task/over"));
    const early = Task.async(Work, "double", 2);
    await settled();
    assert.deepEqual(Task.ignore(early), { kind: "ok", value: 4 });
    return task;
  });
  assert.equal(await endOf(ignored.pid), "normal", "not ended with its owner");
});

test("a server that awaits nothing finds the result, or the end, in handleInfo", async () => {
  type Seen = readonly unknown[];
  const Asker = {
    init: (_: null) => {
      Process.trapExit(true);
      return ok<Seen>([]);
    },
    handleCall: {
      double: ({ state }, n: number) => reply(Task.async(Work, "double", n).ref as unknown, state),
      exit: ({ state }, reason: string) => reply(Task.async(Work, "exit", reason).ref as unknown, state),
      seen: ({ state }) => reply(state, state),
    } satisfies CallClauses<Seen>,
    handleInfo: ({ state }: Context<Seen>, message: unknown) => noreply<Seen>([...state, message]),
  };
  const pid = await GenServer.start(Asker, null);
  const [one, two] = [await GenServer.call(pid, "double", 3), await GenServer.call(pid, "exit", "gone")];
  await settled();
  const seen = (await GenServer.call(pid, "seen")).filter((each) => (each as { type: string }).type !== "EXIT");
  assert.deepEqual(seen[0], { type: "TASK", ref: one, result: 6 });
  const { type, ref, reason } = seen[1] as DownMessage;
  assert.deepEqual([seen.length, type, ref, reason], [2, "DOWN", two, "gone"]);
  await GenServer.stopServer(pid);
});

test("childSpec runs a task as a child of a supervisor, once", async () => {
  const ran = Promise.withResolvers<number>();
  const Child = { run: (n: number) => ran.resolve(n) };
  const Sup = {
    behaviour: "supervisor",
    init: (_: null) => Supervisor.ok({}, [Task.childSpec("once", Child, "run", 5)]),
  } as const;
  const sup = await Supervisor.startLink(Sup, null);
  assert.equal(await ran.promise, 5);
  await settled();
  assert.deepEqual(await Supervisor.whichChildren(sup), []);
  const free = Task.start(Work, "slowly", 1, 1);
  assert.ok(Process.isAlive(free));
  assert.equal(await endOf(free), "normal");
  assert.throws(() => Task.startLink(Work, "double", 1), refused("process/no_process", { operation: "startLink" }));
});

test("asyncStream runs so many at a time, in order, and ends the rest when the consumer leaves", async () => {
  await inProcess(async () => {
    let most = 0;
    const running = (): number => Process.processes().length;
    const before = running();
    const results: unknown[] = [];
    const options = { concurrencyMax: 2 };
    for await (const outcome of Task.asyncStream([5, 1, 3, 2], Work, "slowly", [1], options)) {
      most = Math.max(most, running() - before);
      results.push(outcome);
    }
    assert.deepEqual(
      results,
      [5, 1, 3, 2].map((value) => ({ kind: "ok", value })),
    );
    assert.ok(most <= 2, String(most));
    for await (const outcome of Task.asyncStream([1, 2, 3], Work, "slowly", [1])) {
      assert.deepEqual(outcome, { kind: "ok", value: 1 });
      break;
    }
    await settled();
    assert.equal(running(), before, "those that still ran have been ended, and their owner has not");
    const slow = { timeoutMs: 1, onTimeout: "kill_task" } as const;
    const outcomes: unknown[] = [];
    for await (const outcome of Task.asyncStream([1], Work, "slowly", [1_000], slow)) outcomes.push(outcome);
    assert.deepEqual(outcomes, [{ kind: "exit", reason: "timeout" }]);
    await assert.rejects(
      Task.asyncStream([1], Work, "slowly", [1_000], { timeoutMs: 1 }).next(),
      refused("task/timeout"),
    );
  });
});

test("a task runs on in old code when its module is replaced, a purge kills it, and `inside` can wait for it", async () => {
  const source = (version: number) => `
    let open: () => void;
    const gate = new Promise<void>((resolve) => { open = resolve; });
    export const go = (): void => open();
    export const run = async (): Promise<number> => { await gate; return ${version}; };
    export const never = (): Promise<never> => new Promise(() => {});
    export const hang = async (): Promise<number> => { await never(); return ${version}; };`;
  await loadSource("shop/report", source(1));
  const Report = handleOf("shop/report") as { run(): Promise<number>; hang(): Promise<number>; go(): void };
  const { go } = Report;
  await inProcess(async () => {
    Process.trapExit(true);
    const [task, hanging] = [Task.async(Report, "run"), Task.async(Report, "hang")];
    while (hanging.pid.process?.status !== "inside") await settled();
    await loadSource("shop/report", source(2));
    const update = new Map([["shop/report", { inside: "wait" }]]);
    const inside = thoseInside({ update } as unknown as Switch, "wait").map(({ pid }) => pid);
    assert.deepEqual(inside, [task.pid, hanging.pid]);
    assert.deepEqual(thoseInside({ update } as unknown as Switch, "kill"), []);
    go();
    assert.equal(await Task.await(task), 1, "it has finished in the code that it began in");
    await loadSource("shop/report", source(3));
    await assert.rejects(Task.await(hanging), refused("task/exited", { reason: "killed" }));
    Report.go();
    assert.equal(await Task.await(Task.async(Report, "run")), 3);
  });
});
