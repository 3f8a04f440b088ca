// Asks a real OTP and compares. Needs `escript`; where it is missing the tests say so and are skipped, in CI they fail.

import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { after, describe, it } from "node:test";
import fc from "fast-check";
import type { Mode } from "../src/release/translate/item.ts";
import { importFile } from "../src/tools/erlang/import-file.ts";
import { parseTerms } from "../src/tools/erlang/parse.ts";
import { printFile, printTerm } from "../src/tools/erlang/print.ts";
import type { Term } from "../src/tools/erlang/term.ts";
import { atom, tuple } from "../src/tools/erlang/term.ts";
import { canonical } from "./canonical.ts";
import { compareRelease, releaseQuestion } from "./compare-releases.ts";
import type { Compared } from "./compare-scripts.ts";
import { compareScript, scriptQuestion } from "./compare-scripts.ts";
import {
  contentsOfReleases,
  contentsOfScripts,
  releaseContents,
  releaseReasons,
  scriptContents,
  scriptReasons,
} from "./distribution.ts";
import { hasErlang, Oracle } from "./oracle.ts";
import { releaseCase } from "./release-cases.ts";
import { releaseScenarios, scriptScenarios } from "./scenarios.ts";
import { scriptCase } from "./script-cases.ts";

const isCi = process.env.CI === "true";
const present = hasErlang();
const skip = present || isCi ? false : "Erlang is not installed: apt-get install erlang-base";
/** So many cases meet everything that is to be met. */
const usual = 500;
/** How many cases of each kind; more to search for longer. */
const cases = { scripts: Number(process.env.CASES ?? 2000), releases: Number(process.env.CASES ?? 500) };

/** Shrinking a failing case may take long: what has been found by then is shown. */
const limit = {
  interruptAfterTimeLimit: 1000 * Math.max(cases.releases, 500),
  markInterruptAsFailure: true,
};

/** What was seen in a run. */
class Seen {
  right = 0;
  /** In another of the orders that OTP leaves open. */
  reordered = 0;
  readonly reasons = new Map<string, number>();
  readonly contents = new Map<string, number>();

  addCase(contents: ReadonlySet<string>): void {
    for (const word of contents) count(this.contents, word);
  }

  addAnswer({ otp, reordered }: Compared, isRight: boolean): void {
    if (reordered) this.reordered += 1;
    if (isRight) this.right += 1;
    else count(this.reasons, otp.split(" ")[0] ?? "");
  }

  /** A comparison shows nothing about what it has never met. Fewer cases than usual need not have met all. */
  check(cases: number, contents: readonly string[], reasons: readonly string[]): void {
    if (cases < usual) return;
    assert.deepEqual(
      contents.filter((word) => !this.contents.has(word)),
      [],
      "cases never contained",
    );
    assert.deepEqual(
      reasons.filter((word) => !this.reasons.has(word)),
      [],
      "never a reason",
    );
  }

  toString(): string {
    return [
      `${this.right} right (${this.reordered} in another valid order)`,
      `refused: ${listed(this.reasons)}`,
      `cases with: ${listed(this.contents)}`,
    ].join("; ");
  }
}

const count = (counts: Map<string, number>, word: string) => counts.set(word, (counts.get(word) ?? 0) + 1);
const listed = (counts: ReadonlyMap<string, number>): string =>
  [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([word, count]) => `${word} ${count}`)
    .join(", ");

describe("conformance with OTP", { skip }, () => {
  assert.ok(present || !isCi, "Erlang is not installed: apt-get install erlang-base");
  const oracle = skip === false ? new Oracle() : undefined;
  after(() => oracle?.close());
  const ask = (question: Term): Promise<Term> => (oracle as Oracle).ask(question);

  /** The named cases count too: each reason is among them, and rare ones need not be met by chance. */
  const seenScripts = new Seen();
  for (const { name, given } of scriptScenarios) {
    it(`translate makes what systools_rc makes of ${name}`, async () => {
      for (const mode of ["up", "down"] satisfies Mode[]) {
        const compared = compareScript(given, mode, await ask(scriptQuestion(given, mode)));
        assert.equal(compared.ours, compared.otp, mode);
        seenScripts.addAnswer(compared, compared.otp.startsWith("["));
      }
    });
  }
  for (const { name, given } of releaseScenarios) {
    it(`makeRelup makes what systools_relup makes of ${name}`, async () => {
      const answer = await ask(releaseQuestion(given, (oracle as Oracle).folder));
      const { order, relup } = compareRelease(given, answer);
      assert.equal(order.ours, order.otp, "the order of the applications");
      assert.equal(relup.ours, relup.otp);
    });
  }

  for (const file of globSync("/usr/lib/erlang/lib/*/ebin/*.{app,appup}")) {
    it(`importFile reads ${basename(file)} of this machine's Erlang as file:consult does, and brings it over`, async () => {
      const content = readFileSync(file, "utf8");
      const terms = parseTerms(content, file);
      const consult = async (text: string) => canonical(await ask(tuple(atom("consult"), text)));
      const expected = await consult(content);
      assert.equal(canonical(tuple(atom("ok"), terms)), expected);
      assert.equal(await consult(printFile(...terms)), expected, "what printFile writes");
      const imported = importFile(content, file);
      assert.equal(imported.name, basename(file).replace(/\..*/, ""));
    });
  }

  it(`translate makes systools_rc's scripts and finds its errors in ${cases.scripts} cases, both ways`, async (t) => {
    const seen = seenScripts;
    await fc.assert(
      fc.asyncProperty(scriptCase, async (given) => {
        seen.addCase(contentsOfScripts(given));
        for (const mode of ["up", "down"] satisfies Mode[]) {
          const compared = compareScript(given, mode, await ask(scriptQuestion(given, mode)));
          assert.equal(
            compared.ours,
            compared.otp,
            `${mode}: ${given.scripts.map((one) => printTerm(one)).join("\n")}`,
          );
          seen.addAnswer(compared, compared.otp.startsWith("["));
        }
      }),
      { numRuns: cases.scripts, ...limit },
    );
    t.diagnostic(String(seen));
    seen.check(cases.scripts, scriptContents, scriptReasons);
  });

  it(`makeRelup makes systools_relup's relups, warnings and errors in ${cases.releases} cases`, async (t) => {
    const seen = new Seen();
    await fc.assert(
      fc.asyncProperty(releaseCase, async (given) => {
        seen.addCase(contentsOfReleases(given));
        const folder = (oracle as Oracle).folder;
        const { order, relup } = compareRelease(given, await ask(releaseQuestion(given, folder)));
        assert.equal(order.ours, order.otp, "the order of the applications");
        assert.equal(relup.ours, relup.otp);
        seen.addAnswer(relup, relup.otp.includes("|"));
      }),
      { numRuns: cases.releases, ...limit },
    );
    t.diagnostic(String(seen));
    seen.check(cases.releases, releaseContents, releaseReasons);
  });
});
