// The files that are made of the sources, and committed, because people and editors read them.

import { schemaOfFile } from "../src/release/validate.ts";
import { errorsPage } from "./errors-page.ts";

/** Text by path from the repository's folder. */
export function generatedFiles(): ReadonlyMap<string, string> {
  const schemas = (["app", "rel", "boot", "appup", "relup"] as const).map(
    (name) => [`schema/${name}.schema.json`, `${JSON.stringify(schemaOfFile(name), null, 2)}\n`] as const,
  );
  return new Map([["docs/errors.md", errorsPage()], ...schemas]);
}
