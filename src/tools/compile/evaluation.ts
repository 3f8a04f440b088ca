// Which modules a module reads while it is evaluated. What it reads then stays captured: after an upgrade of `a`,
// `class B extends a.Base` would still be the old one, so B has to be evaluated again with `a`. As Elixir's
// compile-time dependencies.
//
// Evaluated is all code outside function bodies: `extends`, computed keys, static blocks and static fields are, methods
// and instance fields are not. Functions count as evaluated when they could be called from there; that is decided by
// name and on the safe side: in a call (or `new`, a tagged template, a spread, the list of a `for … of`) at top level,
// every function written in it and every name mentioned in it is evaluated, and so is, transitively, every name mentioned
// in what such a name was declared or assigned with. Imported names are followed into their modules: what `make` of `a`
// reads when `b` calls it at top level stays captured in `b`.
//
// Packages are remembered in the same way, since one may be re-linked to another copy, and so are the folders of
// applications (`import.meta`, `privDir`), which every version of an application has anew.
//
// One dependency too many costs one more module in an upgrade; one too few would leave old code in a live module.
// Limit: what reaches a call as a value only (a function that another module keeps in a table, a getter, `toString` or
// `valueOf` of an object that is used at top level without a call) is not followed.

import { isBuiltin } from "node:module";
import type { Node } from "oxc-parser";
import type { ModuleId, Name } from "../../release/data.ts";
import type { ExternalUse, Import, ObjectCode } from "../../release/object-code.ts";
import { allExports, externalBehind, type Linked, NAMESPACE, resolveExport, splitBinding } from "./exports.ts";
import { DEFAULT, type ImportedName, patternNames } from "./module-syntax.ts";
import { applicationOf } from "./resolve.ts";

/** Read where the module's own place is: `import.meta`. */
export const PLACE = "import.meta";

/** An import that code reads; `name` null: the whole namespace. */
type ImportRead = Pick<ImportedName, "request" | "name">;

/** What code reads of others: an import, what it imports dynamically, its own place. */
type Read = ImportRead | Import | typeof PLACE;

/** A name that code mentions: one of the module's own, or an import. */
type Mention = string | ImportRead;

/** A function (or instance field) written at top level, with everything nested in it. */
interface Unit {
  readonly reads: Set<Read>;
  readonly mentions: Set<Mention>;
}

/** What a top-level name was declared or assigned with. */
interface Source {
  readonly units: Unit[];
  readonly mentions: Set<Mention>;
}

/** What one module tells of its evaluation; `evaluationDependencies` puts all of them together. */
export interface EvaluationSummary {
  /** Nothing is read and nothing called at top level: the rest need not be looked at. */
  readonly quiet: boolean;
  /** What is read at top level. */
  readonly reads: ReadonlySet<Read>;
  /** What is, or may be, called from there. */
  readonly called: { readonly units: readonly Unit[]; readonly names: ReadonlySet<Mention> };
  /** By name of the module's top level. */
  readonly sources: ReadonlyMap<string, Source>;
}

/** Of a module that reads nothing. */
export const inert: EvaluationSummary = {
  quiet: true,
  reads: new Set(),
  called: { units: [], names: new Set() },
  sources: new Map(),
};

/** The part of object code that says what a module captures. */
export type Captured = Pick<ObjectCode, "evaluationDependencies" | "evaluationExternals" | "evaluationPlaces">;

