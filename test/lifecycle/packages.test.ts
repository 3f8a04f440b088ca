// npm packages over an upgrade: built, packed, installed in a running node.
//
//   1.0.0  bank uses pool 1.0.0, which needs leaf 1.0.0; mint uses pool 2.0.0
//   1.1.0  only leaf has changed; the release declares that pool may be loaded beside its running copy
//   1.2.0  the same, and nobody declares anything
//   1.3.0  the same, and the appup relinks pool

import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Files, npmPackage } from "../tools/temporary-project.ts";
import { repository } from "./bank.ts";
import type { Releases } from "./releases.ts";
import { buildReleases } from "./releases.ts";
import { TargetDirectory } from "./target.ts";

const types = {
  "index.d.ts": "export declare class Pool { describe(): string }\nexport declare const opened: () => number;\n",
};

const pool = (vsn: string): Files =>
  npmPackage(
    "pool",
    vsn,
    {
      "index.js": `import { leaf } from "leaf";
        let count = 0;
        export const opened = () => count;
        export class Pool { constructor() { count++; } describe() { return "pool ${vsn}, leaf " + leaf; } }`,
      ...types,
    },
    { types: "index.d.ts", exports: { types: "./index.d.ts", default: "./index.js" }, dependencies: { leaf: "*" } },
  );

const leaf = (vsn: string): Files =>
  npmPackage("leaf", vsn, { "index.js": `exports.leaf = "${vsn}";` }, { type: "commonjs" });

/** Moves packages into an application's own folder, where another version may lie. */
const within = (folder: string, files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]));

const application = (name: string, vsn: string, api: string): Files => ({
  [`apps/${name}/package.json`]: JSON.stringify({
    name,
    version: vsn,
    type: "module",
    underway: { mod: { module: `${name}/app`, arg: null } },
  }),
  [`apps/${name}/src/app.ts`]: `
    import * as Sup from "./sup.ts";
    export const behaviour = "application";
    export const start = (): Promise<import("underway/application").Pid> => Sup.startLink();`,
  [`apps/${name}/src/sup.ts`]: `
    import * as Supervisor from "underway/supervisor";
    import * as self from "./sup.ts";
    export const behaviour = "supervisor";
    export const startLink = (): Promise<Supervisor.Pid<typeof self>> => Supervisor.startLink(self, null, { name: "${name}_sup" });
    export const init = (_: null) => Supervisor.ok({ strategy: "one_for_one" }, []);`,
  [`apps/${name}/src/api.ts`]: api,
});

const bankApi = (vsn: string): string => `
  import { leaf } from "leaf";
  import { opened, Pool } from "pool";
  import * as Mint from "mint/api";
  /** Captured while the module is evaluated. */
  class Account extends Pool {}
  export const version = (): string => "${vsn}";
  export const used = (): string[] => [new Account().describe(), new Pool().describe(), leaf, Mint.used()];
  export const count = (): number => opened();
`;

const mintApi = `
  import { Pool } from "pool";
  export const used = (): string => new Pool().describe();
`;

const project = (vsn: string, leafVsn: string, relink: string, instructions: readonly unknown[]): Files => ({
  "underway.config.ts": `
    import { defineConfig } from "underway/config";
    export default defineConfig({
      applications: ["apps/bank", "apps/mint"],
      releases: { bank: { vsn: "${vsn}", applications: { mint: "permanent", bank: "permanent" }, relink: [${relink}] } },
    });`,
  ...application("bank", vsn, bankApi(vsn)),
  ...application("mint", "1.0.0", mintApi),
  ...pool("1.0.0"),
  ...leaf(leafVsn),
  "node_modules/leaf/index.d.ts": "export declare const leaf: string;\n",
  ...within("apps/mint", { ...pool("2.0.0"), ...leaf("1.0.0") }),
  ...(vsn !== "1.0.0" && {
    "apps/bank/bank.appup.json": JSON.stringify({
      format: 1,
      vsn,
      upFrom: [{ vsn: "1.0.0", script: instructions }],
      downTo: [{ vsn: "1.0.0", script: instructions }],
    }),
  }),
});

const load = ["load_module", "bank/api", { prePurge: "soft_purge", postPurge: "soft_purge" }];
const relinkPool = (name: string) => ["relink", { app: "bank", package: name }];
const versions: Readonly<Record<string, Files>> = {
  "1.0.0": project("1.0.0", "1.0.0", "", []),
  "1.1.0": project("1.1.0", "1.0.1", '"pool", "leaf"', [load]),
  "1.2.0": project("1.2.0", "1.0.1", "", [load]),
  "1.3.0": project("1.3.0", "1.0.1", "", [relinkPool("pool"), relinkPool("leaf"), load]),
};

let releases: Releases;
let target: TargetDirectory;

before(async () => {
  releases = await buildReleases(versions, (project) =>
    symlinkSync(repository, join(project, "node_modules/underway")),
  );
  target = new TargetDirectory(releases.packageOf("1.0.0"));
  await target.ok("daemon");
});
after(async () => {
  await target?.remove();
  releases?.remove();
});

interface Installed {
  readonly report: { readonly relinked: readonly string[]; readonly keptPackages: readonly string[] };
}

test("a package is re-linked where it is declared safe, and a package that it needs counts as it", async () => {
  const before = ["pool 1.0.0, leaf 1.0.0", "pool 1.0.0, leaf 1.0.0", "1.0.0", "pool 2.0.0, leaf 1.0.0"];
  const after = ["pool 1.0.0, leaf 1.0.1", "pool 1.0.0, leaf 1.0.1", "1.0.1", "pool 2.0.0, leaf 1.0.0"];
  assert.deepEqual(await target.call("used"), before, "two versions of one package side by side");
  assert.equal(await target.call("count"), 2);

  await target.ok("unpack", releases.packageOf("1.2.0"));
  const refused = await target.run("install", "1.2.0");
  assert.deepEqual([refused.exitCode, refused.error?.code], [3, "release/package_changed"]);
  assert.match(refused.error?.message ?? "", /"bank" gets lib\/pool-1\.0\.0-\w+ instead of lib\/pool-1\.0\.0-\w+/);
  assert.deepEqual(await target.call("used"), before);

  await target.ok("unpack", releases.packageOf("1.1.0"));
  const { report } = await target.ok<Installed>("install", "1.1.0");
  assert.deepEqual(await target.call("used"), after, "what was captured while evaluating too");
  assert.equal(await target.call("count"), 2, "a copy of its own has state of its own");
  assert.deepEqual([...report.relinked].sort(), ["bank leaf", "bank pool"]);
  assert.deepEqual(
    report.keptPackages.map((kept) => kept.replace(/-[^-]*$/, "")),
    ["lib/leaf-1.0.0", "lib/pool-1.0.0"],
  );

  const down = await target.ok<Installed>("downgrade", "1.0.0");
  assert.deepEqual(await target.call("used"), before);
  assert.equal(await target.call("count"), 6, "the very copy from before");
  assert.deepEqual(
    down.report.keptPackages.map((kept) => kept.replace(/-[^-]*$/, "")),
    ["lib/leaf-1.0.1", "lib/pool-1.0.0"],
  );

  await target.ok("unpack", releases.packageOf("1.3.0"));
  await target.ok("install", "1.3.0");
  assert.deepEqual(await target.call("used"), after, "an instruction of the appup declares it too");
});
