// The commands of `underway`. One file per command; this one puts them together and runs one of them.
//
// Exit codes, those of the control script that a build can have: 0 ok, 1 failed, 2 usage or not found.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { styleText } from "node:util";
import { Command, CommanderError } from "commander";
import { type ErrorCode, isUnderwayError } from "../../error.ts";
import { appupCommand } from "./appup.ts";
import { exportErlangCommand, importErlangCommand } from "./erlang.ts";
import { releaseCommand } from "./release.ts";
import { relupCommand } from "./relup.ts";

/** What was asked for does not exist: the command was used wrongly. */
const notFound: readonly ErrorCode[] = [
  "appup/no_such_application",
  "appup/no_such_file",
  "assemble/choose_release",
  "assemble/missing_base",
  "assemble/no_such_release",
  "config/not_found",
  "erlang/no_such_file",
  "erlang/unknown_file",
  "erlang/unknown_kind",
  "relup/no_such_path",
  "relup/no_such_release",
];

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../../../package.json"), "utf8")) as {
  version: string;
};

const program = new Command("underway")
  .description("Erlang/OTP's releases and hot code replacement for TypeScript on Node.js.")
  .version(version)
  .exitOverride()
  .addCommand(releaseCommand())
  .addCommand(relupCommand())
  .addCommand(appupCommand())
  .addCommand(importErlangCommand())
  .addCommand(exportErlangCommand());

/** Runs a command line and returns the exit code. */
export async function run(argv: readonly string[]): Promise<number> {
  try {
    await program.parseAsync(argv);
    return 0;
  } catch (e) {
    // Commander has said what is wrong; its own code is 1 also for wrong usage.
    if (e instanceof CommanderError) return e.exitCode === 0 ? 0 : 2;
    if (!isUnderwayError(e)) {
      process.stderr.write(`${e instanceof Error ? e.stack : String(e)}\n`);
      return 1;
    }
    process.stderr.write(`\n${styleText("red", "error", { stream: process.stderr })} ${e.message}\n`);
    return notFound.includes(e.code) ? 2 : 1;
  }
}