/** What a module captures while it is evaluated; each list is sorted. */
export const evaluationDependencies = (
  module: ModuleId,
  summaries: ReadonlyMap<ModuleId, EvaluationSummary>,
  modules: ReadonlyMap<ModuleId, Linked>,
): Captured => {
  const summary = summaries.get(module) as EvaluationSummary;
  if (summary.quiet) return { evaluationDependencies: [], evaluationExternals: [], evaluationPlaces: [] };
  const { reads: own, called } = summary;
  const found: Found = { modules: new Set(), externals: new Map(), places: new Set() };
  const addReads = (where: ModuleId, some: Iterable<Read>): void => {
    for (const read of some) addBehind(found, where, read, modules);
  };
  addReads(module, own);
  const seen = new Set<Unit | string>();
  const names: (readonly [where: ModuleId, mention: Mention])[] = [...called.names].map((name) => [module, name]);
  const units: (readonly [where: ModuleId, unit: Unit])[] = called.units.map((unit) => [module, unit]);
  while (names.length > 0 || units.length > 0) {
    const next = units.pop();
    if (next !== undefined) {
      const [where, unit] = next;
      if (seen.has(unit)) continue;
      seen.add(unit);
      addReads(where, unit.reads);
      for (const mention of unit.mentions) names.push([where, mention]);
      continue;
    }
    for (const [where, name] of bindingsOf(...(names.pop() as readonly [ModuleId, Mention]), modules)) {
      const key = `${where} ${name}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const source = summaries.get(where)?.sources.get(name);
      for (const unit of source?.units ?? []) units.push([where, unit]);
      for (const mention of source?.mentions ?? []) names.push([where, mention]);
    }
  }
  return {
    evaluationDependencies: [...found.modules].sort(),
    evaluationExternals: [...found.externals].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, use]) => use),
    evaluationPlaces: [...found.places].sort(),
  };
};

/** Listens to the walk over a module and collects. */
export class EvaluationAnalysis {
  readonly #reads = new Set<Read>();
  readonly #calledUnits: Unit[] = [];
  readonly #calledNames = new Set<Mention>();
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

  /** Something of another module is read here. */
  read(read: Read): void {
    (this.#unit?.reads ?? this.#reads).add(read);
  }

  /** A name is mentioned here; an import is read besides. */
  mention(name: Mention): void {
    if (this.#unit !== null) this.#unit.mentions.add(name);
    else if (this.#regions.length > 0) this.#calledNames.add(name);
    for (const { source } of this.#owners) source.mentions.add(name);
  }

  summary(): EvaluationSummary {
    const called = { units: this.#calledUnits, names: this.#calledNames };
    const quiet = this.#reads.size + called.units.length + called.names.size === 0;
    return { quiet, reads: this.#reads, called, sources: this.#sources };
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

interface Found {
  readonly modules: Set<ModuleId>;
  /** By application and specifier. */
  readonly externals: Map<string, ExternalUse>;
  readonly places: Set<Name>;
}

/**
 * Adds what decides what a read yields. Of modules: the one that is named, the one that has the binding, and those that
 * hand it on; a module that only hands on does not change with what it hands on.
 */
const addBehind = (found: Found, module: ModuleId, read: Read, modules: ReadonlyMap<ModuleId, Linked>): void => {
  const application = applicationOf(module);
  if (read === PLACE) {
    found.places.add(application);
    return;
  }
  const target = "kind" in read ? read : modules.get(module)?.targets[read.request];
  const name = "kind" in read ? null : read.name;
  if (target?.kind === "external") addExternal(found, { application, specifier: target.specifier }, name);
  if (target?.kind !== "module") return;
  found.modules.add(target.module);
  const linked = modules.get(target.module);
  if (linked === undefined || "kind" in read) return;
  for (const one of name === null ? allExports(linked, modules).keys() : [name]) {
    const path = new Set<string>();
    const resolved = resolveExport(linked, one, modules, path);
    for (const step of path) found.modules.add(splitBinding(step)[0]);
    const use = typeof resolved === "string" ? null : externalBehind(resolved.binding);
    if (use !== null) addExternal(found, use, one);
  }
};

/** Node's own modules and Underway stay the same as long as the node runs; where its assets lie Underway is asked for. */
const addExternal = ({ externals, places }: Found, use: ExternalUse, name: string | null): void => {
  const { application, specifier } = use;
  if (specifier === "underway/application" && (name === null || name === "privDir")) places.add(application);
  if (isBuiltin(specifier) || /^underway(\/|$)/.test(specifier)) return;
  externals.set(`${application} ${specifier}`, use);
};

/** The top-level names behind a mention, wherever they are. Those of packages are nobody's. */
const bindingsOf = (
  module: ModuleId,
  mention: Mention,
  modules: ReadonlyMap<ModuleId, Linked>,
): (readonly [ModuleId, string])[] => {
  if (typeof mention === "string") return [[module, mention]];
  const target = modules.get(module)?.targets[mention.request];
  const linked = target?.kind === "module" ? modules.get(target.module) : undefined;
  if (linked === undefined) return [];
  const exports = mention.name === null ? [...allExports(linked, modules).keys()] : [mention.name];
  return exports.flatMap((name) => {
    const found = resolveExport(linked, name, modules);
    if (typeof found === "string") return [];
    const [where, local] = splitBinding(found.binding);
    const inside = modules.get(where);
    if (local !== NAMESPACE || inside === undefined) return [[where, local] as const];
    // A namespace that is exported as a whole: everything in it.
    return [...inside.syntax.exports.values()].flatMap((one) =>
      one.kind === "local" ? [[where, one.local] as const] : [],
    );
  });
};

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
    case "ExportDefaultDeclaration":
      return [DEFAULT];
    case "ForOfStatement":
      return node.left.type === "VariableDeclaration"
        ? node.left.declarations.flatMap(({ id }) => patternNames(id))
        : patternNames(node.left);
    default:
      return [];
  }
};
