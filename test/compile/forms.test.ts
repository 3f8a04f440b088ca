// Forms of imports, exports and their uses: compiled, linked and run. Each row is one module that exports `result`, and
// what that must be. Its neighbours `other` and `more` are the same for all rows.

import assert from "node:assert/strict";
import { test } from "node:test";
import { stage } from "../../src/runtime/code/stage.ts";
import { compileModules } from "../../src/tools/compile/compile.ts";

const neighbours = {
  "f/other": `
    export const value = 1;
    export function whoAmI(this: unknown) { return this; }
    export const tag = (parts: TemplateStringsArray, ...rest: unknown[]) => [parts.join("|"), ...rest];
    export class Base { kind = "base"; static make() { return new this(); } }
    export const table = { nested: { deep: 5 }, list: [1, 2, 3] };
    export let live = 0;
    export const bump = () => ++live;
    export default class Default { static is = "default"; }
    const odd = "odd"; export { odd as "odd name", odd as default2 };
    export interface Shape { a: number }`,
  "f/more": `export const a = "a"; export const b = "b"; export type T = string;`,
  "g/elsewhere": `export const far = "far"; export const farther = () => far + "ther";`,
};

const rows: Readonly<Record<string, readonly [source: string, expected: unknown]>> = {
  "a named import": [`import { value } from "./other.ts"; export const result = value;`, 1],
  "a renamed import": [`import { value as v } from "./other.ts"; export const result = v + v;`, 2],
  "a default import": [`import D from "./other.ts"; export const result = D.is;`, "default"],
  "a default import by name": [`import { default as D } from "./other.ts"; export const result = D.is;`, "default"],
  "a string name": [`import { "odd name" as o } from "./other.ts"; export const result = o;`, "odd"],
  "a namespace": [`import * as O from "./other.ts"; export const result = O.table.nested.deep;`, 5],
  "a namespace's keys": [`import * as M from "./more.ts"; export const result = Object.keys(M);`, ["a", "b"]],
  "a computed name of a namespace": [`import * as O from "./other.ts"; export const result = O["va" + "lue"];`, 1],
  "a destructured namespace": [
    `import * as M from "./more.ts"; const { a, ...rest } = M; export const result = [a, rest];`,
    ["a", { b: "b" }],
  ],
  "a module of another application": [
    `import { farther } from "g/elsewhere"; export const result = farther();`,
    "farther",
  ],
  "a module of another application with its ending": [
    `import * as E from "g/elsewhere.ts"; export const result = E.far;`,
    "far",
  ],
  "a type-only import": [
    `import type { Shape } from "./other.ts"; import { type T, a } from "./more.ts"; const s: Shape = { a: 1 }; export const result: [number, T] = [s.a, a];`,
    [1, "a"],
  ],
  "an import for its effect": [`import "./other.ts"; export const result = 1;`, 1],
  "a call, which has no this": [`import { whoAmI } from "./other.ts"; export const result = whoAmI();`, undefined],
  "a call in parentheses": [`import { whoAmI } from "./other.ts"; export const result = (whoAmI)();`, undefined],
  "an optional call": [`import { whoAmI } from "./other.ts"; export const result = whoAmI?.();`, undefined],
  "a call with another this": [`import { whoAmI } from "./other.ts"; export const result = whoAmI.call(7);`, 7],
  "a tagged template": [`import { tag } from "./other.ts"; export const result = tag\`a\${1}b\`;`, ["a|b", 1]],
  "new": [`import { Base } from "./other.ts"; export const result = new Base().kind;`, "base"],
  "new with a member": [`import * as O from "./other.ts"; export const result = new O.Base().kind;`, "base"],
  extends: [
    `import { Base } from "./other.ts"; class B extends Base {} export const result = B.make() instanceof Base;`,
    true,
  ],
  "a shorthand property": [`import { value } from "./other.ts"; export const result = { value };`, { value: 1 }],
  "a property of the same name": [
    `import { value } from "./other.ts"; const o = { value: 2 }; export const result = o.value + value;`,
    3,
  ],
  "a method of the same name": [
    `import { value } from "./other.ts"; const o = { value() { return value; } }; export const result = o.value();`,
    1,
  ],
  "a class member of the same name": [
    `import { value } from "./other.ts"; class C { value = value; static value = value; #value = value; get() { return this.#value; } } export const result = [new C().value, C.value, new C().get()];`,
    [1, 1, 1],
  ],
  "a computed class member": [
    `import { a } from "./more.ts"; class C { [a] = 1; } export const result = { ...new C() };`,
    { a: 1 },
  ],
  "a label of the same name": [
    `import { value } from "./other.ts"; let n = 0; value: for (;;) { n += value; break value; } export const result = n;`,
    1,
  ],
  "a parameter that hides it": [`import { value } from "./other.ts"; export const result = ((value) => value)(2);`, 2],
  "a destructured parameter that hides it": [
    `import { value } from "./other.ts"; export const result = (({ x: [value] }) => value)({ x: [3] });`,
    3,
  ],
  "a default value that uses it": [
    `import { value } from "./other.ts"; export const result = ((x = value) => x)();`,
    1,
  ],
  "a later declaration that hides it": [
    `import { value } from "./other.ts"; const f = () => { const g = () => value; const value = 4; return g(); }; export const result = f();`,
    4,
  ],
  "a var in a block that hides it": [
    `import { value } from "./other.ts"; function f() { if (true) { var value = 5; } return value; } export const result = f();`,
    5,
  ],
  "a catch parameter that hides it": [
    `import { value } from "./other.ts"; let r; try { throw 6; } catch (value) { r = value; } export const result = [r, value];`,
    [6, 1],
  ],
  "a loop variable that hides it": [
    `import { value } from "./other.ts"; const r = []; for (const value of [7]) r.push(value); export const result = [...r, value];`,
    [7, 1],
  ],
  "a function's own name that hides it": [
    `import { value } from "./other.ts"; const f = function value(n) { return n ? value(n - 1) : typeof value; }; export const result = f(2);`,
    "function",
  ],
  "a class's own name that hides it": [
    `import { value } from "./other.ts"; const C = class value { static n = typeof value; }; export const result = C.n;`,
    "function",
  ],
  typeof: [`import { value } from "./other.ts"; export const result = typeof value;`, "number"],
  "a template": [`import { value } from "./other.ts"; export const result = \`v\${value}\`;`, "v1"],
  "a spread": [
    `import { table } from "./other.ts"; export const result = [...table.list, ...Object.keys({ ...table })];`,
    [1, 2, 3, "nested", "list"],
  ],
  "a live binding": [
    `import { live, bump } from "./other.ts"; const before = live; bump(); export const result = live - before;`,
    1,
  ],
  "export of an import": [`import { a } from "./more.ts"; export { a as result };`, "a"],
  "export from": [`export { b as result } from "./more.ts";`, "b"],
  "export default from": [
    `export { default as Default } from "./other.ts"; import * as self from "./row.ts"; export const result = self.Default.is;`,
    "default",
  ],
  "export let, reassigned": [`export let result = 1; result = 2;`, 2],
  "export of a destructured let": [`export let { x: result, ...rest } = { x: 1, y: 2 }; [result] = [3];`, 3],
  "export list before the declaration": [`export { result }; const result = 9;`, 9],
  "export of a function before its line": [`export const result = f(); export function f() { return 8; }`, 8],
  "export var": [`export var result = 1;`, 1],
  "an enum": [`enum E { A = 3, B } export const result = [E.B, E[3]];`, [4, "A"]],
  "a namespace of TypeScript": [`namespace N { export const x = 2; } export const result = N.x;`, 2],
  "parameter properties": [
    `class C { constructor(readonly x: number, private y = 2) {} sum() { return this.x + this.y; } } export const result = new C(1).sum();`,
    3,
  ],
  "satisfies, as, !": [`const x = { a: 1 } satisfies object; export const result = (x as { a: number })!.a;`, 1],
  "import.meta in a function": [`export const result = (() => typeof import.meta.url)();`, "string"],
  "strict mode": [`export const result = (function (this: unknown) { return this; })();`, undefined],
  "this at top level": [`export const result = typeof this;`, "undefined"],
  "a statement that begins with a call": [
    `import { bump } from "./other.ts"\nlet x = 1\nbump()\nexport const result = x`,
    1,
  ],
};

for (const [form, [source, expected]] of Object.entries(rows)) {
  test(`a compiled module behaves as written: ${form}`, async () => {
    const staged = await stage(compileModules({ ...neighbours, "f/row": source }));
    assert.deepEqual(staged.exportsOf("f/row")?.result, expected);
    staged.abort();
  });
}
