// Bad code, as a user meets it: refused by `underway release`, or by the running node, with what, why, cure, file and line; and
// nothing of it is visible. And who keeps old code in memory, told by `bin/<name> old_code --trace`.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Files, writeFiles } from "../tools/temporary-project.ts";
import { repository } from "./bank.ts";
import { TargetDirectory } from "./target.ts";

const project = (vsn: string, modules: Files = {}): Files => ({
  "underway.config.ts": `
    import { defineConfig } from "underway/config";
    export default defineConfig({
      applications: ["apps/bank"],
      releases: { bank: { vsn: "${vsn}", applications: { bank: "permanent" } } },
    });`,
  "package.json": `{ "name": "project", "private": true, "type": "module" }`,
  "apps/bank/package.json": JSON.stringify({
    name: "bank",
    version: vsn,
    type: "module",
    underway: { mod: { module: "bank/app", arg: null } },
  }),
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
  "apps/bank/src/a.ts": `import { b } from "./b.ts"; export const a = (): string => "a of ${vsn}, " + b();`,
  "apps/bank/src/b.ts": `import * as A from "./a.ts"; export const b = (): string => "b of ${vsn}" + typeof A;`,
  "apps/bank/src/api.ts": `
    import { a } from "./a.ts";
    export const version = (): string => "${vsn}";
    export const told = (): string => a();
    export const tick = (): boolean => {
      setInterval(() => version(), 3_600_000).unref();
      return true;
    };`,
  ...modules,
});

const folder = mkdtempSync(join(realpathSync(tmpdir()), "underway-bad-"));
const packageOf = (vsn: string): string => join(folder, `target/bank-${vsn}.tar.gz`);

/** Runs `underway release`; 1.0.0 is what others are upgrades of. */
const release = (vsn: string, modules: Files = {}): Promise<{ exitCode: number; stderr: string }> => {
  const where = join(folder, `${vsn}-${Object.keys(modules).length}`);
  writeFiles(where, project(vsn, modules));
  writeFiles(where, { "node_modules/.keep": "" });
  symlinkSync(repository, join(where, "node_modules/underway"));
  symlinkSync(join(repository, "node_modules/@types"), join(where, "node_modules/@types"));
  const upgrade = vsn === "1.0.0" ? [] : ["--upgrade", "--from", "1.0.0"];
  const command = join(repository, "dist/tools/cli/underway.js");
  const args = [command, "release", "--project", where, "--out", join(folder, "target"), ...upgrade];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: where }, (error, _, stderr) =>
      resolve({ exitCode: error === null ? 0 : Number(error.code), stderr }),
    );
  });
};

let target: TargetDirectory;

before(async () => {
  assert.deepEqual(await release("1.0.0"), { exitCode: 0, stderr: "" });
  const { exitCode, stderr } = await release("1.1.0");
  assert.equal(exitCode, 0, stderr);
  const throwing = {
    "apps/bank/src/b.ts": `import * as A from "./a.ts";\n\nthrow new RangeError("too early" + typeof A);\nexport const b = (): string => "b";`,
  };
  const broken = await release("1.2.0", throwing);
  assert.equal(broken.exitCode, 0, broken.stderr);
  target = new TargetDirectory(packageOf("1.0.0"));
  await target.ok("daemon");
});
after(async () => {
  await target?.remove();
  rmSync(folder, { recursive: true, force: true });
});

test("underway release refuses modules that cannot be compiled, all of them at once, and builds nothing", async () => {
  const { exitCode, stderr } = await release("1.3.0", {
    "apps/bank/src/syntax.ts": "export const x = 1;\nexport const y = ;",
    "apps/bank/src/data.json": `{ "a": 1, }`,
    "apps/bank/src/fine.ts": "export const fine = 1;",
  });
  assert.equal(exitCode, 1);
  assert.match(stderr, /apps\/bank\/src\/syntax\.ts:2:18/);
  assert.match(stderr, /cure: correct the source at the caret/);
  assert.equal(existsSync(packageOf("1.3.0")), false);

  const others = await release("1.3.0", {
    "apps/bank/src/waits.ts": `export const x: number = await Promise.resolve(1);`,
    "apps/bank/src/json.ts": `\nimport data from "./data.json" with { type: "json" };\nexport const d: unknown = data;`,
    "apps/bank/src/data.json": `{ "a": 1, }`,
    "apps/bank/src/missing.ts": "export const fine = 1;",
  });
  assert.equal(others.exitCode, 1);
  assert.match(others.stderr, /Cannot compile 2 modules/);
  assert.match(others.stderr, /apps\/bank\/src\/waits\.ts:1:26: a module cannot contain "await" at its top level/);
  assert.match(others.stderr, /why: {2}modules are loaded in one synchronous step/);
  assert.match(others.stderr, /apps\/bank\/src\/data\.json:1:11/);

  const imports = await release("1.3.0", {
    "apps/bank/src/m.ts": `\nimport { x } from "./nope.ts";\nexport const y = x;`,
  });
  assert.equal(imports.exitCode, 1);
  assert.match(imports.stderr, /apps\/bank\/src\/m\.ts:2:1: cannot find "\.\/nope\.ts"/);
  assert.match(imports.stderr, /cure: correct the path, or add the file/);
  assert.equal(existsSync(packageOf("1.3.0")), false);
});

