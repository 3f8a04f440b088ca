// Reads a heap snapshot of V8 and finds out why loaded texts of modules are still in memory. Pure: text in, paths out.
//
//   (root) ─► … ─► Timeout ─► closure ─► context of the module ─► its entry function ◄─ the runtime's Version
//
// All code of a version holds its entry function (version.ts), through the context of the module's body. So whoever
// reaches that context other than through the Version itself keeps the version. Breadth first from the root, the first
// way is a shortest one.
//
// No library: those that read snapshots bring a browser or dozens of packages, and the runtime has no dependencies.
// Format: v8/src/profiler/heap-snapshot-generator.cc, and `snapshot.meta` in each file.

/** One object on the way from the root, and the edge that leads on from it. */
export interface Hop {
  /** `closure`, `object`, `native`… */
  readonly type: string;
  /** Class of an object, name of a closure. */
  readonly name: string;
  /** The edge to the next: `context` (a variable), `element`, `property`, `internal`. */
  readonly edgeType: string;
  readonly edge: string;
  /** Where a closure, the class of an instance, or the frame of a generator stands. Counted from one. */
  readonly place: { readonly file: string; readonly line: number; readonly column: number } | null;
  /** `id` of its `pid`, if it is a process or runs in one's async context. */
  readonly pid: number | null;
  /** It is a timer that repeats. */
  readonly repeats: boolean;
}

/** How a version of a module is held. */
export interface Retained {
  /** The version's `serial`. */
  readonly serial: number;
  /** From the root to the module's context. Null: nothing but the runtime's own Version holds it. */
  readonly hops: readonly Hop[] | null;
}

/**
 * Finds the Versions with these serials, and for each a shortest way from the root to its code that leads past the
 * Versions themselves. One that is not in the snapshot is not in the answer: it was collected. Numbers must have been
 * written into the snapshot (`exposeNumericValues`).
 */
export const findRetained = (json: string, serials: readonly number[]): Retained[] => {
  const heap = new Heap(JSON.parse(json) as RawSnapshot);
  const targets = heap.targets(new Set(serials));
  const parents = heap.reach(new Set(targets.flatMap(({ version, entry }) => [version, entry])));
  return targets.map(({ serial, contexts }) => {
    const reached = contexts.find((context) => parents[context] !== -1);
    return { serial, hops: reached === undefined ? null : heap.way(parents, reached) };
  });
};

// Internal.

interface RawSnapshot {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[];
      readonly node_types: readonly [readonly string[], ...unknown[]];
      readonly edge_types: readonly [readonly string[], ...unknown[]];
      readonly location_fields: readonly string[];
    };
    readonly node_count: number;
  };
  readonly nodes: readonly number[];
  readonly edges: readonly number[];
  readonly strings: readonly string[];
  readonly locations: readonly number[];
}

/** Fields of an edge: type, name or index, node that it leads to. */
const EDGE = 3;

/** A Version in the snapshot, and the contexts of its module's body. */
interface Target {
  readonly serial: number;
  readonly version: number;
  readonly entry: number;
  readonly contexts: number[];
}

class Heap {
  readonly #raw: RawSnapshot;
  readonly #nodeFields: number;
  readonly #nodeTypes: readonly string[];
  readonly #edgeTypes: readonly string[];
  /** Where the edges of node i begin; those of the last one end at `[count]`. */
  readonly #firstEdge: Uint32Array;
  /** Where the location of a node stands in `locations`. */
  readonly #locations = new Map<number, number>();
  readonly #files = new Map<number, string>();

  constructor(raw: RawSnapshot) {
    const { meta, node_count: count } = raw.snapshot;
    this.#raw = raw;
    this.#nodeFields = meta.node_fields.length;
    this.#nodeTypes = meta.node_types[0];
    this.#edgeTypes = meta.edge_types[0];
    this.#firstEdge = new Uint32Array(count + 1);
    const edgeCountAt = meta.node_fields.indexOf("edge_count");
    for (let node = 0; node < count; node++) {
      const edges = raw.nodes[node * this.#nodeFields + edgeCountAt] as number;
      this.#firstEdge[node + 1] = (this.#firstEdge[node] as number) + edges;
    }
    for (let i = 0; i < raw.locations.length; i += meta.location_fields.length) {
      this.#locations.set((raw.locations[i] as number) / this.#nodeFields, i);
    }
    this.#readFiles();
  }

  get #count(): number {
    return this.#firstEdge.length - 1;
  }

