// Errors of the area `task`, sorted by reason.

import type { Entries } from "./words.ts";

export const task = {
  "task/exited": (d: { task: string; reason: string }) => ({
    what: `Task ${d.task} gave no result: it ended (${d.reason})`,
  }),
  "task/not_owner": (d: { task: string; owner: string }) => ({
    what: `Cannot ask for the result of task ${d.task}: it belongs to ${d.owner}`,
    why: "the result is sent to the process that called Task.async, and to no other",
    cure: "await it there, or let that process hand the value on",
  }),
  "task/over": (d: { task: string }) => ({
    what: `Cannot ask for the result of task ${d.task}: it has been handed out, or was given up`,
    cure: "keep the value of the first await; after yield or shutdown look at what they returned",
  }),
  "task/timeout": (d: { task: string; timeoutMs: number }) => ({
    what: `Task ${d.task} gave no result in ${d.timeoutMs} ms`,
    cure: "await it for longer, or use yield and shutdown, which do not throw",
  }),
} satisfies Entries;
