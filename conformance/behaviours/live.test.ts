// Plays random cases on a real OTP and here, and compares the traces. Needs `escript`; where it is missing the tests say so and
// are skipped, in CI they fail. CASES=n plays more.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import fc from "fast-check";
import { setReporter } from "../../src/runtime/process/report.ts";
import { hasErlang, Oracle } from "../oracle.ts";
import { serveCase, serveQuestion, superviseCase, superviseQuestion } from "./cases.ts";
import { serve } from "./serve.ts";
import { supervise } from "./supervise.ts";
import { canonical, traceOf } from "./world.ts";

setReporter(() => {});

const isCi = process.env.CI === "true";
const present = hasErlang();
const skip = present || isCi ? false : "Erlang is not installed: apt-get install erlang-base";
const numRuns = Number(process.env.CASES ?? 500);

describe("conformance of behaviours with OTP", { skip }, () => {
  assert.ok(present || !isCi, "Erlang is not installed: apt-get install erlang-base");
  const oracle = skip === false ? new Oracle(join(import.meta.dirname, "otp.escript")) : undefined;
  after(() => oracle?.close());
  // Shrinking works: a case leaves nothing behind.
  const limit = { numRuns, interruptAfterTimeLimit: 400_000, markInterruptAsFailure: false };

  it(`a supervisor does what OTP's does in ${numRuns} cases`, async () => {
    await fc.assert(
      fc.asyncProperty(superviseCase, async (given) => {
        const otp = traceOf(await (oracle as Oracle).ask(superviseQuestion(given)));
        assert.deepEqual(await supervise(given), otp);
      }),
      limit,
    );
  });

  it(`a GenServer does what OTP's does in ${numRuns} cases`, async () => {
    await fc.assert(
      fc.asyncProperty(serveCase, async (given) => {
        const otp = traceOf(await (oracle as Oracle).ask(serveQuestion(given)));
        assert.deepEqual(canonical(await serve(given)), canonical(otp));
      }),
      limit,
    );
  });
});
