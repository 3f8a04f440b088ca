// What cannot be loaded is refused with what, why and cure, with file and line where there is one; nothing of the set
// becomes visible, and the next set loads as if there had been none.
//
// A tampered file: test/lifecycle/lifecycle.test.ts (`release/hash_mismatch`).

import assert from "node:assert/strict";
import { test } from "node:test";
import { type ErrorCode, isUnderwayError } from "../../src/error.ts";
import type { ObjectCode } from "../../src/release/object-code.ts";
import { checkOldCode, whichVersions } from "../../src/runtime/code/code-server.ts";
import { isLoaded } from "../../src/runtime/code/modules.ts";
import { stage } from "../../src/runtime/code/stage.ts";
import { compileModules } from "../../src/tools/compile/compile.ts";
import { call, loadSources, type Sources } from "./support.ts";

interface Row {
  readonly what: string;
  /** What replaces or joins the good modules `a` (imports `b`) and `b`. */
  readonly bad: Readonly<Record<string, string>>;
  /** What becomes of the object code. */
  readonly tamper?: (object: ObjectCode) => ObjectCode;
  readonly code: ErrorCode;
  /** File and line that the message names. */
  readonly place: RegExp | null;
}

const rows: readonly Row[] = [
  {
    what: "a syntax error",
    bad: { b: `export const b = () => 2;\nexport const = 3;` },
    code: "compile/syntax_error",
    place: /src\/b\.ts:2:/,
  },
  {
    what: "a top-level await",
    bad: { b: `export const b = () => 2;\n\nawait null;` },
    code: "compile/refused_form",
    place: /src\/b\.ts:3:1/,
  },
  {
    what: "an import of a file that is not there",
    bad: { b: `import { x } from "./nowhere.ts";\nexport const b = () => x;` },
    code: "compile/unresolved_import",
    place: /src\/b\.ts:1:1/,
  },
  {
    what: "an import of a name that is not exported",
    bad: { b: `\nimport { nothing } from "./a.ts";\nexport const b = () => nothing;` },
    code: "compile/unknown_export",
    place: /src\/b\.ts:2:/,
  },
  {
    what: "an import cycle through a module that throws",
    bad: {
      b: `import { c } from "./c.ts";\nexport const b = () => c;`,
      c: `import { a } from "./a.ts";\nexport const c = 1;\nexport const later = () => a;\nthrow new Error("in the cycle");`,
    },
    code: "code/evaluation_failed",
    place: /src\/c\.ts:4:7/,
  },
  {
    what: "a module that throws in the middle of the set",
    bad: { b: `const missing = undefined;\nexport const b = missing.x;`, z: `import "./b.ts"; export const z = 1;` },
    code: "code/evaluation_failed",
    place: /src\/b\.ts:2:\d+/,
  },
  {
    what: "a module that throws in a function that is called while it is evaluated",
    bad: { b: `const make = () => {\n  throw new Error("no");\n};\nexport const b = make();` },
    code: "code/evaluation_failed",
    place: /src\/b\.ts:2:9/,
  },
  {
    what: "a module that throws what is no error",
    bad: { b: `export const b = 1;\nthrow "no";` },
    code: "code/evaluation_failed",
    place: null,
  },
  {
    what: "an onLoad that throws",
    bad: { b: `export const b = () => 2;\nexport const onLoad = () => { throw new Error("no"); };` },
    code: "code/on_load_failure",
    place: null,
  },
  {
    what: "object code of another format",
    bad: { b: "export const b = () => 2;" },
    tamper: (object) => ({ ...object, format: 2 as never }),
    code: "code/bad_format",
    place: null,
  },
  {
    what: "object code whose text is cut off",
    bad: { b: "export const b = () => 2;" },
    tamper: (object) => ({ ...object, code: object.code.slice(0, -4) }),
    code: "code/evaluation_failed",
    place: null,
  },
];

for (const [i, { what, bad, tamper, code, place }] of rows.entries()) {
  test(`a set is refused, and nothing of it becomes visible, for ${what}`, async () => {
    const app = `bad${i}`;
    const named = (sources: Readonly<Record<string, string>>): Sources =>
      Object.fromEntries(Object.entries(sources).map(([name, text]) => [`${app}/${name}`, text]));
    const good = (version: number) => ({
      a: `import { b } from "./b.ts";\nexport const a = () => "a${version} " + b();`,
      b: `export const b = () => ${version};`,
    });
    await loadSources(named(good(1)));
    const before = [whichVersions(`${app}/a`), whichVersions(`${app}/b`)];

    const refusal = await (async () => {
      const objects = compileModules(named({ ...good(2), ...bad }));
      await stage(objects.map((object) => (object.module === `${app}/b` && tamper ? tamper(object) : object)));
    })().then(
      () => assert.fail("it was staged"),
      (error: unknown) => error,
    );

    assert.ok(isUnderwayError(refusal, code), `${code} expected, got ${String(refusal)}`);
    assert.match(refusal.message, /^Cannot .*\n/, "what");
    // Why a text is no TypeScript the caret says.
    assert.match(refusal.message, code === "compile/syntax_error" ? /\n +\| +\^/ : /\n {2}why: {2}\S/);
    assert.match(refusal.message, /\n {2}cure: \S/);
    if (place !== null) assert.match(refusal.message, place);
    assert.equal(call(`${app}/a`, "a"), "a1 1");
    assert.deepEqual([whichVersions(`${app}/a`), whichVersions(`${app}/b`)], before);
    for (const name of Object.keys({ ...good(2), ...bad })) {
      assert.equal(checkOldCode(`${app}/${name}`), false, name);
      if (name !== "a" && name !== "b") assert.equal(isLoaded(`${app}/${name}`), false, name);
    }
    await loadSources(named(good(3)));
    assert.equal(call(`${app}/a`, "a"), "a3 3");
  });
}
