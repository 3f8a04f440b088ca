// Evaluates what is typed into a console: expressions and statements, with `await`, in a scope of the console's own.
//
// Why not node:repl: it loads `domain`, which turns async hooks on for the rest of the node's life (every await becomes
// several times dearer), and evaluates either in another realm (its objects are not the node's plain objects) or in the
// global scope (`const process = …` would change what module code sees).
//
//   const { a } = await f(); a + 1        what was typed
//   void 0, { a } = await f(); a + 1      declarations become assignments, which the scope keeps
//   with (scope) { return (async () => { void 0, { a } = await f(); return (a + 1) })() }

import vm from "node:vm";
import { endsValue, scan, type Token } from "./tokens.ts";

/** What a console has named: read before globals, written instead of them. */
export type Scope = { [name: string]: unknown };

/** An input that may become complete by another line. */
export const INCOMPLETE: unique symbol = Symbol("incomplete");

// API.

/**
 * Compiles an input; nothing of it runs. The returned function runs it and resolves with its value, awaited: that of the
 * expression, or of the last statement if it is one.
 *
 * Throws the SyntaxError of what is neither right nor incomplete.
 */
export function compile(source: string, scope: Scope): (() => Promise<unknown>) | typeof INCOMPLETE {
  const { tokens, open } = scan(source);
  if (tokens.length === 0) return open ? INCOMPLETE : async () => undefined;
  const { text, tokens: rewritten, hoisted, declared } = rewrite(source, tokens);
  const body = bodyOf(text, rewritten, hoisted);
  const run = tryCompile(body);
  if (run instanceof Error) {
    if (open || !endsValue(tokens.at(-1))) return INCOMPLETE;
    throw run;
  }
  return () => run(guarded(scope, declared));
}

// Internal.

interface Rewritten {
  readonly text: string;
  /** Its tokens. */
  readonly tokens: readonly Token[];
  /** Function declarations: they are complete before the first statement. */
  readonly hoisted: readonly string[];
  readonly declared: ReadonlySet<string>;
}

type Run = (scope: object) => Promise<unknown>;

const isDeclaration = ({ kind, text, depth }: Token, before: Token | undefined): boolean =>
  kind === "word" && depth === 0 && /^(const|let|var)$/.test(text) && before?.text !== "." && before?.text !== "?.";

const beginsStatement = (token: Token, before: Token | undefined): boolean =>
  token.depth === 0 &&
  (before === undefined || before.text === ";" || before.text === "}" || (token.startsLine && endsValue(before)));

function rewrite(source: string, tokens: readonly Token[]): Rewritten {
  const edits: { readonly at: number; readonly end: number; readonly text: string }[] = [];
  const hoisted: string[] = [];
  const declared = new Set<string>();
  for (const [i, token] of tokens.entries()) {
    const before = tokens[i - 1];
    if (token.text === "import" && tokens[i + 1]?.text === "(" && before?.text !== ".") {
      edits.push({ at: token.start, end: token.start + 6, text: "$import" });
    }
    if (isDeclaration(token, before)) {
      edits.push({ at: token.start, end: token.start + token.text.length, text: "void 0," });
      for (const at of namesWithoutValue(tokens, i + 1, declared)) edits.push({ at, end: at, text: " = undefined" });
    } else if (token.kind === "word" && beginsStatement(token, before)) {
      const name = nameOfDefinition(tokens, i);
      if (name === null) continue;
      declared.add(name);
      if (token.text === "class") edits.push({ at: token.start, end: token.start, text: `${name} = ` });
      else hoisted.push(name);
    }
  }
  let text = source;
  for (const { at, end, text: replacement } of edits.toSorted((a, b) => b.at - a.at)) {
    text = text.slice(0, at) + replacement + text.slice(end);
  }
  return { text, tokens: edits.length === 0 ? tokens : scan(text).tokens, hoisted, declared };
}

/** Collects the names of a declaration; returns where those end that are given no value. */
function namesWithoutValue(tokens: readonly Token[], from: number, declared: Set<string>): number[] {
  const bare: number[] = [];
  let isName = true;
  for (let i = from; i < tokens.length; i++) {
    const token = tokens[i] as Token;
    const next = tokens[i + 1];
    if (token.depth === 0) {
      const isNext = i > from && token.text !== "=" && beginsStatement(token, tokens[i - 1]);
      if (token.text === ";" || isNext) break;
      if (token.text === "=" || token.text === "of" || token.text === "in") isName = false;
      if (token.text === ",") isName = true;
      const hasNoValue = next === undefined || /^[,;]$/.test(next.text) || (next.startsLine && next.text !== "=");
      if (isName && token.kind === "word" && hasNoValue) bare.push(token.start + token.text.length);
    }
    // In a pattern this takes in property names and defaults, too: that a name is declared only lets the scope be asked.
    if (isName && token.kind === "word") declared.add(token.text);
  }
  return bare;
}

/** The name that `class A`, `function a` or `async function* a` at `i` defines. */
function nameOfDefinition(tokens: readonly Token[], i: number): string | null {
  const texts = [0, 1, 2, 3].map((k) => tokens[i + k]?.text ?? "");
  const rest = texts[0] === "async" && texts[1] === "function" ? texts.slice(1) : texts;
  if (rest[0] !== "class" && rest[0] !== "function") return null;
  const name = rest[1] === "*" ? rest[2] : rest[1];
  return name !== undefined && /^[\p{ID_Start}$_]/u.test(name) && name !== "extends" ? name : null;
}

/** As one expression if it is one, else with the last statement's value if it has one, else without a value. */
function bodyOf(text: string, tokens: readonly Token[], hoisted: readonly string[]): string {
  const prologue = hoisted.map((name) => `$scope.${name} = ${name};`).join("");
  const lastToken = tokens.at(-1);
  const end = lastToken?.text === ";" ? lastToken.start : text.length;
  const expression = `return (\n${text.slice(0, end)}\n)`;
  if (hoisted.length === 0 && isValid(expression)) return expression;
  for (let i = tokens.length - 1; i > 0; i--) {
    const token = tokens[i] as Token;
    if (token.start >= end || !beginsStatement(token, tokens[i - 1]) || nameOfDefinition(tokens, i) !== null) continue;
    const head = text.slice(0, token.start);
    const tail = `return (\n${text.slice(token.start, end)}\n)`;
    // The head must be whole by itself: `while (busy)` and a line below it are one statement.
    if (isValid(tail) && isValid(head)) return `${prologue}${head};${tail}`;
  }
  return prologue + text;
}

const isValid = (body: string): boolean => !(tryCompile(body) instanceof Error);

function tryCompile(body: string): Run | Error {
  const code = `with ($scope) { return (async () => {${body}\n})() }`;
  try {
    return vm.compileFunction(code, ["$scope"], { filename: "console" }) as Run;
  } catch (thrown) {
    return thrown as Error;
  }
}

/** Names that nobody knows are assigned in the scope, never as globals; what was declared is read from it, too. */
const guarded = (scope: Scope, declared: ReadonlySet<string>): object =>
  new Proxy(scope, {
    has: (target, name) => typeof name === "string" && (name in target || declared.has(name) || !(name in globalThis)),
    get(target, name) {
      if (name === Symbol.unscopables) return undefined;
      const text = String(name);
      if (text === "$scope") return target;
      if (text in target) return target[text];
      if (text in globalThis) return (globalThis as unknown as Scope)[text];
      // Limit: `typeof` of a name that nobody knows throws, too.
      throw new ReferenceError(`${text} is not defined`);
    },
    set(target, name, value) {
      target[String(name)] = value;
      return true;
    },
  });
