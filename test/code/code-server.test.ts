// What the code server answers. CS-nn: lines of OTP's behaviour in code_SUITE and experiments with OTP 25.
//
// CS-08 stands in beam.test.ts. Not here, since there is nothing to be like it: CS-20 (replace_path: there is no code path,
// a module is found by the release's manifest). Of CS-16 the warning reports: whoever loads is told, by the rejection.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  checkOldCode,
  checkProcessCode,
  deleteModule,
  load,
  oldCode,
  purge,
  softPurge,
  whichVersions,
} from "../../src/runtime/code/code-server.ts";
import { isLoaded } from "../../src/runtime/code/modules.ts";
import { isAlive } from "../../src/runtime/process/signals.ts";
import {
  ask,
  call,
  compileOne,
  endOf,
  loadSource,
  loadSources,
  read,
  refused,
  settled,
  stageSources,
  start,
} from "./support.ts";

const server = (version: number) => `
  import { receive } from "underway/process";
  export const version = () => ${version};
  export const loop = async (): Promise<void> => {
    const { answer } = await receive<{ answer(v: number): void }>();
    answer(${version});
    return loop();
  };`;

const inVersion = async (module: string, version: number) => {
  await loadSource(module, server(version));
  const pid = start(module, "loop");
  await ask(pid);
  return pid;
};

test("switch refuses a third version and changes nothing, even for the second version again (CS-01)", async () => {
  const first = await inVersion("cs01/m", 1);
  const second = await inVersion("cs01/m", 2);
  for (const version of [3, 2]) {
    const staged = await stageSources({ "cs01/m": server(version) });
    assert.throws(() => staged.switch(), refused("code/not_purged", { modules: ["cs01/m"] }));
    staged.abort();
  }
  assert.deepEqual([await ask(first), await ask(second)], [1, 2]);
  assert.equal(call("cs01/m", "version"), 2);
});

test("load kills the users of old code and succeeds (CS-02)", async () => {
  const first = await inVersion("cs02/m", 1);
  await loadSource("cs02/m", server(2));
  const end = endOf(first);
  await loadSource("cs02/m", server(3));
  assert.equal(await end, "killed");
  assert.equal(call("cs02/m", "version"), 3);
});

test("purge answers false without old code, true with an old user who is dead then, false without users (CS-03)", async () => {
  assert.equal(purge("cs03/m"), false, "not loaded");
  const first = await inVersion("cs03/m", 1);
  assert.equal(purge("cs03/m"), false, "no old code");
  await loadSource("cs03/m", server(2));
  assert.equal(purge("cs03/m"), true);
  assert.equal(isAlive(first), false);
  await loadSource("cs03/m", server(3));
  assert.equal(purge("cs03/m"), false, "no users");
});

test("purge kills exactly the users among 1000 of old and 1000 of current code (CS-04)", async () => {
  await loadSource("cs04/m", server(1));
  const old = Array.from({ length: 1000 }, () => start("cs04/m", "loop"));
  await Promise.all(old.map((pid) => ask(pid)));
  await loadSource("cs04/m", server(2));
  const current = Array.from({ length: 1000 }, () => start("cs04/m", "loop"));
  await Promise.all(current.map((pid) => ask(pid)));
  assert.equal(purge("cs04/m"), true);
  assert.equal(old.some(isAlive), false);
  assert.deepEqual(new Set(await Promise.all(current.map((pid) => ask(pid)))), new Set([2]));
});

test("softPurge answers true without old code, false while it has a user, true after that one's end (CS-05)", async () => {
  assert.equal(softPurge("cs05/m"), true, "not loaded");
  const first = await inVersion("cs05/m", 1);
  assert.equal(softPurge("cs05/m"), true);
  await loadSource("cs05/m", server(2));
  assert.equal(softPurge("cs05/m"), false);
  assert.equal(isAlive(first), true);
  first.process?.end("shutdown");
  assert.equal(softPurge("cs05/m"), true);
  assert.equal(checkOldCode("cs05/m"), false);
});

test("deleteModule makes current code old, its process lives on, and a second time answers false (CS-06)", async () => {
  const pid = await inVersion("cs06/m", 1);
  assert.equal(deleteModule("cs06/m"), true);
  assert.equal(isLoaded("cs06/m"), false);
  assert.equal(await ask(pid), 1);
  assert.throws(() => call("cs06/m", "version"), refused("code/undef"));
  assert.equal(deleteModule("cs06/m"), false);
  assert.equal(deleteModule("cs06/never_loaded"), false);
});

