// Where the checks of an async function stand: on entry and exit its frame is noted and forgotten, after each `await`
// and at the head of each `catch` and `finally` the frame is stopped if its process has ended or its code was purged.
//
//   async f(x) { … }            async f(x) { const $f=$r.enter();try{ … }finally{$r.leave($f)} }
//   async () => e               async () => {const $f=$r.enter();try{return e}finally{$r.leave($f)}}
//   await x                     $r.resume($f,await x)
//   catch (e) { … }             catch (e) { $r.check($f); … }
//   finally { … }               finally { $r.check($f); … }
//   for await (a of b) { … }    for await (a of b) { $r.check($f); … }
//
// An exit through a stopped frame's own `finally` is harmless: leaving is idempotent.
// Limit: async generators, `await using`, destructuring heads, iterators' `return` and synchronous `finally` blocks are
// not instrumented yet.

import type MagicString from "magic-string";
import type { Node } from "oxc-parser";
import type { Names } from "./names.ts";

/** Adds the checks while the module is walked. */
export class Instrumenter {
  readonly #edits: MagicString;
  readonly #names: Names;
  /** Functions around the node, innermost last. */
  readonly #functions: { readonly node: Node; readonly instrumented: boolean }[] = [];

  constructor(edits: MagicString, names: Names) {
    this.#edits = edits;
    this.#names = names;
  }

  /** False at the module's top level, where an `await` has no place. */
  get insideFunction(): boolean {
    return this.#functions.length > 0;
  }

  enter(node: Node): void {
    switch (node.type) {
      case "FunctionDeclaration":
      case "FunctionExpression":
      case "ArrowFunctionExpression":
        this.#enterFunction(node);
        break;
      case "AwaitExpression":
        if (this.#instrumented)
          this.#edits.appendRight(node.start, `${this.#names.runtime}.resume(${this.#names.frame},`);
        break;
      case "TryStatement":
        if (node.handler !== null) this.#checkAtHead(node.handler.body);
        if (node.finalizer !== null) this.#checkAtHead(node.finalizer);
        break;
      case "ForOfStatement":
        if (node.await) this.#checkAtHead(node.body);
        break;
    }
  }

  leave(node: Node): void {
    if (node.type === "AwaitExpression" && this.#instrumented) this.#edits.appendLeft(node.end, ")");
    if (this.#functions.at(-1)?.node !== node) return;
    const { instrumented } = this.#functions.pop() as { instrumented: boolean };
    if (!instrumented || !("body" in node)) return;
    const body = node.body as Node;
    const exit = `}finally{${this.#names.runtime}.leave(${this.#names.frame})}`;
    if (body.type === "BlockStatement") this.#edits.appendRight(body.end - 1, exit);
    else this.#edits.appendLeft(body.end, `${exit}}`);
  }

  // Internal.

  get #instrumented(): boolean {
    return this.#functions.at(-1)?.instrumented ?? false;
  }

  #enterFunction(node: Node & { async: boolean; generator: boolean; body: Node | null }): void {
    const instrumented = node.async && !node.generator && node.body !== null;
    this.#functions.push({ node, instrumented });
    if (!instrumented || node.body === null) return;
    const { runtime, frame } = this.#names;
    const entry = `const ${frame}=${runtime}.enter();try{`;
    if (node.body.type === "BlockStatement") this.#edits.appendLeft(node.body.start + 1, entry);
    else this.#edits.appendRight(node.body.start, `{${entry}return `);
  }

  #checkAtHead(body: Node): void {
    if (!this.#instrumented) return;
    const check = `${this.#names.runtime}.check(${this.#names.frame});`;
    if (body.type === "BlockStatement") {
      this.#edits.appendLeft(body.start + 1, check);
    } else {
      this.#edits.appendRight(body.start, `{${check}`);
      this.#edits.appendLeft(body.end, "}");
    }
  }
}
