// `underway import-erlang` and `underway export-erlang`: Erlang's .app, .rel, .appup and relup files as ours, and back.

import { existsSync } from "node:fs";
import { basename } from "node:path";
import { Command } from "commander";
import { UnderwayError } from "../../error.ts";
import { parseChecked, validateApp, validateAppup, validateRel, validateRelup } from "../../release/validate.ts";
import { formatScriptJson } from "../check/format-script.ts";
import { readText, writeText } from "../check/text-file.ts";
import { exportApp, exportAppup, exportRel, exportRelup } from "../erlang/export-file.ts";
import { importFile } from "../erlang/import-file.ts";
import { namingOf } from "../erlang/naming.ts";
import { printFile } from "../erlang/print.ts";
import type { Term } from "../erlang/term.ts";

interface Options {
  readonly app?: string;
  readonly out?: string;
}

const importExamples = `
Examples:
  $ underway import-erlang ebin/chat.appup                          print it as chat.appup.json
  $ underway import-erlang ebin/chat.appup --out apps/chat/chat.appup.json
  $ underway import-erlang releases/2/relup --app chat              modules that it does not place belong to chat
  $ underway import-erlang chat.app                                 application and release files too

What becomes what:
  module room of application chat      chat/room
  kernel, stdlib, sasl                 underway, which stands for them
  application:start, supervisor:...    underway/application, underway/supervisor
  other functions of Erlang            must be written anew: the name stays, the module is taken for one of yours
  extras, arguments, configuration     atoms, strings and binaries: texts; tuples: lists
`;

const exportExamples = `
Examples:
  $ underway export-erlang apps/chat/chat.appup.json                print it as Erlang's chat.appup
  $ underway export-erlang releases/0.2.0/relup.json --out relup

What only Underway has is left out: "undo", "inside", "relink". Instructions about children become applies.
`;

/** The command that reads. */
export function importErlangCommand(): Command {
  return new Command("import-erlang")
    .description("Bring an .app, .rel, .appup or relup file of Erlang/OTP over.")
    .argument("<file>", "the file; its name, or for a relup its form, says what it is")
    .option(
      "--app <name>",
      "the application of modules that the file does not place (default: that of an appup's name)",
    )
    .option("--out <file>", "write into a file instead of printing")
    .exitOverride()
    .addHelpText("after", importExamples)
    .action((file: string, { app, out }: Options) => {
      const { kind, value } = importFile(read(file), file, app);
      put(kind === "app" || kind === "rel" ? `${JSON.stringify(value, null, 2)}\n` : formatScriptJson(value), out);
    });
}

/** The command that writes. */
export function exportErlangCommand(): Command {
  return new Command("export-erlang")
    .description("Write an application file, release file, appup or relup as Erlang/OTP's file.")
    .argument("<file>", "*.app.json, *.rel.json, *.appup.json or relup.json")
    .option("--out <file>", "write into a file instead of printing")
    .exitOverride()
    .addHelpText("after", exportExamples)
    .action((file: string, { out }: Options) => put(printFile(exported(read(file), file)), out));
}

// Internal.

function exported(content: string, file: string): Term {
  const name = basename(file);
  const naming = namingOf(() => undefined, file);
  if (name.endsWith(".app.json")) return exportApp(parseChecked(content, file, validateApp).value, naming);
  if (name.endsWith(".rel.json")) return exportRel(parseChecked(content, file, validateRel).value);
  if (name.endsWith("appup.json")) return exportAppup(parseChecked(content, file, validateAppup).value, naming);
  if (name.endsWith("relup.json")) return exportRelup(parseChecked(content, file, validateRelup).value, naming);
  throw new UnderwayError("erlang/unknown_file", { file });
}

function read(file: string): string {
  if (!existsSync(file)) throw new UnderwayError("erlang/no_such_file", { file });
  return readText(file);
}

function put(text: string, out: string | undefined): void {
  if (out === undefined) process.stdout.write(text);
  else writeText(out, text);
}
