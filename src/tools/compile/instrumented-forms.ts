// Which forms the instrumentation cares about: questions to one node each.

import type { Node } from "oxc-parser";

/** Whether binding it runs no code of anybody: nothing, a name, the declaration of one name. */
export const isSimple = (head: Node | null): boolean => {
  if (head === null || head.type === "Identifier") return true;
  return head.type === "VariableDeclaration" && head.declarations.every(({ id }) => id.type === "Identifier");
};

/** Whether evaluating it runs no code: most default values. */
export const isInert = (node: Node): boolean =>
  node.type === "Literal" ||
  node.type === "ArrowFunctionExpression" ||
  node.type === "FunctionExpression" ||
  // Wrapped, it would lose the name that it gets from the parameter.
  node.type === "ClassExpression";

/** Whether an operand may wait itself. By its text: one wait too many only costs a call. */
export const mayWait = (operand: Node | null, code: string): operand is Node =>
  operand !== null && /\b(?:await|yield)\b/.test(code.slice(operand.start, operand.end));

/** Whether the end of its scope waits. */
export const declaresDisposable = (node: Node | null): boolean =>
  node?.type === "VariableDeclaration" && node.kind === "await using";

/** The arguments of `x.then(…)`, `x.catch(…)` and `x.finally(…)` that are, or may be, handlers of this module. */
export const handlersOf = ({ callee, arguments: args }: Node & { type: "CallExpression" }): Node[] => {
  if (callee.type !== "MemberExpression" || !["then", "catch", "finally"].includes(nameOf(callee.property))) return [];
  return args.filter(isHandler);
};

/**
 * Whether others call this plain function at an end that may be the end of its process: an iterator's `return` and
 * `throw`, what `using` disposes of.
 */
export const isEndingMethod = (fn: Node, parent: Node | null): boolean => {
  switch (parent?.type) {
    case "MethodDefinition":
    case "PropertyDefinition":
    case "Property":
      return parent.value === fn && isEndingName(parent.key, parent.computed);
    case "AssignmentExpression":
      return (
        parent.right === fn &&
        parent.left.type === "MemberExpression" &&
        isEndingName(parent.left.property, parent.left.computed)
      );
    default:
      return false;
  }
};

/** Whether a declaration stands among other statements, so that one can follow it. */
export const isStatement = (parent: Node | null): boolean =>
  parent?.type === "BlockStatement" || parent?.type === "SwitchCase" || parent?.type === "StaticBlock";

/** Whether evaluating it calls something last, without waiting for it: a check behind an `await` stands there already. */
export const mayEnd = (node: Node | null): boolean => {
  switch (node?.type) {
    case "CallExpression":
    case "NewExpression":
    case "TaggedTemplateExpression":
      return true;
    case "UnaryExpression":
      return mayEnd(node.argument);
    case "ParenthesizedExpression":
    case "ChainExpression":
      return mayEnd(node.expression);
    case "AssignmentExpression":
      return mayEnd(node.right);
    case "SequenceExpression":
      return node.expressions.some(mayEnd);
    case "LogicalExpression":
      return mayEnd(node.left) || mayEnd(node.right);
    case "ConditionalExpression":
      return mayEnd(node.consequent) || mayEnd(node.alternate);
    default:
      return false;
  }
};

/** `void f()`: a promise that nobody waits for, said plainly. */
export const isVoidedCall = (node: Node): boolean =>
  node.type === "UnaryExpression" && node.operator === "void" && mayEnd(node.argument);

// Internal.

const isHandler = (node: Node): boolean =>
  node.type === "Identifier" ||
  // An async function checks by itself when it is entered.
  ((node.type === "ArrowFunctionExpression" || node.type === "FunctionExpression") && !node.async && !node.generator);

const isEndingName = (key: Node, computed: boolean): boolean => {
  if (!computed) return nameOf(key) === "return" || nameOf(key) === "throw";
  return (
    key.type === "MemberExpression" &&
    nameOf(key.object) === "Symbol" &&
    (nameOf(key.property) === "dispose" || nameOf(key.property) === "asyncDispose")
  );
};

const nameOf = (node: Node): string =>
  node.type === "Identifier" ? node.name : node.type === "Literal" ? String(node.value) : "";
