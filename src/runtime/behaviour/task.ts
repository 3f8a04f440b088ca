// `underway/task`: a function of a module, run in a process of its own, whose result somebody waits for. Elixir: Task.
//
//   import * as Task from "underway/task";
//
//   const both = [Task.async(Reports, "daily", today), Task.async(Reports, "daily", yesterday)];
//   const [now, before] = await Task.awaitMany(both);
//
//   owner ── async ──► task, linked and monitored ── the function returns ──► its result, to whoever awaits it
//                                                                             or as a message to the owner
//
// A task is a module's function, never a closure: a closure would keep old code alive. At an upgrade it runs on in the code
// that it began in, and is done with that when it ends; `old_code` lists it until then, a purge kills it. An appup that says
// `inside: "wait"` (or `"kill"`) in the update of its module waits for it (or kills it).
//
// OTP has no tasks: proc_lib:start_link and a monitor are what they are made of.

import { UnderwayError } from "../../error.ts";
import type { Body } from "../process/body.ts";
import { currentProcess } from "../process/context.ts";
import { addDeadline, cancelDeadline, type Deadline } from "../process/deadlines.ts";
import { Envelope } from "../process/mailbox.ts";
import type { ArgsOf, FunctionNames } from "../process/mfa.ts";
import { moduleName } from "../process/module-name.ts";
import type { Pid, Ref } from "../process/pid.ts";
import { downMessage, exitProcess, Process, watch } from "../process/process.ts";
import { type ExitReason, formatReason, thrownBehind } from "../process/reason.ts";
import { requireProcess } from "../process/spawn.ts";
import type { ChildSpec } from "./child-spec.ts";
import * as self from "./task.ts";

/** What became of a task. */
export type Outcome<R> =
  | { readonly kind: "ok"; readonly value: R }
  /** It ended without a result. */
  | { readonly kind: "exit"; readonly reason: ExitReason };

/**
 * What the owner finds in its mailbox when a task has a result and nobody awaits it; a GenServer gets it in `handleInfo`. A
 * task that ends without one sends `{ type: "DOWN", ref, pid, reason }`.
 */
export interface TaskMessage<R = unknown> {
  readonly type: "TASK";
  readonly ref: Ref;
  readonly result: R;
}

declare const brand: unique symbol;

/** A task, in the hands of its owner. */
export class Task<out R = unknown> {
  declare readonly [brand]?: R;
  readonly pid: Pid;
  /** Names it in the messages to its owner. */
  readonly ref: Ref;
  /** The process that called `async`. */
  readonly owner: Pid;
  readonly #title: string;
  /** Takes the outcome instead of the owner's mailbox. */
  #waiter: ((outcome: Outcome<unknown>) => void) | null = null;
  /** `sent`: its outcome is in the owner's mailbox, or was taken out by it. */
  #status: "running" | "sent" | "over" = "running";

  /** @internal */
  constructor(process: Process, owner: Process, title: string) {
    this.pid = process.pid;
    this.owner = owner.pid;
    this.#title = title;
    this.ref = watch(process, owner, (reason) => this.settle({ kind: "exit", reason }));
  }

  toString(): string {
    return `${this.#title} ${this.pid}`;
  }

