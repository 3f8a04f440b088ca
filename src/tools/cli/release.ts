// `underway release`: builds a release, and tells how.

import { relative } from "node:path";
import { Command } from "commander";
import { type BuildOptions, type BuiltRelease, buildRelease } from "../assemble/build-release.ts";
import { formatDuration, printStory } from "./print-story.ts";

interface Options {
  readonly project: string;
  readonly release?: string;
  readonly out?: string;
  readonly upgrade?: boolean;
  readonly from?: readonly string[];
  readonly base?: readonly string[];
  readonly generate?: boolean;
  readonly force?: boolean;
}

const examples = `
Examples:
  $ underway release                         build the only release of this project into target/
  $ underway release --release chat          build the release "chat" of several
  $ underway release --upgrade               and make it one that every release in target/ can be upgraded to
  $ underway release --upgrade --from 0.1.0  only 0.1.0 can
  $ underway release --upgrade --base kept/chat-0.1.0.base.json

What is built:
  target/chat-0.2.0/             the target directory: start it with bin/chat
  target/chat-0.2.0.tar.gz       the package: unpack it elsewhere, or into a running release
  target/chat-0.2.0.base.json    what a later --upgrade needs to know of this release: keep it

With --upgrade the package leaves out a runtime that every base has: it is for a running release. For an empty machine
build the same release without --upgrade, into another folder (--out), or copy its target directory, which is whole.
A version is built once: other content under the same version is refused, unless with --force.

Appups. With --upgrade, each application whose version changed needs <app>.appup.json in its folder:
  - where there is none it is generated and written there, for you to read, edit and commit;
  - an entry that it lacks for one of the versions is generated and added, the others stay as they are;
  - one of an earlier version is replaced if a base recorded it, and refused otherwise;
  - --generate makes it anew in any case.
`;

/** The command. */
export function releaseCommand(): Command {
  return new Command("release")
    .description("Build a release: its target directory, its package, and the base for later upgrades.")
    .option("--project <dir>", "folder of underway.config.ts", ".")
    .option("--release <name>", "which release (default: the only one)")
    .option("--out <dir>", "folder for what is built (default: <project>/target)")
    .option("--upgrade", "also make appups and relup, so that running releases can be upgraded to this one")
    .option("--from <vsn...>", "releases to upgrade from, by version; their bases lie in --out (default: all that do)")
    .option("--base <file...>", "releases to upgrade from, by base file")
    .option("--generate", "generate appups anew also where there are some")
    .option("--force", "replace an earlier build of the same version that had other content")
    .exitOverride()
    .addHelpText("after", examples)
    .action(run);
}

async function run(options: Options, command: Command): Promise<void> {
  const needUpgrade = (["from", "base", "generate"] as const).find((each) => options[each] !== undefined);
  if (needUpgrade && !options.upgrade) command.error(`error: option '--${needUpgrade}' needs '--upgrade'`);
  const start = performance.now();
  const built = await buildRelease(buildOptions(options), printStory(process.stdout));
  process.stdout.write(`\nDone in ${formatDuration(performance.now() - start)}. ${nextSteps(built)}\n`);
}

const buildOptions = ({ project, release, out, upgrade, from, base, generate, force }: Options): BuildOptions => ({
  project,
  ...(release !== undefined && { release }),
  ...(out !== undefined && { out }),
  ...(force && { force }),
  ...(upgrade && {
    upgrade: { ...(from && { from }), ...(base && { bases: base }), ...(generate && { generate }) },
  }),
});

function nextSteps({ name, target, package: file, relup }: BuiltRelease): string {
  const near = (path: string) => relative(process.cwd(), path);
  const start = `Start it with\n    ${near(target)}/bin/${name} foreground`;
  if (!relup) return start;
  return `Upgrade a running node with\n    bin/${name} upgrade ${near(file)}\nor start it with\n    ${near(target)}/bin/${name} foreground`;
}
