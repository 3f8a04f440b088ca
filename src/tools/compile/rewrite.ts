// The one pass over a module's syntax tree: JavaScript module -> body for vm.compileFunction.
//
//   import { a, b as c } from "x"         (gone)
//   import * as N from "x"                (gone)
//   a                                     $h0.a
//   a(…)  a`…`                            (0,$h0.a)(…)                    no `this`
//   { a }                                 { a: $h0.a }
//   N                                     $h0                             the handle itself
//   export const v = …                    const v = …
//   export default e                      const $d = e
//   export { … }  export * from "x"       (gone)
//   import.meta                           $m
//   import("./m.ts")  import("ws")        $r.importModule("app/m")  $r.importExternal("ws")
//   async functions                       see instrument.ts
//
// The body is `"use strict";const …;return(function*(){$x({ export: () => value, … });yield; … return{ export: value, … }})()`,
// a generator, since an ES module comes to life in two steps. The first `next()` hoists its functions and hands over its
// exports; all modules of a set take this step before the first of them takes the second, so that in an import cycle
// hoisted functions can be called at once and everything else is in its temporal dead zone. The second returns the values
// of the exports that do not change any more: asking each getter for its own would have V8 compile all of them. The
// module's own names are nested in the generator, so none of them can clash with a parameter.

import MagicString from "magic-string";
import type { Comment, Node, Program } from "oxc-parser";
import { isReferenceIdentifier, ScopeTracker, walk } from "oxc-walker";
import type { ModuleId } from "../../release/data.ts";
import type { Import, SourceMapV3 } from "../../release/object-code.ts";
import { type Attributes, attributesOfOptions } from "./attributes.ts";
import { EvaluationAnalysis, type EvaluationSummary, PLACE } from "./evaluation.ts";
import { Instrumenter } from "./instrument.ts";
import { LayoutReader, type Lines } from "./lines.ts";
import { DEFAULT, type ExportedName, type ModuleSyntax, patternNames } from "./module-syntax.ts";
import { keyOf, type Names, pickNames, propertyOf } from "./names.ts";

/** What one module's rewriting needs to know. */
export interface Rewriting {
  readonly module: ModuleId;
  readonly code: string;
  readonly program: Program;
  readonly syntax: ModuleSyntax;
  /** Every export, `export *` included, sorted by name. */
  readonly exports: ReadonlyMap<string, ExportedName>;
  /** What each request names. */
  readonly targets: readonly Import[];
  /** What the specifier of an `import()` names. Throws when it names nothing. */
  resolveDynamic(specifier: string, offset: number, attributes: Attributes): Import;
  readonly comments: readonly Comment[];
  readonly lines: Lines;
  /** Refuses a form, at an offset of `code`. */
  refuse(form: RefusedForm, offset: number, name?: string): never;
}

/** Forms that a replaceable module cannot have. */
export type RefusedForm =
  | "top_level_await"
  | "decorator"
  | "import_assigned"
  | "import_phase"
  | "import_attribute"
  | "json_expected"
  | "json_not_said"
  | "json_of_package";

export interface Rewritten {
  readonly code: string;
  /** From `code` to the JavaScript given. */
  readonly map: SourceMapV3;
  readonly imports: readonly Import[];
  readonly liveExports: readonly string[];
  readonly evaluation: EvaluationSummary;
}

/** Rewrites one module. */
export const rewrite = (input: Rewriting): Rewritten => {
  const pass = new Pass(input);
  return pass.run();
};

// Internal.

const sameImport = (a: Import, b: Import): boolean =>
  a.kind === "module"
    ? b.kind === "module" && a.module === b.module
    : b.kind === "external" && a.specifier === b.specifier;

class Pass {
  readonly #input: Rewriting;
  readonly #edits: MagicString;
  readonly #names: Names;
  readonly #scopes = new ScopeTracker({ preserveExitedScopes: true });
  readonly #instrumenter: Instrumenter;
  readonly #evaluation = new EvaluationAnalysis();
  /** Targets without repetitions, in the order of their first request: the order of evaluation. */
  readonly #imports: Import[] = [];
  /** Request -> element of `#imports`. */
  readonly #importOf: number[] = [];
  /** Identifiers that are called: their `this` has to be undefined. */
  readonly #callees = new Set<Node>();
  /** Bindings of the module's top level that are assigned after their declaration. */
  readonly #assigned = new Set<string>();
  /** The default export is an anonymous function declaration: its name has to be corrected. */
  #nameDefault = false;
  /** The default export is an expression: its end has to be closed. */
  #openDefault = false;

  constructor(input: Rewriting) {
    this.#input = input;
    this.#edits = new MagicString(input.code);
    this.#names = pickNames(input.code);
    const { code, lines } = input;
    this.#instrumenter = new Instrumenter({ code, edits: this.#edits, names: this.#names, lineOf: lines.lineOf });
    for (const target of input.targets) {
      const known = this.#imports.findIndex((other) => sameImport(other, target));
      this.#importOf.push(known === -1 ? this.#imports.push(target) - 1 : known);
    }
  }

