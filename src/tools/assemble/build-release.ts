// Builds a release: the one operation behind `underway release`.
//
//   read project -> find bases -> compile -> find npm packages -> check types -> check release -> lay out
//     -> compare with the bases -> appups -> relup -> write, pack -> place
//
// Everything happens aside (place.ts) and in memory until the last step. The only other files that are written are
// appups that were generated, which belong to the person's sources; they are written last of all.
// OTP: systools:make_script/2, make_relup/4, make_tar/2.

import { createHash } from "node:crypto";
import { createReadStream, existsSync, readFileSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { UnderwayError } from "../../error.ts";
import type { Base, BaseModule } from "../../release/base.ts";
import { checkRelease, makeBoot } from "../../release/check-release.ts";
import type { ModuleId, Name, Vsn } from "../../release/data.ts";
import type { ObjectCode } from "../../release/object-code.ts";
import type { Rel, RelApplication } from "../../release/rel.ts";
import type { Relup } from "../../release/relup.ts";
import { findBases, readBase } from "../check/base-file.ts";
import { evaluationEffects } from "../check/evaluation-effects.ts";
import { isJson } from "../compile/resolve.ts";
import type { ReleaseConfig } from "../config.ts";
import { compileRelease } from "./compile-release.ts";
import type { CollectedDeclarations } from "./declarations.ts";
import { collectDeclarations } from "./declarations.ts";
import type { ApplicationParts, Parts, RuntimeParts } from "./layout.ts";
import { belongsToTarget, contentsOf, isRuntime, layOut, seal } from "./layout.ts";
import { pack } from "./pack.ts";
import type { Building, Places } from "./place.ts";
import { beginBuilding, discardBuilding, finishBuilding, placesOf } from "./place.ts";
import type { Application } from "./project.ts";
import { applicationsOf, chooseRelease, readProject } from "./project.ts";
import type { Story } from "./story.ts";
import { count, formatBytes } from "./story.ts";
import type { Tree } from "./tree.ts";
import { formatJson, writeTree } from "./tree.ts";
import { findUnderway, type UnderwayPackage } from "./underway-files.ts";
import { changedPaths, makeUpgrade, readAppups } from "./upgrade.ts";

/** What to build, and where. */
export interface BuildOptions {
  /** Folder of the project: of its `underway.config.ts`. */
  readonly project: string;
  /** Name of the release. Default: the only one of the project. */
  readonly release?: Name;
  /** Folder for the results. Default: `target` of the project. */
  readonly out?: string;
  /** Makes the release one that others can be upgraded to. */
  readonly upgrade?: UpgradeOptions;
  /** Replaces an earlier build of the same version that had other content. Default: it is refused. */
  readonly force?: boolean;
  /** The runtime to ship: a Node binary and its version. Default: the Node that runs. Tests ship a small file. */
  readonly runtime?: { readonly vsn: Vsn; readonly file: string };
  /** Folder of the package `underway` to ship. Default: the one that runs. */
  readonly underway?: string;
}

export interface UpgradeOptions {
  /** Versions of releases to come from; their base files lie in `out`. When no base is given: all that lie there. */
  readonly from?: readonly Vsn[];
  /** Base files by path. */
  readonly bases?: readonly string[];
  /** Appups are generated anew also where there is one. Default: false. */
  readonly generate?: boolean;
}

/** Absolute paths of what was built. */
export interface BuiltRelease extends Places {
  readonly name: Name;
  readonly vsn: Vsn;
  readonly relup: Relup | undefined;
  /** The package contains no runtime, since no base needs another one. */
  readonly withoutRuntime: boolean;
}

// API.

/**
 * Builds a release.
 *
 * When it rejects, the results of an earlier build and every appup are as they were.
 *
 * OTP: systools:make_tar/2; Mix.Tasks.Release.
 */
export async function buildRelease(options: BuildOptions, story: Story): Promise<BuiltRelease> {
  const project = await readProject(options.project);
  const { name, config } = chooseRelease(project, options.release);
  const applications = applicationsOf(project, name, config);
  const out = resolve(options.out ?? join(project.folder, "target"));
  const bases = options.upgrade ? findUpgradeBases(options.upgrade, name, config.vsn, out) : [];
  const underway = findUnderway(options.underway);
  const building = beginBuilding(out, name, config.vsn);
  try {
    story.step("Assembling", `${name} ${config.vsn}`);
    const context: Context = { name, config, applications, underway, building, story, project: project.folder };
    const { parts, declarations } = await assemble(context, await findRuntime(options.runtime));
    const tree = layOut(parts);
    const facts = baseOf(parts, tree, declarations);
    if (!options.force) refuseOtherBuild(facts, applications, placesOf(out, name, config.vsn));
    tellIncluded(parts, story);
    const upgradeOptions = options.upgrade && { ...options.upgrade, withCodeChange: withCodeChange(parts) };
    const upgrade = upgradeOptions && (await makeUpgrade(facts, bases, applications, upgradeOptions, story));
    seal(tree, parts, upgrade?.relup);
    const appups = upgrade?.appups ?? (await readAppups(applications));
    story.step("Packing", `${name} ${config.vsn}`);
    const packStart = performance.now();
    const withoutRuntime = upgrade !== undefined && bases.every(({ base }) => base.runtime.hash === parts.runtime.hash);
    await writeResults(building, tree, { ...facts, appups }, withoutRuntime);
    for (const { file, text } of upgrade?.files ?? []) writeFileSync(file, text);
    const places = placesOf(out, name, config.vsn);
    if (existsSync(join(places.target, "var")))
      story.warning("the var/ of earlier runs was replaced with the directory");
    finishBuilding(building, places);
    tellPacked(places, withoutRuntime, performance.now() - packStart, story);
    return { ...places, name, vsn: config.vsn, relup: upgrade?.relup, withoutRuntime };
  } finally {
    discardBuilding(building);
  }
}

// Internal. Each step in the order of the head.

interface Context {
  readonly name: Name;
  readonly config: ReleaseConfig;
  readonly applications: readonly Application[];
  readonly underway: UnderwayPackage;
  readonly building: Building;
  readonly story: Story;
  /** Absolute path. */
  readonly project: string;
}

const findUpgradeBases = ({ from = [], bases = [] }: UpgradeOptions, release: Name, vsn: Vsn, folder: string) =>
  findBases({ release, vsn, from, files: bases.map((each) => resolve(each)), folder });

/** The runtime to ship: `given`, else the Node that runs. */
async function findRuntime(given: BuildOptions["runtime"]): Promise<RuntimeParts> {
  const { vsn, file } = given ?? { vsn: process.versions.node, file: realpathSync(process.execPath) };
  const hash = createHash("sha256");
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return { vsn, file, hash: hash.digest("hex") };
}

async function assemble(context: Context, runtime: RuntimeParts) {
  const { applications, config, name, story, underway, project } = context;
  const compileStart = performance.now();
  const { applications: typed, npm } = await compileRelease(project, applications);
  const compiledMs = performance.now() - compileStart;
  for (const { name, vsn, objects } of typed) story.detail(name, `${vsn}, ${count(objects.length, "module")}`);
  const total = typed.reduce((sum, { objects }) => sum + objects.length, 0);
  story.detail("compiled", count(total, "module"), compiledMs);
  for (const application of typed) warnOfEffects(application, project, story);
  const typesStart = performance.now();
  const declarations = await collectDeclarations(project, typed, context.building.work);
  story.detail("types", `checked by TypeScript ${declarations.compiler}`, performance.now() - typesStart);
  const built = typed.map(({ app, folder, objects }): ApplicationParts => {
    const modules = objects.map(({ module }) => module);
    if (app.mod && !modules.includes(app.mod.module)) {
      throw new UnderwayError("assemble/no_start_module", { application: app.name, module: app.mod.module });
    }
    return { app: { ...app, modules }, folder, objects, declarations: declarations.modules };
  });
  const rel: Rel = {
    name,
    vsn: config.vsn,
    runtime: runtime.vsn,
    applications: relApplications(config, applications, underway),
  };
  const boot = makeBoot(checkRelease(rel, [underway.app, ...built.map(({ app }) => app)]));
  for (const unknown of Object.keys(config.config ?? {}).filter(
    (each) => !boot.applications.some(({ app }) => app.name === each),
  )) {
    story.warning(`the release configures "${unknown}", which is none of its applications`);
  }
  const parts: Parts = { config, rel, boot, applications: built, npm, underway, runtime };
  return { parts, declarations };
}

/** The applications of a release as its `.rel` lists them, `underway` first. */
export function relApplications(
  config: ReleaseConfig,
  applications: readonly Application[],
  underway: UnderwayPackage,
): RelApplication[] {
  const own = { name: underway.app.name, vsn: underway.app.vsn, type: "permanent" as const };
  const others = applications.map(({ name, vsn }): RelApplication => {
    const given = config.applications[name] ?? "permanent";
    const { type = "permanent", includedApplications } = typeof given === "string" ? { type: given } : given;
    return { name, vsn, type, ...(includedApplications && { includedApplications }) };
  });
  return [own, ...others];
}

/** Sources and not object code are read, so that the lines are those that a person sees. */
function warnOfEffects(
  { folder, objects }: Application & { objects: readonly ObjectCode[] },
  project: string,
  story: Story,
) {
  for (const { module, source } of objects) {
    if (isJson(module)) continue;
    const file = join(folder, source);
    for (const { call, line } of evaluationEffects(readFileSync(file, "utf8"))) {
      story.warning(
        `${relative(project, file)}:${line}: ${call}(…) runs whenever the module is evaluated, also for an upgrade that ` +
          "is refused, and nobody stops it: call it in a process",
      );
    }
  }
}

/** The exports that bring states, or the arguments of special processes, from one shape to another. */
const migrations = ["codeChange", "systemCodeChange"];

const withCodeChange = ({ applications }: Parts): ReadonlySet<ModuleId> => {
  const objects = applications.flatMap(({ objects }) => objects);
  return new Set(
    objects.filter(({ exports }) => migrations.some((name) => exports.includes(name))).map(({ module }) => module),
  );
};

function baseOf(parts: Parts, tree: Tree, declarations: CollectedDeclarations): Omit<Base, "appups"> {
  const apps = [parts.underway.app, ...parts.applications.map(({ app }) => app)];
  const modules = parts.applications.flatMap(({ app, objects }) =>
    objects.map(({ module, hash, vsn, behaviour, evaluationDependencies }) => {
      const facts: BaseModule = { app: app.name, hash, vsn, behaviour, evaluationDependencies };
      return [module, facts] as const;
    }),
  );
  const own = [...declarations.modules].map(([module, text]) => [`lib/${module}.d.ts`, text] as const);
  return {
    format: 1,
    rel: parts.rel,
    apps,
    modules: Object.fromEntries(modules),
    contents: contentsOf(tree, apps),
    runtime: { vsn: parts.runtime.vsn, hash: parts.runtime.hash },
    packages: parts.npm.packages.map(({ name, vsn, folder, native }) => ({ name, vsn, folder, native })),
    declarations: {
      files: Object.fromEntries([...own, ...declarations.packages].sort(([a], [b]) => (a < b ? -1 : 1))),
      libraries: declarations.libraries,
    },
  };
}

/** Who has the earlier build, has it under the same version: its base is the only one that fits. */
function refuseOtherBuild(facts: Omit<Base, "appups">, applications: readonly Application[], { base }: Places): void {
  if (!existsSync(base)) return;
  const before = readBase(base);
  const changed = applications.flatMap(({ name, vsn }) => {
    if (before.apps.find((one) => one.name === name)?.vsn !== vsn) return [name];
    return changedPaths(facts.contents[name], before.contents[name]).map((path) => `${name}/${path}`);
  });
  const gone = before.apps.filter(({ name }) => !facts.apps.some((one) => one.name === name)).map(({ name }) => name);
  if (changed.length + gone.length === 0) return;
  const { name, vsn } = facts.rel;
  const file = relative(process.cwd(), base);
  throw new UnderwayError("assemble/other_build", { release: name, vsn, file, changed: [...changed, ...gone] });
}

/** A Node that is a few small files around a shared library does not run where it is copied to. */
const smallestRuntimeBytes = 20 << 20;

function tellIncluded({ runtime, underway, npm }: Parts, story: Story): void {
  const { size } = statSync(runtime.file);
  story.step("Including", "the runtime and npm packages");
  story.detail("runtime", `Node ${runtime.vsn}, ${formatBytes(size)}`);
  if (size < smallestRuntimeBytes) {
    story.warning(
      `${runtime.file} has only ${formatBytes(size)}: if it needs a shared library of this machine, it will not run on another`,
    );
  }
  story.detail("underway", underway.app.vsn);
  for (const { name, vsn, native } of npm.packages) story.detail(name, `${vsn}${native ? ", native code" : ""}`);
}

async function writeResults(building: Building, tree: Tree, base: Base, withoutRuntime: boolean): Promise<void> {
  writeTree(tree, building.target);
  // A package without a runtime can only be unpacked into a target directory, which has these already.
  await pack(tree, building.package, (entry) => !(withoutRuntime && (isRuntime(entry) || belongsToTarget(entry))));
  writeFileSync(building.base, formatJson(base));
}

function tellPacked(places: Places, withoutRuntime: boolean, durationMs: number, story: Story): void {
  const near = (path: string) => relative(process.cwd(), path) || ".";
  story.detail("directory", near(places.target));
  const { size } = statSync(places.package);
  const runtime = withoutRuntime ? ", without the runtime, which is unchanged" : "";
  story.detail("package", `${near(places.package)}, ${formatBytes(size)}${runtime}`, durationMs);
  story.detail(
    "base",
    `${near(places.base)}, ${formatBytes(statSync(places.base).size)}: keep it to upgrade from this release`,
  );
}
