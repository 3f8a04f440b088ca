// Where the checks stand. An async function's frame is noted on entry and forgotten on exit; after each `await` and at the
// head of each `catch` and `finally` the frame is stopped if its process has ended or its code was purged.
//
//   async f(x = e) { … }           async f(x = ($r.alive(),e)) { const $f=$r.enter();try{ … }finally{$r.leave($f)} }
//   async () => e                  async () => {const $f=$r.enter();try{return e}finally{$r.leave($f)}}
//   async function* g() { … }      as an async function; its frame is noted at the first `next()`
//   await x                        $r.resume(($f.line=7,$f),await x)
//   await f(await x)               $r.resume($f,await $r.at($f,7,f($r.resume(…,await x))))
//   yield x                        as `await` in an async generator, $r.alive(yield x) in a plain one
//   catch (e) { … }                catch (e) {$r.check($f); … }              $r.alive() in a plain function
//   catch ({ a = e }) { … }        catch ($v) {$r.check($f);let { a = e }=$v;{ … }}
//   finally { … }                  finally {$r.check($f); … }                $r.alive() in a plain function
//   for await (const v of x) s     for await (const v of $r.at($f,7,x)) {$r.check($f);s;$f.line=7}
//   for await (const { a } of x) s     for await (const $v of …) {$r.check($f);const { a }=$v;s;$f.line=7}
//   { await using x = e; … }       {try{ await using x = e;using $u=$r.dispose($f,7); … }finally{$r.check($f)}}
//   return() { … }                 return() {$r.alive(); … }                 throw, [Symbol.dispose], [Symbol.asyncDispose] too
//   f();  const p = f();           f(),$f.stopped&&$r.check($f);             in async functions: f may have ended the process and
//                                  const p = f();$f.stopped&&$r.check($f);   hidden its signal in a promise
//   void f();  new Promise(g)      void f(),$r.alive();  $r.alive(new Promise(g))    elsewhere
//   p.then((v) => …, f)            p.then($r.guard((v) => …),$r.guard(f))    catch, finally too
//
// 7 is the line of the TypeScript source. An exit through a stopped frame's own `finally` is harmless: leaving is
// idempotent. What the compiler puts in never adds an `await`, so the order of microtasks stays as it is written.
//
// Limit: a plain generator has no frame. It is stopped when it is resumed for a dead process or in a purged version, but
// a suspended one is a value like a closure and keeps nobody from being upgraded. A plain function that ends its own
// process within an async one which it calls without `await` and without `void` runs on to its end. In `for await (const { a } of x)` the
// names of the pattern are not in their dead zone while `x` is evaluated.

import type MagicString from "magic-string";
import type { ArrowFunctionExpression, Node, Function as PlainFunction } from "oxc-parser";
import {
  declaresDisposable,
  handlersOf,
  isEndingMethod,
  isInert,
  isSimple,
  isStatement,
  isVoidedCall,
  mayEnd,
  mayWait,
} from "./instrumented-forms.ts";
import { LoopStack } from "./loop-stack.ts";
import type { Names } from "./names.ts";

/** What the instrumenter has to know of the module. */
export interface Instrumented {
  readonly code: string;
  readonly edits: MagicString;
  readonly names: Names;
  /** Line of the TypeScript source, from 1, of an offset of `code`. */
  lineOf(offset: number): number;
}

type NodeOf<Type extends Node["type"]> = Extract<Node, { type: Type }>;
type FunctionNode = ArrowFunctionExpression | PlainFunction;

/** A function around the node. */
interface Enclosing {
  readonly node: FunctionNode;
  /** Whether it has a frame. */
  readonly framed: boolean;
  readonly loops: LoopStack;
}

/** Adds the checks while the module is walked: text in front of a node on the way in, text behind it on the way out. */
export class Instrumenter {
  readonly #module: Instrumented;
  readonly #edits: MagicString;
  readonly #names: Names;
  /** Functions around the node, innermost last. */
  readonly #functions: Enclosing[] = [];

  constructor(module: Instrumented) {
    this.#module = module;
    this.#edits = module.edits;
    this.#names = module.names;
  }

  /** False at the module's top level, where an `await` has no place. */
  get insideFunction(): boolean {
    return this.#functions.length > 0;
  }

