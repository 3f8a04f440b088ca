// The modules of a release, and the npm packages that they need: together they decide which versions the modules are.

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ObjectCode } from "../../release/object-code.ts";
import { withHashes } from "../compile/hash.ts";
import { compileProject } from "../compile/project.ts";
import type { Importer, NpmPackages } from "./npm-packages.ts";
import { npmPackages, packageNameOf } from "./npm-packages.ts";
import type { Application } from "./project.ts";

export type CompiledApplication = Application & { readonly objects: readonly ObjectCode[] };

export interface CompiledRelease {
  readonly applications: readonly CompiledApplication[];
  readonly npm: NpmPackages;
}

/**
 * Compiles the applications of a release. What has not changed since the last time is remembered in the project's
 * `node_modules/.cache/underway`, if the project has a `node_modules`.
 *
 * @throws what compileProject and npmPackages throw
 */
export async function compileRelease(project: string, applications: readonly Application[]): Promise<CompiledRelease> {
  const modules = join(project, "node_modules");
  const cache = existsSync(modules) ? { cache: join(modules, ".cache/underway/modules") } : {};
  const compiled = await compileProject(applications, { root: project, ...cache });
  const typed = applications.map((each) => ({ ...each, objects: compiled.get(each.name) ?? [] }));
  const npm = npmPackages(typed.map((each) => importerOf(each, each.objects)));
  return { applications: withSurroundings(typed, npm), npm };
}

// Internal.

/** Names each module also by what it captures of packages and folders (hash.ts). */
function withSurroundings(
  applications: readonly CompiledApplication[],
  { imports }: NpmPackages,
): CompiledApplication[] {
  const objects = applications.flatMap((each) => each.objects);
  const hashed = withHashes(objects, {
    packageOf: ({ application, specifier }) =>
      imports.get(application)?.get(packageNameOf(specifier) ?? specifier)?.home ?? specifier,
    placeOf: (name) => `${name}-${applications.find((each) => each.name === name)?.vsn}`,
  });
  const byModule = new Map(hashed.map((object) => [object.module, object]));
  return applications.map((each) => ({
    ...each,
    objects: each.objects.map(({ module }) => byModule.get(module) as ObjectCode),
  }));
}

const importerOf = (application: Application, objects: readonly ObjectCode[]): Importer => ({
  application: application.name,
  folder: application.folder,
  specifiers: objects.flatMap(({ imports }) =>
    imports.flatMap((each) => (each.kind === "external" ? each.specifier : [])),
  ),
});
