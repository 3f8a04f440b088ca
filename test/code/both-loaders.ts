// The same modules loaded by Node and by us. A module tells what happens by `log(line)`, a global function.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { pathToFileURL } from "node:url";
import { stage } from "../../src/runtime/code/stage.ts";
import { compileModules } from "../../src/tools/compile/compile.ts";

/** Sources by file name, without its ending if that is `.ts`. */
export type Files = Readonly<Record<string, string>>;

/** What the modules logged, and what they export in the end; or the error that one of them threw. */
export interface Outcome {
  readonly lines: readonly string[];
  readonly exports?: readonly string[];
  readonly error?: string;
}

const root = mkdtempSync(join(tmpdir(), "underway-native-"));
writeFileSync(join(root, "package.json"), `{ "type": "module" }`);
after(() => rmSync(root, { recursive: true }));
let runs = 0;

const isData = (name: string): boolean => name.endsWith(".json");

const describe = (namespaces: readonly Record<string, unknown>[]): string[] =>
  namespaces.map((namespace) =>
    Object.keys(namespace)
      .sort()
      .map((name) => `${name}=${wordOf(namespace[name])}`)
      .join(" "),
  );

const wordOf = (value: unknown): string =>
  typeof value === "function" || typeof value === "object" ? typeof value : String(value);

const logged = (): string[] => {
  const lines: string[] = [];
  Object.assign(globalThis, { log: (line: unknown) => lines.push(String(line)) });
  return lines;
};

const wordsOf = (error: unknown): string => `${(error as Error).name}: ${(error as Error).message}`;

/** Loads all files by Node, in the order of their names. */
export const natively = async (files: Files): Promise<Outcome> => {
  const folder = mkdtempSync(join(root, `run${++runs}-`));
  const names = Object.keys(files).sort();
  for (const name of names) writeFileSync(join(folder, isData(name) ? name : `${name}.ts`), files[name] as string);
  const scripts = names.filter((name) => !isData(name));
  const entry = scripts.map((name) => `import * as ${name} from "./${name}.ts";`).join("\n");
  writeFileSync(join(folder, "entry.ts"), `${entry}\nexport const all = [${scripts.join(", ")}];`);
  const lines = logged();
  try {
    const { all } = await import(pathToFileURL(join(folder, "entry.ts")).href);
    // What a module has begun on its own account comes to its end.
    await new Promise((resolve) => setTimeout(resolve, 20));
    return { lines, exports: describe(all) };
  } catch (error) {
    return { lines, error: wordsOf(error) };
  }
};

/** Compiles, stages and drops the same files. */
export const byUs = async (files: Files): Promise<Outcome> => {
  const modules = Object.fromEntries(Object.entries(files).map(([name, source]) => [`n${runs}/${name}`, source]));
  const objects = compileModules(modules);
  const lines = logged();
  try {
    const staged = await stage(objects);
    staged.switch();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const ids = Object.keys(modules)
      .filter((id) => !isData(id))
      .sort();
    return { lines, exports: describe(ids.map((module) => staged.exportsOf(module) ?? {})) };
  } catch (error) {
    return { lines, error: wordsOf((error as Error).cause ?? error) };
  }
};
