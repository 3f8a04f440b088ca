// What modules see of each other while they come to life: as ES modules do.

import assert from "node:assert/strict";
import { test } from "node:test";
import { externalOf } from "../../src/runtime/code/externals.ts";
import { handleOf, moveFolders } from "../../src/runtime/code/modules.ts";
import { call, loadSource, loadSources, read, refused, stageSources } from "./support.ts";

/** Loads modules that tell `log` when they are evaluated. */
const logged = async (app: string, sources: Readonly<Record<string, string>>): Promise<string[]> => {
  const lines: string[] = [];
  Object.assign(globalThis, { log: (line: string) => lines.push(line) });
  await loadSources(Object.fromEntries(Object.entries(sources).map(([name, source]) => [`${app}/${name}`, source])));
  return lines;
};

test("modules are evaluated dependencies first, in the order of their imports, each once", async () => {
  const order = await logged("order", {
    a: `import "./c.ts"; import "./b.ts"; log("a");`,
    b: `import "./d.ts"; log("b");`,
    c: `import "./d.ts"; log("c");`,
    d: `log("d");`,
  });
  assert.deepEqual(order, ["d", "c", "b", "a"]);
});

test("in a cycle the module reached first is evaluated last, and hoisted functions can be called before", async () => {
  const order = await logged("hoist", {
    a: `import { fromB } from "./b.ts"; export function fromA() { return "a"; } log("a sees " + fromB());`,
    b: `import { fromA } from "./a.ts"; export function fromB() { return "b"; } log("b sees " + fromA());`,
  });
  assert.deepEqual(order, ["b sees a", "a sees b"]);
});

test("in a cycle even a function of a module that nobody has reached yet can be called", async () => {
  // p imports m and q; m calls p, which calls q, which is evaluated after m.
  const order = await logged("deep", {
    p: `import "./m.ts"; import { g } from "./q.ts"; export function f() { return g(); }`,
    m: `import { f } from "./p.ts"; log("m sees " + f());`,
    q: `export function g() { return "q"; } log("q");`,
  });
  // From the sorted ids on, m comes first: p's dependencies are evaluated before m.
  assert.deepEqual(order, ["q", "m sees q"]);
});

test("in a cycle everything but functions is in its temporal dead zone, also when another version is current", async () => {
  const sources = {
    "zone/a": `import { seen } from "./b.ts"; export const value = 1; export class C {}; export { seen };`,
    "zone/b": `import { value, C } from "./a.ts";
      const probe = (f) => { try { return f(); } catch (error) { return error.name; } };
      export const seen = [probe(() => value), probe(() => C.name)];
      export const later = () => [value, C.name];`,
  };
  for (let round = 0; round < 2; round++) {
    await loadSources(sources);
    assert.deepEqual(read("zone/b", "seen"), ["ReferenceError", "ReferenceError"]);
    assert.deepEqual(call("zone/b", "later"), [1, "C"]);
    const { purge } = await import("../../src/runtime/code/code-server.ts");
    purge("zone/a");
    purge("zone/b");
  }
});

test("a module that throws in a cycle leaves none of the cycle loaded", async () => {
  const sources = {
    "broken/a": `import { b } from "./b.ts"; export const a = () => b; throw new Error("a");`,
    "broken/b": `import { a } from "./a.ts"; export const b = () => a;`,
  };
  await assert.rejects(stageSources(sources), refused("code/evaluation_failed", { module: "broken/a" }));
  assert.equal(read("broken/b", "b"), undefined);
});

test("a module that throws while it is evaluated is named with the line of its source", async () => {
  const sources = {
    "broken/place": `import { fail } from "./fail.ts";\ninterface Gone { a: 1 }\nexport const x: number =\n  fail();\n`,
    "broken/fail": `export const fail = (): number => { throw new TypeError("no"); };`,
  };
  await assert.rejects(stageSources(sources), /evaluated, at [\w.-]+\/src\/place\.ts:4:3: TypeError: no\n/);
});

test("a module that imports itself gets its own handle, which it may read while it is evaluated", async () => {
  await loadSource(
    "self/m",
    `import * as self from "./m.ts";
     export function f() { return 1; }
     export const early = self.f();
     export const zone = (() => { try { return self.late; } catch (error) { return error.name; } })();
     export const late = 1;
     export const get = () => self;`,
  );
  assert.equal(read("self/m", "early"), 1);
  assert.equal(read("self/m", "zone"), "ReferenceError");
  assert.equal(call("self/m", "get"), handleOf("self/m"));
});

