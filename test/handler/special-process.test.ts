// Special processes in an upgrade: whoever waits in `receive` goes on in the new version with migrated arguments.

import assert from "node:assert/strict";
import { test } from "node:test";
import { exportsOf, softPurge, usersOfOldCode } from "../../src/runtime/code/code-server.ts";
import { handleOf } from "../../src/runtime/code/modules.ts";
import type { Staged } from "../../src/runtime/code/stage.ts";
import { Migration } from "../../src/runtime/handler/migration.ts";
import type { Pid } from "../../src/runtime/process/pid.ts";
import { setReporter } from "../../src/runtime/process/report.ts";
import { exit, send } from "../../src/runtime/process/signals.ts";
import { processesOf } from "../../src/runtime/process/table.ts";
import { ask, endOf, loadSource, refused, settled, stageSources, start } from "../code/support.ts";

setReporter(() => {});

const notes: unknown[] = [];
const gates = new Map<string, Promise<void>>();
Object.assign(globalThis, { notes, specialGates: gates });
const gate = (name: string): (() => void) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  gates.set(name, promise);
  return resolve;
};

const header = `
  import { become, receive, type Become } from "underway/process";
  import * as self from "./loop.ts";
  const { notes, specialGates: gates } = globalThis as any;
`;
// It counts; `{ gate }` makes it wait in the middle of a turn, `{ race }` lets something else win against its receive.
const v1 = `${header}
  export const loop = async (total: number): Promise<any> => {
    notes.push(["v1 begins", total]);
    const message: any = await receive();
    if (message.gate) await gates.get(message.gate);
    if (message.selective) { const { by }: any = await receive({ match: (m: any): m is any => "by" in m }); return become(self, "loop", total + by); }
    message.answer?.(["v1", total]);
    return become(self, "loop", total + (message.by ?? 0));
  };
  export const racing = async (total: number): Promise<any> => {
    const won: any = await Promise.race([receive(), gates.get("race")]);
    if (won === undefined) { await gates.get("work"); return become(self, "loop", total + 1000); }
    return become(self, "racing", total);
  };
  export const nested = async (total: number): Promise<any> => {
    const message: any = await next();
    message.answer?.(["v1", total]);
    return become(self, "loop", total + (message.by ?? 0));
  };
  const next = async () => await receive();
`;
const loops = `
  export const racing = async (total: number, step: number): Promise<any> => become(self, "loop", total, step);
  export const nested = async (total: number, step: number): Promise<any> => become(self, "loop", total, step);
`;
const v2 = (up = "[total, 2]", down = "[total]"): string => `${header}
  export const vsn = 2;
  export const loop = async (total: number, step: number): Promise<any> => {
    notes.push(["v2 begins", total, step]);
    const message: any = await receive();
    if (message.gate) await gates.get(message.gate);
    message.answer?.(["v2", total, step]);
    return become(self, "loop", total + (message.by ?? 0) * step, step);
  };
  ${loops}
  const steps = { up: { 1: ([total]: [number]) => ${up} }, down: { 1: ([total, step]: [number, number]) => ${down} } };
  export const systemCodeChange = { loop: steps, racing: steps, nested: steps };
`;

let modules = 0;
const fresh = async (): Promise<string> => {
  const module = `special${++modules}/loop`;
  await loadSource(module, v1);
  return module;
};

const begin = async (module: string, source: string): Promise<{ staged: Staged; migration: Migration }> => {
  const staged = await stageSources({ [module]: source });
  const change = { from: exportsOf(module, "current") ?? {}, to: staged.exportsOf(module) ?? {}, extra: [], env: {} };
  return { staged, migration: new Migration([{ module, handle: handleOf(module), change }], (fn) => staged.run(fn)) };
};

const switchNow = (staged: Staged, migration: Migration): (() => void) => {
  migration.finish();
  const undo = staged.switch();
  migration.switch();
  return undo;
};

const upgrade = async (module: string, source: string): Promise<Migration> => {
  const { staged, migration } = await begin(module, source);
  await migration.precopy();
  switchNow(staged, migration);
  await migration.close();
  await settled();
  return migration;
};

const add = (pid: Pid, by: number): void => send(pid, { by });
const end = (pid: Pid): void => exit(pid, "kill");

test("a special process that waits in receive goes on in the new version, up and down, and leaves the old code", async () => {
  const module = await fresh();
  const pid = start(module, "loop", 5);
  add(pid, 1);
  assert.deepEqual(await ask(pid), ["v1", 6]);
  const migration = await upgrade(module, v2());
  assert.deepEqual([migration.processes, migration.late], [1, 0]);
  assert.equal(softPurge(module), true, "nobody is in the old version any more");
  add(pid, 10);
  assert.deepEqual(await ask(pid), ["v2", 26, 2]);
  await upgrade(module, v1);
  assert.deepEqual(await ask(pid), ["v1", 26]);
  assert.equal(softPurge(module), true);
  await upgrade(module, v2());
  assert.deepEqual(await ask(pid), ["v2", 26, 2]);
  end(pid);
});

test("a special process takes a message that comes between the switch and its offer in the new version", async () => {
  const module = await fresh();
  const pid = start(module, "loop", 1);
  await settled();
  const { staged, migration } = await begin(module, v2());
  await migration.precopy();
  switchNow(staged, migration);
  assert.deepEqual(await ask(pid), ["v2", 1, 2]);
  assert.equal(softPurge(module), true);
  await migration.close();
  end(pid);
});

