// The npm packages that a release ships: those that its modules import, found as Node finds them, and all that they need.
//
//   lib/ws-8.23.0-1a2b3c4d/node_modules/ws/...               the package's own files
//   lib/a__b-1.0.0-5e6f7a8b/node_modules/@a/b/...            a scoped one
//   lib/a__b-1.0.0-5e6f7a8b/node_modules/ws -> ../../ws-8.23.0-1a2b3c4d/node_modules/ws
//   lib/chat-0.1.0/node_modules/ws -> ../../ws-8.23.0-1a2b3c4d/node_modules/ws
//
// The hash in a folder's name covers the package's files and those of everything that it needs, transitively. A package
// that is unchanged so keeps its folder, and the running node its loaded instance; one whose dependency changed is new too.

import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join } from "node:path";
import { UnderwayError } from "../../error.ts";
import { MANDATORY_APPLICATION as underwayName } from "../../release/check-release.ts";
import type { Name, Vsn } from "../../release/data.ts";
import { sha256 } from "./tree.ts";

export interface NpmPackage {
  readonly name: Name;
  readonly vsn: Vsn;
  /** Folder below the target directory: `lib/ws-8.23.0-1a2b3c4d`. */
  readonly folder: string;
  /** The package itself below the target directory: `lib/ws-8.23.0-1a2b3c4d/node_modules/ws`. */
  readonly home: string;
  /** Absolute path of the installed package. */
  readonly source: string;
  readonly files: readonly PackageFile[];
  /** What it needs, by the name under which it imports it. */
  readonly dependencies: ReadonlyMap<Name, NpmPackage>;
  /** It contains machine code. */
  readonly native: boolean;
}

export interface PackageFile {
  /** Path in the package, with `/`. */
  readonly path: string;
  readonly hash: string;
  readonly executable: boolean;
}

/** An application, and what its modules import from outside the release. */
export interface Importer {
  readonly application: Name;
  /** Absolute path. */
  readonly folder: string;
  readonly specifiers: Iterable<string>;
}

export interface NpmPackages {
  /** Every package of the release, sorted by folder. */
  readonly packages: readonly NpmPackage[];
  /** For each application, the packages that it imports, by the name under which it does. */
  readonly imports: ReadonlyMap<Name, ReadonlyMap<Name, NpmPackage>>;
}

// API.

/**
 * Finds the packages that `importers` need.
 *
 * Limit: a package that is linked from another folder of the machine is shipped with everything in that folder.
 * @throws assemble/package_not_installed
 */
export function npmPackages(importers: readonly Importer[]): NpmPackages {
  const installed = new Map<string, Installed>();
  const roots = importers.map((importer) => ({ importer, found: rootsOf(importer, installed) }));
  const finished = finish([...installed.values()]);
  const imports = new Map<Name, ReadonlyMap<Name, NpmPackage>>();
  for (const { importer, found } of roots) {
    const entries = [...found].sort(byKey).map(([name, each]) => [name, required(finished, each)] as const);
    imports.set(importer.application, new Map(entries));
  }
  // Two installed copies of the same package with the same dependencies are one folder.
  const byFolder = new Map([...finished.values()].map((each) => [each.folder, each]));
  return { packages: [...byFolder].sort(byKey).map(([, each]) => each), imports };
}

/** The package that a specifier names: `ws`, `@a/b/c` -> `@a/b`. Undefined for Node's own modules and for Underway. */
export function packageNameOf(specifier: string): Name | undefined {
  if (isBuiltin(specifier) || specifier.startsWith("node:")) return undefined;
  const parts = specifier.split("/");
  const name = specifier.startsWith("@") ? parts.slice(0, 2).join("/") : (parts[0] ?? specifier);
  return name === underwayName ? undefined : name;
}

// Internal.

/** A package as it was found on this machine, before its folder's name is known. */
interface Installed {
  readonly name: Name;
  readonly vsn: Vsn;
  readonly source: string;
  readonly files: readonly PackageFile[];
  /** Hash of name, version and files. */
  readonly ownHash: string;
  readonly dependencies: Map<Name, Installed>;
}

interface PackageJson {
  readonly name?: string;
  readonly version?: string;
  readonly dependencies?: { readonly [name: string]: string };
  readonly optionalDependencies?: { readonly [name: string]: string };
  readonly peerDependencies?: { readonly [name: string]: string };
  readonly peerDependenciesMeta?: { readonly [name: string]: { readonly optional?: boolean } };
}

function rootsOf(importer: Importer, installed: Map<string, Installed>): Map<Name, Installed> {
  const found = new Map<Name, Installed>();
  for (const specifier of importer.specifiers) {
    const name = packageNameOf(specifier);
    if (name === undefined || found.has(name)) continue;
    const source = locate(importer.folder, name);
    if (source === undefined) {
      throw new UnderwayError("assemble/package_not_installed", { package: name, importer: importer.application });
    }
    found.set(name, visit(source, installed));
  }
  return found;
}

