// Unpacks a release into a target directory: whole and proven, or not at all. OTP: release_handler:unpack_release/1.
//
//   chat-0.2.0.tar.gz      read twice: first its entries and its manifest are checked, nothing is written;
//     │                    then its files are written aside, and their hashes compared with the manifest
//     ▼
//   .aside-<pid>-…/    lib/chat-0.2.0/…   releases/0.2.0/…        all forced to disk, then each *unit* renamed:
//     ▼
//   lib/chat-0.2.0/   lib/ws-8.23.0-1a2b3c4d/   runtime-24.21.0/      and last, so that an interrupted unpack
//   releases/0.2.0/                                                   leaves no release, only folders that wait for one
//
// A unit that stands there already is kept, and must have what the manifest says: what is unpacked is never changed.
// What the manifest names and the package leaves out (an unchanged runtime) must stand there too.

import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, lstat, mkdir, open, readdir, readlink, rename, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UnderwayError } from "../../error.ts";
import type { Name, Vsn } from "../../release/data.ts";
import type { Manifest } from "../../release/manifest.ts";
import { parseJson, validateManifest } from "../../release/validate.ts";
import { readJson } from "./durable.ts";
import type { Start } from "./target.ts";
import type { TarEntry, TarFile } from "./untar.ts";
import { readTar } from "./untar.ts";

/** A package, as far as it can be judged without unpacking it. */
export interface Package {
  readonly file: string;
  readonly manifest: Manifest;
  /** Path of the manifest: `releases/0.2.0/manifest.json`. */
  readonly manifestPath: string;
  readonly manifestHash: string;
  /** The release's own entries: those of the target directory (`bin/`, `releases/start.json`) are left out. */
  readonly entries: readonly TarEntry[];
}

/** What the package must be, besides whole. */
export interface UnpackOptions {
  /** Name of the release. Default: what `releases/start.json` says, if it is there. */
  readonly name?: Name;
  /** Versions that are known already: one of them is refused before anything is written. Default: none. */
  readonly known?: readonly Vsn[];
}

/** The manifest is held in memory. Origin: 50,000 files of 150 bytes each are 7.5 MB. */
const manifestBytesMax = 64 << 20;

// API.

/**
 * Reads a package: what release it holds, and whether all that it holds belongs to that release.
 *
 * @throws release/no_such_package, release/damaged_package, release/bad_entry, release/bad_file
 */
export async function readPackage(file: string): Promise<Package> {
  const entries: TarEntry[] = [];
  const manifests = new Map<string, Buffer>();
  await readTar(file, {
    async entry(entry, body) {
      if (!isOfTarget(entry.path)) entries.push(entry);
      if (entry.kind === "file" && manifestPath.test(entry.path))
        manifests.set(entry.path, await manifestIn(file, entry, body));
    },
  });
  const [found, second] = manifests;
  if (found === undefined) throw damaged(file, "it has no releases/<vsn>/manifest.json");
  if (second !== undefined) throw damaged(file, `it has two manifests, ${found[0]} and ${second[0]}`);
  const [path, text] = found;
  const manifest = validateManifest(parseJson(text.toString("utf8"), `${file}: ${path}`), `${file}: ${path}`);
  if (path !== manifestOf(manifest.vsn)) throw damaged(file, `${path} is the manifest of ${manifest.vsn}`);
  const runtime = manifest.runtime.folder;
  // Else a package could call `var` its runtime.
  if (!/^runtime-[^/]+$/.test(runtime)) throw damaged(file, `its runtime stands in "${runtime}"`);
  for (const entry of entries) refuseStranger(file, manifest, entry);
  return { file, manifest, manifestPath: path, manifestHash: sha256(text), entries };
}

