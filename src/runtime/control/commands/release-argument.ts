// VSN|FILE: which release a person means.

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { CommandContext } from "../command.ts";

/** A file is named from where the person stands, and the node stands elsewhere. */
export function releaseOf(context: CommandContext): string {
  const given = context.arguments[0] as string;
  return given.endsWith(".tar.gz") || (given.includes("/") && existsSync(given)) ? resolve(given) : given;
}
