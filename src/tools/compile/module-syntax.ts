// What a module imports and exports, read off the top level of its syntax tree. ES specification: module records.

import type { ExportSpecifier, ImportDeclarationSpecifier, Program, Statement } from "oxc-parser";
import { type Attributes, attributesOf } from "./attributes.ts";

/** One `import … from` or `export … from`, in source order. */
export interface Request {
  readonly specifier: string;
  readonly start: number;
  /** `defer`, `source`. */
  readonly phase: string | null;
  readonly attributes: Attributes;
}

/** What an import binding stands for: an export of a request's target, or (null) its namespace. */
export interface ImportedName {
  readonly request: number;
  readonly name: string | null;
  readonly start: number;
}

/** What an export stands for: a binding of this module, or an imported one. */
export type ExportedName =
  | { readonly kind: "local"; readonly local: string }
  | ({ readonly kind: "imported" } & ImportedName);

export interface ModuleSyntax {
  readonly requests: readonly Request[];
  /** Import bindings, by local name. */
  readonly bindings: ReadonlyMap<string, ImportedName>;
  /** Exports, `export *` excepted, by exported name. A default export without a name of its own has the local name "*default*". */
  readonly exports: ReadonlyMap<string, ExportedName>;
  /** Requests of `export * from`. */
  readonly stars: readonly number[];
}

/** Local name of a default export that has no name. Not an identifier, so it cannot be one of the module's own. */
export const DEFAULT = "*default*";

/** Reads imports and exports. Types have been stripped: everything that is left is a value. */
export const readModuleSyntax = (program: Program): ModuleSyntax => {
  const requests: Request[] = [];
  const bindings = new Map<string, ImportedName>();
  const exports = new Map<string, ExportedName>();
  const stars: number[] = [];
  const reExports: Statement[] = [];
  for (const node of program.body) {
    switch (node.type) {
      case "ImportDeclaration": {
        const request = addRequest(requests, node.source.value, node);
        for (const specifier of node.specifiers) {
          bindings.set(specifier.local.name, { request, name: importedName(specifier), start: specifier.start });
        }
        break;
      }
      case "ExportAllDeclaration": {
        const request = addRequest(requests, node.source.value, node);
        if (node.exported === null) stars.push(request);
        else exports.set(nameOf(node.exported), { kind: "imported", request, name: null, start: node.start });
        break;
      }
      case "ExportNamedDeclaration":
        if (node.source !== null) {
          const request = addRequest(requests, node.source.value, node);
          for (const s of node.specifiers) {
            exports.set(nameOf(s.exported), { kind: "imported", request, name: nameOf(s.local), start: s.start });
          }
        } else if (node.declaration === null) {
          reExports.push(node);
        } else {
          for (const local of declaredNames(node.declaration)) exports.set(local, { kind: "local", local });
        }
        break;
      case "ExportDefaultDeclaration": {
        const { declaration } = node;
        const named = declaration.type === "FunctionDeclaration" || declaration.type === "ClassDeclaration";
        exports.set("default", { kind: "local", local: (named && declaration.id?.name) || DEFAULT });
        break;
      }
    }
  }
  // `export { a }` may stand before the import of `a`, so these come last.
  for (const node of reExports) {
    if (node.type !== "ExportNamedDeclaration") continue;
    for (const s of node.specifiers) {
      const local = nameOf(s.local);
      const imported = bindings.get(local);
      exports.set(
        nameOf(s.exported),
        imported === undefined ? { kind: "local", local } : { kind: "imported", ...imported },
      );
    }
  }
  return { requests, bindings, exports, stars };
};

/** A name that the module imports and declares too, which the parser lets pass, and where. */
export const importDeclaredAgain = (
  program: Program,
  { bindings }: ModuleSyntax,
): { readonly name: string; readonly start: number } | null => {
  for (const node of program.body) {
    const declaration = node.type === "ExportNamedDeclaration" ? node.declaration : node;
    if (declaration === null || !/^(?:Variable|Function|Class)Declaration$/.test(declaration.type)) continue;
    const name = declaredNames(declaration).find((one) => bindings.has(one));
    if (name !== undefined) return { name, start: declaration.start };
  }
  return null;
};

/** Names that a pattern binds. */
export const patternNames = (pattern: unknown, into: string[] = []): string[] => {
  const node = pattern as PatternNode | null;
  switch (node?.type) {
    case "Identifier":
      into.push(node.name);
      break;
    case "AssignmentPattern":
      patternNames(node.left, into);
      break;
    case "RestElement":
      patternNames(node.argument, into);
      break;
    case "ArrayPattern":
      for (const element of node.elements) patternNames(element, into);
      break;
    case "ObjectPattern":
      for (const property of node.properties) {
        patternNames(property.type === "Property" ? property.value : property, into);
      }
      break;
    case "ParenthesizedExpression":
      patternNames(node.expression, into);
      break;
  }
  return into;
};

// Internal.

/** The part of patterns that matters here; assignment targets and binding patterns have the same shape. */
type PatternNode =
  | { type: "Identifier"; name: string }
  | { type: "AssignmentPattern"; left: unknown }
  | { type: "RestElement"; argument: unknown }
  | { type: "ArrayPattern"; elements: unknown[] }
  | { type: "ObjectPattern"; properties: ({ type: "Property"; value: unknown } | { type: "RestElement" })[] }
  | { type: "ParenthesizedExpression"; expression: unknown };

const addRequest = (
  requests: Request[],
  specifier: string,
  node: { start: number; attributes?: readonly unknown[]; phase?: string | null },
): number => {
  const attributes = attributesOf(node.attributes);
  return requests.push({ specifier, start: node.start, phase: node.phase ?? null, attributes }) - 1;
};

const importedName = (specifier: ImportDeclarationSpecifier): string | null => {
  if (specifier.type === "ImportNamespaceSpecifier") return null;
  return specifier.type === "ImportDefaultSpecifier" ? "default" : nameOf(specifier.imported);
};

const nameOf = (name: ExportSpecifier["local"]): string => (name.type === "Literal" ? name.value : name.name);

const declaredNames = (declaration: { type: string }): string[] => {
  if (declaration.type === "VariableDeclaration") {
    const { declarations } = declaration as unknown as { declarations: { id: unknown }[] };
    return declarations.flatMap(({ id }) => patternNames(id));
  }
  const { id } = declaration as unknown as { id: { name: string } | null };
  return id === null ? [] : [id.name];
};