test("a special process that works while it is migrated aside is migrated again", async () => {
  const module = await fresh();
  const pids = [1, 2, 3].map((total) => start(module, "loop", total));
  await settled();
  const { staged, migration } = await begin(module, v2());
  await migration.precopy();
  add(pids[1] as Pid, 40);
  await settled();
  switchNow(staged, migration);
  assert.deepEqual(await Promise.all(pids.map((pid) => ask(pid))), [
    ["v2", 1, 2],
    ["v2", 42, 2],
    ["v2", 3, 2],
  ]);
  pids.forEach(end);
});

test("a special process in the middle of a turn ends it in the old code, and what it becomes is migrated", async () => {
  const module = await fresh();
  const pid = start(module, "loop", 7);
  const open = gate("middle");
  send(pid, { gate: "middle", by: 1 });
  await settled();
  const migration = await upgrade(module, v2());
  assert.equal(migration.late, 1);
  assert.deepEqual(usersOfOldCode(module), [pid]);
  const answer = ask(pid);
  open();
  assert.deepEqual(await answer, ["v2", 8, 2]);
  assert.equal(softPurge(module), true);
  end(pid);
});

test("a special process that has taken a message is not at its update point although it waits in receive again", async () => {
  const module = await fresh();
  const pid = start(module, "loop", 7);
  send(pid, { selective: true });
  await settled();
  assert.equal((await upgrade(module, v2())).late, 1);
  add(pid, 3);
  assert.deepEqual(await ask(pid), ["v2", 10, 2]);
  end(pid);
});

test("a receive in a function called by the loop is no update point: the message is handled in the old code", async () => {
  const module = await fresh();
  const pid = start(module, "nested", 7);
  await settled();
  assert.equal((await upgrade(module, v2())).late, 1);
  assert.deepEqual(await ask(pid), ["v1", 7]);
  assert.deepEqual(await ask(pid), ["v2", 7, 2]);
  end(pid);
});

test("a special process whose receive lost a race after it was migrated aside keeps what it is doing", async () => {
  const module = await fresh();
  const [race, work] = [gate("race"), gate("work")];
  const pid = start(module, "racing", 7);
  await settled();
  const { staged, migration } = await begin(module, v2());
  await migration.precopy();
  race();
  await settled();
  switchNow(staged, migration);
  await migration.close();
  work();
  assert.deepEqual(await ask(pid), ["v2", 1007, 2], "what the old frame has made is migrated");
  end(pid);
});

test("a migration that throws, is missing or returns no array refuses, and the process goes on as it was", async () => {
  const cases = [
    ["(() => { throw new Error('no'); })()", /^Error: no/],
    ["total", /returned no array/],
  ] as const;
  for (const [up, cause] of cases) {
    const module = await fresh();
    const pid = start(module, "loop", 7);
    await settled();
    const { staged, migration } = await begin(module, v2(up));
    await assert.rejects(migration.precopy(), (error: Error) => {
      assert.match(String(error.cause), cause);
      return refused("release/migration_failed", { count: 1 })(error);
    });
    await migration.abandon();
    staged.abort();
    assert.deepEqual(await ask(pid), ["v1", 7]);
    end(pid);
  }
  const module = await fresh();
  const pid = start(module, "loop", 7);
  await settled();
  const { staged, migration } = await begin(module, v2().replace("vsn = 2", "vsn = 3"));
  await assert.rejects(migration.precopy(), (error: Error) => /loop\.up\[2\] is missing/.test(String(error.cause)));
  await migration.abandon();
  staged.abort();
  end(pid);
});

test("an undo gives a special process its arguments from before, or what it has done since through down", async () => {
  const module = await fresh();
  const [idle, busy, inside] = [start(module, "loop", 1), start(module, "loop", 2), start(module, "loop", 3)];
  await settled();
  const { staged, migration } = await begin(module, v2("[total, 2]", "[-total]"));
  await migration.precopy();
  const undo = switchNow(staged, migration);
  add(busy, 10);
  const open = gate("undo");
  send(inside, { gate: "undo", by: 1 });
  // The idle one has taken its offer, and waits in the new code.
  idle.process?.body.upgrade?.settle();
  await settled();
  assert.deepEqual(migration.undo(undo), []);
  open();
  assert.deepEqual(await Promise.all([idle, busy, inside].map((pid) => ask(pid))), [
    ["v1", 1],
    ["v1", -22],
    ["v1", -5],
  ]);
  [idle, busy, inside].forEach(end);
});

test("a loop whose module names no update point takes no part, and a function that is not named neither", async () => {
  const module = await fresh();
  const pid = start(module, "loop", 7);
  await settled();
  const unnamed = v2().replace("systemCodeChange = { loop: steps, ", "systemCodeChange = { ");
  const migration = await upgrade(module, unnamed);
  assert.equal(migration.late, 1);
  assert.deepEqual(await ask(pid), ["v1", 7], "its message is handled where it waited");
  assert.deepEqual(await ask(pid), ["v2", 7, undefined], "and what it becomes is its own affair");
  end(pid);

  const plain = await fresh();
  const other = start(plain, "loop", 7);
  await settled();
  const none = await upgrade(plain, v1.replace('"v1"', '"v1 again"'));
  assert.deepEqual([none.processes, none.late], [0, 0]);
  end(other);
});

test("become in another module makes a process take part in that module's upgrades", async () => {
  const module = await fresh();
  const mover = `mover${modules}/loop`;
  await loadSource(
    mover,
    `import { become, receive } from "underway/process";
     import * as self from "./loop.ts";
     export const go = async (to: any): Promise<any> => become(to, "loop", 7);`,
  );
  const pid = start(mover, "go", handleOf(module));
  await settled();
  assert.equal(processesOf(handleOf(mover)).size, 0);
  await upgrade(module, v2());
  assert.deepEqual(await ask(pid), ["v2", 7, 2]);
  const ended = endOf(pid);
  end(pid);
  assert.equal(await ended, "killed");
  assert.equal(processesOf(handleOf(module)).size, 0);
});
