// Reads the command line of the control script, runs the command, tells how it ended.

import { parseArgs } from "node:util";
import { UnderwayError } from "../../error.ts";
import type { Json } from "../../release/data.ts";
import type { Command, CommandContext, Options } from "./command.ts";
import { evalCommand, remoteConsole, rpc } from "./commands/evaluating.ts";
import { consoleCommand, daemon, foreground, StartFailed } from "./commands/node.ts";
import { rehearse } from "./commands/rehearse.ts";
import { commit, downgrade, install, releases, remove, unpack, upgrade } from "./commands/releases.ts";
import { oldCode, pid, ping, restart, status, stop } from "./commands/running.ts";
import { type ExitCode, exitCodes, meanings } from "./exit-codes.ts";
import { RemoteError, type WireError, wireError } from "./protocol.ts";
import { tellNotReady } from "./ready.ts";
import { become, elsewhere, placesToAsk } from "./whereabouts.ts";

const groups: readonly { readonly title: string; readonly commands: readonly Command[] }[] = [
  { title: "Start and stop", commands: [foreground, daemon, consoleCommand, stop, restart] },
  { title: "Look", commands: [ping, pid, status, releases, oldCode] },
  { title: "Upgrade", commands: [unpack, rehearse, install, commit, upgrade, downgrade, remove] },
  { title: "Run something in the node", commands: [remoteConsole, rpc, evalCommand] },
];
/** These become the node themselves, and find its place (commands/node.ts). */
const starting: ReadonlySet<Command> = new Set([foreground, daemon, consoleCommand]);

const everywhere: Options = {
  help: { type: "boolean", short: "h" },
  instance: { type: "string" },
  json: { type: "boolean" },
};
const everywhereHelp = `  --instance NAME   which node of this target directory; default: default
  --json            prints the result, or the error, as JSON
  --help            this text`;

// API.

/** Runs a command line and resolves with the exit code. */
export async function main(args: readonly string[], env: NodeJS.ProcessEnv): Promise<ExitCode> {
  const json = args.includes("--json");
  let command: Command | undefined;
  try {
    const line = parseLine(args, env);
    command = line.command;
    if (line.help !== null) {
      process.stdout.write(line.help);
      return exitCodes.ok;
    }
    return (await run(line.command as Command, line.context, args, env)) ?? exitCodes.ok;
  } catch (thrown) {
    const name = command?.name ?? "";
    if (!(thrown instanceof RemoteError)) tellNotReady(wireError(thrown, name));
    return tellFailure(thrown, name, json);
  }
}

// Internal.

interface Line {
  readonly command: Command | undefined;
  readonly context: CommandContext;
  /** What is to be said instead of running anything. */
  readonly help: string | null;
}

