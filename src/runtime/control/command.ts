// What a command of the control script is, and what it is given.

import type { ParseArgsConfig } from "node:util";
import type { Json } from "../../release/data.ts";
import type { NodeAddress } from "./client.ts";
import type { ExitCode } from "./exit-codes.ts";

export type Options = NonNullable<ParseArgsConfig["options"]>;

export interface Command {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** One line, as the list of commands has it. */
  readonly summary: string;
  /** Its arguments: `VSN|FILE`. Default: none. */
  readonly usage?: string;
  /** How many arguments it takes. Default: none. */
  readonly arguments?: readonly [min: number, max: number];
  readonly options?: Options;
  /** What else `--help` says, options included. */
  readonly details?: string;
  /** Lines to try, without the script's name. */
  readonly examples?: readonly string[];
  /** Returns nothing for success. */
  run(context: CommandContext): Promise<ExitCode | undefined>;
}

export interface CommandContext {
  readonly address: NodeAddress;
  readonly options: { readonly [name: string]: string | boolean | readonly string[] | undefined };
  readonly arguments: readonly string[];
  /** The result as JSON is wanted, and nothing else on stdout. */
  readonly json: boolean;
  /** Tells the result: as JSON, or as a text. Once. */
  result(value: Json, text: string): void;
  /** Tells a person how it goes on; on stderr, so that a pipe gets the result only. */
  progress(message: string): void;
}
