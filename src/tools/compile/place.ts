// Places in a TypeScript source, for people: file, line, column, and the line itself with a caret.

import { SourceMap } from "node:module";
import type { SourceMapV3 } from "../../release/object-code.ts";

/** Where something stands. Lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The line with a caret below the column. */
  readonly frame: string;
}

/** The place of a character of `source`. */
export const placeAt = (file: string, source: string, offset: number): Place => {
  const before = source.slice(0, offset);
  const line = before.split("\n").length;
  return place(file, source, line, offset - before.lastIndexOf("\n"));
};

/** The place in the TypeScript source of a character of the JavaScript that was made of it by `map`. */
export const placeBehind = (file: string, source: string, made: string, map: SourceMapV3, offset: number): Place => {
  const before = made.slice(0, offset);
  const found = new SourceMap(payload(map)).findEntry(
    before.split("\n").length - 1,
    offset - before.lastIndexOf("\n") - 1,
  );
  if (!("originalLine" in found)) return place(file, source, 1, 1);
  return place(file, source, found.originalLine + 1, found.originalColumn + 1);
};

/** Node's constructor asks for fields that version 3 makes optional. */
export const payload = (map: SourceMapV3): ConstructorParameters<typeof SourceMap>[0] => ({
  file: "",
  version: map.version,
  sources: [...map.sources],
  sourcesContent: [],
  names: [...map.names],
  mappings: map.mappings,
  sourceRoot: "",
});

const place = (file: string, source: string, line: number, column: number): Place => {
  const text = source.split("\n")[line - 1] ?? "";
  const margin = " ".repeat(String(line).length);
  const frame = `${line} | ${text.replaceAll("\t", " ")}\n${margin} | ${" ".repeat(Math.max(0, column - 1))}^`;
  return { file, line, column, frame };
};
