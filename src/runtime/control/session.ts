// A console in the node: names, and an Underway process in which everything is evaluated, as OTP's shell evaluator is one.
//
// What is evaluated may call, link, spawn and receive. When its process ends — an exit signal, a stray error, an
// interrupt — the next input gets a new one; the names stay. Nothing that happens here ends the node.

import { Console } from "node:console";
import { Writable } from "node:stream";
import { inspect } from "node:util";
import { isUnderwayError } from "../../error.ts";
import type { Json } from "../../release/data.ts";
import type { Body } from "../process/body.ts";
import { Process } from "../process/process.ts";
import { formatReason } from "../process/reason.ts";
import { stopSignal } from "../process/stop-signal.ts";
import type { Answer, Completions, Evaluator } from "./answer.ts";
import { compile, INCOMPLETE, type Scope } from "./evaluate.ts";

export interface SessionOptions {
  /** Names that can be used from the start. */
  readonly bindings: Readonly<Record<string, unknown>>;
  /** Gets what `console.log` prints. */
  readonly print: (text: string) => void;
  /** Default: false. */
  readonly colors?: boolean;
}

/** Elements and characters shown of a value, so that a large state does not flood a terminal. */
const shown = { depth: 6, maxArrayLength: 200, maxStringLength: 20_000, breakLength: 100 };

export class Session implements Evaluator {
  readonly #scope: Scope;
  readonly #colors: boolean;
  #shell: Process | null = null;
  /** The console was left: inputs that wait are not evaluated, no new process is made. */
  #ended = false;
  /** Rejects what is being evaluated when the shell's process ends. */
  #interrupted: ((reason: unknown) => void) | null = null;
  #last: Promise<unknown> = Promise.resolve();

  constructor({ bindings, print, colors = false }: SessionOptions) {
    this.#colors = colors;
    this.#scope = {
      ...bindings,
      console: consoleTo(print),
      $import: (specifier: string) => import(specifier),
      _: undefined,
    };
  }

  /** Inputs are evaluated one after the other. */
  evaluate(source: string): Promise<Answer> {
    const answer = this.#last.then(() => this.#evaluate(source));
    this.#last = answer;
    return answer;
  }

  complete(line: string): Promise<Completions> {
    return Promise.resolve(completionsOf(this.#scope, line));
  }

  interrupt(): void {
    if (this.#interrupted !== null) this.#shell?.end("killed");
  }

  end(): void {
    this.#ended = true;
    this.#shell?.end("shutdown");
    this.#shell = null;
  }

  // Internal.

  async #evaluate(source: string): Promise<Answer> {
    if (this.#ended) return { kind: "error", text: "The console has ended" };
    let run: ReturnType<typeof compile>;
    try {
      run = compile(source, this.#scope);
    } catch (thrown) {
      return { kind: "error", text: syntaxErrorOf(thrown) };
    }
    if (run === INCOMPLETE) return { kind: "incomplete" };
    try {
      const value = await this.#inShell(run);
      if (value !== undefined) this.#scope._ = value;
      const json = asJson(value);
      return { kind: "value", text: this.#show(value), ...(json !== undefined && { json }) };
    } catch (thrown) {
      return { kind: "error", text: this.#explain(thrown) };
    } finally {
      this.#interrupted = null;
    }
  }

  #inShell(run: () => Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#interrupted = reject;
      const shell = this.#livingShell();
      shell
        .enter(() => run())
        .then(resolve, (thrown) => {
          // Of a process that was killed: its end has been told already.
          if (thrown !== stopSignal) reject(thrown);
        });
    });
  }

  #livingShell(): Process {
    if (this.#shell?.alive) return this.#shell;
    const body: Body = {
      name: "shell",
      module: this,
      initialCall: "shell",
      // Busy for ever: its messages wait for `receive`.
      start: () => new Promise<void>(() => {}),
      ended: (reason) => this.#interrupted?.(new Ended(formatReason(reason))),
    };
    this.#shell = new Process(body, null);
    return this.#shell;
  }

  #show(value: unknown): string {
    try {
      return inspect(value, { ...shown, colors: this.#colors });
    } catch (thrown) {
      return `(a value that cannot be shown: ${String(thrown)})`;
    }
  }

  #explain(thrown: unknown): string {
    if (thrown instanceof Ended) return `Interrupted: the console's process ended (${thrown.message})`;
    if (isUnderwayError(thrown)) return `${thrown.name}: ${thrown.message}`;
    if (!(thrown instanceof Error)) return `Thrown: ${this.#show(thrown)}`;
    return stackOf(thrown);
  }
}

/** Without its stack: that shows what the input is wrapped in. */
function syntaxErrorOf(thrown: unknown): string {
  const { message } = thrown as Error;
  if (!message.includes("import statement")) return `SyntaxError: ${message}`;
  return `SyntaxError: a console takes no import statement\n  cure: write it as: const name = await import("module")`;
}

/** Why the shell's process ended. */
class Ended extends Error {}

/** The stack down to what was typed: neither the frames of this folder, nor those of the input itself, tell anything. */
function stackOf(error: Error): string {
  const lines = (error.stack ?? String(error)).split("\n");
  const isOurs = (line: string): boolean => line.includes(`${import.meta.dirname}/`) || /^\s+at console:\d/.test(line);
  const first = lines.findIndex((line) => /^\s+at /.test(line));
  const end = lines.findIndex((line, i) => i > first && isOurs(line));
  const kept = lines.slice(0, end === -1 ? lines.length : end);
  return kept.filter((line) => !isOurs(line)).join("\n");
}

function consoleTo(print: (text: string) => void): Console {
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      print(chunk.toString("utf8"));
      done();
    },
  });
  return new Console({ stdout: stream, stderr: stream });
}

/** The value as JSON says it; undefined when it cannot. */
function asJson(value: unknown): Json | undefined {
  try {
    const text = JSON.stringify(value);
    return text === undefined ? undefined : (JSON.parse(text) as Json);
  } catch {
    return undefined;
  }
}

/** Completes `Process.sp` by reading properties, never by calling anything. */
function completionsOf(scope: Scope, line: string): Completions {
  const path = /[\p{ID_Start}$_][\p{ID_Continue}$.]*$/u.exec(line)?.[0] ?? "";
  const names = path.split(".");
  const prefix = names.pop() ?? "";
  let holder: unknown =
    names.length === 0 ? { ...Object.fromEntries(globals.map((name) => [name, 0])), ...scope } : scope;
  for (const [i, name] of names.entries()) {
    holder = property(holder, name) ?? (i === 0 ? property(globalThis, name) : undefined);
  }
  const before = path.slice(0, path.length - prefix.length);
  const found = [...keysOf(holder)].filter((key) => key.startsWith(prefix) && key !== "$import").sort();
  return [found.map((key) => before + key), path];
}

const globals = Object.getOwnPropertyNames(globalThis);

/** A data property's value; getters are not run. */
function property(holder: unknown, name: string): unknown {
  for (let at = holder; at !== null && at !== undefined; at = Object.getPrototypeOf(at)) {
    const found = Object.getOwnPropertyDescriptor(at, name);
    if (found !== undefined) return found.value;
  }
  return undefined;
}

function keysOf(holder: unknown): Set<string> {
  const keys = new Set<string>();
  for (let at = holder; at !== null && at !== undefined && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const key of Object.getOwnPropertyNames(at)) if (/^[\p{ID_Start}$_]/u.test(key)) keys.add(key);
  }
  return keys;
}
