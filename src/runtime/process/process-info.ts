// What can be said of a process. OTP: process_info/1.

import { moduleName } from "./module-name.ts";
import type { Pid } from "./pid.ts";

/** What can be said of a living process. OTP: process_info/1. */
export interface ProcessInfo {
  readonly registeredName: string | null;
  /** Where it began: `chat/room:init`. */
  readonly initialCall: string;
  /** The function that a plain process loops in; of a behaviour, where it began. OTP: current_function. */
  readonly currentFunction: string;
  /** Its callback module. */
  readonly module: string;
  /** `gen_server`, `supervisor`, …; `proc` for a plain process. */
  readonly behaviour: string;
  /**
   * `waiting`: nothing to do. `ready`: in the run queue. `running`: its code runs at this moment. `inside`: it waits in an
   * asynchronous callback, or a plain process in `receive` or anywhere else. `ending`: in its `terminate`.
   */
  readonly status: string;
  /** Messages that wait, those held while it is suspended included. */
  readonly messageQueueLength: number;
  /** Messages that its bounded mailbox has refused or dropped. */
  readonly messagesDropped: number;
  readonly links: readonly Pid[];
  /** Whom it watches. */
  readonly monitors: readonly Pid[];
  /** Who watches it; the runtime's own watches are not shown. */
  readonly monitoredBy: readonly Pid[];
  /** Who started it with a link. */
  readonly parent: Pid | null;
  readonly trapExit: boolean;
}

/**
 * What can be said of a process at this moment; null for one that has ended.
 *
 * OTP: process_info/1. Deviation: no dictionary, group leader, priority and heap, which do not exist here.
 */
export const processInfo = (pid: Pid): ProcessInfo | null => {
  const { process } = pid;
  if (process === null) return null;
  const { body, mailbox, initialCall } = process;
  return {
    registeredName: process.registeredName,
    initialCall,
    currentFunction: body.currentFunction ?? initialCall,
    module: moduleName(body.module),
    behaviour: body.name,
    status: process.status,
    messageQueueLength: mailbox.length + (body.held ?? 0),
    messagesDropped: mailbox.limit?.dropped ?? 0,
    links: [...process.links].map((linked) => linked.pid),
    monitors: process.monitors.map(({ target }) => target.pid),
    monitoredBy: process.monitoredBy.flatMap(({ owner }) => owner?.pid ?? []),
    parent: process.parent,
    trapExit: process.trapExit,
  };
};
