// What is remembered between builds, and what other threads compile ahead, never decides what comes out.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import { compileModules } from "../../src/tools/compile/compile.ts";
import { ModuleCache } from "../../src/tools/compile/module-cache.ts";
import { compileAhead } from "../../src/tools/compile/parallel.ts";
import { compileProject } from "../../src/tools/compile/project.ts";
import type { Memory } from "../../src/tools/compile/remembered-module.ts";

const root = mkdtempSync(join(tmpdir(), "underway-cache-"));
after(() => rmSync(root, { recursive: true }));

const sources: Readonly<Record<string, readonly string[]>> = {
  "m/a": [
    `export const a = 1; export const b = 2;`,
    `export const a = 2; export let b = 2; export const f = () => { b++; };`,
    `export const b = 3;`,
    "export const a = ;",
  ],
  "m/b": [
    `import { a } from "./a.ts"; export const x = [a]; export const f = async () => { await a; };`,
    `export * from "./a.ts"; export const own = 1;`,
    `export * from "./a.ts"; export * from "./c.ts";`,
    `import d from "./d.json" with { type: "json" }; export const a = () => import("./c.ts"); export const x = d;`,
  ],
  "m/c": [
    `import * as B from "./b.ts"; export const c = () => B; export const kept = B;`,
    `import { a } from "./b.ts"; export const read = a;`,
    `import { Pool } from "pool"; export class Own extends Pool {} export const url = import.meta.url;`,
  ],
  "m/d.json": ["1", "[2]", "{"],
};
type Choice = Readonly<Record<string, number>>;
/** -1: the file is not there. */
const choice: fc.Arbitrary<Choice> = fc.record(
  Object.fromEntries(
    Object.entries(sources).map(([id, texts]) => [id, fc.integer({ min: -1, max: texts.length - 1 })]),
  ),
);
const textsOf = (chosen: Choice): Record<string, string> =>
  Object.fromEntries(Object.entries(chosen).flatMap(([id, n]) => (n < 0 ? [] : [[id, sources[id]?.[n] ?? ""]])));

const outcome = (compile: () => unknown): unknown => {
  try {
    return compile();
  } catch (error) {
    return String(error);
  }
};

test("compileModules makes of remembered modules, or refuses, what it makes of their sources", () => {
  fc.assert(
    fc.property(fc.array(choice, { minLength: 2, maxLength: 5 }), (builds) => {
      const remembered = new Map<string, { readonly source: string; readonly memory: Memory }>();
      for (const texts of builds.map(textsOf)) {
        const memories = new Map(
          [...remembered].flatMap(([id, { source, memory }]) =>
            source === texts[id] ? [[id, structuredClone(memory)] as const] : [],
          ),
        );
        const remember = (id: string, memory: Memory) => remembered.set(id, { source: texts[id] as string, memory });
        const found = outcome(() => compileModules(texts, { memories, remember }));
        assert.deepEqual(
          found,
          outcome(() => compileModules(texts)),
        );
      }
    }),
    { numRuns: 300 },
  );
});

const many = (count: number): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `many/m${i}`,
      i === 7
        ? `export * from "./m0.ts";`
        : `import { f${(i * 7) % 5} as g } from "./m${(i * 7) % 5}.ts"; export const f${i} = () => g;`,
    ]),
  );

test("compileAhead compiles in other threads what compileModules makes of it, stars excepted", async () => {
  const texts = many(200);
  const known = { modules: new Set(Object.keys(texts)), applications: new Set(["many"]) };
  const memories = await compileAhead(new Map(Object.entries({ ...texts, "many/m9": "await 1;" })), known, 3);
  assert.equal(memories.size, 198);
  assert.equal(memories.has("many/m7") || memories.has("many/m9"), false);
  memories.delete("many/m9");
  assert.deepEqual(compileModules(texts, { memories }), compileModules(texts));
});

test("compileAhead leaves a few modules to whoever asks", async () => {
  const known = { modules: new Set<string>(), applications: new Set<string>() };
  assert.equal((await compileAhead(new Map(Object.entries(many(20))), known, 4)).size, 0);
});

const folder = join(root, "app");
const application = { name: "many", folder };
const cache = join(root, "node_modules/.cache/underway/modules");
const write = (texts: Readonly<Record<string, string>>): void => {
  mkdirSync(join(folder, "src"), { recursive: true });
  for (const [id, text] of Object.entries(texts)) writeFileSync(join(folder, "src", `${id.slice(5)}.ts`), text);
};

test("compileProject remembers what it has compiled, and forgets what has changed", async () => {
  const texts = many(10);
  write(texts);
  const build = async () => [...(await compileProject([application], { root, cache })).values()].flat();
  const plain = async () => [...(await compileProject([application], { root })).values()].flat();
  assert.deepEqual(await build(), await plain());
  const { mtimeMs } = statSync(cache);
  const first = new ModuleCache(cache);
  assert.notEqual(first.get("many/m3", texts["many/m3"] as string), undefined);
  assert.equal(first.get("many/m3", `${texts["many/m3"]} `), undefined, "another source");
  assert.deepEqual(await build(), await plain());
  assert.equal(statSync(cache).mtimeMs, mtimeMs, "nothing new, nothing written");
  write({ "many/m3": "export const f3 = () => 3;" });
  assert.deepEqual(await build(), await plain());
  rmSync(join(folder, "src/m9.ts"));
  assert.deepEqual(await build(), await plain());
  assert.equal(new ModuleCache(cache).get("many/m9", texts["many/m9"] as string), undefined, "it is gone");
});

test("compileProject takes a damaged cache for none", async () => {
  const texts = many(10);
  write(texts);
  const build = async () => [...(await compileProject([application], { root, cache })).values()].flat();
  const expected = await build();
  const whole = readFileSync(cache);
  const altered = Buffer.from(whole);
  altered[whole.length - 40] = (altered[whole.length - 40] as number) ^ 1;
  for (const damaged of [altered, whole.subarray(0, 1000), Buffer.alloc(0), Buffer.from("no cache")]) {
    writeFileSync(cache, damaged);
    assert.equal(new ModuleCache(cache).get("many/m3", texts["many/m3"] as string), undefined);
    assert.deepEqual(await build(), expected);
    assert.notEqual(new ModuleCache(cache).get("many/m3", texts["many/m3"] as string), undefined, "it is written anew");
  }
  rmSync(cache);
  mkdirSync(cache);
  assert.deepEqual(await build(), expected, "a cache that cannot be written");
});
