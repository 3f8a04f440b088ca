// Errors of the area `testing`, sorted by reason.

import type { Entries } from "./words.ts";

export const testing = {
  "testing/no_message": (d: { waitedMs: number; mailbox: readonly string[] }) => ({
    what: `No such message came within ${d.waitedMs} ms`,
    why: d.mailbox.length === 0 ? "the mailbox is empty" : `the mailbox holds ${d.mailbox.join(", ")}`,
  }),
  "testing/not_in_test": (d: { operation: string }) => ({
    what: `Cannot use ${d.operation} here: no test's process is running`,
    cure: "call it in the function that was given to processTest or simulated",
  }),
  "testing/orphans": (d: { orphans: readonly string[] }) => ({
    what: `The test has left ${d.orphans.length} processes behind: ${d.orphans.join(", ")}`,
    why: "they were started without a link or a supervisor, so nothing ended them with the test",
    cure: "start them with startSupervised, or end them in the test",
  }),
  "testing/seed": (d: { seed: number; reason: string }) => ({
    what: `Failed with seed ${d.seed}: ${d.reason}`,
    cure: `run it again in the same order with UNDERWAY_SEED=${d.seed}, or simulated({ seeds: [${d.seed}] }, …)`,
  }),
  "testing/simulation_runs": (_: object) => ({
    what: "Cannot run a simulated test: another one runs, or a process is running",
    why: "the virtual clock and the order are those of the whole node",
    cure: "run simulated tests one after the other, as node:test does by itself within a file",
  }),
  "testing/unexpected_message": (d: { message: string }) => ({
    what: `A message came that should not: ${d.message}`,
  }),
} satisfies Entries;
