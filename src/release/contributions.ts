// What the comparison of two releases contributes to the script between them: instructions for added, changed and
// removed applications, and restarts. OTP: systools_relup:create_relup/…; the order of the contributions is part of the
// meaning.

import { UnderwayError } from "../error.ts";
import type { Appup } from "./appup.ts";
import { findEntry } from "./appup-match.ts";
import type { CheckedApplication } from "./check-release.ts";
import { MANDATORY_APPLICATION } from "./check-release.ts";
import { composeSteps, findPath } from "./compose-appups.ts";
import type { Name, Vsn } from "./data.ts";
import type { Lines } from "./json-lines.ts";
import type { KnownRelease } from "./known-release.ts";
import { neededByAny } from "./order-applications.ts";
import type { RelupWarning } from "./relup-warning.ts";
import type { Compatibility, Contribution, Mode } from "./translate/item.ts";

export interface Comparison {
  readonly mode: Mode;
  /** The release that the relup belongs to: its appups are asked in both directions. */
  readonly top: KnownRelease;
  readonly base: KnownRelease;
  readonly appups: ReadonlyMap<Name, Appup>;
  /** Where an application's appup comes from, for errors. */
  readonly sources?: ReadonlyMap<Name, AppupSource> | undefined;
  /** Appups of other versions, by application: a path is composed of them where no appup leads directly. */
  readonly history?: ReadonlyMap<Name, readonly Appup[]> | undefined;
  readonly restartEmulator: boolean;
  readonly compatibility: Compatibility;
}

/** Where an appup comes from. */
export interface AppupSource {
  /** Name of the file: `chat.appup.json`. */
  readonly file: string;
  /** Where its instructions stand in it. */
  readonly lines?: Lines | undefined;
}

export interface Contributions {
  readonly contributions: readonly Contribution[];
  /** Oldest first. */
  readonly warnings: readonly RelupWarning[];
}

/**
 * Collects the contributions in order: new runtime, applications added, changed, removed, wanted restart.
 *
 * @throws `relup/file_problem`, `relup/no_relup`, `relup/bad_regexp`, `relup/cannot_compose`.
 */
export function contributionsOf(comparison: Comparison): Contributions {
  const { mode, top, base, restartEmulator, compatibility } = comparison;
  const warnings: RelupWarning[] = [];
  const [from, to] = mode === "up" ? [base, top] : [top, base];

  const add = ({ app, type }: CheckedApplication): Contribution => ({
    name: `the added application "${app.name}"`,
    script: [["add_application", app.name, type]],
  });
  const remove = ({ app }: CheckedApplication): Contribution => ({
    name: `the removed application "${app.name}"`,
    script: [["remove_application", app.name]],
  });
  const changed = ({ app }: CheckedApplication) => appupScripts(comparison, app.name, warnings);
  const isChanged = ({ app }: CheckedApplication) => {
    const before = from.side.application.get(app.name);
    const after = to.side.application.get(app.name);
    if (compatibility === "underway" && app.name === MANDATORY_APPLICATION) return false;
    return before !== undefined && after !== undefined && before.vsn !== after.vsn;
  };
  const isAdded = ({ app }: CheckedApplication) => !from.side.application.has(app.name);
  const isRemoved = ({ app }: CheckedApplication) => !to.side.application.has(app.name);

  const applications =
    compatibility === "otp"
      ? [
          ...inRelOrder(to).filter(isAdded).map(add),
          ...top.checked.applications.filter(isChanged).flatMap(changed),
          ...inRelOrder(from).filter(isRemoved).map(remove),
        ]
      : [
          ...addedAndChanged(to.checked.applications, isAdded, isChanged).flatMap((one) =>
            isAdded(one) ? [add(one)] : changed(one),
          ),
          ...from.checked.applications.filter(isRemoved).toReversed().map(remove),
        ];
  // Last, as in OTP, whose warnings about the appups are the older ones.
  const restarts = newEmulator(comparison, warnings);
  const wanted: Contribution = { name: "the wanted restart", script: [["restart_emulator"]] };
  return { contributions: [...restarts, ...applications, ...(restartEmulator ? [wanted] : [])], warnings };
}