  /** @internal The outcome is there. The first one counts: behind a result comes the end of the process. */
  settle(outcome: Outcome<unknown>): void {
    if (this.#status !== "running") return;
    const waiter = this.#waiter;
    if (waiter !== null) {
      this.#status = "over";
      waiter(outcome);
      return;
    }
    this.#status = "sent";
    const message: unknown =
      outcome.kind === "ok"
        ? ({ type: "TASK", ref: this.ref, result: outcome.value } satisfies TaskMessage)
        : downMessage(this.ref, this.pid, outcome.reason);
    this.owner.process?.deliver(new Envelope("info", "", message, null));
  }

  /** @internal Waits at most so long; null when the time is over, and the task runs on. */
  outcome(operation: string, timeoutMs: number | "infinity"): Promise<Outcome<R> | null> {
    const owner = requireProcess(operation);
    if (owner.pid !== this.owner) {
      throw new UnderwayError("task/not_owner", { task: String(this), owner: String(this.owner) });
    }
    const sent = this.#takeSent(owner);
    if (sent !== null) return Promise.resolve(sent);
    if (this.#status !== "running" || this.#waiter !== null) {
      throw new UnderwayError("task/over", { task: String(this) });
    }
    return new Promise((resolve) => {
      const patience: Deadline = {
        deadline: null,
        expire: () => {
          this.#waiter = null;
          resolve(null);
        },
      };
      // First, since it throws for what is no time.
      if (timeoutMs !== "infinity") addDeadline(patience, timeoutMs);
      this.#waiter = (outcome) => {
        cancelDeadline(patience);
        resolve(outcome as Outcome<R>);
      };
    });
  }

  /** @internal Whatever it still brings about goes nowhere. Returns what has come already. */
  giveUp(): Outcome<R> | null {
    const owner = requireProcess("ignore");
    const sent = owner.pid === this.owner ? this.#takeSent(owner) : null;
    this.#status = "over";
    if (this.pid.process !== null) owner.unlink(this.pid.process);
    return sent;
  }

  /** @internal Asks it to end, or kills it. Its link to the owner goes first, so that no exit signal comes back. */
  end(reason: ExitReason): void {
    const owner = requireProcess("shutdown");
    const { process } = this.pid;
    if (process === null) return;
    owner.unlink(process);
    exitProcess(process, reason, owner);
  }

  #takeSent(owner: Process): Outcome<R> | null {
    if (this.#status !== "sent") return null;
    const envelope = owner.mailbox.take(
      ({ kind, payload }) => kind === "info" && (payload as { ref?: unknown } | null)?.ref === this.ref,
    );
    if (envelope === null) return null;
    this.#status = "over";
    const message = envelope.payload as TaskMessage<R> | { readonly type: "DOWN"; readonly reason: ExitReason };
    return message.type === "TASK" ? { kind: "ok", value: message.result } : { kind: "exit", reason: message.reason };
  }
}

/** The result of a module's function. */
type ResultOf<F> = F extends (...args: never[]) => infer R ? Awaited<R> : never;

/** How long `awaitTask` and the others wait if nothing is said. As Elixir. */
const TIMEOUT_MS = 5_000;

// API.

/**
 * Starts a task: an exported function of a module, run in a process of its own, linked to the calling one. When one of the
 * two ends abnormally, so does the other, unless it traps exits.
 *
 * Whoever has started it awaits it (`await`, `yield`), gives it up (`ignore`, `shutdown`), or takes its `TaskMessage` out
 * of the mailbox.
 *
 * Throws `process/no_process` outside a process. A function that is not there ends the task.
 *
 * Elixir: Task.async/3
 */
const asyncTask = <M extends object, F extends FunctionNames<M>>(
  module: M,
  fn: F,
  ...args: ArgsOf<M[F]>
): Task<ResultOf<M[F]>> => {
  const owner = requireProcess("async");
  const body = new TaskBody(module, fn, args);
  const process = new Process(body, owner);
  process.link(owner);
  const task = new Task<ResultOf<M[F]>>(process, owner, body.initialCall);
  body.task = task;
  return task;
};

/**
 * Waits for a task's result, at most 5000 ms.
 *
 * Rejects with `task/timeout` when the time is over: uncaught, that ends the caller, and by the link the task; caught, the
 * task runs on and may be awaited again. Rejects with `task/exited` when the task has ended without a result, which only
 * happens to a caller that traps exits. Rejects with `task/not_owner` in another process than the one that started it, with
 * `task/over` the second time, with `process/bad_timeout`.
 *
 * Elixir: Task.await/2
 */
