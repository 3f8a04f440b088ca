// What modules capture while they are evaluated, over an upgrade whose appup is generated: JSON, a package that is
// re-linked, the folder of the application. No line of the modules changes, but for the version that `api` tells.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { type Files, npmPackage, writeFiles } from "../tools/temporary-project.ts";
import { repository } from "./bank.ts";
import { TargetDirectory } from "./target.ts";

const project = (vsn: string, word: string): Files => ({
  "underway.config.ts": `
    import { defineConfig } from "underway/config";
    export default defineConfig({
      applications: ["apps/bank"],
      releases: { bank: { vsn: "${vsn}", applications: { bank: "permanent" }, relink: ["words"] } },
    });`,
  "package.json": `{ "name": "project", "private": true, "type": "module" }`,
  ...npmPackage(
    "words",
    "1.0.0",
    { "index.js": `export const word = "${word}";`, "index.d.ts": "export declare const word: string;\n" },
    { types: "index.d.ts", exports: { types: "./index.d.ts", default: "./index.js" } },
  ),
  "apps/bank/package.json": JSON.stringify({
    name: "bank",
    version: vsn,
    type: "module",
    underway: { mod: { module: "bank/app", arg: null } },
  }),
  "apps/bank/priv/page.txt": `page of ${vsn}`,
  "apps/bank/src/app.ts": `
    import * as Sup from "./sup.ts";
    export const behaviour = "application";
    export const start = (): Promise<import("underway/application").Pid> => Sup.startLink();`,
  "apps/bank/src/sup.ts": `
    import * as Supervisor from "underway/supervisor";
    import * as self from "./sup.ts";
    export const behaviour = "supervisor";
    export const startLink = (): Promise<Supervisor.Pid<typeof self>> => Supervisor.startLink(self, null);
    export const init = (_: null) => Supervisor.ok({ strategy: "one_for_one" }, []);`,
  "apps/bank/src/data/limits.json": JSON.stringify({ transfer: vsn === "1.0.0" ? 100 : 200, units: ["EUR"] }),
  "apps/bank/src/limits.ts": `
    import limits from "./data/limits.json" with { type: "json" };
    /** Captured. */
    export const transfer: number = limits.transfer;
    /** Typed by resolveJsonModule. */
    export const unit = (): string | undefined => limits.units[0]?.toLowerCase();
    export const now = (): number => limits.transfer;`,
  "apps/bank/src/words.ts": `import { word } from "words"; export const greeting = "hello " + word;`,
  "apps/bank/src/page.ts": `
    import { readFileSync } from "node:fs";
    const file = new URL("../priv/page.txt", import.meta.url);
    export const captured = (): string => readFileSync(file, "utf8");`,
  "apps/bank/src/asks.ts": `
    import { readFileSync } from "node:fs";
    import { join } from "node:path";
    import * as Application from "underway/application";
    export const byUrl = (): string => readFileSync(new URL("../priv/page.txt", import.meta.url), "utf8");
    export const byName = (): string => readFileSync(join(Application.privDir("bank"), "page.txt"), "utf8");`,
  "apps/bank/src/api.ts": `
    import { byName, byUrl } from "./asks.ts";
    import { now, transfer, unit } from "./limits.ts";
    import { captured } from "./page.ts";
    import { greeting } from "./words.ts";
    export const version = (): string => "${vsn}";
    export const told = (): unknown[] => [transfer, now(), unit(), greeting, captured(), byUrl(), byName()];`,
});

const folder = mkdtempSync(join(realpathSync(tmpdir()), "underway-captured-"));
const packageOf = (vsn: string): string => join(folder, `target/bank-${vsn}.tar.gz`);
let target: TargetDirectory;

before(async () => {
  for (const [vsn, word] of [
    ["1.0.0", "one"],
    ["1.1.0", "two"],
  ] as const) {
    const where = join(folder, vsn);
    writeFiles(where, project(vsn, word));
    symlinkSync(repository, join(where, "node_modules/underway"));
    symlinkSync(join(repository, "node_modules/@types"), join(where, "node_modules/@types"));
    const upgrade = vsn === "1.0.0" ? [] : ["--upgrade", "--from", "1.0.0"];
    const command = join(repository, "dist/tools/cli/underway.js");
    const args = [command, "release", "--project", where, "--out", join(folder, "target"), ...upgrade];
    await promisify(execFile)(process.execPath, args);
  }
  target = new TargetDirectory(packageOf("1.0.0"));
  await target.ok("daemon");
});
after(async () => {
  await target?.remove();
  rmSync(folder, { recursive: true, force: true });
});

test("a generated appup loads whatever captures changed JSON, a re-linked package or the application's folder", () => {
  const appup = JSON.parse(readFileSync(join(folder, "1.1.0/apps/bank/bank.appup.json"), "utf8"));
  const loaded = (script: readonly (readonly unknown[])[]) => script.map(([, module]) => module);
  const expected = ["bank/api", "bank/data/limits.json", "bank/limits", "bank/page", "bank/words"];
  assert.deepEqual(loaded(appup.upFrom[0].script), expected);
  assert.deepEqual(loaded(appup.downTo[0].script), expected);
});

test("what is captured is the new release's after the upgrade, and the old one's after the downgrade", async () => {
  const before = [100, 100, "eur", "hello one", "page of 1.0.0", "page of 1.0.0", "page of 1.0.0"];
  const after = [200, 200, "eur", "hello two", "page of 1.1.0", "page of 1.1.0", "page of 1.1.0"];
  assert.deepEqual(await target.call("told"), before);
  await target.ok("unpack", packageOf("1.1.0"));
  await target.ok("install", "1.1.0");
  assert.deepEqual(await target.call("told"), after);
  await target.ok("downgrade", "1.0.0");
  assert.deepEqual(await target.call("told"), before);

  await target.ok("install", "1.1.0");
  await target.ok("commit", "1.1.0");
  await target.ok("remove", "1.0.0");
  assert.deepEqual(await target.call("told"), after, "nothing needs the files of a removed release");
});
