// Specifier -> what it names: another module of the release, or an external.
//
//   "./room.ts", "../a/b.ts"    module of the same application
//   "./rooms.json"              the same: a JSON module, whose id has the ending
//   "presence/tracker[.ts]"     module `presence/tracker`, if `presence` is an application of the project
//   anything else               external: npm package, Node built-in, part of Underway

import type { ModuleId, Name } from "../../release/data.ts";
import type { Import } from "../../release/object-code.ts";

/** What the project consists of. */
export interface Known {
  readonly applications: ReadonlySet<Name>;
  readonly modules: { has(module: ModuleId): boolean };
}

/** Why a specifier names nothing, and what to write instead. */
export interface Unresolved {
  readonly kind: "unresolved";
  readonly why: string;
  readonly cure: string;
}

/** The application that a module belongs to. */
export const applicationOf = (module: ModuleId): Name => module.slice(0, module.indexOf("/"));

/** Whether it is a JSON module: a file of data that is imported as Node imports JSON. */
export const isJson = (module: ModuleId): boolean => module.endsWith(".json");

/** The module's source file, from its application's folder. */
export const sourceOf = (module: ModuleId): string =>
  `src/${module.slice(module.indexOf("/") + 1)}${isJson(module) ? "" : ".ts"}`;

/** What `specifier` names when it stands in the module `from`. */
export const resolve = (specifier: string, from: ModuleId, known: Known): Import | Unresolved => {
  if (/^\.{1,2}\//.test(specifier)) return resolveRelative(specifier, from, known);
  const application = specifier.split("/", 1)[0] as string;
  if (!known.applications.has(application)) return { kind: "external", specifier };
  const module = specifier.replace(/\.ts$/, "");
  return known.modules.has(module)
    ? { kind: "module", module }
    : {
        kind: "unresolved",
        why: `"${application}" is an application of this project, and it has no file ${sourceOf(module)}`,
        cure: `name one of its files: "${application}/<path below src>"`,
      };
};

// Internal.

/** As docs/modules.md says. */
const assetCure =
  'put an asset into the application\'s folder "priv" and read it from `join(Application.privDir("<application>"), "<file>")`';

const resolveRelative = (specifier: string, from: ModuleId, known: Known): Import | Unresolved => {
  const application = applicationOf(from);
  const path = from.split("/").slice(1, -1);
  for (const part of specifier.split("/")) {
    if (part === ".") continue;
    if (part !== "..") path.push(part);
    else if (path.pop() === undefined) {
      return {
        kind: "unresolved",
        why: `it points outside the sources of the application "${application}"`,
        cure: `import a module of another application by its name: "<application>/<path below src>"; ${assetCure}`,
      };
    }
  }
  const target = path.join("/");
  if (!/\.(?:ts|json)$/.test(target)) {
    const isModule = known.modules.has(`${application}/${target.replace(/\.[cm]?js$/, "")}`);
    return {
      kind: "unresolved",
      why: "only TypeScript and JSON files are modules, and a relative import names the file with its ending",
      cure: isModule ? `write "${specifier.replace(/\.[cm]?js$/, "")}.ts"` : assetCure,
    };
  }
  const module = `${application}/${target.replace(/\.ts$/, "")}`;
  if (known.modules.has(module)) return { kind: "module", module };
  return { kind: "unresolved", why: `there is no file ${sourceOf(module)}`, cure: "correct the path, or add the file" };
};
