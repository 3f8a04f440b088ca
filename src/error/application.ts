// Errors of the area `application`, sorted by reason.

import type { Entries } from "./words.ts";

export const application = {
  "application/already_loaded": (d: { app: string }) => ({
    what: `Cannot load application "${d.app}": it is loaded`,
  }),
  "application/already_started": (d: { app: string }) => ({
    what: `Cannot start application "${d.app}": it runs, or is about to start or stop`,
  }),
  "application/bad_start_result": (d: { app: string; value: string }) => ({
    what: `Cannot start application "${d.app}": start of its application module returned ${d.value}`,
    cure: "return the pid of its top supervisor, as Supervisor.startLink does",
  }),
  "application/not_known": (d: { app: string; known: readonly string[] }) => ({
    what: `Cannot load application "${d.app}": the running release has ${d.known.join(", ")}`,
    cure: "add it to the release in underway.config.ts",
  }),
  "application/not_loaded": (d: { app: string }) => ({
    what: `Cannot find application "${d.app}": it is not loaded`,
    cure: "correct the name, or add the application to the release",
  }),
  "application/not_started": (d: { app: string; neededBy: string | null }) => ({
    what:
      d.neededBy === null
        ? `Cannot stop application "${d.app}": it does not run`
        : `Cannot start application "${d.neededBy}": it needs "${d.app}", which does not run`,
    ...(d.neededBy === null ? {} : { cure: `start "${d.app}" first, or use ensureAllStarted` }),
  }),
  "application/running": (d: { app: string }) => ({
    what: `Cannot unload application "${d.app}": it runs`,
    cure: "stop it first",
  }),
  "application/start_failed": (d: {
    app: string;
    reason: string;
    /** The processes that could not be started, outermost first, and what the last one threw. */
    modules?: readonly string[];
    root?: string;
  }) => ({
    what: `Cannot start application "${d.app}": ${d.root?.split("\n")[0] ?? d.reason}`,
    ...((d.modules?.length ?? 0) > 0 && { why: `these did not start: ${d.modules?.join(" \u2192 ")}` }),
    cure: /EADDRINUSE/.test(d.root ?? d.reason)
      ? "end the program that uses this address, or choose another one in the application's configuration"
      : "mend what failed; a crash report, if there is one, tells where",
  }),
  "application/top_ended": (d: { app: string }) => ({
    what: `Cannot start application "${d.app}": its top process has ended already`,
  }),
} satisfies Entries;
