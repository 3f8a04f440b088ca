// Reads a `.tar.gz` as a stream of entries, and refuses what has no place in a package.
//
//   block   512 bytes: name, mode, size, checksum, type, link, "ustar", prefix
//   type    0 file   5 directory   2 symbolic link
//           x pax: path, linkpath, size of the next entry   g pax for all   L, K GNU: long path, long link of the next one
//   end     two blocks of zeros
//
// Refused: an entry that would stand, or lead, outside the folder it is unpacked into (absolute, `..`, through a link, a
// link that leads out), hard links, devices and everything else; what is truncated, and what has a wrong checksum.
// Format: POSIX.1-2017, pax, "ustar Interchange Format" and "pax Extended Header".

import { createReadStream } from "node:fs";
import { posix } from "node:path";
import { createGunzip } from "node:zlib";
import { UnderwayError } from "../../error.ts";
import { isPathBelow } from "../../release/names.ts";

export type TarEntry =
  | { readonly kind: "file"; readonly path: string; readonly bytes: number; readonly executable: boolean }
  | { readonly kind: "directory"; readonly path: string }
  /** `target` is relative to the link's folder and stays in the folder that is unpacked into. */
  | { readonly kind: "link"; readonly path: string; readonly target: string };

export type TarFile = Extract<TarEntry, { kind: "file" }>;

/** Takes the entries of an archive, one after the other. */
export interface TarVisitor {
  /** `body` is the content of a file, empty for others; what is left of it is skipped when the visitor returns. */
  entry(entry: TarEntry, body: AsyncIterable<Buffer>): void | Promise<void>;
}

/** Entries of one archive. Origin: a release with 1,000 npm packages has about 50,000 files. */
const entriesMax = 500_000;
/** Bytes of a pax header or a GNU long name. */
const extensionBytesMax = 1 << 20;
const blockBytes = 512;
const chunkBytes = 1 << 18;

// API.

/**
 * Reads `file` to its end and hands each entry, checked, to `visitor`. Nothing is written.
 *
 * @throws release/no_such_package, release/damaged_package, release/bad_entry
 */
export async function readTar(file: string, visitor: TarVisitor): Promise<void> {
  const source = createReadStream(file, { highWaterMark: chunkBytes });
  const gunzip = createGunzip({ chunkSize: chunkBytes });
  source.on("error", (error) => gunzip.destroy(error));
  source.pipe(gunzip);
  try {
    await new TarReader(file, new Bytes(gunzip)).read(visitor);
  } catch (thrown) {
    throw explained(file, thrown);
  } finally {
    source.destroy();
    gunzip.destroy();
  }
}

// Internal.

/** What extension headers say about the next entry. */
interface Extension {
  path?: string;
  link?: string;
  bytes?: number;
}

interface Header {
  readonly type: string;
  readonly name: string;
  readonly link: string;
  readonly mode: number;
  readonly bytes: number;
}

class TarReader {
  readonly #file: string;
  readonly #bytes: Bytes;
  readonly #seen = new Map<string, TarEntry["kind"]>();

  constructor(file: string, bytes: Bytes) {
    this.#file = file;
    this.#bytes = bytes;
  }

  async read(visitor: TarVisitor): Promise<void> {
    let extension: Extension = {};
    for (;;) {
      const block = await this.#bytes.take(blockBytes);
      if (isZero(block)) break;
      const header = this.#header(block);
      if (isExtension(header.type)) {
        await this.#extend(extension, header);
        continue;
      }
      const bytes = header.type === "0" ? (extension.bytes ?? header.bytes) : 0;
      const entry = this.#entry(header, extension, bytes);
      extension = {};
      const body = this.#bytes.section(bytes);
      if (entry !== null) await visitor.entry(entry, body);
      await body.skip();
      await this.#bytes.take(padding(bytes));
    }
    // Gzip's own checksum stands at its end, so the rest is read too. GNU tar pads with zeros.
    await this.#bytes.drain();
  }