const awaitTask = async <R>(task: Task<R>, timeoutMs: number | "infinity" = TIMEOUT_MS): Promise<R> => {
  const outcome = await task.outcome("await", timeoutMs);
  if (outcome === null) throw new UnderwayError("task/timeout", { task: String(task), timeoutMs: Number(timeoutMs) });
  if (outcome.kind === "ok") return outcome.value;
  const cause = thrownBehind(outcome.reason);
  const details = { task: String(task), reason: formatReason(outcome.reason) };
  throw new UnderwayError("task/exited", details, cause === undefined ? undefined : { cause });
};

/** Awaits several, for so long altogether; rejects with what the first one rejects with. Elixir: Task.await_many/2. */
const awaitMany = <const T extends readonly Task[]>(
  tasks: T,
  timeoutMs: number | "infinity" = TIMEOUT_MS,
): Promise<{ -readonly [I in keyof T]: T[I] extends Task<infer R> ? R : never }> =>
  Promise.all(tasks.map((task) => awaitTask(task, timeoutMs))) as never;

/**
 * Waits for a task's outcome, at most so long (default: 5000 ms): null when the time is over. The task runs on then, and may
 * be asked again or ended by `shutdown`.
 *
 * Rejects with `task/not_owner`, `task/over`, `process/bad_timeout`.
 *
 * Elixir: Task.yield/2
 */
const yieldTask = async <R>(task: Task<R>, timeoutMs: number | "infinity" = TIMEOUT_MS): Promise<Outcome<R> | null> =>
  task.outcome("yield", timeoutMs);

/**
 * Ends a task and waits until it has ended: by the exit signal `shutdown`, which one that traps exits may take its time for,
 * at most `timeoutMs`, then it is killed; or killed at once with `brutal_kill`. Unlinks it first: the caller gets no exit
 * signal.
 *
 * Resolves with its outcome if it came in between, else with null; with `exit` if it ended for another reason.
 *
 * Rejects with `task/not_owner`, `process/bad_timeout`.
 *
 * Elixir: Task.shutdown/2
 */
const shutdown = async <R>(
  task: Task<R>,
  timeoutMs: number | "brutal_kill" | "infinity" = TIMEOUT_MS,
): Promise<Outcome<R> | null> => {
  const ending = task.outcome("shutdown", timeoutMs === "brutal_kill" ? "infinity" : timeoutMs);
  task.end(timeoutMs === "brutal_kill" ? "kill" : "shutdown");
  let outcome = await ending;
  if (outcome === null) {
    const killed = task.outcome("shutdown", "infinity");
    task.end("kill");
    outcome = await killed;
  }
  const reason = outcome?.kind === "exit" ? outcome.reason : null;
  return reason === "shutdown" || reason === "killed" || reason === "noproc" ? null : outcome;
};

/**
 * Gives a task up: it runs on, no longer linked, and its result goes nowhere. Returns the outcome if it was there already.
 *
 * Elixir: Task.ignore/1
 */
const ignore = <R>(task: Task<R>): Outcome<R> | null => task.giveUp();

/** Runs a function that nobody waits for, linked to the calling process. Elixir: Task.start_link/3. */
const startLink = <M extends object, F extends FunctionNames<M>>(module: M, fn: F, ...args: ArgsOf<M[F]>): Pid => {
  const parent = requireProcess("startLink");
  const process = new Process(new TaskBody(module, fn, args), parent);
  process.link(parent);
  return process.pid;
};

/** As `startLink`, without a link. Elixir: Task.start/3. */
const start = <M extends object, F extends FunctionNames<M>>(module: M, fn: F, ...args: ArgsOf<M[F]>): Pid =>
  new Process(new TaskBody(module, fn, args), null).pid;

/**
 * A supervisor's child that runs a function once: `temporary`, so that it is not run again whatever becomes of it. Spread it
 * and add `restart: "transient"` to have it run again when it fails.
 *
 * Elixir: Task.child_spec/1
 */
