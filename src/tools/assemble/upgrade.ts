// What `--upgrade` adds: compares a release with its bases, provides the appups, makes the relup.

import { basename, join, relative } from "node:path";
import { UnderwayError } from "../../error.ts";
import type { Appup } from "../../release/appup.ts";
import { findEntry } from "../../release/appup-match.ts";
import type { Base } from "../../release/base.ts";
import type { AppupSource } from "../../release/contributions.ts";
import type { ModuleId, Name, Vsn } from "../../release/data.ts";
import type { ApplicationFacts } from "../../release/generate-appup.ts";
import type { ReleaseFacts } from "../../release/known-release.ts";
import type { RelupResult } from "../../release/make-relup.ts";
import { makeRelup } from "../../release/make-relup.ts";
import type { Relup, Script } from "../../release/relup.ts";
import { formatWarning } from "../../release/relup-warning.ts";
import type { ProvidedAppup } from "../check/appups.ts";
import { provideAppup, readAppup, readAppupModule } from "../check/appups.ts";
import type { FoundBase } from "../check/base-file.ts";
import { describeInstruction } from "../check/format-script.ts";
import { checkStateChanges, silentStateChanges } from "../check/state-changes.ts";
import type { Application } from "./project.ts";
import type { Story } from "./story.ts";
import { count } from "./story.ts";

export interface Upgrade {
  readonly relup: Relup;
  /** The appup of each application that has one. */
  readonly appups: Base["appups"];
  /** Appups that were generated and must be written. */
  readonly files: readonly { readonly file: string; readonly text: string }[];
}

/** A release without the appups, which are what is being looked for. */
type Facts = Omit<Base, "appups">;

// API.

/**
 * Makes the relup from and to each of `bases`.
 *
 * @throws assemble/same_vsn_other_content, assemble/other_runtime, appup/other_vsn, appup/state_kept,
 *   appup/no_code_change, and what makeRelup throws
 */
export async function makeUpgrade(
  top: Facts,
  bases: readonly FoundBase[],
  applications: readonly Application[],
  options: { readonly generate?: boolean; readonly withCodeChange: ReadonlySet<ModuleId> },
  story: Story,
): Promise<Upgrade> {
  for (const { base } of bases) {
    refuseOtherContent(top, base);
    tellStates(top, base, story);
  }
  story.step("Generating", "appups");
  const appups: { [app: Name]: Appup } = { ...(await readAppups(applications)) };
  const sources = new Map<Name, AppupSource>();
  const files: { file: string; text: string }[] = [];
  for (const application of applications) {
    const others = otherVersions(application, bases);
    if (others.length === 0) continue;
    const file = appupFile(application);
    const facts = applicationFacts(top, application.name, application.vsn);
    const check = (appup: Appup): void => {
      for (const other of others) checkStateChanges(application.name, appup, facts, other, options.withCodeChange);
    };
    const module = await appupModule(application);
    if (module) {
      check(module);
      appups[application.name] = module;
      sources.set(application.name, { file: "appup.ts" });
      const versions = others.map(({ vsn }) => vsn);
      const read: ProvidedAppup = { appup: module, origin: "read", others: versions, generatedFor: [] };
      tellAppup(read, moduleFile(application), application, story);
      continue;
    }
    const recorded = bases.flatMap(({ base }) => base.appups[application.name] ?? []);
    const query = { application: application.name, file, others, recorded, generate: options.generate ?? false };
    const provided = provideAppup({ ...query, top: facts });
    check(provided.appup);
    appups[application.name] = provided.appup;
    sources.set(application.name, { file: basename(file), lines: provided.lines });
    if (provided.text !== undefined) files.push({ file, text: provided.text });
    tellAppup(provided, file, application, story);
  }
  const { relup, warnings } = makeRelup({
    top: releaseFacts(top),
    upFrom: bases.map(({ base }) => ({ release: releaseFacts(base) })),
    downTo: bases.map(({ base }) => ({ release: releaseFacts(base) })),
    appups: new Map(Object.entries(appups)),
    sources,
    history: historyOf(bases),
  });
  for (const warning of warnings) story.warning(formatWarning(warning));
  tellRelup(relup, story);
  return { relup, appups, files };
}

/**
 * Makes the relup that the written appups give, and generates nothing: for one who wants to know whether they are right.
 *
 * @throws what makeRelup throws
 */
export async function verifyAppups(
  top: ReleaseFacts,
  bases: readonly FoundBase[],
  applications: readonly Application[],
): Promise<RelupResult> {
  const sources = await readSources(applications);
  const others = bases.map(({ base }) => ({ release: releaseFacts(base) }));
  return makeRelup({
    ...{ top, upFrom: others, downTo: others, sources, history: historyOf(bases) },
    appups: new Map([...sources].map(([name, { appup }]) => [name, appup])),
  });
}

/** The appups that stand in the applications' folders and are of their versions. */
export async function readAppups(applications: readonly Application[]): Promise<Base["appups"]> {
  const sources = [...(await readSources(applications))];
  return Object.fromEntries(sources.map(([name, { appup }]) => [name, appup]));
}

/** The same, with where they come from. */
async function readSources(
  applications: readonly Application[],
): Promise<ReadonlyMap<Name, AppupSource & { readonly appup: Appup }>> {
  const found = new Map<Name, AppupSource & { readonly appup: Appup }>();
  for (const application of applications) {
    const module = await appupModule(application);
    const read = module === undefined ? readAppup(appupFile(application)) : { appup: module };
    const file = basename(module === undefined ? appupFile(application) : moduleFile(application));
    if (read?.appup.vsn === application.vsn) found.set(application.name, { file, ...read });
  }
  return found;
}

