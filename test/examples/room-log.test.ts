// The demo's counters: each must be able to count.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Reader, RoomLog, type Tally } from "../../scripts/demo/room-log.ts";

const readers = (): { readonly a: Reader; readonly b: Reader; readonly tally: Tally } => {
  const log = new RoomLog();
  const tally: Tally = { missed: 0, reordered: 0 };
  const [a, b] = [new Reader(log, tally), new Reader(log, tally)];
  a.start([]);
  b.start([]);
  return { a, b, tally };
};

describe("Reader", () => {
  it("counts nothing when two see the same in the same order", () => {
    const { a, b, tally } = readers();
    for (const reader of [a, b]) {
      reader.see("ada", 1);
      reader.see("grace", 1);
      reader.see("ada", 2);
    }
    assert.deepEqual({ ...tally, behind: a.behind + b.behind }, { missed: 0, reordered: 0, behind: 0 });
  });

  it("is behind by what others have seen", () => {
    const { a, b } = readers();
    a.see("ada", 1);
    a.see("grace", 1);
    b.see("ada", 1);
    assert.deepEqual([a.behind, b.behind], [0, 1]);
  });

  it("misses what others have seen between two messages", () => {
    const { a, b, tally } = readers();
    for (const from of ["ada", "grace", "edsger"]) a.see(from, 1);
    b.see("ada", 1);
    b.see("edsger", 1);
    assert.deepEqual({ ...tally, behind: b.behind }, { missed: 1, reordered: 0, behind: 1 });
  });

  it("misses what a sender has numbered and nobody has seen", () => {
    const { a, tally } = readers();
    a.see("ada", 1);
    a.see("ada", 3);
    assert.equal(tally.missed, 1);
  });

  it("sees as reordered what others have seen in another order", () => {
    const { a, b, tally } = readers();
    a.see("ada", 1);
    a.see("grace", 1);
    b.see("grace", 1);
    b.see("ada", 1);
    assert.deepEqual(tally, { missed: 0, reordered: 1 });
  });

  it("sees as reordered what comes twice", () => {
    const { a, tally } = readers();
    a.see("ada", 1);
    a.see("ada", 1);
    assert.ok(tally.reordered > 0);
  });

  it("begins behind the history that it is shown", () => {
    const { a, tally } = readers();
    const late = new Reader(new RoomLog(), tally);
    late.start([{ from: "ada", seq: 4 }]);
    late.see("ada", 5);
    assert.deepEqual({ ...tally, behind: late.behind + a.behind }, { missed: 0, reordered: 0, behind: 0 });
    late.see("ada", 7);
    assert.equal(tally.missed, 1);
  });
});
