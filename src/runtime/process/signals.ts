// Links, monitors, exit signals and names, as a module calls them. OTP: erlang(3).

import { UnderwayError } from "../../error.ts";
import { type MonitorAlias, monitorWithAlias } from "./aliases.ts";
import { currentProcess, unlessEnded } from "./context.ts";
import type { Data } from "./data.ts";
import { type DownMessage, Envelope, SIGNAL } from "./mailbox.ts";
import { Alias, type Dest, type Pid, Ref } from "./pid.ts";
import { downMessage, exitProcess } from "./process.ts";
import { Exit, type ExitReason } from "./reason.ts";
import { formatDest, lookUp, registerName, unregisterName } from "./registry.ts";
import { requireProcess, watchAsMessage } from "./spawn.ts";
import { allProcesses } from "./table.ts";

/**
 * The pid of the calling process. Throws `process/no_process` outside a process.
 *
 * OTP: self/0
 */
export const self = <M = unknown>(): Pid<M> => requireProcess("self").pid as Pid<M>;

/**
 * Sends a message. It arrives after everything that this process has sent to the same one before. To a process that has
 * ended, or an alias that has, it is dropped; to a name that nobody holds it throws `process/noproc`, as OTP's badarg. Throws
 * `process/mailbox_full` when the receiver's mailbox is bounded, full, and refuses.
 *
 * OTP: Dest ! Message
 */
export const send = <T>(dest: Dest | Alias, message: Data<T>): void => {
  const target = dest instanceof Alias ? dest.receiver() : lookUp(dest);
  if (target !== null) {
    const { limit } = target.mailbox;
    if (!target.deliver(new Envelope("info", "", message, null)) && limit !== null) throw limit.error(target);
  } else if ("name" in dest) throw new UnderwayError("process/noproc", { dest: formatDest(dest) });
};

/**
 * Links the calling process with `pid`: when one ends, the other gets an exit signal. That of a process which has ended
 * already is `noproc`, and comes at once: a caller that does not trap exits runs no further line.
 *
 * OTP: link/1.
 */
export const link = (pid: Pid): void => {
  const process = requireProcess("link");
  if (pid.process === null) process.receiveExit("noproc", null);
  else process.link(pid.process);
  unlessEnded(undefined);
};

/** OTP: unlink/1. */
export const unlink = (pid: Pid): void => {
  if (pid.process !== null) requireProcess("unlink").unlink(pid.process);
};

/**
 * Watches a process: the calling one gets `{ type: "DOWN", ref, pid, reason }` once, when it ends; with reason `noproc`
 * at once if it has ended before.
 *
 * With `alias` the reference is an address, too, for the answer of whom is watched: one of the two arrives under the same
 * reference, the answer or the `DOWN`. The alias ends only by `unalias` (`explicit_unalias`), also with the monitor
 * (`demonitor`), or also with the first message, which ends the monitor as well (`reply_demonitor`).
 *
 * OTP: monitor/2, monitor/3
 */
export function monitor(pid: Pid): Ref;
export function monitor(pid: Pid, options: { readonly alias: MonitorAlias }): Alias;
export function monitor(pid: Pid, options?: { readonly alias: MonitorAlias }): Ref {
  const owner = requireProcess("monitor");
  if (options !== undefined) return monitorWithAlias(owner, pid, options.alias);
  if (pid.process !== null) return watchAsMessage(owner, pid.process);
  const ref = new Ref();
  owner.deliver(new Envelope("info", SIGNAL, downMessage(ref, pid, "noproc"), null));
  return ref;
}

/**
 * Stops watching; true if the monitor was there. A message already in the mailbox stays, or is taken out with `flush`.
 *
 * OTP: demonitor/1, demonitor/2
 */
export const demonitor = (ref: Ref, options: { readonly flush?: boolean } = {}): boolean => {
  const owner = requireProcess("demonitor");
  const was = owner.unwatch(ref);
  if (ref instanceof Alias && ref.withMonitor && ref.owner === owner) ref.end();
  if (!was && options.flush === true) owner.mailbox.take(({ tag, payload }) => tag === SIGNAL && isDown(payload, ref));
  return was;
};

const isDown = (payload: unknown, ref: Ref): boolean => (payload as Partial<DownMessage>).ref === ref;

/**
 * With one argument, ends the calling process for this reason by a throw. With a pid, sends it an exit signal: `kill`
 * ends it whatever it does, `normal` is ignored, any other reason ends it or, if it traps exits, becomes a message.
 *
 * OTP: exit/1, exit/2
 */
export function exit(reason: ExitReason): never;
export function exit(pid: Pid, reason: ExitReason): void;
export function exit(first: Pid | ExitReason, second?: ExitReason): void {
  if (second === undefined) throw new Exit(first as ExitReason);
  const target = (first as Pid).process;
  if (target === null) return;
  exitProcess(target, second, currentProcess());
  // It may have ended itself, or somebody on whom its life depends.
  unlessEnded(undefined);
}

/** From now on exit signals reach the calling process as messages `{ type: "EXIT", pid, reason }`. OTP: process_flag(trap_exit, Flag). */
export const trapExit = (flag: boolean): boolean => {
  const process = requireProcess("trapExit");
  const former = process.trapExit;
  process.trapExit = flag;
  return former;
};

/** Aborted when the calling process ends; hand it to `fetch`, sockets, streams. */
export const signal = (): AbortSignal => requireProcess("signal").signal;

/** Gives a living process a name. Throws `process/already_registered`, `process/has_name` or `process/noproc`. OTP: register/2. */
export const register = (name: string, pid: Pid): void => {
  if (pid.process === null) throw new UnderwayError("process/noproc", { dest: pid.toString() });
  registerName(name, pid.process);
};

/** True if somebody held the name. OTP: unregister/1. */
export const unregister = (name: string): boolean => unregisterName(name);

/** The pid registered under this name, or null. OTP: whereis/1. */
export const whereis = <M = unknown>(name: string): Pid<M> | null =>
  (lookUp({ name })?.pid as Pid<M> | undefined) ?? null;

/** OTP: is_process_alive/1. */
export const isAlive = (pid: Pid): boolean => pid.process !== null;

/** The pids of all living processes, oldest first. OTP: processes/0. */
export const processes = (): readonly Pid[] => [...allProcesses()].map((process) => process.pid);