  /** The entry with every check passed; null for the folder itself, which some archives name. */
  #entry(header: Header, extension: Extension, bytes: number): TarEntry | null {
    const name = extension.path ?? header.name;
    const path = name.replace(/^(\.\/)+/, "").replace(/\/+$/, "");
    if (header.type === "5" && (path === "" || path === ".")) return null;
    const refuse = (problem: string): never => {
      throw new UnderwayError("release/bad_entry", { file: this.#file, entry: name, problem });
    };
    if (!isPathBelow(path)) refuse("its path would leave the target directory");
    this.#refuseConflict(path, header.type, refuse);
    if (this.#seen.size >= entriesMax) refuse(`it is one more than ${entriesMax} entries`);
    const entry = entryOf(header, path, extension.link ?? header.link, bytes);
    if (entry === null) return refuse(`it is ${nameOfType(header.type)}`);
    if (entry.kind === "link" && !staysInside(entry))
      refuse(`it links to "${entry.target}", outside the target directory`);
    this.#seen.set(path, entry.kind);
    return entry;
  }

  /** Nothing stands twice, and nothing below what is no directory: a link would lead elsewhere. */
  #refuseConflict(path: string, type: string, refuse: (problem: string) => never): void {
    const same = this.#seen.get(path);
    if (same !== undefined && !(same === "directory" && type === "5")) refuse("the archive has it twice");
    for (let up = posix.dirname(path); up !== "."; up = posix.dirname(up)) {
      const kind = this.#seen.get(up);
      if (kind === "link") refuse(`it stands behind the link "${up}"`);
      if (kind === "file") refuse(`it stands below the file "${up}"`);
      // What is below is noted as a directory, so that no later link can take its place.
      if (kind === undefined) this.#seen.set(up, "directory");
    }
  }

  #header(block: Buffer): Header {
    const wanted = octal(block, 148, 8);
    let sum = 0;
    for (let i = 0; i < blockBytes; i++) sum += i >= 148 && i < 156 ? 32 : (block[i] as number);
    const bytes = octal(block, 124, 12);
    if (sum !== wanted || bytes === null) throw this.#damaged("a header has a wrong checksum or size");
    const isUstar = block.toString("latin1", 257, 263) === "ustar\0";
    const prefix = isUstar ? this.#text(field(block, 345, 155)) : "";
    const name = this.#text(field(block, 0, 100));
    const type = block[156] === 0 ? "0" : String.fromCharCode(block[156] as number);
    return {
      type,
      name: prefix === "" ? name : `${prefix}/${name}`,
      link: this.#text(field(block, 157, 100)),
      mode: octal(block, 100, 8) ?? 0,
      bytes,
    };
  }

