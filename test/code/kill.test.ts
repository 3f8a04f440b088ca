// Kill means kill: a killed process runs no further line of module code. The forms stand in kill-forms.ts; here are the ways to be killed.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { purge } from "../../src/runtime/code/code-server.ts";
import { send } from "../../src/runtime/process/signals.ts";
import { call, endOf, ignoreStopSignals, loadSource, settled, start } from "./support.ts";

before(ignoreStopSignals);

test("a killed process runs no line of a rejected await's catch and finally", async () => {
  await loadSource(
    "kill/rejected",
    "export const run = async (gate, log) => { try { await gate; } catch { log('catch'); } finally { log('finally'); } };",
  );
  const gate = Promise.withResolvers<void>();
  const lines: string[] = [];
  const pid = start("kill/rejected", "run", gate.promise, (line: string) => lines.push(line));
  await settled();
  pid.process?.end("killed");
  gate.reject(new Error("too late"));
  await settled();
  assert.deepEqual(lines, []);
});

test("a process that kills itself enters no further async function", async () => {
  await loadSource(
    "kill/itself",
    `import { exit, self } from "underway/process";
     const step = async (log) => { log('entered'); };
     export const run = (log) => { exit(self(), "kill"); step(log).catch(() => log('stopped')); };`,
  );
  const lines: string[] = [];
  const pid = start("kill/itself", "run", (line: string) => lines.push(line));
  assert.equal(await endOf(pid), "killed");
  await settled();
  assert.equal(lines.includes("entered"), false);
});

test("purge kills a process that traps exits", async () => {
  await loadSource(
    "kill/trap",
    `import { receive, trapExit } from "underway/process";
     export const run = async () => { trapExit(true); for (;;) await receive(); };`,
  );
  const pid = start("kill/trap", "run");
  await settled();
  await loadSource("kill/trap", "export const run = null;");
  const end = endOf(pid);
  assert.equal(purge("kill/trap"), true);
  assert.equal(await end, "killed");
});

test("purge stops a process in the old code at its next await, and foreign finally blocks still run", async () => {
  const lines: string[] = [];
  const gate = Promise.withResolvers<void>();
  const foreign = async (work: () => Promise<void>) => {
    try {
      await work();
    } finally {
      lines.push("foreign finally");
    }
  };
  await loadSource(
    "kill/foreign",
    "export const run = (gate, foreign, log) => foreign(async () => { await gate; log('on'); });",
  );
  start("kill/foreign", "run", gate.promise, foreign, (line: string) => lines.push(line));
  await settled();
  await loadSource("kill/foreign", "export const run = null;");
  assert.equal(purge("kill/foreign"), true);
  gate.resolve();
  await settled();
  assert.deepEqual(lines, ["foreign finally"]);
});

test("an instrumented function returns, throws and names itself as a plain one", async () => {
  await loadSource(
    "kill/plain",
    `export async function named(a, b = 2) { return [a, b, arguments.length, this]; }
     export const thrower = async () => { throw new RangeError("mine"); };
     export const nested = async (x) => { const twice = async (y) => (await y) * 2; return (await twice(x)) + await twice(1); };
     export const empty = async () => {};
     export const object = async () => ({ a: 1 });
     export const order = async (log) => {
       const one = (async () => { log(1); await null; log(3); })();
       log(2); await one; log(4); };`,
  );
  assert.deepEqual((await (call("kill/plain", "named", 1) as Promise<unknown[]>)).slice(0, 3), [1, 2, 1]);
  await assert.rejects(call("kill/plain", "thrower") as Promise<void>, { name: "RangeError", message: "mine" });
  assert.equal(await call("kill/plain", "nested", Promise.resolve(3)), 8);
  assert.equal(await call("kill/plain", "empty"), undefined);
  assert.deepEqual(await call("kill/plain", "object"), { a: 1 });
  const lines: number[] = [];
  await call("kill/plain", "order", (line: number) => lines.push(line));
  assert.deepEqual(lines, [1, 2, 3, 4]);
});

test("an instrumented function takes as many microtask turns as a plain one", async () => {
  const source = "async (gate) => { try { return await gate; } finally { await null; } }";
  await loadSource("kill/turns", `export const run = ${source};`);
  const turnsOf = async (run: (gate: Promise<void>) => Promise<void>): Promise<number> => {
    let turns = 0;
    let open = true;
    const counted = run(Promise.resolve()).then(() => {
      open = false;
    });
    while (open) {
      turns++;
      await null;
    }
    await counted;
    return turns;
  };
  const plain = new Function(`return ${source}`)() as (gate: Promise<void>) => Promise<void>;
  const ours = (gate: Promise<void>) => call("kill/turns", "run", gate) as Promise<void>;
  assert.equal(await turnsOf(ours), await turnsOf(plain));
});

/** Ways to end oneself by a call that returns at once; each is called in the middle of `run`. */
const ownEnds: Readonly<Record<string, { readonly code: string; readonly reason: string }>> = {
  "purges the old code that it runs in": { code: `(() => { purge("kill/ends"); log("on"); })();`, reason: "killed" },
  "purges the old code that a process runs in on which its life depends": {
    code: `(() => { purge("kill/other"); log("on"); })();`,
    reason: "killed",
  },
  "links itself with a process that has ended": { code: `(() => { link(ended); log("on"); })();`, reason: "noproc" },
  "ends a process on which its life depends": {
    code: `(() => { exit(linked, "kill"); log("on"); })();`,
    reason: "killed",
  },
  "ends itself in a call that nobody waits for": { code: `leave(log); log("on");`, reason: "killed" },
  "ends itself in a call that it waits for later": {
    code: `const p = leave(log); log("on"); await p;`,
    reason: "killed",
  },
  "ends itself in a call that a plain function does not wait for": { code: "plainly(log);", reason: "killed" },
  "ends itself in a promise's executor": {
    code: `const q = [new Promise(() => exit(self(), "kill")), log("on")];`,
    reason: "killed",
  },
};

for (const [how, { code, reason }] of Object.entries(ownEnds)) {
  test(`a process that ${how} runs no further line`, async () => {
    await loadSource(
      "kill/other",
      `import { receive, trapExit } from "underway/process"; export const wait = async () => { await receive(); };`,
    );
    await loadSource(
      "kill/ends",
      `import { exit, link, receive, self, spawn } from "underway/process";
       import { purge } from "underway/code";
       const leave = async (log) => { log("leave"); exit(self(), "kill"); log("left"); };
       const plainly = (log) => { void leave(log); log("on"); };
       export const run = async (linked, ended, log) => {
         await receive();
         link(linked);
         log("before");
         ${code}
         log("behind");
         await null;
         log("late");
       };`,
    );
    const linked = start("kill/other", "wait");
    const ended = start("kill/other", "wait");
    ended.process?.end("killed");
    await settled();
    const lines: string[] = [];
    const pid = start("kill/ends", "run", linked, ended, (line: string) => lines.push(line));
    await settled();
    await loadSource("kill/other", "export const wait = null;");
    await loadSource("kill/ends", "export const run = null;");
    const end = endOf(pid);
    send(pid, "go");
    assert.equal(await end, reason);
    await settled();
    assert.deepEqual(
      lines.filter((line) => line !== "leave"),
      ["before"],
    );
    purge("kill/other");
  });
}
