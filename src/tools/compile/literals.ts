// The two exports whose values the tools have to know without running the module: `vsn` and `behaviour`.

import type { Expression, Program } from "oxc-parser";
import type { BehaviourName, ObjectCode } from "../../release/object-code.ts";
import type { ExportedName } from "./module-syntax.ts";

const behaviours: readonly BehaviourName[] = [
  "gen_server",
  "supervisor",
  "application",
  "connection",
  "special_process",
];

/** Refuses an export that is not the literal it must be: another one, or none at all. */
export type RefuseLiteral = (name: "vsn" | "behaviour", wanted: string, literal: boolean, offset: number) => never;

/**
 * Reads `export const vsn = 2` and `export const behaviour = "supervisor"`.
 *
 * Without them the vsn is 1, and the behaviour is gen_server if the module exports `init`, special_process if it exports
 * `systemCodeChange`, else none.
 */
export const readLiterals = (
  program: Program,
  exports: ReadonlyMap<string, ExportedName>,
  refuse: RefuseLiteral,
): Pick<ObjectCode, "vsn" | "behaviour"> => {
  let vsn = 1;
  if (exports.has("vsn")) {
    const { value, offset } = constant(program, exports.get("vsn"));
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 1) {
      refuse("vsn", "a positive integer, like 2", value !== undefined, offset);
    }
    vsn = value;
  }
  let behaviour: BehaviourName | null = inferred(exports);
  if (exports.has("behaviour")) {
    const { value, offset } = constant(program, exports.get("behaviour"));
    const found = behaviours.find((name) => name === value);
    const wanted = `one of ${behaviours.map((name) => `"${name}"`).join(", ")}`;
    if (found === undefined) refuse("behaviour", wanted, value !== undefined, offset);
    behaviour = found;
  }
  return { vsn, behaviour };
};

// Internal.

const inferred = (exports: ReadonlyMap<string, ExportedName>): BehaviourName | null => {
  if (exports.has("init")) return "gen_server";
  return exports.has("systemCodeChange") ? "special_process" : null;
};

/** The literal that a constant of the module's top level is declared with; undefined if it is anything else. */
const constant = (program: Program, exported: ExportedName | undefined): { value: unknown; offset: number } => {
  if (exported?.kind !== "local") return { value: undefined, offset: exported?.start ?? 0 };
  for (const statement of program.body) {
    const node = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
    if (node?.type !== "VariableDeclaration") continue;
    for (const { id, init, start } of node.declarations) {
      if (id.type !== "Identifier" || id.name !== exported.local) continue;
      return { value: node.kind === "const" ? literal(init) : undefined, offset: start };
    }
  }
  return { value: undefined, offset: 0 };
};

const literal = (node: Expression | null): unknown => {
  if (node?.type === "ParenthesizedExpression") return literal(node.expression);
  return node?.type === "Literal" ? node.value : undefined;
};
