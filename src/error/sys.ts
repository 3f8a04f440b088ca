// Errors of the area `sys`, sorted by reason.

import type { Entries } from "./words.ts";

export const sys = {
  "sys/not_supported": (d: { behaviour: string; request: string }) => ({
    what: `Cannot use ${d.request} with a ${d.behaviour}`,
    why: "its state is the runtime's own",
  }),
  "sys/not_suspended": (d: { pid: string }) => ({
    what: `Cannot change the code of ${d.pid}: it is not suspended`,
    cure: "call sys.suspend first",
  }),
} satisfies Entries;
