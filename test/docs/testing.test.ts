// docs/testing.md: its files are written into a project, compiled with strict settings, and its tests are run.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";

const repository = join(import.meta.dirname, "../..");
const page = readFileSync(join(repository, "docs/testing.md"), "utf8");
const folder = mkdtempSync(join(realpathSync(tmpdir()), "underway-testing-"));
const files = [...page.matchAll(/^```ts (\S+)\n([\s\S]*?)^```$/gm)].map(([, name, text]) => ({ name, text }));

before(() => {
  // A link of its own for Underway, so that packages are looked for in the project.
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  for (const { name = "", text = "" } of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
});
after(() => rmSync(folder, { recursive: true, force: true }));

const run = (env: NodeJS.ProcessEnv, ...args: readonly string[]) => {
  const { NODE_TEST_CONTEXT: _, ...inherited } = process.env;
  return spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8", env: { ...inherited, ...env } });
};

test("docs/testing.md has tests that pass as they stand", () => {
  const { status, stdout, stderr } = run({}, "--test");
  assert.equal(status, 0, stdout + stderr);
  assert.match(stdout, /pass 4\n/);
});

test("docs/testing.md has files that compile with strict settings", () => {
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
  const names = files.map(({ name = "" }) => name);
  const { status, stdout } = run({}, tsc, ...options, "--types", "node", ...names);
  assert.equal(status, 0, stdout);
});

test("a wrong expectation of an order fails with a seed, which fails again by UNDERWAY_SEED", () => {
  const race = readFileSync(join(folder, "test/race.test.ts"), "utf8");
  const wrong = race.replace("heard.map(({ text }) => text).sort()", "heard.map(({ text }) => text)");
  assert.notEqual(wrong, race);
  writeFileSync(join(folder, "test/wrong.test.ts"), wrong);
  const { stdout } = run({}, "--test", "test/wrong.test.ts");
  const seed = /Failed with seed (\d+): /.exec(stdout)?.[1];
  assert.ok(seed !== undefined, stdout);
  const again = run({ UNDERWAY_SEED: seed }, "--test", "test/wrong.test.ts");
  assert.notEqual(again.status, 0);
  assert.match(again.stdout, new RegExp(`Failed with seed ${seed}: `));
});
