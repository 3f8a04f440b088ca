// Which npm packages change with an install, which of them may be loaded a second time beside the running copy, and what
// stays in memory of the others. Node never lets go of a package.

import { realpathSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { UnderwayError } from "../../error.ts";
import type { Name } from "../../release/data.ts";
import type { ExternalUse } from "../../release/object-code.ts";
import { externalsInUse } from "../code/externals.ts";
import type { Step } from "./plan.ts";
import type { ReleaseFiles } from "./release-files.ts";
import type { Target } from "./target.ts";

/** A package of an application that lies elsewhere in the other release: it, or something that it needs, has changed. */
export interface ChangedPackage {
  readonly app: Name;
  readonly name: Name;
  /** Folder below the target directory, `lib/ws-8.23.0-<hash>`, in the running release. */
  readonly from: string;
  /** The same in the release to go to. */
  readonly to: string;
}

/** The packages in use that change between two releases. A package that one of them does not have is not among them. */
export const changedPackages = ({ root }: Target, from: ReleaseFiles, to: ReleaseFiles): ChangedPackage[] => {
  const found = new Map<string, ChangedPackage>();
  for (const use of externalsInUse()) {
    const name = packageOf(use);
    const before = folderOf(root, from, use.application, name);
    const after = folderOf(root, to, use.application, name);
    if (before === null || after === null || before === after) continue;
    found.set(`${use.application} ${name}`, { app: use.application, name, from: before, to: after });
  }
  return [...found.values()];
};

/**
 * Refuses a changed package that nobody has declared safe to be loaded beside its running copy: two copies are two pools,
 * two registries, a false `instanceof`. Safe is what either release names under `relink`, or the script relinks, or what
 * belongs to an application that the script stops and starts, which then has one copy only.
 *
 * @throws release/package_changed
 */
export const refuseUnsafe = (
  changed: readonly ChangedPackage[],
  from: ReleaseFiles,
  to: ReleaseFiles,
  steps: readonly Step[],
): void => {
  const packages = [...from.manifest.packages, ...to.manifest.packages];
  const declared = new Set(packages.filter(({ relink }) => relink).map(({ name }) => name));
  const instructed = new Set(steps.flatMap((step) => (step.kind === "switch" ? [...step.switch.relink] : [])));
  const restarted = new Set(steps.flatMap((step) => stoppedApplication(step) ?? []));
  const unsafe = changed.filter(
    ({ app, name }) => !declared.has(name) && !instructed.has(`${app} ${name}`) && !restarted.has(app),
  );
  if (unsafe.length === 0) return;
  throw new UnderwayError("release/package_changed", {
    vsn: to.vsn,
    packages: unsafe.map(({ app, from, to: after }) => ({ app, from, to: after })),
  });
};

/** Picks the uses of these packages. */
export const usesOf =
  (changed: readonly ChangedPackage[]): ((use: ExternalUse) => boolean) =>
  (use) =>
    changed.some(({ app, name }) => app === use.application && name === packageOf(use));

/**
 * Folders of packages that are in memory and not the running release's: what installs and their undos have loaded.
 * `loaded` is what the node has ever loaded, and grows by what this release has.
 */
export const keptPackages = (loaded: Set<string>, { manifest }: ReleaseFiles): string[] => {
  const present = new Set(manifest.packages.map(({ folder }) => folder));
  for (const folder of present) loaded.add(folder);
  return [...loaded].filter((folder) => !present.has(folder)).sort();
};

// Internal.

/** `@scope/name/file.js` -> `@scope/name`. */
const packageOf = ({ specifier }: ExternalUse): Name =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

/** Where a package that an application imports really lies; null if the application does not have it. */
const folderOf = (root: string, { boot }: ReleaseFiles, app: Name, name: Name): string | null => {
  const folder = boot.applications.find((entry) => entry.app.name === app)?.folder;
  if (folder === undefined) return null;
  try {
    const place = relative(realpathSync(root), realpathSync(join(root, folder, "node_modules", name)));
    return place.split(sep).slice(0, 2).join("/");
  } catch {
    return null;
  }
};

const stoppedApplication = (step: Step): Name | null => {
  if (step.kind !== "apply") return null;
  const { module, function: fn, args } = step.mfa;
  return module === "underway/application" && fn === "stop" ? String(args[0]) : null;
};
