// Asks OTP about all named cases and some generated ones, and records the answers: node conformance/record.ts

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { releaseQuestion } from "./compare-releases.ts";
import { scriptQuestion } from "./compare-scripts.ts";
import { Oracle } from "./oracle.ts";
import { writeRelease, writeScripts } from "./recorded.ts";
import { releaseCase } from "./release-cases.ts";
import { releaseScenarios, scriptScenarios } from "./scenarios.ts";
import { scriptCase } from "./script-cases.ts";

/** The same cases each time, so that a new recording differs only where OTP or the generator does. */
const seed = 19980401;
const generated = { scripts: 300, releases: 60 };

const oracle = new Oracle();
const named = (n: number) => `generated ${n + 1}`;
const scripts = [
  ...scriptScenarios,
  ...fc.sample(scriptCase, { numRuns: generated.scripts, seed }).map((given, n) => ({ name: named(n), given })),
];
const releases = [
  ...releaseScenarios,
  ...fc.sample(releaseCase, { numRuns: generated.releases, seed }).map((given, n) => ({ name: named(n), given })),
];
const scriptLines: string[] = [];
for (const { name, given } of scripts) {
  const up = await oracle.ask(scriptQuestion(given, "up"));
  const down = await oracle.ask(scriptQuestion(given, "down"));
  scriptLines.push(writeScripts({ name, given, up, down }));
}
const releaseLines: string[] = [];
for (const { name, given } of releases) {
  releaseLines.push(writeRelease({ name, given, answer: await oracle.ask(releaseQuestion(given, oracle.folder)) }));
}
oracle.close();

const folder = join(import.meta.dirname, "recorded");
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "scripts.jsonl"), `${scriptLines.join("\n")}\n`);
writeFileSync(join(folder, "releases.jsonl"), `${releaseLines.join("\n")}\n`);
console.log(`recorded ${scriptLines.length} cases of scripts, ${releaseLines.length} of releases`);
