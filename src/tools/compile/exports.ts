// What `export *` and chains of re-exports come to, over all modules of a project.
// ES specification: GetExportedNames and ResolveExport.

import type { ModuleId } from "../../release/data.ts";
import type { ExternalUse, Import } from "../../release/object-code.ts";
import type { ExportedName, ModuleSyntax } from "./module-syntax.ts";
import { applicationOf } from "./resolve.ts";

/** A module with its requests resolved: `targets[i]` is what request i names. */
export interface Linked {
  readonly module: ModuleId;
  readonly syntax: ModuleSyntax;
  readonly targets: readonly Import[];
}

/** Stands for a local name in the binding of a namespace that is exported as a whole. */
export const NAMESPACE = "*namespace*";

/** Every export of a module by name, `export *` included, in the order of their names. */
export const allExports = (
  linked: Linked,
  modules: ReadonlyMap<ModuleId, Linked>,
): ReadonlyMap<string, ExportedName> => {
  const { syntax } = linked;
  const known = ownExports.get(syntax);
  if (known !== undefined) return known;
  const found = new Map<string, ExportedName>(syntax.exports);
  for (const request of linked.syntax.stars) {
    for (const name of exportedNames(linked.targets[request], modules, new Set([linked.module]))) {
      // An ambiguous name is no export at all.
      if (found.has(name) || typeof resolveExport(linked, name, modules) === "string") continue;
      found.set(name, { kind: "imported", request, name, start: linked.syntax.requests[request]?.start ?? 0 });
    }
  }
  const sorted = new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
  // Without `export *` it does not matter which other modules there are.
  if (syntax.stars.length === 0) ownExports.set(syntax, sorted);
  return sorted;
};

/**
 * The binding behind an export: its module and its local name there, or an external's.
 * "unknown" when there is no such export, "ambiguous" when two `export *` give different ones, "circular" when it only
 * leads back to itself.
 */
export const resolveExport = (
  linked: Linked,
  name: string,
  modules: ReadonlyMap<ModuleId, Linked>,
  seen: Set<string> = new Set(),
): { readonly binding: string } | "unknown" | "ambiguous" | "circular" => {
  const key = `${linked.module} ${name}`;
  if (seen.has(key)) return "circular";
  seen.add(key);
  const own = linked.syntax.exports.get(name);
  if (own?.kind === "local") return { binding: `${linked.module} ${own.local}` };
  if (own !== undefined) return resolveImport(linked, own.request, own.name, modules, seen);
  if (name === "default") return "unknown";
  let found: { readonly binding: string } | null = null;
  for (const request of linked.syntax.stars) {
    const one = resolveImport(linked, request, name, modules, seen);
    if (one === "ambiguous") return one;
    if (typeof one === "string") continue;
    if (found !== null && found.binding !== one.binding) return "ambiguous";
    found = one;
  }
  return found ?? "unknown";
};

/** The external behind a binding that `resolveExport` has found; null if it is a module's own. */
export const externalBehind = (binding: string): ExternalUse | null => {
  const [kind, application = "", specifier = ""] = binding.split(" ");
  return kind === "external" ? { application, specifier } : null;
};

/** Module and local name of what `resolveExport` has found. */
export const splitBinding = (binding: string): readonly [module: ModuleId, local: string] => {
  const space = binding.indexOf(" ");
  return [binding.slice(0, space), binding.slice(space + 1)];
};

// Internal.

const ownExports = new WeakMap<ModuleSyntax, ReadonlyMap<string, ExportedName>>();

/** Two applications may have two versions of one package, so whose it is belongs to it. */
const externalBinding = (module: ModuleId, specifier: string, name: string | null): string =>
  `external ${applicationOf(module)} ${specifier} ${name}`;

const resolveImport = (
  linked: Linked,
  request: number,
  name: string | null,
  modules: ReadonlyMap<ModuleId, Linked>,
  seen: Set<string>,
): ReturnType<typeof resolveExport> => {
  const target = linked.targets[request] as Import;
  if (target.kind === "external") return { binding: externalBinding(linked.module, target.specifier, name) };
  if (name === null) return { binding: `${target.module} ${NAMESPACE}` };
  return resolveExport(modules.get(target.module) as Linked, name, modules, seen);
};

const exportedNames = (
  target: Import | undefined,
  modules: ReadonlyMap<ModuleId, Linked>,
  seen: Set<ModuleId>,
): Set<string> => {
  const names = new Set<string>();
  if (target?.kind !== "module" || seen.has(target.module)) return names;
  seen.add(target.module);
  const linked = modules.get(target.module) as Linked;
  for (const name of linked.syntax.exports.keys()) names.add(name);
  for (const request of linked.syntax.stars) {
    for (const name of exportedNames(linked.targets[request], modules, seen)) names.add(name);
  }
  names.delete("default");
  return names;
};
