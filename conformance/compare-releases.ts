// Gives the same releases to OTP's systools and to us, and compares relups, warnings, errors and the order of
// applications.
//
// kernel, stdlib and sasl stand for `underway`: OTP's release has them, next to each other, where ours has it.

import type { App } from "../src/release/app.ts";
import type { Appup } from "../src/release/appup.ts";
import { checkRelease } from "../src/release/check-release.ts";
import { contributionsOf } from "../src/release/contributions.ts";
import { knowRelease } from "../src/release/known-release.ts";
import type { RelupRequest } from "../src/release/make-relup.ts";
import { makeRelup } from "../src/release/make-relup.ts";
import type { Rel } from "../src/release/rel.ts";
import type { RelupWarning } from "../src/release/relup-warning.ts";
import type { Mode } from "../src/release/translate/item.ts";
import { translate } from "../src/release/translate/translate.ts";
import { exportApp, exportRel } from "../src/tools/erlang/export-file.ts";
import { sameNames } from "../src/tools/erlang/naming.ts";
import { printFile } from "../src/tools/erlang/print.ts";
import type { Term } from "../src/tools/erlang/term.ts";
import { atom, elementsOf, isList, isTuple, nameOf, tuple } from "../src/tools/erlang/term.ts";
import { canonical, charactersOf } from "./canonical.ts";
import type { Compared } from "./compare-scripts.ts";
import { compareTranslation, importLoosely } from "./compare-scripts.ts";
import { otpReason, ourReason } from "./reasons.ts";
import type { OtpAppup, ReleaseCase } from "./release-cases.ts";

// API.

/** The question about the top release and its relup. Files are written into the folder. */
export const releaseQuestion = (given: ReleaseCase, folder: string): Term =>
  tuple(
    ...[atom("relup"), folder, otpFiles(given).map((file) => tuple(...file)), given.top.name],
    ...[given.bases.map((base) => base.name), given.bases.map((base) => base.name)],
    given.restartEmulator ? [atom("restart_emulator")] : [],
  );

/** Compares the answer about a release: the order of its applications, and the relup. */
export function compareRelease(
  given: ReleaseCase,
  answer: Term,
): { readonly order: Compared; readonly relup: Compared } {
  const [order, relup] = elementsOf(answer) ?? [];
  return { order: compareOrder(given, order as Term), relup: compareRelup(given, relup as Term) };
}

// Internal: the comparison.

/** The order in which the applications of the top release are started, or the reason why it is refused. */
function compareOrder(given: ReleaseCase, answer: Term): Compared {
  let ours: string;
  try {
    ours = checkRelease(given.top, given.apps)
      .applications.map(({ app }) => app.name)
      .join(" ");
  } catch (error) {
    ours = ourReason(error);
  }
  const [verdict, ...rest] = elementsOf(answer) ?? [];
  if (nameOf(verdict) !== "ok") return { otp: otpReason(rest[1] as Term, ours), ours, reordered: false };
  const order = isList(rest[0] as Term) ? (rest[0] as readonly Term[]).map((one) => nameOf(one) ?? "?") : [];
  return { otp: withUnderway(order).join(" "), ours, reordered: false };
}

/** Entries, descriptions, scripts, warnings, or the reason why there is none. */
function compareRelup(given: ReleaseCase, answer: Term): Compared {
  const request = requestOf(given);
  const [verdict, ...rest] = elementsOf(answer) ?? [];
  let made: ReturnType<typeof makeRelup>;
  try {
    made = makeRelup(request);
  } catch (error) {
    const ours = ourReason(error);
    const otp = nameOf(verdict) === "ok" ? "a relup" : otpReason(rest[1] as Term, ours);
    return { otp, ours, reordered: false };
  }
  if (nameOf(verdict) !== "ok") return { otp: otpReason(rest[1] as Term, ""), ours: "a relup", reordered: false };
  const [, ups, downs] = isTuple(rest[0]) ? rest[0].tuple : [];
  const otpEntries = [...entriesOf("up", ups), ...entriesOf("down", downs)];
  const ourEntries = [...made.relup.up, ...made.relup.down];
  const head = (warnings: readonly string[], vsns: readonly string[]) => `${vsns.join(" ")} | ${warnings.join(", ")}\n`;
  let [otp, ours] = [
    head(
      otpWarnings(rest[1]),
      otpEntries.map(({ mode, vsn }) => `${mode} ${vsn}`),
    ),
    head(made.warnings.map(ourWarning), [
      ...made.relup.up.map(({ vsn }) => `up ${vsn}`),
      ...made.relup.down.map(({ vsn }) => `down ${vsn}`),
    ]),
  ];
  let reordered = false;
  for (const [n, { mode, script }] of otpEntries.entries()) {
    const base = request.upFrom.find(({ release }) => release.rel.vsn === ourEntries[n]?.vsn)?.release;
    if (base === undefined) break;
    const compared = compareTranslation(
      tuple(atom("ok"), script),
      (groupsOf) => {
        const [top, other] = [knowRelease(request.top), knowRelease(base)];
        const { contributions } = contributionsOf({
          ...{ mode, top, base: other, appups: request.appups },
          ...{ restartEmulator: given.restartEmulator, compatibility: "otp" },
        });
        const [from, to] = mode === "up" ? [other.side, top.side] : [top.side, other.side];
        return translate(mode, contributions, { from, to }, "otp", groupsOf).script;
      },
      mode,
    );
    otp += `${compared.otp}\n`;
    ours += `${compared.ours}\n`;
    reordered ||= compared.reordered;
  }
  return { otp, ours, reordered };
}

