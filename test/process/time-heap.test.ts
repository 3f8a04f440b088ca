import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { TimeHeap } from "../../src/runtime/process/time-heap.ts";

test("TimeHeap gives back what was put in, the earliest first, whatever the order of operations", () => {
  const operation = fc.oneof(
    { weight: 3, arbitrary: fc.nat(50) },
    { weight: 2, arbitrary: fc.constant("pop" as const) },
  );
  fc.assert(
    fc.property(fc.array(operation, { minLength: 20, maxLength: 200 }), (operations) => {
      const heap = new TimeHeap();
      const model: number[] = [];
      for (const one of operations) {
        if (one === "pop") {
          assert.equal(heap.pop(), model.shift());
        } else {
          heap.push(one);
          model.push(one);
          model.sort((a, b) => a - b);
        }
        assert.equal(heap.earliest, model[0]);
      }
      while (model.length > 0) assert.equal(heap.pop(), model.shift());
      assert.equal(heap.pop(), undefined);
    }),
  );
});

test("TimeHeap is empty after clear", () => {
  const heap = new TimeHeap();
  heap.push(1);
  heap.clear();
  assert.equal(heap.earliest, undefined);
});
