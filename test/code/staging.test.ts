// A set of modules becomes current in one turn, or leaves nothing behind.

import assert from "node:assert/strict";
import { test } from "node:test";
import { checkOldCode, exportsOf, purge, whichVersions } from "../../src/runtime/code/code-server.ts";
import { setExternalLoader } from "../../src/runtime/code/externals.ts";
import { isLoaded } from "../../src/runtime/code/modules.ts";
import { stage } from "../../src/runtime/code/stage.ts";
import { isAlive } from "../../src/runtime/process/signals.ts";
import { compileModules } from "../../src/tools/compile/compile.ts";
import { ask, call, loadSource, loadSources, read, refused, stageSources, start } from "./support.ts";

const pair = (app: string, version: number) => ({
  [`${app}/a`]: `import { b } from "./b.ts"; export const a = () => "a${version} with " + b();`,
  [`${app}/b`]: `export const b = () => "b${version}";`,
});

test("stage shows nothing of the set to anybody, switch shows all of it at once", async () => {
  await loadSources(pair("once", 1));
  const staged = await stageSources(pair("once", 2));
  assert.equal(call("once/a", "a"), "a1 with b1");
  staged.switch();
  assert.equal(call("once/a", "a"), "a2 with b2");
});

test("Staged.run lets staged code see staged code and puts the current one back, also when it throws", async () => {
  await loadSources(pair("run", 1));
  const staged = await stageSources(pair("run", 2));
  const { a } = staged.exportsOf("run/a") as { a(): string };
  assert.equal(a(), "a2 with b1", "outside of run an import still is the current code");
  assert.equal(staged.run(a), "a2 with b2");
  assert.equal(call("run/b", "b"), "b1");
  assert.throws(() =>
    staged.run(() => {
      throw new Error("stop");
    }),
  );
  assert.equal(call("run/b", "b"), "b1");
});

test("stage leaves nothing behind when a module in the middle of the set throws", async () => {
  await loadSources(pair("middle", 1));
  const before = whichVersions("middle/b");
  const broken = {
    ...pair("middle", 2),
    "middle/new": `import "./b.ts"; throw new Error("boom"); export const x = 1;`,
    "middle/z": `import "./new.ts"; export const z = 1;`,
  };
  await assert.rejects(stageSources(broken), refused("code/evaluation_failed", { module: "middle/new" }));
  assert.equal(call("middle/a", "a"), "a1 with b1");
  assert.deepEqual(whichVersions("middle/b"), before);
  assert.equal(checkOldCode("middle/b"), false);
  assert.equal(isLoaded("middle/new"), false);
  assert.equal(isLoaded("middle/z"), false);
  await (await stageSources(pair("middle", 3))).switch();
  assert.equal(call("middle/a", "a"), "a3 with b3");
});

test("stage refuses a set that imports a module which is neither in it nor loaded", async () => {
  const [a] = compileModules(pair("lone", 1));
  assert.ok(a);
  await assert.rejects(stage([a]), refused("code/nofile", { module: "lone/b", importedBy: "lone/a" }));
});

test("stage refuses an external that cannot be loaded, and the next try may succeed", async () => {
  const source = { "ext/m": `import { value } from "some-package"; export const get = () => value;` };
  await assert.rejects(stageSources(source), refused("code/external_failed", { module: "ext/m" }));
  const asked: string[] = [];
  setExternalLoader(async (app, specifier) => {
    asked.push(`${app} ${specifier}`);
    return { value: 42 };
  });
  await loadSources(source);
  await loadSources({ "ext/n": `import * as all from "some-package"; export const get = () => all;` });
  assert.equal(call("ext/m", "get"), 42);
  assert.deepEqual(asked, ["ext some-package"], "each application loads it once");
});

