// One module on its way to object code, from its source:  strip ─ parse ─ read imports and exports ─ rewrite ─ chain maps.

import remapping from "@jridgewell/remapping";
import { type Comment, type Program, parseSync } from "oxc-parser";
import { type ErrorCode, type ErrorDetails, UnderwayError } from "../../error.ts";
import type { ModuleId } from "../../release/data.ts";
import type { Import, SourceMapV3 } from "../../release/object-code.ts";
import type { Attributes } from "./attributes.ts";
import type { EvaluationSummary } from "./evaluation.ts";
import { allExports, type Linked } from "./exports.ts";
import { type Alone, digestOf } from "./hash.ts";
import { Lines } from "./lines.ts";
import { importFault, isFault, type LinkFault, resolveRequest } from "./link.ts";
import { readLiterals } from "./literals.ts";
import {
  type ExportedName,
  importDeclaredAgain,
  type ModuleSyntax,
  type Request,
  readModuleSyntax,
} from "./module-syntax.ts";
import { type Place, placeBehind } from "./place.ts";
import { type Known, sourceOf } from "./resolve.ts";
import { type RefusedForm, rewrite } from "./rewrite.ts";
import { offsetOf, type Stripped, strip } from "./strip.ts";

/** What is made of one module. */
export interface Compiled {
  readonly object: Alone;
  /** Of `object`. */
  readonly digest: string;
  readonly evaluation: EvaluationSummary;
  /** What it imports dynamically, by a literal. */
  readonly dynamic: readonly Request[];
}

/** A module on its way: its imports are resolved first, then it is compiled. Both throw its faults. */
export interface Compiling {
  readonly id: ModuleId;
  readonly syntax: ModuleSyntax;
  /** What each request names. */
  targets(known: Known): Import[];
  compile(modules: ReadonlyMap<ModuleId, Linked>, known: Known): Compiled;
}

/** Begins with its source. */
export class ParsedModule implements Compiling {
  readonly id: ModuleId;
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

  targets(known: Known): Import[] {
    return this.syntax.requests.map((request) => this.#resolve(request, known));
  }

  compile(modules: ReadonlyMap<ModuleId, Linked>, known: Known): Compiled {
    const linked = modules.get(this.id) as Linked;
    const fault = importFault(linked, modules);
    if (fault !== null) this.#failLinking(fault);
    return this.compileUnchecked(linked.targets, allExports(linked, modules), known);
  }

  /** Compiles it as if all that it imports were there. */
  compileUnchecked(targets: readonly Import[], exports: ReadonlyMap<string, ExportedName>, known: Known): Compiled {
    const dynamic: Request[] = [];
    const { code, map, evaluation, ...facts } = rewrite({
      module: this.id,
      code: this.#stripped.code,
      program: this.#program,
      comments: this.#comments,
      lines: new Lines(this.#stripped.code, this.#stripped.map),
      syntax: this.syntax,
      exports,
      targets,
      resolveDynamic: (specifier: string, start: number, attributes: Attributes) => {
        const request = { specifier, start, phase: null, attributes };
        dynamic.push(request);
        return this.#resolve(request, known);
      },
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
    return { object, digest: digestOf(object), evaluation, dynamic };
  }

  // Internal.

  #resolve(request: Request, known: Known): Import {
    const found = resolveRequest(this.id, request, known);
    return isFault(found) ? this.#failLinking(found) : found;
  }

  #failLinking({ code, start, details }: LinkFault): never {
    return this.#fail(code, start, details as never);
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
