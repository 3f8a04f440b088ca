// Module semantics: each row is loaded by Node and by us, and logs and exports the same. What we refuse, and where we
// differ, is listed below with the reason.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type ErrorCode, isUnderwayError } from "../../src/error.ts";
import { byUs, type Files, natively } from "./both-loaders.ts";

const probe = `const probe = (f) => { try { return String(f()); } catch (e) { return e.name; } };`;

const rows: Readonly<Record<string, Files>> = {
  "dependencies first, each once": {
    a: `import "./c.ts"; import "./b.ts"; log("a");`,
    b: `import "./d.ts"; log("b");`,
    c: `import "./d.ts"; import "./d.ts"; log("c");`,
    d: `log("d");`,
  },
  "a cycle of two": {
    a: `import { b } from "./b.ts"; export const a = "a"; log("a sees " + b);`,
    b: `import { a } from "./a.ts"; ${probe} export const b = "b"; log("b sees " + probe(() => a));`,
  },
  "a cycle of three with a tail": {
    a: `import "./b.ts"; log("a");`,
    b: `import "./c.ts"; import "./d.ts"; log("b");`,
    c: `import "./a.ts"; log("c");`,
    d: `log("d");`,
  },
  "hoisted functions across a cycle": {
    a: `import { g } from "./b.ts"; export function f() { return "f" + g(); } log(g());`,
    b: `import { f } from "./a.ts"; export function g() { return "g"; } log(f());`,
  },
  "hoisted async functions and generators across a cycle": {
    a: `import "./b.ts"; export async function f() { return "f"; } export function* g() { yield "g"; } export async function* h() { yield "h"; }`,
    b: `import { f, g, h } from "./a.ts"; f().then(log); log([...g()]); h().next().then(({ value }) => log(value));`,
  },
  "the temporal dead zone of each kind of declaration": {
    a: `import "./b.ts"; export const c = 1; export let l = 2; export class K {} export var v = 3; export default 4; export const { d } = { d: 5 };`,
    b: `import D, { c, l, K, v, d } from "./a.ts"; import * as A from "./a.ts"; ${probe}
      for (const f of [() => c, () => l, () => K.name, () => v, () => D, () => d, () => A.c, () => A.v]) log(probe(f));`,
  },
  "a default function is hoisted, a default expression and class are not": {
    a: `import "./b.ts"; export default function () { return "early"; }`,
    b: `import f from "./a.ts"; log(f() + f.name);`,
    c: `import "./d.ts"; export default class { static x = 1; }`,
    d: `import K from "./c.ts"; ${probe} log(probe(() => K)); export const late = () => K.name;`,
    e: `import { late } from "./d.ts"; log(late());`,
  },
  "default under its name, renamed and handed on": {
    a: `const x = "x"; export { x as default }; export { x as "string name" };`,
    b: `import { default as y, "string name" as z } from "./a.ts"; log(y + z); export { default } from "./a.ts"; export { default as other } from "./a.ts";`,
    c: `import d, { other } from "./b.ts"; log(d + other);`,
  },
  "a default expression is a snapshot, a default binding is live": {
    a: `let n = 1; export default n; export { n as live }; export const bump = () => ++n;`,
    b: `import d, { live, bump } from "./a.ts"; bump(); log(d + " " + live);`,
    c: `let m = 1; export { m as default }; export const bump = () => ++m;`,
    d: `import m, { bump } from "./c.ts"; bump(); log(m);`,
  },
  "live bindings, assigned in every way": {
    a: `export let a = 0, b = 0, c = 0, d = 0, e = 0; export var f = 0;
      export const change = () => { a = 1; b += 2; c++; ({ d } = { d: 4 }); for (e of [5]); [f = 6] = []; };`,
    b: `import { a, b, c, d, e, f, change } from "./a.ts"; import * as A from "./a.ts";
      change(); log([a, b, c, d, e, f]); log(Object.values(A).filter((x) => typeof x === "number").join());`,
    c: `export { a as again } from "./a.ts"; export * from "./a.ts";`,
    d: `import { again, b, change } from "./c.ts"; change(); log(again + b);`,
  },
  "a function that is reassigned": {
    a: `export function f() { return 1; } export const swap = () => { f = () => 2; };`,
    b: `import { f, swap } from "./a.ts"; log(f()); swap(); log(f());`,
  },
  "export * with own names, default and ambiguity": {
    a: `export * from "./b.ts"; export * from "./c.ts"; export const own = "a";`,
    b: `export const both = "b"; export const own = "b"; export const b = "b"; export default "b"; export { same } from "./d.ts";`,
    c: `export const both = "c"; export const c = "c"; export { same } from "./d.ts";`,
    d: `export const same = "same";`,
    e: `import * as A from "./a.ts"; log(Object.keys(A)); log("both" in A); log(A.both); log("default" in A);`,
  },
  "export * in a cycle": {
    a: `export * from "./b.ts"; export const a = "a";`,
    b: `export * from "./a.ts"; export const b = "b";`,
    c: `import * as A from "./a.ts"; import { a, b } from "./b.ts"; log(Object.keys(A) + a + b);`,
  },
  "export * as": {
    a: `export * as inner from "./b.ts"; export * as default from "./b.ts";`,
    b: `export const x = "x";`,
    c: `import d, { inner } from "./a.ts"; log(d.x + inner.x + (d === inner));`,
  },
  "a re-export of an import": {
    a: `import { x, y as z } from "./b.ts"; import * as B from "./b.ts"; export { x, z, B };`,
    b: `export const x = "x"; export const y = "y";`,
    c: `import { x, z, B } from "./a.ts"; log(x + z + B.y);`,
  },
  "self import": {
    a: `import * as self from "./a.ts"; import { f as g, late as early } from "./a.ts"; ${probe}
      export function f() { return "f"; } log(self.f() + g()); log(probe(() => self.late)); log(probe(() => early));
      export const late = "late"; log(self.late + early + (self.self === undefined)); log(Object.keys(self));`,
  },
  "a class that extends an import": {
    a: `import { Base } from "./b.ts"; export class A extends Base { name() { return "A" + super.name(); } } log(new A().name());`,
    b: `export class Base { static #n = 0; name() { return "Base" + Base.#n++; } }`,
  },
  "a class that extends an import in its dead zone": {
    a: `import "./b.ts"; export class Base {}`,
    b: `import { Base } from "./a.ts"; ${probe} log(probe(() => class extends Base {}));`,
  },
  "this, arguments and strict mode": {
    a: `export function f() { return String(this) + arguments.length; } export const o = { f };`,
    b: `import { f, o } from "./a.ts"; import * as A from "./a.ts"; ${probe}
      log(f(1) + (f)(1, 2) + f?.() + f\`\`); log(typeof this); log(probe(() => { undeclared = 1; })); log(o.f === A.f);`,
  },
  "import() of a module": {
    a: `setTimeout(() => import("./b.ts").then((B) => log(B.b + Object.keys(B)))); log("a");`,
    b: `export const b = "b"; export const c = "c"; log("b");`,
  },
  "import() and the module that imports statically": {
    a: `import * as B from "./b.ts"; setTimeout(() => import("./b.ts").then((again) => log(again === B)));`,
    b: `export const b = 1;`,
  },
  "a type-only import evaluates nothing": {
    a: `import type { T } from "./missing.ts"; import { type U, b } from "./b.ts"; const t: T | U = b; log(t);`,
    b: `export type U = string; export const b = "b";`,
  },
  "import.meta": {
    a: `log(import.meta.url === undefined); log(typeof (() => import.meta)()); log(import.meta === import.meta);`,
  },
  "JSON: one value for all who import it, in every way": {
    a: `import d, { default as again } from "./d.json" with { type: "json" }; import * as D from "./d.json" with { type: "json" };
      log(JSON.stringify(d)); log(again === d && D.default === d); log(Object.keys(D)); d.list.push(3);`,
    b: `import d from "./d.json" with { "type": "json" }; log(d.list); export { default as data } from "./d.json" with { type: "json" };`,
    c: `import { data } from "./b.ts"; setTimeout(() => import("./d.json", { with: { type: "json" } }).then((D) => log(D.default === data)));`,
    "d.json": `{ "list": [1, 2.0, null], "deep": { "yes": true }, "twice": 1, "twice": -0 }`,
  },
  "JSON: what is no object, a byte order mark, a key that JavaScript minds, a text with line separators": {
    a: `import n from "./n.json" with { type: "json" }; import p from "./p.json" with { type: "json" }; import s from "./s.json" with { type: "json" };
      log(n); log(Object.keys(p)); log(Object.getPrototypeOf(p) === Object.prototype); log(s.length);`,
    "n.json": "\uFEFF 7 ",
    "p.json": `{ "__proto__": { "x": 1 } }`,
    "s.json": `"\u2028\u2029\`\${}"`,
  },
  "JSON: a file that nobody imports is not looked at": { a: `log("a");`, "b.json": "no JSON" },
  "an error while evaluating": {
    a: `import "./b.ts"; log("a");`,
    b: `import "./c.ts"; log("b"); throw new RangeError("mine");`,
    c: `log("c");`,
  },
  "an error in a cycle": {
    a: `import "./b.ts"; log("a");`,
    b: `import "./a.ts"; log("b"); throw new TypeError("in a circle");`,
  },
  "a read in the dead zone while evaluating": {
    a: `import "./b.ts"; export const x = 1;`,
    b: `import { x } from "./a.ts"; ${probe} log(probe(() => x + 1)); log("b");`,
  },
};

