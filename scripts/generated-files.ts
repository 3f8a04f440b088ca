// The files that are made of the sources, and committed, because people and editors read them.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Form } from "../src/release/translate/grammar.ts";
import { highLevelForms, lowLevelForms } from "../src/release/translate/grammar.ts";
import { schemaOfFile } from "../src/release/validate.ts";
import { errorsPage } from "./errors-page.ts";

/** Text by path from the repository's folder. */
export function generatedFiles(): ReadonlyMap<string, string> {
  const schemas = (["app", "rel", "boot", "appup", "relup"] as const).map(
    (name) => [`schema/${name}.schema.json`, `${JSON.stringify(schemaOfFile(name), null, 2)}\n`] as const,
  );
  return new Map([["docs/errors.md", errorsPage()], [cookbook, cookbookPage()], ...schemas]);
}

// Internal.

const cookbook = "docs/appup-cookbook.md";
const [begin, end] = ["<!-- made by scripts/generate.ts -->\n", "<!-- end -->"];

/** Only the list of instructions is made; the rest is written by hand. */
function cookbookPage(): string {
  const page = readFileSync(join(import.meta.dirname, "..", cookbook), "utf8");
  const [before, after] = [page.slice(0, page.indexOf(begin) + begin.length), page.slice(page.indexOf(end))];
  const rows = (forms: Readonly<Record<string, Form>>) =>
    Object.values(forms).map(({ usage, doc }) => `| \`${usage}\` | ${doc} |`);
  const table = (title: string, forms: Readonly<Record<string, Form>>) =>
    [`| ${title} | |`, "| --- | --- |", ...rows(forms)].join("\n");
  return `${before}\n${table("in appups", highLevelForms)}\n\n${table("in appups and relups", lowLevelForms)}\n\n${after}`;
}