  run(): Rewritten {
    const { program } = this.#input;
    // Declarations first: a name may be used above the declaration that shadows an import.
    const layout = new LayoutReader();
    walk(program, { scopeTracker: this.#scopes, enter: (node) => layout.enter(node) });
    this.#input.lines.align(this.#edits, { comments: this.#input.comments, ...layout });
    this.#scopes.freeze();
    const pass = this;
    walk(program, {
      scopeTracker: this.#scopes,
      enter(node, parent) {
        if (pass.#enter(node, parent)) this.skip();
      },
      leave(node, parent) {
        pass.#evaluation.leave(node);
        pass.#instrumenter.leave(node, parent);
        if (node.type === "ExportDefaultDeclaration") pass.#closeDefault(node);
      },
    });
    this.#wrap();
    const { sources, names, mappings } = this.#edits.generateMap({ hires: "boundary", source: this.#input.module });
    return {
      code: this.#edits.toString(),
      map: { version: 3, sources: sources.map(String), names, mappings },
      imports: this.#imports,
      liveExports: this.#liveExports(),
      evaluation: this.#evaluation.summary(),
    };
  }

  /** Returns true when nothing below the node needs a look. */
  #enter(node: Node, parent: Node | null): boolean {
    this.#evaluation.enter(node, parent);
    this.#instrumenter.enter(node, parent);
    switch (node.type) {
      case "ImportDeclaration":
      case "ExportAllDeclaration":
        this.#edits.remove(node.start, node.end);
        return true;
      case "ExportNamedDeclaration":
        this.#edits.remove(node.start, node.declaration?.start ?? node.end);
        return node.declaration === null;
      case "ExportDefaultDeclaration":
        this.#exportDefault(node);
        break;
      case "CallExpression":
        this.#callees.add(withoutParentheses(node.callee));
        break;
      case "TaggedTemplateExpression":
        this.#callees.add(withoutParentheses(node.tag));
        break;
      case "AssignmentExpression":
        this.#assign(node.left);
        break;
      case "UpdateExpression":
        this.#assign(node.argument);
        break;
      case "ForInStatement":
      case "ForOfStatement":
        if (node.left.type !== "VariableDeclaration") this.#assign(node.left);
        break;
      case "MetaProperty":
        if (node.meta.name === "import") {
          this.#edits.update(node.start, node.end, this.#names.meta);
          this.#evaluation.read(PLACE);
        }
        return true;
      case "ImportExpression":
        this.#importDynamically(node);
        break;
      case "Identifier":
        this.#identifier(node, parent);
        break;
    }
    this.#refuseForms(node);
    return false;
  }

  #refuseForms(node: Node): void {
    const { refuse } = this.#input;
    if ("decorators" in node && Array.isArray(node.decorators) && node.decorators.length > 0) {
      refuse("decorator", (node.decorators[0] as Node).start);
    }
    if (node.type === "AccessorProperty") refuse("decorator", node.start);
    if (this.#instrumenter.insideFunction) return;
    if (node.type === "AwaitExpression") refuse("top_level_await", node.start, "await");
    if (node.type === "ForOfStatement" && node.await) refuse("top_level_await", node.start, "for await");
    if (node.type === "VariableDeclaration" && node.kind === "await using") {
      refuse("top_level_await", node.start, "await using");
    }
  }

  #identifier(node: Node & { type: "Identifier"; name: string }, parent: Node | null): void {
    if (!isReferenceIdentifier(node, parent)) return;
    const imported = this.#importedBinding(node.name);
    if (imported === null) {
      this.#evaluation.mention(node.name);
      return;
    }
    const read = { request: imported.request, name: imported.name ?? memberName(node, parent) };
    this.#evaluation.read(read);
    this.#evaluation.mention(read);
    if (parent?.type === "Property" && parent.shorthand) this.#edits.appendRight(node.start, `${node.name}: `);
    const called = this.#callees.has(node);
    const handle = this.#handle(imported.request);
    if (imported.name === null) {
      // A namespace that is called throws a TypeError, whatever its `this`.
      this.#edits.update(node.start, node.end, handle);
      return;
    }
    if (called) this.#edits.appendRight(node.start, "(0,");
    // Where the name stays, it stays mapped.
    if (imported.name === node.name) this.#edits.appendRight(node.start, `${handle}.`);
    else this.#edits.update(node.start, node.end, propertyOf(handle, imported.name), { storeName: true });
    if (called) this.#edits.appendLeft(node.end, ")");
  }

  /** The import binding that `name` means here, if no declaration in between hides it. */
  #importedBinding(name: string) {
    const imported = this.#input.syntax.bindings.get(name);
    return imported !== undefined && this.#scopes.getDeclaration(name)?.type === "Import" ? imported : null;
  }

