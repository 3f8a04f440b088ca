// Old code is collected once it is purged. WeakRefs tell of one version; a soak with little heap tells of all of them,
// since a forced collection does not age V8's caches as a natural one does (bench/reloads.bench.ts is the long form).

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { moduleText, type Window } from "../../bench/reloads/contestants.ts";
import { purge } from "../../src/runtime/code/code-server.ts";
import { handleOf } from "../../src/runtime/code/modules.ts";
import { purgedVersions } from "../../src/runtime/code/version.ts";
import { send } from "../../src/runtime/process/signals.ts";
import { ask, call, endOf, loadSource, loadSources, settled, stageSources, start } from "./support.ts";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

/** How many of these are still there when everything that can be collected is. */
const alive = async (refs: readonly WeakRef<object>[]): Promise<number> => {
  for (let i = 0; i < 4; i++) {
    await settled();
    gc();
  }
  return refs.filter((ref) => ref.deref() !== undefined).length;
};

/** A function that closes over nothing of the module, and one that does: each holds the module's context. */
const refsOf = (module: string, ...names: readonly string[]): WeakRef<object>[] =>
  names.map((name) => new WeakRef(handleOf(module)[name] as object));

test("a version is collected after load and purge, whatever it exports", async () => {
  const refs: WeakRef<object>[] = [];
  for (let version = 0; version < 10; version++) {
    await loadSource(
      "gone/m",
      `${moduleText(version)} export class C {} export let live = () => 1; export const f = async () => {};`,
    );
    await call("gone/m", "f");
    refs.push(...refsOf("gone/m", "step0", "C", "live", "f"));
    purge("gone/m");
  }
  await loadSource("gone/m", "export const step0 = null;");
  purge("gone/m");
  assert.equal(await alive(refs), 0);
});

test("a version is collected after its processes were killed, went on or ended", async () => {
  const server = (version: number) => `
    import { receive } from "underway/process";
    import * as self from "./m.ts";
    export const loop = async (): Promise<void> => {
      const { question, answer } = await receive<{ question: string; answer(v: number): void }>();
      answer(${version});
      return question === "move" ? self.loop() : question === "end" ? undefined : loop();
    };
    export const mark = () => {};`;
  await loadSource("users/m", server(1));
  const refs = refsOf("users/m", "mark", "loop");
  const [stays, moves, ends] = [start("users/m", "loop"), start("users/m", "loop"), start("users/m", "loop")];
  await Promise.all([stays, moves, ends].map((pid) => ask(pid)));
  await loadSource("users/m", server(2));
  assert.equal(await ask(moves, "move"), 1);
  assert.equal(await ask(ends, "end"), 1);
  const killed = endOf(stays);
  assert.equal(purge("users/m"), true);
  assert.equal(await killed, "killed");
  assert.equal(await ask(moves), 2);
  assert.equal(await alive(refs), 0);
  send(moves, { question: "end", answer: () => {} } as unknown);
});

test("a set is collected after abort, after an undo, and when it threw while it was evaluated", async () => {
  const set = (version: number) => ({
    "sets/a": `import { b } from "./b.ts"; export const a = () => b() + ${version};`,
    "sets/b": `import { a } from "./a.ts"; export const b = () => (a, ${version});`,
  });
  await loadSources(set(1));
  const before = purgedVersions().length;
  (await stageSources(set(2))).abort();
  await assert.rejects(stageSources({ ...set(3), "sets/c": `import "./a.ts"; throw new Error("no");` }));
  (await stageSources(set(4))).switch()();
  for (const module of ["sets/a", "sets/b"]) purge(module);
  for (let i = 0; i < 4; i++) {
    await settled();
    gc();
  }
  await settled();
  assert.ok(purgedVersions().length <= before, "of six versions none is left");
});

test("480 loads of a 20 kB module need no more than 30 MB", async () => {
  const folder = mkdtempSync(join(tmpdir(), "underway-soak-"));
  try {
    const script = join(import.meta.dirname, "../../bench/reloads/contestants.ts");
    const flags = ["--max-old-space-size=30", "--conditions=underway-source"];
    // Node's own import() of changing URLs ends out of memory here.
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, script, "underway", "480", folder]);
    const windows = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Window);
    assert.equal(windows.at(-1)?.done, 480);
    const late = Math.min(...windows.slice(12).map(({ heapMb }) => heapMb));
    const early = Math.min(...windows.slice(2, 12).map(({ heapMb }) => heapMb));
    assert.ok(late < early + 8, `the heap's low mark went from ${early} to ${late} MB`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
