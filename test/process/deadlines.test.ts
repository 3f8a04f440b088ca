import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { currentProcess } from "../../src/runtime/process/context.ts";
import { addDeadline, cancelDeadline, type Deadline, remainingMs } from "../../src/runtime/process/deadlines.ts";
import { inProcess, refused } from "./support.ts";

class Entry implements Deadline {
  deadline: Deadline["deadline"] = null;
  expiredAtMs: number | null = null;
  times = 0;
  readonly #then: (entry: Entry) => void;

  constructor(then: (entry: Entry) => void = () => {}) {
    this.#then = then;
  }

  expire(): void {
    this.times++;
    this.expiredAtMs = performance.now();
    this.#then(this);
  }
}

const expired = (afterMs: number): Promise<Entry> =>
  new Promise((resolve) => {
    addDeadline(new Entry(resolve), afterMs);
  });

test("addDeadline expires what is not cancelled, each once, in the order of their times and never early", async () => {
  const plan = fc.array(fc.tuple(fc.double({ min: 0, max: 30, noNaN: true }), fc.boolean()), { maxLength: 50 });
  await fc.assert(
    fc.asyncProperty(plan, async (entries) => {
      const order: { dueMs: number; entry: Entry }[] = [];
      const kept: { dueMs: number; entry: Entry }[] = [];
      const cancelled: Entry[] = [];
      for (const [afterMs, cancel] of entries) {
        const dueMs = performance.now() + afterMs;
        const entry = new Entry(() => order.push({ dueMs, entry }));
        addDeadline(entry, afterMs);
        if (cancel) cancelled.push(entry);
        else kept.push({ dueMs, entry });
      }
      for (const entry of cancelled) assert.equal(cancelDeadline(entry), true);
      await expired(32);
      assert.equal(order.length, kept.length);
      assert.ok(cancelled.every(({ times }) => times === 0));
      assert.ok(kept.every(({ dueMs, entry }) => entry.times === 1 && Number(entry.expiredAtMs) >= dueMs));
      // Within one millisecond in the order in which they were added, over milliseconds in the order of their times.
      for (const [i, { dueMs }] of order.entries()) assert.ok(dueMs <= (order[i + 1]?.dueMs ?? dueMs) + 1);
    }),
    { numRuns: 15 },
  );
});

test("addDeadline takes an entry that is added while another one expires", async () => {
  const second = await new Promise<Entry>((resolve) => {
    addDeadline(new Entry(() => addDeadline(new Entry(resolve), 0)), 1);
  });
  assert.equal(second.times, 1);
});

test("addDeadline refuses what is no time, and never expires an infinite one", () => {
  for (const afterMs of [Number.NaN, -1, undefined as unknown as number]) {
    assert.throws(() => addDeadline(new Entry(), afterMs), refused("process/bad_timeout", { value: String(afterMs) }));
  }
  const entry = new Entry();
  addDeadline(entry, Number.POSITIVE_INFINITY);
  assert.equal(entry.deadline, null);
});

test("cancelDeadline tells whether the entry was still to come", async () => {
  const entry = new Entry();
  assert.equal(cancelDeadline(entry), false);
  addDeadline(entry, 60_000);
  assert.equal(cancelDeadline(entry), true);
  assert.equal(cancelDeadline(entry), false);
  assert.equal(cancelDeadline(await expired(0)), false);
});

test("remainingMs counts down to the end, and is null when there is nothing to wait for", async () => {
  const entry = new Entry();
  assert.equal(remainingMs(entry), null);
  addDeadline(entry, 5_000);
  const left = Number(remainingMs(entry));
  assert.ok(left > 4_900 && left <= 5_001, String(left));
  cancelDeadline(entry);
  assert.equal(remainingMs(entry), null);
});

test("an entry expires as nobody, whoever has added it", async () => {
  const process = await inProcess(
    () => new Promise((resolve) => addDeadline(new Entry(() => resolve(currentProcess())), 1)),
  );
  assert.equal(process, null);
});
