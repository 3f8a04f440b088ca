// Projects in several versions, built for real into packages, each to be upgraded to from the first.

import { execFile } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Files, writeFiles } from "../tools/temporary-project.ts";
import { repository } from "./bank.ts";

export interface Releases {
  /** The package of a version of the release `bank`. */
  packageOf(vsn: string): string;
  remove(): void;
}

/**
 * Builds every version.
 *
 * @param versions the project's files by version; the first is the one that the others are upgrades of.
 * @param link gives a project its node_modules. Default: those of the repository.
 */
export async function buildReleases(
  versions: Readonly<Record<string, Files>>,
  link: (project: string) => void = (project) =>
    symlinkSync(join(repository, "node_modules"), join(project, "node_modules")),
): Promise<Releases> {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "underway-releases-"));
  const [first] = Object.keys(versions) as [string];
  for (const [vsn, files] of Object.entries(versions)) {
    const project = join(folder, vsn);
    writeFiles(project, files);
    link(project);
    const upgrade = vsn === first ? [] : ["--upgrade", "--from", first];
    const command = join(repository, "dist/tools/cli/underway.js");
    const args = [command, "release", "--project", project, "--out", join(folder, "target"), ...upgrade];
    await promisify(execFile)(process.execPath, args);
  }
  return {
    packageOf: (vsn) => join(folder, `target/bank-${vsn}.tar.gz`),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
