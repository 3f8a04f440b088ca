// Errors of the area `connection`, sorted by reason.

import type { Entries } from "./words.ts";

export const connection = {
  "connection/already_taken": (_d: Record<never, never>) => ({
    what: "Cannot start a process behind this socket: another one stands there already",
    cure: "call Connection.startLink once for each socket",
  }),
} satisfies Entries;
