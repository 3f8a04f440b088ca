// Errors of the area `node`, sorted by reason.

import type { Entries } from "./words.ts";
import { quoted } from "./words.ts";

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
  "node/unknown_application": (d: { app: string; vsn: string; applications: readonly string[] }) => ({
    what: `Cannot configure application "${d.app}": release ${d.vsn} has no such application`,
    why: `it has ${quoted(d.applications)}`,
    cure: "correct the name after --env",
  }),
} satisfies Entries;
