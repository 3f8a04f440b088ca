// A JSON file as a module of the release: what `import rooms from "./rooms.json" with { type: "json" }` yields, as Node's
// own loader. It has one export, the default one, and its own version: who captures the value is evaluated again when the
// file has changed, everybody else sees the new value at the next read.

import { UnderwayError } from "../../error.ts";
import type { ModuleId } from "../../release/data.ts";
import type { ObjectCode } from "../../release/object-code.ts";
import type { Captured } from "./evaluation.ts";
import { DEFAULT, type ModuleSyntax } from "./module-syntax.ts";
import { placeAt } from "./place.ts";
import { sourceOf } from "./resolve.ts";

/** Imports nothing, exports the value. */
export const jsonSyntax: ModuleSyntax = {
  requests: [],
  bindings: new Map(),
  exports: new Map([["default", { kind: "local", local: DEFAULT }]]),
  stars: [],
};

/**
 * Makes object code of a JSON file. The text is kept as it is: what it means is JSON.parse's business, when it is loaded.
 *
 * @throws compile/syntax_error
 */
export const compileJson = (
  module: ModuleId,
  file: string,
  source: string,
): Omit<ObjectCode, "hash" | keyof Captured> => {
  const text = source.replace(/^\uFEFF/, "");
  try {
    JSON.parse(text);
  } catch (thrown) {
    const { message } = thrown as Error;
    // V8 names the place, except where the text ends too early.
    const offset = Number(/ at position (\d+)/.exec(message)?.[1] ?? text.length);
    throw new UnderwayError("compile/syntax_error", { ...placeAt(file, text, offset), message: messageOf(message) });
  }
  const value = `JSON.parse(${JSON.stringify(text)})`;
  return {
    format: 1,
    module,
    source: sourceOf(module),
    code: `"use strict";return(function*(){exports({default:()=>value});yield;const value=${value};return{default:value}})()`,
    imports: [],
    exports: ["default"],
    liveExports: [],
    vsn: 1,
    behaviour: null,
    map: { version: 3, sources: [sourceOf(module)], names: [], mappings: "" },
  };
};

/**
 * The declaration that a later release is checked against: what `resolveJsonModule` gives the value. tsc itself writes none.
 */
export const declareJson = (source: string): string =>
  `declare const value: ${typeOf(JSON.parse(source.replace(/^\uFEFF/, "")))};\nexport default value;\n`;

// Internal.

/** Without the place, which stands before it, and the text, which stands below it. */
const messageOf = (message: string): string =>
  message.replace(/ in JSON at position .*$/s, "").replace(/, (?:\.\.\.)?".*$/s, "");

const typeOf = (value: unknown): string => {
  if (value === null) return "null";
  if (Array.isArray(value)) {
    const types = [...new Set(value.map(typeOf))];
    return types.length === 0 ? "never[]" : `(${types.join(" | ")})[]`;
  }
  if (typeof value !== "object") return typeof value;
  const fields = Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${typeOf(one)}`);
  return fields.length === 0 ? "{}" : `{ ${fields.join("; ")} }`;
};
