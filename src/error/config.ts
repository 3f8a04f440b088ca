// Errors of the area `config`, sorted by reason.

import type { Entries } from "./words.ts";

export const config = {
  "config/failed": (d: { file: string; reason: string }) => ({
    what: `Cannot read "${d.file}": ${d.reason}`,
    cure: "correct it; it is plain TypeScript, run by Node",
  }),
  "config/not_found": (d: { folder: string }) => ({
    what: `Cannot find a project: "${d.folder}" has no underway.config.ts`,
    cure: "run the command in the project's folder, or name it with --project",
  }),
} satisfies Entries;
