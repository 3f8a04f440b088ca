// Finds what a relup is made of: a release file, and in a path of folders the application files and appups.
//
// OTP: systools_make's search path; option `path` of systools:make_relup/4.

import { existsSync, globSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { UnderwayError } from "../../error.ts";
import type { App } from "../../release/app.ts";
import type { Appup } from "../../release/appup.ts";
import type { ModuleId, Name } from "../../release/data.ts";
import type { Lines } from "../../release/json-lines.ts";
import type { ReleaseFacts } from "../../release/known-release.ts";
import type { Rel } from "../../release/rel.ts";
import {
  parseChecked,
  parseJson,
  validateApp,
  validateAppup,
  validateManifest,
  validateRel,
} from "../../release/validate.ts";
import { readAppupModule } from "./appups.ts";
import { readBase } from "./base-file.ts";
import { readText } from "./text-file.ts";

/** Everything that lies in the folders of a search path. */
export interface SearchPath {
  readonly folders: readonly string[];
  readonly apps: readonly App[];
  /** All appups of an application, in the order of the path. */
  readonly appups: ReadonlyMap<Name, readonly FoundAppup[]>;
}

export interface FoundAppup {
  readonly file: string;
  readonly appup: Appup;
  /** Absent for one that a base recorded. */
  readonly lines?: Lines;
}

/** A release that was read, and what came with it: a base has its application files and appups in it. */
export interface FoundRelease {
  readonly facts: ReleaseFacts;
  readonly appups: readonly (readonly [Name, FoundAppup])[];
  /** Content hashes of its modules are known: a relup with them can be installed. */
  readonly hasHashes: boolean;
}

/**
 * Reads all application files and appups in folders; the latter also as `appup.ts`, beside the application's
 * package.json.
 *
 * @param patterns folders, also with wildcards such as `lib/*`.
 * @throws relup/no_such_path; what is thrown about the content of a file
 */
export async function readPath(patterns: readonly string[]): Promise<SearchPath> {
  const folders = patterns.flatMap((pattern) => {
    const found = existsSync(pattern) ? [pattern] : globSync(pattern).sort();
    if (found.length === 0) throw new UnderwayError("relup/no_such_path", { path: pattern });
    return found;
  });
  const all = folders.flatMap((folder) =>
    readdirSync(folder)
      .sort()
      .map((name) => join(folder, name)),
  );
  const files = (ending: string) => all.filter((file) => file.endsWith(ending));
  const apps = files(".app.json").map((file) => parseChecked(readText(file), file, validateApp).value);
  const found = files(".appup.json").map((file): readonly [Name, FoundAppup] => {
    const { value, lines } = parseChecked(readText(file), file, validateAppup);
    return [basename(file, ".appup.json"), { file, appup: value, lines }];
  });
  const known = new Set(all);
  for (const folder of folders) {
    const [file, json] = [join(folder, "appup.ts"), join(folder, "package.json")];
    if (!known.has(file) || !known.has(json)) continue;
    const { name } = parseJson(readText(json), json) as { readonly name: Name };
    const appup = await readAppupModule(file, join(folder, `${name}.appup.json`), name);
    if (appup !== undefined) found.push([name, { file, appup }]);
  }
  return { folders, apps, appups: byName(found) };
}

/**
 * Reads a release: `<name>.rel.json`, or a base file, which needs no path.
 *
 * Beside a release file `manifest.json` tells the hashes of its modules, and the folders of its target directory are
 * searched too.
 *
 * @throws relup/no_such_release, config/cannot_read, relup/erlang_file; what is thrown about the content of a file
 */
export async function readRelease(file: string, path: SearchPath): Promise<FoundRelease> {
  if (!existsSync(file)) throw new UnderwayError("relup/no_such_release", { file });
  if (file.endsWith(".base.json")) {
    const { rel, apps, modules, appups } = readBase(file);
    const hashes = Object.fromEntries(Object.entries(modules).map(([module, { hash }]) => [module, hash]));
    const found = Object.entries(appups).map(([name, appup]) => [name, { file, appup }] as const);
    return { facts: { rel, apps, hashes }, appups: found, hasHashes: true };
  }
  if (file.endsWith(".rel")) throw new UnderwayError("relup/erlang_file", { file });
  const rel = parseChecked(readText(file), file, validateRel).value;
  const own = targetFolders(file, rel);
  const target = own.length === 0 ? undefined : await readPath(own);
  const hashes = hashesBeside(file);
  const appups = [...(target?.appups ?? [])].flatMap(([name, list]) => list.map((one) => [name, one] as const));
  return {
    facts: { rel, apps: [...path.apps, ...(target?.apps ?? [])], hashes: hashes ?? {} },
    appups,
    hasHashes: hashes !== undefined,
  };
}

/** Groups by the name in front. */
export const byName = <T>(list: readonly (readonly [Name, T])[]): ReadonlyMap<Name, readonly T[]> =>
  new Map([...Map.groupBy(list, ([name]) => name)].map(([name, pairs]) => [name, pairs.map(([, one]) => one)]));

// Internal.

/** The application folders of the target directory that a release file stands in, if it does. */
function targetFolders(file: string, rel: Rel): readonly string[] {
  const root = join(dirname(file), "../..");
  return rel.applications
    .map(({ name, vsn }) => join(root, "lib", `${name}-${vsn}`))
    .filter((folder) => existsSync(folder));
}

function hashesBeside(file: string): Readonly<Record<ModuleId, string>> | undefined {
  const manifest = join(dirname(file), "manifest.json");
  if (!existsSync(manifest)) return undefined;
  const { modules } = parseChecked(readText(manifest), manifest, validateManifest).value;
  return Object.fromEntries(Object.entries(modules).map(([module, { hash }]) => [module, hash]));
}
