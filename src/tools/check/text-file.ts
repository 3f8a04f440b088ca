// Files that a command line names: what the operating system says about one, as an error that a person understands.

import { readFileSync, writeFileSync } from "node:fs";
import { getSystemErrorMessage } from "node:util";
import { UnderwayError } from "../../error.ts";

/** @throws config/cannot_read */
export function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UnderwayError("config/cannot_read", { file, reason: reasonOf(error) });
  }
}

/** @throws config/cannot_write */
export function writeText(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new UnderwayError("config/cannot_write", { file, reason: reasonOf(error) });
  }
}

// Internal.

/** As `illegal operation on a directory`. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "errno" in error && typeof error.errno === "number" ? getSystemErrorMessage(error.errno) : error.message;
}