  #assign(target: unknown): void {
    for (const name of patternNames(target)) {
      if (this.#importedBinding(name) !== null) {
        this.#input.refuse("import_assigned", (target as Node).start, name);
      }
      if (this.#scopes.getDeclaration(name)?.scope === "") this.#assigned.add(name);
    }
  }

  #exportDefault(node: Node & { type: "ExportDefaultDeclaration" }): void {
    const { declaration } = node;
    const { defaultExport } = this.#names;
    if (declaration.type === "FunctionDeclaration" || declaration.type === "ClassDeclaration") {
      if (declaration.id !== null) {
        this.#edits.remove(node.start, declaration.start);
        return;
      }
      if (declaration.type === "FunctionDeclaration") {
        // Stays a declaration, so that it is hoisted. Its name is corrected at the head of the body.
        this.#edits.remove(node.start, declaration.start);
        this.#edits.appendRight(this.#input.code.indexOf("(", declaration.start), ` ${defaultExport}`);
        this.#nameDefault = true;
        return;
      }
    }
    // An anonymous function or class gets its name from the property: "default", as the specification says.
    this.#edits.update(node.start, declaration.start, `const ${defaultExport} = {default:`);
    this.#openDefault = true;
  }

  /** On the way out, so that it stands behind whatever was added to the end of the expression. */
  #closeDefault(node: Node & { type: "ExportDefaultDeclaration" }): void {
    if (!this.#openDefault) return;
    this.#edits.appendLeft(node.declaration.end, "}.default");
    if (this.#input.code[node.end - 1] !== ";") this.#edits.appendLeft(node.end, ";");
  }

  /** Only a literal can name a module; anything else is left to the application's packages. */
  #importDynamically(node: Node & { type: "ImportExpression" }): void {
    const { source, options, phase } = node;
    if (phase !== null) this.#input.refuse("import_phase", node.start);
    const { runtime } = this.#names;
    const literal = source.type === "Literal" && typeof source.value === "string" ? source.value : null;
    if (literal === null && options !== null) this.#input.refuse("import_attribute", node.start, "with");
    const target =
      literal === null ? null : this.#input.resolveDynamic(literal, node.start, attributesOfOptions(options));
    // A function that asks for it later gets what is there then.
    if (target !== null && !this.#instrumenter.insideFunction) this.#evaluation.read(target);
    if (target?.kind !== "module") {
      this.#edits.update(node.start, source.start, `${runtime}.importExternal(`);
      return;
    }
    // The module is part of the release: it is loaded, and its handle is at hand.
    this.#edits.update(node.start, node.end, `${runtime}.importModule(${JSON.stringify(target.module)})`);
  }

  #handle(request: number): string {
    return this.#names.handle(this.#importOf[request] as number);
  }

  #wrap(): void {
    const { exports, runtime, meta, defaultExport } = this.#names;
    const constants = [`${exports}=exports`, `${runtime}=runtime`, `${meta}=meta`];
    this.#imports.forEach((_, i) => {
      constants.push(`${this.#names.handle(i)}=imports[${i}]`);
    });
    const getters = [...this.#input.exports].map(([name, exported]) => `${keyOf(name)}:()=>${this.#value(exported)}`);
    const naming = this.#nameDefault ? `${runtime}.nameDefault(${defaultExport});` : "";
    this.#edits.prepend(
      `"use strict";const ${constants.join(",")};return(function*(){${exports}({${getters.join(",")}});${naming}yield;`,
    );
    const live = new Set(this.#liveExports());
    const settled = [...this.#input.exports].filter(([name]) => !live.has(name));
    const values = settled.map(([name, exported]) => `${keyOf(name)}:${this.#value(exported)}`);
    this.#edits.append(`\nreturn{${values.join(",")}}})()`);
  }

  /** Text that reads an export's value. */
  #value(exported: ExportedName): string {
    if (exported.kind === "local") return exported.local === DEFAULT ? this.#names.defaultExport : exported.local;
    const handle = this.#handle(exported.request);
    return exported.name === null ? handle : propertyOf(handle, exported.name);
  }

  #liveExports(): string[] {
    const isLive = (exported: ExportedName) =>
      exported.kind === "local" ? this.#assigned.has(exported.local) : exported.name !== null;
    return [...this.#input.exports].filter(([, exported]) => isLive(exported)).map(([name]) => name);
  }
}

/** What is taken from a namespace: `N.name`; null if that cannot be told. */
const memberName = (namespace: Node, parent: Node | null): string | null => {
  if (parent?.type !== "MemberExpression" || parent.object !== namespace || parent.computed) return null;
  return parent.property.type === "Identifier" ? parent.property.name : null;
};

const withoutParentheses = (node: Node): Node =>
  node.type === "ParenthesizedExpression" ? withoutParentheses(node.expression) : node;
