// The files of one unpacked release, read and verified. What runs is what was built (invariant 9).

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { UnderwayError } from "../../error.ts";
import type { Json, ModuleId, Name, Vsn } from "../../release/data.ts";
import type { Manifest } from "../../release/manifest.ts";
import type { ObjectCode } from "../../release/object-code.ts";
import type { Boot } from "../../release/rel.ts";
import type { Relup } from "../../release/relup.ts";
import {
  parseJson,
  validateBoot,
  validateManifest,
  validateObjectCode,
  validateRelup,
} from "../../release/validate.ts";
import { readJson } from "./durable.ts";
import { releaseFile, type Target } from "./target.ts";

/** Configuration by application and key. OTP: sys.config. */
export type Config = { readonly [app: Name]: { readonly [key: string]: Json } };

export interface ReleaseFiles {
  readonly vsn: Vsn;
  readonly manifest: Manifest;
  readonly boot: Boot;
  readonly config: Config;
  /** Null in a release that was built without `--upgrade`. */
  readonly relup: Relup | null;
}

/** Throws `release/no_such_file`, or what is wrong with one of the files. */
export const readReleaseFiles = (target: Target, vsn: Vsn): ReleaseFiles => {
  const manifestFile = releaseFile(target, vsn, "manifest.json");
  const manifestValue = readJson(manifestFile);
  if (manifestValue === undefined) throw new UnderwayError("release/no_such_file", { vsn, file: manifestFile });
  const manifest = validateManifest(manifestValue, manifestFile);
  /** What the manifest does not name does not belong to the release. */
  const read = <T>(name: string, validate: (value: unknown, file: string) => T): T | null => {
    const expected = manifest.files[`releases/${vsn}/${name}`];
    const file = releaseFile(target, vsn, name);
    return expected === undefined ? null : validate(parseJson(verified(file, vsn, expected), file), file);
  };
  const boot = read("boot.json", validateBoot);
  if (boot === null)
    throw new UnderwayError("release/no_such_file", { vsn, file: releaseFile(target, vsn, "boot.json") });
  const config = read("config.json", (value) => value as Config) ?? {};
  return { vsn, manifest, boot, config, relup: read("relup.json", validateRelup) };
};

/** The text of a file that must have this hash. */
const verified = (file: string, vsn: Vsn, expected: string): string => {
  let content: string;
  try {
    content = readFileSync(file, "utf8");
  } catch (thrown) {
    throw new UnderwayError("release/no_such_file", { vsn, file }, { cause: thrown });
  }
  const found = hashOf(content);
  if (found !== expected) throw new UnderwayError("release/hash_mismatch", { file, expected, found });
  return content;
};

const hashOf = (content: string): string => createHash("sha256").update(content).digest("hex");

/**
 * Reads the object code of a module and verifies it against the manifest. The event loop turns meanwhile.
 *
 * Rejects with `release/no_such_file` or `release/hash_mismatch`.
 */
export const readObjectCode = async ({ root }: Target, manifest: Manifest, module: ModuleId): Promise<ObjectCode> => {
  const entry = manifest.modules[module];
  if (entry === undefined) throw new UnderwayError("release/not_in_manifest", { module, vsn: manifest.vsn });
  const file = join(root, entry.file);
  let content: string;
  try {
    content = await readFile(file, "utf8");
  } catch (thrown) {
    throw new UnderwayError("release/no_such_file", { vsn: manifest.vsn, file }, { cause: thrown });
  }
  const expected = manifest.files[entry.file];
  const found = hashOf(content);
  if (found !== expected) {
    throw new UnderwayError("release/hash_mismatch", { file, expected: expected ?? "none", found });
  }
  const object = validateObjectCode(parseJson(content, file), file);
  if (object.hash !== entry.hash) {
    throw new UnderwayError("release/hash_mismatch", { file, expected: entry.hash, found: object.hash });
  }
  return object;
};

/** `chat-0.1.0` for each application. */
export const applicationNames = (boot: Boot): readonly string[] =>
  boot.applications.map(({ app }) => `${app.name}-${app.vsn}`);

/** Environments by application: its own, overridden by the release's configuration, overridden by the command line. */
export const environmentsOf = (
  { boot, config }: ReleaseFiles,
  commandLine: Config,
): ReadonlyMap<Name, { readonly [key: string]: Json }> =>
  new Map(
    boot.applications.map(({ app }) => [app.name, { ...app.env, ...config[app.name], ...commandLine[app.name] }]),
  );
