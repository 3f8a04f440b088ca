// Groups modules that depend on each other, and orders each group. Semantics: a graph whose edges go from a module to
// what it depends on; a group is a weakly connected component, ordered dependents first.
//
// OTP: systools_rc:make_dependency_graph/1 and make_topological_order. Deviation: OTP's order of what nothing decides
// is that of its hash tables; here it is the order of the script.

import { UnderwayError } from "../../error.ts";
import { circles } from "../circles.ts";
import type { ModuleId } from "../data.ts";
import type { CodeItem } from "./item.ts";
import { firstPlace } from "./item.ts";

/** One group: indexes into the items it was made of, dependents first, so that a module stands before what it depends on. */
export type Group = readonly number[];
export type GroupsOf = (items: readonly CodeItem[]) => readonly Group[];

/**
 * Divides code instructions into groups, in the order of each group's first member.
 *
 * Time and space grow with modules and dependencies (times the logarithm of a group's size).
 *
 * @throws `relup/muldef_module` for two instructions about one module, `relup/undef_module` for a dependency on a
 *   module without instruction.
 */
export function dependencyGroups(items: readonly CodeItem[]): readonly Group[] {
  const dependencies = resolve(items);
  const components = circleOf(dependencies);
  return weaklyConnected(dependencies).map((group) => order(group, dependencies, components));
}

// Internal.

/** For each item the indexes of the items it depends on. */
type Graph = readonly (readonly number[])[];

function resolve(items: readonly CodeItem[]): Graph {
  const index = new Map<ModuleId, number>();
  for (const [n, item] of items.entries()) {
    const { module } = item.code;
    const first = items[index.get(module) ?? n];
    if (first !== undefined && first !== item) {
      throw new UnderwayError("relup/muldef_module", { module, place: firstPlace(item), first: firstPlace(first) });
    }
    index.set(module, n);
  }
  return items.map((item) =>
    item.code.depMods.map((module) => {
      const n = index.get(module);
      if (n !== undefined) return n;
      throw new UnderwayError("relup/undef_module", { module, by: item.code.module, place: firstPlace(item) });
    }),
  );
}

/** Weakly connected components, each sorted, in order of their smallest member. */
function weaklyConnected(graph: Graph): readonly (readonly number[])[] {
  const parent = graph.map((_, n) => n);
  const rootOf = (n: number): number => {
    let root = n;
    while (parent[root] !== root) {
      parent[root] = parent[parent[root] as number] as number;
      root = parent[root] as number;
    }
    return root;
  };
  for (const [n, dependencies] of graph.entries()) {
    for (const dependency of dependencies) parent[rootOf(n)] = rootOf(dependency);
  }
  return [...Map.groupBy(parent.keys(), rootOf).values()];
}

/** Numbers the circle that each node is in. */
function circleOf(graph: Graph): readonly number[] {
  const numbers: number[] = new Array(graph.length).fill(0);
  for (const [number, circle] of circles(new Map(graph.entries())).entries()) {
    for (const n of circle) numbers[n] = number;
  }
  return numbers;
}

/** Orders a group: always the first ready component, members of a component in the order of the script. */
function order(group: readonly number[], graph: Graph, componentOf: readonly number[]): Group {
  if (group.length === 1) return group;
  // Insertion order is the order of the script, so a component's first member is its smallest.
  const members = Map.groupBy(group, (n) => componentOf[n] as number);
  const dependents = new Map([...members.keys()].map((component) => [component, 0]));
  const edges = (component: number) =>
    (members.get(component) ?? [])
      .flatMap((n) => graph[n] ?? [])
      .map((n) => componentOf[n] as number)
      .filter((other) => other !== component);
  const count = (component: number, by: number) => {
    const left = (dependents.get(component) ?? 0) + by;
    dependents.set(component, left);
    return left;
  };
  for (const component of members.keys()) for (const other of edges(component)) count(other, 1);

  const first = (component: number) => members.get(component)?.[0] as number;
  const ready = new Heap<number>((a, b) => first(a) - first(b));
  for (const [component, left] of dependents) if (left === 0) ready.push(component);
  const ordered: number[] = [];
  for (let component = ready.pop(); component !== undefined; component = ready.pop()) {
    ordered.push(...(members.get(component) ?? []));
    for (const other of edges(component)) if (count(other, -1) === 0) ready.push(other);
  }
  return ordered;
}

/** A binary heap: the smallest first. */
class Heap<T> {
  readonly #items: T[] = [];
  readonly #compare: (a: T, b: T) => number;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  push(item: T): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    for (let up = (at - 1) >> 1; at > 0 && this.#compare(item, items[up] as T) < 0; up = (at - 1) >> 1) {
      items[at] = items[up] as T;
      at = up;
    }
    items[at] = item;
  }

  pop(): T | undefined {
    const items = this.#items;
    const smallest = items[0];
    const last = items.pop();
    if (last === undefined || items.length === 0) return smallest;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child + 1 < items.length && this.#compare(items[child + 1] as T, items[child] as T) < 0) child += 1;
      if (child >= items.length || this.#compare(last, items[child] as T) <= 0) break;
      items[at] = items[child] as T;
      at = child;
    }
    items[at] = last;
    return smallest;
  }
}
