// What the demo prints: acts, commands with their output, claims with a tick or a cross, tables.

import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

export interface TranscriptOptions {
  readonly colors: boolean;
  /** How long a person is given to read an act, in milliseconds. */
  readonly pauseMs: number;
}

/** A line of the last table: what was counted, how often, and what it must be. */
export interface Count {
  readonly what: string;
  readonly value: string;
  /** Absent: it may be anything. */
  readonly holds?: boolean;
}

const INDENT = "   ";

export class Transcript {
  readonly #options: TranscriptOptions;
  readonly #broken: string[] = [];
  #acts = 0;

  constructor(options: TranscriptOptions) {
    this.#options = options;
  }

  /** Claims that did not hold. */
  get broken(): readonly string[] {
    return this.#broken;
  }

  title(text: string, below: string): void {
    this.#print(`\n ${this.#style("bold", text)}\n ${this.#style("dim", below)}`);
  }

  async act(title: string): Promise<void> {
    if (this.#acts > 0) await new Promise((resolve) => setTimeout(resolve, this.#options.pauseMs));
    this.#acts++;
    this.#print(`\n ${this.#style(["bold", "cyan"], String(this.#acts).padStart(2))}  ${this.#style("bold", title)}`);
  }

  say(text: string): void {
    for (const line of wrapped(text, 100)) this.#print(`${INDENT} ${line}`);
  }

  command(text: string): void {
    this.#print(`${INDENT} ${this.#style("cyan", "$")} ${text}`);
  }

  output(text: string): void {
    for (const line of text.trimEnd().split("\n")) this.#print(`${INDENT}   ${this.#style("dim", line)}`);
  }

  /** Says what has been proven, or what should have been. Remembers the latter. */
  claim(holds: boolean, text: string, detail = ""): void {
    const mark = holds ? this.#style("green", "✓") : this.#style(["bold", "red"], "✗");
    this.#print(`${INDENT} ${mark} ${text}${detail === "" ? "" : this.#style("dim", `  ${detail}`)}`);
    if (!holds) this.#broken.push(detail === "" ? text : `${text} (${detail})`);
  }

  /** Columns of a table, the first row being its head. */
  table(rows: readonly (readonly string[])[]): void {
    const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
    rows.forEach((row, index) => {
      const line = row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("   ");
      this.#print(`${INDENT}   ${index === 0 ? this.#style("dim", line) : line}`);
    });
  }

  counts(counts: readonly Count[]): void {
    const width = Math.max(...counts.map(({ what }) => what.length));
    const valueWidth = Math.max(...counts.map(({ value }) => value.length));
    for (const { what, value, holds } of counts) {
      const mark = holds === undefined ? " " : holds ? this.#style("green", "✓") : this.#style(["bold", "red"], "✗");
      this.#print(`${INDENT} ${mark} ${what.padEnd(width)}   ${this.#style("bold", value.padStart(valueWidth))}`);
      if (holds === false) this.#broken.push(`${what}: ${value}`);
    }
  }

  end(): void {
    const failed = this.#broken.length;
    if (failed === 0) this.#print(`\n ${this.#style(["bold", "green"], "Everything that must be zero is zero.")}\n`);
    else {
      this.#print(
        `\n ${this.#style(["bold", "red"], failed === 1 ? "One thing did not hold:" : `${failed} things did not hold:`)}`,
      );
      for (const broken of this.#broken) this.#print(`   ✗ ${broken}`);
      this.#print("");
    }
  }

  #style(style: Style, text: string): string {
    return this.#options.colors ? styleText(style, text, { validateStream: false }) : text;
  }

  #print(text: string): void {
    process.stdout.write(`${text}\n`);
  }
}

export const formatMs = (ms: number): string =>
  ms < 10 ? `${ms.toFixed(2)} ms` : ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;

export const formatCount = (n: number): string => n.toLocaleString("en-US");

// Internal.

const wrapped = (text: string, width: number): readonly string[] => {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) as string;
    if (line !== "" && line.length + word.length + 1 > width) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines;
};
