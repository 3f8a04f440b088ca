// Where the parts of a JSON file stand, so that an error about one can name its line. JSON.parse forgets it.

/** Line of each part of a file, from 1. */
export interface Lines {
  /** The line on which a list or a record of the file begins; undefined for what does not come from the file. */
  of(value: unknown): number | undefined;
  /** The line of what stands at a path such as `upFrom[0].script`; where that is missing, of what it is missing in. */
  at(path: string): number;
}

/**
 * Finds the lines of a value, when it is first asked for one: most files are never asked.
 *
 * @param content JSON without fault.
 * @param value what JSON.parse makes of it.
 */
export function linesOf(content: string, value: unknown): Lines {
  let found: Lines | undefined;
  const lines = (): Lines => {
    found ??= findLines(content, value);
    return found;
  };
  return { of: (part) => lines().of(part), at: (path) => lines().at(path) };
}

// Internal.

function findLines(content: string, value: unknown): Lines {
  const lines = new WeakMap<object, number>();
  const members = new WeakMap<object, Map<string, number>>();
  const tokens = content.matchAll(token);
  let line = 1;
  let at = 0;
  const next = (): string => {
    const found = tokens.next().value;
    if (found === undefined) return "";
    for (; at < found.index; at++) if (content.charCodeAt(at) === newline) line += 1;
    return found[0];
  };
  // Recursion is as deep as JSON.parse's own, which has passed.
  const read = (first: string, part: unknown): void => {
    if (first !== "[" && first !== "{") return;
    const own = new Map<string, number>();
    const record = typeof part === "object" && part !== null ? (part as Readonly<Record<string, unknown>>) : {};
    lines.set(record, line);
    members.set(record, own);
    let index = 0;
    for (let word = next(); word !== "]" && word !== "}" && word !== ""; word = next()) {
      if (word === ",") continue;
      const key = first === "[" ? String(index++) : (JSON.parse(word) as string);
      if (first === "{") next();
      const element = first === "[" ? word : next();
      own.set(key, line);
      read(element, Object.hasOwn(record, key) ? record[key] : undefined);
    }
  };
  read(next(), value);
  return {
    of: (part) => (typeof part === "object" && part !== null ? lines.get(part) : undefined),
    at(path) {
      let part = value;
      let found = 1;
      for (const [, word, position, quoted] of path.matchAll(step)) {
        const key = word ?? position ?? (JSON.parse(quoted as string) as string);
        if (typeof part !== "object" || part === null) return found;
        const known = members.get(part)?.get(key);
        if (known === undefined) return lines.get(part) ?? found;
        found = known;
        part = (part as Readonly<Record<string, unknown>>)[key];
      }
      return found;
    },
  };
}

const newline = 10;
const token = /"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g;
/** One step of a path as ../shape.ts writes it: `.word`, `[0]`, `["any key"]`. */
const step = /(?:^|\.)([\w$]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/g;
