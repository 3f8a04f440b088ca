// What the compiler finds out about a module: evaluation dependencies, hash, vsn, behaviour, source map.

import assert from "node:assert/strict";
import { SourceMap } from "node:module";
import { test } from "node:test";
import fc from "fast-check";
import type { ObjectCode } from "../../src/release/object-code.ts";
import { compileModules } from "../../src/tools/compile/compile.ts";
import { withHashes } from "../../src/tools/compile/hash.ts";

const compiled = (sources: Readonly<Record<string, string>>): Map<string, ObjectCode> =>
  new Map(compileModules(sources).map((object) => [object.module, object]));

const library = {
  "d/lib": `export const v = 1; export const f = (...a: unknown[]) => a; export class Base {}; export const list = [1];`,
};

// Each row is a module that imports from lib, and whether it reads lib while it is evaluated.
const reads: Readonly<Record<string, readonly [source: string, reads: boolean]>> = {
  nothing: ["", false],
  "a constant": ["export const x = v;", true],
  "a base class": ["export class B extends Base {}", true],
  "a spread": ["export const x = [...list];", true],
  "a call": ["f();", true],
  "a member of the namespace": ["export const x = L.v;", true],
  "the namespace itself": ["export const x = { module: L };", true],
  "a use inside a function": ["export const g = () => v;", false],
  "a use inside a function declaration": ["export function g() { return f(v); }", false],
  "a use inside a method": [
    "export class C { m() { return v; } get g() { return v; } static s() { return v; } }",
    false,
  ],
  "a use inside a clause of a table": ["export const handleCall = { add: () => f(v), get() { return v; } };", false],
  "an instance field": ["export class C { x = v; }", false],
  "a static field": ["export class C { static x = v; }", true],
  "a static block": ["export class C { static { f(); } }", true],
  "a computed key": ["export class C { [v]() {} }", true],
  "a default value of a parameter": ["export const g = (x = v) => x;", false],
  "a function called at once": ["export const x = (() => v)();", true],
  "a named function called at once": ["(function g() { return v; })();", true],
  "a local function that is called": ["const g = () => v; export const x = g();", true],
  "a local function that is called above its line": ["export const x = g(); function g() { return v; }", true],
  "a local function that is called by a called one": ["const h = () => v; const g = () => h(); g();", true],
  "a local function that is only referred to": ["const g = () => v; export const table = { g };", false],
  "a function given to a call": ["export const x = [1].map(() => v);", true],
  "a local function given to a call": ["const g = () => v; export const x = [1].map(g);", true],
  "a method of a local object that is called": ["const o = { m() { return v; } }; o.m();", true],
  "a local class that is made": ["class C { x = v; } export const c = new C();", true],
  "a local class with a static method that is called": ["class C { static make() { return v; } } C.make();", true],
  "an alias that is called": ["const g = () => v; const h = g; h();", true],
  "a destructured function that is called": ["const o = { m: () => v }; const { m } = o; m();", true],
  "a function assigned later and called": ["let g; g = () => v; g();", true],
  "a function in a list that is iterated": ["for (const g of [() => v]) g();", true],
  "a tagged template": ["const t = (s) => v; export const x = t`a`;", true],
  "a local iterator that is spread": [
    "const it = { *[Symbol.iterator]() { yield v; } }; export const x = [...it];",
    true,
  ],
  "a call inside a function only": ["const g = () => v; export const h = () => g();", false],
  "import() at top level": [`export const p = import("./lib.ts");`, true],
  "import() in a function": [`export const p = () => import("./lib.ts");`, false],
  "a re-export": [`export { v } from "./lib.ts"; export * from "./lib.ts";`, false],
};

for (const [form, [source, expected]] of Object.entries(reads)) {
  test(`evaluationDependencies ${expected ? "contain" : "do not contain"} the module behind ${form}`, () => {
    const head = `import * as L from "./lib.ts"; import { v, f, Base, list } from "./lib.ts";`;
    const object = compiled({ ...library, "d/m": `${head} ${source}` }).get("d/m");
    assert.deepEqual(object?.evaluationDependencies, expected ? ["d/lib"] : []);
  });
}

test("evaluationDependencies contain the module itself only if it reads its own handle while it is evaluated", () => {
  const of = (use: string) =>
    compiled({ "d/m": `import * as self from "./m.ts"; export function f() {} ${use}` }).get("d/m")
      ?.evaluationDependencies;
  assert.deepEqual(of("export const g = () => self.f();"), []);
  assert.deepEqual(of("self.f();"), ["d/m"]);
});