test("export default names an anonymous function, class or arrow `default`, and hoists a declaration", async () => {
  await loadSources({
    "names/fn": `export default function () { return 1; }`,
    "names/user": `import fn, { before } from "./cycle.ts"; export const x = [fn, before];`,
    "names/cycle": `import "./user2.ts"; export default function () { return "hoisted"; } export function before() {}`,
    "names/user2": `import fn from "./cycle.ts"; export const result = fn();`,
    "names/arrow": `export default () => 2;`,
    "names/klass": `export default class { static s = 1; }`,
    "names/named": `export default function named() { return named.name; }`,
    "names/value": `const x = 5; export default x + 1;`,
  });
  const names = ["fn", "arrow", "klass", "named"].map((m) => (read(`names/${m}`, "default") as { name: string }).name);
  assert.deepEqual(names, ["default", "default", "default", "named"]);
  assert.equal(read("names/user2", "result"), "hoisted");
  assert.equal(read("names/value", "default"), 6);
});

test("export * hands on names, leaves out `default` and ambiguous ones, and the module's own come first", async () => {
  await loadSources({
    "star/all": `export * from "./one.ts"; export * from "./two.ts"; export const own = "all"; export * as one from "./one.ts";`,
    "star/one": `export const a = 1; export const both = 1; export const own = "one"; export const same = 1; export default 1;`,
    "star/two": `export const b = 2; export const both = 2; export { same } from "./one.ts";`,
  });
  assert.deepEqual(Object.keys(handleOf("star/all")), ["a", "b", "one", "own", "same"]);
  assert.deepEqual([read("star/all", "own"), read("star/all", "same")], ["all", 1]);
  assert.equal(read("star/all", "one"), handleOf("star/one"));
});

test("import.meta names the file in the application's folder", async () => {
  const originOf = () => ({ label: "meta-1", folder: "/r/lib/meta-1" });
  await loadSources({ "meta/deep/m": "export const meta = () => ({ ...import.meta });" }, { originOf });
  assert.deepEqual(call("meta/deep/m", "meta"), {
    url: "file:///r/lib/meta-1/src/deep/m.ts",
    filename: "/r/lib/meta-1/src/deep/m.ts",
    dirname: "/r/lib/meta-1/src/deep",
  });
});

test("import.meta follows the application's folder into a release that keeps the module, and back", async () => {
  const originOf = () => ({ label: "moved-1", folder: "/r/lib/moved-1" });
  const source = `export const meta = import.meta; export const place = () => import.meta.dirname;`;
  await loadSources({ "moved/m": source }, { originOf });
  const undo = moveFolders((application) => (application === "moved" ? "/r/lib/moved-2" : null));
  assert.equal(call("moved/m", "place"), "/r/lib/moved-2/src");
  assert.equal((read("moved/m", "meta") as ImportMeta).url, "file:///r/lib/moved-2/src/m.ts");
  undo();
  assert.equal(call("moved/m", "place"), "/r/lib/moved-1/src");
});

test("import() resolves with a module's handle, or with an external", async () => {
  await loadSources({
    "dynamic/m": `export const load = () => import("./other.ts"); export const fs = (name) => import(name);`,
    "dynamic/other": `export const x = 1;`,
  });
  assert.equal(await call("dynamic/m", "load"), handleOf("dynamic/other"));
  const fs = (await call("dynamic/m", "fs", "node:fs")) as { existsSync(path: string): boolean };
  assert.equal(fs.existsSync("/"), true);
  assert.equal(externalOf("dynamic", "node:fs"), fs);
  await assert.rejects(call("dynamic/m", "fs", "no-such-package") as Promise<void>, refused("code/external_failed"));
});

test("externals are this very Underway and Node's own modules, default and named exports alike", async () => {
  await loadSource(
    "externals/m",
    `import path, { join } from "node:path"; import * as Process from "underway/process";
     export const get = () => [path.join === join, Process.isAlive];`,
  );
  const { isAlive } = await import("../../src/runtime/process/signals.ts");
  assert.deepEqual(call("externals/m", "get"), [true, isAlive]);
});

test("a module's own names cannot clash with what the compiler adds", async () => {
  await loadSource(
    "clash/m",
    `import { join } from "node:path";
     const imports = 1, exports = 2, runtime = 3, meta = 4, $h0 = 5, $x = 6, $f = 7; let $r = 8, $m = 9, $d = 10;
     export default async () => { await null; return [imports, exports, runtime, meta, $h0, $x, $f, $r, $m, $d, join("a", "b")]; };`,
  );
  assert.deepEqual(await call("clash/m", "default"), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, "a/b"]);
});
