// Nodes that depend on each other in a circle belong together: modules in one have one hash, come to life together, and
// are ordered as one.

/**
 * Strongly connected components of a graph, each after all that it depends on. Nodes that are only depended on do not
 * count.
 *
 * Tarjan's algorithm, with a stack of its own: a chain of dependencies may be longer than the call stack.
 */
export const circles = <Node>(graph: ReadonlyMap<Node, readonly Node[]>): Node[][] => {
  const visited = new Map<Node, Visit<Node>>();
  const open: Visit<Node>[] = [];
  const found: Node[][] = [];
  const enter = (node: Node, path: Visit<Node>[]) => {
    const visit = { node, number: visited.size, lowest: visited.size, next: 0, isOpen: true };
    visited.set(node, visit);
    open.push(visit);
    path.push(visit);
  };
  for (const root of graph.keys()) {
    const path: Visit<Node>[] = [];
    if (!visited.has(root)) enter(root, path);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const dependencies = graph.get(top.node) ?? [];
      if (top.next < dependencies.length) {
        const node = dependencies[top.next++] as Node;
        const known = visited.get(node);
        if (known?.isOpen) top.lowest = Math.min(top.lowest, known.number);
        if (known === undefined && graph.has(node)) enter(node, path);
        continue;
      }
      path.pop();
      const above = path.at(-1);
      if (above !== undefined) above.lowest = Math.min(above.lowest, top.lowest);
      if (top.lowest === top.number) found.push(close(open, top));
    }
  }
  return found;
};

// Internal.

interface Visit<Node> {
  readonly node: Node;
  /** Nodes visited before it. */
  readonly number: number;
  /** The smallest number known to be reached from it, among the open ones. */
  lowest: number;
  /** Index of the dependency to look at next. */
  next: number;
  /** Its circle is not found yet. */
  isOpen: boolean;
}

/** Takes the circle that `first` was the first visited of. */
function close<Node>(open: Visit<Node>[], first: Visit<Node>): Node[] {
  const circle: Node[] = [];
  for (let visit = open.pop(); visit !== undefined; visit = visit === first ? undefined : open.pop()) {
    visit.isOpen = false;
    circle.push(visit.node);
  }
  return circle;
}
