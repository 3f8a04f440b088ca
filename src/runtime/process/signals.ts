// Links, monitors, exit signals and names, as a module calls them. OTP: erlang(3).

import { UnderwayError } from "../../error.ts";
import { currentProcess } from "./context.ts";
import type { Data } from "./data.ts";
import { Envelope } from "./mailbox.ts";
import { type Dest, type Pid, Ref } from "./pid.ts";
import { downMessage, exitProcess } from "./process.ts";
import { Exit, type ExitReason } from "./reason.ts";
import { formatDest, lookUp, registerName, unregisterName } from "./registry.ts";
import { requireProcess, watchAsMessage } from "./spawn.ts";
import { stopSignal } from "./stop-signal.ts";
import { allProcesses } from "./table.ts";

/**
 * The pid of the calling process. Throws `process/no_process` outside a process.
 *
 * OTP: self/0
 */
export const self = <M = unknown>(): Pid<M> => requireProcess("self").pid as Pid<M>;

/**
 * Sends a message. It arrives after everything that this process has sent to the same one before. To a process that has
 * ended it is dropped; to a name that nobody holds it throws `process/noproc`, as OTP's badarg.
 *
 * OTP: Dest ! Message
 */
export const send = <T>(dest: Dest, message: Data<T>): void => {
  const target = lookUp(dest);
  if (target !== null) target.deliver(new Envelope("info", "", message, null));
  else if ("name" in dest) throw new UnderwayError("process/noproc", { dest: formatDest(dest) });
};

/** Links the calling process with `pid`: when one ends, the other gets an exit signal. OTP: link/1. */
export const link = (pid: Pid): void => {
  const process = requireProcess("link");
  if (pid.process === null) process.receiveExit("noproc", null);
  else process.link(pid.process);
};

/** OTP: unlink/1. */
export const unlink = (pid: Pid): void => {
  if (pid.process !== null) requireProcess("unlink").unlink(pid.process);
};

/**
 * Watches a process: the calling one gets `{ type: "DOWN", ref, pid, reason }` once, when it ends; with reason `noproc`
 * at once if it has ended before.
 *
 * OTP: monitor/2
 */
export const monitor = (pid: Pid): Ref => {
  const owner = requireProcess("monitor");
  if (pid.process !== null) return watchAsMessage(owner, pid.process);
  const ref = new Ref();
  owner.deliver(new Envelope("info", "", downMessage(ref, pid, "noproc"), null));
  return ref;
};

/** Stops watching; true if the monitor was there. A message already in the mailbox stays. OTP: demonitor/1. */
export const demonitor = (ref: Ref): boolean => requireProcess("demonitor").unwatch(ref);

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
  const sender = currentProcess();
  exitProcess(target, second, sender);
  // It has ended itself, or somebody on whom its life depends: it must run no further line.
  if (sender?.alive === false) throw stopSignal;
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

/** What can be said of a living process. OTP: process_info/1. */
export interface ProcessInfo {
  readonly registeredName: string | null;
  readonly initialCall: string;
  readonly behaviour: string;
  readonly status: string;
  readonly messageQueueLength: number;
  readonly links: readonly Pid[];
  readonly trapExit: boolean;
}

/** Null for a process that has ended. OTP: process_info/1. */
export const processInfo = (pid: Pid): ProcessInfo | null => {
  const { process } = pid;
  if (process === null) return null;
  return {
    registeredName: process.registeredName,
    initialCall: process.initialCall,
    behaviour: process.body.name,
    status: process.status,
    messageQueueLength: process.mailbox.length,
    links: [...process.links].map((linked) => linked.pid),
    trapExit: process.trapExit,
  };
};
