import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { type NpmPackages, npmPackages, packageNameOf } from "../../src/tools/assemble/npm-packages.ts";
import { type Files, npmPackage, temporaryFolder, writeFiles } from "./temporary-project.ts";

describe("npmPackages", () => {
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const find = (...specifiers: string[]): NpmPackages =>
    npmPackages([{ application: "chat", folder: join(folder, "apps/chat"), specifiers }]);
  const install = (...packages: Files[]) => writeFiles(folder, Object.assign({}, ...packages));
  const names = ({ packages }: NpmPackages) => packages.map(({ name, vsn }) => `${name} ${vsn}`);
  const folderOf = ({ packages }: NpmPackages, name: string) => packages.find((each) => each.name === name)?.folder;

  it("npmPackages finds what is imported and all that it needs, and nothing else", () => {
    install(
      npmPackage("a", "1.0.0", {}, { dependencies: { b: "*", missing: "*" }, optionalDependencies: { missing: "*" } }),
      npmPackage("b", "1.0.0", {}, { peerDependencies: { peer: "*", absent: "*" } }),
      npmPackage("peer", "3.0.0", {}),
      npmPackage("unused", "1.0.0", {}),
    );
    assert.deepEqual(names(find("a/deep/file.js", "node:fs", "fs", "underway/process")), [
      "a 1.0.0",
      "b 1.0.0",
      "peer 3.0.0",
    ]);
  });

  it("npmPackages gives each package that needs another version of a third one its own", () => {
    install(
      npmPackage("a", "1.0.0", {}, { dependencies: { third: "1" } }),
      npmPackage("b", "1.0.0", {}, { dependencies: { third: "2" } }),
      npmPackage("third", "1.0.0", {}),
      { "node_modules/b/node_modules/third/package.json": '{ "name": "third", "version": "2.0.0" }' },
    );
    const { packages } = find("a", "b");
    const third = (name: string) => packages.find((each) => each.name === name)?.dependencies.get("third")?.vsn;
    assert.deepEqual([third("a"), third("b")], ["1.0.0", "2.0.0"]);
    const nested = packages.find((each) => each.name === "b")?.files.map(({ path }) => path);
    assert.deepEqual(nested, ["package.json"], "a package inside another one is not among its files");
  });

  it("npmPackages gives a package another folder when anything that it needs has changed", () => {
    install(
      npmPackage("a", "1.0.0", {}, { dependencies: { b: "*" } }),
      npmPackage("b", "1.0.0", {}, { dependencies: { c: "*" } }),
      npmPackage("c", "1.0.0", { "index.js": "1" }),
      npmPackage("other", "1.0.0", {}),
    );
    const before = find("a", "other");
    install({ "node_modules/c/index.js": "2" });
    const after = find("a", "other");
    for (const name of ["a", "b", "c"]) assert.notEqual(folderOf(after, name), folderOf(before, name), name);
    assert.equal(folderOf(after, "other"), folderOf(before, "other"));
  });

  it("npmPackages gives a package the same folder whatever else is installed", () => {
    install(npmPackage("a", "1.0.0", {}, { dependencies: { b: "*" } }), npmPackage("b", "1.0.0", {}));
    const alone = folderOf(find("a"), "a");
    install(npmPackage("z", "1.0.0", {}, { dependencies: { a: "*", b: "*" } }));
    assert.equal(folderOf(find("z", "b", "a"), "a"), alone);
  });

  it("npmPackages accepts packages that need one another in a circle", () => {
    install(
      npmPackage("a", "1.0.0", {}, { dependencies: { b: "*" } }),
      npmPackage("b", "1.0.0", { "index.js": "1" }, { dependencies: { a: "*" } }),
    );
    const before = find("a");
    assert.deepEqual(names(before), ["a 1.0.0", "b 1.0.0"]);
    install({ "node_modules/b/index.js": "2" });
    assert.notEqual(folderOf(find("a"), "a"), folderOf(before, "a"));
  });

  it("npmPackages keeps the name under which a package is imported", () => {
    install({ "node_modules/alias/package.json": '{ "name": "@real/name", "version": "1.0.0" }' });
    const { imports, packages } = find("alias");
    assert.match(
      imports.get("chat")?.get("alias")?.home ?? "",
      /^lib\/real__name-1\.0\.0-[0-9a-f]{8}\/node_modules\/@real\/name$/,
    );
    assert.equal(packages.length, 1);
  });

  it("npmPackages notices machine code", () => {
    install(npmPackage("a", "1.0.0", { "build/binding.node": "" }), npmPackage("b", "1.0.0", {}));
    assert.deepEqual(
      find("a", "b").packages.map(({ native }) => native),
      [true, false],
    );
  });

  it("npmPackages refuses a package that is not installed, naming who imports it", () => {
    assert.throws(() => find("a"), {
      code: "assemble/package_not_installed",
      details: { package: "a", importer: "chat" },
    });
  });

  it("packageNameOf tells packages from Node's modules and from Underway", () => {
    const specifiers = [
      "ws",
      "ws/lib/x.js",
      "@a/b",
      "@a/b/c",
      "fs",
      "fs/promises",
      "node:test",
      "underway",
      "underway/process",
    ];
    assert.deepEqual(specifiers.map(packageNameOf), ["ws", "ws", "@a/b", "@a/b", ...Array(5).fill(undefined)]);
  });
});
