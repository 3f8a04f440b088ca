// Where a build works, and how its results get to their places: all at once, or not at all.
//
//   <out>/.chat-0.1.0.building-<pid>/{work,target,package,base}      filled, then renamed to
//   <out>/chat-0.1.0/    <out>/chat-0.1.0.tar.gz    <out>/chat-0.1.0.base.json
//
// Whatever fails or is interrupted before the renames leaves the previous results untouched.
// Limit: a crash between the renames, which take microseconds, may leave the new directory beside the old package.

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { UnderwayError } from "../../error.ts";
import type { Name, Vsn } from "../../release/data.ts";

/** Paths of the results of a build. */
export interface Places {
  /** The target directory: a folder. */
  readonly target: string;
  /** The `.tar.gz`. */
  readonly package: string;
  /** The `.base.json`. */
  readonly base: string;
}

/** A build that is going on. */
export interface Building extends Places {
  readonly folder: string;
  /** A folder for what is thrown away. */
  readonly work: string;
}

export const placesOf = (out: string, name: Name, vsn: Vsn): Places => ({
  target: join(out, `${name}-${vsn}`),
  package: join(out, `${name}-${vsn}.tar.gz`),
  base: join(out, `${name}-${vsn}.base.json`),
});

/**
 * Makes room for a build in `out`, and removes what builds left that were interrupted.
 *
 * @throws assemble/target_in_use if a node runs from the target directory that would be replaced
 */
export function beginBuilding(out: string, name: Name, vsn: Vsn): Building {
  refuseTargetInUse(placesOf(out, name, vsn).target);
  mkdirSync(out, { recursive: true });
  const prefix = `.${name}-${vsn}.building-`;
  for (const left of readdirSync(out).filter((each) => each.startsWith(prefix))) {
    if (isRunning(Number(left.slice(prefix.length)))) continue;
    // It was interrupted between its renames: what was there before is put back.
    const old = join(out, left, "old");
    const { target } = placesOf(out, name, vsn);
    if (existsSync(old) && !existsSync(target)) renameSync(old, target);
    rmSync(join(out, left), { recursive: true, force: true });
  }
  const folder = join(out, `${prefix}${process.pid}`);
  rmSync(folder, { recursive: true, force: true });
  const work = join(folder, "work");
  mkdirSync(work, { recursive: true });
  return { folder, work, target: join(folder, "target"), package: join(folder, "package"), base: join(folder, "base") };
}

/** Throws a build away. */
export const discardBuilding = (building: Building): void => {
  rmSync(building.folder, { recursive: true, force: true });
};

/**
 * Moves the results of a build to their places.
 *
 * A target directory that was run from is replaced together with its `var/`, which belongs to the release that it was.
 *
 * @throws assemble/target_in_use
 */
export function finishBuilding(building: Building, places: Places): void {
  refuseTargetInUse(places.target);
  const old = join(building.folder, "old");
  if (existsSync(places.target)) renameSync(places.target, old);
  try {
    renameSync(building.target, places.target);
  } catch (e) {
    if (existsSync(old)) renameSync(old, places.target);
    throw e;
  }
  renameSync(building.package, places.package);
  renameSync(building.base, places.base);
  discardBuilding(building);
}

// Internal.

function refuseTargetInUse(target: string): void {
  const instances = join(target, "var");
  for (const instance of existsSync(instances) ? readdirSync(instances) : []) {
    const file = join(instances, instance, "pid");
    const pid = existsSync(file) ? Number.parseInt(readFileSync(file, "utf8"), 10) : Number.NaN;
    if (isRunning(pid)) throw new UnderwayError("assemble/target_in_use", { target, instance, pid });
  }
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (e) {
    // EPERM: it runs, and belongs to somebody else.
    return (e as { code?: string }).code === "EPERM";
  }
}
