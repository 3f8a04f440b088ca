// docs/upgrades.md: its modules compile with a user's strict settings, and come across as the page says.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";
import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import type { Callbacks } from "../../src/runtime/behaviour/gen-server-types.ts";
import * as Sys from "../../src/runtime/behaviour/sys.ts";
import { exportsOf, softPurge } from "../../src/runtime/code/code-server.ts";
import { handleOf } from "../../src/runtime/code/modules.ts";
import { Messages } from "../../src/runtime/handler/messages.ts";
import { Migration } from "../../src/runtime/handler/migration.ts";
import type { Pid } from "../../src/runtime/process/pid.ts";
import { loadSource, stageSources } from "../code/support.ts";
import { collectReports } from "../process/support.ts";

collectReports();

const repository = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(realpathSync(tmpdir()), "underway-docs-"));
after(() => rmSync(folder, { recursive: true }));

const page = readFileSync(join(repository, "docs/upgrades.md"), "utf8");
const sources = new Map(
  [...page.matchAll(/^```ts (\S+)\n([\s\S]*?)^```$/gm)].map(([, file = "", source = ""]) => [file, source]),
);
const sourceOf = (file: string): string => sources.get(file) as string;

test("docs/upgrades.md has files that compile with a user's strict settings", async () => {
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  for (const [file, source] of sources) writeFileSync(join(folder, file), source);
  assert.deepEqual([...sources.keys()], ["jukebox.v1.ts", "jukebox.v2.ts"]);
  const options = "--noEmit --strict --target es2024 --module nodenext --allowImportingTsExtensions --types node";
  const tsc = join(repository, "node_modules/typescript/bin/tsc");
  const all = [tsc, ...options.split(" "), "--skipLibCheck", ...sources.keys()];
  await promisify(execFile)(process.execPath, all, { cwd: folder });
});

type Any = (pid: Pid<Callbacks>, tag: string, ...args: unknown[]) => Promise<unknown>;
const call = GenServer.call as unknown as Any;
const cast = GenServer.cast as unknown as Any;

test("docs/upgrades.md: the jukebox keeps its songs, and what waits is understood, up and down", async () => {
  const module = "jukebox/jukebox";
  await loadSource(module, sourceOf("jukebox.v1.ts"));
  const handle = handleOf(module);
  const jukebox = (await GenServer.start(handle as never, null as never)) as unknown as Pid<Callbacks>;
  cast(jukebox, "add", "one");
  await call(jukebox, "titles");
  const change = async (source: string): Promise<void> => {
    const staged = await stageSources({ [module]: source });
    const [from, to] = [exportsOf(module, "current") ?? {}, staged.exportsOf(module) ?? {}];
    const affected = [{ module, handle, change: { from, to, extra: null, env: {} } }];
    const migration = new Migration(affected, (fn) => staged.run(fn));
    const messages = new Messages(affected);
    await migration.precopy();
    await messages.check();
    migration.finish();
    staged.switch();
    migration.switch();
    messages.switch();
    await migration.close();
    await messages.close();
    softPurge(module);
  };
  await Sys.suspend(jukebox);
  cast(jukebox, "add", "two");
  const waiting = call(jukebox, "titles");
  await change(sourceOf("jukebox.v2.ts"));
  await Sys.resume(jukebox);
  const songs = [
    { title: "one", votes: 0 },
    { title: "two", votes: 0 },
  ];
  assert.deepEqual(await waiting, songs);
  await Sys.suspend(jukebox);
  cast(jukebox, "add", { title: "three", votes: 3 });
  const down = call(jukebox, "songs");
  await change(sourceOf("jukebox.v1.ts"));
  await Sys.resume(jukebox);
  assert.deepEqual(await down, ["one", "two", "three"]);
});
