// Errors of the area `appup`, sorted by reason.

import type { Entries } from "./words.ts";
import { quoted } from "./words.ts";

export const appup = {
  "appup/bad_module": (d: { file: string; reason: string }) => ({
    what: `Cannot read "${d.file}": ${d.reason}`,
    cure: "correct it; it is plain TypeScript, run by Node, and exports by default what `appup` of underway/appup makes",
  }),
  "appup/no_such_file": (d: { file: string }) => ({
    what: `Cannot find the appup "${d.file}": there is no such file`,
    cure: "correct its path, or name the application",
  }),
  "appup/other_vsn": (d: { file: string; application: string; appupVsn: string; vsn: string }) => ({
    what: `Cannot use "${d.file}": it is for version ${d.appupVsn} of "${d.application}", which is ${d.vsn}`,
    why: "no base recorded this appup, so replacing it could lose what somebody wrote",
    cure: "write its entries for the new version, delete it, or let --generate replace it",
  }),
  "appup/two_files": (d: { application: string; files: readonly string[] }) => ({
    what: `Cannot tell which is the appup of "${d.application}": there are ${quoted(d.files)}`,
    cure: "keep one of them",
  }),
} satisfies Entries;
