// Writes Erlang terms so that file:consult/1 reads them. OTP: io_lib:format("~tp").

import type { Term } from "./term.ts";
import { isList } from "./term.ts";

/** A term on one line. */
export function printTerm(term: Term): string {
  if (typeof term === "number" || typeof term === "bigint") return String(term);
  if (typeof term === "string") return term === "" ? "[]" : quoted(term, '"');
  if (isList(term)) return `[${term.map(printTerm).join(",")}]`;
  if ("atom" in term) return printAtom(term.atom);
  if ("tuple" in term) return `{${term.tuple.map(printTerm).join(",")}}`;
  if ("float" in term) return printFloat(term.float);
  if ("map" in term) return `#{${term.map.map(([key, one]) => `${printTerm(key)} => ${printTerm(one)}`).join(",")}}`;
  return `<<${quoted(term.binary, '"')}${isAscii(term.binary) ? "" : "/utf8"}>>`;
}

/**
 * Terms as a file, each ended by a full stop; what does not fit on a line is broken into one line an element.
 */
export const printFile = (...terms: readonly Term[]): string => terms.map((term) => `${broken(term, "")}.\n`).join("");

// Internal.

const lineWidth = 100;

function broken(term: Term, indent: string): string {
  const line = printTerm(term);
  const isBreakable = typeof term === "object" && (isList(term) || "tuple" in term);
  if (!isBreakable || indent.length + line.length <= lineWidth) return line;
  const [open, close, elements] = isList(term) ? ["[", "]", term] : ["{", "}", term.tuple];
  const deeper = `${indent} `;
  return `${open}${elements.map((one) => broken(one, deeper)).join(`,\n${deeper}`)}${close}`;
}

/** Words of the language are no atoms without quotes. */
const reserved = new Set(
  (
    "after and andalso band begin bnot bor bsl bsr bxor case catch cond div end fun if let maybe not of or orelse " +
    "receive rem try when xor"
  ).split(" "),
);

const printAtom = (name: string): string =>
  /^[a-z][a-zA-Z0-9_@]*$/.test(name) && !reserved.has(name) ? name : quoted(name, "'");

const quoted = (text: string, quote: string): string =>
  quote +
  [...text]
    .map((char) => {
      if (char === quote || char === "\\") return `\\${char}`;
      if (char === "\n") return "\\n";
      const code = char.codePointAt(0) ?? 0;
      return code < 32 || code === 127 ? `\\x{${code.toString(16)}}` : char;
    })
    .join("") +
  quote;

/** Erlang wants a fraction also before an exponent: 1.0e-7. */
function printFloat(float: number): string {
  const [mantissa = "", exponent] = (Object.is(float, -0) ? "-0" : String(float)).split("e");
  return `${mantissa.includes(".") ? mantissa : `${mantissa}.0`}${exponent === undefined ? "" : `e${exponent}`}`;
}

const isAscii = (text: string): boolean => [...text].every((char) => char.charCodeAt(0) < 128);
