import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { after, describe, it } from "node:test";
import { printStory } from "../../src/tools/cli/print-story.ts";
import { temporaryFolder, writeFiles } from "./temporary-project.ts";

const command = join(import.meta.dirname, "../../src/tools/cli/underway.ts");

describe("underway", () => {
  const folder = temporaryFolder();
  after(() => rmSync(folder, { recursive: true }));

  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
      cwd: folder,
      encoding: "utf8",
    });
    return { status, stdout, stderr };
  };

  it("underway asks for a newer Node before it loads anything that needs one", () => {
    const pretend = `Object.defineProperty(process.versions, "node", { value: "20.19.0" });`;
    writeFiles(folder, { "old.mjs": pretend });
    const old = spawnSync(process.execPath, ["--import", join(folder, "old.mjs"), command, "release"], {
      cwd: folder,
      encoding: "utf8",
    });
    assert.equal(old.status, 1);
    assert.match(
      old.stderr,
      /it needs Node 24 or newer, and this is 20\.19\.0\n {2}cure: npm install --save-dev node@24/,
    );
  });

  it("underway release --help shows examples and ends with 0", () => {
    const { status, stdout } = run("release", "--help");
    assert.equal(status, 0);
    assert.match(stdout, /\$ underway release --upgrade --from 0\.1\.0/);
  });

  it("underway ends with 2 and says why where there is no project, command or option", () => {
    const missing = run("release");
    assert.equal(missing.status, 2);
    assert.match(missing.stderr, /has no underway\.config\.ts\n {2}cure: .*--project\n {2}code: config\/not_found/);
    assert.equal(run("relase").status, 2);
    assert.equal(run("release", "--frm").status, 2);
    const alone = run("release", "--from", "0.1.0");
    assert.equal(alone.status, 2);
    assert.match(alone.stderr, /'--from' needs '--upgrade'/);
  });

  it("underway ends with 1 where the project cannot be built", () => {
    writeFiles(folder, { "bad/underway.config.ts": "export default { applications: [] };" });
    const { status, stderr } = run("release", "--project", "bad");
    assert.equal(status, 1);
    assert.match(stderr, /releases must be a record, found nothing/);
  });
});

describe("printStory", () => {
  it("printStory aligns labels and shows durations", () => {
    const stream = new PassThrough();
    const story = printStory(stream as unknown as NodeJS.WriteStream);
    story.step("Assembling", "chat 0.2.0");
    story.detail("compiled", "3 modules", 12.4);
    story.detail("types", "checked", 2412);
    story.detail("", "more");
    story.warning("look out");
    assert.deepEqual(String(stream.read()).split("\n"), [
      "==> Assembling chat 0.2.0",
      "    compiled      3 modules (12 ms)",
      "    types         checked (2.4 s)",
      "                  more",
      "    warning       look out",
      "",
    ]);
  });
});
