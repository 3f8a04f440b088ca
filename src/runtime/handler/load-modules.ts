// From the files of a release to staged code.

import { join } from "node:path";
import type { Name } from "../../release/data.ts";
import type { ObjectCode } from "../../release/object-code.ts";
import { type Relinking, setExternalLoader } from "../code/externals.ts";
import { type Staged, stage } from "../code/stage.ts";
import { externalLoader } from "./externals.ts";
import type { ReleaseFiles } from "./release-files.ts";
import type { Target } from "./target.ts";

/** From now on modules find their packages where this release has them. */
export const usePackagesOf = ({ root }: Target, { boot }: ReleaseFiles): void =>
  setExternalLoader(externalLoader(root, boot));

/** Where a release has its applications; null for one that it does not have. */
export const foldersOf = ({ root }: Target, { boot }: ReleaseFiles): ((application: Name) => string | null) => {
  const folders = new Map(boot.applications.map(({ app, folder }) => [app.name, join(root, folder)]));
  return (application) => folders.get(application) ?? null;
};

/** Loads modules of a release aside. Stacks call them by application and version. */
export const stageObjects = (
  target: Target,
  files: ReleaseFiles,
  objects: readonly ObjectCode[],
  externals?: Relinking,
): Promise<Staged> => {
  const applications = new Map(files.boot.applications.map((entry) => [entry.app.name, entry]));
  return stage(objects, {
    ...(externals && { externals }),
    originOf: (module) => {
      const name = files.manifest.modules[module]?.app ?? module;
      const entry = applications.get(name);
      if (entry === undefined) return { label: name, folder: null };
      return { label: `${name}-${entry.app.vsn}`, folder: join(target.root, entry.folder) };
    },
  });
};
