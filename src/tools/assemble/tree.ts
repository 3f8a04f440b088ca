// The content of a target directory as a value: what a release consists of, before anything is written.
//
// The directory and the package are both made of it, so they cannot differ.

import { createHash } from "node:crypto";
import {
  chmodSync,
  constants,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, posix } from "node:path";

export type Entry = FileEntry | LinkEntry;

export interface FileEntry {
  readonly kind: "file";
  /** From the target directory, with `/`. */
  readonly path: string;
  readonly content: Content;
  readonly executable: boolean;
  readonly bytes: number;
  /** SHA-256, hexadecimal. */
  readonly hash: string;
}

/** A text or bytes in memory, or a file of this machine. */
export type Content = { readonly data: string | Uint8Array } | { readonly file: string };

export interface LinkEntry {
  readonly kind: "link";
  readonly path: string;
  /** From the link's folder: `../../ws-8.23.0-1a2b3c4d/node_modules/ws`. */
  readonly target: string;
}

/** Entries by path. */
export class Tree {
  readonly #entries = new Map<string, Entry>();

  /** Every entry, sorted by path. */
  entries(): Entry[] {
    return [...this.#entries.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** The entries below `folder`, by their path in it. */
  below(folder: string): Map<string, Entry> {
    const prefix = `${folder}/`;
    const found = this.entries().filter((each) => each.path.startsWith(prefix));
    return new Map(found.map((each) => [each.path.slice(prefix.length), each]));
  }

  addText(path: string, text: string, options: { readonly executable?: boolean } = {}): void {
    const data = Buffer.from(text, "utf8");
    const hash = sha256(data);
    this.#add({
      kind: "file",
      path,
      content: { data },
      executable: options.executable ?? false,
      bytes: data.length,
      hash,
    });
  }

  addJson(path: string, value: unknown): void {
    this.addText(path, formatJson(value));
  }

  /** A file of this machine. Its hash is computed unless it is known. */
  addFile(path: string, file: string, options: { readonly executable?: boolean; readonly hash?: string } = {}): void {
    const stat = statSync(file);
    const executable = options.executable ?? (stat.mode & 0o111) !== 0;
    const hash = options.hash ?? sha256(readFileSync(file));
    this.#add({ kind: "file", path, content: { file }, executable, bytes: stat.size, hash });
  }

  /** Every file below `folder` for which `wanted` is true. */
  addFolder(path: string, folder: string, wanted: (path: string) => boolean = () => true): void {
    for (const file of filesBelow(folder)) if (wanted(file)) this.addFile(`${path}/${file}`, join(folder, file));
  }

  /** A link at `path` to `to`, both from the target directory. */
  addLink(path: string, to: string): void {
    this.#add({ kind: "link", path, target: posix.relative(posix.dirname(path), to) });
  }

  #add(entry: Entry): void {
    if (this.#entries.has(entry.path)) throw new Error(`${entry.path} is in the release twice`);
    this.#entries.set(entry.path, entry);
  }
}

/** Paths of every file below `folder`, with `/`, sorted; links are followed. Empty if there is no such folder. */
export function filesBelow(folder: string, below = ""): string[] {
  const at = join(folder, below);
  if (!statSync(at, { throwIfNoEntry: false })?.isDirectory()) return [];
  const paths = readdirSync(at).flatMap((name) => {
    const path = below === "" ? name : `${below}/${name}`;
    const stat = statSync(join(folder, path), { throwIfNoEntry: false });
    return stat?.isDirectory() ? filesBelow(folder, path) : stat?.isFile() ? [path] : [];
  });
  return paths.sort();
}

/** Writes a tree into `folder`, which is made. */
export function writeTree(tree: Tree, folder: string): void {
  const made = new Set<string>();
  for (const entry of tree.entries()) {
    const path = join(folder, entry.path);
    const parent = dirname(path);
    if (!made.has(parent)) mkdirSync(parent, { recursive: true });
    made.add(parent);
    if (entry.kind === "link") symlinkSync(entry.target, path);
    else writeFile(entry, path);
  }
}

function writeFile(entry: FileEntry, path: string): void {
  const mode = entry.executable ? 0o755 : 0o644;
  if ("data" in entry.content) {
    writeFileSync(path, entry.content.data, { mode });
    return;
  }
  // Where the file system can, this copies nothing but a reference: the runtime has 120 MB.
  copyFileSync(entry.content.file, path, constants.COPYFILE_FICLONE);
  chmodSync(path, mode);
}

/** JSON as it stands in the files of a release. */
export const formatJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

export const sha256 = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");
