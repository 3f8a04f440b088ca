// Where the appup of an application comes from: the file that a person keeps, or the generator.
//
//   no file                                   generated, written: to be read, edited, committed
//   file of this version, entry missing       the entry is generated and added; the others stay as they are
//   file of this version, all entries there   read
//   file of an earlier version                replaced if a base recorded it, so that nothing is lost; else refused
//   --generate                                generated, whatever the file says
//   appup.ts instead of the file              read, never written
//
// OTP: appup(5) is always written by hand; relx and rebar plugins generate it.

import { existsSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { isUnderwayError, UnderwayError } from "../../error.ts";
import type { Appup } from "../../release/appup.ts";
import { findEntry } from "../../release/appup-match.ts";
import type { Name, Vsn } from "../../release/data.ts";
import { type ApplicationFacts, extendAppup, generateAppup } from "../../release/generate-appup.ts";
import type { Lines } from "../../release/json-lines.ts";
import { parseChecked, validateAppup } from "../../release/validate.ts";
import { formatScriptJson } from "./format-script.ts";
import { importFresh } from "./import-fresh.ts";
import { readText } from "./text-file.ts";

export interface AppupQuery {
  readonly application: Name;
  /** The file that the appup stands in, or would. */
  readonly file: string;
  /** The application as it is being built. */
  readonly top: ApplicationFacts;
  /** The versions to come from and go back to, each once. */
  readonly others: readonly ApplicationFacts[];
  /** Appups of this application that bases recorded. */
  readonly recorded: readonly Appup[];
  /** Generate anew also where there is a file. */
  readonly generate: boolean;
}

export interface ProvidedAppup {
  readonly appup: Appup;
  /** Where its instructions stand in the file; absent when it was generated, or is TypeScript. */
  readonly lines?: Lines;
  readonly origin: "read" | "generated" | "completed" | "replaced";
  /** Versions that it was wanted for. */
  readonly others: readonly Vsn[];
  /** Those of them whose entries were generated now. */
  readonly generatedFor: readonly Vsn[];
  /** What the file must contain, if it must be written. */
  readonly text?: string;
}

/**
 * Reads or generates an appup. Writes nothing.
 *
 * @throws appup/other_vsn for a file of another version that no base recorded; what readAppup throws
 */
export function provideAppup(query: AppupQuery): ProvidedAppup {
  const { application, file, top, others } = query;
  const read = readAppup(file);
  if (!read) return made("generated", generateAppup(top, others), query, others);
  const existing = read.appup;
  if (query.generate) return made("replaced", generateAppup(top, others), query, others);
  if (existing.vsn !== top.vsn) {
    if (!query.recorded.some((each) => isDeepStrictEqual(each, existing))) {
      throw new UnderwayError("appup/other_vsn", { file, application, appupVsn: existing.vsn, vsn: top.vsn });
    }
    return made("replaced", generateAppup(top, others), query, others);
  }
  const lacking = others.filter(({ vsn }) =>
    [existing.upFrom, existing.downTo].some((entries) => !findEntry(entries, vsn, application)),
  );
  if (lacking.length > 0) {
    return made("completed", completed(existing, generateAppup(top, lacking), application), query, lacking);
  }
  return { ...read, origin: "read", others: others.map(({ vsn }) => vsn), generatedFor: [] };
}

/**
 * The appup in `file`; undefined if there is no such file.
 *
 * @throws release/not_json, release/bad_file, release/newer_format, relup/bad_*
 */
export const readAppup = (file: string): ReadAppup | undefined => {
  if (!existsSync(file)) return undefined;
  const { value, lines } = parseChecked(readText(file), file, validateAppup);
  return { appup: value, lines };
};

/** An appup, and where its instructions stand in its file. */
export interface ReadAppup {
  readonly appup: Appup;
  readonly lines: Lines;
}

/**
 * The appup that an application has as TypeScript, checked like that of a JSON file; undefined if there is none.
 *
 * @param file `appup.ts` of the application's folder.
 * @param json the JSON file that the application must not have besides.
 * @throws appup/two_files, appup/bad_module, release/bad_file, relup/bad_*
 */
export async function readAppupModule(file: string, json: string, application: Name): Promise<Appup | undefined> {
  if (!existsSync(file)) return undefined;
  if (existsSync(json)) throw new UnderwayError("appup/two_files", { application, files: [file, json] });
  let exported: unknown;
  try {
    exported = await importFresh(file);
  } catch (cause) {
    if (isUnderwayError(cause)) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UnderwayError("appup/bad_module", { file, reason }, { cause });
  }
  if (exported === undefined) throw new UnderwayError("appup/bad_module", { file, reason: "it has no default export" });
  return validateAppup(exported, file);
}

// Internal.

const made = (
  origin: ProvidedAppup["origin"],
  appup: Appup,
  query: AppupQuery,
  generatedFor: readonly ApplicationFacts[],
): ProvidedAppup => ({
  appup,
  origin,
  others: query.others.map(({ vsn }) => vsn),
  generatedFor: generatedFor.map(({ vsn }) => vsn),
  text: formatScriptJson(appup),
});

/** An entry that matches by a regular expression counts as there: only directions without a match are added. */
function completed(existing: Appup, generated: Appup, application: Name): Appup {
  const missing = (direction: "upFrom" | "downTo") =>
    generated[direction].filter(
      ({ vsn }) => typeof vsn === "string" && !findEntry(existing[direction], vsn, application),
    );
  return extendAppup(existing, { ...generated, upFrom: missing("upFrom"), downTo: missing("downTo") });
}
