// Errors of the area `compile`, sorted by reason.

import type { Entries, SourcePlace } from "./words.ts";
import { at, framed, quoted } from "./words.ts";

const refusedForms = {
  top_level_await: (name: string) => ({
    what: `a module cannot contain "${name}" at its top level`,
    why: "modules are loaded in one synchronous step, so that a whole set can be switched in one turn",
    cure: "move it into a function that is called when the application or a process starts",
  }),
  decorator: () => ({
    what: "decorators and accessor fields are not supported",
    why: "Node does not run them yet",
    cure: "call the function that wraps the class or method yourself",
  }),
  import_assigned: (name: string) => ({
    what: `cannot assign to the import "${name}"`,
    why: "an import is read-only; only the module that exports it can change it",
    cure: "export a function that does it, and call that",
  }),
  import_phase: () => ({
    what: "an import cannot have a phase",
    why: "all modules of a release are loaded and evaluated together, none later than the others",
    cure: "import it plainly",
  }),
  import_attribute: (name: string) => ({
    what: `the import attribute "${name}" is not supported`,
    why: "what an import loads is decided when the release is built",
    cure: 'write `with { type: "json" }`, literally, or nothing',
  }),
  json_not_said: (specifier: string) => ({
    what: `"${specifier}" is JSON, and the import does not say so`,
    why: "Node demands it, so that data never becomes code by the name of a file alone",
    cure: 'add `with { type: "json" }`',
  }),
  json_expected: (specifier: string) => ({
    what: `"${specifier}" is a TypeScript module, not JSON`,
    why: 'the import says `with { type: "json" }`',
    cure: "leave the attribute out",
  }),
  json_of_package: (specifier: string) => ({
    what: `"${specifier}" would be JSON of a package`,
    why: "a package is loaded as a whole, through what its main file exports",
    cure: 'copy the file into the application\'s sources, or read it: JSON.parse(readFileSync(…, "utf8"))',
  }),
};

export const compile = {
  "compile/json_name": (d: { file: string }) => ({
    what: `Cannot compile ${d.file}: its name ends in ".json.ts"`,
    why: "its module would have the name of the JSON file beside it",
    cure: "give it another name",
  }),
  "compile/not_literal": (d: SourcePlace & { export: string; wanted: string; literal: boolean }) => ({
    what: framed(`Cannot compile ${at(d)}: the export "${d.export}" must be ${d.literal ? d.wanted : "a literal"}`, d),
    why: "the tools read it without running the module",
    cure: `write \`export const ${d.export} = …\` with ${d.wanted}`,
  }),
  "compile/refused_form": (d: SourcePlace & { form: keyof typeof refusedForms; name: string }) => {
    const { what, why, cure } = refusedForms[d.form](d.name);
    return { what: framed(`Cannot compile ${at(d)}: ${what}`, d), why, cure };
  },
  "compile/several": (d: { errors: readonly Error[] }) => ({
    what: `Cannot compile ${d.errors.length} modules\n\n${d.errors.map((error) => error.message).join("\n\n")}\n`,
  }),
  "compile/star_external": (d: SourcePlace & { specifier: string }) => ({
    what: framed(`Cannot compile ${at(d)}: "export *" from "${d.specifier}", which is not a module of this project`, d),
    why: "its exports are not known before it runs",
    cure: `name them: export { a, b } from "${d.specifier}"`,
  }),
  "compile/syntax_error": (d: SourcePlace & { message: string }) => ({
    what: framed(`Cannot compile ${at(d)}: ${d.message}`, d),
    cure: "correct the source at the caret",
  }),
  "compile/unknown_export": (
    d: SourcePlace & { module: string; export: string; found: string; exports: readonly string[] },
  ) => ({
    what: framed(`Cannot compile ${at(d)}: module "${d.module}" has no export "${d.export}"`, d),
    why: d.found === "unknown" ? `it exports ${quoted(d.exports) || "nothing"}` : `its re-exports of it are ${d.found}`,
    cure: "correct the name; write `import type` if it is a type",
  }),
  "compile/unresolved_import": (d: SourcePlace & { specifier: string; why: string; cure: string }) => ({
    what: framed(`Cannot compile ${at(d)}: cannot find "${d.specifier}"`, d),
    why: d.why,
    cure: d.cure,
  }),
} satisfies Entries;
