// The same modules loaded by Node and by us: evaluated in the same order, they see the same of each other.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { stage } from "../../src/runtime/code/stage.ts";
import { compileModules } from "../../src/tools/compile/compile.ts";

const root = mkdtempSync(join(tmpdir(), "underway-native-"));
after(() => rmSync(root, { recursive: true }));

/** How one module uses another one while it is evaluated, and what it hands on. */
interface Use {
  readonly of: number;
  readonly how: "value" | "call" | "late" | "extends" | "namespace" | "default" | "live" | "effect" | "named" | "star";
}

const graph: fc.Arbitrary<readonly (readonly Use[])[]> = fc.integer({ min: 1, max: 5 }).chain((count) => {
  const use = fc.record({
    of: fc.nat(count - 1),
    how: fc.constantFrom<Use["how"]>(
      "value",
      "call",
      "late",
      "extends",
      "namespace",
      "default",
      "live",
      "effect",
      "named",
      "star",
    ),
  });
  return fc.array(fc.uniqueArray(use, { maxLength: 4, selector: ({ of, how }) => `${of} ${how}` }), {
    minLength: count,
    maxLength: count,
  });
});

/** Source of module `me`. It logs each step under its name; a use that throws logs the error's name instead. */
const sourceOf = (me: number, uses: readonly Use[]): string => {
  const head: string[] = [];
  const body: string[] = [];
  const probe = (what: string, expression: string) => body.push(`log("m${me} ${what} " + probe(() => ${expression}));`);
  uses.forEach(({ of, how }, i) => {
    const from = `from "./m${of}.ts"`;
    switch (how) {
      case "value":
        head.push(`import { value${of} as v${i} } ${from};`);
        return probe(`value of m${of}`, `v${i}`);
      case "call":
        head.push(`import { f${of} as c${i} } ${from};`);
        return probe(`call of m${of}`, `c${i}()`);
      case "late":
        // Through a hoisted function of the other one, which reads its own constant.
        head.push(`import { late${of} as l${i} } ${from};`);
        return probe(`late value of m${of}`, `l${i}()`);
      case "extends":
        head.push(`import { Class${of} as C${i} } ${from};`);
        return probe(`class of m${of}`, `new (class extends C${i} {})().name`);
      case "namespace":
        head.push(`import * as n${i} ${from};`);
        return probe(`namespace of m${of}`, `n${i}.value${of}`);
      case "default":
        head.push(`import d${i} ${from};`);
        return probe(`default of m${of}`, `d${i}() + d${i}.name`);
      case "live":
        head.push(`import { count${of} as k${i}, bump${of} as b${i} } ${from};`);
        return probe(`count of m${of}`, `(b${i}(), k${i})`);
      case "effect":
        return void head.push(`import "./m${of}.ts";`);
      case "named":
        return void head.push(`export { value${of} as again${me}x${i} } ${from};`);
      case "star":
        return void head.push(`export * ${from};`);
    }
  });
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
log("m${me} ends");
`;
};

/** What the modules logged, and what they export in the end. */
interface Outcome {
  readonly lines: readonly string[];
  readonly exports: readonly string[];
}

const describeExports = (namespaces: readonly Record<string, unknown>[]): string[] =>
  namespaces.map((namespace) =>
    Object.keys(namespace)
      .sort()
      .map((name) => `${name}=${typeof namespace[name] === "function" ? "function" : String(namespace[name])}`)
      .join(" "),
  );

let runs = 0;

const natively = async (sources: readonly string[]): Promise<Outcome> => {
  const folder = mkdtempSync(join(root, `run${++runs}-`));
  for (const [i, source] of sources.entries()) writeFileSync(join(folder, `m${i}.ts`), source);
  const names = sources.map((_, i) => `m${i}`);
  const entry = names.map((name) => `import * as ${name} from "./${name}.ts";`).join("\n");
  writeFileSync(join(folder, "entry.ts"), `${entry}\nexport const all = [${names.join(", ")}];`);
  const lines: string[] = [];
  Object.assign(globalThis, { log: (line: string) => lines.push(line) });
  const { all } = await import(pathToFileURL(join(folder, "entry.ts")).href);
  return { lines, exports: describeExports(all) };
};

const byUs = async (sources: readonly string[]): Promise<Outcome> => {
  const lines: string[] = [];
  Object.assign(globalThis, { log: (line: string) => lines.push(line) });
  const modules = Object.fromEntries(sources.map((source, i) => [`n/m${i}`, source]));
  const staged = await stage(compileModules(modules));
  const exports = describeExports(Object.keys(modules).map((module) => staged.exportsOf(module) ?? {}));
  staged.abort();
  return { lines, exports };
};

test("stage evaluates any graph of modules as Node does: order, dead zones, hoisting, live bindings, stars", async () => {
  await fc.assert(
    fc.asyncProperty(graph, async (uses) => {
      const sources = uses.map((of, me) => sourceOf(me, of));
      assert.deepEqual(await byUs(sources), await natively(sources));
    }),
    { numRuns: 12000, endOnFailure: true },
  );
});
