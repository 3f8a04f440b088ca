// docs/values.md: its files compile and run as it says, and what it says is refused is refused in these words.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import { inProcess } from "../process/support.ts";

const repository = join(import.meta.dirname, "../..");
const page = readFileSync(join(repository, "docs/values.md"), "utf8");
const folder = mkdtempSync(join(realpathSync(tmpdir()), "underway-values-"));
after(() => rmSync(folder, { recursive: true }));
symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
writeFileSync(join(folder, "package.json"), '{ "type": "module" }');

const blocks = (language: string) =>
  new Map(
    [...page.matchAll(new RegExp(`^\`\`\`${language} (\\S+)\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(
      ([, file = "", text = ""]) => [file, text],
    ),
  );
const sources = blocks("ts");
const outputs = blocks("text");
for (const [file, text] of sources) writeFileSync(join(folder, file), text);

/** What tsc says with a user's strict settings. */
const tsc = async (files: readonly string[]): Promise<string> => {
  const options =
    "--noEmit --strict --target es2024 --module nodenext --allowImportingTsExtensions --types node --skipLibCheck";
  const args = [
    join(repository, "node_modules/typescript/bin/tsc"),
    ...options.split(" "),
    "--pretty",
    "false",
    ...files,
  ];
  return new Promise((resolve) => execFile(process.execPath, args, { cwd: folder }, (_, stdout) => resolve(stdout)));
};

test("docs/values.md has files that compile, and one that is refused in the words it shows", async () => {
  assert.deepEqual([...sources.keys()], ["refused.ts", "whodunit.ts", "migrated.ts", "document.ts"]);
  assert.equal(await tsc(["whodunit.ts", "migrated.ts", "document.ts"]), "");
  assert.equal(await tsc(["refused.ts"]), outputs.get("refused.ts"));
});

test("docs/values.md says what development reports", async () => {
  const env = { ...process.env, UNDERWAY_DEVELOPMENT: "1" };
  const args = ["--conditions=underway-source", join(folder, "whodunit.ts")];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  const lines = (text: string | undefined): readonly string[] => (text ?? "").trim().split("\n").sort();
  assert.deepEqual(lines(stdout), lines(outputs.get("whodunit.ts")));
});

test("docs/values.md's document keeps a Y.Doc as a resource", async () => {
  const url = pathToFileURL(join(folder, "document.ts")).href;
  type Document = {
    startLink(): Promise<
      GenServer.Pid<{ handleCall: { append(context: object, text: string): GenServer.Reply<string, unknown> } }>
    >;
  };
  const document = (await import(url)) as Document;
  await inProcess(async () => {
    const pid = await document.startLink();
    await GenServer.call(pid, "append", "under");
    assert.equal(await GenServer.call(pid, "append", "way"), "underway");
  });
});
