// Plain processes: a function of a module run in a process of its own, which takes its messages by `receive` and loops by
// `become`. OTP: spawn/3, receive … after, and the tail call `?MODULE:loop(State)`.

import { UnderwayError } from "../../error.ts";
import { currentProcess } from "./context.ts";
import type { DataEach } from "./data.ts";
import { development } from "./development.ts";
import { Become, FunctionBody } from "./function-body.ts";
import { Envelope, SIGNAL } from "./mailbox.ts";
import { MailboxLimit, type MailboxOptions } from "./mailbox-limit.ts";
import type { ArgsOf, FunctionNames } from "./mfa.ts";
import { moduleName } from "./module-name.ts";
import type { Pid, Ref } from "./pid.ts";
import { downMessage, Process } from "./process.ts";
import { refuseTaken, registerName } from "./registry.ts";

// API.

/**
 * Starts a process that runs an exported function of a module, and returns its pid at once. The process ends with reason
 * `normal` when the function returns (or its promise settles), with `{ error }` when it throws.
 *
 * OTP: spawn/3 <https://www.erlang.org/doc/apps/erts/erlang.html#spawn/3>
 */
export const spawn = <M extends object, F extends FunctionNames<M>>(
  module: M,
  fn: F,
  ...args: DataEach<ArgsOf<M[F]>>
): Pid => spawnProcess(module, fn, args, null).pid;

/**
 * As `spawn`, and links the new process to the calling one.
 *
 * Throws `process/no_process` when called outside a process.
 *
 * OTP: spawn_link/3
 */
export const spawnLink = <M extends object, F extends FunctionNames<M>>(
  module: M,
  fn: F,
  ...args: DataEach<ArgsOf<M[F]>>
): Pid => {
  const parent = requireProcess("spawnLink");
  const child = spawnProcess(module, fn, args, parent);
  child.link(parent);
  return child.pid;
};

/**
 * As `spawn`, and monitors the new process: the calling one gets `{ type: "DOWN", ref, pid, reason }` at its end.
 *
 * OTP: spawn_monitor/3
 */
export const spawnMonitor = <M extends object, F extends FunctionNames<M>>(
  module: M,
  fn: F,
  ...args: DataEach<ArgsOf<M[F]>>
): { readonly pid: Pid; readonly ref: Ref } => {
  const owner = requireProcess("spawnMonitor");
  const child = spawnProcess(module, fn, args, owner);
  return { pid: child.pid, ref: watchAsMessage(owner, child) };
};

/** How a process is started. Default of each: not. */
export interface SpawnOptions {
  /** Links it to the calling process. */
  readonly link?: boolean;
  /** Has the calling process watch it; the result holds the reference, too. */
  readonly monitor?: boolean;
  /** Registers it under this name, before it runs. */
  readonly name?: string;
  /** Bounds its mailbox. Default: unbounded, as in OTP. */
  readonly mailbox?: MailboxOptions;
}

/**
 * Starts a process with options: `spawnOpt({ link: true, mailbox: { lengthMax: 1_000, overflow: "refuse" } }, self, "loop")`.
 *
 * Throws `process/already_registered` and `process/bad_mailbox`; then nothing has been started. Throws `process/no_process`
 * when it is to be linked or watched and no process calls.
 *
 * OTP: spawn_opt/4. Deviation: the options come first, since the arguments may be any number.
 */
export function spawnOpt<M extends object, F extends FunctionNames<M>>(
  options: SpawnOptions & { readonly monitor: true },
  module: M,
  fn: F,
  ...args: DataEach<ArgsOf<M[F]>>
): { readonly pid: Pid; readonly ref: Ref };
export function spawnOpt<M extends object, F extends FunctionNames<M>>(
  options: SpawnOptions & { readonly monitor?: false },
  module: M,
  fn: F,
  ...args: DataEach<ArgsOf<M[F]>>
): Pid;
export function spawnOpt(
  { link = false, monitor = false, name, mailbox }: SpawnOptions,
  module: object,
  fn: string,
  ...args: readonly unknown[]
): Pid | { readonly pid: Pid; readonly ref: Ref } {
  const limit = mailbox === undefined ? null : new MailboxLimit(mailbox);
  if (name !== undefined) refuseTaken(name);
  const caller = link || monitor ? requireProcess("spawnOpt") : null;
  const child = spawnProcess(module, fn, args, caller);
  child.mailbox.limit = limit;
  if (name !== undefined) registerName(name, child);
  if (link && caller !== null) child.link(caller);
  return monitor && caller !== null ? { pid: child.pid, ref: watchAsMessage(caller, child) } : child.pid;
}

/**
 * The tail call of an endless loop: `return become(self, "loop", state)`. The process leaves the frame it is in, and with
 * it the version of the code, and runs `fn` of the module's current version.
 *
 * OTP: the fully qualified tail call, `?MODULE:loop(State)`.
 */
export const become = <M extends object, F extends FunctionNames<M>>(module: M, fn: F, ...args: ArgsOf<M[F]>): Become =>
  new Become(module, fn, args);

// Internal.

/** The calling process; throws `process/no_process` outside one. */
export const requireProcess = (operation: string): Process => {
  const process = currentProcess();
  if (process === null) throw new UnderwayError("process/no_process", { operation });
  return process;
};

/** Starts watching; the end arrives as a message. */
export const watchAsMessage = (owner: Process, target: Process): Ref =>
  owner.watch(target, (reason, ref) =>
    owner.deliver(new Envelope("info", SIGNAL, downMessage(ref, target.pid, reason), null)),
  );

/** As `spawn`, of whatever arguments. */
export const spawnProcess = (module: object, fn: string, args: readonly unknown[], parent: Process | null): Process => {
  if (development !== null)
    development.leaves(args, { what: `the arguments of ${moduleName(module)}:${fn}`, args: true });
  return new Process(new FunctionBody(new Become(module, fn, args)), parent);
};
