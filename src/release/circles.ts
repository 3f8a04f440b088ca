// Modules that depend on each other in a circle belong together: they have one hash, and they come to life together.

import type { ModuleId } from "./data.ts";

/** Strongly connected components of a graph, each after all that it depends on. Tarjan's algorithm. */
export const circles = (graph: ReadonlyMap<ModuleId, readonly ModuleId[]>): ModuleId[][] => {
  const index = new Map<ModuleId, number>();
  const low = new Map<ModuleId, number>();
  const stack: ModuleId[] = [];
  const onStack = new Set<ModuleId>();
  const found: ModuleId[][] = [];
  const visit = (module: ModuleId): void => {
    const number = index.size;
    index.set(module, number);
    low.set(module, number);
    stack.push(module);
    onStack.add(module);
    for (const next of graph.get(module) ?? []) {
      if (!graph.has(next)) continue;
      if (!index.has(next)) {
        visit(next);
        low.set(module, Math.min(low.get(module) as number, low.get(next) as number));
      } else if (onStack.has(next)) {
        low.set(module, Math.min(low.get(module) as number, index.get(next) as number));
      }
    }
    if (low.get(module) !== number) return;
    const circle: ModuleId[] = [];
    let member: ModuleId;
    do {
      member = stack.pop() as ModuleId;
      onStack.delete(member);
      circle.push(member);
    } while (member !== module);
    found.push(circle);
  };
  for (const module of graph.keys()) if (!index.has(module)) visit(module);
  return found;
};
