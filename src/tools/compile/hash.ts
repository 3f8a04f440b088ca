// The name of a version: a hash over all that decides how the module behaves, the hashes of its evaluation dependencies
// included. Modules that depend on each other in a circle are hashed together.

import { createHash } from "node:crypto";
import type { ModuleId } from "../../release/data.ts";
import type { ObjectCode } from "../../release/object-code.ts";

/** Fills in `hash`. The set must contain every evaluation dependency of its members. */
export const withHashes = (objects: readonly Omit<ObjectCode, "hash">[]): ObjectCode[] => {
  const own = new Map<ModuleId, string>();
  const dependencies = new Map<ModuleId, readonly ModuleId[]>();
  for (const object of objects) {
    own.set(object.module, sha256(JSON.stringify(object)));
    dependencies.set(object.module, object.evaluationDependencies);
  }
  const hashes = new Map<ModuleId, string>();
  for (const circle of circles(dependencies)) {
    const members = new Set(circle);
    const outer = new Set(circle.flatMap((module) => dependencies.get(module) ?? []).filter((m) => !members.has(m)));
    const inner = [...circle].sort().map((module) => own.get(module) as string);
    const digest = sha256(JSON.stringify([inner, [...outer].sort().map((module) => hashes.get(module) ?? null)]));
    for (const module of circle) hashes.set(module, sha256(JSON.stringify([own.get(module), digest])));
  }
  return objects.map(({ format, module, source, ...rest }) => ({
    format,
    module,
    source,
    hash: hashes.get(module) as string,
    ...rest,
  }));
};

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

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
