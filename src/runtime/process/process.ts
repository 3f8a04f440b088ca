// A process: mailbox, links, monitors, name, exit reason. It runs one thing at a time. OTP: erts processes.
//
//            spawn                    a message                         callback done
//   waiting ───────► ready ─(drain)─► running ─(returns a promise)─► inside ─────────► ready or waiting
//      any of them ── throw, stop ──► ending (last words) ──► exited
//      any of them ── exit signal ──────────────────────────► exited

import type { AsyncResource } from "node:async_hooks";
import type { Body } from "./body.ts";
import { captured, carrier, runCarried } from "./carried-context.ts";
import { makeContext, runAs } from "./context.ts";
import { development } from "./development.ts";
import { contextMade } from "./idle-contexts.ts";
import { type DownMessage, Envelope, type ExitMessage, Mailbox, SIGNAL } from "./mailbox.ts";
import { moduleName } from "./module-name.ts";
import { Pid, Ref } from "./pid.ts";
import { LONG_QUEUE, noteExit, noteLongQueue, noteStart } from "./process-events.ts";
import { type ExitReason, formatReason, isNormal, reasonOf } from "./reason.ts";
import { report } from "./report.ts";
import { enqueue, messagesPerStep } from "./scheduler.ts";
import { addProcess, removeProcess } from "./table.ts";

/** Something that hangs on a process and has to know of its end: its frames in module code (code/frames.ts). */
export interface FrameNotes {
  /** Takes all notes out of their versions: the process has ended, none of its frames counts any more. */
  release(): void;
  /** A callback has returned: frames that are still open are no reason any more to keep the process from new code. */
  detach(): void;
  /** The only open frame begins to wait; null if none is open, or several are. */
  waiting(): WaitingFrame | null;
}

/** A pending `receive`. */
export interface Waiter {
  /** Takes a message instead of the mailbox; false if it does not want it. Must not throw. */
  take(envelope: Envelope): boolean;
  /** It waits no longer: the process has ended, or goes on without it. */
  dropped(): void;
}

/** A frame that was the only open one of its process when it began to wait. */
export interface WaitingFrame {
  /** False when it has gone on since. */
  readonly waits: boolean;
  /** It shall run no further line. */
  abandon(): void;
}

/** A watch on another process's end. */
export interface Monitor {
  readonly ref: Ref;
  readonly target: Process;
  /** The process that watches; null for the runtime itself. */
  readonly owner: Process | null;
  /** Called once at the target's end, synchronously; must not throw. */
  down(reason: ExitReason): void;
}

type Status =
  /** Nothing to do. */
  | "waiting"
  /** Stands in the run queue. */
  | "ready"
  /** Its code runs synchronously at this moment. */
  | "running"
  /** Inside an asynchronous callback. */
  | "inside"
  /** Speaks its last words, which may take time; nothing else runs any more. */
  | "ending"
  | "exited";

const nobody: ReadonlySet<Process> = new Set();
/** Stands in the place of a process's origin once it runs: a field of its own would weigh on each idle process. */
const STARTED = Symbol("started");

export class Process {
  readonly pid: Pid;
  readonly mailbox = new Mailbox();
  readonly body: Body;
  /**
   * The process that started it with a link; its exit signal ends a behaviour through `terminate`. A pid, since a chain of
   * processes each of which was started by the one before would keep all of them in memory.
   */
  readonly parent: Pid | null;
  status: Status = "waiting";
  trapExit = false;
  /** Why it ended; null while it lives. */
  exitReason: ExitReason | null = null;
  registeredName: string | null = null;
  /** Its notes in versions of module code; made by the code server at first need. */
  frames: FrameNotes | null = null;
  /** Takes a message instead of the body. */
  waiter: Waiter | null = null;
  /** The context of whoever made it, for its first callback; `STARTED` when that has begun. */
  #origin: unknown = carrier === null ? undefined : captured();
  /** Most processes have one link: that to their supervisor. */
  #links: Process | Set<Process> | null = null;
  /** Watches on this process. */
  #watched: Set<Monitor> | null = null;
  /** Watches of this process on others. */
  #watching: Map<Ref, Monitor> | null = null;
  #context: AsyncResource | null = null;
  #cooling = false;
  #abort: AbortController | null = null;

