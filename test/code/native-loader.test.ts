// The same modules loaded by Node and by us: evaluated in the same order, they see the same of each other.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { byUs, natively } from "./both-loaders.ts";

/** How module `i`'s code uses module `m<of>` while it is evaluated: the import, and (if anything) what it then reads. */
const ways: Readonly<Record<string, (of: number, i: string) => readonly [head: string, expression?: string]>> = {
  value: (of, i) => [`import { value${of} as v${i} } from "./m${of}.ts";`, `v${i}`],
  call: (of, i) => [`import { f${of} as c${i} } from "./m${of}.ts";`, `c${i}()`],
  // Through a hoisted function of the other one, which reads its own constant.
  late: (of, i) => [`import { late${of} as l${i} } from "./m${of}.ts";`, `l${i}()`],
  extends: (of, i) => [`import { Class${of} as C${i} } from "./m${of}.ts";`, `new (class extends C${i} {})().name`],
  namespace: (of, i) => [`import * as n${i} from "./m${of}.ts";`, `n${i}.value${of}`],
  default: (of, i) => [`import d${i} from "./m${of}.ts";`, `d${i}() + d${i}.name`],
  live: (of, i) => [`import { count${of} as k${i}, bump${of} as b${i} } from "./m${of}.ts";`, `(b${i}(), k${i})`],
  effect: (of) => [`import "./m${of}.ts";`],
  named: (of, i) => [`export { value${of} as again${i} } from "./m${of}.ts";`],
  star: (of) => [`export * from "./m${of}.ts";`],
};

interface Use {
  readonly of: number;
  readonly how: string;
}

const graph: fc.Arbitrary<readonly (readonly Use[])[]> = fc.integer({ min: 1, max: 5 }).chain((count) => {
  const use = fc.record({ of: fc.nat(count - 1), how: fc.constantFrom(...Object.keys(ways)) });
  return fc.array(fc.uniqueArray(use, { maxLength: 4, selector: ({ of, how }) => `${of} ${how}` }), {
    minLength: count,
    maxLength: count,
  });
});

/** Source of module `me`. It logs each step under its name; a use that throws logs the error's name instead. */
const sourceOf = (me: number, uses: readonly Use[]): string => {
  const head: string[] = [];
  const body: string[] = [];
  for (const [i, { of, how }] of uses.entries()) {
    const [line, expression] = ways[how]?.(of, `${me}x${i}`) ?? [""];
    head.push(line);
    if (expression !== undefined) body.push(`log("m${me} ${how} of m${of} " + probe(() => ${expression}));`);
  }
  return `${head.join("\n")}
const probe = (f: () => unknown): string => { try { return String(f()); } catch (error) { return (error as Error).name; } };
declare const log: (line: string) => void;
log("m${me} begins");
export function f${me}() { return "f${me}"; }
export function late${me}() { return value${me}; }
${body.join("\n")}
export const value${me} = "value${me}";
export class Class${me} { name = "Class${me}"; }
export let count${me} = ${me};
export const bump${me} = () => { count${me} += 10; };
export default function () { return "default${me}"; }
${me % 2 === 0 ? `export const ambiguous = ${me};` : ""}
log("m${me} ends");
`;
};

test("stage evaluates any graph of modules as Node does: order, dead zones, hoisting, live bindings, stars", async () => {
  await fc.assert(
    fc.asyncProperty(graph, async (uses) => {
      const files = Object.fromEntries(uses.map((of, me) => [`m${me}`, sourceOf(me, of)]));
      const expected = await natively(files);
      assert.deepEqual(await byUs(files), expected);
    }),
    { numRuns: 60, interruptAfterTimeLimit: 20_000 },
  );
});
