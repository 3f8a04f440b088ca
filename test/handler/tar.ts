// Writes archives for tests, broken ones too. What a builder would never make is made here by hand.

import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** A header and what follows it. Type 0 when absent. */
export interface Raw {
  readonly name: string;
  readonly type?: string;
  readonly data?: string | Buffer;
  readonly link?: string;
  readonly mode?: number;
  readonly prefix?: string;
  /** Written instead of the right checksum. */
  readonly checksum?: number;
}

/** The blocks of an archive, with its end. */
export const tar = (entries: readonly Raw[]): Buffer =>
  Buffer.concat([...entries.map(entryBlocks), Buffer.alloc(1024)]);

export const writeTar = (file: string, entries: readonly Raw[]): string => {
  writeFileSync(file, gzipSync(tar(entries), { level: 1 }));
  return file;
};

/** One record of a pax header, with its own length in front. */
export const paxRecord = (key: string, value: string): string => {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + 1;
  while (String(length).length + rest !== length) length = String(length).length + rest;
  return `${length} ${key}=${value}\n`;
};

export const sha256 = (data: string | Buffer): string => createHash("sha256").update(data).digest("hex");

/** Everything in a folder, by path: content of files, `-> target` of links. To prove that nothing has changed. */
export const contentOf = (folder: string, below = ""): Record<string, string> =>
  Object.fromEntries(
    readdirSync(join(folder, below), { withFileTypes: true })
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((each): (readonly [string, string])[] => {
        const path = below === "" ? each.name : `${below}/${each.name}`;
        if (each.isSymbolicLink()) return [[path, `-> ${readlinkSync(join(folder, path))}`]];
        if (each.isSocket()) return [[path, "socket"]];
        if (each.isDirectory()) return Object.entries(contentOf(folder, path));
        const mode = (statSync(join(folder, path)).mode & 0o777).toString(8);
        return [[path, `${mode} ${readFileSync(join(folder, path), "utf8")}`]];
      }),
  );

/** A folder that is removed when the test ends. */
export const temporaryFolder = (t: { after(fn: () => void): void }): string => {
  const folder = mkdtempSync(join(tmpdir(), "underway-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

function entryBlocks({ name, type = "0", data = "", link = "", mode = 0o644, prefix = "", checksum }: Raw): Buffer {
  const content = Buffer.from(data);
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write(mode.toString(8).padStart(7, "0"), 100);
  header.write(content.length.toString(8).padStart(11, "0"), 124);
  header.write("00000000000", 136);
  header.write("        ", 148);
  header.write(type, 156);
  header.write(link, 157, 100);
  header.write("ustar\x0000", 257);
  header.write(prefix, 345, 155);
  const sum = checksum ?? header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}
