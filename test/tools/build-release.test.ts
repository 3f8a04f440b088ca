import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import type { Base } from "../../src/release/base.ts";
import type { Manifest } from "../../src/release/manifest.ts";
import type { Boot } from "../../src/release/rel.ts";
import type { BuiltRelease } from "../../src/tools/assemble/build-release.ts";
import { contentOf, TemporaryProject, temporaryFolder, writeFiles } from "./temporary-project.ts";

describe("buildRelease", () => {
  const project = new TemporaryProject();
  // Where the package is unpacked: no package of the project can be found from there.
  const elsewhere = temporaryFolder();
  let built: BuiltRelease;
  const json = <T>(path: string) => JSON.parse(readFileSync(join(built.target, path), "utf8")) as T;
  before(async () => {
    built = await project.build();
    execFileSync("tar", ["-xzf", built.package, "-C", elsewhere]);
  });
  after(() => {
    project.remove();
    rmSync(elsewhere, { recursive: true });
  });

  it("buildRelease lays the target directory out as OTP does", () => {
    const paths = [...contentOf(built.target).keys()].map((path) => path.replace(/-[0-9a-f]{8}\//, "-<hash>/"));
    assert.deepEqual(paths, [
      "bin/rooms",
      "lib/greet-1.0.0-<hash>/node_modules/@words/pad",
      "lib/greet-1.0.0-<hash>/node_modules/greet/index.d.ts",
      "lib/greet-1.0.0-<hash>/node_modules/greet/index.js",
      "lib/greet-1.0.0-<hash>/node_modules/greet/package.json",
      "lib/rooms-0.1.0/externals.js",
      "lib/rooms-0.1.0/modules/app.obj.json",
      "lib/rooms-0.1.0/modules/room.obj.json",
      "lib/rooms-0.1.0/modules/web/page.obj.json",
      "lib/rooms-0.1.0/node_modules/greet",
      "lib/rooms-0.1.0/package.json",
      "lib/rooms-0.1.0/priv/page.html",
      "lib/rooms-0.1.0/rooms.app.json",
      "lib/rooms-0.1.0/types/app.d.ts",
      "lib/rooms-0.1.0/types/room.d.ts",
      "lib/rooms-0.1.0/types/web/page.d.ts",
      "lib/tally-0.1.0/externals.js",
      "lib/tally-0.1.0/modules/tally.obj.json",
      "lib/tally-0.1.0/package.json",
      "lib/tally-0.1.0/tally.app.json",
      "lib/tally-0.1.0/types/tally.d.ts",
      "lib/underway-0.1.0/dist/error.js",
      "lib/underway-0.1.0/dist/release/app.js",
      "lib/underway-0.1.0/dist/runtime/process/index.js",
      "lib/underway-0.1.0/package.json",
      "lib/underway-0.1.0/underway.app.json",
      "lib/words__pad-2.1.0-<hash>/node_modules/@words/pad/index.js",
      "lib/words__pad-2.1.0-<hash>/node_modules/@words/pad/package.json",
      "releases/0.1.0/boot.json",
      "releases/0.1.0/config.json",
      "releases/0.1.0/manifest.json",
      "releases/0.1.0/rooms.rel.json",
      "releases/start.json",
      "runtime-24.0.0/bin/node",
    ]);
  });

  it("buildRelease loads and starts an application behind those that it uses, underway first", () => {
    const boot = json<Boot>("releases/0.1.0/boot.json");
    assert.deepEqual(
      boot.applications.map(({ app, type, folder }) => [app.name, type, folder]),
      [
        ["underway", "permanent", "lib/underway-0.1.0"],
        ["tally", "permanent", "lib/tally-0.1.0"],
        ["rooms", "permanent", "lib/rooms-0.1.0"],
      ],
    );
    assert.deepEqual(boot.applications[2]?.app, {
      name: "rooms",
      vsn: "0.1.0",
      description: "Rooms that greet who enters.",
      registered: ["lobby"],
      mod: { module: "rooms/app", arg: null },
      env: { port: 80 },
      applications: ["underway", "tally"],
      modules: ["rooms/app", "rooms/room", "rooms/web/page"],
    });
    assert.deepEqual(json("releases/0.1.0/config.json"), { rooms: { port: 4000 } });
  });

  it("buildRelease links packages so that Node finds them from the application, and theirs from them", async () => {
    const file = pathToFileURL(join(elsewhere, "lib/rooms-0.1.0/externals.js")).href;
    const { default: load } = (await import(file)) as { default: (specifier: string) => Promise<object> };
    const { greet } = (await load("greet")) as { greet: (name: string) => { text: string } };
    assert.equal(greet("Ada").text, "Hello Ada!");
    await assert.rejects(load("@words/pad"), { code: "ERR_MODULE_NOT_FOUND" });
  });

  it("buildRelease names every file of the release with its hash in the manifest", () => {
    const manifest = json<Manifest>("releases/0.1.0/manifest.json");
    const targetsOwn = ["bin/rooms", "releases/start.json", "releases/0.1.0/manifest.json"];
    const files = [...contentOf(built.target)].filter(
      ([path, text]) => !text.startsWith("-> ") && !targetsOwn.includes(path),
    );
    const hashes = files.map(([path, text]) => [path, createHash("sha256").update(text, "latin1").digest("hex")]);
    assert.deepEqual(manifest.files, Object.fromEntries(hashes));
    assert.deepEqual(Object.keys(manifest.modules), ["rooms/app", "rooms/room", "rooms/web/page", "tally/tally"]);
    assert.equal(manifest.modules["rooms/web/page"]?.file, "lib/rooms-0.1.0/modules/web/page.obj.json");
    assert.deepEqual(manifest.runtime, { vsn: "24.0.0", folder: "runtime-24.0.0" });
    assert.deepEqual(
      manifest.packages.map(({ name, vsn }) => `${name} ${vsn}`),
      ["greet 1.0.0", "@words/pad 2.1.0"],
    );
  });

  it("buildRelease records in the base the declarations of the modules and of what they refer to", () => {
    const { declarations, modules, apps } = JSON.parse(readFileSync(built.base, "utf8")) as Base;
    assert.match(
      declarations.files["lib/rooms/room.d.ts"] ?? "",
      /last: \(name: string\) => import\("greet"\).Greeting\[\]/,
    );
    assert.match(declarations.files["node_modules/greet/index.d.ts"] ?? "", /interface Greeting/);
    assert.ok(declarations.files["node_modules/greet/package.json"]);
    assert.deepEqual(Object.keys(declarations.libraries).sort(), ["typescript"]);
    assert.deepEqual(modules["rooms/room"]?.behaviour, "gen_server");
    assert.deepEqual(
      apps.map(({ name }) => name),
      ["underway", "rooms", "tally"],
    );
  });

  it("buildRelease records declarations that are enough for tsc, years after", () => {
    const folder = temporaryFolder();
    try {
      const { declarations } = JSON.parse(readFileSync(built.base, "utf8")) as Base;
      const probe =
        'import { last } from "rooms/room";\nexport const text: string | undefined = last("Ada")[0]?.text;\n';
      // An unresolved import would make everything `any`, and nothing wrong.
      const wrong = '// @ts-expect-error\nexport const wrong: number | undefined = last("Ada")[0]?.text;\n';
      const options = { module: "nodenext", strict: true, noEmit: true, types: [], paths: { "*": ["./lib/*.d.ts"] } };
      const config = JSON.stringify({ compilerOptions: options, files: ["probe.mts"] });
      writeFiles(folder, { ...declarations.files, "probe.mts": probe + wrong, "tsconfig.json": config });
      const tsc = join(import.meta.dirname, "../../node_modules/.bin/tsc");
      const { stdout } = spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" });
      assert.equal(stdout, "");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("buildRelease packs exactly what the target directory contains", () => {
    assert.deepEqual(contentOf(elsewhere), contentOf(built.target));
  });

  it("buildRelease packs no times and no owners of this machine", () => {
    const listed = execFileSync("tar", ["--utc", "-tvzf", built.package], { encoding: "utf8" }).trim().split("\n");
    for (const line of listed) assert.match(line, / root\/root .* 1970-01-01 00:00 /);
  });

  it("buildRelease makes the same bytes of the same sources, wherever they lie", async () => {
    const other = new TemporaryProject();
    try {
      const again = await other.build();
      assert.ok(readFileSync(again.package).equals(readFileSync(built.package)), "the package");
      assert.equal(readFileSync(again.base, "utf8"), readFileSync(built.base, "utf8"));
    } finally {
      other.remove();
    }
  });

  it("stubText makes a script that hands over to the runtime of the release that is to be started", () => {
    const link = join(project.folder, "rooms");
    symlinkSync(join(built.target, "bin/rooms"), link);
    const run = (...args: string[]) => execFileSync(link, args, { encoding: "utf8" }).trim().split("\n");
    const script = join(built.target, "lib/underway-0.1.0/dist/runtime/control/script.js");
    assert.deepEqual(run("ping", "a b"), [
      `${script} ping a b`,
      "UNDERWAY_INSTANCE=default",
      "UNDERWAY_RELEASE_NAME=rooms",
      `UNDERWAY_ROOT=${built.target}`,
    ]);
    assert.equal(run("--instance", "second", "ping")[1], "UNDERWAY_INSTANCE=second");
  });
});
