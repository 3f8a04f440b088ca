import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { isUnderwayError } from "../../src/error.ts";
import { readTar, type TarEntry } from "../../src/runtime/handler/untar.ts";
import { paxRecord, type Raw, tar, temporaryFolder, writeTar } from "./tar.ts";

type Read = { readonly entry: TarEntry; readonly content: string };

const readAll = async (file: string): Promise<Read[]> => {
  const all: Read[] = [];
  await readTar(file, {
    async entry(entry, body) {
      const parts: Buffer[] = [];
      for await (const part of body) parts.push(part);
      all.push({ entry, content: Buffer.concat(parts).toString("utf8") });
    },
  });
  return all;
};

const long = `lib/${"deep/".repeat(40)}file.txt`;

describe("readTar reads", () => {
  const rows: readonly { title: string; archive: readonly Raw[]; entries: readonly TarEntry[] }[] = [
    { title: "nothing of an empty archive", archive: [], entries: [] },
    {
      title: "files, executable ones, folders and links",
      archive: [
        { name: "./", type: "5" },
        { name: "lib/", type: "5" },
        { name: "lib/a", data: "text" },
        { name: "./lib/b", mode: 0o755 },
        { name: "lib/c/d", type: "2", link: "../a" },
      ],
      entries: [
        { kind: "directory", path: "lib" },
        { kind: "file", path: "lib/a", bytes: 4, executable: false },
        { kind: "file", path: "lib/b", bytes: 0, executable: true },
        { kind: "link", path: "lib/c/d", target: "../a" },
      ],
    },
    {
      title: "a name in two parts",
      archive: [{ prefix: "lib/x", name: "y" }],
      entries: [{ kind: "file", path: "lib/x/y", bytes: 0, executable: false }],
    },
    {
      title: "pax names, links and sizes",
      archive: [
        { name: "x", type: "g", data: paxRecord("comment", "by hand") },
        { name: "x", type: "x", data: paxRecord("path", long) + paxRecord("mtime", "0") },
        { name: "short", data: "1" },
        { name: "x", type: "x", data: paxRecord("linkpath", "ä/b") },
        { name: "lib/link", type: "2", link: "short" },
      ],
      entries: [
        { kind: "file", path: long, bytes: 1, executable: false },
        { kind: "link", path: "lib/link", target: "ä/b" },
      ],
    },
    {
      title: "GNU long names",
      archive: [{ name: "././@LongLink", type: "L", data: `${long}\0` }, { name: "short" }],
      entries: [{ kind: "file", path: long, bytes: 0, executable: false }],
    },
    {
      title: "a link to a folder above that is still inside",
      archive: [{ name: "lib/a/node_modules/ws", type: "2", link: "../../ws-8/node_modules/ws" }],
      entries: [{ kind: "link", path: "lib/a/node_modules/ws", target: "../../ws-8/node_modules/ws" }],
    },
  ];
  for (const { title, archive, entries } of rows) {
    test(title, async (t) => {
      const read = await readAll(writeTar(join(temporaryFolder(t), "a.tar.gz"), archive));
      assert.deepEqual(
        read.map(({ entry }) => entry),
        entries,
      );
    });
  }

  test("the same contents whatever their lengths", async (t) => {
    const folder = temporaryFolder(t);
    const contents = fc.array(fc.string({ unit: "grapheme", maxLength: 3000 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(contents, async (texts) => {
        const archive = texts.map((data, i) => ({ name: `f${i}`, data }));
        const read = await readAll(writeTar(join(folder, "p.tar.gz"), archive));
        assert.deepEqual(
          read.map(({ content }) => content),
          texts.map((text) => Buffer.from(text).toString("utf8")),
        );
      }),
      { numRuns: 50 },
    );
  });

  test("the next entry when a visitor leaves a content unread", async (t) => {
    const archive = [{ name: "a", data: "x".repeat(2000) }, { name: "b" }];
    const paths: string[] = [];
    await readTar(writeTar(join(temporaryFolder(t), "a.tar.gz"), archive), {
      entry: ({ path }) => {
        paths.push(path);
      },
    });
    assert.deepEqual(paths, ["a", "b"]);
  });
});

describe("readTar refuses with release/bad_entry", () => {
  const rows: readonly { title: string; archive: readonly Raw[] }[] = [
    { title: "a path that goes up", archive: [{ name: "../evil" }] },
    { title: "a path that goes up in the middle", archive: [{ name: "lib/../../evil" }] },
    {
      title: "a path that goes up by a pax header",
      archive: [{ name: "x", type: "x", data: paxRecord("path", "../e") }, { name: "a" }],
    },
    {
      title: "a path that goes up by a GNU long name",
      archive: [{ name: "x", type: "L", data: "../evil\0" }, { name: "a" }],
    },
    { title: "a path that goes up by its prefix", archive: [{ prefix: "..", name: "evil" }] },
    { title: "an absolute path", archive: [{ name: "/etc/passwd" }] },
    {
      title: "a path with a NUL in a pax header",
      archive: [{ name: "x", type: "x", data: paxRecord("path", "a\0b") }, { name: "a" }],
    },
    { title: "an empty path", archive: [{ name: "" }] },
    { title: "a link to an absolute path", archive: [{ name: "a", type: "2", link: "/etc" }] },
    { title: "a link out of the folder", archive: [{ name: "lib/a", type: "2", link: "../../etc" }] },
    { title: "a link to the folder above", archive: [{ name: "a", type: "2", link: ".." }] },
    { title: "a link that goes down and up again", archive: [{ name: "a/b/c", type: "2", link: "../d/../../.." }] },
    { title: "a link to nothing", archive: [{ name: "a", type: "2", link: "" }] },
    { title: "a file behind a link", archive: [{ name: "a", type: "2", link: "b" }, { name: "a/evil" }] },
    { title: "a file deep behind a link", archive: [{ name: "a", type: "2", link: "b" }, { name: "a/b/c/evil" }] },
    {
      title: "a link in place of a folder that is in use",
      archive: [{ name: "a/b" }, { name: "a", type: "2", link: "b" }],
    },
    { title: "a file below a file", archive: [{ name: "a" }, { name: "a/b" }] },
    { title: "a file twice", archive: [{ name: "a" }, { name: "./a" }] },
    { title: "a hard link", archive: [{ name: "a", type: "1", link: "b" }] },
    { title: "a device", archive: [{ name: "a", type: "3" }] },
    { title: "a pipe", archive: [{ name: "a", type: "6" }] },
    { title: "a type nobody knows", archive: [{ name: "a", type: "Q" }] },
  ];
  for (const { title, archive } of rows) {
    test(title, async (t) => {
      const file = writeTar(join(temporaryFolder(t), "a.tar.gz"), archive);
      await assert.rejects(readAll(file), (e) => isUnderwayError(e, "release/bad_entry"));
    });
  }
});

describe("readTar refuses with release/damaged_package", () => {
  const whole = gzipSync(
    tar([
      { name: "a", data: "x".repeat(5000) },
      { name: "b", data: "y" },
    ]),
  );
  const flipped = Buffer.from(whole);
  flipped[whole.length - 6] = (flipped[whole.length - 6] as number) ^ 1;
  const rows: readonly { title: string; bytes: Buffer }[] = [
    { title: "an empty file", bytes: Buffer.alloc(0) },
    { title: "what is no gzip", bytes: Buffer.from("PK\x03\x04 something else entirely") },
    { title: "a truncated gzip", bytes: whole.subarray(0, whole.length - 20) },
    { title: "a wrong checksum of the gzip", bytes: flipped },
    { title: "an archive without its end", bytes: gzipSync(tar([{ name: "a", data: "x" }]).subarray(0, 1024)) },
    {
      title: "an archive cut in a content",
      bytes: gzipSync(tar([{ name: "a", data: "x".repeat(5000) }]).subarray(0, 1024)),
    },
    { title: "a header with a wrong checksum", bytes: gzipSync(tar([{ name: "a", checksum: 1 }])) },
    {
      title: "a pax header that cannot be read",
      bytes: gzipSync(tar([{ name: "x", type: "x", data: "99 path=a\n" }])),
    },
    {
      title: "a pax header for all entries that moves them",
      bytes: gzipSync(tar([{ name: "x", type: "g", data: paxRecord("path", "b") }])),
    },
    {
      title: "a sparse file",
      bytes: gzipSync(tar([{ name: "x", type: "x", data: paxRecord("GNU.sparse.major", "1") }])),
    },
    {
      title: "a name that is not in UTF-8",
      bytes: gzipSync(tar([{ name: "x", type: "L", data: Buffer.from([0xff, 0]) }])),
    },
  ];
  for (const { title, bytes } of rows) {
    test(title, async (t) => {
      const file = join(temporaryFolder(t), "a.tar.gz");
      writeFileSync(file, bytes);
      await assert.rejects(readAll(file), (e) => isUnderwayError(e, "release/damaged_package"));
    });
  }

  test("any one byte changed, or it reads the same", async (t) => {
    const file = join(temporaryFolder(t), "a.tar.gz");
    writeFileSync(file, whole);
    const expected = await readAll(file);
    const place = fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }));
    await fc.assert(
      fc.asyncProperty(place, async ([at, change]) => {
        const changed = Buffer.from(whole);
        changed[at] = (changed[at] as number) ^ change;
        writeFileSync(file, changed);
        const read = await readAll(file).catch((e: unknown) => e);
        if (isUnderwayError(read)) return;
        assert.deepEqual(read, expected);
      }),
      { numRuns: 100 },
    );
  });
});

test("readTar refuses a file that is not there with release/no_such_package", async (t) => {
  const file = join(temporaryFolder(t), "none.tar.gz");
  await assert.rejects(readAll(file), (e) => isUnderwayError(e, "release/no_such_package"));
});

test("readTar rejects with what the visitor throws", async (t) => {
  const file = writeTar(join(temporaryFolder(t), "a.tar.gz"), [{ name: "a" }]);
  const thrown = new Error("from the visitor");
  await assert.rejects(readTar(file, { entry: () => Promise.reject(thrown) }), (e) => e === thrown);
});
