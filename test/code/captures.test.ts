// What a module has captured while it was evaluated: after an upgrade of what changed, by hash, nothing of an old version
// is left in a live module, nor of a package that was re-linked. The modules of a random project read each other, and a
// package, in every way that captures something.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { purge } from "../../src/runtime/code/code-server.ts";
import { relinkExternals, setExternalLoader } from "../../src/runtime/code/externals.ts";
import { handleOf } from "../../src/runtime/code/modules.ts";
import { stage } from "../../src/runtime/code/stage.ts";
import { compileModules } from "../../src/tools/compile/compile.ts";
import { withHashes } from "../../src/tools/compile/hash.ts";

/** A copy of the package `pkg`. */
const copyOf = (version: number): object => ({
  tag: `pkg@${version}`,
  make: () => `pkg@${version}`,
  Base: class {
    label() {
      return `pkg@${version}`;
    }
  },
});
const copies = [copyOf(0), copyOf(1), copyOf(2)];
let copyInUse = 1;
setExternalLoader(async () => copies[copyInUse] as object);

/** What a module does with module `j` while it is evaluated: imports, and an expression for what it captured. */
const captures: Readonly<Record<string, (j: number) => readonly [imports: string, expression: string]>> = {
  constant: (j) => [`import { tag as tag${j} } from "./m${j}.ts";`, `tag${j}`],
  call: (j) => [`import { make as make${j} } from "./m${j}.ts";`, `make${j}()`],
  "call by another name": (j) => [`import { make as alias${j} } from "./m${j}.ts";`, `((f) => f())(alias${j})`],
  "call of a member": (j) => [`import * as N${j} from "./m${j}.ts";`, `N${j}.make()`],
  "call of a method": (j) => [`import { table as table${j} } from "./m${j}.ts";`, `table${j}.make()`],
  "call of what a call returns": (j) => [`import { maker as maker${j} } from "./m${j}.ts";`, `maker${j}()()`],
  "given to a call": (j) => [`import { make as given${j} } from "./m${j}.ts";`, `[1].map(given${j})[0]`],
  "default export": (j) => [`import default${j} from "./m${j}.ts";`, `default${j}()`],
  instance: (j) => [`import { Base as Made${j} } from "./m${j}.ts";`, `new Made${j}().label()`],
  subclass: (j) => [`import { Base as Base${j} } from "./m${j}.ts";`, `new (class extends Base${j} {})().label()`],
  spread: (j) => [`import { list as list${j} } from "./m${j}.ts";`, `[...list${j}].join()`],
  "generator spread": (j) => [`import { walk as walk${j} } from "./m${j}.ts";`, `[...walk${j}()].join()`],
  "tagged template": (j) => [`import { make as t${j} } from "./m${j}.ts";`, `t${j}\`x\``],
  "data of a file": (j) => [`import data${j} from "./d${j}.json" with { type: "json" };`, `data${j}.tag`],
  "function that reads a file": (j) => [`import { data as file${j} } from "./m${j}.ts";`, `file${j}()`],
  "constant of a package": () => [`import { tag as pkgTag } from "pkg";`, "pkgTag"],
  "call of a package": () => [`import * as Pkg from "pkg";`, "Pkg.make()"],
  "subclass of a package's": () => [
    `import { Base as PkgBase } from "pkg";`,
    "new (class extends PkgBase {})().label()",
  ],
  "re-export of a package": (j) => [`import { tag as handed${j} } from "./r${j}.ts";`, `handed${j}`],
  "function that reads a package": (j) => [`import { ofPackage as asks${j} } from "./m${j}.ts";`, `asks${j}()`],
  "re-export": (j) => [`import { star as star${j} } from "./r${j}.ts";`, `star${j}()`],
};

interface Use {
  /** How far up the module stands that is read. */
  readonly up: number;
  readonly how: string;
}

