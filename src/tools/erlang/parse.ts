// Reads Erlang terms as file:consult/1 does: each ended by a full stop, with comments.
//
//   term   atom | integer | float | $c | string+ | [term, ...] | {term, ...} | #{term => term, ...} |
//          <<"text">> | <<byte, ...>>

import { UnderwayError } from "../../error.ts";
import type { Term } from "./term.ts";

/**
 * Reads all terms of a text.
 *
 * @throws erlang/bad_syntax with line and column.
 *
 * OTP: file:consult/1.
 */
export function parseTerms(content: string, file: string): readonly Term[] {
  const reader = new Reader(content, file);
  const terms: Term[] = [];
  while (!reader.isAtEnd()) {
    terms.push(reader.term());
    reader.expect(".");
  }
  return terms;
}

// Internal.

const space = /(?:\s|%[^\n]*)*/y;
const word =
  /\d+#[0-9a-zA-Z]+|\d[\d_]*(?:\.\d+(?:[eE][+-]?\d+)?)?|\$(?:\\(?:x\{[0-9a-fA-F]+\}|x[0-9a-fA-F]{2}|[0-7]{1,3}|\^.|.)|.)|[a-zß-öø-ÿ][\wÀ-ÖØ-öø-ÿ@]*|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|=>|<<|>>|#\{|[-+[\]{},./:]/suy;

const named: Readonly<Record<string, string>> = {
  ...{ b: "\b", d: "\x7f", e: "\x1b", f: "\f", n: "\n", r: "\r", s: " ", t: "\t", v: "\v" },
};
const escapeSequence = /\\(?:x\{([0-9a-fA-F]+)\}|x([0-9a-fA-F]{2})|([0-7]{1,3})|\^(.)|(.))/gsu;

const decode = (text: string): string =>
  text.replace(escapeSequence, (_, braced?: string, hex?: string, octal?: string, control?: string, plain?: string) => {
    if (braced !== undefined || hex !== undefined)
      return String.fromCodePoint(Number.parseInt(braced ?? hex ?? "", 16));
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    if (control !== undefined) return String.fromCharCode(control.charCodeAt(0) & 31);
    return named[plain ?? ""] ?? plain ?? "";
  });

class Reader {
  readonly #content: string;
  readonly #file: string;
  /** Where the next word begins. */
  #at = 0;

  constructor(content: string, file: string) {
    this.#content = content;
    this.#file = file;
    this.#skip();
  }

  isAtEnd(): boolean {
    return this.#at >= this.#content.length;
  }

  /** Recursion is as deep as the term: deeper than the stack only for what no file of a release contains. */
  term(): Term {
    const start = this.#at;
    const first = this.#next();
    const head = first[0] ?? "";
    if (head === "'") return { atom: decode(first.slice(1, -1)) };
    if (/[a-zß-öø-ÿ]/.test(head)) return { atom: first };
    if (head === '"') return this.#string(first);
    if (head === "$") return decode(first.slice(1)).codePointAt(0) ?? 0;
    if (first === "-" || first === "+") return this.#number(this.#next(), first, start);
    if (/\d/.test(head)) return this.#number(first, "+", start);
    if (first === "[") return this.#list("]");
    if (first === "{") return { tuple: this.#list("}") };
    if (first === "#{") return this.#map();
    if (first === "<<") return this.#binary();
    throw this.#wrong(start, `found "${first}" where a term must begin`);
  }

  expect(wanted: string): void {
    const start = this.#at;
    const found = this.#next();
    if (found !== wanted) throw this.#wrong(start, `found "${found}" where "${wanted}" must stand`);
  }

  #list(end: string): readonly Term[] {
    const elements: Term[] = [];
    if (this.#takes(end)) return elements;
    for (;;) {
      elements.push(this.term());
      if (this.#takes(end)) return elements;
      this.expect(",");
    }
  }

  #map(): Term {
    const map: (readonly [Term, Term])[] = [];
    if (this.#takes("}")) return { map };
    for (;;) {
      const key = this.term();
      this.expect("=>");
      map.push([key, this.term()]);
      if (this.#takes("}")) return { map };
      this.expect(",");
    }
  }

  /** Strings that follow each other are one. */
  #string(first: string): Term {
    let text = decode(first.slice(1, -1));
    while (this.#content[this.#at] === '"') text += decode(this.#next().slice(1, -1));
    return text === "" ? [] : text;
  }

  #binary(): Term {
    let text = "";
    if (this.#takes(">>")) return { binary: text };
    for (;;) {
      const start = this.#at;
      const part = this.#next();
      if (part.startsWith('"')) text += decode(part.slice(1, -1));
      else if (/^\d+$/.test(part) && Number(part) < 256) text += String.fromCharCode(Number(part));
      else throw this.#wrong(start, `found "${part}" where a byte or a text must stand`);
      if (this.#takes("/")) this.#next();
      if (this.#takes(">>")) return { binary: text };
      this.expect(",");
    }
  }

  #number(digits: string, sign: string, start: number): Term {
    const based = /^(\d+)#(.+)$/.exec(digits);
    if (!/^\d/.test(digits)) throw this.#wrong(start, `found "${digits}" where a number must stand`);
    const factor = sign === "-" ? -1 : 1;
    if (based) return factor * Number.parseInt(based[2] ?? "", Number(based[1]));
    const plain = digits.replaceAll("_", "");
    if (plain.includes(".")) return { float: factor * Number(plain) };
    const value = factor * Number(plain);
    return Number.isSafeInteger(value) ? value : BigInt(factor) * BigInt(plain);
  }

  #takes(wanted: string): boolean {
    if (!this.#content.startsWith(wanted, this.#at)) return false;
    this.#at += wanted.length;
    this.#skip();
    return true;
  }

  #next(): string {
    word.lastIndex = this.#at;
    const found = word.exec(this.#content)?.[0];
    if (found === undefined) {
      const rest = this.#content.slice(this.#at, this.#at + 10);
      throw this.#wrong(this.#at, rest === "" ? "the text ends too early" : `cannot read ${JSON.stringify(rest)}`);
    }
    this.#at += found.length;
    this.#skip();
    return found;
  }

  #skip(): void {
    space.lastIndex = this.#at;
    this.#at += space.exec(this.#content)?.[0].length ?? 0;
  }

  #wrong(at: number, problem: string): UnderwayError {
    const before = this.#content.slice(0, at).split("\n");
    const place = { file: this.#file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
    return new UnderwayError("erlang/bad_syntax", { ...place, problem });
  }
}
