// Commands that start a node: foreground, daemon, console.

import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { UnderwayError } from "../../../error.ts";
import type { Json } from "../../../release/data.ts";
import { lockHolder } from "../../handler/lock.ts";
import { varFile } from "../../handler/target.ts";
import type { Command, CommandContext, Options } from "../command.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { RemoteError } from "../protocol.ts";
import { failureOf, readyLine, readyVariable } from "../ready.ts";
import { Repl } from "../repl.ts";
import type { NodeHere } from "../running-node.ts";
import { become, elsewhere, placesToBoot } from "../whereabouts.ts";

/** A log that has grown beyond this is put aside when the node is started next. Limit: not while it runs. */
const logBytesMax = 64 << 20;
/** Bytes of the log that are shown when a start fails. */
const tailBytes = 4096;

const environment: Options = { env: { type: "string", multiple: true }, development: { type: "boolean" } };
const environmentHelp = `  --env APP.KEY=JSON   sets a value of an application's environment, over all other configuration; kept by "restart"
  --development        freezes what leaves a process, and names whoever changes it; slower`;

export const foreground: Command = {
  name: "foreground",
  summary: "starts the node in this process, with its log on the terminal",
  options: environment,
  details: `${environmentHelp}
SIGTERM, SIGINT and SIGHUP stop it in order: the applications end, last started first.`,
  examples: ["foreground", "foreground --env chat.port=4001", "foreground --instance second"],
  async run(context) {
    moveToRightPlace(context);
    await started(context);
    return undefined;
  },
};

export const daemon: Command = {
  name: "daemon",
  summary: "starts the node in the background, and returns when it is ready",
  options: { ...environment, wait: { type: "string" } },
  details: `${environmentHelp}
  --wait SECONDS       how long to wait for it to be ready; default: 60
Its log is var/<instance>/log/node.log; its working directory is the target directory.`,
  examples: ["daemon", "daemon --env chat.port=4001"],
  async run(context) {
    configOf(context);
    const pid = await startDaemon(context, secondsOf(context.options.wait));
    context.result({ pid }, `${context.address.name} is running as process ${pid}`);
    return undefined;
  },
};

export const consoleCommand: Command = {
  name: "console",
  summary: "starts the node in this process, with a console on the terminal",
  options: environment,
  details: `${environmentHelp}
Leaving the console stops the node. For a console in a node that runs already: remote_console.`,
  examples: ["console", "console --env chat.port=4001"],
  async run(context) {
    moveToRightPlace(context);
    const node = await started(context);
    const { address } = context;
    const session = node.openSession((text) => repl.print(text), process.stdout.isTTY === true);
    const repl: Repl = new Repl(session, {
      input: process.stdin,
      output: process.stdout,
      prompt: `${address.name}> `,
      historyFile: varFile(address, "console.history"),
    });
    node.onEnding(() => repl.leave());
    repl.print(`${address.name} ${node.vsn}. Type .help for help.\n`);
    await repl.run();
    await node.end("stop");
    return undefined;
  },
};

// Internal.

/** Values by application and key, of `chat.port=4000`. */
export function configOf(context: CommandContext): { [app: string]: { [key: string]: Json } } {
  const config: { [app: string]: { [key: string]: Json } } = {};
  for (const given of (context.options.env as readonly string[] | undefined) ?? []) {
    const [, app, key, value] = /^([^.=]+)\.([^=]+)=(.*)$/s.exec(given) ?? [];
    if (app === undefined || key === undefined || value === undefined) {
      const problem = `Cannot use --env ${given}: it is not APP.KEY=JSON`;
      throw new UnderwayError("control/bad_usage", { problem, cure: "write it as in --env chat.port=4000" });
    }
    config[app] = { ...config[app], [key]: jsonOf(value, given) };
  }
  return config;
}

function jsonOf(value: string, given: string): Json {
  try {
    return JSON.parse(value) as Json;
  } catch (cause) {
    const problem = `Cannot use --env ${given}: ${JSON.stringify(value)} is no JSON`;
    const cure = `a text needs quotes, and these quotes for the shell: '${given.replace(/=.*$/s, "")}="${value}"'`;
    throw new UnderwayError("control/bad_usage", { problem, cure }, { cause });
  }
}

function secondsOf(value: unknown): number {
  const seconds = value === undefined ? 60 : Number(value);
  if (seconds > 0) return seconds;
  const problem = `Cannot wait for ${String(value)} seconds`;
  throw new UnderwayError("control/bad_usage", { problem, cure: "write it as in --wait 60" });
}

