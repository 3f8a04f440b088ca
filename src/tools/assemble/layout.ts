// Lays a release out as a target directory (design.md 7), as a tree.
//
//   bin/chat                          control stub                         } belong to the target directory, not to the
//   releases/start.json               the release that is first started    } release: a release unpacked later has none
//   runtime-24.21.0/bin/node          the runtime
//   lib/underway-0.1.0/               Underway's runtime side
//   lib/chat-0.1.0/                   chat.app.json, modules/, types/, priv/, externals.js, node_modules/
//   lib/ws-8.23.0-1a2b3c4d/           npm packages, see npm-packages.ts
//   releases/0.1.0/                   chat.rel.json, boot.json, config.json, relup.json, manifest.json

import { join } from "node:path";
import type { App } from "../../release/app.ts";
import type { Base } from "../../release/base.ts";
import type { ModuleId, Name, Vsn } from "../../release/data.ts";
import type { Manifest } from "../../release/manifest.ts";
import type { ObjectCode } from "../../release/object-code.ts";
import type { Boot, Rel } from "../../release/rel.ts";
import type { Relup } from "../../release/relup.ts";
import { stubText } from "../../runtime/control/stub.ts";
import { formatScriptJson } from "../check/format-script.ts";
import type { ReleaseConfig } from "../config.ts";
import type { NpmPackage, NpmPackages } from "./npm-packages.ts";
import { type Entry, filesBelow, Tree } from "./tree.ts";
import type { UnderwayPackage } from "./underway-files.ts";
import { addUnderway } from "./underway-files.ts";

/** Everything that a release is made of. */
export interface Parts {
  readonly config: ReleaseConfig;
  readonly rel: Rel;
  readonly boot: Boot;
  readonly applications: readonly ApplicationParts[];
  readonly npm: NpmPackages;
  readonly underway: UnderwayPackage;
  readonly runtime: RuntimeParts;
}

/** A compiled application. */
export interface ApplicationParts {
  readonly app: App;
  /** Absolute path. */
  readonly folder: string;
  readonly objects: readonly ObjectCode[];
  /** Declarations by module. */
  readonly declarations: ReadonlyMap<ModuleId, string>;
}

export interface RuntimeParts {
  readonly vsn: Vsn;
  /** Absolute path of the Node binary, and its SHA-256. */
  readonly file: string;
  readonly hash: string;
}

// API.

export const runtimeFolder = (vsn: Vsn): string => `runtime-${vsn}`;
export const applicationFolder = (app: { readonly name: Name; readonly vsn: Vsn }): string =>
  `lib/${app.name}-${app.vsn}`;
/** `chat/web/page` -> `web/page`. */
export const pathOfModule = (module: ModuleId): string => module.slice(module.indexOf("/") + 1);

/** Lays everything out but the relup, which needs what stands here. */
export function layOut(parts: Parts): Tree {
  const { rel, boot, runtime, underway, npm } = parts;
  const tree = new Tree();
  tree.addText(`bin/${rel.name}`, stubText(rel.name), { executable: true });
  const node = `${runtimeFolder(runtime.vsn)}/bin/node`;
  tree.addFile(node, runtime.file, { executable: true, hash: runtime.hash });
  addUnderway(tree, applicationFolder(underway.app), underway);
  for (const application of parts.applications) {
    addApplication(tree, application, npm.imports.get(application.app.name) ?? new Map());
  }
  for (const each of npm.packages) addPackage(tree, each);
  const folder = `releases/${rel.vsn}`;
  tree.addJson(`${folder}/${rel.name}.rel.json`, rel);
  tree.addJson(`${folder}/boot.json`, boot);
  tree.addJson(`${folder}/config.json`, parts.config.config ?? {});
  tree.addJson("releases/start.json", {
    format: 1,
    name: rel.name,
    vsn: rel.vsn,
    runtime: runtimeFolder(runtime.vsn),
    underway: applicationFolder(underway.app),
  });
  return tree;
}