const childSpec = <M extends object, F extends FunctionNames<M>>(
  id: string,
  module: M,
  fn: F,
  ...args: ArgsOf<M[F]>
): ChildSpec<[], Pid> => ({
  id,
  start: { module: self, function: "startLink", args: [module, fn, ...args] },
  restart: "temporary",
});

export interface StreamOptions {
  /** So many tasks run at the same time. Default: 4. */
  readonly concurrencyMax?: number;
  /** How long each may take. Default: 5000. */
  readonly timeoutMs?: number | "infinity";
  /** What happens to one that takes longer: `task/timeout` is thrown, or it is killed and its outcome is an exit. Default: `exit`. */
  readonly onTimeout?: "exit" | "kill_task";
}

/**
 * Runs a function of a module for each item, as its first argument, and yields the outcomes in the order of the items. Only
 * as many tasks run as `concurrencyMax` says; those that still run when the consumer leaves the loop are killed.
 *
 * Elixir: Task.async_stream/5
 */
async function* asyncStream<M extends object, F extends FunctionNames<M>, T>(
  items: Iterable<T> | AsyncIterable<T>,
  module: M,
  fn: ArgsOf<M[F]> extends readonly [T, ...unknown[]] ? F : never,
  args: ArgsOf<M[F]> extends readonly [unknown, ...infer Rest] ? Rest : readonly [],
  { concurrencyMax = 4, timeoutMs = TIMEOUT_MS, onTimeout = "exit" }: StreamOptions = {},
): AsyncGenerator<Outcome<ResultOf<M[F]>>, void> {
  type R = ResultOf<M[F]>;
  const running: { readonly task: Task<R>; readonly outcome: Promise<Outcome<R> | null> }[] = [];
  const first = async (): Promise<Outcome<R>> => {
    const { task, outcome } = running[0] as (typeof running)[number];
    const settled = await outcome;
    if (settled === null && onTimeout === "exit") {
      throw new UnderwayError("task/timeout", { task: String(task), timeoutMs: Number(timeoutMs) });
    }
    if (settled === null) await shutdown(task, "brutal_kill");
    running.shift();
    return settled ?? { kind: "exit", reason: "timeout" };
  };
  try {
    for await (const item of items) {
      const task = asyncTask(module, fn as F, ...([item, ...args] as unknown as ArgsOf<M[F]>));
      running.push({ task, outcome: task.outcome("asyncStream", timeoutMs) });
      if (running.length >= concurrencyMax) yield await first();
    }
    while (running.length > 0) yield await first();
  } finally {
    for (const { task } of running) task.end("kill");
  }
}

// `await` and `yield` are no names that a module may declare, only such that it may export.
export {
  asyncStream,
  asyncTask as async,
  awaitMany,
  awaitTask as await,
  childSpec,
  ignore,
  shutdown,
  start,
  startLink,
  yieldTask as yield,
};

// Internal.

class TaskBody implements Body {
  readonly name = "task";
  readonly runsOnce = true;
  readonly module: object;
  readonly #fn: string;
  readonly #args: readonly unknown[];
  /** Who is told the result; null when nobody is. */
  task: Task | null = null;

  constructor(module: object, fn: string, args: readonly unknown[]) {
    this.module = module;
    this.#fn = fn;
    this.#args = args;
  }

  get initialCall(): string {
    return `${moduleName(this.module)}:${this.#fn}`;
  }

  start(): void | Promise<void> {
    const process = currentProcess() as Process;
    const target = (this.module as Readonly<Record<string, unknown>>)[this.#fn];
    if (typeof target !== "function") {
      throw new UnderwayError("process/undef", { module: moduleName(this.module), function: this.#fn });
    }
    const result: unknown = target(...this.#args);
    if (!(result instanceof Promise)) return this.#finish(process, result);
    return result.then((value) => this.#finish(process, value));
  }

  /** One that was killed meanwhile has no result, whatever its frame has still brought about. */
  #finish(process: Process, value: unknown): void {
    if (!process.alive) return;
    this.task?.settle({ kind: "ok", value });
    process.end("normal");
  }
}