for (const [row, files] of Object.entries(rows)) {
  test(`modules behave as Node's: ${row}`, async () => {
    const expected = await natively(files);
    assert.deepEqual(await byUs(files), expected);
    assert.ok(expected.lines.length > 0, "the row logs something");
  });
}

/** Refused at compile time: what Node does instead, and why we do not. */
const refused: readonly {
  readonly form: string;
  readonly files: Files;
  readonly node: "runs it" | "refuses it";
  readonly code: ErrorCode;
}[] = [
  // Loading is one synchronous step, so that a set of modules can be switched in one turn.
  { form: "top-level await", files: { a: "await null;" }, node: "runs it", code: "compile/refused_form" },
  {
    form: "top-level for await",
    files: { a: "for await (const x of []);" },
    node: "runs it",
    code: "compile/refused_form",
  },
  {
    form: "JSON that the import does not call JSON",
    files: { a: `import d from "./b.json";`, "b.json": "1" },
    node: "refuses it",
    code: "compile/refused_form",
  },
  {
    form: "TypeScript that the import calls JSON",
    files: { a: `import d from "./b.ts" with { type: "json" };`, b: "" },
    node: "refuses it",
    code: "compile/refused_form",
  },
  {
    form: "an unknown import attribute",
    files: { a: `import "./b.ts" with { lazy: "yes" };`, b: "" },
    node: "refuses it",
    code: "compile/refused_form",
  },
  {
    form: "JSON that is none",
    files: { a: `import d from "./b.json" with { type: "json" };`, "b.json": `{ "a": 1, }` },
    node: "refuses it",
    code: "compile/syntax_error",
  },
  {
    form: "an export of JSON other than the default",
    files: { a: `import { a } from "./b.json" with { type: "json" };`, "b.json": `{ "a": 1 }` },
    node: "refuses it",
    code: "compile/unknown_export",
  },
  // Its exports are not known before it runs, so a handle could not be made of them.
  {
    form: "export * from a package",
    files: { a: `export * from "node:path";` },
    node: "runs it",
    code: "compile/star_external",
  },
  { form: "decorators", files: { a: "@((c) => c) class C {}" }, node: "refuses it", code: "compile/refused_form" },
  {
    form: "an unknown export",
    files: { a: `import { x } from "./b.ts";`, b: "" },
    node: "refuses it",
    code: "compile/unknown_export",
  },
  {
    form: "an ambiguous export",
    files: {
      a: `import { x } from "./b.ts";`,
      b: `export * from "./c.ts"; export * from "./d.ts";`,
      c: "export const x = 1;",
      d: "export const x = 2;",
    },
    node: "refuses it",
    code: "compile/unknown_export",
  },
  {
    form: "a circular re-export",
    files: { a: `export { x } from "./b.ts";`, b: `export { x } from "./a.ts";` },
    node: "refuses it",
    code: "compile/unknown_export",
  },
  {
    form: "a declaration of an import's name",
    files: { a: `import { x } from "./b.ts"; export function x() {}`, b: "export const x = 1;" },
    node: "refuses it",
    code: "compile/syntax_error",
  },
  // Node refuses it when it runs: a TypeError in the middle of the work.
  {
    form: "an assignment to an import",
    files: { a: `import { x } from "./b.ts"; x = 2;`, b: "export let x = 1;" },
    node: "refuses it",
    code: "compile/refused_form",
  },
];