test("deleteModule answers false while there is old code, and changes nothing (CS-07)", async () => {
  await loadSource("cs07/m", server(1));
  await loadSource("cs07/m", server(2));
  assert.equal(deleteModule("cs07/m"), false);
  assert.equal(call("cs07/m", "version"), 2);
});

test("purge does not kill a process that only holds a closure of old code; calling that one fails then (CS-09)", async () => {
  const source = (version: number) => `
    import { receive } from "underway/process";
    export const work = async () => ${version};
    export const holder = async (): Promise<void> => { await receive(); };`;
  await loadSource("cs09/lib", source(1));
  const kept = read("cs09/lib", "work") as () => unknown;
  const holding = { closure: kept };
  await loadSource("cs09/lib", source(2));
  const pid = start("cs09/lib", "holder", holding);
  await settled();
  assert.equal(checkProcessCode(pid, "cs09/lib"), false);
  assert.equal(purge("cs09/lib"), false);
  assert.equal(isAlive(pid), true);
  await assert.rejects(async () => kept(), refused("code/badfun"));
});

test("purge leaves the constants of old code valid for whoever holds them (CS-10)", async () => {
  await loadSource("cs10/m", "export const constant = { deep: [1, 2] };");
  const constant = read("cs10/m", "constant");
  await loadSource("cs10/m", "export const constant = null;");
  purge("cs10/m");
  assert.deepEqual(constant, { deep: [1, 2] });
});

test("load refuses object code of another format and a module that cannot be compiled, and keeps the old one (CS-11)", async () => {
  await loadSource("cs11/m", server(1));
  const good = compileOne("cs11/m", server(2));
  await assert.rejects(load({ ...good, format: 2 } as unknown as typeof good), refused("code/bad_format"));
  await assert.rejects(load({ ...good, code: "syntax error" }), refused("code/evaluation_failed"));
  assert.equal(call("cs11/m", "version"), 1);
  assert.equal(checkOldCode("cs11/m"), false);
});

test("load goes on after a load that failed", async () => {
  const failing = loadSource("cs11/n", "throw new Error('no');");
  const following = loadSource("cs11/n", server(7));
  await assert.rejects(failing, refused("code/evaluation_failed"));
  await following;
  assert.equal(call("cs11/n", "version"), 7);
});

test("checkOldCode answers false after the first load, true after the second, false after purge (CS-12)", async () => {
  await loadSource("cs12/m", server(1));
  assert.equal(checkOldCode("cs12/m"), false);
  await loadSource("cs12/m", server(2));
  assert.equal(checkOldCode("cs12/m"), true);
  purge("cs12/m");
  assert.equal(checkOldCode("cs12/m"), false);
});

test("load keeps the current version, and kills nobody, when onLoad throws (CS-14, better than OTP)", async () => {
  const first = await inVersion("cs14/m", 1);
  await loadSource("cs14/m", server(2));
  await assert.rejects(
    loadSource("cs14/m", `${server(3)} export const onLoad = () => { throw new Error("no"); };`),
    refused("code/on_load_failure", { module: "cs14/m", reason: "Error: no" }),
  );
  assert.equal(call("cs14/m", "version"), 2);
  assert.equal(await ask(first), 1, "OTP would have purged the old code before");
});

test("onLoad sees the code that it belongs to, everybody else the current one (deviation from CS-15)", async () => {
  const source = (version: number) => `
    import * as self from "./m.ts";
    export const version = ${version};
    export const seen: number[] = [];
    export const onLoad = () => { seen.push(self.version); };`;
  await loadSource("cs15/m", source(1));
  const staged = await stageSources({ "cs15/m": source(2) });
  assert.deepEqual(staged.exportsOf("cs15/m")?.seen, [2]);
  assert.equal(read("cs15/m", "version"), 1);
});

test("load stops what a failed onLoad has started in the new code (CS-17)", async () => {
  await loadSource("cs17/m", server(1));
  const gate = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<unknown>();
  Object.assign(globalThis, { gate: gate.promise, ended: ended.resolve });
  const source = `${server(2)}
    const work = async () => { await globalThis.gate; return "ran on"; };
    export const onLoad = () => { work().then(globalThis.ended, globalThis.ended); throw new Error("no"); };`;
  await assert.rejects(loadSource("cs17/m", source), refused("code/on_load_failure"));
  gate.resolve();
  assert.equal(((await ended.promise) as Error).name, "StopSignal");
  assert.equal(call("cs17/m", "version"), 1);
});

