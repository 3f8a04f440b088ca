// What can be wrong between modules: an import of what is not there. As the linking of ES modules: an error before anything
// runs. Faults are returned, since who finds them need not know yet where in the source they are.

import type { ErrorDetails } from "../../error.ts";
import type { ModuleId } from "../../release/data.ts";
import type { Import } from "../../release/object-code.ts";
import { allExports, type Linked, resolveExport } from "./exports.ts";
import type { Request } from "./module-syntax.ts";
import type { Place } from "./place.ts";
import { isJson, type Known, resolve } from "./resolve.ts";

type FaultCode =
  | "compile/refused_form"
  | "compile/unresolved_import"
  | "compile/unknown_export"
  | "compile/star_external";

/** A fault, and where it stands in the JavaScript of the module. */
export type LinkFault = {
  readonly [Code in FaultCode]: {
    readonly code: Code;
    readonly start: number;
    readonly details: Omit<ErrorDetails<Code>, keyof Place>;
  };
}[FaultCode];

/** What a request of the module `from` names. */
export const resolveRequest = (from: ModuleId, request: Request, known: Known): Import | LinkFault => {
  const { specifier, start, phase, attributes } = request;
  const refused = (form: ErrorDetails<"compile/refused_form">["form"], name: string): LinkFault => ({
    code: "compile/refused_form",
    start,
    details: { form, name },
  });
  if (phase !== null) return refused("import_phase", "");
  if (typeof attributes === "object") return refused("import_attribute", attributes.unknown);
  const found = resolve(specifier, from, known);
  if (found.kind === "unresolved") {
    const { why, cure } = found;
    return { code: "compile/unresolved_import", start, details: { specifier, why, cure } };
  }
  // As Node: who imports says what it expects, so that data never becomes code.
  const data = found.kind === "module" && isJson(found.module);
  if (attributes === "none" && data) return refused("json_not_said", specifier);
  if (attributes === "json" && !data) {
    return refused(found.kind === "module" ? "json_expected" : "json_of_package", specifier);
  }
  return found;
};

export const isFault = (found: Import | LinkFault): found is LinkFault => "code" in found;

/** The first import of something that its target does not export; null if there is none. */
export const importFault = ({ syntax, targets }: Linked, modules: ReadonlyMap<ModuleId, Linked>): LinkFault | null => {
  const reExported = [...syntax.exports.values()].filter((exported) => exported.kind === "imported");
  for (const { request, name, start } of [...syntax.bindings.values(), ...reExported]) {
    const target = targets[request];
    if (target?.kind !== "module" || name === null) continue;
    const of = modules.get(target.module) as Linked;
    const found = resolveExport(of, name, modules);
    if (typeof found !== "string") continue;
    const exports = [...allExports(of, modules).keys()];
    return { code: "compile/unknown_export", start, details: { module: target.module, export: name, found, exports } };
  }
  for (const request of syntax.stars) {
    const target = targets[request];
    if (target?.kind !== "external") continue;
    const { start } = syntax.requests[request] as Request;
    return { code: "compile/star_external", start, details: { specifier: target.specifier } };
  }
  return null;
};
