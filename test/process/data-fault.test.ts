// What is data at run time, and the path to what is not.

import assert from "node:assert/strict";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { UnderwayError } from "../../src/error.ts";
import { handleOf } from "../../src/runtime/code/modules.ts";
import { dataFault, formatFault } from "../../src/runtime/process/data-fault.ts";
import * as Process from "../../src/runtime/process/index.ts";
import { named } from "../../src/runtime/process/pid.ts";
import { From } from "../../src/runtime/process/request.ts";
import { idler } from "./support.ts";

class Pool {}
class Rooms extends Map {}
const pid = idler();
const circle: { self?: unknown } = {};
circle.self = { back: circle };
const deep = Array.from({ length: 5_000 }).reduce((inner) => ({ inner }), { f: () => 1 } as object);

const data: Readonly<Record<string, unknown>> = {
  primitives: [0, -0, Number.NaN, 1n, "", true, null, undefined],
  "plain objects": { a: { b: [{ c: 1 }] }, "two words": 1 },
  "objects without a prototype": Object.assign(Object.create(null), { a: 1 }),
  "objects of another realm": runInNewContext("({ a: [1, new Map([[1, { b: 2 }]])] })"),
  "Map and Set": new Map([[{ key: 1 }, new Set([[1]])]]),
  "dates and regular expressions": [new Date(0), /a/g],
  "errors, of whatever class": [
    new Error("x", { cause: { a: 1 } }),
    new UnderwayError("resource/closed", { resource: 1 }),
  ],
  buffers: [
    new ArrayBuffer(1),
    new Uint8Array(1),
    Buffer.from("a"),
    new DataView(new ArrayBuffer(1)),
    new Float64Array(2),
  ],
  "pids, references, names": [pid, new Process.TimerRef(pid, null), new Process.Ref(), named("x"), { resource: 1 }],
  "a caller that waits": new From(
    null,
    pid,
    "x",
    () => {},
    () => {},
  ),
  modules: {
    handle: handleOf("test/data-fault"),
    namespace: Process,
    call: { module: { f: () => 1 }, function: "f", args: [1] },
  },
  circles: circle,
  "what lies too deep to be looked at": deep,
};
for (const [what, value] of Object.entries(data)) {
  test(`dataFault finds nothing in ${what}`, () => assert.equal(dataFault(value), null));
}

const faults: readonly (readonly [unknown, string, string])[] = [
  [() => 1, "", "a function"],
  [Symbol("s"), "", "a symbol"],
  [{ a: { b: [0, { c: () => 1 }] } }, "a.b[1].c", "a function"],
  [[[class {}]], "[0][0]", "a function"],
  [{ "two words": { a: Promise.resolve() } }, '["two words"].a', "a promise"],
  [new Map([["lobby", { pool: new Pool() }]]), 'get("lobby").pool', "an instance of class Pool"],
  [
    {
      m: new Map<unknown, unknown>([
        [1, 2],
        [3, Symbol()],
      ]),
    },
    "m.get(3)",
    "a symbol",
  ],
  [new Map([[{ k: () => 1 }, 1]]), "keys()[0].k", "a function"],
  [new Map([[{ k: 1 }, () => 1]]), "values()[0]", "a function"],
  [{ s: new Set([1, [new WeakMap()]]) }, "s.values()[1][0]", "an instance of class WeakMap"],
  [{ r: new Rooms() }, "r", "an instance of class Rooms"],
  [{ u: new URL("http://a") }, "u", "an instance of class URL"],
  [{ a: new SharedArrayBuffer(1) }, "a", "shared memory"],
  [{ a: new Uint8Array(new SharedArrayBuffer(1)) }, "a", "shared memory"],
  [
    {
      get now() {
        return 1;
      },
    },
    "now",
    "an accessor",
  ],
  [new (class extends Array {})(), "", "an instance of class (anonymous)"],
  [{ call: { module: {}, function: "f", args: [() => 1] } }, "call.args[0]", "a function"],
  [{ module: { f: () => 1 } }, "module.f", "a function"],
  [{ ...circle, f: () => 1 }, "f", "a function"],
];
for (const [value, path, is] of faults) {
  test(`dataFault names ${formatFault({ path, is })}`, () => assert.deepEqual(dataFault(value), { path, is }));
}

test("dataFault, quick, looks at the first thousand parts only, and reads accessors", () => {
  const many = Array.from({ length: 2_000 }, () => 0 as unknown);
  many[900] = () => 1;
  assert.equal(dataFault(many, "quick")?.path, "[900]");
  [many[900], many[1_100]] = [0, () => 1];
  assert.equal(dataFault(many, "quick"), null);
  assert.equal(dataFault(many)?.path, "[1100]");
  assert.equal(
    dataFault(
      {
        get now() {
          return 1;
        },
      },
      "quick",
    ),
    null,
  );
});

test("dataFault, quick, leaves the rest of a long list alone", () => {
  let read = 0;
  const many = Array.from({ length: 3_000 }, () => 0);
  const counts = { get: () => ++read };
  for (let index = 0; index < many.length; index++) Object.defineProperty(many, index, counts);
  dataFault({ many, more: many.slice(0, 1) }, "quick");
  assert.ok(read <= 1_001, String(read));
});

test("dataFault finds a fault wherever it stands, and none in what structuredClone copies", () => {
  const anything = fc.anything({
    withMap: true,
    withSet: true,
    withDate: true,
    withTypedArray: true,
    withBigInt: true,
    withNullPrototype: true,
  });
  fc.assert(
    fc.property(anything, fc.array(fc.string(), { maxLength: 4 }), (value, keys) => {
      assert.equal(dataFault(value), null);
      structuredClone(value);
      const within = keys.reduceRight(
        (inner: unknown, key) => ({ value, [`k${key}`]: inner }),
        () => 1,
      );
      const found = dataFault(within);
      assert.equal(found?.is, "a function");
      // The path is JavaScript that leads there.
      const place = found.path === "" ? "v" : found.path.startsWith("[") ? `v${found.path}` : `v.${found.path}`;
      assert.equal(typeof new Function("v", `return ${place}`)(within), "function");
    }),
  );
});
