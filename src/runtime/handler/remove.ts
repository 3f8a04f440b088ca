// Deletes the files of a release that no other one needs. Whole folders are moved aside first, the release's own folder before
// all others, and deleted there: what is interrupted leaves no half of a folder, and what it leaves is cleared away later.

import { existsSync, readdirSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Vsn } from "../../release/data.ts";
import { readJson, writeJson } from "./durable.ts";
import { type RunningNode, startOf } from "./node.ts";
import { type ReleaseFiles, readReleaseFiles } from "./release-files.ts";
import type { Releases } from "./statuses.ts";
import { firstStartFile, type Start, type Target, varFile } from "./target.ts";
import { asideFolder } from "./unpack.ts";

/** The other nodes of a target directory, and the releases that they know. */
export const otherInstances = ({
  root,
  instance: own,
}: Target): readonly { readonly instance: string; readonly vsns: readonly Vsn[] }[] =>
  readdirSync(join(root, "var"))
    .filter((instance) => instance !== own)
    .map((instance) => {
      const written = readJson(varFile({ root, instance }, "RELEASES.json")) as { releases: Releases } | undefined;
      return { instance, vsns: (written?.releases ?? []).map(({ vsn }) => vsn) };
    });

/** Deletes a release; `needed` are the versions whose files stay. */
export const deleteRelease = async (node: RunningNode, vsn: Vsn, needed: readonly Vsn[]): Promise<void> => {
  const { target } = node;
  const files = readReleaseFiles(target, vsn);
  const kept = new Set(needed.flatMap((other) => unitsOf(readReleaseFiles(target, other))));
  // An instance that is started for the first time boots what start.json says.
  const first = readJson(firstStartFile(target)) as Start | undefined;
  if (first?.vsn === vsn) writeJson(firstStartFile(target), startOf(node));
  const aside = asideFolder(target.root);
  try {
    for (const unit of unitsOf(files)) {
      if (kept.has(unit) || !existsSync(join(target.root, unit))) continue;
      await mkdir(join(aside, dirname(unit)), { recursive: true });
      await rename(join(target.root, unit), join(aside, unit));
    }
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
};

/** The folders of a release, below the target directory; its own first. */
const unitsOf = ({ vsn, manifest, boot }: ReleaseFiles): readonly string[] => [
  `releases/${vsn}`,
  ...boot.applications.map(({ folder }) => folder),
  ...manifest.packages.map(({ folder }) => folder),
  manifest.underway.folder,
  manifest.runtime.folder,
];
