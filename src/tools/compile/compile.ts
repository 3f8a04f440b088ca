// TypeScript sources -> object code. OTP: compile:forms/2. See design.md 5.
//
//   source ─ strip ─ parse ─ read imports and exports ─┐  (each module for itself)
//                                                      ├─ resolve over all modules ─ rewrite ─ chain maps ─ hash
//   … all other modules of the project ────────────────┘

import remapping from "@jridgewell/remapping";
import { type Comment, type Program, parseSync } from "oxc-parser";
import { type ErrorCode, type ErrorDetails, isUnderwayError, UnderwayError } from "../../error.ts";
import type { ModuleId, Name } from "../../release/data.ts";
import type { Import, ObjectCode, SourceMapV3 } from "../../release/object-code.ts";
import type { Attributes } from "./attributes.ts";
import { type Captured, type EvaluationSummary, evaluationDependencies, inert } from "./evaluation.ts";
import { allExports, type Linked, resolveExport } from "./exports.ts";
import { withHashes } from "./hash.ts";
import { compileJson, jsonSyntax } from "./json-module.ts";
import { Lines } from "./lines.ts";
import { readLiterals } from "./literals.ts";
import { importDeclaredAgain, type ModuleSyntax, readModuleSyntax } from "./module-syntax.ts";
import { type Place, placeBehind } from "./place.ts";
import { applicationOf, isJson, type Known, resolve, sourceOf } from "./resolve.ts";
import { type RefusedForm, rewrite } from "./rewrite.ts";
import { offsetOf, type Stripped, strip } from "./strip.ts";

export interface CompileOptions {
  /** Applications of the project besides those that the sources belong to. Default: none. */
  readonly applications?: readonly Name[];
  /** Names a module's source file in errors. Default: `<application>/src/<path>.ts`. */
  readonly fileOf?: (module: ModuleId) => string;
}

/**
 * Compiles all modules of a project: what one exports decides what another may import, and how its hash comes out.
 *
 * The result has the order of the module ids and is the same for the same sources, whatever their order. JSON files, whose
 * ids end in `.json`, become modules if one imports them; the others are left out.
 *
 * @throws compile/syntax_error, compile/refused_form, compile/unresolved_import, compile/unknown_export,
 * compile/star_external, compile/not_literal; compile/several when more than one module is at fault: the first fault of
 * each is reported. Modules are parsed first, then resolved, then rewritten; a step with faults is the last.
 */
export const compileModules = (
  sources: Readonly<Record<ModuleId, string>>,
  { applications = [], fileOf = (module) => `${applicationOf(module)}/${sourceOf(module)}` }: CompileOptions = {},
): ObjectCode[] => {
  const ids = Object.keys(sources).sort();
  const known: Known = {
    applications: new Set([...applications, ...ids.map(applicationOf)]),
    modules: new Set(ids),
  };
  const faults = new Faults();
  const scripts = ids.filter((id) => !isJson(id));
  const parsed = faults.each(scripts, (id) => new Parsed(id, fileOf(id), sources[id] as string));
  faults.throwIfAny();
  const linked = new Map<ModuleId, Linked>();
  for (const id of ids.filter(isJson)) linked.set(id, { module: id, syntax: jsonSyntax, targets: [] });
  faults.each(parsed, (module) => {
    linked.set(module.id, { module: module.id, syntax: module.syntax, targets: module.targets(known) });
  });
  faults.throwIfAny();
  const summaries = new Map<ModuleId, EvaluationSummary>();
  const objects = faults.each(parsed, (module) => {
    const { object, evaluation } = module.compile(linked, known);
    summaries.set(module.id, evaluation);
    return object;
  });
  const data = new Set(parsed.flatMap(({ imported }) => [...imported].filter(isJson)));
  for (const id of data) summaries.set(id, inert);
  objects.push(...faults.each([...data].sort(), (id) => compileJson(id, fileOf(id), sources[id] as string)));
  faults.throwIfAny();
  objects.sort((one, other) => (one.module < other.module ? -1 : 1));
  return withHashes(
    objects.map((object) => ({ ...object, ...evaluationDependencies(object.module, summaries, linked) })),
  );
};

// Internal.

/** Object code before what all modules together decide is known. */
type Alone = Omit<ObjectCode, "hash" | keyof Captured>;

/** One module on its way. */
class Parsed {
  readonly id: ModuleId;
  /** Modules that it imports, dynamically too. */
  readonly imported = new Set<ModuleId>();
  readonly syntax: ModuleSyntax;
  readonly #file: string;
  readonly #source: string;
  readonly #stripped: Stripped;
  readonly #program: Program;
  readonly #comments: readonly Comment[];

