// The children of a supervisor: found by id and by pid, kept in the order in which they were started.
//
//   static    specifications of init, then those of startChild: each has an id, and may stand here without a process
//   dynamic   simple_one_for_one: one specification for all, each child has arguments and always a pid
//             (while it is being restarted the one that it had before)

import type { Pid } from "../process/pid.ts";
import type { CompleteSpec } from "./child-spec.ts";

/** Where a specification stands; dynamic children share one, so that a new one is theirs at once. */
export interface SpecSlot {
  spec: CompleteSpec;
}

export class Child {
  readonly slot: SpecSlot;
  /** Arguments that `startChild` has added to the specification's; null in a static child. */
  readonly extra: readonly unknown[] | null;
  /** Null while it does not run. While it is being restarted, the pid that it had before. */
  pid: Pid | null = null;
  restarting = false;
  /** A change of code has added it, and nobody has started it so far. */
  neverStarted: boolean;

  constructor(slot: SpecSlot, extra: readonly unknown[] | null, neverStarted = false) {
    this.slot = slot;
    this.extra = extra;
    this.neverStarted = neverStarted;
  }

  get spec(): CompleteSpec {
    return this.slot.spec;
  }

  get running(): boolean {
    return this.pid !== null && !this.restarting;
  }
}

export class Children {
  #byId = new Map<string, Child>();
  readonly #byPid = new Map<number, Child>();
  /** The one specification of dynamic children; null with static ones. */
  readonly template: SpecSlot | null;

  constructor(specs: readonly CompleteSpec[], dynamic: boolean) {
    const [first] = specs;
    this.template = dynamic && first !== undefined ? { spec: first } : null;
    if (!dynamic) for (const spec of specs) this.add(spec);
  }

  /** All children, in the order in which they were started. */
  list(): readonly Child[] {
    return [...(this.template === null ? this.#byId : this.#byPid).values()];
  }

  get(id: string): Child | undefined {
    return this.#byId.get(id);
  }

  /** The child that runs as `pid`, or ran as it before the restart that is under way. */
  of(pid: Pid): Child | undefined {
    return this.#byPid.get(pid.id);
  }

  /** The children that were started after `child`, in order. */
  after(child: Child): readonly Child[] {
    const all = this.list();
    return all.slice(all.indexOf(child) + 1);
  }

  /** Adds a static child without a process, last. */
  add(spec: CompleteSpec): Child {
    const child = new Child({ spec }, null);
    this.#byId.set(spec.id, child);
    return child;
  }

  /** `child` runs now. */
  started(child: Child, pid: Pid): void {
    if (child.pid !== null) this.#byPid.delete(child.pid.id);
    child.pid = pid;
    child.restarting = false;
    child.neverStarted = false;
    this.#byPid.set(pid.id, child);
  }

  /** `child` has no process any more; a temporary or dynamic one is forgotten. */
  ended(child: Child): void {
    if (child.pid !== null) this.#byPid.delete(child.pid.id);
    child.pid = null;
    child.restarting = false;
    if (child.spec.restart === "temporary") this.remove(child);
  }

  /** A static child stands again where it stood, with the specification that it had if it was forgotten meanwhile. */
  putBack({ child }: { readonly child: Child }, order: readonly { readonly child: Child }[]): Child {
    const { id } = child.spec;
    const there = this.#byId.get(id) ?? new Child({ spec: child.spec }, null, child.neverStarted);
    this.#byId.set(id, there);
    const before = order.map((one) => one.child.spec.id);
    const placed = before.flatMap((known) => this.#byId.get(known) ?? []);
    const others = [...this.#byId.values()].filter((one) => !placed.includes(one));
    this.#byId = new Map([...placed, ...others].map((one) => [one.spec.id, one]));
    return there;
  }

  /** Forgets `child`. */
  remove(child: Child): void {
    if (child.pid !== null) this.#byPid.delete(child.pid.id);
    if (this.#byId.get(child.spec.id) === child) this.#byId.delete(child.spec.id);
  }

  /**
   * Adopts the specifications of new code. The same id: the new specification, the same process. Only in the new ones:
   * a child without a process. Only in the old ones: kept as it is, behind the others. As supervisor:code_change.
   *
   * Deviation: a child that such a change has added and nobody has started is forgotten when the next change does not
   * know it, so that an upgrade and its undo leave what was there before.
   *
   * Returns what puts back the specifications from before: children that have come or gone since stay so, those that this
   * change has added and that do not run are forgotten.
   */
  merge(specs: readonly CompleteSpec[]): () => void {
    const [first] = specs;
    const { template } = this;
    if (template !== null) {
      const { spec } = template;
      if (first !== undefined) template.spec = first;
      return () => {
        template.spec = spec;
      };
    }
    const before = this.#byId;
    const specsBefore = [...before.values()].map((child) => [child, child.spec] as const);
    this.#byId = new Map();
    for (const spec of specs) {
      const child = before.get(spec.id) ?? new Child({ spec }, null, true);
      child.slot.spec = spec;
      this.#byId.set(spec.id, child);
    }
    for (const [id, child] of before) {
      if (!this.#byId.has(id) && !child.neverStarted) this.#byId.set(id, child);
    }
    return () => {
      const now = this.#byId;
      const stay = [...before].filter(([id, child]) => now.get(id) === child);
      const came = [...now].filter(([id, { neverStarted }]) => !before.has(id) && !neverStarted);
      const replaced = [...now].filter(([id, child]) => before.has(id) && before.get(id) !== child);
      this.#byId = new Map([...stay, ...replaced, ...came]);
      for (const [child, spec] of specsBefore) child.slot.spec = spec;
    };
  }
}
