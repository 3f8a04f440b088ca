// Copies of states, what differs between them, and where a migration was when it threw.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { lastRead } from "../../src/runtime/behaviour/last-read.ts";
import { copyState, firstDifference } from "../../src/runtime/process/state-copy.ts";

const state = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(
      fc.integer(),
      fc.string(),
      fc.constant(null),
      fc.constant(undefined),
      fc.double(),
      fc.date(),
      fc.uint8Array(),
    ),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie("value"), { maxKeys: 4 }),
    fc.array(fc.tuple(fc.string(), tie("value")), { maxLength: 4 }).map((entries) => new Map(entries)),
    fc.array(fc.string(), { maxLength: 4 }).map((values) => new Set(values)),
  ),
})).value;

test("property: a copy does not differ, is equal, and shares nothing that can be changed", () => {
  fc.assert(
    fc.property(state, (original) => {
      const copy = copyState(original);
      assert.equal(firstDifference(original, copy), null);
      assert.deepEqual(copy, original);
      const parts = partsOf(original);
      for (const part of partsOf(copy)) assert.ok(!parts.has(part));
    }),
  );
});

test("property: two states of which one was changed somewhere differ, and equal ones do not", () => {
  fc.assert(
    fc.property(state, state, (a, b) => {
      let equal = true;
      try {
        assert.deepStrictEqual(a, b);
      } catch {
        equal = false;
      }
      // deepStrictEqual does not look at the order of a Map's or a Set's entries.
      if (!equal) assert.notEqual(firstDifference(a, b), null);
    }),
  );
});

test("copyState copies a property of any name", () => {
  const original = JSON.parse('{ "__proto__": { "n": 1 }, "constructor": 2 }') as object;
  assert.deepEqual(Object.entries(copyState(original)), Object.entries(original));
  assert.equal(firstDifference(original, copyState(original)), null);
});

test("copyState keeps cycles, shared parts, and the identity of what is not made of data", () => {
  class Pid {}
  const pid = new Pid();
  const shared = { n: 1 };
  const original: Record<string, unknown> = { pid, a: shared, b: shared };
  original.self = original;
  const copy = copyState(original);
  assert.equal(copy.self, copy);
  assert.equal(copy.a, copy.b);
  assert.notEqual(copy.a, shared);
  assert.equal(copy.pid, pid);
  assert.equal(firstDifference(original, copy), null);
});

test("firstDifference names the place", () => {
  const members = (name: string) => ({ members: new Map([["ann", { names: ["x", name] }]]), "odd key": 1 });
  assert.equal(firstDifference(members("a"), members("b")), 'members.get("ann").names[1]');
  assert.equal(firstDifference({ "odd key": 1 }, { "odd key": 2 }), '["odd key"]');
  assert.equal(firstDifference({ a: 1 }, { a: 1, b: undefined }), "b");
  assert.equal(firstDifference({ a: [1, 2] }, { a: [1] }), "a.length");
  assert.equal(firstDifference(new Map([[1, 1]]), new Map()), "size");
  assert.equal(firstDifference({ at: new Date(1) }, { at: new Date(2) }), "at");
  assert.equal(firstDifference({ b: Buffer.from("a") }, { b: Buffer.from("b") }), "b");
  assert.equal(firstDifference(1, 2), "");
});

test("lastRead names what a migration has read last before it threw", () => {
  const room = {
    users: [{ name: "ann" }, { name: null }],
    seats: new Map<string, { row: number } | undefined>([
      ["a", { row: 1 }],
      ["b", undefined],
    ]),
  };
  type Room = typeof room;
  assert.equal(
    lastRead(Object.freeze(room), (state) => (state as Room).users.map(({ name }) => (name as string).toUpperCase())),
    "users[1].name",
  );
  assert.equal(
    lastRead(room, (state) => {
      for (const seat of (state as Room).seats.values()) (seat as { row: number }).row.toFixed();
    }),
    'seats.get("b")',
  );
  assert.equal(
    lastRead(room, (state) => ((state as Room).seats.get("c") as { row: number }).row),
    'seats.get("c")',
  );
  assert.equal(
    lastRead(room, () => 1),
    null,
  );
});

const partsOf = (value: unknown, found = new Set<object>()): Set<object> => {
  if (typeof value !== "object" || value === null || found.has(value)) return found;
  found.add(value);
  if (value instanceof Map) for (const one of value.values()) partsOf(one, found);
  else if (!(value instanceof Date) && !ArrayBuffer.isView(value))
    for (const one of Object.values(value)) partsOf(one, found);
  return found;
};
