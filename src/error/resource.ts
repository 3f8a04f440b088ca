// Errors of the area `resource`, sorted by reason.

import type { Entries } from "./words.ts";

export const resource = {
  "resource/closed": (d: { resource: number }) => ({
    what: `Cannot use resource ${d.resource}: it is closed`,
    why: "it was closed, or the process that opened it has ended",
    cure: "open it anew",
  }),
  "resource/not_carried": (d: { module: string; name: string; owner: string; step: string; reason: string }) => ({
    what: `Cannot carry the resource "${d.name}" of "${d.module}", held by ${d.owner}, to the new copy of its package: ${d.reason}`,
    why: `its ${d.step} failed; both are synchronous, and what stands between them is data`,
    cure: "correct the definition, or let the package stay as it is",
  }),
} satisfies Entries;
