// The part of Underway that a release ships: its runtime side, as built. The tools stay at home.
//
//   lib/underway-0.1.0/package.json          name, version, type, and the runtime's entries of exports
//   lib/underway-0.1.0/dist/error.js, index.js, error/..., release/..., runtime/...

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { UnderwayError } from "../../error.ts";
import type { App } from "../../release/app.ts";
import { MANDATORY_APPLICATION as underwayName } from "../../release/check-release.ts";
import type { Vsn } from "../../release/data.ts";
import type { Tree } from "./tree.ts";
import { formatJson } from "./tree.ts";

export interface UnderwayPackage {
  /** Absolute path of the package. */
  readonly folder: string;
  readonly app: App;
}

interface PackageJson {
  readonly name?: string;
  readonly version: Vsn;
  readonly description?: string;
  readonly type: string;
  readonly exports: { readonly [entry: string]: string | { readonly default: string } };
}

/**
 * The package that is running, or the one in `folder`.
 *
 * @throws assemble/no_underway_build if its `dist` was not built
 */
export function findUnderway(folder: string = runningPackage()): UnderwayPackage {
  if (!existsSync(join(folder, "dist", "runtime"))) throw new UnderwayError("assemble/no_underway_build", { folder });
  const { version, description } = readPackageJson(folder);
  const app: App = {
    name: underwayName,
    vsn: version,
    description: description ?? "",
    // It is no module of its own making: it changes by a restart, so nothing in it is replaceable.
    modules: [],
    registered: [],
    applications: [],
  };
  return { folder, app };
}

/** Adds the package's runtime side to a tree. */
export function addUnderway(tree: Tree, at: string, { folder, app }: UnderwayPackage): void {
  const { name, version, type, exports } = readPackageJson(folder);
  const entries = Object.entries(exports).flatMap(([entry, target]) => {
    const file = typeof target === "string" ? target : target.default;
    return file.endsWith(".js") && isShipped(file.replace(/^\.\/dist\//, "")) ? [[entry, file]] : [];
  });
  tree.addText(`${at}/package.json`, formatJson({ name, version, type, exports: Object.fromEntries(entries) }));
  tree.addJson(`${at}/${app.name}.app.json`, app);
  tree.addFolder(`${at}/dist`, join(folder, "dist"), isShipped);
}

const isShipped = (path: string): boolean => /^(error|index|(error|release|runtime)\/.*)\.js$/.test(path);

function runningPackage(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json")) && readPackageJson(folder).name === underwayName) return folder;
    if (folder === dirname(folder)) throw new Error("the package underway is not above its own file");
  }
}

const readPackageJson = (folder: string): PackageJson =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as PackageJson;
