// Checks a release and orders its applications, before anything is made of it.
//
//   rel + application files --checkRelease--> checked release --makeBoot--> boot
//
// The steps stand in `checkRelease`; the first failing one ends it. No I/O: whoever calls has read the files.
// OTP: systools_make:get_release/2 <https://www.erlang.org/doc/apps/sasl/systools.html#make_script/2>

import { UnderwayError } from "../error.ts";
import type { App, StartType } from "./app.ts";
import type { Name } from "./data.ts";
import { isFileName } from "./names.ts";
import { orderApplications } from "./order-applications.ts";
import type { Boot, Rel, RelApplication } from "./rel.ts";

/** The application that every release has, permanent: it stands for OTP's kernel, stdlib and sasl. */
export const MANDATORY_APPLICATION = "underway";

/** A release that passed all checks. */
export interface CheckedRelease {
  readonly rel: Rel;
  /** In the order in which they are loaded and started: what an application uses or includes comes before it. */
  readonly applications: readonly CheckedApplication[];
}

/** One application of a checked release. */
export interface CheckedApplication {
  /**
   * The application file, with the release's decisions in it: `includedApplications` as the release has them, and
   * `applications` naming, instead of an application that another one includes, the one that includes it.
   */
  readonly app: App;
  readonly type: StartType;
  /** Included by another application, whose supervisors start it. */
  readonly included: boolean;
}

// API.

/**
 * Checks a release against its application files and puts its applications in order.
 *
 * Throws the first problem found: a name or version that cannot be used (`release/illegal_name`,
 * `release/illegal_form`, `release/illegal_applications`), `underway` missing or not permanent
 * (`release/missing_mandatory_app`, `release/mandatory_app`), application files missing (`release/error_reading`, with
 * all of them), `release/override_include`, `release/undefined_applications`, `release/duplicate_register`,
 * `release/duplicate_include`, `release/duplicate_modules`, `release/circular_dependencies`.
 *
 * @param apps application files in any order; those of other versions or other applications are ignored.
 *
 * OTP: systools_make:get_release/2.
 * Deviation: an application named twice by the release is refused; one that uses itself is fine also if it is included.
 */
export function checkRelease(rel: Rel, apps: readonly App[]): CheckedRelease {
  checkRel(rel);
  const found = findApps(rel, apps);
  checkDefined(found);
  const owners = (names: (app: App) => readonly string[]) =>
    duplicates(found.map((one) => [one.app.name, names(one.app)]));

  const registered = owners((app) => app.registered);
  if (registered.length > 0) {
    throw new UnderwayError("release/duplicate_register", {
      duplicates: registered.map(([name, owners]) => ({ name, apps: owners })),
    });
  }
  const included = owners(includes);
  if (included.length > 0) {
    throw new UnderwayError("release/duplicate_include", {
      duplicates: included.map(([app, owners]) => ({ app, includedBy: owners })),
    });
  }
  const includedBy = new Map(found.flatMap(({ app }) => includes(app).map((name) => [name, app.name] as const)));
  const resolved = found.map(({ app, type }) => ({
    app: inReleaseOrder(rel, { ...app, applications: usesOfTops(app, includedBy) }),
    type,
    included: includedBy.has(app.name),
  }));
  const modules = owners((app) => app.modules);
  if (modules.length > 0) {
    throw new UnderwayError("release/duplicate_modules", {
      duplicates: modules.map(([module, owners]) => ({ module, apps: owners })),
    });
  }
  return { rel, applications: orderApplications(resolved) };
}

/**
 * Makes what a node loads and starts of a checked release.
 *
 * OTP: the boot script of systools:make_script/2.
 */
export const makeBoot = ({ rel, applications }: CheckedRelease): Boot => ({
  format: 1,
  name: rel.name,
  vsn: rel.vsn,
  runtime: rel.runtime,
  applications: applications.map(({ app, type, included }) => ({
    app,
    type,
    folder: `lib/${app.name}-${app.vsn}`,
    included,
  })),
});

// Internal: what the release file says by itself.

function checkRel(rel: Rel): void {
  if (!isFileName(rel.name)) throw new UnderwayError("release/illegal_name", { name: rel.name });
  for (const field of ["vsn", "runtime"] as const) {
    if (!isFileName(rel[field])) throw new UnderwayError("release/illegal_form", { field, value: rel[field] });
  }
  const illegal = rel.applications.filter((one) => !isFileName(one.name) || !isFileName(one.vsn));
  if (illegal.length > 0)
    throw illegalApplications(illegal, "have names or versions that cannot be part of a file's name");
  const seen = new Set<Name>();
  const twice = rel.applications.filter((one) => seen.size === seen.add(one.name).size);
  if (twice.length > 0) throw illegalApplications(twice, "are named more than once");
  const mandatory = rel.applications.find((one) => one.name === MANDATORY_APPLICATION);
  if (mandatory === undefined) throw new UnderwayError("release/missing_mandatory_app", { app: MANDATORY_APPLICATION });
  if (startType(mandatory) !== "permanent") {
    throw new UnderwayError("release/mandatory_app", { app: mandatory.name, type: startType(mandatory) });
  }
}

