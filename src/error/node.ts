// Errors of the area `node`, sorted by reason.

import type { Entries } from "./words.ts";

export const node = {
  "node/already_running": (d: { pid: number; file: string }) => ({
    what: `Cannot start: a node runs here already, as operating-system process ${d.pid}`,
    why: `it holds ${d.file}`,
    cure: "stop it first, or start this one under another name with --instance",
  }),
  "node/not_booted": (_: Record<never, never>) => ({
    what: "Cannot ask for releases here: no node has been booted in this operating-system process",
    cure: "start a release with bin/<name> foreground, daemon or console",
  }),
} satisfies Entries;
