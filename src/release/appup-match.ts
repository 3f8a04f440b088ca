// Finds the entry of an appup for another version. OTP: appup(5); systools_relup:get_script_from_appup/4.

import { UnderwayError } from "../error.ts";
import type { AppupEntry } from "./appup.ts";
import type { Name, Vsn } from "./data.ts";

/**
 * Finds the first entry whose version matches.
 *
 * A text matches only by equality. A regular expression matches if the text of its *first* match is the whole version:
 * `1\.0|1\.0\.1` does not match 1.0.1, since its first alternative is found first and nothing else is tried.
 *
 * @throws `relup/bad_regexp` if an entry before the matching one is not a regular expression of JavaScript (flag `u`).
 *
 * OTP: systools_relup:appup_search_for_version/2.
 */
export const findEntry = (entries: readonly AppupEntry[], vsn: Vsn, app: Name): AppupEntry | undefined =>
  entries.find((entry) => matches(entry.vsn, vsn, app));

// Internal.

function matches(wanted: AppupEntry["vsn"], vsn: Vsn, app: Name): boolean {
  if (typeof wanted === "string") return wanted === vsn;
  let regexp: RegExp;
  try {
    regexp = new RegExp(wanted.regexp, "u");
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new UnderwayError("relup/bad_regexp", { regexp: wanted.regexp, app, problem });
  }
  return regexp.exec(vsn)?.[0] === vsn;
}
