// Changing the code of modules in a test: compiled by the real compiler, switched by the real code server, and the states of
// the processes migrated as an install migrates them.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ModuleId } from "../../release/data.ts";
import type { ObjectCode } from "../../release/object-code.ts";
import { exportsOf, purge, whichVersions } from "../../runtime/code/code-server.ts";
import { setExternalLoader } from "../../runtime/code/externals.ts";
import { handleOf } from "../../runtime/code/modules.ts";
import { stage } from "../../runtime/code/stage.ts";
import { Messages } from "../../runtime/handler/messages.ts";
import { Migration } from "../../runtime/handler/migration.ts";
import type { MigrationFailure } from "../../runtime/handler/migration-failure.ts";
import { rehearseMigrations } from "../../runtime/handler/rehearsal.ts";
import { compileModules } from "../compile/compile.ts";
import { currentTest } from "./process-test.ts";
import { outside } from "./simulation.ts";

/** TypeScript by module id: its text, or the file that it stands in. */
export type Sources<T = unknown> = { readonly [M in keyof T & string]: string | URL };

/** What the migrations of an upgrade are told. */
export interface UpgradeOptions {
  /** As the appup's `{ advanced: extra }`. Default: undefined. */
  readonly extra?: unknown;
  /** The application's new configuration. Default: empty. */
  readonly env?: Readonly<Record<string, unknown>>;
}

/** An upgrade that has happened. */
export interface Upgraded {
  /** Modules whose code has changed, sorted: equal text is no change. */
  readonly changed: readonly ModuleId[];
  /** Processes of these modules that have a state. */
  readonly processes: number;
  /** Processes that were inside an asynchronous callback: they migrate what that returns. */
  readonly late: number;
  /**
   * Makes the former code current again, and takes the states back as an install that fails does: who did nothing since gets
   * its very state, who worked goes through `down`. Returns the processes whose `down` failed.
   */
  undo(): readonly MigrationFailure[];
}

/** What this operating-system process has loaded in tests: modules that import each other are compiled together. */
const loaded = new Map<ModuleId, string>();

// API.

/**
 * Compiles and loads modules; what was loaded under these ids is replaced. Resolves with their handles, which are passed to
 * `startLink`, `mfa` and the like as an import would be. Modules import each other by relative paths within one application
 * (`chat/room` imports `chat/log` as `./log.ts`), npm packages from the current folder.
 *
 * `T` says what the handles are: `load<{ "chat/room": typeof import("./room.ts") }>({ … })`.
 *
 * Rejects with what `compileModules` throws (`compile/…`) and with `code/evaluation_failed`, `code/external_failed`,
 * `code/on_load_failure`.
 */
export const load = async <T extends object = Record<ModuleId, Record<string, unknown>>>(
  sources: Sources<T>,
): Promise<T> => {
  currentTest("load");
  const { objects, texts } = compile(sources);
  const staged = await outside(stage(objects));
  for (const { module } of objects) purge(module);
  staged.switch();
  remember(texts);
  return Object.fromEntries(Object.keys(sources).map((module) => [module, handleOf(module)])) as T;
};

/**
 * Upgrades modules that were loaded, and the states of their processes, in one switch: as a release does it, without the files.
 *
 * Rejects with what `load` rejects with, and with what refuses an install: `release/migration_failed`,
 * `release/migration_mutates`, `release/unstable_state`, `release/unknown_messages`; then nothing has changed. Processes that still run in the code before the last are killed first, as by a brutal purge.
 */
export const upgrade = async (sources: Sources, { extra, env = {} }: UpgradeOptions = {}): Promise<Upgraded> => {
  const test = currentTest("upgrade");
  const { objects, texts } = compile(sources);
  for (const { module } of objects) purge(module);
  const staged = await outside(stage(objects));
  const affected = objects.flatMap(({ module }) => {
    const [from, to] = [exportsOf(module, "current"), staged.exportsOf(module)];
    if (from === undefined || to === undefined) return [];
    return [{ module, handle: handleOf(module), change: { from, to, extra, env } }];
  });
  const migration = new Migration(affected, (fn) => staged.run(fn));
  const messages = new Messages(affected);
  try {
    await rehearseMigrations(affected, (fn) => staged.run(fn), "all");
    await outside(migration.precopy());
    await migration.recheck();
    await messages.check();
    migration.finish();
  } catch (error) {
    staged.abort();
    await migration.abandon();
    throw error;
  }
  const undoSwitch = staged.switch();
  migration.switch();
  const undoMessages = messages.switch();
  const before = new Map(loaded);
  remember(texts);
  test.atEnd(async () => {
    await migration.close();
    await messages.close();
  });
  return {
    changed: objects.map(({ module }) => module),
    processes: migration.processes,
    late: migration.late,
    undo() {
      const failures = migration.undo(() => {
        undoSwitch();
        undoMessages();
      });
      loaded.clear();
      remember(before);
      return failures;
    },
  };
};

// Internal.

/** Those that differ from what is loaded. */
const compile = (
  sources: Sources,
): { readonly objects: readonly ObjectCode[]; readonly texts: ReadonlyMap<ModuleId, string> } => {
  const texts = new Map(loaded);
  for (const [module, source] of Object.entries<string | URL>(sources)) {
    texts.set(module, typeof source === "string" ? source : readFileSync(source, "utf8"));
  }
  loadPackagesFrom(process.cwd());
  const objects = compileModules(Object.fromEntries(texts)).filter(
    ({ module, hash }) => whichVersions(module).current !== hash,
  );
  return { objects, texts };
};

const remember = (texts: ReadonlyMap<ModuleId, string>): void => {
  for (const [module, text] of texts) loaded.set(module, text);
};

let importer: Promise<{ default(specifier: string): Promise<object> }> | null = null;

/** npm packages are resolved from a file below the project's node_modules, since Node resolves from the importing file. */
const loadPackagesFrom = (folder: string): void => {
  setExternalLoader(async (_, specifier) => {
    importer ??= importerIn(join(folder, "node_modules/.cache/underway"));
    return (await importer).default(specifier);
  });
};

const importerIn = (folder: string): Promise<{ default(specifier: string): Promise<object> }> => {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "testing-externals.mjs");
  writeFileSync(file, "export default (specifier) => import(specifier);\n");
  return import(pathToFileURL(file).href);
};
