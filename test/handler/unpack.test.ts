import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { type ErrorCode, isUnderwayError } from "../../src/error.ts";
import { readPackage, unpackPackage } from "../../src/runtime/handler/unpack.ts";
import { contentOf, type Raw, sha256, temporaryFolder, writeTar } from "./tar.ts";

type Files = Readonly<Record<string, string>>;

const runtime = "runtime-24.21.0/bin/node";
const files02: Files = {
  [runtime]: "the node binary",
  "lib/underway-0.1.0/dist/index.js": "export {};",
  "lib/chat-0.2.0/chat.app.json": "{}",
  "lib/chat-0.2.0/modules/room.obj.json": "{ }",
  "lib/ws-8.23.0-1a2b3c4d/node_modules/ws/index.js": "ws",
  "releases/0.2.0/boot.json": "boot",
};
const link: Raw = {
  name: "lib/chat-0.2.0/node_modules/ws",
  type: "2",
  link: "../../ws-8.23.0-1a2b3c4d/node_modules/ws",
};
const files01: Files = {
  [runtime]: "the node binary",
  "lib/underway-0.1.0/dist/index.js": "export {};",
  "lib/chat-0.1.0/chat.app.json": "{}",
  "releases/0.1.0/boot.json": "boot",
};
const ofTarget: readonly Raw[] = [
  { name: "bin/chat", data: "another stub", mode: 0o755 },
  { name: "releases/start.json", data: `{ "format": 1, "name": "chat", "vsn": "0.2.0" }` },
];

const manifest = (vsn: string, files: Files, change: object = {}) => ({
  format: 1,
  name: "chat",
  vsn,
  runtime: { vsn: "24.21.0", folder: "runtime-24.21.0" },
  underway: { vsn: "0.1.0", folder: "lib/underway-0.1.0" },
  modules: {},
  packages: [],
  files: Object.fromEntries(Object.entries(files).map(([path, text]) => [path, sha256(text)])),
  ...change,
});

const manifestEntry = (vsn: string, files: Files, change: object = {}): Raw => ({
  name: `releases/${vsn}/manifest.json`,
  data: JSON.stringify(manifest(vsn, files, change)),
});

const entriesOf = (files: Files): Raw[] =>
  Object.entries(files).map(([name, data]) => ({ name, data, mode: name === runtime ? 0o755 : 0o644 }));

/** A target directory in which release 0.1.0 stands. */
function targetDirectory(t: TestContext): string {
  const root = temporaryFolder(t);
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const [path, text] of Object.entries(files01)) put(path, text);
  chmodSync(join(root, runtime), 0o755);
  put("releases/0.1.0/manifest.json", JSON.stringify(manifest("0.1.0", files01)));
  put("bin/chat", "stub");
  put("releases/start.json", `{ "format": 1, "name": "chat", "vsn": "0.1.0" }`);
  put("var/default/RELEASES.json", "[]");
  return root;
}

const packageOf = (t: TestContext, entries: readonly Raw[]): string =>
  writeTar(join(temporaryFolder(t), "chat-0.2.0.tar.gz"), entries);

const good: readonly Raw[] = [...ofTarget, ...entriesOf(files02), link, manifestEntry("0.2.0", files02)];

