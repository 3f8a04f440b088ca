// Applications on disk -> object code.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { UnderwayError } from "../../error.ts";
import type { ModuleId, Name } from "../../release/data.ts";
import type { ObjectCode } from "../../release/object-code.ts";
import { compileModules } from "./compile.ts";
import { ModuleCache } from "./module-cache.ts";
import { compileAhead } from "./parallel.ts";
import type { Memory } from "./remembered-module.ts";
import { applicationOf, isJson, sourceOf } from "./resolve.ts";

/**
 * An application's folder. Its modules are the TypeScript files below `src`, declaration files excepted, and the JSON
 * files that they import.
 */
export interface SourceApplication {
  readonly name: Name;
  /** Absolute path. */
  readonly folder: string;
}

export interface ProjectOptions {
  /** File in which compiled modules are remembered between builds. Default: none. */
  readonly cache?: string;
  /** Folder that file names in errors start from. Default: the current one. */
  readonly root?: string;
}

/**
 * Compiles all applications of a project together, since modules import each other across them.
 * Resolves to the object code by application, in the order of the module ids. Many modules that are not remembered are
 * compiled in several threads.
 *
 * @throws compile/json_name, what `compileModules` throws
 */
export const compileProject = async (
  applications: readonly SourceApplication[],
  { root = process.cwd(), cache: cacheFile }: ProjectOptions = {},
): Promise<Map<Name, ObjectCode[]>> => {
  const sources: Record<ModuleId, string> = {};
  const folders = new Map(applications.map(({ name, folder }) => [name, folder]));
  for (const application of applications) {
    for (const module of [...modulesOf(application), ...jsonOf(application)]) {
      const file = join(application.folder, sourceOf(module));
      if (isJson(module) && existsSync(`${file}.ts`))
        throw new UnderwayError("compile/json_name", { file: relative(root, `${file}.ts`) });
      sources[module] = readFileSync(file, "utf8");
    }
  }
  const fileOf = (module: ModuleId) =>
    relative(root, join(folders.get(applicationOf(module)) as string, sourceOf(module)));
  const cache = cacheFile === undefined ? null : new ModuleCache(cacheFile);
  const memories = new Map<ModuleId, Memory>();
  const missing = new Map<ModuleId, string>();
  for (const [module, source] of Object.entries(sources)) {
    const memory = cache?.get(module, source);
    if (memory !== undefined) memories.set(module, memory);
    else if (!isJson(module)) missing.set(module, source);
  }
  const known = { modules: new Set(Object.keys(sources)), applications: new Set(folders.keys()) };
  for (const [module, memory] of await compileAhead(missing, known)) memories.set(module, memory);
  const remember = (module: ModuleId, memory: Memory) => cache?.set(module, sources[module] as string, memory);
  const options = { applications: [...folders.keys()], fileOf, memories, remember };
  const found = new Map<Name, ObjectCode[]>(applications.map(({ name }) => [name, []]));
  for (const object of compileModules(sources, options)) found.get(applicationOf(object.module))?.push(object);
  cache?.save();
  return found;
};

/** Compiles one application that imports no other one's modules. */
export const compileApplication = async (
  application: SourceApplication,
  options: ProjectOptions = {},
): Promise<ObjectCode[]> => (await compileProject([application], options)).get(application.name) as ObjectCode[];

/** The TypeScript modules of an application, sorted. */
export const modulesOf = (application: SourceApplication): ModuleId[] =>
  filesOf(application)
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts"))
    .map((path) => `${application.name}/${path.slice(0, -3)}`)
    .sort();

// Internal.

/** What may become a JSON module. */
const jsonOf = (application: SourceApplication): ModuleId[] =>
  filesOf(application)
    .filter((path) => path.endsWith(".json"))
    .map((path) => `${application.name}/${path}`);

const filesOf = ({ folder }: SourceApplication): string[] =>
  readdirSync(join(folder, "src"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(join(folder, "src"), join(entry.parentPath, entry.name)).split(sep).join("/"));
