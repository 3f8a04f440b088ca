import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { compile, INCOMPLETE, type Scope } from "../../src/runtime/control/evaluate.ts";
import { scan } from "../../src/runtime/control/tokens.ts";

const evaluate = async (inputs: readonly string[], scope: Scope = {}): Promise<unknown> => {
  let value: unknown;
  for (const input of inputs) {
    const run = compile(input, scope);
    assert.notEqual(run, INCOMPLETE, input);
    value = await (run as () => Promise<unknown>)();
  }
  return value;
};

describe("compile gives the value of", () => {
  const rows: readonly { inputs: readonly string[]; value: unknown }[] = [
    { inputs: ["1 + 1"], value: 2 },
    { inputs: ["1 + 1;"], value: 2 },
    { inputs: ["1 + 1 // a comment"], value: 2 },
    { inputs: ["{ a: 1 }"], value: { a: 1 } },
    { inputs: ["await Promise.resolve(7)"], value: 7 },
    { inputs: ["Promise.resolve(7)"], value: 7 },
    { inputs: ["const a = 1", "a"], value: 1 },
    { inputs: ["const a = 1", "const a = 2", "a"], value: 2 },
    { inputs: ["let a, b = 2", "[a, b]"], value: [undefined, 2] },
    { inputs: ["let a\na = 4", "a"], value: 4 },
    { inputs: ["let a = 1", "let a", "a"], value: undefined },
    { inputs: ["var a = 1, b = a + 1", "b"], value: 2 },
    { inputs: ["const a =\n 5", "a"], value: 5 },
    { inputs: ["const { a, b: [c = 3], ...d } = { a: 1, b: [], e: 4 }", "[a, c, d]"], value: [1, 3, { e: 4 }] },
    { inputs: ["const [a, , b] = [1, 2, 3]; a + b"], value: 4 },
    { inputs: ["const a = await Promise.resolve(1), b = await 2", "a + b"], value: 3 },
    { inputs: ["a = 1; b = 2; a + b"], value: 3 },
    { inputs: ["function f(n) { return n * 2 }", "f(4)"], value: 8 },
    { inputs: ["f(4); function f(n) { return n * 2 }"], value: undefined },
    { inputs: ["async function f() { return 1 }", "f()"], value: 1 },
    { inputs: ["function* f() { yield 1 }", "[...f()]"], value: [1] },
    { inputs: ["class A { b() { return 1 } }\nnew A().b()"], value: 1 },
    { inputs: ["const f = function () { return 1 }", "f()"], value: 1 },
    { inputs: ["const C = class { static a = 1 }; C.a"], value: 1 },
    { inputs: ["if (true) a = 1", "a"], value: 1 },
    { inputs: ["for (let i = 0; i < 3; i++) a = i", "a"], value: 2 },
    { inputs: ["for (const i of [1, 2]) { a = i }\na"], value: 2 },
    { inputs: ["a = 0; while (a < 3)\n a++", "a"], value: 3 },
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the input.
    { inputs: ["`a${1 + 1}b${`c${3}`}`"], value: "a2bc3" },
    { inputs: ["/[/]}/.test('/}')"], value: true },
    { inputs: ["8 / 2 / 2"], value: 2 },
    { inputs: ["'it\\'s'"], value: "it's" },
    { inputs: ["label: for (;;) { break label }", "1"], value: 1 },
    { inputs: ["({ const: 1 }).const"], value: 1 },
    { inputs: [""], value: undefined },
    { inputs: ["// nothing"], value: undefined },
    { inputs: [";"], value: undefined },
    { inputs: ["typeof undefined"], value: "undefined" },
  ];
  for (const { inputs, value } of rows) {
    test(inputs.join(" ⏎ "), async () => assert.deepEqual(await evaluate(inputs), value));
  }
});

describe("compile", () => {
  test("evaluates in the node's own realm: what is made are plain objects", async () => {
    const value = await evaluate(["({ a: [] })"]);
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
    assert.equal(Object.getPrototypeOf((value as { a: unknown }).a), Array.prototype);
  });

  test("leaves globals alone, whatever is declared or assigned", async () => {
    const scope: Scope = {};
    const before = Object.getOwnPropertyNames(globalThis);
    const own = process;
    assert.equal(await evaluate(["const process = 9", "undeclared = 1", "process"], scope), 9);
    assert.equal(process, own);
    assert.deepEqual(Object.getOwnPropertyNames(globalThis), before);
    assert.deepEqual(Object.keys(scope).sort(), ["process", "undeclared"]);
  });

  test("reads globals that are not named otherwise", async () => {
    assert.equal(await evaluate(["process.pid"]), process.pid);
    assert.deepEqual(await evaluate(["structuredClone([1])"]), [1]);
  });

  test("throws a ReferenceError for a name that nobody knows", async () => {
    await assert.rejects(evaluate(["nobody"]), { name: "ReferenceError", message: "nobody is not defined" });
  });

  test("imports by the session's own import", async () => {
    const scope: Scope = { $import: (specifier: string) => Promise.resolve({ specifier }) };
    assert.deepEqual(await evaluate([`(await import("node:fs")).specifier`], scope), "node:fs");
  });

  test("runs nothing of what it compiles", () => {
    const scope: Scope = { calls: 0 };
    compile("calls++", scope);
    assert.equal(scope.calls, 0);
  });
});

describe("compile asks for another line after", () => {
  for (const input of [
    "if (a) {",
    "f(",
    "[1,",
    "`a ${",
    "`a",
    "1 +",
    "a =",
    "() =>",
    "/* open",
    "a ?",
    "const a =",
    "x.",
  ]) {
    test(input, () => assert.equal(compile(input, {}), INCOMPLETE));
  }
});

describe("compile throws a SyntaxError for", () => {
  for (const input of ["1 2", "'abc", "}", ")", "const", "a b c", "break", "let 1 = 2", "if (a) { ) }"]) {
    test(input, () => assert.throws(() => compile(input, {}), { name: "SyntaxError" }));
  }
});

test("scan gives back every character but blanks and comments, in order", () => {
  const piece = fc.constantFrom(
    "a",
    "1.5",
    "'s'",
    "`t${",
    "}",
    "`",
    "(",
    ")",
    "{",
    "[",
    "]",
    "=>",
    "/",
    "//c\n",
    "\n",
    " ",
    ";",
    "=",
    "?.",
    "...",
    "é",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const source = pieces.join("");
      let at = 0;
      for (const token of scan(source).tokens) {
        assert.ok(token.start >= at && token.depth >= 0);
        assert.equal(source.slice(token.start, token.start + token.text.length), token.text);
        at = token.start + token.text.length;
      }
    }),
  );
});

test("compile never fails with anything but a SyntaxError", () => {
  const piece = fc.constantFrom(
    "const ",
    "let ",
    "a",
    "b",
    "=",
    "1",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ",",
    ";",
    "\n",
    "`",
    "${",
    "/",
    "class ",
    "function ",
    "await ",
    "import",
    "async ",
    "=>",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 15 }), (pieces) => {
      try {
        compile(pieces.join(""), {});
      } catch (thrown) {
        assert.equal((thrown as Error).name, "SyntaxError");
      }
    }),
  );
});
