// Errors of the area `sys`, sorted by reason.

import type { Entries } from "./words.ts";

export const sys = {
  "sys/bad_log": (d: { value: string }) => ({
    what: `Cannot keep ${d.value} events: it is no count`,
    cure: "give true, false, a whole number above 0, get or print",
  }),
  "sys/not_supported": (d: { behaviour: string; request: string }) => ({
    what: `Cannot use ${d.request} with a ${d.behaviour}`,
    why: "its state is the runtime's own",
  }),
  "sys/not_suspended": (d: { pid: string }) => ({
    what: `Cannot change the code of ${d.pid}: it is not suspended`,
    cure: "call sys.suspend first",
  }),
} satisfies Entries;