/**
 * Unpacks a package into the target directory `root` and returns its manifest. Afterwards every file that the manifest
 * names stands there with its hash; when it rejects, the target directory is as it was. It may be repeated.
 *
 * @throws what readPackage throws; release/other_release when it belongs to another target directory;
 *   release/existing_release when it is known; release/other_build when another build of its version is;
 *   release/incomplete_package when it needs files that are not there; release/conflicting_file when it would change one;
 *   release/cannot_write when the target directory cannot be written
 */
export async function unpackPackage(file: string, root: string, options: UnpackOptions = {}): Promise<Manifest> {
  const found = await readPackage(file);
  const { name, vsn } = found.manifest;
  const expected = options.name ?? (readJson(join(root, "releases", "start.json")) as Partial<Start> | undefined)?.name;
  if (expected !== undefined && expected !== name)
    throw new UnderwayError("release/other_release", { file, name, expected });
  if (options.known?.includes(vsn)) {
    const isSame = (await differs(root, found.manifestPath, found.manifestHash)) === null;
    throw new UnderwayError(isSame ? "release/existing_release" : "release/other_build", { vsn, file });
  }
  const kept = await keptUnits(found, root);
  refuseIncomplete(found, kept);
  await checkUnits(found, root, kept);
  const asideName = nextAsideName();
  const aside = join(root, asideName);
  active.add(asideName);
  try {
    await removeLeftovers(root);
    await mkdir(aside);
    const folders = await writeAside(found, aside, kept);
    for (const folder of folders) await sync(folder);
    await moveIn(found, root, aside);
  } catch (thrown) {
    throw explained(root, thrown);
  } finally {
    await rm(aside, { recursive: true, force: true }).catch(() => {});
    active.delete(asideName);
  }
  return found.manifest;
}

// Internal. In the order of use.

const manifestPath = /^releases\/[^/]+\/manifest\.json$/;
const manifestOf = (vsn: Vsn): string => `releases/${vsn}/manifest.json`;
const asidePrefix = ".aside-";
let lastAside = 0;
const nextAsideName = (): string => `${asidePrefix}${process.pid}-${++lastAside}`;

/** A folder beside the others, for what is on its way in or out; one that a killed process left is cleared away later. */
export const asideFolder = (root: string): string => join(root, nextAsideName());
/** Names of those that are being filled. */
const active = new Set<string>();

/** The target directory's own, written when it was first made: a release that comes later leaves them as they are. */
const isOfTarget = (path: string): boolean =>
  path === "bin" || path.startsWith("bin/") || path === "releases/start.json";

async function manifestIn(file: string, entry: TarFile, body: AsyncIterable<Buffer>): Promise<Buffer> {
  if (entry.bytes > manifestBytesMax) throw damaged(file, `${entry.path} has ${entry.bytes} bytes`);
  const parts: Buffer[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts);
}

/** A unit is moved into place as a whole: `lib/<x>`, `releases/<vsn>`, `runtime-<vsn>`. Null for what belongs nowhere. */
function unitOf(path: string, { vsn, runtime }: Manifest): string | null {
  const [first, second, third] = path.split("/");
  if (first === runtime.folder) return runtime.folder;
  if (third === undefined) return null;
  if (first === "lib" || (first === "releases" && second === vsn)) return `${first}/${second}`;
  return null;
}

function refuseStranger(file: string, manifest: Manifest, entry: TarEntry): void {
  const { path } = entry;
  // A directory by itself changes nothing, so a parent of units, or an empty one, needs no entry in the manifest.
  if (entry.kind === "directory") return;
  const unit = unitOf(path, manifest);
  const isListed = entry.kind === "link" || Object.hasOwn(manifest.files, path) || path === manifestOf(manifest.vsn);
  if (unit === null || !isListed || (entry.kind === "link" && !path.startsWith("lib/"))) {
    throw new UnderwayError("release/bad_entry", { file, entry: path, problem: "its manifest does not name it" });
  }
}

