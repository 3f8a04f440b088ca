// The README's code is run: its TypeScript files are type-checked and executed, and print what the README says.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";

const repository = join(import.meta.dirname, "../..");
const readme = readFileSync(join(repository, "README.md"), "utf8");
const folder = mkdtempSync(join(realpathSync(tmpdir()), "underway-readme-"));
after(() => rmSync(folder, { recursive: true }));

/** Fenced blocks with a language and a file name: "```ts main.ts". */
const blocks = [...readme.matchAll(/^```(\w+) (\S+)\n([\s\S]*?)^```$/gm)].map(([, language, file, text]) => ({
  language: language as string,
  file: file as string,
  text: text as string,
}));
const sources = blocks.filter(({ language }) => language === "ts");
const outputs = blocks.filter(({ language }) => language === "text");

for (const { file, text } of sources) writeFileSync(join(folder, file), text);
symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
writeFileSync(join(folder, "package.json"), '{ "type": "module" }');

test("README's TypeScript, and every public entry's declarations, compile with a user's strict settings", async () => {
  const { exports } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as { exports: object };
  const entries = Object.keys(exports).filter((entry) => !entry.endsWith(".json"));
  const imports = entries.map((entry, n) => `import * as entry${n} from "underway${entry.slice(1)}";\nvoid entry${n};`);
  writeFileSync(join(folder, "entries.ts"), imports.join("\n"));
  const options = [
    "--noEmit",
    "--strict",
    "--target",
    "es2024",
    "--module",
    "nodenext",
    "--allowImportingTsExtensions",
  ];
  const tsc = join(repository, "node_modules/typescript/bin/tsc");
  const files = [...sources.map(({ file }) => file), "entries.ts"].map((file) => join(folder, file));
  await promisify(execFile)(process.execPath, [tsc, ...options, "--types", "node", ...files], { cwd: folder });
});

for (const { file, text } of outputs) {
  test(`README's ${file} prints what the README says`, async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, file)]);
    assert.equal(stdout, text);
  });
}

test("README has exactly two set-up commands, and CI runs the test command", () => {
  const commands = [...readme.matchAll(/^npm install && .*$/gm)].map(([line]) => line);
  assert.deepEqual(commands, ["npm install && npm run demo", "npm install && npm test"]);
  const ci = readFileSync(join(repository, ".ci/run"), "utf8");
  assert.match(ci, /^npm install && npm test$/m);
});

test("README has no line that is a placeholder, and at most 150 lines", () => {
  assert.ok(readme.split("\n").length <= 150);
  assert.ok(sources.length >= 2 && outputs.length >= 1, "the code blocks were found");
});