// Internal.

function newEmulator({ top, base, compatibility }: Comparison, warnings: RelupWarning[]): readonly Contribution[] {
  const restart = (name: string): Contribution => ({ name, script: [["restart_new_emulator"]] });
  const restarts: Contribution[] = [];
  const runtimeOf = ({ checked: { rel } }: KnownRelease) => ({ release: rel.vsn, runtime: rel.runtime });
  if (top.checked.rel.runtime !== base.checked.rel.runtime) {
    warnings.push({ reason: "erts_vsn_changed", top: runtimeOf(top), base: runtimeOf(base) });
    restarts.push(restart("the changed runtime"));
  }
  const underwayOf = ({ side }: KnownRelease) => side.application.get(MANDATORY_APPLICATION)?.vsn ?? "";
  if (compatibility === "underway" && underwayOf(top) !== underwayOf(base)) {
    warnings.push({ reason: "underway_vsn_changed", top: underwayOf(top), base: underwayOf(base) });
    restarts.push(restart('the changed application "underway"'));
  }
  return restarts;
}

const inRelOrder = ({ checked }: KnownRelease): readonly CheckedApplication[] => {
  const byName = new Map(checked.applications.map((one) => [one.app.name, one]));
  return checked.rel.applications.flatMap(({ name }) => byName.get(name) ?? []);
};

/**
 * Added and changed applications, so that each stands behind what it needs.
 *
 * An added application that no changed one needs comes last: it is started when all code is replaced, so that its start
 * does not divide the replacing into two switches.
 */
function addedAndChanged(
  applications: readonly CheckedApplication[],
  isAdded: (one: CheckedApplication) => boolean,
  isChanged: (one: CheckedApplication) => boolean,
): readonly CheckedApplication[] {
  const changed = applications.filter(isChanged);
  const needed = neededByAny(
    applications,
    changed.map(({ app }) => app.name),
  );
  const isLate = (one: CheckedApplication) => isAdded(one) && !needed.has(one.app.name);
  return [
    ...applications.filter((one) => (isAdded(one) || isChanged(one)) && !isLate(one)),
    ...applications.filter(isLate),
  ];
}

function appupScripts(comparison: Comparison, app: Name, warnings: RelupWarning[]): readonly Contribution[] {
  const { mode, top, base, appups, sources } = comparison;
  const vsn = top.side.application.get(app)?.vsn ?? "";
  const other = base.side.application.get(app)?.vsn ?? "";
  const appup = appups.get(app);
  if (appup === undefined) throw new UnderwayError("relup/file_problem", { app, vsn, other });
  if (appup.vsn !== vsn) warnings.push({ reason: "bad_vsn", app, appupVsn: appup.vsn, appVsn: vsn });
  const list = mode === "up" ? "upFrom" : "downTo";
  const entry = findEntry(appup[list], other, app);
  if (entry === undefined) return composed(comparison, app, [vsn, other], warnings);
  const version = typeof entry.vsn === "string" ? JSON.stringify(entry.vsn) : `/${entry.vsn.regexp}/`;
  const { file = `${app}.appup.json`, lines } = sources?.get(app) ?? {};
  return [{ name: `${file}, ${list} ${version}`, script: entry.script, lines }];
}

/** A path through other versions, where their appups are known. */
function composed(
  { mode, appups, history, compatibility }: Comparison,
  app: Name,
  [vsn, other]: readonly [Vsn, Vsn],
  warnings: RelupWarning[],
): readonly Contribution[] {
  const own = appups.get(app);
  const known = [...(own === undefined ? [] : [own]), ...(history?.get(app) ?? [])];
  const ends = mode === "up" ? ([other, vsn] as const) : ([vsn, other] as const);
  const steps = compatibility === "otp" ? undefined : findPath(app, mode, ends, known);
  if (steps === undefined) throw new UnderwayError("relup/no_relup", { app, vsn, other, direction: mode });
  warnings.push({ reason: "composed", app, path: [ends[0], ...steps.map(({ to }) => to)] });
  return composeSteps(app, steps);
}
