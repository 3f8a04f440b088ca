// Errors of the area `sys`, sorted by reason.

import type { Entries } from "./words.ts";

export const sys = {
  "sys/bad_arguments": (d: { pid: string }) => ({
    what: `Cannot replace the state of ${d.pid}: its state is the list of its loop's arguments, and no list was returned`,
    cure: "return an array",
  }),
  "sys/bad_log": (d: { value: string }) => ({
    what: `Cannot keep ${d.value} events: it is no count`,
    cure: "give true, false, a whole number above 0, get or print",
  }),
  "sys/no_update_point": (d: { pid: string }) => ({
    what: `Cannot change the arguments of ${d.pid}: it does not stand in the first receive of its loop`,
    why: "only there can its function begin anew; in code that plain Node has loaded, nowhere",
    cure: "suspend it and try again, or send it a message that it understands",
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
