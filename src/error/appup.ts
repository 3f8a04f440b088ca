// Errors of the area `appup`, sorted by reason.

import type { Entries } from "./words.ts";

export const appup = {
  "appup/other_vsn": (d: { file: string; application: string; appupVsn: string; vsn: string }) => ({
    what: `Cannot use "${d.file}": it is for version ${d.appupVsn} of "${d.application}", which is ${d.vsn}`,
    why: "no base recorded this appup, so replacing it could lose what somebody wrote",
    cure: "write its entries for the new version, delete it, or let --generate replace it",
  }),
} satisfies Entries;
