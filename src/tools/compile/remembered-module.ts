// A module that was compiled before, here or in another thread. What was made of its source is taken as it is, if all that
// it got from other modules is the same; else, and to tell what is wrong with it, it is compiled from its source.

import type { ModuleId } from "../../release/data.ts";
import type { Import } from "../../release/object-code.ts";
import { allExports, type Linked } from "./exports.ts";
import { importFault, isFault, resolveRequest } from "./link.ts";
import type { ExportedName, ModuleSyntax, Request } from "./module-syntax.ts";
import type { Compiled, Compiling } from "./parsed-module.ts";
import type { Known } from "./resolve.ts";

/** What is remembered of a module. Plain data and collections: it can be cloned. */
export interface Memory {
  readonly syntax: ModuleSyntax;
  readonly compiled: Compiled;
  /** All that it got from other modules. */
  readonly inputs: string;
}

/** What a module gets from others when it is compiled; null if it cannot be: one of its dynamic imports names nothing. */
export const inputsOf = (
  { module, targets }: Pick<Linked, "module" | "targets">,
  exports: ReadonlyMap<string, ExportedName>,
  dynamic: readonly Request[],
  known: Known,
): string | null => {
  const dynamicTargets = dynamic.map((request) => resolveRequest(module, request, known));
  if (dynamicTargets.some(isFault)) return null;
  return JSON.stringify([targets, dynamicTargets, [...exports]]);
};

export class RememberedModule implements Compiling {
  readonly id: ModuleId;
  readonly syntax: ModuleSyntax;
  readonly #memory: Memory;
  readonly #parse: () => Compiling;

  /** @param parse begins with the source. */
  constructor(id: ModuleId, memory: Memory, parse: () => Compiling) {
    this.id = id;
    this.syntax = memory.syntax;
    this.#memory = memory;
    this.#parse = parse;
  }

  targets(known: Known): Import[] {
    const targets = this.syntax.requests.map((request) => resolveRequest(this.id, request, known));
    return targets.some(isFault) ? this.#parse().targets(known) : (targets as Import[]);
  }

  compile(modules: ReadonlyMap<ModuleId, Linked>, known: Known): Compiled {
    const linked = modules.get(this.id) as Linked;
    const { compiled, inputs } = this.#memory;
    const same =
      importFault(linked, modules) === null &&
      inputsOf(linked, allExports(linked, modules), compiled.dynamic, known) === inputs;
    return same ? compiled : this.#parse().compile(modules, known);
  }
}