/** Adds the relup, if there is one, and last the manifest, which covers everything else. */
export function seal(tree: Tree, parts: Parts, relup: Relup | undefined): void {
  const folder = `releases/${parts.rel.vsn}`;
  if (relup) tree.addText(`${folder}/relup.json`, formatScriptJson(relup));
  tree.addJson(`${folder}/manifest.json`, manifestOf(tree, parts));
}

/** The target directory's own: a release that is unpacked into one leaves them as they are. */
export const belongsToTarget = (entry: Entry): boolean =>
  entry.path.startsWith("bin/") || entry.path === "releases/start.json";

export const isRuntime = (entry: Entry): boolean => entry.path.startsWith("runtime-");

/** What stands in each application's folder, as `Base.contents` has it. */
export function contentsOf(tree: Tree, apps: readonly App[]): Base["contents"] {
  const contents = apps.map((app) => {
    const entries = [...tree.below(applicationFolder(app))];
    return [app.name, Object.fromEntries(entries.map(([path, entry]) => [path, contentOf(entry)]))] as const;
  });
  return Object.fromEntries(contents);
}

// Internal.

function addApplication(tree: Tree, application: ApplicationParts, imports: ReadonlyMap<Name, NpmPackage>): void {
  const { app, folder, objects, declarations } = application;
  const at = applicationFolder(app);
  tree.addJson(`${at}/${app.name}.app.json`, app);
  for (const object of objects) {
    const path = pathOfModule(object.module);
    tree.addJson(`${at}/modules/${path}.obj.json`, object);
    const declaration = declarations.get(object.module);
    if (declaration !== undefined) tree.addText(`${at}/types/${path}.d.ts`, declaration);
  }
  for (const path of filesBelow(join(folder, "priv"))) tree.addFile(`${at}/priv/${path}`, join(folder, "priv", path));
  // A module of its own folder, so that Node itself resolves packages from there.
  tree.addText(`${at}/externals.js`, "export default (specifier) => import(specifier);\n");
  tree.addJson(`${at}/package.json`, { name: app.name, version: app.vsn, type: "module", private: true });
  for (const [name, each] of imports) tree.addLink(`${at}/node_modules/${name}`, each.home);
}

function addPackage(tree: Tree, each: NpmPackage): void {
  for (const { path, hash, executable } of each.files) {
    tree.addFile(`${each.home}/${path}`, join(each.source, path), { hash, executable });
  }
  for (const [name, dependency] of each.dependencies) {
    // A package that imports itself by name finds itself already.
    const at = `${each.folder}/node_modules/${name}`;
    if (at !== dependency.home) tree.addLink(at, dependency.home);
  }
}

function manifestOf(tree: Tree, { config, rel, applications, npm, underway, runtime }: Parts): Manifest {
  const modules = applications.flatMap(({ app, objects }) =>
    objects.map((object) => {
      const file = `${applicationFolder(app)}/modules/${pathOfModule(object.module)}.obj.json`;
      return [object.module, { app: app.name, file, hash: object.hash }] as const;
    }),
  );
  const files = tree.entries().flatMap((entry) => {
    return entry.kind === "file" && !belongsToTarget(entry) ? [[entry.path, entry.hash] as const] : [];
  });
  const relink = new Set(config.relink);
  return {
    format: 1,
    name: rel.name,
    vsn: rel.vsn,
    runtime: { vsn: runtime.vsn, folder: runtimeFolder(runtime.vsn) },
    underway: { vsn: underway.app.vsn, folder: applicationFolder(underway.app) },
    modules: Object.fromEntries(modules),
    packages: npm.packages.map(({ name, vsn, folder }) => {
      return { name, vsn, folder, ...(relink.has(name) && { relink: true as const }) };
    }),
    files: Object.fromEntries(files),
  };
}

const contentOf = (entry: Entry): string => (entry.kind === "link" ? `-> ${entry.target}` : entry.hash);
