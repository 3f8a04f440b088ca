// The loop of a supervisor: it starts children, restarts those that end, and ends them in reverse order at its own end.
//
//   init ──► start the children one after the other ──► wait ──┬─ EXIT of a child ──► restart as the strategy says
//                                                              ├─ startChild, terminateChild, …
//                                                              └─ EXIT of the parent ──► end the children, last one first
//
// One thing at a time: while a child is being started or ended, messages wait, as in OTP. A child that cannot be restarted
// is tried again by an event that the supervisor sends to itself; each attempt counts for the intensity, so it ends.
//
// OTP: supervisor.

import { UnderwayError } from "../../error.ts";
import type { CodeChangeRequest, Commit, Prepared } from "../process/body.ts";
import { nowMs } from "../process/clock.ts";
import { currentProcess } from "../process/context.ts";
import { Envelope, type ExitMessage } from "../process/mailbox.ts";
import { applyMfa } from "../process/mfa.ts";
import { moduleName } from "../process/module-name.ts";
import { Pid } from "../process/pid.ts";
import type { Process } from "../process/process.ts";
import { type ExitReason, formatReason, isNormal, reasonOf } from "../process/reason.ts";
import { report } from "../process/report.ts";
import { stopSignal } from "../process/stop-signal.ts";
import { vsnOf } from "../process/system-code-change.ts";
import { type CheckedOk, type CompleteFlags, checkInit, type SupervisorCallbacks } from "./child-spec.ts";
import { Child, Children } from "./children.ts";
import { isIgnored, type Start } from "./gen.ts";
import { bequeath, endBequest, heritageOf, type KeptProcess } from "./heritage.ts";
import { BehaviourLoop } from "./loop.ts";
import { endedAsTold, shutDown } from "./shutdown.ts";
import { answerRequest } from "./supervisor-requests.ts";

/** What became of an attempt to start a child. */
export type StartOutcome =
  | { readonly kind: "started"; readonly pid: Pid }
  /** Its `init` returned `ignore`. */
  | { readonly kind: "ignored"; readonly thrown: unknown }
  | { readonly kind: "failed"; readonly reason: ExitReason };

const RETRY = "try_again_restart";

export class SupervisorLoop extends BehaviourLoop {
  readonly name = "supervisor";
  override readonly module: SupervisorCallbacks;
  vsn: number;
  flags!: CompleteFlags;
  children!: Children;
  /** The argument of `init`, which every change of code asks again. */
  readonly #arg: unknown;
  /** Whoever waits for the start; null when that is over. */
  #start: Start | null;
  /** Times of the restarts within the period, oldest first. */
  #restarts: number[] = [];
  /** Changes of code that wait for the end of what is under way, oldest first. */
  readonly #late: { readonly change: CodeChangeRequest; readonly commit: Commit }[] = [];

  constructor(module: SupervisorCallbacks, start: Start) {
    super(module);
    this.module = module;
    this.vsn = vsnOf(module);
    this.#arg = start.arg;
    this.#start = start;
  }

  // Callbacks of the process.

