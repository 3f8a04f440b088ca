// TypeScript sources -> object code. OTP: compile:forms/2. See design.md 5.
//
//   source ─ strip ─ parse ─ read imports and exports ─┐  (each module for itself)
//                                                      ├─ resolve over all modules ─ rewrite ─ chain maps ─ hash
//   … all other modules of the project ────────────────┘

import { isUnderwayError, UnderwayError } from "../../error.ts";
import type { ModuleId, Name } from "../../release/data.ts";
import type { ObjectCode } from "../../release/object-code.ts";
import { type EvaluationSummary, evaluationDependencies, inert } from "./evaluation.ts";
import { allExports, type Linked } from "./exports.ts";
import { rememberDigest, withHashes } from "./hash.ts";
import { compileJson, jsonSyntax } from "./json-module.ts";
import { type Compiling, ParsedModule } from "./parsed-module.ts";
import { inputsOf, type Memory, RememberedModule } from "./remembered-module.ts";
import { applicationOf, isJson, type Known, resolve, sourceOf } from "./resolve.ts";

export interface CompileOptions {
  /** Applications of the project besides those that the sources belong to. Default: none. */
  readonly applications?: readonly Name[];
  /** Names a module's source file in errors. Default: `<application>/src/<path>.ts`. */
  readonly fileOf?: (module: ModuleId) => string;
  /** What is known of some modules from before, of these very sources. Default: nothing. */
  readonly memories?: ReadonlyMap<ModuleId, Memory>;
  /** Is told what to remember of each module of TypeScript. */
  readonly remember?: (module: ModuleId, memory: Memory) => void;
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
  options: CompileOptions = {},
): ObjectCode[] => {
  const { applications = [], fileOf = (module: ModuleId) => `${applicationOf(module)}/${sourceOf(module)}` } = options;
  const ids = Object.keys(sources).sort();
  const known: Known = {
    applications: new Set([...applications, ...ids.map(applicationOf)]),
    modules: new Set(ids),
  };
  const faults = new Faults();
  const scripts = ids.filter((id) => !isJson(id));
  const parsed = faults.each(scripts, (id): Compiling => {
    const parse = () => new ParsedModule(id, fileOf(id), sources[id] as string);
    const memory = options.memories?.get(id);
    return memory === undefined ? parse() : new RememberedModule(id, memory, parse);
  });
  faults.throwIfAny();
  const linked = new Map<ModuleId, Linked>();
  for (const id of ids.filter(isJson)) linked.set(id, { module: id, syntax: jsonSyntax, targets: [] });
  faults.each(parsed, (module) => {
    linked.set(module.id, { module: module.id, syntax: module.syntax, targets: module.targets(known) });
  });
  faults.throwIfAny();
  const summaries = new Map<ModuleId, EvaluationSummary>();
  const data = new Set<ModuleId>();
  const objects = faults.each(parsed, (module) => {
    const of = linked.get(module.id) as Linked;
    const compiled = module.compile(linked, known);
    rememberDigest(compiled.object, compiled.digest);
    summaries.set(module.id, compiled.evaluation);
    const dynamic = compiled.dynamic.map(({ specifier }) => resolve(specifier, module.id, known));
    for (const target of [...of.targets, ...dynamic]) {
      if (target.kind === "module" && isJson(target.module)) data.add(target.module);
    }
    const inputs = options.remember && inputsOf(of, allExports(of, linked), compiled.dynamic, known);
    if (inputs) options.remember?.(module.id, { syntax: module.syntax, compiled, inputs });
    return compiled.object;
  });
  for (const id of data) summaries.set(id, inert);
  objects.push(...faults.each([...data].sort(), (id) => compileJson(id, fileOf(id), sources[id] as string)));
  faults.throwIfAny();
  objects.sort((one, other) => (one.module < other.module ? -1 : 1));
  return withHashes(
    objects.map((object) => ({ ...object, ...evaluationDependencies(object.module, summaries, linked) })),
  );
};

// Internal.

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
