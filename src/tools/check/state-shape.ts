// Reads the shape of a module's state off its declaration, to compare it with that of another release.
//
// It is a text: the exported `State` with every declaration of the same file that it mentions, or, where there is no
// `State`, `init` with its own. Two equal texts are the same shape; two different ones may still fit each other, so
// that a difference is a reason to look and not to refuse.
// Limit: what a state mentions of another module is not followed into that module.

import { type Directive, parseSync, type Statement } from "oxc-parser";

/** The shape of a state, and the export that it was read off. */
export interface StateShape {
  readonly export: "State" | "init";
  readonly text: string;
}

/** The shape of the states of the module with this declaration file; undefined if it exports neither. */
export function stateShape(declaration: string): StateShape | undefined {
  const { program, comments } = parseSync("module.d.ts", declaration, { lang: "dts", sourceType: "module" });
  const declared = new Map<string, string>();
  for (const statement of program.body) {
    const text = textOf(statement, declaration, comments);
    for (const name of namesOf(statement)) declared.set(name, `${declared.get(name) ?? ""}${text}\n`);
  }
  const root = (["State", "init"] as const).find((name) => declared.has(name));
  if (root === undefined) return undefined;
  const reached = new Set<string>([root]);
  for (const name of reached) {
    for (const [word] of (declared.get(name) ?? "").matchAll(/[\w$]+/g)) if (declared.has(word)) reached.add(word);
  }
  return { export: root, text: [...reached].map((name) => declared.get(name)).join("") };
}

// Internal.

type Span = { readonly start: number; readonly end: number };

/** Names that a statement of a declaration file declares. */
function namesOf(statement: Directive | Statement): readonly string[] {
  const node = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
  switch (node?.type) {
    case "TSInterfaceDeclaration":
    case "TSTypeAliasDeclaration":
    case "TSEnumDeclaration":
      return [node.id.name];
    case "ClassDeclaration":
    case "TSDeclareFunction":
      return node.id === null ? [] : [node.id.name];
    case "VariableDeclaration":
      return node.declarations.flatMap(({ id }) => (id.type === "Identifier" ? [id.name] : []));
    default:
      return [];
  }
}

/** The text of a node without comments, and with one space wherever there are several. */
function textOf({ start, end }: Span, source: string, comments: readonly Span[]): string {
  let text = "";
  let at = start;
  for (const comment of comments) {
    if (comment.start < at || comment.end > end) continue;
    text += source.slice(at, comment.start);
    at = comment.end;
  }
  return (text + source.slice(at, end)).replace(/\s+/g, " ");
}