  start(): void | Promise<void> {
    this.process = currentProcess() as Process;
    this.process.trapExit = true;
    this.vsn = vsnOf(this.module);
    const checked = this.#init(this.module);
    if (checked === null) {
      this.#refused("ignore");
      this.process.end("normal");
      return;
    }
    this.flags = checked.flags;
    this.children = new Children(checked.specs, this.dynamic);
    const kept = heritageOf(this.process);
    if (kept !== null) return this.during(() => this.#startAll(this.#asKept(kept)));
    if (this.dynamic || checked.specs.length === 0) {
      this.#started();
      return;
    }
    return this.during(() => this.#startAll(this.children.list().map((child) => [child, null])));
  }

  protected receive(envelope: Envelope): void | Promise<void> {
    this.begin();
    const { kind, tag, payload, from } = envelope;
    switch (kind) {
      case "call":
        return answerRequest(this, tag, payload as readonly unknown[], (answer) => {
          from?.resolve(answer);
          if (this.debug === null) return;
          const reply = answer.ok ? answer.value : answer.error;
          this.tell({ type: "out", reply, to: from?.pid ?? null, state: this.getState() });
        });
      case "event":
        return this.#retry(payload as Child);
      default:
        return this.#info(payload);
    }
  }

  /** Ends all children, last one first; those of simple_one_for_one all at once. */
  terminate(reason: ExitReason): void | Promise<void> {
    this.inside = true;
    const running = (this.children?.list() ?? []).filter((child) => child.running).reverse();
    if (running.length === 0) {
      this.#refused(reason);
      return;
    }
    const ending = this.dynamic
      ? Promise.all(running.map((child) => this.endChild(child))).then(() => {})
      : this.#endInOrder(running);
    return ending.then(() => this.#refused(reason));
  }

  override ended(reason: ExitReason): void {
    super.ended(reason);
    this.#refused(reason);
  }

  // Change of code.

  /**
   * Asks the new `init` with the arguments of the start, and checks what it returns; what becomes of the children is
   * decided when it is adopted. `ignore` changes nothing.
   *
   * Throws `supervisor/strategy_change` and what `checkInit` throws.
   */
  prepare(change: CodeChangeRequest): Prepared {
    const checked = this.#init(change.to as unknown as SupervisorCallbacks);
    const vsn = vsnOf(change.to);
    const [from, to] = [this.flags.strategy, checked?.flags.strategy ?? this.flags.strategy];
    if (from !== to && (from === "simple_one_for_one" || to === "simple_one_for_one")) {
      throw new UnderwayError("supervisor/strategy_change", { module: moduleName(this.module), from, to });
    }
    return {
      adopt: () => {
        const before = { vsn: this.vsn, flags: this.flags };
        this.vsn = vsn;
        if (checked !== null) this.flags = checked.flags;
        const undoMerge = checked === null ? () => {} : this.children.merge(checked.specs);
        return () => {
          this.vsn = before.vsn;
          this.flags = before.flags;
          undoMerge();
        };
      },
    };
  }

  protected get hasState(): boolean {
    return this.children !== undefined;
  }

  /** Specifications are put back one by one, whatever has come and gone since. */
  protected override get restoresAfterWork(): boolean {
    return true;
  }

  adoptLate(change: CodeChangeRequest, commit: Commit): void {
    this.#late.push({ change, commit });
  }

  protected getState(): unknown {
    return {
      flags: this.flags,
      children: this.children.list().map(({ spec, pid, restarting }) => ({ id: spec.id, pid, restarting })),
    };
  }

  protected replaceState(): void {
    throw new UnderwayError("sys/not_supported", { behaviour: this.name, request: "replace_state" });
  }

  // Used by supervisor-requests.ts.

  get dynamic(): boolean {
    return this.flags?.strategy === "simple_one_for_one";
  }

  /** Runs an operation that takes time; a change of code waits for its end. */
  async during(operation: () => Promise<void>): Promise<void> {
    this.inside = true;
    try {
      await operation();
    } finally {
      this.inside = false;
      for (const { change, commit } of this.#late.splice(0))
        if (commit.state === "committed") this.#follow(change, commit);
    }
  }

  /** Starts a child in this process, whose link it gets. Never rejects, but for a supervisor that has been killed. */
  async startChild(child: Child, inPlaceOf: KeptProcess | null = null): Promise<StartOutcome> {
    if (inPlaceOf !== null) bequeath(this.process, inPlaceOf);
    const outcome = await this.#attempt(child);
    if (inPlaceOf !== null) endBequest(this.process);
    if (!this.process.alive) throw stopSignal;
    if (outcome.kind === "started") {
      this.children.started(child, outcome.pid);
      if (!this.dynamic) this.#report("info", "progress", `started ${this.#nameOf(child)} as ${outcome.pid}`);
    }
    return outcome;
  }

  /** Ends a child as its specification says, and forgets its process. */
  async endChild(child: Child): Promise<void> {
    const { shutdown } = child.spec;
    const running = child.running ? (child.pid?.process ?? null) : null;
    if (running !== null) {
      const reason = await shutDown(running, this.process, shutdown);
      if (!endedAsTold(reason, shutdown)) {
        this.#report(
          "error",
          "supervisor_report",
          `${this.#nameOf(child)} did not shut down well: ${formatReason(reason)}`,
        );
      }
      if (!this.process.alive) throw stopSignal;
    }
    this.children.ended(child);
  }

  /** How messages to a person name this supervisor. */
  get title(): string {
    return `supervisor ${this.process.registeredName ?? moduleName(this.module)} ${this.process.pid}`;
  }

  // Internal.

  /** A change that came during an operation. */
  #follow(change: CodeChangeRequest, commit: Commit): void {
    try {
      this.take(this.prepare(change), commit);
    } catch (error) {
      const fate = commit.failedLate(this.process, error);
      if (fate === "end") throw error;
      if (fate === "hold") this.stall(error, () => {});
    }
  }

  #init(callbacks: SupervisorCallbacks): CheckedOk | null {
    return checkInit(moduleName(this.module), callbacks.init(this.#arg as never));
  }

  #started(): void {
    this.#start?.started();
    this.#start = null;
  }

  #refused(reason: ExitReason | "ignore"): void {
    this.#start?.refused(reason);
    this.#start = null;
  }

  /** The children that the one had that was ended, and which of them ran: an undo leaves what was there. */
  #asKept(kept: KeptProcess): readonly (readonly [Child, KeptProcess | null])[] {
    const { template } = this.children;
    if (template !== null) {
      return kept.children.map(({ child, process }) => [new Child(template, child.extra), process] as const);
    }
    const running = kept.children.map((one) => [this.children.putBack(one, kept.children), one.process] as const);
    return running.filter(([, process]) => process !== null);
  }

