// The terminal of a console: reads lines, has them evaluated, prints the answers. It evaluates nothing itself, so that it
// is the same for `console`, in the node's own process, and for `remote_console`, in another one.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createInterface, type Interface } from "node:readline";
import type { Evaluator } from "./answer.ts";

export interface ReplOptions {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean };
  /** Default: `> `. */
  readonly prompt?: string;
  /** Where the last lines are kept. Default: nowhere. */
  readonly historyFile?: string;
}

const historyLinesMax = 1000;
const help = `  .exit    leaves the console (also Ctrl-D)
  .help    this text
  Ctrl-C   ends what is being evaluated, or clears the line
  Tab      completes a name
  _        the last value

What is typed is JavaScript, with await. These names are there:
  Process, GenServer, Supervisor, Application, sys, code, ReleaseHandler
  module("chat/room")     a module of the release
  pid(42)                 a living process by its number; Pid is their class
`;
/** Words that a person may try; said only where no such name is there. */
const hints: { readonly [word: string]: string } = {
  exit: "(.exit leaves the console)",
  quit: "(.exit leaves the console)",
  help: "(.help tells what can be done here)",
};

/** Runs a console until its input ends or the person leaves. */
export class Repl {
  readonly #evaluator: Evaluator;
  readonly #options: ReplOptions;
  readonly #lines: Interface;
  /** What has been typed of an input that is not complete. */
  #pending = "";
  /** Resolves when all lines typed so far are evaluated; null when they are. */
  #working: Promise<void> | null = null;
  #wantsToLeave = false;
  #waiting: string[] = [];
  readonly #left = Promise.withResolvers<void>();

  constructor(evaluator: Evaluator, options: ReplOptions) {
    this.#evaluator = evaluator;
    this.#options = options;
    const { input, output } = options;
    const terminal = output.isTTY === true;
    this.#lines = createInterface({
      input,
      output,
      terminal,
      history: readHistory(options.historyFile),
      historySize: historyLinesMax,
      removeHistoryDuplicates: true,
      ...(terminal && { completer: (line: string, done: Completed) => this.#complete(line, done) }),
    });
    this.#lines.on("line", (line) => this.#line(line));
    this.#lines.on("SIGINT", () => this.#interrupt());
    this.#lines.on("history", (lines) => writeHistory(options.historyFile, lines));
    this.#lines.on("close", () => void this.#close());
  }

  /** Resolves when the person has left. */
  run(): Promise<void> {
    this.#prompt();
    return this.#left.promise;
  }

  /** Prints what comes from elsewhere. */
  print(text: string): void {
    this.#options.output.write(text);
  }

  /** The other side has ended. */
  leave(): void {
    this.#lines.close();
  }

  // Internal.

  #line(line: string): void {
    this.#wantsToLeave = false;
    this.#waiting.push(line);
    this.#working ??= this.#work();
  }

  async #work(): Promise<void> {
    for (let line = this.#waiting.shift(); line !== undefined; line = this.#waiting.shift()) {
      await this.#evaluate(line);
      this.#prompt();
    }
    this.#working = null;
  }

  async #evaluate(line: string): Promise<void> {
    const command = this.#pending === "" ? line.trim() : "";
    if (command === ".exit") this.#waiting = [];
    if (command === ".exit") this.#lines.close();
    else if (command === ".help") this.print(help);
    else await this.#evaluateSource(this.#pending + line);
  }

  async #evaluateSource(source: string): Promise<void> {
    const answer = await this.#evaluator.evaluate(source);
    this.#pending = answer.kind === "incomplete" ? `${source}\n` : "";
    if (answer.kind === "incomplete" || source.trim() === "") return;
    const word = source.trim().replace(/(\(\))?;?$/, "");
    const isUnknown = answer.kind === "error" && answer.text.includes(`${word} is not defined`);
    this.print(`${isUnknown && Object.hasOwn(hints, word) ? hints[word] : answer.text}\n`);
  }

  #interrupt(): void {
    if (this.#working !== null) {
      this.#evaluator.interrupt();
      return;
    }
    const isIdle = this.#pending === "" && this.#lines.line === "";
    if (isIdle && this.#wantsToLeave) {
      this.#lines.close();
      return;
    }
    this.#wantsToLeave = isIdle;
    this.#pending = "";
    this.print(isIdle ? "\n(Ctrl-C again or .exit leaves)\n" : "\n");
    // Clears the line: Ctrl-E, Ctrl-U.
    this.#lines.write(null, { ctrl: true, name: "e" });
    this.#lines.write(null, { ctrl: true, name: "u" });
    this.#prompt();
  }

  #prompt(): void {
    if ((this.#lines as { closed?: boolean }).closed === true) return;
    this.#lines.setPrompt(this.#pending === "" ? (this.#options.prompt ?? "> ") : "... ");
    this.#lines.prompt();
  }

  #complete(line: string, done: Completed): void {
    this.#evaluator.complete(line).then(
      (completions) => done(null, completions as [string[], string]),
      () => done(null, [[], line]),
    );
  }

  async #close(): Promise<void> {
    // A person who leaves does not wait. Input from a file ends before its last answer.
    if (this.#options.output.isTTY === true) {
      this.#evaluator.interrupt();
      this.print("\n");
    }
    await this.#working;
    this.#evaluator.end();
    this.#left.resolve();
  }
}

type Completed = (error: null, completions: [string[], string]) => void;

/** Newest first, as readline has it. */
function readHistory(file: string | undefined): string[] {
  if (file === undefined || !existsSync(file)) return [];
  return readFileSync(file, "utf8").split("\n").filter(Boolean);
}

function writeHistory(file: string | undefined, lines: readonly string[]): void {
  if (file === undefined) return;
  try {
    writeFileSync(file, `${lines.join("\n")}\n`, { mode: 0o600 });
  } catch {
    // A history that cannot be kept is no reason to stop.
  }
}