const unitsOf = ({ manifest, entries, manifestPath }: Package): ReadonlySet<string> => {
  const paths = [
    ...Object.keys(manifest.files),
    manifestPath,
    ...entries.filter(isNoDirectory).map(({ path }) => path),
  ];
  return new Set(paths.map((path) => unitOf(path, manifest)).filter((unit) => unit !== null));
};

const isNoDirectory = (entry: TarEntry): boolean => entry.kind !== "directory";

async function keptUnits(found: Package, root: string): Promise<ReadonlySet<string>> {
  const kept = new Set<string>();
  for (const unit of unitsOf(found)) {
    const there = await kindAt(join(root, unit));
    if (there === "directory") kept.add(unit);
    else if (there !== "nothing") throw conflict(found, unit, `it is ${there}, where a directory should be`);
  }
  return kept;
}

/** What the package leaves out must stand in a unit that is there. */
function refuseIncomplete(found: Package, kept: ReadonlySet<string>): void {
  const packed = new Set(found.entries.map(({ path }) => path));
  const absent = Object.keys(found.manifest.files).filter((path) => {
    return !packed.has(path) && !kept.has(unitOf(path, found.manifest) ?? "");
  });
  if (absent.length > 0) throw incomplete(found, absent);
}

/** Of a unit that is there every file must be the manifest's, and every link the package's. */
async function checkUnits(found: Package, root: string, units: ReadonlySet<string>): Promise<void> {
  const { manifest, manifestPath, manifestHash, entries } = found;
  const isIn = (path: string): boolean => units.has(unitOf(path, manifest) ?? "");
  for (const [path, hash] of [...Object.entries(manifest.files), [manifestPath, manifestHash] as const]) {
    if (!isIn(path)) continue;
    const problem = await differs(root, path, hash);
    if (problem !== null) throw conflict(found, path, problem);
  }
  for (const entry of entries) {
    if (entry.kind !== "link" || !isIn(entry.path)) continue;
    const target = await readlink(join(root, entry.path)).catch(() => null);
    if (target !== entry.target) throw conflict(found, entry.path, "it is another link");
  }
}

/** What is wrong with a file that should be there. */
async function differs(root: string, path: string, hash: string): Promise<string | null> {
  // A link on the way would show a file that stands elsewhere.
  for (let up = path; up !== "."; up = dirname(up)) {
    const kind = await kindAt(join(root, up));
    if (kind === "nothing") return "it is missing";
    if (kind !== (up === path ? "file" : "directory")) return `"${up}" is ${kind}`;
  }
  const there = createHash("sha256");
  for await (const chunk of createReadStream(join(root, path), { highWaterMark: 1 << 18 }))
    there.update(chunk as Buffer);
  return there.digest("hex") === hash ? null : "it has another content";
}

type Kind = "nothing" | "file" | "directory" | "a link" | "a special file";

async function kindAt(path: string): Promise<Kind> {
  const stat = await lstat(path).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === "ENOENT" || thrown.code === "ENOTDIR") return null;
    throw thrown;
  });
  if (stat === null) return "nothing";
  if (stat.isFile()) return "file";
  if (stat.isDirectory()) return "directory";
  return stat.isSymbolicLink() ? "a link" : "a special file";
}

