// Finds where a text stops being JSON. V8 tells the position in some of its messages only, and a person needs it
// always.
//
// Only run on texts that JSON.parse has refused, so it need not be fast, and need not build values.

const space = /[ \t\n\r]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them in strings.
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/;
const scalar = new RegExp(`${string.source}|${number.source}|true|false|null`, "y");

/** What may come next. */
type Expected = "value" | "value or ]" | "key or }" | "key" | ":" | ", or ]" | ", or }" | "the end";

/** Line and column, from 1, of the first character at which `content` is no JSON. */
export function faultOf(content: string): { readonly line: number; readonly column: number } {
  const before = content.slice(0, faultIndex(content)).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

// Internal.

function faultIndex(content: string): number {
  const open: ("[" | "{")[] = [];
  let expected: Expected = "value";
  let at = skip(space, content, 0);
  while (at < content.length) {
    const start = at;
    const char = content[at] as string;
    if (expected === "value" || expected === "value or ]") {
      if (expected === "value or ]" && char === "]") expected = close(open);
      else if (char === "[" || char === "{") {
        open.push(char);
        expected = char === "[" ? "value or ]" : "key or }";
      } else {
        at = skip(scalar, content, at);
        if (at === start) return start;
        expected = after(open);
      }
    } else if (expected === "key" || expected === "key or }") {
      if (expected === "key or }" && char === "}") expected = close(open);
      else {
        if (char === '"') at = skip(scalar, content, at);
        if (at === start) return start;
        expected = ":";
      }
    } else if (expected === ":" && char === ":") expected = "value";
    else if (expected === ", or ]" && char === ",") expected = "value";
    else if (expected === ", or }" && char === ",") expected = "key";
    else if ((expected === ", or ]" && char === "]") || (expected === ", or }" && char === "}")) expected = close(open);
    else return start;
    at = skip(space, content, at === start ? start + 1 : at);
  }
  return content.length;
}

/** The position behind a match at `at`; `at` where there is none. */
function skip(pattern: RegExp, content: string, at: number): number {
  pattern.lastIndex = at;
  return at + (pattern.exec(content)?.[0].length ?? 0);
}

function close(open: ("[" | "{")[]): Expected {
  open.pop();
  return after(open);
}

const after = (open: readonly ("[" | "{")[]): Expected => {
  const innermost = open.at(-1);
  if (innermost === undefined) return "the end";
  return innermost === "[" ? ", or ]" : ", or }";
};