  constructor(body: Body, parent: Process | null) {
    this.pid = new Pid(this);
    this.body = body;
    this.parent = parent?.pid ?? null;
    addProcess(this);
    this.#ready();
    noteStart(this);
  }

  get alive(): boolean {
    return this.status !== "exited";
  }

  /** True while it is in no callback: what runs in its name then is a timer, a listener, a promise left behind. */
  get resting(): boolean {
    return this.status === "waiting" || this.status === "ready";
  }

  /** Where it began: module and function, for reports. */
  get initialCall(): string {
    return this.body.initialCall ?? `${moduleName(this.body.module)}:init`;
  }

  /** Aborted when the process ends. */
  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (!this.alive) this.#abort.abort(this.exitReason);
    return this.#abort.signal;
  }

  get links(): ReadonlySet<Process> {
    if (this.#links === null) return nobody;
    return this.#links instanceof Process ? new Set([this.#links]) : this.#links;
  }

  /** Its watches on others. */
  get monitors(): readonly Monitor[] {
    return [...(this.#watching?.values() ?? [])];
  }

  /** The watches of others on it. */
  get monitoredBy(): readonly Monitor[] {
    return [...(this.#watched ?? [])];
  }

  // Called by whoever sends.

  /**
   * Puts a message into the mailbox; a dead process swallows it. False if the mailbox is full and whoever sends must be told
   * (mailbox-limit.ts); a caller has been told then.
   */
  deliver(envelope: Envelope): boolean {
    if (development !== null) development.delivers(this, envelope);
    if (this.status === "exited") {
      envelope.from?.fail("noproc");
      return true;
    }
    if (this.waiter?.take(envelope)) return true;
    if (this.mailbox.limit !== null) {
      const fate = this.mailbox.limit.admit(this, envelope);
      if (fate !== "in") return fate === "dropped";
    }
    this.mailbox.push(envelope);
    if (this.status === "waiting") this.#ready();
    else if (this.mailbox.length >= LONG_QUEUE) noteLongQueue(this, this.mailbox.length);
    return true;
  }

  /** Puts messages in front of those that wait, in their order: they were held. */
  putBack(envelopes: readonly Envelope[]): void {
    if (this.status === "exited") {
      for (const envelope of envelopes) envelope.from?.fail("noproc");
      return;
    }
    this.mailbox.putBack(envelopes);
    if (this.status === "waiting" && this.mailbox.length > 0) this.#ready();
  }

  link(other: Process): void {
    if (other === this) return;
    if (!other.alive) {
      this.receiveExit("noproc", other);
      return;
    }
    this.#addLink(other);
    other.#addLink(this);
  }

  unlink(other: Process): void {
    this.#removeLink(other);
    other.#removeLink(this);
  }

  /** Watches `target`; `down` is told its end, at once if it has ended already. */
  watch(target: Process, down: (reason: ExitReason, ref: Ref) => void, ref?: Ref): Ref {
    return watch(target, this, down, ref);
  }

  unwatch(ref: Ref): boolean {
    const monitor = this.#watching?.get(ref);
    if (monitor === undefined) return false;
    this.#watching?.delete(ref);
    monitor.target.#watched?.delete(monitor);
    return true;
  }

  /** An exit signal from `sender` (null: the runtime). OTP: the rules of exit/2 and links. */
  receiveExit(reason: ExitReason, sender: Process | null): void {
    if (!this.alive) return;
    if (this.trapExit) {
      const message: ExitMessage = { type: "EXIT", pid: sender?.pid ?? null, reason };
      this.deliver(new Envelope("info", SIGNAL, message, null));
    } else if (reason !== "normal" || sender === this) {
      this.end(reason);
    }
  }

  // Called by the body and the scheduler.

  /** Runs `fn` as this process: `currentProcess` and the async context name it. */
  enter<T>(fn: (this: Process) => T): T {
    if (this.#context === null) {
      this.#context = makeContext(this);
      contextMade();
    }
    this.#cooling = false;
    return runAs(this, this.#context, fn);
  }

  /** Whether an async context is kept for it. */
  get hasContext(): boolean {
    return this.#context !== null;
  }

  /** Gives the context back if nothing was done since the last time; true if there still is one. (idle-contexts.ts) */
  coolDown(): boolean {
    if (this.#cooling) this.#context = null;
    this.#cooling = this.#context !== null;
    return this.#cooling;
  }

  /** Handles a few messages (or the start), and tells how many. Called by the scheduler only; must not throw. */
  step(): number {
    if (this.status !== "ready") return 0;
    this.status = "running";
    return this.enter(handleSome);
  }

  /** @internal One turn of `step`. */
  static handleSome(process: Process): number {
    const { body, mailbox } = process;
    for (let handled = 1; ; handled++) {
      const result = process.#handleOne();
      // Also of a process that has ended meanwhile: nobody else waits for the frame that it leaves behind.
      result?.then(
        () => process.#returned(),
        (thrown) => process.#threw(thrown),
      );
      // What was handled may have ended the process, or another one has.
      if (process.status !== "running") return handled;
      if (result !== undefined) {
        process.status = "inside";
        return handled;
      }
      process.frames?.detach();
      if (handled >= messagesPerStep || mailbox.length === 0 || body.handle === undefined) {
        process.#rest();
        return handled;
      }
    }
  }

  /** Ends the process through its body's last words: what a throw or a `stop` leads to. */
  crash(reason: ExitReason): void {
    if (this.status === "exited" || this.status === "ending") return;
    this.status = "ending";
    let last: void | Promise<void>;
    try {
      last = this.enter(() => this.body.terminate?.(reason));
    } catch (thrown) {
      this.end(reasonOf(thrown));
      return;
    }
    if (last === undefined) {
      this.end(reason);
      return;
    }
    last.then(
      () => this.end(reason),
      (thrown) => this.end(reasonOf(thrown)),
    );
  }

  /** Ends the process at once, without last words. Whoever it is linked to gets its exit signal before this returns. */
  end(reason: ExitReason): void {
    if (!this.alive) return;
    const waiting = this.mailbox.toArray();
    this.mailbox.clear();
    this.status = "exited";
    this.exitReason = reason;
    this.pid.forgetProcess();
    removeProcess(this);
    this.frames?.release();
    this.frames = null;
    this.waiter?.dropped();
    this.waiter = null;
    this.#reportCrash(reason);
    noteExit(this, reason);
    for (const envelope of waiting) envelope.from?.fail(reason);
    this.body.ended?.(reason);
    this.#context = null;
    this.#tellOthers(reason);
    this.#abort?.abort(reason);
  }

  // Internal.

  #handleOne(): void | Promise<void> {
    try {
      if (this.#origin !== STARTED) {
        const origin = this.#origin;
        this.#origin = STARTED;
        return origin === undefined ? this.body.start() : this.#startCarried(origin);
      }
      const envelope = this.mailbox.shift();
      if (envelope === null) return;
      return envelope.carried === undefined ? this.body.handle?.(envelope) : this.#handleCarried(envelope);
    } catch (thrown) {
      this.crash(reasonOf(thrown));
    }
  }

  // By themselves, since a closure costs its surroundings something even where it is not made.

  #startCarried(origin: unknown): void | Promise<void> {
    return runCarried(origin, () => this.body.start());
  }

  #handleCarried(envelope: Envelope): void | Promise<void> {
    return runCarried(envelope.carried, () => this.body.handle?.(envelope));
  }

  #returned(): void {
    if (this.status !== "inside") return;
    this.frames?.detach();
    this.#rest();
  }

  /** The frame of a process that has ended unwinds by a throw, too; it is no longer inside then. */
  #threw(thrown: unknown): void {
    if (this.status === "inside") this.crash(reasonOf(thrown));
  }

  #rest(): void {
    this.status = "waiting";
    if (this.mailbox.length > 0) this.#ready();
  }

  #ready(): void {
    // A body without `handle` takes its messages by `receive`: they wait in the mailbox until it asks.
    if (this.#origin === STARTED && this.body.handle === undefined) return;
    this.status = "ready";
    enqueue(this);
  }

  #reportCrash(reason: ExitReason): void {
    if (isNormal(reason) || reason === "killed" || reason === "noproc") return;
    const { reason: shown, details } = this.body.describeCrash?.(reason) ?? { reason, details: {} };
    // A reason that is shown as another one may hide what was thrown.
    const error = shown === reason && typeof reason === "object" && "error" in reason ? reason.error : undefined;
    report({
      level: "error",
      kind: "crash_report",
      message: `process ${this.pid} (${this.registeredName ?? this.initialCall}) ended: ${formatReason(shown)}`,
      details: { behaviour: this.body.name, ...details },
      error,
    });
    if (development !== null) development.explain(this, error);
  }

  #tellOthers(reason: ExitReason): void {
    const links = this.#links;
    const watched = this.#watched;
    const watching = this.#watching;
    this.#links = this.#watched = this.#watching = null;
    if (watching !== null) for (const monitor of watching.values()) monitor.target.#watched?.delete(monitor);
    if (watched !== null) {
      for (const monitor of watched) {
        if (monitor.owner !== null) monitor.owner.#watching?.delete(monitor.ref);
        monitor.down(reason);
      }
    }
    if (links === null) return;
    for (const linked of links instanceof Process ? [links] : links) {
      linked.#removeLink(this);
      exitSignals.push({ to: linked, reason, from: this });
    }
    deliverExitSignals();
  }

  #addLink(other: Process): void {
    if (this.#links === null) this.#links = other;
    else if (this.#links instanceof Set) this.#links.add(other);
    else if (this.#links !== other) this.#links = new Set([this.#links, other]);
  }

  #removeLink(other: Process): void {
    if (this.#links instanceof Set) this.#links.delete(other);
    else if (this.#links === other) this.#links = null;
  }

  /** @internal Used by `watch` only. */
  static addMonitor(monitor: Monitor): void {
    const { target, owner } = monitor;
    target.#watched ??= new Set();
    target.#watched.add(monitor);
    if (owner === null) return;
    owner.#watching ??= new Map();
    owner.#watching.set(monitor.ref, monitor);
  }
}

function handleSome(this: Process): number {
  return Process.handleSome(this);
}

const exitSignals: { readonly to: Process; readonly reason: ExitReason; readonly from: Process }[] = [];
let deliveringExits = false;

/** Exit signals wait in line: a chain of links would exhaust the stack if each end called the next. */
const deliverExitSignals = (): void => {
  if (deliveringExits) return;
  deliveringExits = true;
  try {
    for (const { to, reason, from } of exitSignals) to.receiveExit(reason, from);
  } finally {
    exitSignals.length = 0;
    deliveringExits = false;
  }
};

/** Watches `target` on behalf of `owner`, or of the runtime itself. `down` is called at once if it has ended already. */
export const watch = (
  target: Process,
  owner: Process | null,
  down: (reason: ExitReason, ref: Ref) => void,
  ref = new Ref(),
): Ref => {
  if (target.alive) Process.addMonitor({ ref, target, owner, down: (reason) => down(reason, ref) });
  else down("noproc", ref);
  return ref;
};

/** The message that a monitoring process gets. */
export const downMessage = (ref: Ref, pid: Pid, reason: ExitReason): DownMessage => ({
  type: "DOWN",
  ref,
  pid,
  reason,
});

/** Ends a process as exit(Pid, Reason) would: `kill` cannot be trapped and ends it as `killed`, which can be trapped. */
export const exitProcess = (target: Process, reason: ExitReason, sender: Process | null = null): void => {
  if (reason === "kill") target.end("killed");
  else target.receiveExit(reason, sender);
};