test("switch removes modules in the same turn: former exports are undef, a process inside goes on", async () => {
  const sources = {
    ...pair("remove", 1),
    "remove/gone": `
      import { receive } from "underway/process";
      export const f = () => 1;
      export const loop = async (): Promise<void> => {
        const { answer } = await receive<{ answer(v: number): void }>();
        answer(1);
        return loop();
      };`,
  };
  await loadSources(sources);
  const pid = start("remove/gone", "loop");
  await ask(pid);
  (await stageSources(pair("remove", 2))).switch({ remove: ["remove/gone", "remove/never_loaded"] });
  assert.throws(() => call("remove/gone", "f"), refused("code/undef"));
  assert.equal(await ask(pid), 1);
  assert.equal(isLoaded("remove/gone"), false);
  assert.equal(purge("remove/gone"), true);
  assert.equal(isAlive(pid), false);
});

test("switch returns an undo that makes the former code current again and the new code old", async () => {
  await loadSources({ ...pair("undo", 1), "undo/gone": "export const f = () => 1;" });
  const before = whichVersions("undo/a");
  const staged = await stageSources({ ...pair("undo", 2), "undo/added": "export const g = () => 2;" });
  const undo = staged.switch({ remove: ["undo/gone"] });
  const after = whichVersions("undo/a");
  undo();
  assert.equal(call("undo/a", "a"), "a1 with b1");
  assert.equal(call("undo/gone", "f"), 1);
  assert.throws(() => call("undo/added", "g"), refused("code/undef"));
  assert.deepEqual(whichVersions("undo/a"), { current: before.current, old: after.current });
  assert.equal(isLoaded("undo/added"), false);
});

test("the undo of a switch is refused, with nothing changed, once the former code was purged", async () => {
  await loadSources(pair("late", 1));
  const undo = (await stageSources(pair("late", 2))).switch();
  purge("late/b");
  assert.throws(undo, refused("code/undo_purged", { modules: ["late/b"] }));
  assert.equal(call("late/a", "a"), "a2 with b2");
});

test("switch refuses a set when one of its modules was loaded after staging", async () => {
  await loadSources(pair("super", 1));
  const staged = await stageSources(pair("super", 2));
  await loadSource("super/b", `export const b = () => "other";`);
  purge("super/b");
  assert.throws(() => staged.switch(), refused("code/superseded", { modules: ["super/b"] }));
  assert.equal(call("super/a", "a"), "a1 with other");
});

test("abort drops the set, and nothing can be done with it any more", async () => {
  await loadSources(pair("abort", 1));
  const staged = await stageSources({ ...pair("abort", 2), "abort/added": "export const x = 1;" });
  staged.abort();
  staged.abort();
  assert.throws(() => staged.switch(), refused("code/staged_closed"));
  assert.throws(() => staged.run(() => {}), refused("code/staged_closed"));
  assert.equal(call("abort/a", "a"), "a1 with b1");
  assert.equal(read("abort/added", "x"), undefined);
});

test("exportsOf gives one version's exports, whatever the handle shows", async () => {
  await loadSource("which/m", "export const n = 1; export let live = 1; export const bump = () => { live++; };");
  await loadSource("which/m", "export const n = 2;");
  assert.equal(exportsOf("which/m", "old")?.n, 1);
  const { bump } = exportsOf("which/m", "old") as { bump(): void };
  bump();
  assert.equal(exportsOf("which/m", "old")?.live, 2);
  assert.deepEqual(exportsOf("which/m", "current"), { n: 2 });
  assert.equal(exportsOf("which/none", "current"), undefined);
});

test("stage lets the event loop turn between modules of a large set", async () => {
  const busy = "const until = performance.now() + 3; while (performance.now() < until);";
  const sources = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`slices/m${i}`, busy]));
  let turns = 0;
  const count = () => {
    turns++;
    timer = setImmediate(count);
  };
  let timer = setImmediate(count);
  const staged = await stageSources(sources);
  clearImmediate(timer);
  staged.abort();
  assert.ok(turns >= 4, `${turns} turns for 30 ms of evaluation`);
});
