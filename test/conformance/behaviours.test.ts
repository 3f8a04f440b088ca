// Supervisors and GenServers beside OTP's recorded traces. Where Erlang is installed conformance/behaviours/live.test.ts has it
// play more cases.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { ServeCase, SuperviseCase } from "../../conformance/behaviours/cases.ts";
import { serve } from "../../conformance/behaviours/serve.ts";
import { supervise } from "../../conformance/behaviours/supervise.ts";
import { canonical, type Trace } from "../../conformance/behaviours/world.ts";
import { setReporter } from "../../src/runtime/process/report.ts";

setReporter(() => {});

const casesOf = <C>(name: string): readonly { readonly given: C; readonly trace: Trace }[] =>
  readFileSync(join(import.meta.dirname, "../../conformance/behaviours/recorded", `${name}.jsonl`), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("conformance of behaviours with OTP, as recorded", () => {
  for (const [n, { given, trace }] of casesOf<SuperviseCase>("supervise").entries()) {
    it(`a supervisor does what OTP's did in case ${n + 1}, ${given.strategy}`, async () => {
      assert.deepEqual(await supervise(given), trace, JSON.stringify(given));
    });
  }
  for (const [n, { given, trace }] of casesOf<ServeCase>("serve").entries()) {
    it(`a GenServer does what OTP's did in case ${n + 1}`, async () => {
      assert.deepEqual(canonical(await serve(given)), canonical(trace), JSON.stringify(given));
    });
  }
});
