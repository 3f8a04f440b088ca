// Slides 2 to 13 of the talk, in the words of the BEAM: what happens if the code changes while a function runs?

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  checkOldCode,
  checkProcessCode,
  oldCode,
  purge,
  softPurge,
  whichVersions,
} from "../../src/runtime/code/code-server.ts";
import { handleOf } from "../../src/runtime/code/modules.ts";
import { isAlive } from "../../src/runtime/process/signals.ts";
import { ask, compileOne, endOf, loadSource, loadSources, settled, stageSources, start } from "./support.ts";

// A server of either kind answers with the version of the code that it runs in.
const localLoop = (version: number) => `
  import { receive } from "underway/process";
  export const loop = async (): Promise<void> => {
    const { answer } = await receive<{ answer(v: number): void }>();
    answer(${version});
    return loop();
  };`;
const qualifiedLoop = (module: string, version: number) => `
  import { become, receive } from "underway/process";
  import * as self from "./${module}.ts";
  export const loop = async (turn: number): Promise<unknown> => {
    const { answer } = await receive<{ answer(v: unknown): void }>();
    answer([${version}, turn]);
    return become(self, "loop", turn + 1);
  };`;

test("a process in a loop of local calls stays in its version for ever", async () => {
  await loadSource("stay/server", localLoop(1));
  const pid = start("stay/server", "loop");
  assert.equal(await ask(pid), 1);
  await loadSource("stay/server", localLoop(2));
  for (let turn = 0; turn < 10; turn++) assert.equal(await ask(pid), 1);
  assert.equal(checkProcessCode(pid, "stay/server"), true);
  assert.equal(await ask(start("stay/server", "loop")), 2, "a process started now runs the new code");
});

test("a process that re-enters through self.loop moves to the new code at its next turn and survives the purge", async () => {
  await loadSource("move/server", qualifiedLoop("server", 1));
  const pid = start("move/server", "loop", 0);
  assert.deepEqual(await ask(pid), [1, 0]);
  await loadSource("move/server", qualifiedLoop("server", 2));
  assert.equal(checkProcessCode(pid, "move/server"), true, "it stands in receive, inside the old loop");
  assert.deepEqual(await ask(pid), [1, 1], "the turn it was in ends in the old code");
  assert.deepEqual(await ask(pid), [2, 2]);
  assert.equal(checkProcessCode(pid, "move/server"), false);
  assert.equal(purge("move/server"), false, "nobody had to be killed");
  assert.deepEqual(await ask(pid), [2, 3]);
});

test("a call to another module in the middle of a function reaches the new code, a local call does not", async () => {
  // Slide 4: the code changes between function_foo(x) and the next line, function_bar(y) or M.function_bar(y).
  const sources = (version: number) => ({
    "middle/some": `
      import { receive } from "underway/process";
      import * as M from "./m.ts";
      const functionFoo = (x: number) => x + 1;
      const functionBar = (y: number) => ["local bar", ${version}, y];
      export const someFunction = async (x: number, tell: (v: unknown) => void) => {
        const y = functionFoo(x);
        await receive();
        tell([functionBar(y), M.functionBar(y)]);
      };`,
    "middle/m": `export const functionBar = (y: number) => ["M.bar", ${version}, y];`,
  });
  await loadSources(sources(1));
  const told = Promise.withResolvers<unknown>();
  const pid = start("middle/some", "someFunction", 1, told.resolve);
  await settled();
  await loadSources(sources(2));
  void ask(pid);
  assert.deepEqual(await told.promise, [
    ["local bar", 1, 2],
    ["M.bar", 2, 2],
  ]);
});

test("purge kills at once a process inside a function of the purged version", async () => {
  await loadSource("kill/server", localLoop(1));
  const pid = start("kill/server", "loop");
  await ask(pid);
  await loadSource("kill/server", localLoop(2));
  const inNewCode = start("kill/server", "loop");
  await ask(inNewCode);
  const end = endOf(pid);
  assert.equal(purge("kill/server"), true);
  assert.equal(isAlive(pid), false, "it is dead when purge returns");
  assert.equal(await end, "killed");
  assert.equal(await ask(inNewCode), 2);
  assert.equal(checkOldCode("kill/server"), false);
});

test("loading a third version kills who still runs the first", async () => {
  await loadSource("third/server", localLoop(1));
  const first = start("third/server", "loop");
  await ask(first);
  await loadSource("third/server", localLoop(2));
  const second = start("third/server", "loop");
  await ask(second);
  const end = endOf(first);
  await loadSource("third/server", localLoop(3));
  assert.equal(await end, "killed");
  assert.equal(await ask(second), 2, "the second version is old now, and its process goes on");
  const hash = (version: number) => compileOne("third/server", localLoop(version)).hash;
  assert.deepEqual(whichVersions("third/server"), { current: hash(3), old: hash(2) });
});

test("soft purge refuses while a process runs the first version, and names it", async () => {
  await loadSource("soft/server", localLoop(1));
  const first = start("soft/server", "loop");
  await ask(first);
  await loadSource("soft/server", localLoop(2));
  assert.equal(softPurge("soft/server"), false);
  assert.equal(await ask(first), 1, "it is left in peace");
  const [held] = oldCode().filter(({ module }) => module === "soft/server");
  assert.deepEqual(held?.processes, [first]);
  const staged = await stageSources({ "soft/server": localLoop(3) });
  assert.throws(() => staged.switch(), { code: "code/not_purged" }, "so a third version finds no room");
  assert.equal(whichVersions("soft/server").current, compileOne("soft/server", localLoop(2)).hash);
  first.process?.end("normal");
  assert.equal(softPurge("soft/server"), true);
  staged.switch();
  assert.equal(await ask(start("soft/server", "loop")), 3);
});

test("a module is replaced as a whole, and its handle stays the same object", async () => {
  await loadSource("whole/m", "export const a = () => 1; export const b = () => a();");
  const handle = handleOf("whole/m");
  await loadSource("whole/m", "export const a = () => 2; export const b = () => a();");
  assert.equal(handleOf("whole/m"), handle);
  const { a, b } = handle as { a(): number; b(): number };
  assert.deepEqual([a(), b()], [2, 2]);
});
