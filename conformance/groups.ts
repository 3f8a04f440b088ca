// The freedom that OTP leaves: modules of a group that nothing orders. Reads OTP's order from its script and checks
// that it is valid; by means of its own, not those of src/release/translate/groups.ts.

import type { GroupsOf } from "../src/release/translate/groups.ts";
import { dependencyGroups } from "../src/release/translate/groups.ts";
import type { CodeItem, Mode } from "../src/release/translate/item.ts";
import type { Term } from "../src/tools/erlang/term.ts";
import { elementsOf, isTuple, nameOf } from "../src/tools/erlang/term.ts";

/** Orders each group as a script of OTP does, if that order is valid; else as we do. */
export const groupsAsIn =
  (script: readonly Term[], mode: Mode): GroupsOf =>
  (items) => {
    const position = positions(script);
    const at = (n: number) => position.get(items[n]?.code.module ?? "") ?? -1;
    return dependencyGroups(items).map((group) => {
      // Upgrades load what is depended on first.
      const theirs = group.toSorted((a, b) => (mode === "up" ? at(b) - at(a) : at(a) - at(b)));
      return isValid(theirs, items) ? theirs : group;
    });
  };

// Internal.

/** Where each module is first loaded or removed. */
function positions(script: readonly Term[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const [index, instruction] of script.entries()) {
    const [name, swap] = elementsOf(instruction) ?? [];
    if (nameOf(name) !== "load" && nameOf(name) !== "remove") continue;
    const module = isTuple(swap) ? nameOf(swap.tuple[0]) : undefined;
    if (module !== undefined && !found.has(module)) found.set(module, index);
  }
  return found;
}

/** Dependents first; members of a circle together, in the order of the script. */
function isValid(order: readonly number[], items: readonly CodeItem[]): boolean {
  const index = new Map(items.map((item, n) => [item.code.module, n]));
  const reaches = new Map(order.map((n) => [n, reachedFrom(n, items, index)]));
  const inCircle = (a: number, b: number) => a !== b && reaches.get(a)?.has(b) && reaches.get(b)?.has(a);
  return order.every((first, i) =>
    order.slice(i + 1).every((second, j) => {
      if (inCircle(first, second)) {
        const between = order.slice(i + 1, i + 1 + j);
        return first < second && between.every((one) => inCircle(first, one));
      }
      return !reaches.get(second)?.has(first);
    }),
  );
}

function reachedFrom(
  start: number,
  items: readonly CodeItem[],
  index: ReadonlyMap<string, number>,
): ReadonlySet<number> {
  const reached = new Set<number>();
  const todo = [start];
  for (let n = todo.pop(); n !== undefined; n = todo.pop()) {
    for (const module of items[n]?.code.depMods ?? []) {
      const next = index.get(module);
      if (next !== undefined && !reached.has(next)) {
        reached.add(next);
        todo.push(next);
      }
    }
  }
  return reached;
}