describe("unpackPackage", () => {
  test("adds the release, and changes nothing that was there", async (t) => {
    const root = targetDirectory(t);
    const before = contentOf(root);
    const found = await unpackPackage(packageOf(t, good), root);
    assert.equal(found.vsn, "0.2.0");
    const added = entriesOf(files02).map(({ name, data, mode }) => [name, `${mode?.toString(8)} ${data}`]);
    const expected = {
      ...before,
      ...Object.fromEntries(added),
      [link.name]: `-> ${link.link}`,
      "releases/0.2.0/manifest.json": `644 ${JSON.stringify(manifest("0.2.0", files02))}`,
    };
    assert.deepEqual(contentOf(root), expected);
    assert.equal(readFileSync(join(root, link.name, "index.js"), "utf8"), "ws");
  });

  test("adds a release to an empty folder, without what belongs to the target directory", async (t) => {
    const root = temporaryFolder(t);
    await unpackPackage(packageOf(t, good), root);
    assert.equal(existsSync(join(root, "bin")), false);
    assert.equal(existsSync(join(root, "releases/start.json")), false);
    assert.equal(readFileSync(join(root, runtime), "utf8"), "the node binary");
  });

  test("may be repeated", async (t) => {
    const root = targetDirectory(t);
    const file = packageOf(t, good);
    await unpackPackage(file, root);
    const before = contentOf(root);
    await unpackPackage(file, root);
    assert.deepEqual(contentOf(root), before);
  });

  test("tells a release that is known from another build of it", async (t) => {
    const root = targetDirectory(t);
    const file = packageOf(t, good);
    await unpackPackage(file, root);
    const before = contentOf(root);
    const known = ["0.1.0", "0.2.0"];
    await assert.rejects(unpackPackage(file, root, { known }), { code: "release/existing_release" });
    const changed = { ...files02, "lib/chat-0.2.0/modules/room.obj.json": "{ other }" };
    const other = packageOf(t, [...entriesOf(changed), link, manifestEntry("0.2.0", changed)]);
    await assert.rejects(unpackPackage(other, root, { known }), { code: "release/other_build" });
    assert.deepEqual(contentOf(root), before);
  });

  test("twice at once ends as once", async (t) => {
    const root = targetDirectory(t);
    const file = packageOf(t, good);
    await Promise.all([unpackPackage(file, root), unpackPackage(file, root)]);
    const once = targetDirectory(t);
    await unpackPackage(file, once);
    assert.deepEqual(contentOf(root), contentOf(once));
  });

  test("takes what an upgrade's package leaves out from the target directory", async (t) => {
    const root = targetDirectory(t);
    const withoutRuntime = good.filter(({ name }) => name !== runtime);
    await unpackPackage(packageOf(t, withoutRuntime), root);
    assert.equal(existsSync(join(root, "releases/0.2.0/boot.json")), true);
  });

  test("finishes what an interrupted one began, and removes what it left", async (t) => {
    const root = targetDirectory(t);
    const whole = temporaryFolder(t);
    await unpackPackage(packageOf(t, good), whole);
    renameSync(join(whole, "lib/chat-0.2.0"), join(root, "lib/chat-0.2.0"));
    // No process has the first number: the kernel's limit is 2 ** 22. The second is that of a node before its restart.
    const left = [".aside-99999999-1", `.aside-${process.pid}-9999`];
    for (const name of left) mkdirSync(join(root, name, "lib"), { recursive: true });
    await unpackPackage(packageOf(t, good), root);
    for (const name of left) assert.equal(existsSync(join(root, name)), false);
    assert.equal(existsSync(join(root, "releases/0.2.0/boot.json")), true);
  });
});

