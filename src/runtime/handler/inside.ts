// What an appup may ask for processes that are inside an asynchronous callback at the switch: wait for them, or kill them.
// Without being asked nobody is waited for and nobody is killed: they finish in the old code.

import type { Inside } from "../../release/appup.ts";
import { framesOfProcess } from "../code/code-server.ts";
import { handleOf } from "../code/modules.ts";
import type { Process } from "../process/process.ts";
import { processesOf } from "../process/table.ts";
import type { Switch } from "./plan.ts";

/** The processes for which this was asked, and which are inside now. */
export const thoseInside = (change: Switch, wanted: Inside): readonly Process[] =>
  [...change.update].flatMap(([module, { inside }]) =>
    inside === wanted
      ? [...processesOf(handleOf(module))].filter(
          ({ body }) => body.upgrade?.phase === "inside" || body.runsOnce === true,
        )
      : [],
  );

/** Who is inside, and where: file and line of each `await` at which one of its frames waits. */
export const whereInside = (process: Process) => ({
  pid: String(process.pid),
  name: process.registeredName,
  at: framesOfProcess(process).flatMap(({ at }) => at ?? []),
});

/** How long the appup wants to wait for those inside: the shortest time that it names. */
export const waitMsOf = (change: Switch): number =>
  Math.min(
    ...[...change.update.values()]
      .filter(({ inside }) => inside === "wait")
      .map(({ timeoutMs }) => (timeoutMs === "infinity" ? Number.POSITIVE_INFINITY : timeoutMs)),
  );
