// `underway relup`: makes a relup of files and prints it. OTP: systools:make_relup/4.

import { basename } from "node:path";
import { Command } from "commander";
import type { RelupRequest } from "../../release/make-relup.ts";
import { makeRelup } from "../../release/make-relup.ts";
import { formatWarning } from "../../release/relup-warning.ts";
import { describeRelup } from "../check/format-relup.ts";
import { formatScriptJson } from "../check/format-script.ts";
import type { FoundAppup, FoundRelease } from "../check/release-search.ts";
import { byName, readPath, readRelease } from "../check/release-search.ts";
import { writeText } from "../check/text-file.ts";

interface Options {
  readonly top: string;
  readonly from?: readonly string[];
  /** False with `--no-down`. */
  readonly down: boolean;
  readonly to?: readonly string[];
  readonly path: readonly string[];
  readonly otp?: boolean;
  readonly json?: boolean;
  readonly out?: string;
  readonly restartEmulator?: boolean;
  readonly warningsAsErrors?: boolean;
}

const examples = `
Examples:
  $ underway relup --top target/chat-0.2.0.base.json --from target/chat-0.1.0.base.json
        what a base records is enough: application files, hashes, appups
  $ underway relup --top target/chat-0.2.0/releases/0.2.0/chat.rel.json \\
                   --from target/chat-0.1.0/releases/0.1.0/chat.rel.json --path apps/*
        release files; application files are found in their target directories, appups in --path
  $ underway relup --top 3.rel.json --from 1.rel.json 2.rel.json --to 2.rel.json --path 'rel/*'
        up from two releases, down to one
  $ underway relup ... --json --out relup.json
        for a machine
  $ underway relup ... --otp
        exactly what Erlang/OTP would answer: order of added applications, no checks of content

Where no appup leads directly from one version of an application to the other, the path is composed of the appups
that are found, 1 -> 2 -> 3, and a warning says so.
`;

/** The command. */
export function relupCommand(): Command {
  return new Command("relup")
    .description("Make the scripts from other releases to one and back, and print them.")
    .requiredOption("--top <file>", "the release that the relup belongs to: *.rel.json or *.base.json")
    .option("--from <file...>", "releases to upgrade from")
    .option("--to <file...>", "releases to downgrade to (default: those of --from)")
    .option("--no-down", "no way back")
    .option("--path <dir...>", "folders with application files and appups; wildcards allowed", [])
    .option("--otp", "exactly OTP's answer")
    .option("--json", "print JSON")
    .option("--out <file>", "write the JSON into a file as well")
    .option("--restart-emulator", "end every script with a restart of the node")
    .option("--warnings-as-errors", "make nothing where there is something to warn of")
    .exitOverride()
    .addHelpText("after", examples)
    .action(run);
}

async function run(options: Options, command: Command): Promise<void> {
  const { from = [], to = from, down, json, out } = options;
  if (from.length + to.length === 0) command.error("error: give '--from', '--to' or both");
  if (!down && options.to) command.error("error: '--no-down' and '--to' exclude each other");
  const releases = await readReleases(options, from, down ? to : []);
  const result = makeRelup(releases.request);
  for (const warning of result.warnings) process.stderr.write(`warning: ${formatWarning(warning)}\n`);
  if (!releases.haveHashes) {
    process.stderr.write("warning: hashes of the modules are not known: this relup can be read, but not installed\n");
  }
  const text = formatScriptJson(result.relup);
  if (out !== undefined) writeText(out, text);
  process.stdout.write(json ? text : `${describeRelup(result).join("\n")}\n`);
}

// Internal.

/** A base records the appups of all applications. */
const shownFile = (app: string, file: string): string =>
  file.endsWith(".base.json") ? `${app}.appup.json in ${basename(file)}` : basename(file);

async function readReleases(options: Options, from: readonly string[], to: readonly string[]) {
  const path = await readPath(options.path);
  const found = new Map<string, FoundRelease>();
  for (const file of [options.top, ...from, ...to]) found.set(file, found.get(file) ?? (await readRelease(file, path)));
  const release = (file: string) => found.get(file) as FoundRelease;
  const top = release(options.top);
  const bases = (files: readonly string[]) => files.map((file) => ({ release: release(file).facts }));
  const [upFrom, downTo] = [bases(from), bases(to)];
  // What lies in the path is newer than what a base has recorded.
  const recorded = [top, ...found.values()].flatMap((one) => one.appups);
  const appups = byName([
    ...[...path.appups].flatMap(([name, list]) => list.map((one) => [name, one] as const)),
    ...recorded,
  ]);
  const own = new Map<string, FoundAppup>();
  for (const { name, vsn } of top.facts.rel.applications) {
    const all = appups.get(name) ?? [];
    const one = all.find(({ appup }) => appup.vsn === vsn) ?? all[0];
    if (one !== undefined) own.set(name, one);
  }
  const request: RelupRequest = {
    top: top.facts,
    upFrom,
    downTo,
    appups: new Map([...own].map(([name, { appup }]) => [name, appup])),
    sources: new Map([...own].map(([name, { file, lines }]) => [name, { file: shownFile(name, file), lines }])),
    history: new Map([...appups].map(([name, list]) => [name, list.map(({ appup }) => appup)])),
    ...(options.restartEmulator && { restartEmulator: true }),
    ...(options.warningsAsErrors && { warningsAsErrors: true }),
    ...(options.otp && { compatibility: "otp" }),
  };
  return { request, haveHashes: [...found.values()].every(({ hasHashes }) => hasHashes) };
}