  async #startAll(children: readonly (readonly [Child, KeptProcess | null])[]): Promise<void> {
    for (const [child, inPlaceOf] of children) {
      const outcome = await this.startChild(child, inPlaceOf);
      if (outcome.kind === "ignored") this.children.ended(child);
      if (outcome.kind !== "failed") continue;
      this.#reportFailedStart(child, outcome.reason);
      // Of those that were added one by one the others shall not suffer.
      if (this.dynamic) continue;
      this.process.crash({ shutdown: { failed_to_start_child: child.spec.id, reason: outcome.reason } });
      return;
    }
    this.#started();
  }

  async #attempt(child: Child): Promise<StartOutcome> {
    try {
      const { id, start } = child.spec;
      const pid = await this.process.enter(() => applyMfa(start, ...(child.extra ?? [])));
      if (pid instanceof Pid) return { kind: "started", pid };
      throw new UnderwayError("supervisor/bad_start_result", { id, value: String(pid) });
    } catch (thrown) {
      if (isIgnored(thrown)) return { kind: "ignored", thrown };
      return { kind: "failed", reason: reasonOf(thrown) };
    }
  }

  async #endInOrder(children: readonly Child[]): Promise<void> {
    for (const child of children) await this.endChild(child);
  }

  #info(message: unknown): void | Promise<void> {
    const exit = message as Partial<ExitMessage> | null;
    if (typeof exit !== "object" || exit?.type !== "EXIT") {
      this.#report("error", "unexpected_message", `drops a message that no supervisor knows: ${String(message)}`);
      return;
    }
    const { pid, reason } = exit as ExitMessage;
    const child = pid === null ? undefined : this.children.of(pid);
    // A child that was just told to end, or a process that a child's start function has left behind. Or a child that lives
    // and has sent its supervisor an exit signal: OTP takes that for its end, and has it twice then.
    if (child === undefined || pid?.process) return;
    return this.#childEnded(child, reason);
  }

  /** As supervisor:do_restart/3. */
  #childEnded(child: Child, reason: ExitReason): void | Promise<void> {
    const { restart } = child.spec;
    const byItself = restart === "permanent" || !isNormal(reason);
    if (byItself) {
      this.#report("error", "supervisor_report", `${this.#nameOf(child)} ${child.pid} ended: ${formatReason(reason)}`);
    }
    if (restart === "permanent" || (restart === "transient" && byItself)) {
      child.restarting = true;
      return this.#restart(child);
    }
    this.children.ended(child);
    this.#autoShutdown(child);
  }

  #autoShutdown(ended: Child): void {
    const { autoShutdown } = this.flags;
    if (!ended.spec.significant || autoShutdown === "never") return;
    const others = this.children.list().some((child) => child.spec.significant && child.pid !== null);
    if (autoShutdown === "any_significant" || !others) this.process.crash("shutdown");
  }

  #retry(child: Child): void | Promise<void> {
    if (child.restarting) return this.#restart(child);
  }

  #restart(child: Child): void | Promise<void> {
    if (!this.#mayRestart()) {
      this.#report("error", "supervisor_report", "gives up: reached_max_restart_intensity");
      child.restarting = false;
      this.children.ended(child);
      this.process.crash("shutdown");
      return;
    }
    return this.during(() => this.#restartAsStrategySays(child));
  }

  /** Counts a restart; false if it is one too many. As supervisor:add_restart/1. */
  #mayRestart(): boolean {
    const now = nowMs();
    const { intensity, periodMs } = this.flags;
    this.#restarts = this.#restarts.filter((time) => now - time <= periodMs);
    this.#restarts.push(now);
    return this.#restarts.length <= intensity;
  }

  async #restartAsStrategySays(child: Child): Promise<void> {
    const { strategy } = this.flags;
    if (strategy === "one_for_one" || strategy === "simple_one_for_one") {
      await this.#startAgain(child);
      return;
    }
    const affected = strategy === "one_for_all" ? this.children.list() : [child, ...this.children.after(child)];
    // Only the one that cannot be started, if there is one, is restarting: with its next attempt all come again.
    this.children.ended(child);
    await this.#endInOrder(affected.filter((other) => other !== child).reverse());
    for (const one of affected) {
      if (one !== child && this.children.get(one.spec.id) !== one) continue;
      if (!(await this.#startAgain(one))) return;
    }
  }

  /** True if the others may be started, too. */
  async #startAgain(child: Child): Promise<boolean> {
    const outcome = await this.startChild(child);
    switch (outcome.kind) {
      case "started":
        return true;
      case "ignored":
        this.children.ended(child);
        return true;
      case "failed":
        this.#reportFailedStart(child, outcome.reason);
        child.restarting = true;
        this.process.deliver(new Envelope("event", RETRY, child, null));
        return false;
    }
  }

  #reportFailedStart(child: Child, reason: ExitReason): void {
    this.#report("error", "supervisor_report", `could not start ${this.#nameOf(child)}: ${formatReason(reason)}`);
  }

  #nameOf(child: Child): string {
    return `child "${child.spec.id}"`;
  }

  #report(level: "error" | "info", kind: string, message: string): void {
    report({ level, kind, message: `${this.title}: ${message}` });
  }
}