for (const { form, files, node, code } of refused) {
  test(`compileModules refuses ${form}, where Node ${node}`, async () => {
    const { error } = await natively(files);
    assert.equal(error === undefined ? "runs it" : "refuses it", node, error);
    await assert.rejects(byUs(files), (thrown) => {
      assert.ok(isUnderwayError(thrown));
      const first = thrown.code === "compile/several" ? (thrown.details as { errors: Error[] }).errors[0] : thrown;
      assert.ok(isUnderwayError(first, code), String(first));
      return true;
    });
  });
}

test("import() while modules are evaluated differs from Node's: nothing of the set is loaded before the switch", async () => {
  const files = {
    a: `import("./b.ts").then(({ b }) => log(b), ({ code }) => log(code)); log("a");`,
    b: `export const b = "b";`,
  };
  assert.deepEqual((await natively(files)).lines, ["a", "b"]);
  assert.deepEqual((await byUs(files)).lines, ["a", "code/nofile"]);
});

/** What a namespace is: a plain object with us, since V8 reads one at a fraction of the cost of anything else. */
const differences: Readonly<Record<string, readonly [expression: string, node: string, ours: string]>> = {
  "has a prototype": ["Object.getPrototypeOf(B) === null", "true", "false"],
  "has no tag": ["B[Symbol.toStringTag]", "Module", "undefined"],
  "can be written to by code that ignores the types": ["probe(() => (B.x = 2))", "TypeError", "2"],
};

for (const [what, [expression, node, ours]] of Object.entries(differences)) {
  test(`a namespace differs from Node's: it ${what}`, async () => {
    const files = {
      a: `import * as B from "./b.ts"; ${probe} log(${expression});`,
      b: "export const x = 1;",
    };
    assert.deepEqual((await natively(files)).lines, [node]);
    assert.deepEqual((await byUs(files)).lines, [ours]);
  });
}
