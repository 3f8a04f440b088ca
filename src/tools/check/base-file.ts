// Reads and finds `<release>-<vsn>.base.json`: what a later build knows of an earlier release.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UnderwayError } from "../../error.ts";
import type { Base, BaseModule } from "../../release/base.ts";
import type { Name, Vsn } from "../../release/data.ts";
import { flag, json, list, map, natural, oneOf, record, text } from "../../release/shape.ts";
import { parseJson, validateApp, validateRel } from "../../release/validate.ts";

/** A base, and the file that it was read from. */
export interface FoundBase {
  readonly file: string;
  readonly base: Base;
}

/** Where bases come from. */
export interface BaseQuery {
  readonly release: Name;
  /** Version of the release that is being built: never a base of itself. */
  readonly vsn: Vsn;
  /** Releases to come from, looked up in `folder`. When neither these nor `files` are given: all that lie in `folder`. */
  readonly from: readonly Vsn[];
  /** Base files by path. */
  readonly files: readonly string[];
  /** The folder of built releases. */
  readonly folder: string;
}

/**
 * Finds and reads the bases of an upgrade, sorted by version.
 *
 * @throws assemble/missing_base, assemble/other_release, assemble/same_release_vsn; release/* for a damaged file
 */
export function findBases(query: BaseQuery): FoundBase[] {
  const { release, vsn, from, folder } = query;
  const named = from.map((each) => join(folder, `${release}-${each}.base.json`));
  const wanted = from.length + query.files.length > 0 ? [...named, ...query.files] : allIn(query);
  if (wanted.length === 0) {
    const own = join(folder, `${release}-${vsn}.base.json`);
    if (existsSync(own)) throw new UnderwayError("assemble/same_release_vsn", { release, vsn, file: own, only: true });
    throw new UnderwayError("assemble/missing_base", { release, file: `${release}-*.base.json`, folder });
  }
  const found = new Map<Vsn, FoundBase>();
  for (const file of wanted) {
    if (!existsSync(file)) throw new UnderwayError("assemble/missing_base", { release, file, folder });
    const base = readBase(file);
    if (base.rel.name !== release)
      throw new UnderwayError("assemble/other_release", { file, release, found: base.rel.name });
    if (base.rel.vsn === vsn) throw new UnderwayError("assemble/same_release_vsn", { release, vsn, file, only: false });
    found.set(base.rel.vsn, { file, base });
  }
  return [...found.values()].sort((a, b) => (a.base.rel.vsn < b.base.rel.vsn ? -1 : 1));
}

// Internal.

function allIn({ release, vsn, folder }: BaseQuery): string[] {
  if (!existsSync(folder)) return [];
  const own = `${release}-${vsn}.base.json`;
  return readdirSync(folder)
    .filter((name) => name.startsWith(`${release}-`) && name.endsWith(".base.json") && name !== own)
    .filter((name) => isOf(join(folder, name), release))
    .sort()
    .map((name) => join(folder, name));
}

/** `chat-admin-0.1.0.base.json` begins like a base of `chat`, and is one of `chat-admin`. */
const isOf = (file: string, release: Name): boolean => readBase(file).rel.name === release;

/** Reads a base file. @throws release/not_json, release/bad_file, release/newer_format */
export function readBase(file: string): Base {
  const value = parseJson(readFileSync(file, "utf8"), file);
  base(value, { file, path: "" });
  validateRel((value as Base).rel, `${file}, rel`);
  for (const app of (value as Base).apps) validateApp(app, `${file}, apps`);
  return value as Base;
}

const anything = json<never>();

/** What was written by a build is checked to be of this format and whole, not to be sensible. */
const base = record<Base>({
  format: (value, at) => {
    if (typeof value === "number" && value > 1) {
      throw new UnderwayError("release/newer_format", { file: at.file, format: value, known: 1 });
    }
    oneOf(1)(value, at);
  },
  rel: anything,
  apps: list(anything),
  modules: map(
    text,
    record<BaseModule>({
      app: text,
      hash: text,
      vsn: natural,
      behaviour: anything,
      evaluationDependencies: list(text),
    }),
  ),
  contents: map(text, map(text, text)),
  runtime: record<Base["runtime"]>({ vsn: text, hash: text }),
  packages: list(record<Base["packages"][number]>({ name: text, vsn: text, folder: text, native: flag })),
  appups: map(text, anything),
  declarations: record<Base["declarations"]>({ files: map(text, text), libraries: map(text, text) }),
});
