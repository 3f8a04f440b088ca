// In which order a set of modules is evaluated: as ES modules are, dependencies first, from the sorted ids on; in an
// import cycle the module that was reached first comes last.

import { circles } from "../../release/circles.ts";
import type { ModuleId } from "../../release/data.ts";
import type { ObjectCode } from "../../release/object-code.ts";

/** Modules to evaluate in one stretch, in this order. */
export interface Stretch {
  readonly modules: readonly ModuleId[];
  /** Those that may be read by others before they have been evaluated. */
  readonly cyclic: ReadonlySet<ModuleId>;
}

/** Cuts a set into stretches, each independent of the later ones. Imports that lead out of the set do not matter, unless they lead back to something that is read during evaluation. */
export const evaluationOrder = (objects: ReadonlyMap<ModuleId, ObjectCode>): Stretch[] => {
  const imports = new Map<ModuleId, ModuleId[]>();
  for (const module of [...objects.keys()].sort()) {
    const object = objects.get(module) as ObjectCode;
    // What it reads through modules that stay as they are is no import of its own, but has to be evaluated before it too.
    const before = new Set([...importedModules(object), ...object.evaluationDependencies]);
    imports.set(
      module,
      [...before].filter((other) => objects.has(other)),
    );
  }
  const order = postOrder(imports);
  const cyclic = new Set<ModuleId>();
  const circleOf = new Map<ModuleId, number>();
  for (const [i, circle] of circles(imports).entries()) {
    for (const module of circle) {
      circleOf.set(module, i);
      const readsItself = objects.get(module)?.evaluationDependencies.includes(module) ?? false;
      if (circle.length > 1 || readsItself) cyclic.add(module);
    }
  }
  // A circle's members need not be neighbours in the order; what stands between them belongs to the same stretch.
  const lastOf = new Map(order.map((module, i) => [circleOf.get(module), i]));
  const stretches: Stretch[] = [];
  let begin = 0;
  let end = 0;
  for (const [i, module] of order.entries()) {
    end = Math.max(end, lastOf.get(circleOf.get(module)) as number);
    if (i < end) continue;
    const modules = order.slice(begin, i + 1);
    stretches.push({ modules, cyclic: new Set(modules.filter((one) => cyclic.has(one))) });
    begin = i + 1;
  }
  return stretches;
};

/** Modules that a module imports, in the order of its imports. */
export const importedModules = (object: ObjectCode): ModuleId[] =>
  object.imports.flatMap((target) => (target.kind === "module" ? [target.module] : []));

// Internal.

const postOrder = (graph: ReadonlyMap<ModuleId, readonly ModuleId[]>): ModuleId[] => {
  const order: ModuleId[] = [];
  const seen = new Set<ModuleId>();
  const visit = (module: ModuleId): void => {
    if (seen.has(module)) return;
    seen.add(module);
    for (const next of graph.get(module) ?? []) visit(next);
    order.push(module);
  };
  for (const module of graph.keys()) visit(module);
  return order;
};