/** Writes the units that are not there yet, and returns every folder that was made, children first. */
async function writeAside(found: Package, aside: string, kept: ReadonlySet<string>): Promise<readonly string[]> {
  const { file, manifest } = found;
  const made = new Set<string>([aside]);
  const written = new Set<string>();
  const folderFor = async (path: string): Promise<string> => {
    const at = join(aside, path);
    for (let up = dirname(at); !made.has(up); up = dirname(up)) made.add(up);
    await mkdir(dirname(at), { recursive: true });
    return at;
  };
  await readTar(file, {
    async entry(entry, body) {
      if (isOfTarget(entry.path) || entry.kind === "directory") return;
      // The file may have been exchanged since it was read first.
      refuseStranger(file, manifest, entry);
      const unit = unitOf(entry.path, manifest) ?? "";
      written.add(entry.path);
      if (entry.kind === "link") {
        if (!kept.has(unit)) await symlink(entry.target, await folderFor(entry.path));
        return;
      }
      const hash = createHash("sha256");
      if (kept.has(unit)) await consume(body, hash);
      else await writeFile(await folderFor(entry.path), entry, body, hash);
      const expected = manifest.files[entry.path];
      if (expected !== undefined && hash.digest("hex") !== expected) {
        throw damaged(file, `${entry.path} has another content than its manifest says`);
      }
    },
  });
  const lost = found.entries.find((entry) => isNoDirectory(entry) && !written.has(entry.path));
  if (lost !== undefined) throw damaged(file, `${lost.path} was in it a moment ago, and is not any more`);
  return [...made].sort((a, b) => b.length - a.length);
}

async function consume(body: AsyncIterable<Buffer>, hash: Hash): Promise<void> {
  for await (const part of body) hash.update(part);
}

async function writeFile(path: string, entry: TarFile, body: AsyncIterable<Buffer>, hash: Hash): Promise<void> {
  const handle: FileHandle = await open(path, "wx", entry.executable ? 0o755 : 0o644);
  try {
    for await (const part of body) {
      hash.update(part);
      await handle.writeFile(part);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Moves the units into place, the release's own folder last; if that fails, back again. */
async function moveIn(found: Package, root: string, aside: string): Promise<void> {
  const last = dirname(found.manifestPath);
  const units = [...unitsOf(found)].filter((unit) => unit !== last);
  const moved: string[] = [];
  try {
    for (const unit of [...units, last]) {
      if ((await kindAt(join(aside, unit))) !== "directory") continue;
      await mkdir(dirname(join(root, unit)), { recursive: true });
      if (await moveUnit(found, root, aside, unit)) moved.push(unit);
      await sync(dirname(join(root, unit)));
    }
    await sync(root);
  } catch (thrown) {
    for (const unit of moved.reverse()) await rename(join(root, unit), join(aside, unit)).catch(() => {});
    throw thrown;
  }
}

/** False when somebody else has moved the same unit in meanwhile: it is kept. */
async function moveUnit(found: Package, root: string, aside: string, unit: string): Promise<boolean> {
  try {
    await rename(join(aside, unit), join(root, unit));
    return true;
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code !== "ENOTEMPTY" && code !== "EEXIST") throw thrown;
    await checkUnits(found, root, new Set([unit]));
    return false;
  }
}

/**
 * Removes what unpacks left that were interrupted.
 *
 * Limit: nodes in containers that share a target directory do not see each other's processes. The one whose folder is
 * removed so is told that it cannot write, and may try again.
 */
async function removeLeftovers(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    if (!name.startsWith(asidePrefix) || active.has(name)) continue;
    const owner = Number.parseInt(name.slice(asidePrefix.length), 10);
    // A process that was started anew may have the number that it had before.
    if (owner === process.pid || !isRunning(owner)) await rm(join(root, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** What the file system says, as an error of ours. */
function explained(root: string, thrown: unknown): unknown {
  if (!(thrown instanceof Error) || thrown.name === "UnderwayError" || !("syscall" in thrown)) return thrown;
  return new UnderwayError("release/cannot_write", { file: root, reason: thrown.message }, { cause: thrown });
}

/** A name is on disk only when its folder is. */
async function sync(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const sha256 = (data: Buffer): string => createHash("sha256").update(data).digest("hex");
const damaged = (file: string, problem: string) => new UnderwayError("release/damaged_package", { file, problem });
const conflict = ({ file, manifest }: Package, path: string, problem: string) =>
  new UnderwayError("release/conflicting_file", { file, vsn: manifest.vsn, path, problem });
const incomplete = ({ file, manifest }: Package, paths: readonly string[]) =>
  new UnderwayError("release/incomplete_package", { file, vsn: manifest.vsn, paths });
