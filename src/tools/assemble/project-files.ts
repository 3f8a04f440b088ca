// What may stand in `underway.config.ts` and in an application's `package.json`.
//
// Keys that nobody knows are refused where they are Underway's own: a misspelt option must not pass unnoticed.

import { UnderwayError } from "../../error.ts";
import type { App } from "../../release/app.ts";
import { MANDATORY_APPLICATION } from "../../release/check-release.ts";
import type { Json, Name } from "../../release/data.ts";
import { isFileName, isModuleId } from "../../release/names.ts";
import type { Check, Fields } from "../../release/shape.ts";
import { is, json, list, map, oneOf, optional, record, text } from "../../release/shape.ts";
import { validateApp } from "../../release/validate.ts";
import type { Config, ReleaseApplication, ReleaseConfig, StartType } from "../config.ts";

/** The part of an application's `package.json` that is read. */
export interface ApplicationPackage {
  readonly name: Name;
  readonly version: string;
  /** Modules are ES modules; TypeScript takes them for CommonJS otherwise. */
  readonly type: "module";
  readonly description?: string;
  readonly underway?: Partial<Omit<App, "name" | "vsn" | "description" | "modules">>;
}

/** Checks what `underway.config.ts` exports. @throws release/bad_file */
export function validateConfig(value: unknown, file: string): Config {
  config(value, { file, path: "" });
  return value as Config;
}

/** Makes the application file, modules left out, of an application's `package.json`. @throws release/bad_file */
export function applicationFile(value: unknown, file: string): Omit<App, "modules"> {
  applicationPackage(value, { file, path: "" });
  const { name, version, description = "", underway: own = {} } = value as ApplicationPackage;
  const applications = [...new Set([MANDATORY_APPLICATION, ...(own.applications ?? [])])];
  const app = { name, vsn: version, description, registered: [], ...own, applications };
  validateApp({ ...app, modules: [] }, file);
  return app;
}

// Internal.

/** A record that has no other keys than these. */
const closed =
  <T>(fields: Fields<T>): Check<T> =>
  (value, at) => {
    // First, since a misspelt key is also one that is missing.
    for (const key of typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value) : []) {
      if (Object.hasOwn(fields, key)) continue;
      throw new UnderwayError("config/unknown_key", { file: at.file, path: at.path, key, known: Object.keys(fields) });
    }
    record(fields)(value, at);
  };

/** Names become folders and the first part of module names; `underway` is taken. */
const ownName: Check<Name> = is(
  `a name of letters, digits, - and _, other than "${MANDATORY_APPLICATION}"`,
  (value) => typeof value === "string" && /^[a-z][a-z0-9_-]*$/i.test(value) && value !== MANDATORY_APPLICATION,
);
const vsn: Check<string> = is("a version such as 0.1.0", isFileName);
const startType: Check<StartType> = oneOf("permanent", "transient", "temporary", "load", "none");
const plainJson: Check<Json> = is("a value that can be written as JSON", isJson);

const releaseApplication: Check<StartType | ReleaseApplication> = (value, at) => {
  if (typeof value === "string") return startType(value, at);
  closed<ReleaseApplication>({ type: optional(startType), includedApplications: optional(list(ownName)) })(value, at);
};

const config = closed<Config>({
  applications: list(text),
  releases: map(
    ownName,
    closed<ReleaseConfig>({
      vsn,
      applications: map(text, releaseApplication),
      config: optional(map(text, map(text, plainJson))),
      relink: optional(list(text)),
    }),
  ),
});

const applicationPackage = record<ApplicationPackage>({
  name: ownName,
  version: vsn,
  type: oneOf("module"),
  description: optional(text),
  underway: optional(
    closed<NonNullable<ApplicationPackage["underway"]>>({
      registered: optional(list(text)),
      applications: optional(list(text)),
      optionalApplications: optional(list(text)),
      includedApplications: optional(list(text)),
      mod: optional(
        closed<NonNullable<App["mod"]>>({ module: is(`a module such as "chat/app"`, isModuleId), arg: json<Json>() }),
      ),
      env: optional(map(text, plainJson)),
      startPhases: optional(list(closed<NonNullable<App["startPhases"]>[number]>({ phase: text, arg: json<Json>() }))),
    }),
  ),
});

function isJson(value: unknown): boolean {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isJson);
  if (typeof value !== "object") return false;
  const prototype = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && Object.values(value).every(isJson);
}
