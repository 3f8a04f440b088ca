// What the compiler refuses, where it says it is, and that it says what to do instead.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type ErrorCode, isUnderwayError } from "../../src/error.ts";
import { compileModules } from "../../src/tools/compile/compile.ts";

// The offending place is marked with ‸, which is taken out first.
const rows: readonly (readonly [form: string, source: string, code: ErrorCode, details: object])[] = [
  ["a syntax error", "export const x: number = 1;\nconst y = ‸;", "compile/syntax_error", {}],
  ["a syntax error in types", "type T = ‸;", "compile/syntax_error", {}],
  ["a name declared twice", "let a = 1;\nlet ‸a = 2;", "compile/syntax_error", {}],
  ["top-level await", "const n: number = ‸await start();", "compile/refused_form", { form: "top_level_await" }],
  ["top-level await in a block", "if (true) {\n  ‸await start();\n}", "compile/refused_form", { name: "await" }],
  [
    "top-level for await",
    "interface I {}\n\n‸for await (const x of y) {}",
    "compile/refused_form",
    { name: "for await" },
  ],
  ["top-level await using", "‸await using x = y();", "compile/refused_form", { name: "await using" }],
  ["a class decorator", "‸@logged class C {}", "compile/refused_form", { form: "decorator" }],
  ["a method decorator", "class C {\n  ‸@logged m(): void {}\n}", "compile/refused_form", { form: "decorator" }],
  ["an accessor field", "class C { ‸accessor x = 1; }", "compile/refused_form", { form: "decorator" }],
  ["an assignment to an import", `import { a } from "./b.ts";\n‸a = 1;`, "compile/refused_form", { name: "a" }],
  [
    "an update of an import",
    `import { a } from "./b.ts";\nconst f = () => ‸a++;`,
    "compile/refused_form",
    { name: "a" },
  ],
  [
    "a destructuring into an import",
    `import { a } from "./b.ts";\n(‸{ a } = { a: 1 });`,
    "compile/refused_form",
    { name: "a" },
  ],
  ["a loop into an import", `import { a } from "./b.ts";\nfor (‸a of [1]);`, "compile/refused_form", { name: "a" }],
  ["JSON that is not called so", `‸import x from "./x.json";`, "compile/refused_form", { form: "json_not_said" }],
  [
    "JSON that is not called so, in import()",
    `const f = () => ‸import("./x.json");`,
    "compile/refused_form",
    { form: "json_not_said" },
  ],
  [
    "another attribute",
    `‸import x from "./x.json" with { type: "css" };`,
    "compile/refused_form",
    { form: "import_attribute", name: "type" },
  ],
  [
    "computed attributes",
    `const f = (o: object) => ‸import("./x.json", o);`,
    "compile/refused_form",
    { form: "import_attribute" },
  ],
  [
    "attributes of what is computed itself",
    `const f = (p: string) => ‸import(p, { with: { type: "json" } });`,
    "compile/refused_form",
    { form: "import_attribute" },
  ],
  [
    "TypeScript called JSON",
    `‸import x from "./b.ts" with { type: "json" };`,
    "compile/refused_form",
    { form: "json_expected" },
  ],
  [
    "JSON of a package",
    `‸import x from "ws/package.json" with { type: "json" };`,
    "compile/refused_form",
    { form: "json_of_package" },
  ],
  ["a missing JSON file", `‸import x from "./y.json" with { type: "json" };`, "compile/unresolved_import", {}],
  [
    "an asset outside the sources",
    `‸import x from "../priv/y.json" with { type: "json" };`,
    "compile/unresolved_import",
    {},
  ],
  ["a deferred import", `‸import defer * as B from "./b.ts";`, "compile/refused_form", { form: "import_phase" }],
  ["a missing file", `‸import "./nope.ts";`, "compile/unresolved_import", { specifier: "./nope.ts" }],
  ["a missing file in import()", `const f = () => ‸import("./nope.ts");`, "compile/unresolved_import", {}],
  ["an import without its ending", `‸import "./b";`, "compile/unresolved_import", { cure: 'write "./b.ts"' }],
  ["an import with .js", `‸import "./b.js";`, "compile/unresolved_import", { cure: 'write "./b.ts"' }],
  ["an asset", `‸import "./logo.svg";`, "compile/unresolved_import", {}],
  ["a path out of the application", `‸import "../../other/src/x.ts";`, "compile/unresolved_import", {}],
  ["an unknown module of a known application", `‸import "known/x";`, "compile/unresolved_import", {}],
  [
    "an unknown export",
    `import { ‸nope } from "./b.ts";`,
    "compile/unknown_export",
    { module: "a/b", exports: ["a", "both"] },
  ],
  ["an unknown re-export", `export { ‸nope } from "./b.ts";`, "compile/unknown_export", { export: "nope" }],
  [
    "a type without `type`",
    `import { ‸T } from "./b.ts";\nexport const t: T = 1;`,
    "compile/unknown_export",
    { export: "T" },
  ],
  ["no default export", `import ‸b from "./b.ts";`, "compile/unknown_export", { export: "default" }],
  ["an ambiguous export", `import { ‸both } from "./stars.ts";`, "compile/unknown_export", { found: "ambiguous" }],
  [
    "an export that leads to itself",
    `import { ‸round } from "./round.ts";`,
    "compile/unknown_export",
    { found: "circular" },
  ],
  ["export * from a package", `‸export * from "ws";`, "compile/star_external", { specifier: "ws" }],
  ["a computed vsn", "export const ‸vsn = 1 + 1;", "compile/not_literal", { export: "vsn" }],
  ["a vsn of zero", "export const ‸vsn = 0;", "compile/not_literal", { export: "vsn" }],
  ["a vsn that is no integer", "export const ‸vsn = 1.5;", "compile/not_literal", { export: "vsn" }],
  ["a vsn that may change", "export let ‸vsn = 1;", "compile/not_literal", { export: "vsn" }],
  ["an unknown behaviour", `export const ‸behaviour = "actor";`, "compile/not_literal", { export: "behaviour" }],
];