/** Paths whose content differs, or that only one of both has, sorted. */
export function changedPaths(now: Contents = {}, then: Contents = {}): readonly string[] {
  const paths = [...new Set([...Object.keys(now), ...Object.keys(then)])].sort();
  return paths.filter((path) => now[path] !== then[path]);
}

type Contents = Base["contents"][Name];

// Internal.

/** Where the appup of an application stands as JSON. */
export const appupFile = ({ folder, name }: Application): string => join(folder, `${name}.appup.json`);
/** Where it stands as TypeScript. */
export const moduleFile = ({ folder }: Application): string => join(folder, "appup.ts");

/** The appup that an application has as TypeScript. */
export const appupModule = (application: Application): Promise<Appup | undefined> =>
  readAppupModule(moduleFile(application), appupFile(application), application.name);

/**
 * What is unpacked is never changed, so a folder that stands in both releases must be the same in both. Most often
 * somebody forgot to give an application its new version.
 */
function refuseOtherContent(top: Facts, base: Base): void {
  if (top.runtime.vsn === base.runtime.vsn && top.runtime.hash !== base.runtime.hash) {
    throw new UnderwayError("assemble/other_runtime", { vsn: top.runtime.vsn, base: base.rel.vsn });
  }
  for (const { name, vsn } of top.apps) {
    if (base.apps.find((each) => each.name === name)?.vsn !== vsn) continue;
    const changed = changedPaths(top.contents[name], base.contents[name]);
    if (changed.length > 0) {
      throw new UnderwayError("assemble/same_vsn_other_content", {
        application: name,
        vsn,
        base: base.rel.vsn,
        changed,
      });
    }
  }
}

/** The other versions of an application that bases have, each once: two releases may contain the same one. */
function otherVersions({ name, vsn }: Application, bases: readonly FoundBase[]): ApplicationFacts[] {
  const found = new Map<Vsn, ApplicationFacts>();
  for (const { base } of bases) {
    const other = base.apps.find((each) => each.name === name);
    if (other && other.vsn !== vsn) found.set(other.vsn, applicationFacts(base, name, other.vsn));
  }
  return [...found.values()];
}

/** Appups that bases recorded: of these a path is composed where a written appup has no direct entry. */
function historyOf(bases: readonly FoundBase[]): ReadonlyMap<Name, readonly Appup[]> {
  const recorded = bases.flatMap(({ base }) => Object.entries(base.appups));
  return new Map(
    [...Map.groupBy(recorded, ([name]) => name)].map(([name, list]) => [name, list.map(([, one]) => one)]),
  );
}

const applicationFacts = (release: Facts, name: Name, vsn: Vsn): ApplicationFacts => ({
  vsn,
  modules: Object.fromEntries(Object.entries(release.modules).filter(([, { app }]) => app === name)),
});

const releaseFacts = ({ rel, apps, modules }: Facts): ReleaseFacts => ({
  rel,
  apps,
  hashes: Object.fromEntries(Object.entries(modules).map(([module, { hash }]) => [module, hash])),
});

/** What an upgrade from `base` loses without a word otherwise. */
function tellStates(top: Facts, base: Base, story: Story): void {
  for (const { module, vsn, export: name } of silentStateChanges(top, base)) {
    story.warning(
      `"${name}" of ${module} is declared otherwise than in ${base.rel.vsn}, and its vsn is still ${vsn}: unless the ` +
        "states of that release fit, give it a new vsn and codeChange",
    );
  }
  const lacks = (one: Facts, other: Facts) =>
    one.apps.map(({ name }) => name).filter((name) => !other.apps.some((app) => app.name === name));
  const [stopped, started] = [lacks(base, top), lacks(top, base)];
  if (stopped.length === 0) return;
  const start = started.length === 0 ? "" : `, ${started.join(", ")} ${started.length === 1 ? "starts" : "start"} anew`;
  story.warning(
    `from ${base.rel.vsn}: ${stopped.join(", ")} ${stopped.length === 1 ? "stops" : "stop"}${start}; ` +
      "no state is carried over between applications of different names",
  );
}

function tellAppup(provided: ProvidedAppup, file: string, { name, vsn }: Application, story: Story): void {
  const { appup, others, generatedFor, origin } = provided;
  for (const other of others) {
    const how = generatedFor.includes(other) ? "generated" : "as written";
    story.detail(name, `${other} -> ${vsn}, ${how}`);
    const script = findEntry(appup.upFrom, other, name)?.script ?? [];
    for (const each of script) story.detail("", `  ${describeInstruction(each)}`);
    if (script.length === 0) story.detail("", "  nothing to do");
  }
  const path = relative(process.cwd(), file);
  if (origin === "read") story.detail("", `read from ${path}`);
  else story.detail("", `${verbs[origin]} ${path}: read it, edit it where you know better, and commit it`);
}

const verbs = { generated: "written to", completed: "added to", replaced: "replaced" } as const;

function tellRelup(relup: Relup, story: Story): void {
  story.step("Making", "relup");
  const words = (script: Script) =>
    `${count(script.length, "instruction")}, ${count(switchesOf(script), "switch", "switches")}`;
  for (const { vsn, script } of relup.up) story.detail("up", `${vsn} -> ${relup.vsn}: ${words(script)}`);
  for (const { vsn, script } of relup.down) story.detail("down", `${relup.vsn} -> ${vsn}: ${words(script)}`);
}

/** Code instructions of neighbouring groups become visible together; one with effects between them divides the switch. */
function switchesOf(script: Script): number {
  let switches = 0;
  let open = false;
  for (const [name] of script) {
    const isCode = name === "load" || name === "remove" || name === "code_change";
    const hasEffects = name === "apply" || name === "start" || name === "stop";
    if (isCode && !open) switches++;
    if (isCode) open = true;
    if (hasEffects) open = false;
  }
  return switches;
}