async function run(
  command: Command,
  context: CommandContext,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<ExitCode | undefined> {
  if (starting.has(command)) return command.run(context);
  // Another instance may run another release, whose script knows how to talk to it.
  const there = elsewhere(context.address, placesToAsk(context.address));
  if (there !== null) become(there[0], there[1], args, { ...env, UNDERWAY_INSTANCE: context.address.instance });
  const onInterrupt = (): void => {
    const interrupted = new UnderwayError("control/interrupted", { command: command.name });
    process.exit(tellFailure(interrupted, command.name, context.json));
  };
  // A console has its own meaning of Ctrl-C.
  if (command !== remoteConsole) process.once("SIGINT", onInterrupt);
  try {
    return await command.run(context);
  } finally {
    process.off("SIGINT", onInterrupt);
  }
}

function parseLine(args: readonly string[], env: NodeJS.ProcessEnv): Line {
  const name = env.UNDERWAY_RELEASE_NAME ?? "release";
  // Before the command only those stand that every command has; `--instance` has a value, which is no command.
  let at = 0;
  while (args[at]?.startsWith("-")) at += args[at] === "--instance" ? 2 : 1;
  const word = args[at];
  const command = word === undefined ? undefined : commandNamed(word);
  const parsed = parse(name, command, [...args.slice(0, at), ...args.slice(at + 1)]);
  const instance = instanceOf(parsed.values.instance ?? env.UNDERWAY_INSTANCE ?? "default");
  const context: CommandContext = {
    address: { root: env.UNDERWAY_ROOT ?? "", instance, name },
    options: parsed.values as CommandContext["options"],
    arguments: parsed.positionals,
    json: parsed.values.json === true,
    result: (value, text) => tellResult(value, text, parsed.values.json === true),
    progress: (message) => void process.stderr.write(`${message}\n`),
  };
  if (word === undefined || word === "help") return { command: undefined, context, help: overview(name) };
  if (command === undefined) {
    const near = nearest(word);
    throw usage(`Cannot run "${word}": no such command`, near ?? `bin/${name} --help lists the commands`);
  }
  if (parsed.values.help === true) return { command, context, help: helpOf(name, command) };
  const [min, max] = command.arguments ?? [0, 0];
  if (parsed.positionals.length < min || parsed.positionals.length > max) {
    const problem = `Cannot run "${command.name}" with ${counted(parsed.positionals.length)}`;
    throw usage(problem, `write it as: bin/${name} ${[command.name, command.usage].filter(Boolean).join(" ")}`);
  }
  if (context.address.root === "") {
    throw usage("Cannot tell which release is meant: UNDERWAY_ROOT is not set", "run bin/<release>, which sets it");
  }
  return { command, context, help: null };
}

function parse(name: string, command: Command | undefined, args: string[]): ReturnType<typeof parseArgs> {
  try {
    const options = { ...everywhere, ...command?.options };
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (cause) {
    const of = command === undefined ? "" : `${command.name} `;
    const problem = (cause as Error).message.split(/[.]? To specify|\. /)[0] ?? "";
    throw usage(`Cannot read the command line: ${problem}`, `bin/${name} ${of}--help lists the options`);
  }
}

function commandNamed(word: string): Command | undefined {
  const commands = groups.flatMap((group) => group.commands);
  return commands.find(({ name, aliases }) => name === word || aliases?.includes(word));
}

/** It becomes the name of a folder; the stub checks the same. */
function instanceOf(value: unknown): string {
  if (typeof value === "string" && /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(value)) return value;
  const cure = `use letters, digits, ".", "_" and "-"`;
  throw usage(`Cannot use ${JSON.stringify(value)} as the name of an instance`, cure);
}

const counted = (count: number): string => (count === 1 ? "1 argument" : `${count} arguments`);

const usage = (problem: string, cure: string) => new UnderwayError("control/bad_usage", { problem, cure });

function nearest(word: string): string | undefined {
  const names = groups.flatMap((group) => group.commands.map(({ name }) => name));
  const found = names.find(
    (name) => name.startsWith(word) || word.startsWith(name) || name === word.replaceAll("-", "_"),
  );
  return found === undefined ? undefined : `did you mean "${found}"?`;
}

function overview(name: string): string {
  const lines = groups.flatMap(({ title, commands }) => [
    "",
    `${title}:`,
    ...commands.map(
      (command) => `  ${[command.name, command.usage].filter(Boolean).join(" ").padEnd(32)} ${command.summary}`,
    ),
  ]);
  const codes = Object.entries(meanings).map(([code, meaning]) => `  ${code}  ${meaning}`);
  return [
    `bin/${name} COMMAND: controls the release ${name}`,
    ...lines,
    "",
    "With every command:",
    everywhereHelp,
    "",
    "Exit codes:",
    ...codes,
    "",
  ].join("\n");
}

function helpOf(name: string, command: Command): string {
  const { summary, details, examples = [], aliases = [] } = command;
  return [
    `bin/${name} ${[command.name, command.usage].filter(Boolean).join(" ")}: ${summary}`,
    ...(aliases.length > 0 ? [`Also called ${aliases.join(", ")}.`] : []),
    "",
    ...(details === undefined ? [] : [details]),
    everywhereHelp,
    ...(examples.length > 0 ? ["", "Examples:", ...examples.map((example) => `  bin/${name} ${example}`)] : []),
    "",
  ].join("\n");
}

function tellResult(value: Json, text: string, json: boolean): void {
  process.stdout.write(json ? `${JSON.stringify({ ok: true, result: value })}\n` : `${text}\n`);
}

function tellFailure(thrown: unknown, command: string, json: boolean): ExitCode {
  const wire: WireError = thrown instanceof RemoteError ? thrown.wire : wireError(thrown, command);
  const exitCode = thrown instanceof StartFailed ? thrown.exitCode : wire.exitCode;
  if (json) process.stdout.write(`${JSON.stringify({ ok: false, error: { ...wire, exitCode } })}\n`);
  else process.stderr.write(`${wire.message}\n`);
  return exitCode;
}