const illegalApplications = (applications: readonly RelApplication[], problem: string) =>
  new UnderwayError("release/illegal_applications", {
    applications: applications.map((one) => `${one.name}-${one.vsn}`),
    problem,
  });

const startType = (application: RelApplication): StartType => application.type ?? "permanent";

// Internal: the application files.

interface Found {
  readonly app: App;
  readonly type: StartType;
}

function findApps(rel: Rel, apps: readonly App[]): readonly Found[] {
  const byName = Map.groupBy(apps, (app) => app.name);
  const withVsn = ({ name, vsn }: RelApplication) => byName.get(name)?.find((app) => app.vsn === vsn);
  const missing = rel.applications.filter((one) => withVsn(one) === undefined);
  if (missing.length > 0) {
    throw new UnderwayError("release/error_reading", {
      problems: missing.map(({ name, vsn }) => ({
        app: name,
        vsn,
        found: (byName.get(name) ?? []).map((app) => app.vsn),
      })),
    });
  }
  return rel.applications.map((application) => ({
    app: withIncludesOf(application, withVsn(application) as App),
    type: startType(application),
  }));
}

/** What the release says to include replaces what the application file says. OTP: rel(5), `InclList`. */
function withIncludesOf({ includedApplications }: RelApplication, app: App): App {
  if (includedApplications === undefined) return app;
  const bad = includedApplications.filter((name) => !includes(app).includes(name));
  if (bad.length > 0) throw new UnderwayError("release/override_include", { app: app.name, applications: bad });
  return { ...app, includedApplications };
}

const includes = (app: App): readonly Name[] => app.includedApplications ?? [];

function checkDefined(found: readonly Found[]): void {
  const defined = new Set(found.map(({ app }) => app.name));
  const undefinedOnes = new Map<Name, Name[]>();
  for (const { app } of found) {
    const optional = new Set(app.optionalApplications);
    for (const name of [...app.applications.filter((used) => !optional.has(used)), ...includes(app)]) {
      if (!defined.has(name)) undefinedOnes.set(name, [...(undefinedOnes.get(name) ?? []), app.name]);
    }
  }
  if (undefinedOnes.size > 0) {
    throw new UnderwayError("release/undefined_applications", {
      undefined: [...undefinedOnes].map(([app, neededBy]) => ({ app, neededBy })),
    });
  }
}

/** Names that more than one owner has, each with its owners. An owner that names one twice counts twice. */
function duplicates(owned: readonly (readonly [owner: Name, names: readonly string[]])[]): [string, Name[]][] {
  const owners = new Map<string, Name[]>();
  for (const [owner, names] of owned) {
    for (const name of names) {
      const known = owners.get(name);
      if (known === undefined) owners.set(name, [owner]);
      else known.push(owner);
    }
  }
  return [...owners].filter(([, list]) => list.length > 1);
}

/**
 * The uses of an application, with the top application that starts it in place of each included one.
 *
 * As systools_make:add_top_apps_to_uses/3: a use of its own top is dropped, since the top starts it; a use of an
 * application below the same top stays as it is.
 */
function usesOfTops(app: App, includedBy: ReadonlyMap<Name, Name>): readonly Name[] {
  const ownTop = topOf(app.name, includedBy);
  let uses = [...app.applications];
  for (const used of app.applications) {
    if (used === ownTop) {
      uses = uses.filter((name) => name !== used);
      continue;
    }
    if (!includedBy.has(used)) continue;
    const top = topOf(used, includedBy);
    if (top === ownTop) continue;
    uses = uses.filter((name) => name !== used);
    if (!uses.includes(top)) uses.push(top);
  }
  return uses;
}

/** The application at the top of those that include this one; itself when none does. A circle of includes ends somewhere in it. */
function topOf(name: Name, includedBy: ReadonlyMap<Name, Name>): Name {
  const seen = new Set<Name>();
  let top = name;
  for (let next = includedBy.get(top); next !== undefined && !seen.has(next); next = includedBy.get(top)) {
    seen.add(next);
    top = next;
  }
  return top;
}

/** Uses and includes in the order of the release; optional ones that are absent come last. */
function inReleaseOrder(rel: Rel, app: App): App {
  const place = new Map(rel.applications.map((one, index) => [one.name, index]));
  const sorted = (names: readonly Name[]) =>
    names.toSorted((a, b) => (place.get(a) ?? Number.MAX_SAFE_INTEGER) - (place.get(b) ?? Number.MAX_SAFE_INTEGER));
  const sortedApp = { ...app, applications: sorted(app.applications) };
  return app.includedApplications === undefined
    ? sortedApp
    : { ...sortedApp, includedApplications: sorted(app.includedApplications) };
}