const others = {
  "a/b": "export const a = 1; export const both = 1; export type T = number;",
  "a/c": "export const both = 2;",
  "a/x.json": "1",
  "a/stars": `export * from "./b.ts"; export * from "./c.ts";`,
};

for (const [form, marked, code, details] of rows) {
  test(`compileModules refuses ${form}, with its place`, () => {
    const offset = marked.indexOf("‸");
    const before = marked.slice(0, offset);
    const round = form.includes("itself")
      ? { "a/round": `export { round } from "./round2.ts";`, "a/round2": `export { round } from "./round.ts";` }
      : {};
    try {
      compileModules({ ...others, ...round, "a/m": marked.replace("‸", "") }, { applications: ["known"] });
    } catch (error) {
      assert.ok(isUnderwayError(error), String(error));
      const found =
        error.code === "compile/several" ? (error.details as { errors: readonly Error[] }).errors[0] : error;
      assert.ok(isUnderwayError(found, code), String(found));
      const place = { file: "a/src/m.ts", line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
      assert.partialDeepStrictEqual(found.details, { ...place, ...details });
      const [source, caret] = (found.details as { frame: string }).frame.split("\n");
      assert.ok(source?.includes((marked.replace("‸", "").split("\n")[place.line - 1] ?? "").slice(0, 20)));
      assert.equal(caret?.indexOf("^"), place.column + String(place.line).length + 2);
      assert.match(found.message, /^Cannot compile a\/src\/m\.ts:\d+:\d+: /);
      return;
    }
    assert.fail("it was compiled");
  });
}

test("compileModules says where a JSON file is wrong", () => {
  const compile = (json: string) =>
    compileModules({ "a/m": `import x from "./x.json" with { type: "json" };`, "a/x.json": json });
  for (const [json, line, column] of [
    [`{\n  "a": 1,\n}`, 3, 1],
    [`{\n  "a": 1`, 2, 9],
    ["", 1, 1],
    ["1 2", 1, 3],
  ] as const) {
    assert.throws(
      () => compile(json),
      (error) => {
        assert.ok(isUnderwayError(error, "compile/syntax_error"), String(error));
        assert.partialDeepStrictEqual(error.details, { file: "a/src/x.json", line, column });
        assert.match(error.message, /^Cannot compile a\/src\/x\.json:\d+:\d+: [^"{]+\n/);
        return true;
      },
    );
  }
});

test("compileModules says what a literal must be that is another one", () => {
  assert.throws(() => compileModules({ "a/x": "export const vsn = 0;" }), /"vsn" must be a positive integer, like 2\n/);
  assert.throws(() => compileModules({ "a/x": "export const vsn = 1 + 1;" }), /"vsn" must be a literal\n/);
});

test("compileModules reports the faults of several modules in one error", () => {
  assert.throws(
    () => compileModules({ "a/x": "await 1;", "a/y": "export const fine = 1;", "a/z": "class C { accessor x = 1; }" }),
    (error) => {
      assert.ok(isUnderwayError(error, "compile/several"));
      assert.match(error.message, /a\/src\/z\.ts:1:11/);
      return true;
    },
  );
});

test("compileModules names files as its caller does", () => {
  assert.throws(() => compileModules({ "a/x": "(" }, { fileOf: (module) => `apps/${module}.ts` }), /apps\/a\/x\.ts:1:/);
});