  constructor(id: ModuleId, file: string, source: string) {
    this.id = id;
    this.#file = file;
    this.#source = source;
    this.#stripped = strip(file, source);
    const { program, errors, comments } = parseSync(`${id}.js`, this.#stripped.code, {
      lang: "js",
      sourceType: "module",
    });
    const error = errors[0];
    if (error !== undefined) {
      this.#fail("compile/syntax_error", offsetOf(error), { message: error.message });
    }
    this.#program = program;
    this.#comments = comments;
    this.syntax = readModuleSyntax(program);
    const again = importDeclaredAgain(program, this.syntax);
    if (again !== null) {
      this.#fail("compile/syntax_error", again.start, {
        message: `Identifier \`${again.name}\` has already been declared by an import`,
      });
    }
  }

  /** What each request names. */
  targets(known: Known): Import[] {
    return this.syntax.requests.map(({ specifier, start, phase, attributes }) => {
      if (phase !== null) this.#refuse("import_phase", start);
      return this.#resolve(specifier, start, attributes, known);
    });
  }

  compile(
    modules: ReadonlyMap<ModuleId, Linked>,
    known: Known,
  ): { readonly object: Alone; readonly evaluation: EvaluationSummary } {
    const linked = modules.get(this.id) as Linked;
    this.#checkImports(linked, modules);
    const exports = allExports(linked, modules);
    const { code, map, evaluation, ...facts } = rewrite({
      module: this.id,
      code: this.#stripped.code,
      program: this.#program,
      comments: this.#comments,
      lines: new Lines(this.#stripped.code, this.#stripped.map),
      syntax: this.syntax,
      exports,
      targets: linked.targets,
      resolveDynamic: (specifier, offset, attributes) => this.#resolve(specifier, offset, attributes, known),
      refuse: (form, offset, name) => this.#refuse(form, offset, name),
    });
    const literals = readLiterals(this.#program, exports, (name, wanted, literal, offset) =>
      this.#fail("compile/not_literal", offset, { export: name, wanted, literal }),
    );
    const object = {
      format: 1 as const,
      module: this.id,
      source: sourceOf(this.id),
      code,
      exports: [...exports.keys()],
      ...facts,
      ...literals,
      map: this.#chain(map),
    };
    return { object, evaluation };
  }

  // Internal.

  /** As the linking of ES modules: an import of what nobody exports is an error before anything runs. */
  #checkImports(linked: Linked, modules: ReadonlyMap<ModuleId, Linked>): void {
    const { syntax, targets } = linked;
    const reExported = [...syntax.exports.values()].filter((exported) => exported.kind === "imported");
    for (const { request, name, start } of [...syntax.bindings.values(), ...reExported]) {
      const target = targets[request];
      if (target?.kind !== "module" || name === null) continue;
      const of = modules.get(target.module) as Linked;
      const found = resolveExport(of, name, modules);
      if (typeof found === "string") {
        const exports = [...allExports(of, modules).keys()];
        this.#fail("compile/unknown_export", start, { module: target.module, export: name, found, exports });
      }
    }
    for (const request of syntax.stars) {
      const target = targets[request];
      if (target?.kind !== "external") continue;
      const { start } = syntax.requests[request] as { start: number };
      this.#fail("compile/star_external", start, { specifier: target.specifier });
    }
  }

  #resolve(specifier: string, offset: number, attributes: Attributes, known: Known): Import {
    if (typeof attributes === "object") this.#refuse("import_attribute", offset, attributes.unknown);
    const found = resolve(specifier, this.id, known);
    if (found.kind !== "unresolved") {
      // As Node: who imports says what it expects, so that data never becomes code.
      const data = found.kind === "module" && isJson(found.module);
      if (attributes === "none" && data) this.#refuse("json_not_said", offset, specifier);
      if (attributes === "json" && !data) {
        this.#refuse(found.kind === "module" ? "json_expected" : "json_of_package", offset, specifier);
      }
      if (found.kind === "module") this.imported.add(found.module);
      return found;
    }
    return this.#fail("compile/unresolved_import", offset, { specifier, why: found.why, cure: found.cure });
  }

  #refuse(form: RefusedForm, offset: number, name = ""): never {
    return this.#fail("compile/refused_form", offset, { form, name });
  }

  #fail<C extends ErrorCode>(code: C, offset: number, details: Omit<ErrorDetails<C>, keyof Place>): never {
    const { code: made, map } = this.#stripped;
    const place = placeBehind(this.#file, this.#source, made, map, offset);
    throw new UnderwayError(code, { ...place, ...details } as ErrorDetails<C>);
  }

  /** One map from the body to the TypeScript source. */
  #chain(rewritten: SourceMapV3): SourceMapV3 {
    const layers = [rewritten, this.#stripped.map].map((map) => ({
      ...map,
      sources: [...map.sources],
      names: [...map.names],
    }));
    const { names, mappings } = remapping(layers as Parameters<typeof remapping>[0], () => null);
    return {
      version: 3,
      sources: [sourceOf(this.id)],
      sourcesContent: [this.#source],
      names,
      mappings: mappings as string,
    };
  }
}

/** Lets the work go on behind a faulty module, so that one run reports the faults of all. */
class Faults {
  readonly #errors: UnderwayError[] = [];

  each<T, R>(items: readonly T[], work: (item: T) => R): R[] {
    const done: R[] = [];
    for (const item of items) {
      try {
        done.push(work(item));
      } catch (error) {
        if (!isUnderwayError(error)) throw error;
        this.#errors.push(error);
      }
    }
    return done;
  }

  throwIfAny(): void {
    const [first, ...others] = this.#errors;
    if (first === undefined) return;
    if (others.length === 0) throw first;
    throw new UnderwayError("compile/several", { errors: this.#errors });
  }
}
