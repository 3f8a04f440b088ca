// Fails when a file of `src` imports upwards, or when something that ships in a release imports a package.

import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { parseSync } from "oxc-parser";
import { type ImportEdge, violations } from "./layers.ts";

const src = join(import.meta.dirname, "..", "src");
const edges: ImportEdge[] = [];
const files = globSync("**/*.ts", { cwd: src }).sort();
for (const from of files) {
  const { module } = parseSync(from, readFileSync(join(src, from), "utf8"));
  const requests = [
    ...module.staticImports.map((found) => found.moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) => entries.flatMap((entry) => entry.moduleRequest?.value ?? [])),
  ];
  for (const to of requests) {
    edges.push({ from, to: to.startsWith(".") ? relative(src, join(src, dirname(from), to)) : to });
  }
}
const problems = violations(edges);
for (const problem of problems) console.error(`layers: ${problem}`);
console.log(`layers: ${files.length} files, ${edges.length} imports, ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;
