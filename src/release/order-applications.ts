// Orders applications so that each stands behind all that it uses or includes; otherwise as they were given.
// OTP: systools_make:sort_appls/1.

import { UnderwayError } from "../error.ts";
import type { CheckedApplication } from "./check-release.ts";
import type { Name } from "./data.ts";

/**
 * Puts applications in the order in which they are loaded and started.
 *
 * Applications that are named but not given (absent optional ones) do not count. An application that uses the one which
 * includes it does not wait for it.
 *
 * Deviation: an application may name another one both as used and as included. OTP takes that for an undefined
 * application, unless the release lists the other one first.
 *
 * Throws `release/circular_dependencies` with the applications at which circles were closed.
 */
export function orderApplications(applications: readonly CheckedApplication[]): readonly CheckedApplication[] {
  const byName = new Map(applications.map((one) => [one.app.name, one]));
  const place = new Map(applications.map((one, index) => [one.app.name, index]));
  const ordered: CheckedApplication[] = [];
  const state = new Map<Name, "visiting" | "done">();
  const circular = new Set<Name>();

  // Recursion is as deep as the longest chain of applications, and applications are few.
  const visit = (one: CheckedApplication): void => {
    const { name } = one.app;
    state.set(name, "visiting");
    for (const needed of neededBy(one, byName, place)) {
      const at = state.get(needed.app.name);
      if (at === undefined) visit(needed);
      else if (at === "visiting") circular.add(name).add(needed.app.name);
    }
    state.set(name, "done");
    ordered.push(one);
  };
  for (const one of applications) if (!state.has(one.app.name)) visit(one);

  if (circular.size > 0) {
    throw new UnderwayError("release/circular_dependencies", {
      applications: applications.filter((one) => circular.has(one.app.name)).map(({ app }) => `${app.name}-${app.vsn}`),
    });
  }
  return ordered;
}

/**
 * Everything that an application directly or indirectly needs to be started before it, the given ones included.
 *
 * Absent applications do not count.
 */
export function neededByAny(applications: readonly CheckedApplication[], names: Iterable<Name>): ReadonlySet<Name> {
  const byName = new Map(applications.map((one) => [one.app.name, one]));
  const needed = new Set<Name>();
  const todo = [...names];
  for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
    const one = byName.get(name);
    if (one === undefined || needed.has(name)) continue;
    needed.add(name);
    todo.push(...one.app.applications, ...(one.app.includedApplications ?? []));
  }
  return needed;
}

// Internal.

/** What stands before it: uses, then includes, each in the order of the release. */
function neededBy(
  { app }: CheckedApplication,
  byName: ReadonlyMap<Name, CheckedApplication>,
  place: ReadonlyMap<Name, number>,
): readonly CheckedApplication[] {
  const present = (names: readonly Name[]) =>
    names
      .flatMap((name) => byName.get(name) ?? [])
      .filter((one) => one.app.name !== app.name)
      .toSorted((a, b) => (place.get(a.app.name) ?? 0) - (place.get(b.app.name) ?? 0));
  const uses = present(app.applications).filter((one) => !one.app.includedApplications?.includes(app.name));
  return [...uses, ...present(app.includedApplications ?? [])];
}