describe("unpackPackage refuses, and leaves everything as it was:", () => {
  const withFile = (path: string, text: string): Files => ({ ...files02, [path]: text });
  const sealed = (files: Files, extra: readonly Raw[] = []): Raw[] => [
    ...entriesOf(files),
    ...extra,
    manifestEntry("0.2.0", files),
  ];
  const rows: readonly {
    title: string;
    code: ErrorCode;
    entries: readonly Raw[];
    /** Changes the target directory before. */
    prepare?: (root: string) => void;
  }[] = [
    {
      title: "a file whose hash is not the manifest's",
      code: "release/damaged_package",
      entries: [...entriesOf(withFile("lib/chat-0.2.0/chat.app.json", "{ }")), manifestEntry("0.2.0", files02)],
    },
    {
      title: "a file of a folder that is kept, whose hash is not the manifest's",
      code: "release/damaged_package",
      entries: [...entriesOf(withFile(runtime, "another binary")), manifestEntry("0.2.0", files02)],
    },
    { title: "no manifest", code: "release/damaged_package", entries: entriesOf(files02) },
    {
      title: "two manifests",
      code: "release/damaged_package",
      entries: [...good, { ...manifestEntry("0.2.0", files02), name: "releases/0.3.0/manifest.json" }],
    },
    {
      title: "a manifest that is no JSON",
      code: "release/not_json",
      entries: [{ name: "releases/0.2.0/manifest.json", data: "{" }],
    },
    {
      title: "a manifest of another shape",
      code: "release/bad_file",
      entries: [{ name: "releases/0.2.0/manifest.json", data: `{ "format": 1 }` }],
    },
    {
      title: "a manifest of a newer format",
      code: "release/newer_format",
      entries: [...entriesOf(files02), manifestEntry("0.2.0", files02, { format: 2 })],
    },
    {
      title: "a manifest of another version",
      code: "release/damaged_package",
      entries: [{ ...manifestEntry("0.3.0", {}), name: "releases/0.2.0/manifest.json" }],
    },
    {
      title: "a manifest with a path that goes up",
      code: "release/bad_file",
      entries: [...entriesOf(files02), manifestEntry("0.2.0", withFile("lib/../../evil", "x"))],
    },
    {
      title: "a runtime in var",
      code: "release/damaged_package",
      entries: [
        ...entriesOf({ "var/default/start.json": "{}" }),
        manifestEntry("0.2.0", { "var/default/start.json": "{}" }, { runtime: { vsn: "1", folder: "var" } }),
      ],
    },
    {
      title: "a file that the manifest does not name",
      code: "release/bad_entry",
      entries: [...good, { name: "lib/chat-0.2.0/evil.js" }],
    },
    {
      title: "a file of another release, though the manifest names it",
      code: "release/bad_entry",
      entries: sealed(withFile("releases/0.1.0/boot.json", "x")),
    },
    {
      title: "a file in var, though the manifest names it",
      code: "release/bad_entry",
      entries: sealed(withFile("var/default/start.json", "x")),
    },
    {
      title: "a link outside lib",
      code: "release/bad_entry",
      entries: [...good, { name: "releases/0.2.0/link", type: "2", link: "boot.json" }],
    },
    {
      title: "a link in place of a folder of lib",
      code: "release/bad_entry",
      entries: [...good, { name: "lib/evil", type: "2", link: "chat-0.2.0" }],
    },
    { title: "a path that goes up", code: "release/bad_entry", entries: [...good, { name: "../evil", data: "x" }] },
    {
      title: "a package of another release",
      code: "release/other_release",
      entries: [...entriesOf(files02), manifestEntry("0.2.0", files02, { name: "shop" })],
    },
    {
      title: "a package that needs what is not there",
      code: "release/incomplete_package",
      entries: good.filter(({ name }) => name !== "lib/chat-0.2.0/modules/room.obj.json"),
    },
    {
      title: "a runtime left out that is not there",
      code: "release/incomplete_package",
      entries: good.filter(({ name }) => name !== runtime),
      prepare: (root) => rmSync(join(root, "runtime-24.21.0"), { recursive: true }),
    },
    {
      title: "a change to a file that is unpacked already",
      code: "release/conflicting_file",
      entries: sealed(withFile("lib/underway-0.1.0/dist/index.js", "export default 1;")),
    },
    {
      title: "a new file for a folder that is unpacked already",
      code: "release/conflicting_file",
      entries: sealed(withFile("lib/underway-0.1.0/dist/new.js", "")),
    },
    {
      title: "another build of a version that is unpacked already",
      code: "release/conflicting_file",
      entries: [...entriesOf(files02), manifestEntry("0.2.0", files02)],
      prepare: (root) => {
        mkdirSync(join(root, "releases/0.2.0"));
        writeFileSync(join(root, "releases/0.2.0/boot.json"), "boot");
        writeFileSync(join(root, "releases/0.2.0/manifest.json"), "{}");
      },
    },
    {
      title: "a target directory in which it cannot write",
      code: "release/cannot_write",
      entries: good,
      prepare: (root) => {
        // The runtime is moved in first, and out again.
        rmSync(join(root, "runtime-24.21.0"), { recursive: true });
        rmSync(join(root, "lib"), { recursive: true });
        writeFileSync(join(root, "lib"), "in the way");
      },
    },
    {
      title: "a folder that is a link in the target directory",
      code: "release/conflicting_file",
      entries: good,
      prepare: (root) => symlinkSync("underway-0.1.0", join(root, "lib/chat-0.2.0")),
    },
    {
      title: "a file that was replaced by a link in the target directory",
      code: "release/conflicting_file",
      entries: good,
      prepare: (root) => {
        renameSync(join(root, runtime), join(root, "node"));
        symlinkSync("../../node", join(root, runtime));
      },
    },
  ];
  for (const { title, code, entries, prepare } of rows) {
    test(title, async (t) => {
      const root = targetDirectory(t);
      prepare?.(root);
      const before = contentOf(root);
      await assert.rejects(unpackPackage(packageOf(t, entries), root), (e) => {
        assert.ok(isUnderwayError(e), `${e}`);
        assert.equal(e.code, code, e.message);
        return true;
      });
      assert.deepEqual(contentOf(root), before);
    });
  }
});

test("readPackage tells what release a package holds, and writes nothing", async (t) => {
  const file = packageOf(t, good);
  const before = contentOf(dirname(file));
  const found = await readPackage(file);
  assert.equal(found.manifest.vsn, "0.2.0");
  assert.equal(
    found.entries.some(({ path }) => path === "bin/chat"),
    false,
  );
  assert.deepEqual(contentOf(dirname(file)), before);
});
