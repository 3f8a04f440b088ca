// Errors of the area `config`, sorted by reason.

import type { Entries } from "./words.ts";
import { quoted } from "./words.ts";

export const config = {
  "config/cannot_read": (d: { file: string; reason: string }) => ({
    what: `Cannot read "${d.file}": ${d.reason}`,
    cure: "name a file that can be read",
  }),
  "config/cannot_write": (d: { file: string; reason: string }) => ({
    what: `Cannot write "${d.file}": ${d.reason}`,
    cure: "name a file in a folder that is there and can be written to",
  }),
  "config/failed": (d: { file: string; reason: string }) => ({
    what: `Cannot read "${d.file}": ${d.reason}`,
    cure: "correct it; it is plain TypeScript, run by Node",
  }),
  "config/not_found": (d: { folder: string }) => ({
    what: `Cannot find a project: "${d.folder}" has no underway.config.ts`,
    cure: "run the command in the project's folder, or name it with --project",
  }),
  "config/not_module": (d: { file: string }) => ({
    what: `Cannot read underway.config.ts: "${d.file}" beside it says "type": "commonjs"`,
    why: "it is an ES module, as all modules of a project are",
    cure: "npm pkg set type=module",
  }),
  "config/old_node": (d: { vsn: string }) => ({
    what: `Cannot run "underway": it needs Node 24 or newer, and this is ${d.vsn}`,
    cure: "npm install --save-dev node@24, and run it with npx or as a script of package.json",
  }),
  "config/unknown_key": (d: { file: string; path: string; key: string; known: readonly string[] }) => ({
    what: `Cannot use "${d.file}": ${d.path || "it"} has a key "${d.key}", which nobody knows`,
    why: `known are ${quoted(d.known)}`,
    cure: "correct the key, or take it out",
  }),
} satisfies Entries;
