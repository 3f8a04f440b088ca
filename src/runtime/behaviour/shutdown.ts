// How a supervisor ends a child: asks it to, waits as long as its specification says, kills it then.
// OTP: supervisor:shutdown/1.

import { addDeadline, cancelDeadline, type Deadline } from "../process/deadlines.ts";
import type { Process } from "../process/process.ts";
import { exitProcess, watch } from "../process/process.ts";
import type { ExitReason } from "../process/reason.ts";
import type { Shutdown } from "./child-spec.ts";

/**
 * Ends `child` on behalf of `supervisor` and resolves with the reason for which it ended, once it has. The supervisor's
 * link is taken away first, so that no exit signal comes back.
 */
export const shutDown = (child: Process, supervisor: Process, shutdown: Shutdown): Promise<ExitReason> =>
  new Promise((resolve) => {
    const patience: Deadline = {
      deadline: null,
      expire() {
        exitProcess(child, "kill", supervisor);
      },
    };
    watch(child, null, (reason) => {
      cancelDeadline(patience);
      resolve(reason);
    });
    supervisor.unlink(child);
    if (shutdown === "brutal_kill") {
      exitProcess(child, "kill", supervisor);
      return;
    }
    if (shutdown !== "infinity") addDeadline(patience, shutdown);
    exitProcess(child, "shutdown", supervisor);
  });

/** True if a child that was told to end so has ended as it should: worth no report. */
export const endedAsTold = (reason: ExitReason, shutdown: Shutdown): boolean =>
  shutdown === "brutal_kill"
    ? reason === "killed" || reason === "noproc"
    : reason === "shutdown" || reason === "normal" || (typeof reason === "object" && "shutdown" in reason);