// Internal: the question.

/** All that systools reads: release files, application files and appups as in a target system. By path. */
export function otpFiles({ apps: all, top, bases, appups }: ReleaseCase): readonly (readonly [string, string])[] {
  const named = new Set([top, ...bases].flatMap((rel) => rel.applications.map(({ name, vsn }) => `${name}-${vsn}`)));
  // One more, so that a missing version is found in another one.
  const apps = all.filter(({ name, vsn }) => named.has(`${name}-${vsn}`) || name === "b");
  const file = (name: string, term: Term) => [name, printFile(term)] as const;
  return [
    ...[top, ...bases].map((rel) => file(`${rel.name}.rel`, exportRel(otpRel(rel)))),
    ...apps.flatMap((app) =>
      otpApps(app).map((one) => file(`lib/${one.name}-${one.vsn}/ebin/${one.name}.app`, exportApp(one, sameNames))),
    ),
    ...Object.entries(appups).flatMap(([name, appup]) => {
      const vsn = top.applications.find((one) => one.name === name)?.vsn;
      return vsn === undefined ? [] : [file(`lib/${name}-${vsn}/ebin/${name}.appup`, appupTerm(appup))];
    }),
  ];
}

const otpOwn = ["kernel", "stdlib", "sasl"] as const;
/** sasl's version is compared with "2.2", below which a relup is another. */
const ownVsn = "9";

const otpApps = (app: App): readonly App[] =>
  app.name === "underway"
    ? otpOwn.map((name, n) => ({ ...app, name, vsn: ownVsn, applications: otpOwn.slice(0, n) }))
    : [{ ...app, applications: app.applications.flatMap((one) => (one === "underway" ? [...otpOwn] : [one])) }];

const otpRel = (rel: Rel): Rel => ({
  ...rel,
  applications: rel.applications.flatMap((one) =>
    one.name === "underway" ? otpOwn.map((name) => ({ ...one, name, vsn: ownVsn })) : [one],
  ),
});

const appupTerm = ({ vsn, upFrom, downTo }: OtpAppup): Term =>
  tuple(
    vsn,
    upFrom.map((entry) => tuple(entry.vsn, entry.script)),
    downTo.map((entry) => tuple(entry.vsn, entry.script)),
  );

function requestOf({ apps, top, bases, appups, restartEmulator }: ReleaseCase): RelupRequest {
  const facts = (rel: Rel) => ({ rel, apps, hashes: {} });
  const ourAppups = Object.entries(appups).map(([name, appup]) => [name, ourAppup(appup)] as const);
  return {
    top: facts(top),
    upFrom: bases.map((base) => ({ release: facts(base) })),
    downTo: bases.map((base) => ({ release: facts(base) })),
    appups: new Map(ourAppups),
    restartEmulator,
    compatibility: "otp",
  };
}

function ourAppup({ vsn, upFrom, downTo }: OtpAppup): Appup {
  const entry = (one: OtpAppup["upFrom"][number]) => ({
    vsn:
      typeof one.vsn === "object" && "binary" in one.vsn ? { regexp: one.vsn.binary } : (charactersOf(one.vsn) ?? ""),
    script: importLoosely(one.script),
  });
  return { format: 1, vsn, upFrom: upFrom.map(entry), downTo: downTo.map(entry) };
}

// Internal: the answer.

/** kernel, stdlib and sasl, which must come one after the other, as the one that they stand for. */
function withUnderway(order: readonly string[]): readonly string[] {
  const at = order.indexOf("kernel");
  return at === -1
    ? order
    : order.toSpliced(at, 3, order.slice(at, at + 3).join() === otpOwn.join() ? "underway" : "?");
}

function entriesOf(mode: Mode, term: Term | undefined) {
  if (term === undefined || !isList(term)) return [];
  return term.map((entry) => {
    const [vsn, description, script] = isTuple(entry) ? entry.tuple : [];
    if (canonical(description ?? []) !== "[]") throw new Error(`OTP described ${canonical(entry)}`);
    return { mode, vsn: charactersOf(vsn) ?? "?", script: script ?? [] };
  });
}

const otpWarnings = (term: Term | undefined): readonly string[] =>
  (term !== undefined && isList(term) ? term : []).flatMap((one) => {
    const [word, about] = elementsOf(one) ?? [];
    if (nameOf(word) !== "bad_vsn") return [`${nameOf(word) === "warning" ? nameOf(about) : nameOf(word)}`];
    const [appup, app] = isTuple(about) ? about.tuple : [];
    return [`bad_vsn ${charactersOf(appup)} ${charactersOf(app)}`];
  });

const ourWarning = (warning: RelupWarning): string =>
  warning.reason === "bad_vsn" ? `bad_vsn ${warning.appupVsn} ${warning.appVsn}` : warning.reason;
