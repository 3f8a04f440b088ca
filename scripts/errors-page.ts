// Makes `docs/errors.md` of the table of error codes: each with what, why and cure in general form.

import type { ErrorCode, Explanation } from "../src/error.ts";
import { explanations } from "../src/error.ts";

/** The page. */
export function errorsPage(): string {
  const codes = (Object.keys(explanations) as ErrorCode[]).sort();
  const areas = Map.groupBy(codes, areaOf);
  const contents = [...areas].map(([area, list]) => `- [${area}](#${anchor(area)}): ${list.length} codes`);
  const chapters = [...areas].map(([area, list]) => `## ${area}\n\n${list.map(section).join("\n\n")}`);
  return `${head}\n${contents.join("\n")}\n\n${chapters.join("\n\n")}\n`;
}

/** Where a code stands on the page. */
export const anchor = (code: string): string => code.replace("/", "-");

// Internal.

const head = `# Errors

Made by \`node scripts/generate.ts\` of the tables in \`src/error/\`: change it there.

An error has a \`code\`, typed \`details\`, and a message that says what happened, why, and the cure. Ask by code:
\`isUnderwayError(e, "gen_server/noproc")\`. Below, \`<name>\` stands for what the details say.
`;

const areaOf = (code: string): string => code.slice(0, code.indexOf("/"));

function section(code: ErrorCode): string {
  const { what, why, cure } = explain(code);
  const lines = [what, why && `  why:  ${why}`, cure && `  cure: ${cure}`].filter(Boolean);
  const text = lines.join("\n").replaceAll("‹", "<").replaceAll("›", ">");
  return `<a id="${anchor(code)}"></a>\n### ${code}\n\n\`\`\`text\n${text.replace(/[ \t]+$/gm, "")}\n\`\`\``;
}

function explain(code: ErrorCode): Explanation {
  try {
    return (explanations[code] as (details: unknown) => Explanation)(details[code] ?? placeholder("details"));
  } catch (cause) {
    throw new Error(`the text of ${code} needs details of its own in scripts/errors-page.ts`, { cause });
  }
}

/** Stands for any value: shows its name where a text is wanted, is a list of one where a list is wanted. */
function placeholder(name: string): unknown {
  const shown = `‹${name}›`;
  const list = [shown];
  return new Proxy(() => shown, {
    get(_, key) {
      if (key === Symbol.toPrimitive || key === "toString" || key === "toJSON") return () => shown;
      if (key === "map" || key === "flatMap") return (fn: (one: unknown) => unknown) => [fn(placeholder(name))];
      if (key === "length") return 1;
      if (key === "slice" || key === "filter") return () => placeholder(name);
      if (key === "join") return () => shown;
      if (key === "replace") return () => shown;
      if (key === Symbol.iterator) return () => list[Symbol.iterator]();
      if (typeof key === "symbol") return undefined;
      return placeholder(key);
    },
  });
}

/** Details for texts that depend on more than the names of their parts. */
const details: { readonly [Code in ErrorCode]?: unknown } = {
  "compile/refused_form": {
    ...{ file: "‹file›", line: "‹line›", column: "‹column›", frame: "‹frame›" },
    ...{ form: "top_level_await", name: "await" },
  },
};
