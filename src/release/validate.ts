// Checks that what was read from a file is what its type says. Readers call these at the edge; behind it types hold.
//
// Each returns the very value it was given. Throws `release/bad_file` with the path in the JSON, `release/newer_format`
// for a file of a later Underway, and `relup/bad_*` for an instruction.

import { UnderwayError } from "../error.ts";
import type { App, StartType } from "./app.ts";
import type { Appup, AppupEntry } from "./appup.ts";
import type { Json, ModuleId } from "./data.ts";
import { faultOf } from "./json-fault.ts";
import type { Lines } from "./json-lines.ts";
import { linesOf } from "./json-lines.ts";
import type { Manifest } from "./manifest.ts";
import { fileNamePattern, isFileName, isModuleId, isPathBelow, moduleIdPattern, pathBelowPattern } from "./names.ts";
import type { BehaviourName, ExternalUse, Import, ObjectCode, SourceMapV3 } from "./object-code.ts";
import type { Boot, Rel, RelApplication } from "./rel.ts";
import type { Relup, RelupEntry } from "./relup.ts";
import type { At, Check, Schema } from "./shape.ts";
import {
  flag,
  is,
  json,
  lineOf,
  list,
  map,
  natural,
  oneOf,
  optional,
  record,
  schemaOf,
  text,
  unexpected,
  withSchema,
} from "./shape.ts";
import { placeOf } from "./translate/merge.ts";
import type { Level } from "./translate/syntax.ts";
import { checkInstruction, instructionSchema } from "./translate/syntax.ts";

// API.

/**
 * Parses the text of a JSON file.
 *
 * @throws `release/not_json` with line and column.
 */
export function parseJson(content: string, file: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    // V8 repeats a part of the text, and sometimes the position: both are said better by line and column.
    const problem = String((error as Error).message).replace(/(?:, (?:"|\.\.\.")|(?: in JSON)? at position ).*$/s, "");
    throw new UnderwayError("release/not_json", { file, ...faultOf(content), problem }, { cause: error });
  }
}

/**
 * Parses and checks the text of a JSON file.
 *
 * Errors about it name the line. The lines returned let later errors about a part of the value name it too.
 *
 * @param validate one of the functions below.
 */
export function parseChecked<T>(
  content: string,
  file: string,
  validate: (value: unknown, file: string, lines: Lines) => T,
): { readonly value: T; readonly lines: Lines } {
  const parsed = parseJson(content, file);
  const lines = linesOf(content, parsed);
  return { value: validate(parsed, file, lines), lines };
}

/** Checks an application file. OTP: app(5). */
export const validateApp = (value: unknown, file: string, lines?: Lines): App => checked(app, value, file, lines);

/** Checks a release file. OTP: rel(5). */
export const validateRel = (value: unknown, file: string, lines?: Lines): Rel => checked(rel, value, file, lines);

/** Checks a boot file. */
export const validateBoot = (value: unknown, file: string, lines?: Lines): Boot => checked(boot, value, file, lines);

/** Checks an appup with all its instructions. OTP: appup(5). */
export function validateAppup(value: unknown, file: string, lines?: Lines): Appup {
  const appup = checked(appupShape, value, file, lines);
  for (const key of ["upFrom", "downTo"] as const) {
    for (const { vsn, script } of appup[key]) {
      const version = typeof vsn === "string" ? JSON.stringify(vsn) : `/${vsn.regexp}/`;
      checkScript(script, `${file}, ${key} ${version}`, "appup", lines);
    }
  }
  return appup;
}

/** Checks a relup with all its instructions. OTP: relup(5). */
export function validateRelup(value: unknown, file: string, lines?: Lines): Relup {
  const relup = checked(relupShape, value, file, lines);
  for (const key of ["up", "down"] as const) {
    for (const { vsn, script } of relup[key]) checkScript(script, `${file}, ${key} "${vsn}"`, "relup", lines);
  }
  return relup;
}

/** Checks object code. That the hash is that of the content is for the reader to check. */
export const validateObjectCode = (value: unknown, file: string): ObjectCode => checked(objectCode, value, file);

/** Checks a manifest. No path in it leads out of the target directory. */
export const validateManifest = (value: unknown, file: string): Manifest => checked(manifest, value, file);

/** The files that people and editors deal with. */
export type SchemaName = "app" | "rel" | "boot" | "appup" | "relup";

/**
 * The JSON Schema of a kind of file.
 *
 * It lets everything pass that the validator lets pass. What a schema cannot say (that a file is of a newer format,
 * that a regular expression is one) only the validator says.
 */
export function schemaOfFile(name: SchemaName): Schema {
  const { title, shape } = schemas[name];
  const { properties, ...rest } = schemaOf(shape) as { readonly properties: object };
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title,
    ...rest,
    // What names the schema to an editor.
    properties: { $schema: {}, ...properties },
  };
}

// Internal.

/** The format that this version writes, and the newest it reads. All files have it still. */
const knownFormat = 1;

function checked<T>(check: Check<T>, value: unknown, file: string, lines?: Lines): T {
  check(value, { file, path: "", lines });
  return value as T;
}

function checkScript(script: readonly unknown[], name: string, level: Level, lines?: Lines): void {
  for (const [index, value] of script.entries()) checkInstruction(value, placeOf(name, index, value, lines), level);
}

const format: Check<1> = withSchema({ const: knownFormat }, (value, at: At) => {
  if (typeof value === "number" && value > knownFormat) {
    throw new UnderwayError("release/newer_format", {
      ...{ file: at.file, format: value, known: knownFormat },
      ...lineOf(at),
    });
  }
  if (value !== knownFormat) throw unexpected("1", value, at);
});

