// `underway appup`: prints appups and verifies them, against the schema, the sources, and the releases to come from.

import { existsSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { Command } from "commander";
import { isUnderwayError, UnderwayError } from "../../error.ts";
import type { Appup } from "../../release/appup.ts";
import type { Name } from "../../release/data.ts";
import type { Lines } from "../../release/json-lines.ts";
import type { ReleaseFacts } from "../../release/known-release.ts";
import { formatWarning } from "../../release/relup-warning.ts";
import { relApplications } from "../assemble/build-release.ts";
import { compileRelease } from "../assemble/compile-release.ts";
import type { Application, Project } from "../assemble/project.ts";
import { applicationsOf, chooseRelease, readProject } from "../assemble/project.ts";
import { findUnderway } from "../assemble/underway-files.ts";
import { appupFile, appupModule, moduleFile, verifyAppups } from "../assemble/upgrade.ts";
import { readAppup, readAppupModule } from "../check/appups.ts";
import type { FoundBase } from "../check/base-file.ts";
import { findBases } from "../check/base-file.ts";
import { describeAppup } from "../check/format-relup.ts";
import { formatScriptJson } from "../check/format-script.ts";
import type { ReleaseConfig } from "../config.ts";

interface Options {
  readonly project: string;
  readonly release?: string;
  readonly out?: string;
  readonly from?: readonly string[];
  readonly base?: readonly string[];
  readonly json?: boolean;
}

const examples = `
Examples:
  $ underway appup                            print and verify the appups of all applications of the project
  $ underway appup chat presence              of these only; the verification is of the whole release in any case
  $ underway appup --base kept/chat-0.1.0.base.json
  $ underway appup apps/chat/chat.appup.json  print and verify one file by itself, also an appup.ts, without a project
  $ underway appup chat --json                as JSON, also one that is written in TypeScript

Verified is: the form of every instruction; that the appup is of the application's version; and, where bases of other
releases lie in target/ or are named, that a relup can be made of it and leaves exactly the code of each release running.
Nothing is written: 'underway release --upgrade' generates appups.
`;

/** The command. */
export function appupCommand(): Command {
  return new Command("appup")
    .description("Print appups and verify them.")
    .argument("[application...]", "applications, or files of appups (default: all applications of the release)")
    .option("--project <dir>", "folder of underway.config.ts", ".")
    .option("--release <name>", "which release (default: the only one)")
    .option("--out <dir>", "folder of built releases (default: <project>/target)")
    .option("--from <vsn...>", "releases to verify against, by version (default: all whose bases lie in --out)")
    .option("--base <file...>", "releases to verify against, by base file")
    .option("--json", "print JSON")
    .exitOverride()
    .addHelpText("after", examples)
    .action(run);
}

async function run(names: readonly string[], options: Options): Promise<void> {
  const files = names.filter((name) => name.endsWith(".appup.json") || basename(name) === "appup.ts");
  for (const file of files) {
    const read = file.endsWith(".ts") ? await readModule(resolve(file)) : readAppup(file);
    if (read === undefined) throw new UnderwayError("appup/no_such_file", { file });
    print(file, read.appup, options, read.lines);
  }
  if (names.length === 0 || files.length < names.length) {
    await runProject(
      names.filter((name) => !files.includes(name)),
      options,
    );
  }
}

// Internal.

/** The appup.ts of an application whose folder has its name. */
async function readModule(file: string): Promise<{ readonly appup: Appup; readonly lines?: never } | undefined> {
  const application = basename(dirname(file));
  const appup = await readAppupModule(file, join(dirname(file), `${application}.appup.json`), application);
  return appup && { appup };
}

async function runProject(names: readonly Name[], options: Options): Promise<void> {
  const project = await readProject(options.project);
  const { name: release, config } = chooseRelease(project, options.release);
  const applications = applicationsOf(project, release, config);
  for (const name of names) {
    if (applications.some((one) => one.name === name)) continue;
    const known = applications.map((one) => one.name);
    throw new UnderwayError("appup/no_such_application", { release, application: name, applications: known });
  }
  for (const application of applications) {
    if (names.length === 0 || names.includes(application.name)) await printOne(project, application, options);
  }
  const bases = basesOf(options, project, release, config);
  if (bases.length === 0) {
    process.stderr.write(
      "nothing to verify against: no base of another release was found; build one, or name it with --base\n",
    );
    return;
  }
  const { warnings } = await verifyAppups(await factsOf(project, release, config, applications), bases, applications);
  for (const warning of warnings) process.stderr.write(`warning: ${formatWarning(warning)}\n`);
  const vsns = bases.map(({ base }) => base.rel.vsn).join(", ");
  process.stderr.write(`verified: ${release} ${config.vsn} can be upgraded from ${vsns}, and back\n`);
}

async function printOne({ folder }: Project, application: Application, options: Options): Promise<void> {
  const module = await appupModule(application);
  const read = module === undefined ? readAppup(appupFile(application)) : { appup: module };
  if (read === undefined) {
    process.stderr.write(`no appup of ${application.name} ${application.vsn}\n`);
    return;
  }
  const file = relative(folder, module === undefined ? appupFile(application) : moduleFile(application));
  print(application.name, read.appup, options, "lines" in read ? read.lines : undefined);
  if (read.appup.vsn !== application.vsn) {
    process.stderr.write(`warning: ${file} is of ${read.appup.vsn}, and ${application.name} is ${application.vsn}\n`);
  }
}

function print(subject: string, appup: Appup, { json }: Options, lines?: Lines): void {
  process.stdout.write(json ? formatScriptJson(appup) : `${describeAppup(subject, appup, lines).join("\n")}\n\n`);
}

/** Bases that are asked for must be there; without a wish, those that are. */
function basesOf(options: Options, project: Project, release: Name, { vsn }: ReleaseConfig): readonly FoundBase[] {
  const { from = [], base = [] } = options;
  const folder = resolve(options.out ?? join(project.folder, "target"));
  const query = { release, vsn, from, files: base.map((file) => resolve(file)), folder };
  if (from.length + base.length > 0) return findBases(query);
  if (!existsSync(folder)) return [];
  try {
    return findBases(query);
  } catch (error) {
    const none = ["assemble/missing_base", "assemble/same_release_vsn"] as const;
    if (none.some((code) => isUnderwayError(error, code))) return [];
    throw error;
  }
}

async function factsOf(
  { folder }: Project,
  name: Name,
  config: ReleaseConfig,
  applications: readonly Application[],
): Promise<ReleaseFacts> {
  const compiled = await compileRelease(folder, applications);
  const underway = findUnderway();
  const apps = compiled.applications.map(({ app, objects }) => ({
    ...app,
    modules: objects.map(({ module }) => module),
  }));
  const hashes = compiled.applications.flatMap(({ objects }) =>
    objects.map(({ module, hash }) => [module, hash] as const),
  );
  return {
    rel: {
      ...{ name, vsn: config.vsn, runtime: process.versions.node },
      applications: relApplications(config, applications, underway),
    },
    apps: [underway.app, ...apps],
    hashes: Object.fromEntries(hashes),
  };
}