// Each row is what `d/m` does with module `d/a` at top level, and its evaluation dependencies. `d/a` reads `d/lib` in its functions.
const through: Readonly<Record<string, readonly [source: string, dependencies: readonly string[]]>> = {
  "a call": ["export const x = A.make();", ["d/a", "d/lib"]],
  "a named import's call": ["export const x = make();", ["d/a", "d/lib"]],
  "an alias's call": ["const h = make; export const x = h();", ["d/a", "d/lib"]],
  "a function given away": ["export const x = [1].map(make);", ["d/a", "d/lib"]],
  "a call inside a local function that is called": ["const g = () => make(); g();", ["d/a", "d/lib"]],
  "a call of another member": ["export const x = A.plain();", ["d/a"]],
  "a computed member": ["export const x = A['ma' + 'ke']();", ["d/a", "d/b", "d/lib"]],
  "a method of an instance": ["export const x = new A.Klass().m();", ["d/a", "d/lib"]],
  "a function that calls another module's": ["export const x = A.far();", ["d/a", "d/b", "d/lib"]],
  "a re-exported function": ["import { again } from './r.ts'; export const x = again();", ["d/a", "d/lib", "d/r"]],
  "a re-exported namespace": ["import { all } from './r.ts'; export const x = all.make();", ["d/b", "d/lib", "d/r"]],
  "a default export": ["import made from './a.ts'; export const x = made();", ["d/a", "d/lib"]],
  "a re-exported constant, without a call": ["import { level } from './r.ts'; export const x = level;", ["d/a", "d/r"]],
  "a function without a call": ["export const x = A.make;", ["d/a"]],
  "a function called in a function": ["export const x = () => A.make();", []],
};

for (const [form, [source, expected]] of Object.entries(through)) {
  test(`evaluationDependencies follow into another module's functions: ${form}`, () => {
    const object = compiled({
      ...library,
      "d/a": `import * as L from "./lib.ts"; import { far as b } from "./b.ts";
        export default () => make(); export const level = 1; export const make = () => L.v; export const plain = () => 1; export const far = () => b();
        export class Klass { m() { return L.v; } }`,
      "d/b": `import { v } from "./lib.ts"; export function far() { return v; }`,
      "d/r": `export { level, make as again } from "./a.ts"; export * as all from "./a.ts";`,
      "d/m": `import * as A from "./a.ts"; import { make } from "./a.ts"; ${source}`,
    }).get("d/m");
    assert.deepEqual(object?.evaluationDependencies, expected);
  });
}

test("evaluationExternals and evaluationPlaces are what is captured of packages and folders, through others too", () => {
  const sources = {
    "k/m": `import { make, later } from "lib/helper"; import { z } from "zod/v4"; import { readFile } from "node:fs/promises";
      import * as Process from "underway/process"; import leaf from "leaf";
      export const schema = z.object(); export const made = make(); export const fs = [readFile, Process.self];
      export const when = () => [later(), leaf, import.meta.url];`,
    "lib/helper": `import { inner } from "@s/inner/x.js"; import * as Application from "underway/application";
      export const make = () => [inner(), import.meta.dirname]; export const later = () => 1;
      export const page = () => Application.privDir("lib");`,
    "k/page": `import { page } from "lib/helper"; export const at = page();`,
    "k/self": `export const at = new URL("../priv/x", import.meta.url);`,
    "k/handed": `export { z } from "zod/v4"; export const none = 1;`,
    "lib/asks": `import { z } from "k/handed"; export const schema = z.string();`,
  };
  const found = [...compiled(sources).values()].map(({ module, evaluationExternals, evaluationPlaces }) => [
    module,
    evaluationExternals.map(({ application, specifier }) => `${application} ${specifier}`),
    evaluationPlaces,
  ]);
  assert.deepEqual(found, [
    ["k/handed", [], []],
    ["k/m", ["k zod/v4", "lib @s/inner/x.js"], ["lib"]],
    ["k/page", [], ["lib"]],
    ["k/self", [], ["k"]],
    ["lib/asks", ["k zod/v4"], []],
    ["lib/helper", [], []],
  ]);
});

test("withHashes lets a hash change with the copy of a captured package, with a captured folder, with nothing else", () => {
  const objects = [
    ...compiled({
      "k/captures": `import { z } from "zod"; export const schema = z.object();`,
      "k/follows": `import { schema } from "./captures.ts"; export const list = [schema];`,
      "k/asks": `import { z } from "zod"; export const later = () => z.object();`,
      "k/place": `export const file = import.meta.filename;`,
    }).values(),
  ];
  const hashes = (copy: string, vsn: string) => {
    const hashed = withHashes(objects, { packageOf: ({ specifier }) => specifier + copy, placeOf: (app) => app + vsn });
    return new Map(hashed.map(({ module, hash }) => [module, hash]));
  };
  const before = hashes("1", "1");
  const changed = (after: Map<string, string>) => [...after.keys()].filter((id) => after.get(id) !== before.get(id));
  assert.deepEqual(changed(hashes("1", "1")), []);
  assert.deepEqual(changed(hashes("2", "1")), ["k/captures", "k/follows"]);
  assert.deepEqual(changed(hashes("1", "2")), ["k/place"]);
});