const installed = async () => [await target.call("version"), await target.call("told"), await target.releases()];

test("an install is refused when a module of a circle throws in the middle of the set, and nothing is visible", async () => {
  await target.ok("unpack", packageOf("1.2.0"));
  const before = await installed();
  const { exitCode, error } = await target.run("install", "1.2.0");
  assert.deepEqual([exitCode, error?.code], [3, "code/evaluation_failed"]);
  assert.match(error?.message ?? "", /"bank\/b": .* at bank-1\.2\.0\/src\/b\.ts:3:\d+: RangeError: too early/);
  assert.match(error?.message ?? "", /why: {2}/);
  assert.match(error?.message ?? "", /cure: /);
  assert.deepEqual(await installed(), before);
});

/** Changes object code where it lies, and, if asked, the manifest with it. */
const tamper = async (edit: (text: string) => string, manifest: boolean, work: () => Promise<void>): Promise<void> => {
  const path = "lib/bank-1.1.0/modules/b.obj.json";
  const files = [join(target.root, path), join(target.root, "releases/1.1.0/manifest.json")] as const;
  const [object, list] = files.map((file) => readFileSync(file, "utf8")) as [string, string];
  for (const file of files) chmodSync(file, 0o644);
  const changed = edit(object);
  assert.notEqual(changed, object);
  writeFileSync(files[0], changed);
  const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
  if (manifest) writeFileSync(files[1], list.replaceAll(hash(object), hash(changed)));
  try {
    await work();
  } finally {
    writeFileSync(files[0], object);
    writeFileSync(files[1], list);
  }
};

test("an install refuses object code that was changed, or is of another format, and names the file", async () => {
  await target.ok("unpack", packageOf("1.1.0"));
  const before = await installed();
  await tamper(
    (text) => text.replace("b of 1.1.0", "b of evil!"),
    false,
    async () => {
      const { exitCode, error } = await target.run("install", "1.1.0");
      assert.deepEqual([exitCode, error?.code], [3, "release/hash_mismatch"]);
      assert.match(error?.message ?? "", /lib\/bank-1\.1\.0\/modules\/b\.obj\.json/);
    },
  );
  await tamper(
    (text) => text.replace(/"format": ?1/, '"format": 2'),
    true,
    async () => {
      const { exitCode, error } = await target.run("install", "1.1.0");
      assert.equal(exitCode, 3);
      assert.match(error?.code ?? "", /^release\/(newer_format|bad_file)$/);
      assert.match(error?.message ?? "", /lib\/bank-1\.1\.0\/modules\/b\.obj\.json/);
    },
  );
  assert.deepEqual(await installed(), before);
});

interface Traced {
  readonly module: string;
  readonly state: string;
  readonly heldBy: string | null;
}

test("bin/<name> old_code --trace names the timer that keeps a purged version in memory, by file and line", async () => {
  assert.equal(await target.call("tick"), true);
  await target.ok("install", "1.1.0");
  assert.equal(await target.call("told"), "a of 1.1.0, b of 1.1.0object");
  const traced = await target.ok<readonly Traced[]>("old_code", "--trace");
  const api = traced.find(({ module }) => module === "bank/api");
  assert.equal(api?.state, "purged");
  assert.match(api?.heldBy ?? "", /setInterval.*bank-1\.0\.0\/src\/api\.ts:6/);
  assert.equal(
    traced.some(({ module }) => module === "bank/a"),
    false,
    "nobody holds that one",
  );
});
