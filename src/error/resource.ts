// Errors of the area `resource`, sorted by reason.

import type { Entries } from "./words.ts";

export const resource = {
  "resource/closed": (d: { resource: number }) => ({
    what: `Cannot use resource ${d.resource}: it is closed`,
    why: "it was closed, or the process that opened it has ended",
    cure: "open it anew",
  }),
} satisfies Entries;