test("a JSON module is compiled when it is imported, and its hash changes with its text, as that of who captures it", () => {
  const sources = (limit: number) => ({
    "j/captures": `import d from "./d.json" with { type: "json" }; export const limit = d.limit;`,
    "j/asks": `export const limit = async () => (await import("./d.json", { with: { type: "json" } })).default;`,
    "j/d.json": `{ "limit": ${limit} }`,
    "j/unused.json": "{}",
  });
  const [before, after] = [compiled(sources(1)), compiled(sources(2))];
  assert.deepEqual([...before.keys()], ["j/asks", "j/captures", "j/d.json"]);
  const { source, exports, evaluationDependencies } = before.get("j/d.json") ?? {};
  assert.deepEqual([source, exports, evaluationDependencies], ["src/d.json", ["default"], []]);
  assert.deepEqual(before.get("j/captures")?.evaluationDependencies, ["j/d.json"]);
  const changed = [...before.keys()].filter((module) => before.get(module)?.hash !== after.get(module)?.hash);
  assert.deepEqual(changed, ["j/captures", "j/d.json"]);
});

test("hash changes with the code of evaluation dependencies, transitively, and with nobody else's", () => {
  const sources = (base: string, other: string) => ({
    "h/base": `export const Base = class { v = ${base}; };`,
    "h/middle": `import { Base } from "./base.ts"; export class Middle extends Base {}`,
    "h/top": `import { Middle } from "./middle.ts"; export class Top extends Middle {}`,
    "h/caller": `import { Middle } from "./middle.ts"; import { o } from "./other.ts"; export const make = () => [new Middle(), o()];`,
    "h/other": `export const o = () => ${other};`,
  });
  const before = compiled(sources("1", "1"));
  const changed = (after: Map<string, ObjectCode>) =>
    [...after.values()].filter(({ module, hash }) => before.get(module)?.hash !== hash).map(({ module }) => module);
  assert.deepEqual(changed(compiled(sources("2", "1"))), ["h/base", "h/middle", "h/top"]);
  assert.deepEqual(changed(compiled(sources("1", "2"))), ["h/other"]);
  assert.deepEqual(changed(compiled(sources("1", "1"))), []);
});

test("hash of modules that read each other in a circle changes with each of them, and no two are the same", () => {
  const circle = (n: number) => ({
    "c/a": `import { b } from "./b.ts"; export function a() { return 1; } export const x = b();`,
    "c/b": `import { c } from "./c.ts"; export function b() { return 1; } export const x = c();`,
    "c/c": `import { a } from "./a.ts"; export function c() { return ${n}; } export const x = a();`,
    "c/user": `import { x } from "./a.ts"; export const y = x;`,
  });
  const [before, after] = [compiled(circle(1)), compiled(circle(2))];
  assert.equal(new Set([...before.values()].map(({ hash }) => hash)).size, 4);
  for (const module of before.keys()) assert.notEqual(before.get(module)?.hash, after.get(module)?.hash, module);
});

test("hash and everything else do not depend on the order of the sources", () => {
  const sources = {
    "p/a": `import { b } from "./b.ts"; import "./c.ts"; export const a = b;`,
    "p/b": `import { c } from "./c.ts"; export const b = c;`,
    "p/c": `export const c = 1; export * from "q/d";`,
    "q/d": `import "p/a"; export const d = 1;`,
  };
  const expected = compileModules(sources);
  fc.assert(
    fc.property(fc.shuffledSubarray(Object.entries(sources), { minLength: 4 }), (entries) => {
      assert.deepEqual(compileModules(Object.fromEntries(entries)), expected);
    }),
    { numRuns: 10 },
  );
});

test("vsn is the literal of its export, 1 without one", () => {
  const vsn = (source: string) => compiled({ "v/m": source }).get("v/m")?.vsn;
  assert.equal(vsn("export const x = 1;"), 1);
  assert.equal(vsn("export const vsn = 3;"), 3);
  assert.equal(vsn("export const vsn = 3 as const;"), 3);
  assert.equal(vsn("const mine: number = (4); export { mine as vsn };"), 4);
});

test("behaviour is the literal of its export, gen_server for a module with init, else none", () => {
  const behaviour = (source: string) => compiled({ "v/m": source }).get("v/m")?.behaviour;
  assert.equal(behaviour("export const x = 1;"), null);
  assert.equal(behaviour("export const init = () => 1;"), "gen_server");
  assert.equal(behaviour(`export const behaviour = "supervisor"; export function init() {}`), "supervisor");
});

test("map leads from the body to the TypeScript source, and carries it", () => {
  const source = `interface A { a: string }\n\nexport const f = async (a: A): Promise<string> => {\n  const { length } = a.a;\n  return await other(length);\n};\ndeclare const other: (n: number) => Promise<string>;\n`;
  const object = compiled({ "m/m": source }).get("m/m");
  assert.ok(object);
  assert.deepEqual(object.map.sources, ["src/m.ts"]);
  assert.deepEqual(object.map.sourcesContent, [source]);
  const map = new SourceMap(object.map as unknown as ConstructorParameters<typeof SourceMap>[0]);
  const lines = object.code.split("\n");
  for (const [word, line] of [
    ["length", 4],
    ["other", 5],
  ] as const) {
    const at = lines.findIndex((text) => text.includes(word));
    const found = map.findEntry(at, (lines[at] as string).indexOf(word));
    const original = source.split("\n")[line - 1] as string;
    assert.ok("originalLine" in found);
    assert.deepEqual([found.originalLine + 1, found.originalColumn], [line, original.indexOf(word)]);
  }
});
