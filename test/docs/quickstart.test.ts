// The quickstart is followed: its files are written and its commands run in their order, in a folder of their own.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { after, test } from "node:test";

const repository = join(import.meta.dirname, "../..");
const page = readFileSync(join(repository, "docs/quickstart.md"), "utf8");
const folder = mkdtempSync(join(realpathSync(tmpdir()), "underway-quickstart-"));
const bin = [dirname(process.execPath), join(repository, "node_modules/.bin")];
const env = { ...process.env, PATH: [...bin, process.env.PATH].join(delimiter) };

/**
 * What `npx` does, without asking a registry. The command is the one just built: in a fresh clone npm has not linked it
 * into node_modules/.bin, as there was nothing to link when it installed.
 */
const npx = `npx() { "$@"; }; underway() { node "${join(repository, "dist/tools/cli/underway.js")}" "$@"; }; `;
const shell = (line: string) => spawnSync("sh", ["-c", npx + line], { cwd: folder, env, encoding: "utf8" });

after(() => {
  shell("test ! -e run/bin/counter || run/bin/counter stop");
  rmSync(folder, { recursive: true, force: true });
});

/** Fenced blocks: "```ts FILE" and "```json FILE" are files, "```sh run" are commands. */
const blocks = [...page.matchAll(/^```(\w+) (\S+)\n([\s\S]*?)^```$/gm)].map(([, language, name, text]) => ({
  language: language as string,
  name: name as string,
  text: text as string,
}));

test("docs/quickstart.md leads to a release that runs, is upgraded and downgraded, when it is followed", () => {
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "package.json"), '{ "name": "counter-project", "version": "1.0.0", "type": "module" }');
  let commands = 0;
  for (const { language, name, text } of blocks) {
    if (language !== "sh") {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
      continue;
    }
    for (const line of text.trim().split("\n")) {
      const { status, stdout, stderr } = shell(line);
      assert.equal(status, 0, `${line}\n${stdout}${stderr}`);
      const answer = / # (.*)$/.exec(line)?.[1];
      if (answer !== undefined) assert.equal(stdout.trim(), answer, line);
      commands++;
    }
  }
  assert.equal(commands, 14, "the blocks were found");
});

test("docs/quickstart.md has a project that its own tsconfig.json accepts", () => {
  const { status, stdout } = shell("tsc -p tsconfig.json");
  assert.equal(status, 0, stdout);
});
