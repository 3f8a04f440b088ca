// Makes the relup of a release: scripts from other releases to it, and back.
//
//   releases --checkRelease--> contributions --translate--> script --checkComplete--> relup
//
// OTP: systools_relup; systools:make_relup/4 <https://www.erlang.org/doc/apps/sasl/systools.html#make_relup/4>

import { UnderwayError } from "../error.ts";
import type { Appup } from "./appup.ts";
import { checkComplete } from "./check-complete.ts";
import type { AppupSource } from "./contributions.ts";
import { contributionsOf } from "./contributions.ts";
import type { Json, ModuleId, Name } from "./data.ts";
import type { KnownRelease, ReleaseFacts } from "./known-release.ts";
import { knowRelease } from "./known-release.ts";
import type { Relup, RelupEntry } from "./relup.ts";
import type { RelupWarning } from "./relup-warning.ts";
import { formatWarning } from "./relup-warning.ts";
import type { Compatibility, Mode } from "./translate/item.ts";
import type { Translated } from "./translate/translate.ts";
import { translate } from "./translate/translate.ts";

/** Another release, to come from or to go back to. */
export interface RelupBase {
  readonly release: ReleaseFacts;
  /** Copied into the relup entry. Default: `[]`. */
  readonly description?: Json;
}

export interface RelupRequest {
  /** The release that the relup belongs to. */
  readonly top: ReleaseFacts;
  /** Releases to upgrade from. */
  readonly upFrom: readonly RelupBase[];
  /** Releases to downgrade to. */
  readonly downTo: readonly RelupBase[];
  /** Appups of the top release's applications, by name. One is needed for each application whose version differs. */
  readonly appups: ReadonlyMap<Name, Appup>;
  /** Where they come from, for errors. Default: `<app>.appup.json`. */
  readonly sources?: ReadonlyMap<Name, AppupSource>;
  /**
   * Appups of other versions of the applications, by name. Where no appup leads directly from one version to the other,
   * a path through these is composed, and a warning says so. Default: none.
   */
  readonly history?: ReadonlyMap<Name, readonly Appup[]>;
  /** Ends every script with a restart of the node. Default: false. */
  readonly restartEmulator?: boolean;
  /** Default: false. */
  readonly warningsAsErrors?: boolean;
  /** Default: underway. */
  readonly compatibility?: Compatibility;
}

export interface RelupResult {
  readonly relup: Relup;
  /** Newest first: those of downgrades stand before those of upgrades. */
  readonly warnings: readonly RelupWarning[];
  /** For each entry of the relup, for each instruction, the places of the appups that it comes from. */
  readonly places: { readonly up: readonly Translated["places"][]; readonly down: readonly Translated["places"][] };
}

// API.

/**
 * Makes a relup.
 *
 * Throws what `checkRelease` throws about any of the releases; `relup/file_problem` or `relup/no_relup` if an
 * application whose version differs has no appup, or none for the other version; what `translate` throws; with
 * `warningsAsErrors` also `relup/warnings_treated_as_errors`. The first problem in any release ends it.
 *
 * OTP: systools:make_relup/4.
 * Deviation, with `underway`: applications are added in dependency order, those that no upgraded application needs
 * after the upgraded ones; removed users first; entries stand in the order of the bases; another version of the
 * application `underway` restarts the node as another runtime does; two releases of one version
 * (`relup/duplicate_release`), other code under the same application version (`relup/same_vsn_other_code`) and scripts
 * that leave other code running than the release's (`relup/incomplete`) are refused.
 */
export function makeRelup(request: RelupRequest): RelupResult {
  const { compatibility = "underway" } = request;
  const top = knowRelease(request.top);
  if (compatibility === "underway") {
    refuseSameVsn(top, request.upFrom);
    refuseSameVsn(top, request.downTo);
  }
  const up = request.upFrom.map((base) => makeEntry("up", top, base, request));
  const down = request.downTo.map((base) => makeEntry("down", top, base, request));
  const warnings = [...up, ...down].flatMap((made) => made.warnings).reverse();
  if (request.warningsAsErrors && warnings.length > 0) {
    throw new UnderwayError("relup/warnings_treated_as_errors", { warnings: warnings.map(formatWarning) });
  }
  if (compatibility === "otp") {
    up.reverse();
    down.reverse();
  }
  return {
    relup: {
      format: 1,
      vsn: top.checked.rel.vsn,
      up: up.map((made) => made.entry),
      down: down.map((made) => made.entry),
    },
    warnings,
    places: { up: up.map((made) => made.places), down: down.map((made) => made.places) },
  };
}

// Internal.

interface Made {
  readonly entry: RelupEntry;
  readonly warnings: readonly RelupWarning[];
  readonly places: Translated["places"];
}

function makeEntry(mode: Mode, top: KnownRelease, base: RelupBase, request: RelupRequest): Made {
  const { compatibility = "underway", appups, sources, history, restartEmulator = false } = request;
  const other = knowRelease(base.release);
  const { contributions, warnings } = contributionsOf({
    mode,
    top,
    base: other,
    appups,
    sources,
    history,
    restartEmulator,
    compatibility,
  });
  const [from, to] = mode === "up" ? [other, top] : [top, other];
  const { script, places } = translate(mode, contributions, { from: from.side, to: to.side }, compatibility);
  if (compatibility === "underway") checkComplete(script, from, to);
  const modules: Record<ModuleId, string> = {};
  for (const { app } of other.checked.applications) {
    for (const module of app.modules) {
      const hash = other.hashes[module];
      if (hash !== undefined) modules[module] = hash;
    }
  }
  const entry = { vsn: other.checked.rel.vsn, description: base.description ?? [], script, modules };
  return { entry, warnings, places };
}

function refuseSameVsn(top: KnownRelease, bases: readonly RelupBase[]): void {
  const seen = new Set([top.checked.rel.vsn]);
  for (const { release } of bases) {
    const { vsn } = release.rel;
    if (seen.has(vsn)) throw new UnderwayError("relup/duplicate_release", { vsn });
    seen.add(vsn);
  }
}
