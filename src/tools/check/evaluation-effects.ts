// Finds calls at a module's top level that begin something which goes on: timers, listeners, servers.
//
// A module is evaluated whenever an upgrade is prepared, also one that is refused then: what it began would go on, and
// nobody would know of it. It is a warning, since names can deceive: `router.on("/", page)` harms nobody.
// Limit: what a function does that is called at top level is not followed.

import { type Node, parseSync } from "oxc-parser";
import { walk } from "oxc-walker";

/** A call that is made while a module is evaluated. */
export interface EvaluationEffect {
  /** As it is written, without its arguments: `setInterval`, `process.on`. */
  readonly call: string;
  readonly line: number;
}

/** The calls in a TypeScript source that begin something while it is evaluated, in their order. */
export function evaluationEffects(source: string): readonly EvaluationEffect[] {
  const { program } = parseSync("module.ts", source, { lang: "ts", sourceType: "module" });
  const found: EvaluationEffect[] = [];
  walk(program, {
    enter(node, parent) {
      if (runsLater(node, parent)) return this.skip();
      if (node.type !== "CallExpression") return;
      const name = calledName(node.callee);
      if (name === undefined || !begins.has(name)) return;
      const call = source.slice(node.callee.start, node.callee.end).replace(/\s+/g, "");
      found.push({ call, line: source.slice(0, node.start).split("\n").length });
    },
  });
  return found;
}

// Internal.

const begins: ReadonlySet<string> = new Set([
  ...["setInterval", "setTimeout", "setImmediate"],
  ...["on", "once", "addListener", "prependListener", "addEventListener"],
  ...["createServer", "createSecureServer", "listen", "watch", "watchFile"],
]);

const calledName = (callee: Node): string | undefined => {
  if (callee.type === "Identifier") return callee.name;
  return callee.type === "MemberExpression" && callee.property.type === "Identifier" && !callee.computed
    ? callee.property.name
    : undefined;
};

/** Bodies of functions, except of those that are called on the spot; fields of instances. */
function runsLater(node: Node, parent: Node | null): boolean {
  const isFunction = /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type);
  if (isFunction) return !(parent && isCalled(node, parent));
  return parent?.type === "PropertyDefinition" && !parent.static && parent.value === node;
}

const isCalled = (node: Node, parent: Node): boolean =>
  (parent.type === "CallExpression" && parent.callee === node) || parent.type === "ParenthesizedExpression";
