// Which modules a module reads while it is evaluated. What it reads then stays captured: after an upgrade of `a`,
// `class B extends a.Base` would still be the old one, so B has to be evaluated again with `a`. As Elixir's
// compile-time dependencies.
//
// Evaluated is all code outside function bodies: `extends`, computed keys, static blocks and static fields are, methods
// and instance fields are not. Functions count as evaluated when they could be called from there; that is decided by
// name and on the safe side: in a call (or `new`, a tagged template, a spread, the list of a `for … of`) at top level,
// every function written in it and every local name mentioned in it is evaluated, and so is, transitively, every name
// mentioned in what such a name was declared or assigned with.
//
// One dependency too many costs one more module in an upgrade; one too few would leave old code in a live module.
// Limit: what a function of another module reads when it is called at top level (`const x = other.make()`, where `make`
// reads a third module) is not followed into that module; nor is a getter, `toString` or `valueOf` of a local object that
// is used at top level without a call.

import type { Node } from "oxc-parser";
import type { ModuleId } from "../../release/data.ts";
import { patternNames } from "./module-syntax.ts";

/** A function (or instance field) written at top level, with everything nested in it. */
interface Unit {
  readonly reads: Set<ModuleId>;
  readonly mentions: Set<string>;
}

/** What a top-level name was declared or assigned with. */
interface Source {
  readonly units: Unit[];
  readonly mentions: Set<string>;
}

/** Listens to the walk over a module and collects. */
export class EvaluationAnalysis {
  readonly #reads = new Set<ModuleId>();
  readonly #calledUnits: Unit[] = [];
  readonly #calledNames = new Set<string>();
  readonly #sources = new Map<string, Source>();
  /** The unit the walk is in, and the node that it began with. */
  #unit: Unit | null = null;
  #unitNode: Node | null = null;
  /** Calls around the node at top level. */
  readonly #regions: Node[] = [];
  /** Declarations and assignments around the node at top level. */
  readonly #owners: { readonly node: Node; readonly source: Source }[] = [];

  enter(node: Node, parent: Node | null): void {
    if (this.#unit !== null) return;
    const names = declares(node);
    if (names.length > 0) this.#owners.push({ node, source: this.#sourceOf(names) });
    if (isCall(node, parent)) this.#regions.push(node);
    if (!isUnit(node, parent)) return;
    this.#unit = { reads: new Set(), mentions: new Set() };
    this.#unitNode = node;
    if (this.#regions.length > 0) this.#calledUnits.push(this.#unit);
    for (const { source } of this.#owners) source.units.push(this.#unit);
  }

  leave(node: Node): void {
    if (this.#unitNode === node) this.#unit = this.#unitNode = null;
    if (this.#unit !== null) return;
    if (this.#regions.at(-1) === node) this.#regions.pop();
    if (this.#owners.at(-1)?.node === node) this.#owners.pop();
  }

  /** An import binding of this module is read here. */
  read(module: ModuleId): void {
    (this.#unit?.reads ?? this.#reads).add(module);
  }

  /** A name that is no import is mentioned here. */
  mention(name: string): void {
    if (this.#unit !== null) this.#unit.mentions.add(name);
    else if (this.#regions.length > 0) this.#calledNames.add(name);
    for (const { source } of this.#owners) source.mentions.add(name);
  }

  /** The evaluation dependencies, sorted. */
  result(): ModuleId[] {
    const reads = new Set(this.#reads);
    const names = [...this.#calledNames];
    const units = [...this.#calledUnits];
    const seen = new Set<string | Unit>();
    while (names.length > 0 || units.length > 0) {
      const unit = units.pop();
      if (unit !== undefined) {
        if (seen.has(unit)) continue;
        seen.add(unit);
        for (const read of unit.reads) reads.add(read);
        names.push(...unit.mentions);
        continue;
      }
      const name = names.pop() as string;
      if (seen.has(name)) continue;
      seen.add(name);
      const source = this.#sources.get(name);
      units.push(...(source?.units ?? []));
      names.push(...(source?.mentions ?? []));
    }
    return [...reads].sort();
  }

  /** Several names of one pattern share a source; a name assigned twice adds to the one that it has. */
  #sourceOf(names: readonly string[]): Source {
    const source: Source = { units: [], mentions: new Set() };
    for (const name of names) {
      const before = this.#sources.get(name);
      // The new source is reached through the old one by a name that no program can contain.
      const key = before === undefined ? name : `${name} ${this.#sources.size}`;
      before?.mentions.add(key);
      this.#sources.set(key, source);
    }
    return source;
  }
}

// Internal.

const isFunction = (node: Node): boolean =>
  node.type === "FunctionDeclaration" || node.type === "FunctionExpression" || node.type === "ArrowFunctionExpression";

const isUnit = (node: Node, parent: Node | null): boolean =>
  isFunction(node) || (parent?.type === "PropertyDefinition" && !parent.static && parent.value === node);

const isCall = (node: Node, parent: Node | null): boolean =>
  node.type === "CallExpression" ||
  node.type === "NewExpression" ||
  node.type === "TaggedTemplateExpression" ||
  node.type === "SpreadElement" ||
  (parent?.type === "ForOfStatement" && parent.right === node) ||
  (node.type === "VariableDeclaration" && (node.kind === "using" || node.kind === "await using"));

const declares = (node: Node): string[] => {
  switch (node.type) {
    case "VariableDeclarator":
      return patternNames(node.id);
    case "AssignmentExpression":
      return patternNames(node.left);
    case "FunctionDeclaration":
    case "ClassDeclaration":
      return node.id === null ? [] : [node.id.name];
    case "ForOfStatement":
      return node.left.type === "VariableDeclaration"
        ? node.left.declarations.flatMap(({ id }) => patternNames(id))
        : patternNames(node.left);
    default:
      return [];
  }
};