  targets(serials: ReadonlySet<number>): Target[] {
    const found = new Map<number, Target>();
    for (let node = 0; node < this.#count; node++) {
      if (this.#nameOf(node) !== "Version" || this.#typeOf(node) !== "object") continue;
      const serial = this.#number(node, "serial");
      const entry = this.#follow(node, "entry");
      if (serial === null || entry === null || !serials.has(serial)) continue;
      found.set(entry, { serial, version: node, entry, contexts: [] });
    }
    for (let node = 0; node < this.#count; node++) {
      for (const edge of this.#edges(node)) {
        // The linker's own variable has the name that it has there; in the module it is a name of the compiler's.
        if (this.#edgeType(edge) === "context" && this.#edgeName(edge).startsWith("$")) {
          found.get(this.#to(edge))?.contexts.push(node);
        }
      }
    }
    return [...found.values()];
  }

  /** The edge by which each node was reached first from the root; -1: it was not. Never goes on through `walls`. */
  reach(walls: ReadonlySet<number>): Int32Array {
    const parents = new Int32Array(this.#count).fill(-1);
    const reachedFrom = new Int32Array(this.#count).fill(-1);
    const queue = new Uint32Array(this.#count);
    let end = 1;
    reachedFrom[0] = 0;
    for (let at = 0; at < end; at++) {
      const node = queue[at] as number;
      if (walls.has(node)) continue;
      for (const edge of this.#edges(node)) {
        const to = this.#to(edge);
        if (reachedFrom[to] !== -1 || !this.#holds(node, edge)) continue;
        reachedFrom[to] = node;
        parents[to] = edge;
        queue[end++] = to;
      }
    }
    this.#reachedFrom = reachedFrom;
    return parents;
  }

  #reachedFrom = new Int32Array(0);

  way(parents: Int32Array, target: number): Hop[] {
    const hops: Hop[] = [];
    for (let node = target; node !== 0; ) {
      const edge = parents[node] as number;
      node = this.#reachedFrom[node] as number;
      hops.push({
        type: this.#typeOf(node),
        name: this.#nameOf(node),
        edgeType: this.#edgeType(edge),
        edge: this.#edgeName(edge),
        place: this.#placeOf(node),
        pid: this.#pidOf(node),
        repeats: this.#number(node, "_repeat") !== null,
      });
    }
    return hops.reverse();
  }

  *#edges(node: number): IterableIterator<number> {
    const end = (this.#firstEdge[node + 1] as number) * EDGE;
    for (let edge = (this.#firstEdge[node] as number) * EDGE; edge < end; edge += EDGE) yield edge;
  }

  /**
   * Weak edges hold nothing; an entry of a WeakMap is held by its key, not by the map. What stands on the stack is
   * whoever takes the snapshot.
   */
  #holds(node: number, edge: number): boolean {
    const type = this.#edgeType(edge);
    if (type === "weak" || this.#nameOf(this.#to(edge)) === "(Stack roots)") return false;
    if (type !== "internal") return true;
    const table = /pair in WeakMap \(table @(\d+)\)$/.exec(this.#edgeName(edge))?.[1];
    return table === undefined || Number(table) !== this.#raw.nodes[node * this.#nodeFields + 2];
  }

  #follow(node: number, name: string): number | null {
    for (const edge of this.#edges(node)) {
      const type = this.#edgeType(edge);
      if (type !== "element" && type !== "hidden" && this.#edgeName(edge) === name) return this.#to(edge);
    }
    return null;
  }

  #number(node: number, property: string): number | null {
    const value = this.#follow(node, property);
    if (value === null || this.#typeOf(value) !== "number") return null;
    const number = Number(this.#nameOf(this.#follow(value, "value") ?? value));
    return Number.isNaN(number) ? null : number;
  }

  /** The process that an object is, or in whose async context it was made: a timer keeps that. */
  #pidOf(node: number): number | null {
    const own = this.#processId(node);
    if (own !== null || this.#nameOf(node) !== "Timeout") return own;
    for (const edge of this.#edges(node)) {
      const store = this.#to(edge);
      if (this.#nameOf(store) !== "AsyncContextFrame") continue;
      for (const inner of this.#edges(store)) {
        for (const entry of this.#edges(this.#to(inner))) {
          const id = this.#processId(this.#to(entry));
          if (id !== null) return id;
        }
      }
    }
    return null;
  }

  #processId(node: number): number | null {
    if (this.#nameOf(node) !== "Process" || this.#typeOf(node) !== "object") return null;
    const pid = this.#follow(node, "pid");
    return pid === null ? null : this.#number(pid, "id");
  }

  #placeOf(node: number): Hop["place"] {
    const at = this.#locations.get(node);
    if (at === undefined) return null;
    const [script = 0, line = 0, column = 0] = this.#raw.locations.slice(at + 1, at + 4);
    const file = this.#files.get(script);
    return file === undefined ? null : { file, line: line + 1, column: column + 1 };
  }

  /** Scripts are known by number only; the closures of a script lead to its name. */
  #readFiles(): void {
    for (const [node, at] of this.#locations) {
      const id = this.#raw.locations[at + 1] as number;
      if (this.#files.has(id) || this.#typeOf(node) !== "closure") continue;
      const shared = this.#follow(node, "shared");
      const script = shared === null ? null : this.#follow(shared, "script");
      if (script !== null) this.#files.set(id, this.#nameOf(script).replace(/^system \/ Script \/ /, ""));
    }
  }

  #typeOf(node: number): string {
    return this.#nodeTypes[this.#raw.nodes[node * this.#nodeFields] as number] ?? "";
  }

  #nameOf(node: number): string {
    return this.#raw.strings[this.#raw.nodes[node * this.#nodeFields + 1] as number] ?? "";
  }

  #edgeType(edge: number): string {
    return this.#edgeTypes[this.#raw.edges[edge] as number] ?? "";
  }

  #edgeName(edge: number): string {
    const type = this.#edgeType(edge);
    const name = this.#raw.edges[edge + 1] as number;
    return type === "element" || type === "hidden" ? String(name) : (this.#raw.strings[name] ?? "");
  }

  #to(edge: number): number {
    return (this.#raw.edges[edge + 2] as number) / this.#nodeFields;
  }
}
