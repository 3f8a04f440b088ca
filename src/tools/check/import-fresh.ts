// Imports a TypeScript file that a person writes for the tools: a project's configuration, an appup.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

/**
 * What a file exports by default, as it is now.
 *
 * Node imports an address only once; the hash in it lets one process read a file again after it was edited. What the
 * file itself imports is not read again.
 */
export async function importFresh(file: string): Promise<unknown> {
  const version = createHash("sha256").update(readFileSync(file)).digest("hex").slice(0, 16);
  return ((await import(`${pathToFileURL(file).href}?${version}`)) as { default?: unknown }).default;
}
