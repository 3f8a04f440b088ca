// Addresses that a process can take back, so that an answer that comes too late reaches nobody. OTP: erlang:alias/1,
// unalias/1, monitor/3. (A call needs none: its answer goes to a `From`, which is closed when the time is over.)

import { Envelope, SIGNAL } from "./mailbox.ts";
import { Alias, type Pid } from "./pid.ts";
import { downMessage, type Process } from "./process.ts";
import type { ExitReason } from "./reason.ts";
import { requireProcess } from "./spawn.ts";

/**
 * When the alias of a monitor ends: only by `unalias`, also with the monitor (its `DOWN` or `demonitor`), or also with the
 * first message that is sent to it, which ends the monitor, too.
 */
export type MonitorAlias = "explicit_unalias" | "demonitor" | "reply_demonitor";

/**
 * Makes another address of the calling process, to be handed to who shall answer: `send(alias, …)` arrives as any
 * message does. With `reply` the first message ends it. It ends with the process in any case.
 *
 * OTP: alias/0, alias/1
 */
export const alias = (options: { readonly reply?: boolean } = {}): Alias =>
  new Alias(requireProcess("alias").pid, options.reply === true ? () => {} : null);

/**
 * Ends an alias of the calling process: what is sent to it from now on is dropped; what has arrived stays. True if it was
 * in use; false for an alias of another process, which stays as it is.
 *
 * OTP: unalias/1
 */
export const unalias = (one: Alias): boolean => {
  if (one.owner !== requireProcess("unalias")) return false;
  one.end();
  return true;
};

/** @internal `monitor` with an alias. */
export const monitorWithAlias = (owner: Process, pid: Pid, ends: MonitorAlias): Alias => {
  const used = ends === "reply_demonitor" ? () => void owner.unwatch(made) : null;
  const made: Alias = new Alias(owner.pid, used, ends !== "explicit_unalias");
  const down = (reason: ExitReason): void => {
    if (made.withMonitor) made.end();
    owner.deliver(new Envelope("info", SIGNAL, downMessage(made, pid, reason), null));
  };
  if (pid.process === null) down("noproc");
  else owner.watch(pid.process, down, made);
  return made;
};