interface Project {
  /** Per module: what it captures, and what its functions read when they are called. */
  readonly modules: readonly { readonly captures: readonly Use[]; readonly inner: readonly Use[] }[];
  /** Modules that the upgrade changes. */
  readonly changed: readonly number[];
  /** Whether the package is another copy then. */
  readonly relinked: boolean;
}

const COUNT = 5;
const use = fc.record({ up: fc.integer({ min: 1, max: 2 }), how: fc.constantFrom(...Object.keys(captures)) });
const project: fc.Arbitrary<Project> = fc.record({
  modules: fc.array(fc.record({ captures: fc.array(use, { maxLength: 2 }), inner: fc.array(use, { maxLength: 2 }) }), {
    minLength: COUNT,
    maxLength: COUNT,
  }),
  changed: fc.subarray([0, 1, 2, 3, 4]),
  relinked: fc.boolean(),
});

const sourcesOf = (app: string, { modules }: Project, versions: readonly number[]): Record<string, string> => {
  const sources: Record<string, string> = {};
  for (const [i, { captures: captured, inner }] of modules.entries()) {
    const expressions = (uses: readonly Use[]) =>
      uses.flatMap(({ up, how }) => (i + up < COUNT ? [captures[how]?.(i + up) ?? ["", ""]] : []));
    const imports = new Set([...expressions(captured), ...expressions(inner)].map(([line]) => line));
    sources[`${app}/d${i}.json`] = `{ "tag": "d${i}@${versions[i]}" }`;
    sources[`${app}/m${i}`] = `${[...imports].join("\n")}
      import { tag as own_package } from "pkg";
      import own_data from "./d${i}.json" with { type: "json" };
      export const ofPackage = () => own_package;
      export const data = () => own_data.tag;
      export const tag = "m${i}@${versions[i]}";
      const own = () => [tag, ${expressions(inner).map(([, expression]) => expression)}].join(" ");
      export function make() { return own(); }
      export const maker = () => make;
      export const table = { make: () => own() };
      export class Base { label() { return own(); } }
      export const list = [tag];
      export function* walk() { yield own(); }
      export default () => own();
      export const captured = [${expressions(captured).map(([, expression]) => expression)}];`;
    sources[`${app}/r${i}`] =
      `export { tag } from "pkg"; export { make as star } from "./m${i}.ts"; export * as all from "./m${i}.ts";`;
  }
  return sources;
};

const capturedBy = (read: (module: string) => unknown, app: string): unknown[] =>
  Array.from({ length: COUNT }, (_, i) => read(`${app}/m${i}`));

let runs = 0;

test("after an upgrade of the modules whose hash changed, no live module holds what an old version gave it", async () => {
  await fc.assert(
    fc.asyncProperty(project, async (random) => {
      const app = `captures${++runs}`;
      copyInUse = 1;
      const compiled = (versions: readonly number[]) =>
        withHashes(compileModules(sourcesOf(app, random, versions)), {
          packageOf: ({ specifier }) => `${specifier}-${copyInUse}`,
          placeOf: (name) => name,
        });
      const before = compiled(Array(COUNT).fill(1));
      (await stage(before)).switch();
      const versions = Array.from({ length: COUNT }, (_, i) => (random.changed.includes(i) ? 2 : 1));
      copyInUse = random.relinked ? 2 : 1;
      const after = compiled(versions);
      const known = new Set(before.map(({ hash }) => hash));
      const externals = await relinkExternals(({ application }) => application === app);
      (
        await stage(
          after.filter(({ hash }) => !known.has(hash)),
          { externals },
        )
      ).switch();
      externals.switch();

      // What modules that were all evaluated anew have captured.
      const fresh = await stage(compileModules(sourcesOf(`fresh${runs}`, random, versions)));
      const expected = capturedBy((module) => fresh.exportsOf(module)?.captured, `fresh${runs}`);
      fresh.abort();
      assert.deepEqual(
        capturedBy((module) => handleOf(module).captured, app),
        expected,
      );
      for (const { module } of after) purge(module);
    }),
    { numRuns: 100, interruptAfterTimeLimit: 20_000 },
  );
});
