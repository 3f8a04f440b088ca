import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Envelope, Mailbox } from "../../src/runtime/process/mailbox.ts";

const envelope = (n: number): Envelope => new Envelope("info", "", n, null);
const numbers = (envelopes: readonly Envelope[]): unknown[] => envelopes.map(({ payload }) => payload);

// Every operation, on the mailbox and on an array that stands for it.
type Operation = readonly ["push" | "shift" | "take" | "putBack" | "replace" | "clear", number];
const operation: fc.Arbitrary<Operation> = fc.tuple(
  fc.constantFrom("push", "push", "push", "shift", "take", "putBack", "replace", "clear"),
  fc.nat(3),
);

const apply = (mailbox: Mailbox, model: number[], [name, n]: Operation): void => {
  switch (name) {
    case "push":
      mailbox.push(envelope(n));
      model.push(n);
      break;
    case "shift":
      assert.equal(mailbox.shift()?.payload, model.shift());
      break;
    case "take": {
      const at = model.indexOf(n);
      assert.equal(
        mailbox.take(({ payload }) => payload === n)?.payload,
        at === -1 ? undefined : model.splice(at, 1)[0],
      );
      break;
    }
    case "putBack":
      mailbox.putBack([envelope(n), envelope(n + 1)]);
      model.unshift(n, n + 1);
      break;
    case "replace":
      mailbox.replace(mailbox.toArray().filter(({ payload }) => payload !== n));
      model.splice(0, model.length, ...model.filter((one) => one !== n));
      break;
    case "clear":
      mailbox.clear();
      model.length = 0;
  }
};

test("Mailbox is first in, first out under every sequence of operations", () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
      const mailbox = new Mailbox();
      const model: number[] = [];
      for (const one of operations) {
        apply(mailbox, model, one);
        assert.deepEqual(numbers(mailbox.toArray()), model);
        assert.equal(mailbox.length, model.length);
      }
    }),
    { numRuns: 1_000 },
  );
});