const matching = ({ source }: RegExp): Schema => ({ type: "string", pattern: source });
const moduleId: Check<ModuleId> = is(`a module such as "chat/room"`, isModuleId, matching(moduleIdPattern));
const fileName: Check<string> = is("a name that can be part of a file's name", isFileName, matching(fileNamePattern));
const pathBelow: Check<string> = is("a path that stays in its folder", isPathBelow, matching(pathBelowPattern));
const hashPattern = /^[0-9a-f]{64}$/;
const hash: Check<string> = is(
  "a SHA-256 in hexadecimal",
  (value) => typeof value === "string" && hashPattern.test(value),
  matching(hashPattern),
);
const startType: Check<StartType> = oneOf("permanent", "transient", "temporary", "load", "none");

const app = record<App>({
  name: fileName,
  vsn: fileName,
  description: text,
  modules: list(moduleId),
  registered: list(text),
  applications: list(fileName),
  optionalApplications: optional(list(fileName)),
  includedApplications: optional(list(fileName)),
  mod: optional(record<NonNullable<App["mod"]>>({ module: moduleId, arg: json<Json>() })),
  env: optional(map(text, json<Json>())),
  startPhases: optional(list(record<NonNullable<App["startPhases"]>[number]>({ phase: text, arg: json<Json>() }))),
});

const rel = record<Rel>({
  name: fileName,
  vsn: fileName,
  runtime: fileName,
  applications: list(
    record<RelApplication>({
      name: fileName,
      vsn: fileName,
      type: optional(startType),
      includedApplications: optional(list(fileName)),
    }),
  ),
});

const boot = record<Boot>({
  format,
  name: fileName,
  vsn: fileName,
  runtime: fileName,
  applications: list(record<Boot["applications"][number]>({ app, type: startType, folder: pathBelow, included: flag })),
});

/** The form of the instructions is checked behind this, with their places. */
const script = (level: Level) => list(withSchema(instructionSchema(level), json<never>()));

const isRegexp = (value: unknown) => {
  try {
    return typeof value === "string" && new RegExp(value, "u") instanceof RegExp;
  } catch {
    return false;
  }
};
const regexp = record<{ readonly regexp: string }>({
  regexp: is("a regular expression", isRegexp, { type: "string", format: "regex" }),
});
const wantedVsn: Check<AppupEntry["vsn"]> = withSchema({ anyOf: [schemaOf(text), schemaOf(regexp)] }, (value, at) => {
  if (typeof value === "string") return;
  if (typeof value !== "object" || value === null) throw unexpected(`a version, or { "regexp": … }`, value, at);
  regexp(value, at);
});

const appupEntries = list(record<AppupEntry>({ vsn: wantedVsn, script: script("appup") }));
const appupShape = record<Appup>({ format, vsn: text, upFrom: appupEntries, downTo: appupEntries });

const relupEntries = list(
  record<RelupEntry>({ vsn: text, description: json<Json>(), script: script("relup"), modules: map(moduleId, text) }),
);
const relupShape = record<Relup>({ format, vsn: text, up: relupEntries, down: relupEntries });

const importShape: Check<Import> = (value, at) => {
  record<{ readonly kind: Import["kind"] }>({ kind: oneOf("module", "external") })(value, at);
  const { kind } = value as Import;
  if (kind === "module")
    record<Extract<Import, { kind: "module" }>>({ kind: oneOf("module"), module: moduleId })(value, at);
  else record<Extract<Import, { kind: "external" }>>({ kind: oneOf("external"), specifier: text })(value, at);
};

const sourceMap = record<SourceMapV3>({
  version: oneOf(3),
  sources: list(text),
  sourcesContent: optional(
    list(is<string | null>("a text or null", (value) => typeof value === "string" || value === null)),
  ),
  names: list(text),
  mappings: text,
});

const objectCode = record<ObjectCode>({
  format,
  module: moduleId,
  source: pathBelow,
  hash,
  code: text,
  imports: list(importShape),
  exports: list(text),
  liveExports: list(text),
  evaluationDependencies: list(moduleId),
  evaluationExternals: list(record<ExternalUse>({ application: fileName, specifier: text })),
  evaluationPlaces: list(fileName),
  vsn: natural,
  behaviour: oneOf<BehaviourName | null>(
    "gen_server",
    "supervisor",
    "application",
    "connection",
    "special_process",
    null,
  ),
  map: sourceMap,
});

const folder = record<Manifest["runtime"]>({ vsn: fileName, folder: pathBelow });
const manifest = record<Manifest>({
  format,
  name: fileName,
  vsn: fileName,
  runtime: folder,
  underway: folder,
  modules: map(moduleId, record<Manifest["modules"][string]>({ app: fileName, file: pathBelow, hash })),
  packages: list(
    record<Manifest["packages"][number]>({
      name: text,
      vsn: text,
      folder: pathBelow,
      relink: optional(is<true>("true", (value) => value === true)),
    }),
  ),
  files: map(pathBelow, hash),
});

const schemas: { readonly [Name in SchemaName]: { readonly title: string; readonly shape: Check<unknown> } } = {
  app: { title: "Application file of Underway", shape: app },
  rel: { title: "Release file of Underway", shape: rel },
  boot: { title: "Boot file of Underway", shape: boot },
  appup: { title: "Appup of Underway: how an application gets from one version to another", shape: appupShape },
  relup: { title: "Relup of Underway: scripts from one release to another and back", shape: relupShape },
};
