// The loops around a statement of one function, with their labels: where a `continue` goes.

import type { Node } from "oxc-parser";

/** Follows the walk through one function. */
export class LoopStack {
  readonly #loops: { readonly node: Node; readonly labels: readonly LabeledStatement[] }[] = [];
  /** Labels in front of the statement that comes next. */
  #labels: LabeledStatement[] = [];

  enter(node: Node): void {
    if (node.type === "LabeledStatement") {
      this.#labels.push(node);
    } else if (isLoop(node)) {
      this.#loops.push({ node, labels: this.#labels });
      this.#labels = [];
    } else if (node.type.endsWith("Statement")) {
      this.#labels = [];
    }
  }

  leave(node: Node): void {
    if (this.#loops.at(-1)?.node === node) this.#loops.pop();
  }

  /** Where the innermost loop begins, its labels included. */
  get start(): number {
    const { node, labels } = this.#loops.at(-1) as { node: Node; labels: readonly Node[] };
    return labels[0]?.start ?? node.start;
  }

  /** The `for await` that a `continue` goes on with; undefined if it goes on with another loop. */
  awaitingTarget({ label }: Node & { type: "ContinueStatement" }): Node | undefined {
    const target = this.#loops.findLast(
      ({ labels }) => label === null || labels.some((one) => one.label.name === label.name),
    )?.node;
    return target?.type === "ForOfStatement" && target.await ? target : undefined;
  }
}

// Internal.

type LabeledStatement = Node & { type: "LabeledStatement" };

const isLoop = ({ type }: Node): boolean =>
  type === "ForStatement" ||
  type === "ForInStatement" ||
  type === "ForOfStatement" ||
  type === "WhileStatement" ||
  type === "DoWhileStatement";
