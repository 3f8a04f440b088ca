// OTP's recorded answers beside ours. Where Erlang is installed conformance/live.test.ts asks it anew, about more
// cases.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { compareRelease } from "../../conformance/compare-releases.ts";
import { compareScript } from "../../conformance/compare-scripts.ts";
import { readRelease, readScripts, writeRelease, writeScripts } from "../../conformance/recorded.ts";

const lines = (name: string): readonly string[] =>
  readFileSync(join(import.meta.dirname, "../../conformance/recorded", name), "utf8")
    .trimEnd()
    .split("\n");

describe("conformance with OTP, as recorded", () => {
  for (const line of lines("scripts.jsonl")) {
    const { name, given, up, down } = readScripts(line);
    it(`translate makes what systools_rc made of ${name}`, () => {
      for (const [mode, answer] of [["up", up] as const, ["down", down] as const]) {
        const { ours, otp } = compareScript(given, mode, answer);
        assert.equal(ours, otp, mode);
      }
    });
  }
  for (const line of lines("releases.jsonl")) {
    const { name, given, answer } = readRelease(line);
    it(`makeRelup makes what systools_relup made of ${name}`, () => {
      const { order, relup } = compareRelease(given, answer);
      assert.equal(order.ours, order.otp, "the order of the applications");
      assert.equal(relup.ours, relup.otp);
    });
  }
  it("the recorded cases are read as they were written", () => {
    for (const line of lines("scripts.jsonl")) assert.equal(writeScripts(readScripts(line)), line);
    for (const line of lines("releases.jsonl")) assert.equal(writeRelease(readRelease(line)), line);
  });
});
