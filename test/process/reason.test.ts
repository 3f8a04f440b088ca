import assert from "node:assert/strict";
import { test } from "node:test";
import {
  Exit,
  type ExitReason,
  formatReason,
  isNormal,
  reasonOf,
  thrownBehind,
} from "../../src/runtime/process/reason.ts";

const boom = new Error("boom\nsecond line");

const rows: readonly [reason: ExitReason, formatted: string, normal: boolean, thrown: unknown][] = [
  ["normal", "normal", true, undefined],
  ["shutdown", "shutdown", true, undefined],
  ["killed", "killed", false, undefined],
  ["boom", "boom", false, undefined],
  [{ shutdown: "closed" }, "shutdown: closed", true, undefined],
  [{ shutdown: { code: 1 } }, "shutdown: { code: 1 }", true, undefined],
  [{ error: boom }, "error: Error: boom", false, boom],
  [{ error: "text" }, "error: text", false, "text"],
  [
    { shutdown: { failed_to_start_child: "a", reason: { error: boom } } },
    'shutdown: failed to start child "a": error: Error: boom',
    true,
    boom,
  ],
];

for (const [reason, formatted, normal, thrown] of rows) {
  test(`formatReason, isNormal and thrownBehind of "${formatted}"`, () => {
    assert.equal(formatReason(reason), formatted);
    assert.equal(isNormal(reason), normal);
    assert.equal(thrownBehind(reason), thrown);
  });
}

test("reasonOf takes the reason of an exit, and anything else for an error", () => {
  assert.equal(reasonOf(new Exit("enough")), "enough");
  assert.deepEqual(reasonOf(boom), { error: boom });
  assert.deepEqual(reasonOf(undefined), { error: undefined });
});