test("a module is nobody's before its first onLoad has returned; a call of its own reaches it (deviation from CS-13)", async () => {
  Object.assign(globalThis, { cs13: () => isLoaded("cs13/n") });
  await loadSource(
    "cs13/n",
    `import * as self from "./n.ts";
     export let seen = null; export const f = () => "f";
     export const onLoad = () => { seen = [self.f(), globalThis.cs13()]; };`,
  );
  assert.deepEqual(read("cs13/n", "seen"), ["f", false]);
});

for (const thrown of ['new Error("why")', '"why"', "{ why: 1 }", "undefined"]) {
  test(`load rejects with what onLoad threw, ${thrown} (CS-16 without its reports)`, async () => {
    await assert.rejects(
      loadSource("cs16/m", `export const onLoad = () => { throw ${thrown}; };`),
      refused("code/on_load_failure", { module: "cs16/m" }),
    );
    assert.equal(isLoaded("cs16/m"), false);
  });
}

test("a module that is not loaded is never loaded by being asked for (CS-22: embedded mode)", async () => {
  await loadSources({
    "cs22/m": `export const load = () => import("./n.ts");`,
    "cs22/n": "export const n = 1;",
  });
  deleteModule("cs22/n");
  purge("cs22/n");
  await assert.rejects(call("cs22/m", "load") as Promise<unknown>, refused("code/nofile", { module: "cs22/n" }));
  assert.equal(isLoaded("cs22/n"), false);
});

test("load makes two loads of one module wait for each other (CS-18)", async () => {
  await Promise.all([1, 2, 3].map((version) => loadSource("cs18/m", server(version))));
  const hash = (version: number) => compileOne("cs18/m", server(version)).hash;
  assert.deepEqual(whichVersions("cs18/m"), { current: hash(3), old: hash(2) });
});

test("load after delete needs no purge, and the old code stays (CS-19, CS-21)", async () => {
  const pid = await inVersion("cs21/m", 1);
  deleteModule("cs21/m");
  await loadSource("cs21/m", server(2));
  assert.equal(isAlive(pid), true);
  assert.equal(await ask(pid), 1);
  assert.equal(call("cs21/m", "version"), 2);
  assert.equal(softPurge("cs21/m"), false);
  assert.equal(purge("cs21/m"), true);
});

test("whichVersions names versions by their content hash", async () => {
  assert.deepEqual(whichVersions("which/m"), {});
  await loadSource("which/m", server(1));
  assert.deepEqual(whichVersions("which/m"), { current: compileOne("which/m", server(1)).hash });
});

test("oldCode names each open frame and where it waits; purge stops those of no process, and detached ones", async () => {
  const gate = Promise.withResolvers<void>();
  const lines: string[] = [];
  const kept: Promise<unknown>[] = [];
  await loadSource(
    "frames/m",
    `import { receive } from "underway/process";
    export const work = async (gate, lines) => {
      await gate;
      lines.push("ran");
    };
    export const race = async (gate, lines, kept) => {
      kept.push(work(gate, lines));
      await Promise.race([kept[0], null]);
      kept.push(1);
      await receive();
    };`,
  );
  const work = call("frames/m", "work", gate.promise, lines) as Promise<void>;
  const racing = start("frames/m", "race", gate.promise, lines, kept);
  await settled();
  await loadSource("frames/m", "export const work = null;");
  const old = oldCode().find(({ module }) => module === "frames/m");
  assert.deepEqual(old?.processes, [racing]);
  assert.deepEqual(old?.frames, [
    { process: racing, detached: false, at: "frames/src/m.ts:10" },
    { process: racing, detached: false, at: "frames/src/m.ts:3" },
    { process: null, detached: false, at: "frames/src/m.ts:3" },
  ]);
  assert.equal(old?.otherFrames, 1);
  const end = endOf(racing);
  assert.equal(purge("frames/m"), true);
  assert.equal(await end, "killed");
  gate.resolve();
  await assert.rejects(work, { name: "StopSignal" });
  assert.deepEqual(lines, []);
});
