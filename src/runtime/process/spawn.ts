// Plain processes: a function of a module run in a process of its own, which takes its messages by `receive` and loops by
// `become`. OTP: spawn/3, receive … after, and the tail call `?MODULE:loop(State)`.

import { UnderwayError } from "../../error.ts";
import type { Body } from "./body.ts";
import { currentProcess } from "./context.ts";
import type { DataEach } from "./data.ts";
import { addDeadline, cancelDeadline, type Deadline } from "./deadlines.ts";
import { development } from "./development.ts";
import { Envelope } from "./mailbox.ts";
import type { ArgsOf, FunctionNames } from "./mfa.ts";
import { moduleName } from "./module-name.ts";
import type { Pid, Ref } from "./pid.ts";
import { downMessage, Process } from "./process.ts";
import { nextTurn } from "./scheduler.ts";

/** What `become` returns; return it from the function that stops being what the process runs. */
export class Become {
  readonly module: object;
  readonly fn: string;
  readonly args: readonly unknown[];

  /** @internal */
  constructor(module: object, fn: string, args: readonly unknown[]) {
    this.module = module;
    this.fn = fn;
    this.args = args;
  }
}

/** Turns of a loop between two turns of the event loop, as messages in the scheduler. */
const TURNS_IN_A_ROW = 1_000;

class FunctionBody implements Body {
  readonly name = "proc";
  readonly module: object;
  readonly #first: Become;
  #next: Become;

  constructor(first: Become) {
    this.module = first.module;
    this.#first = first;
    this.#next = first;
  }

  get initialCall(): string {
    return `${moduleName(this.#first.module)}:${this.#first.fn}`;
  }

  start(): void | Promise<void> {
    const result = this.#turn();
    if (result instanceof Promise) return this.#loop(result);
    if (result instanceof Become) return this.#loop(Promise.resolve(result));
    currentProcess()?.end("normal");
  }

  async #loop(first: Promise<unknown>): Promise<void> {
    // Found before the first await: the process that runs this body.
    const process = currentProcess();
    let result = await first;
    for (let turns = 1; process?.alive && result instanceof Become; turns++) {
      this.#next = result;
      process.frames?.detach();
      // A loop that waits for nothing must not keep everybody else waiting.
      if (turns % TURNS_IN_A_ROW === 0) await nextTurn();
      result = await this.#turn();
    }
    process?.end("normal");
  }

  /** The function is looked up in the module's handle at each turn: it is the newest version's. */
  #turn(): unknown {
    const { module, fn, args } = this.#next;
    const target = (module as Readonly<Record<string, unknown>>)[fn];
    if (typeof target !== "function")
      throw new UnderwayError("process/undef", { module: moduleName(module), function: fn });
    return target(...args);
  }
}

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

/**
 * The tail call of an endless loop: `return become(self, "loop", state)`. The process leaves the frame it is in, and with
 * it the version of the code, and runs `fn` of the module's current version.
 *
 * OTP: the fully qualified tail call, `?MODULE:loop(State)`.
 */
export const become = <M extends object, F extends FunctionNames<M>>(module: M, fn: F, ...args: ArgsOf<M[F]>): Become =>
  new Become(module, fn, args);

/** Which message `receive` takes, and how long it waits. */
export interface ReceiveOptions<T> {
  /** Takes the first message that it accepts; the others stay, in order. Default: the first message. */
  readonly match?: (message: unknown) => message is T;
}

/**
 * Takes a message out of the calling process's mailbox, waiting for one if need be.
 *
 * Resolves with the message; with `afterMs`, resolves with `undefined` when none has come in that many milliseconds.
 * Rejects with `process/no_process` outside a process. A `receive` that begins while another one of the same process
 * waits (the loser of a race) takes its place: the former one takes no message any more.
 *
 * OTP: receive … after … end
 */
export function receive<T = unknown>(options?: ReceiveOptions<T>): Promise<T>;
export function receive<T = unknown>(options: ReceiveOptions<T> & { readonly afterMs: number }): Promise<T | undefined>;
export async function receive<T>(options: ReceiveOptions<T> & { readonly afterMs?: number } = {}): Promise<unknown> {
  const process = requireProcess("receive");
  const accepts = (envelope: Envelope): boolean =>
    envelope.kind === "info" && (options.match === undefined || options.match(envelope.payload));
  const waiting = process.mailbox.take(accepts);
  if (waiting !== null) return waiting.payload;
  return new Promise((resolve) => {
    const waiter = (envelope: Envelope): boolean => {
      if (!accepts(envelope)) return false;
      process.waiter = null;
      cancelDeadline(wait);
      resolve(envelope.payload);
      return true;
    };
    const wait: Deadline = {
      deadline: null,
      expire() {
        if (process.waiter === waiter) process.waiter = null;
        resolve(undefined);
      },
    };
    process.waiter = waiter;
    if (options.afterMs !== undefined) addDeadline(wait, options.afterMs);
  });
}

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
    owner.deliver(new Envelope("info", "", downMessage(ref, target.pid, reason), null)),
  );

/** As `spawn`, of whatever arguments. */
export const spawnProcess = (module: object, fn: string, args: readonly unknown[], parent: Process | null): Process => {
  if (development !== null)
    development.leaves(args, { what: `the arguments of ${moduleName(module)}:${fn}`, args: true });
  return new Process(new FunctionBody(new Become(module, fn, args)), parent);
};
