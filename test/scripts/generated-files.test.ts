import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { generatedFiles } from "../../scripts/generated-files.ts";
import { explanations } from "../../src/error.ts";

const root = join(import.meta.dirname, "../..");

for (const [path, text] of generatedFiles()) {
  test(`generatedFiles has made ${path} as it is; after a change of the sources run: node scripts/generate.ts`, () => {
    assert.equal(readFileSync(join(root, path), "utf8"), text);
  });
}

test("generatedFiles explains every error code, and leaves no text that only a program could read", () => {
  const page = generatedFiles().get("docs/errors.md") ?? "";
  for (const code of Object.keys(explanations)) assert.ok(page.includes(`### ${code}\n`), code);
  assert.doesNotMatch(page, /\bundefined\b(?!_)|\[object Object|=> shown|\bNaN\b/);
});