  async #extend(extension: Extension, header: Header): Promise<void> {
    if (header.bytes > extensionBytesMax) throw this.#damaged(`a header of ${header.bytes} bytes`);
    const content = await this.#bytes.take(header.bytes);
    await this.#bytes.take(padding(header.bytes));
    if (header.type === "L") extension.path = this.#text(field(content, 0, content.length));
    else if (header.type === "K") extension.link = this.#text(field(content, 0, content.length));
    else this.#pax(extension, content, header.type === "g");
  }

  /** Records `25 path=lib/chat-0.1.0/x\n`; the number counts the whole record. */
  #pax(extension: Extension, content: Buffer, isGlobal: boolean): void {
    for (let at = 0; at < content.length; ) {
      const blank = content.indexOf(32, at);
      const length = Number(content.toString("latin1", at, blank));
      const record = content.subarray(blank + 1, at + length - 1);
      const equals = record.indexOf(61);
      const isWhole = blank > at && Number.isInteger(length) && at + length <= content.length && equals > 0;
      if (!isWhole || content[at + length - 1] !== 10) throw this.#damaged("a pax header cannot be read");
      this.#paxRecord(extension, this.#text(record.subarray(0, equals)), record.subarray(equals + 1), isGlobal);
      at += length;
    }
  }

  #paxRecord(extension: Extension, key: string, value: Buffer, isGlobal: boolean): void {
    const matters = key === "path" || key === "linkpath" || key === "size" || key.startsWith("GNU.sparse");
    if (!matters) return;
    if (isGlobal || key.startsWith("GNU.sparse")) throw this.#damaged(`a pax header with "${key}" is not understood`);
    const text = this.#text(value);
    if (key === "path") extension.path = text;
    else if (key === "linkpath") extension.link = text;
    else if (/^\d{1,15}$/.test(text)) extension.bytes = Number(text);
    else throw this.#damaged(`a pax header says that a file has "${text}" bytes`);
  }

  #text(bytes: Buffer): string {
    try {
      return utf8.decode(bytes);
    } catch {
      throw this.#damaged("a name is not in UTF-8");
    }
  }

  #damaged(problem: string): Error {
    return new UnderwayError("release/damaged_package", { file: this.#file, problem });
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function entryOf(header: Header, path: string, target: string, bytes: number): TarEntry | null {
  if (header.type === "0") return { kind: "file", path, bytes, executable: (header.mode & 0o100) !== 0 };
  if (header.type === "5") return { kind: "directory", path };
  if (header.type === "2") return { kind: "link", path, target };
  return null;
}

/**
 * A link may go up first and then down, never down and up again: after another link, `..` would lead from where that one
 * points to. Its own folder is a real one, as nothing stands behind a link.
 */
const staysInside = ({ path, target }: { readonly path: string; readonly target: string }): boolean => {
  const down = target.replace(/^(\.\.(\/|$))+/, "");
  const to = posix.join(posix.dirname(path), target);
  return (down === "" || isPathBelow(down)) && isPathBelow(to);
};

const nameOfType = (type: string): string => {
  const names: Readonly<Record<string, string>> = {
    "1": "a hard link",
    "3": "a device",
    "4": "a device",
    "6": "a pipe",
  };
  return names[type] ?? `of the unknown type ${JSON.stringify(type)}`;
};

const isExtension = (type: string): boolean => type === "x" || type === "g" || type === "L" || type === "K";
const padding = (bytes: number): number => (blockBytes - (bytes % blockBytes)) % blockBytes;
const isZero = (block: Buffer): boolean => block.every((byte) => byte === 0);

/** The bytes of a field up to its first NUL. */
const field = (block: Buffer, at: number, length: number): Buffer => {
  const whole = block.subarray(at, at + length);
  const end = whole.indexOf(0);
  return end === -1 ? whole : whole.subarray(0, end);
};

/** Null when it is not an octal number; GNU's binary form, for files of 8 GiB and more, is none. */
const octal = (block: Buffer, at: number, length: number): number | null => {
  const text = field(block, at, length).toString("latin1").trim();
  return /^[0-7]*$/.test(text) ? Number.parseInt(text || "0", 8) : null;
};

/** Thrown when the archive ends too early. */
const ended = new Error("it is truncated");

function explained(file: string, thrown: unknown): unknown {
  if (!(thrown instanceof Error) || thrown.name === "UnderwayError") return thrown;
  const { code, message } = thrown as NodeJS.ErrnoException;
  if (code === "ENOENT") return new UnderwayError("release/no_such_package", { file }, { cause: thrown });
  // Errors of writing come from the visitor, and say more than we could.
  if (thrown !== ended && code?.startsWith("Z_") !== true && code !== "EISDIR") return thrown;
  const problem = code === "Z_BUF_ERROR" ? ended.message : message;
  return new UnderwayError("release/damaged_package", { file, problem }, { cause: thrown });
}

/** A stream of chunks as a stream of bytes. */
class Bytes {
  readonly #chunks: AsyncIterator<Buffer>;
  #chunk: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Up to `count` bytes, at least one. */
  async some(count: number): Promise<Buffer> {
    while (this.#chunk.length === 0) {
      const next = await this.#chunks.next();
      if (next.done) throw ended;
      this.#chunk = next.value;
    }
    const taken = this.#chunk.subarray(0, count);
    this.#chunk = this.#chunk.subarray(taken.length);
    return taken;
  }

  async take(count: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let left = count; left > 0; left -= parts.at(-1)?.length ?? 0) parts.push(await this.some(left));
    return Buffer.concat(parts, count);
  }

  section(count: number): Section {
    return new Section(this, count);
  }

  async drain(): Promise<void> {
    while (!(await this.#chunks.next()).done);
  }
}

/** The next `count` bytes, to be read once. */
class Section implements AsyncIterable<Buffer> {
  readonly #bytes: Bytes;
  #left: number;

  constructor(bytes: Bytes, count: number) {
    this.#bytes = bytes;
    this.#left = count;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    while (this.#left > 0) {
      const part = await this.#bytes.some(this.#left);
      this.#left -= part.length;
      yield part;
    }
  }

  async skip(): Promise<void> {
    for await (const _ of this);
  }
}
