// TypeScript -> JavaScript, the types and nothing else taken away: what plain Node would run.

import { transformSync } from "oxc-transform";
import { UnderwayError } from "../../error.ts";
import type { SourceMapV3 } from "../../release/object-code.ts";
import { placeAt } from "./place.ts";

/** JavaScript made of one TypeScript source. */
export interface Stripped {
  readonly code: string;
  /** From `code` to the TypeScript source. */
  readonly map: SourceMapV3;
}

/**
 * Takes the types out of a source. Its imports stay as they are written, `import type` excepted, as with
 * `verbatimModuleSyntax`: an import has an effect, the order of evaluation, and must not vanish because nobody uses it.
 *
 * @throws compile/syntax_error
 */
export const strip = (file: string, source: string): Stripped => {
  const result = transformSync(file, source, {
    lang: "ts",
    sourceType: "module",
    target: "esnext",
    sourcemap: true,
    typescript: { onlyRemoveTypeImports: true },
  });
  const error = result.errors[0];
  if (error !== undefined) {
    const place = placeAt(file, source, offsetOf(error));
    throw new UnderwayError("compile/syntax_error", { ...place, message: error.message });
  }
  const { sources, names, mappings } = result.map ?? { sources: [], names: [], mappings: "" };
  return { code: result.code, map: { version: 3, sources, names, mappings } };
};

/** Where a syntax error is. A name declared twice is at fault where it stands the second time. */
export const offsetOf = ({ labels }: { labels: readonly { start: number; message: string | null }[] }): number =>
  (labels.find(({ message }) => message?.includes("redeclared")) ?? labels[0])?.start ?? 0;