  enter(node: Node, parent: Node | null): void {
    this.#current?.loops.enter(node);
    switch (node.type) {
      case "FunctionDeclaration":
      case "FunctionExpression":
      case "ArrowFunctionExpression":
        this.#enterFunction(node, parent);
        break;
      case "AwaitExpression":
      case "YieldExpression":
        this.#enterWait(node);
        break;
      case "TryStatement":
        if (this.insideFunction && node.finalizer !== null) this.#insert(node.finalizer.start + 1, this.#check);
        break;
      case "CatchClause":
        this.#enterCatch(node);
        break;
      case "ForOfStatement":
        this.#enterForOf(node);
        break;
      case "ForStatement":
        if (this.#disposes(node.init)) this.#edits.appendRight(this.#current?.loops.start ?? node.start, "try{");
        break;
      case "NewExpression":
        if (this.#hidesEnd(node, parent)) this.#edits.appendRight(node.start, `${this.#names.runtime}.alive(`);
        break;
      case "ContinueStatement":
        this.#enterContinue(node);
        break;
      case "BlockStatement":
        this.#enterBlock(node, parent);
        break;
      case "AssignmentPattern":
        if (this.#isDefault(node)) this.#edits.appendRight(node.right.start, `(${this.#names.runtime}.alive(),`);
        break;
      case "CallExpression":
        for (const { start } of handlersOf(node)) this.#edits.appendRight(start, `${this.#names.runtime}.guard(`);
        break;
    }
  }

  leave(node: Node, parent: Node | null): void {
    switch (node.type) {
      case "FunctionDeclaration":
      case "FunctionExpression":
      case "ArrowFunctionExpression":
        this.#leaveFunction(node, parent);
        break;
      case "AwaitExpression":
      case "YieldExpression":
        this.#leaveWait(node);
        break;
      case "CatchClause":
        if (this.insideFunction && node.param !== null && !isSimple(node.param)) {
          this.#insert(node.param.end, `=${this.#names.value};`);
          this.#insert(node.body.end, "}");
        }
        break;
      case "ForOfStatement":
        this.#leaveForOf(node);
        break;
      case "ForStatement":
        if (this.#disposes(node.init)) this.#insert(node.end, `}finally{${this.#check}}`);
        break;
      case "ContinueStatement":
        if (this.#current?.loops.awaitingTarget(node) && this.#framed) this.#insert(node.end, "}");
        break;
      case "BlockStatement":
        this.#leaveBlock(node, parent);
        break;
      case "AssignmentPattern":
        if (this.#isDefault(node)) this.#insert(node.right.end, ")");
        break;
      case "CallExpression":
        for (const { end } of handlersOf(node)) this.#insert(end, ")");
        break;
      case "NewExpression":
        if (this.#hidesEnd(node, parent)) this.#insert(node.end, ")");
        break;
      case "ExpressionStatement":
        this.#leaveCall(node);
        break;
      case "VariableDeclaration":
        if (this.#framed && isStatement(parent) && node.declarations.some(({ init }) => mayEnd(init))) {
          this.#insert(node.end, `${this.#module.code[node.end - 1] === ";" ? "" : ";"}${this.#endedCheck};`);
        }
        break;
    }
    this.#current?.loops.leave(node);
  }

  // Internal: functions.

  get #current(): Enclosing | undefined {
    return this.#functions.at(-1);
  }

  get #framed(): boolean {
    return this.#current?.framed ?? false;
  }

  #enterFunction(node: FunctionNode, parent: Node | null): void {
    const { async: framed, body } = node;
    this.#functions.push({ node, framed, loops: new LoopStack() });
    const { runtime, frame } = this.#names;
    if (body?.type === "BlockStatement") {
      if (framed) this.#insert(body.start + 1, `const ${frame}=${runtime}.enter();try{`);
      else if (isEndingMethod(node, parent)) this.#insert(body.start + 1, `${runtime}.alive();`);
    } else if (body) {
      if (framed) this.#edits.appendRight(body.start, `{const ${frame}=${runtime}.enter();try{return `);
      else if (isEndingMethod(node, parent)) this.#edits.appendRight(body.start, `(${runtime}.alive(),`);
    }
  }

  #leaveFunction(node: FunctionNode, parent: Node | null): void {
    const { framed } = this.#functions.pop() as Enclosing;
    const exit = `}finally{${this.#names.runtime}.leave(${this.#names.frame})}`;
    const { body } = node;
    if (body?.type === "BlockStatement") {
      if (framed) this.#edits.appendRight(body.end - 1, exit);
    } else if (body) {
      if (framed) this.#insert(body.end, `${exit}}`);
      else if (isEndingMethod(node, parent)) this.#insert(body.end, ")");
    }
  }

  /** The default value of a parameter, which is evaluated before the function's frame is noted. */
  #isDefault(node: NodeOf<"AssignmentPattern">): boolean {
    const fn = this.#current?.node;
    if (!fn?.body || !(fn.async || fn.generator)) return false;
    return node.end <= fn.body.start && !isInert(node.right);
  }

  // Internal: await, yield.

  #enterWait(node: NodeOf<"AwaitExpression" | "YieldExpression">): void {
    const { runtime, frame } = this.#names;
    if (!this.#framed) {
      // A plain generator has no frame; an `await` outside of functions is refused.
      this.#edits.appendRight(node.start, `${runtime}.alive(`);
      return;
    }
    const line = this.#module.lineOf(node.start);
    if (mayWait(node.argument, this.#module.code)) {
      this.#edits.appendRight(node.start, `${runtime}.resume(${frame},`);
      this.#edits.appendRight(node.argument.start, `${runtime}.at(${frame},${line},`);
    } else {
      this.#edits.appendRight(node.start, `${runtime}.resume((${frame}.line=${line},${frame}),`);
    }
  }

  #leaveWait(node: NodeOf<"AwaitExpression" | "YieldExpression">): void {
    if (this.#framed && mayWait(node.argument, this.#module.code)) this.#insert(node.argument.end, ")");
    this.#insert(node.end, ")");
  }

  // Internal: statements.

  #enterCatch({ param, body }: NodeOf<"CatchClause">): void {
    if (!this.insideFunction) return;
    if (param === null || isSimple(param)) {
      this.#insert(body.start + 1, this.#check);
      return;
    }
    this.#insert(param.start, this.#names.value);
    this.#insert(body.start, `{${this.#check}let `);
    this.#edits.move(param.start, param.end, body.start);
  }

  #enterForOf({ await: waits, left, right, body, start }: NodeOf<"ForOfStatement">): void {
    const disposes = this.#disposes(left);
    if (!this.#framed || !(waits || disposes)) return;
    const { runtime, frame, value } = this.#names;
    if (waits) this.#edits.appendRight(right.start, `${runtime}.at(${frame},${this.#module.lineOf(start)},`);
    this.#insert(body.start, `{${this.#check}${disposes ? "try{" : ""}`);
    if (isSimple(left) && !disposes) return;
    this.#insert(left.start, `const ${value}`);
    if (left.type !== "VariableDeclaration") this.#edits.appendRight(left.start, "(");
    this.#edits.move(left.start, left.end, body.start);
  }

  #leaveForOf({ await: waits, left, right, body, start }: NodeOf<"ForOfStatement">): void {
    const disposes = this.#disposes(left);
    if (!this.#framed || !(waits || disposes)) return;
    if (waits) this.#insert(right.end, ")");
    if (!isSimple(left) || disposes) {
      this.#insert(left.end, `=${this.#names.value}${left.type === "VariableDeclaration" ? "" : ")"};`);
      if (disposes) this.#insert(left.end, this.#disposal(left));
    }
    this.#insert(body.end, `${disposes ? `}finally{${this.#check}}` : ";"}${waits ? this.#setLine(start) : ""}}`);
  }

  /** Goes back to the hidden `await` of its loop. */
  #enterContinue(node: NodeOf<"ContinueStatement">): void {
    const target = this.#current?.loops.awaitingTarget(node);
    if (target && this.#framed) this.#edits.appendRight(node.start, `{${this.#setLine(target.start)}`);
  }

  /** A block that disposes of something waits at its end; whatever way it is left, a check follows. */
  #enterBlock(node: NodeOf<"BlockStatement">, parent: Node | null): void {
    if (node.body.some((one) => this.#disposes(one)) && parent !== this.#current?.node) {
      this.#insert(node.start + 1, "try{");
    }
  }

  #leaveBlock(node: NodeOf<"BlockStatement">, parent: Node | null): void {
    const last = node.body.findLast((one) => this.#disposes(one));
    if (last === undefined) return;
    this.#insert(last.end, this.#disposal(last));
    // Behind the end of the function's own body no line follows.
    if (parent !== this.#current?.node) this.#edits.appendRight(node.end - 1, `}finally{${this.#check}}`);
  }

  #disposes(node: Node | null): boolean {
    return this.#framed && declaresDisposable(node);
  }

  // Internal: calls.

  /** Whoever ends its own process is stopped by a throw, which a promise that nobody waits for would swallow. */
  #leaveCall({ expression }: NodeOf<"ExpressionStatement">): void {
    if (this.#framed) {
      if (mayEnd(expression)) this.#insert(expression.end, `,${this.#endedCheck}`);
    } else if (this.insideFunction && isVoidedCall(expression)) {
      this.#insert(expression.end, `,${this.#names.runtime}.alive()`);
    }
  }

  /** `new Promise(…)`, where no check follows anyway. */
  #hidesEnd({ callee }: NodeOf<"NewExpression">, parent: Node | null): boolean {
    return (
      this.insideFunction &&
      callee.type === "Identifier" &&
      callee.name === "Promise" &&
      parent?.type !== "AwaitExpression"
    );
  }

  // Internal: text.

  /** Puts text behind whatever ends at this offset. */
  #insert(offset: number, text: string): void {
    this.#edits.appendLeft(offset, text);
  }

  get #check(): string {
    const { runtime, frame } = this.#names;
    return this.#framed ? `${runtime}.check(${frame});` : `${runtime}.alive();`;
  }

  get #endedCheck(): string {
    const { runtime, frame } = this.#names;
    return `${frame}.stopped&&${runtime}.check(${frame})`;
  }

  #setLine(offset: number): string {
    return `${this.#names.frame}.line=${this.#module.lineOf(offset)};`;
  }

  #disposal({ start }: Node): string {
    const { runtime, frame, disposal } = this.#names;
    return `using ${disposal}=${runtime}.dispose(${frame},${this.#module.lineOf(start)});`;
  }
}