/** The release that boots may have another runtime than this script: then this process becomes that one. */
function moveToRightPlace({ address }: CommandContext): void {
  const there = elsewhere(address, placesToBoot(address));
  if (there !== null) become(there[0], there[1], process.argv.slice(2), process.env);
}

async function started(context: CommandContext): Promise<NodeHere> {
  const env = configOf(context);
  // It reads this when it is loaded, and whoever this process becomes, too.
  if (context.options.development === true) process.env.UNDERWAY_DEVELOPMENT = "1";
  // The runtime is loaded by those commands only that become a node.
  const { startNode } = await import("../running-node.ts");
  return startNode({ ...context.address, env });
}

/** Starts this script as `foreground` in a session of its own, and waits until it says that it is ready. */
async function startDaemon(context: CommandContext, seconds: number): Promise<number> {
  const { address } = context;
  // Asked before anything is started: what a second node says would stand in the log of the first one.
  const lock = varFile(address, "lock");
  const holder = lockHolder(lock);
  if (holder !== null) throw new UnderwayError("node/already_running", { pid: holder, file: lock });
  const log = logFile(varFile(address, "log"));
  const from = existsSync(log) ? statSync(log).size : 0;
  const output = openSync(log, "a");
  const given = ((context.options.env as readonly string[] | undefined) ?? []).flatMap((each) => ["--env", each]);
  const development = context.options.development === true ? { UNDERWAY_DEVELOPMENT: "1" } : {};
  // In the right place from the start: a process that moves on loses the pipe.
  const [node, script] = elsewhere(address, placesToBoot(address)) ?? [process.execPath, process.argv[1] as string];
  const child = spawn(node, [...process.execArgv, script, "foreground", "--instance", address.instance, ...given], {
    detached: true,
    cwd: address.root,
    stdio: ["ignore", output, output, "pipe"],
    env: { ...process.env, ...development, [readyVariable]: "3" },
  });
  closeSync(output);
  const ready = child.stdio[3] as Readable;
  const timer = AbortSignal.timeout(seconds * 1000);
  let said = "";
  ready.setEncoding("utf8").on("data", (text) => {
    said += text;
  });
  const outcome = await Promise.race([
    new Promise<"ready">((resolve) => ready.on("data", () => said.startsWith(readyLine) && resolve("ready"))),
    // What it said last is read before its pipe is closed.
    new Promise<number>((resolve) => child.once("close", (code) => resolve(code ?? 1))),
    new Promise<"late">((resolve) => timer.addEventListener("abort", () => resolve("late"))),
    new Promise<Error>((resolve) => child.once("error", resolve)),
  ]);
  ready.destroy();
  child.unref();
  if (outcome === "ready") return child.pid as number;
  const failure = failureOf(said);
  if (failure !== null) throw new RemoteError({ ...failure, message: `${failure.message}\n  log:  ${log}` });
  const problem =
    outcome === "late"
      ? `it was not ready after ${seconds} seconds, and goes on as process ${child.pid}`
      : outcome instanceof Error
        ? outcome.message
        : `it ended with exit code ${outcome}`;
  throw new StartFailed(problem, log, tailOf(log, from), typeof outcome === "number" ? outcome : exitCodes.failed);
}

/** The exit code is that of the node which did not start. */
export class StartFailed extends UnderwayError<"control/not_ready"> {
  readonly exitCode: ExitCode;

  constructor(problem: string, log: string, tail: string, exitCode: number) {
    super("control/not_ready", { problem, log, tail });
    this.exitCode = exitCode in exitMeanings && exitCode !== 0 ? (exitCode as ExitCode) : exitCodes.failed;
  }
}

const exitMeanings = Object.fromEntries(Object.values(exitCodes).map((code) => [code, true]));

function logFile(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "node.log");
  if (existsSync(file) && statSync(file).size > logBytesMax) renameSync(file, `${file}.1`);
  return file;
}

function tailOf(file: string, from: number): string {
  const end = statSync(file).size;
  const at = Math.max(from, end - tailBytes);
  const buffer = Buffer.alloc(end - at);
  const descriptor = openSync(file, "r");
  readSync(descriptor, buffer, 0, buffer.length, at);
  closeSync(descriptor);
  return buffer.toString("utf8").trimEnd();
}