/** The folder of a package as Node finds it: `node_modules` of this folder, else of the next one above. */
function locate(from: string, name: Name): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", name);
    if (existsSync(join(candidate, "package.json"))) return realpathSync(candidate);
    if (folder === dirname(folder)) return undefined;
  }
}

function visit(source: string, installed: Map<string, Installed>): Installed {
  const known = installed.get(source);
  if (known) return known;
  const json = JSON.parse(readFileSync(join(source, "package.json"), "utf8")) as PackageJson;
  const name = json.name ?? source.split("/node_modules/").at(-1) ?? source;
  const vsn = json.version ?? "0.0.0";
  const files = filesOf(source);
  const own = files.map((each) => `${each.path}\0${each.executable ? "x" : "-"}\0${each.hash}`);
  const ownHash = sha256([name, vsn, ...own].join("\n"));
  const dependencies = new Map<Name, Installed>();
  const result: Installed = { name, vsn, source, files, ownHash, dependencies };
  // Noted before its dependencies are visited: packages may need one another in a circle.
  installed.set(source, result);
  for (const { dependency, mayBeAbsent } of needsOf(json)) {
    const at = locate(source, dependency);
    if (at !== undefined) dependencies.set(dependency, visit(at, installed));
    else if (!mayBeAbsent) {
      throw new UnderwayError("assemble/package_not_installed", { package: dependency, importer: `${name} ${vsn}` });
    }
  }
  return result;
}

/** Peers are what the package imports from its user, so they are linked where installed; npm itself asks for the others. */
function needsOf(json: PackageJson): { dependency: Name; mayBeAbsent: boolean }[] {
  const optional = Object.keys({ ...json.optionalDependencies, ...json.peerDependencies });
  const needed = Object.keys(json.dependencies ?? {}).filter((each) => !(each in (json.optionalDependencies ?? {})));
  return [
    ...needed.map((dependency) => ({ dependency, mayBeAbsent: false })),
    ...optional.filter((each) => !needed.includes(each)).map((dependency) => ({ dependency, mayBeAbsent: true })),
  ]
    .filter(({ dependency }) => dependency !== underwayName)
    .sort((a, b) => compare(a.dependency, b.dependency));
}

/** Every file of a package but those of the packages installed inside it, which are packages of their own. */
function filesOf(source: string): PackageFile[] {
  const files: PackageFile[] = [];
  const walk = (below: string): void => {
    for (const entry of readdirSync(join(source, below), { withFileTypes: true })) {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (path === "node_modules" || path === ".git") continue;
      const absolute = join(source, path);
      const stat = statSync(absolute, { throwIfNoEntry: false });
      if (stat?.isDirectory()) walk(path);
      else if (stat?.isFile()) {
        files.push({ path, hash: sha256(readFileSync(absolute)), executable: (stat.mode & 0o111) !== 0 });
      }
    }
  };
  walk("");
  return files.sort((a, b) => compare(a.path, b.path));
}

/** Names the folders, which needs every dependency to be known, and links packages by them. */
function finish(installed: readonly Installed[]): Map<Installed, NpmPackage> {
  const finished = new Map<Installed, NpmPackage & { dependencies: Map<Name, NpmPackage> }>();
  for (const each of installed) {
    const folder = `lib/${each.name.replace("@", "").replace("/", "__")}-${each.vsn}-${closureHash(each).slice(0, 8)}`;
    finished.set(each, {
      name: each.name,
      vsn: each.vsn,
      folder,
      home: `${folder}/node_modules/${each.name}`,
      source: each.source,
      files: each.files,
      dependencies: new Map(),
      native: each.files.some((file) => file.path.endsWith(".node")),
    });
  }
  for (const [each, result] of finished) {
    for (const [name, dependency] of each.dependencies) result.dependencies.set(name, required(finished, dependency));
  }
  return finished;
}

/**
 * Covers the package, all that it needs, and who imports whom under which name.
 *
 * The whole graph below `root` is written down at once, not recursively, since packages may need one another in a circle:
 * packages are numbered as a walk in the order of names meets them, which is the same on every machine.
 */
function closureHash(root: Installed): string {
  const numbers = new Map<Installed, number>([[root, 0]]);
  const lines: string[] = [];
  for (const [each] of numbers) {
    const edges = [...each.dependencies].map(([name, dependency]) => {
      const number = numbers.get(dependency) ?? numbers.size;
      numbers.set(dependency, number);
      return `${name}=${number}`;
    });
    lines.push(`${each.ownHash} ${edges.join(" ")}`);
  }
  return sha256(lines.join("\n"));
}

function required<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  const value = map.get(key);
  if (value === undefined) throw new Error("a package that was visited has no folder");
  return value;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => compare(a, b);
