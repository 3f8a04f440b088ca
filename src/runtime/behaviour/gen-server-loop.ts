// The loop of a GenServer: one message, one clause, one result.
//
//   caller                     GenServer                              callback module (its current version)
//   call ───────────────────►  handleCall[tag] ─────────────────────► reply | noreply | stop
//   cast ───────────────────►  handleCast[tag] ─────────────────────► noreply | stop
//   send, EXIT, DOWN, timer ►  handleInfo ──────────────────────────► noreply | stop
//
// Each clause is looked up in the module's handle when its message comes: nothing of a version is kept between messages.

import { UnderwayError } from "../../error.ts";
import { functionExported } from "../code/handle.ts";
import type { CodeChangeRequest, Commit, Prepared, Rehearsed } from "../process/body.ts";
import { currentProcess } from "../process/context.ts";
import { addDeadline, cancelDeadline, type Deadline } from "../process/deadlines.ts";
import { development } from "../process/development.ts";
import { Envelope } from "../process/mailbox.ts";
import { moduleName } from "../process/module-name.ts";
import type { Process } from "../process/process.ts";
import type { ExitReason } from "../process/reason.ts";
import { report } from "../process/report.ts";
import type { From } from "../process/request.ts";
import { copyState, firstDifference } from "../process/state-copy.ts";
import { vsnOf } from "../process/system-code-change.ts";
import { migrate, type Versioned } from "./code-change.ts";
import { inLine } from "./debug.ts";
import { isForeign, loseMessage } from "./foreign-messages.ts";
import { shownParts } from "./format-status.ts";
import type { Start } from "./gen.ts";
import type { AnyCallbacks, Awaitable, CallResult, CastResult, InitResult, Next } from "./gen-server-types.ts";
import { type Bequest, givenState, heritageOf } from "./heritage.ts";
import { lastRead } from "./last-read.ts";
import { BehaviourLoop } from "./loop.ts";

type Result = InitResult<unknown> | CallResult<unknown, unknown> | CastResult<unknown>;

export class GenServerLoop extends BehaviourLoop implements Deadline {
  override readonly module: AnyCallbacks;
  /** The callback module's state. */
  protected state: unknown = undefined;
  /** Version of the state's shape. */
  vsn: number;
  deadline: Deadline["deadline"] = null;
  /** Null when `init` is over. */
  #start: Start | null;
  /** The message that is being handled: a caller must not wait for a server that ends while handling its call. */
  #current: Envelope | null = null;
  /** What the caller of a `stopReply` is told when the last words are over. */
  #lastReply: { readonly from: From | null; readonly value: unknown } | null = null;
  /** The idle timeout that runs, or would if the process were not suspended; null for none. */
  #idleMs: number | null = null;
  /** Callers that were answered with `noreply` and still wait. */
  #deferred: Set<From> | null = null;
  /** Changes of code that the result of the callback under way has still to go through, oldest first. */
  #late: { readonly change: CodeChangeRequest; readonly commit: Commit }[] | null = null;

  constructor(module: AnyCallbacks, start: Start) {
    super(module);
    this.module = module;
    this.vsn = vsnOf(module);
    this.#start = start;
  }

  get name(): string {
    return "gen_server";
  }

  // Callbacks of the process.

  start(): void | Promise<void> {
    this.process = currentProcess() as Process;
    // The module may have changed between spawn and start.
    this.vsn = vsnOf(this.module);
    return this.finish(null, this.module.init(this.#start?.arg));
  }

  protected receive(envelope: Envelope): void | Promise<void> {
    this.stopIdling();
    this.#idleMs = null;
    this.#current = envelope;
    const { kind, tag, payload } = envelope;
    switch (kind) {
      case "call": {
        const clause = clauseOf(this.module.handleCall, tag);
        if (clause === undefined) return this.#unknown(envelope, "handleCall");
        this.begin();
        return this.finish(envelope.from, clause(this.callContext(envelope.from as From), ...(payload as unknown[])));
      }
      case "cast": {
        const clause = clauseOf(this.module.handleCast, tag);
        if (clause === undefined) return this.#unknown(envelope, "handleCast");
        this.begin();
        return this.finish(null, clause(this.context(), ...(payload as unknown[])));
      }
      default: {
        const { handleInfo } = this.module;
        if (handleInfo === undefined || !functionExported(this.module, "handleInfo")) return this.#unexpected(payload);
        this.begin();
        return this.finish(null, handleInfo(this.context(), payload));
      }
    }
  }

  terminate(reason: ExitReason): void | Promise<void> {
    this.stopIdling();
    if (this.#start !== null) {
      this.#start.refused(reason);
      return;
    }
    this.begin();
    if (functionExported(this.module, "terminate")) return this.module.terminate?.(this.context(), reason);
  }

  override ended(reason: ExitReason): void {
    super.ended(reason);
    this.stopIdling();
    this.#start?.refused(reason);
    // A killed process has not said its last words, and so not this one.
    if (this.#lastReply !== null && reason !== "killed") this.#lastReply.from?.resolve(this.#lastReply.value);
    this.#current?.from?.fail(reason);
    if (this.#deferred !== null) for (const from of this.#deferred) from.fail(reason);
  }

  protected override stopIdling(): void {
    if (this.deadline !== null) cancelDeadline(this);
  }

  /** As OTP: a system message between makes the timeout begin anew. */
  protected override startIdling(): void {
    if (this.#idleMs !== null && this.deadline === null) addDeadline(this, this.#idleMs);
  }

  /** The idle timeout has come. OTP: the message `timeout`. */
  expire(): void {
    this.#idleMs = null;
    if (this.process.mailbox.length === 0) this.process.deliver(new Envelope("info", "", "timeout", null));
  }

  // Change of code.

  protected get hasState(): boolean {
    return this.#start === null;
  }

  prepare(change: CodeChangeRequest): Prepared {
    let held = { state: this.state, vsn: this.vsn };
    // What the callback under way returns goes through these first.
    for (const late of this.#late ?? [])
      if (late.commit.state === "committed") held = this.#migrated(held, late.change);
    return this.#toHold(this.#migrated(held, change));
  }

  bequest(): Bequest | null {
    return this.hasState && this.#late === null ? { state: this.state, vsn: this.vsn } : null;
  }

  adoptLate(change: CodeChangeRequest, commit: Commit): void {
    this.#late ??= [];
    this.#late.push({ change, commit });
  }

  override rehearse(change: CodeChangeRequest, opposite: CodeChangeRequest): Rehearsed | null {
    if (!this.hasState) return null;
    const { state, vsn } = this;
    const input = copyState(state);
    let up: Versioned;
    try {
      up = this.#migrated({ state: input, vsn }, change);
    } catch (error) {
      return { kind: "failed", error, path: lastRead(state, (copy) => this.#migrated({ state: copy, vsn }, change)) };
    }
    const there = { kind: "migrated", result: up.state, mutated: firstDifference(state, input) } as const;
    try {
      const back = this.#migrated({ state: copyState(up.state), vsn: up.vsn }, opposite);
      return { ...there, lost: firstDifference(state, back.state) };
    } catch (error) {
      return { ...there, lost: null, wayBack: { error } };
    }
  }

  #migrated(held: Versioned, change: CodeChangeRequest): Versioned {
    return migrate(held, moduleName(this.module), change);
  }

  #toHold(next: Versioned): Prepared {
    return {
      next: next.state,
      adopt: () => {
        const { state, vsn } = this;
        this.state = next.state;
        this.vsn = next.vsn;
        return () => {
          this.state = state;
          this.vsn = vsn;
        };
      },
    };
  }

  protected getState(): unknown {
    return this.state;
  }

  protected override get current(): Envelope | null {
    return this.#current;
  }

  protected replaceState(state: unknown): void {
    this.state = state;
  }

  // Internal.

  /** What each clause gets first; other behaviours on this loop add to it. */
  protected context(): { readonly state: unknown } {
    return { state: this.state };
  }

  protected callContext(from: From): { readonly state: unknown; readonly from: From } {
    return { state: this.state, from };
  }

  /** Applies what a callback has returned, at once or when its promise settles. */
  protected finish(from: From | null, result: Awaitable<Result>): void | Promise<void> {
    if (!(result instanceof Promise)) return this.#apply(from, result);
    this.inside = true;
    return result.then(
      (settled) => {
        this.inside = false;
        return this.#apply(from, settled);
      },
      (thrown) => {
        this.inside = false;
        throw thrown;
      },
    );
  }

  /** One clause per result. */
  #apply(from: From | null, result: Result): void | Promise<void> {
    // It was killed meanwhile, and nobody may see what its frame has still brought about.
    if (!this.process.alive) return;
    if (development !== null) development.returns(this.process, from, result);
    if (this.#late !== null && typeof result === "object" && result !== null && "state" in result) {
      const followed = this.#followLate(from, result);
      if (followed === null) return;
      result = followed;
    }
    if (this.#start !== null) return this.#applyInit(this.#start, result);
    switch (result?.kind) {
      case "reply":
        if (from === null) break;
        this.state = result.state;
        this.#current = null;
        from.resolve(result.reply);
        if (this.debug !== null) this.tell({ type: "out", reply: result.reply, to: from.pid, state: this.state });
        return this.#goOn(result.next);
      case "noreply":
        this.state = result.state;
        this.#current = null;
        if (from?.open) this.#defer(from);
        if (this.debug !== null) this.tell({ type: "noreply", state: this.state });
        return this.#goOn(result.next);
      case "stop_reply":
        if (from === null) break;
        this.#lastReply = { from, value: result.reply };
        this.state = result.state;
        this.process.crash(result.reason);
        return;
      case "stop":
        this.state = result.state;
        this.process.crash(result.reason);
        return;
    }
    // Whoever is being answered is told of the end.
    this.#badReturn(result);
  }

  /** One clause per result of `init`. */
  #applyInit(start: Start, result: Result): void | Promise<void> {
    switch (result?.kind) {
      case "ok":
        this.state = result.state;
        this.#inherit();
        this.#start = null;
        start.started();
        return this.#goOn(result.next);
      case "ignore":
        this.#start = null;
        start.refused("ignore");
        this.process.end("normal");
        return;
      case "stop_init":
        this.process.crash(result.reason);
        return;
    }
    this.#badReturn(result);
  }

  /** An undo has started it in the place of a process that the upgrade has ended. */
  #inherit(): void {
    const kept = heritageOf(this.process);
    const given = kept === null ? null : givenState(kept, this.vsn);
    if (given !== null) this.state = given.state;
  }

  /** Where something of the state may not be shown, what was returned may hold it. */
  #badReturn(result: unknown): never {
    const value = this.formatStatus === null ? inLine(result) : `${typeof result} (not shown)`;
    throw new UnderwayError("gen_server/bad_return_value", { module: moduleName(this.module), value });
  }

  /**
   * Code has changed while the callback ran: what it has returned is migrated first. Null if that fails and the process
   * has to wait until the change is taken back.
   */
  #followLate<R extends Result & { readonly state: unknown }>(from: From | null, result: R): R | null {
    const { state, vsn } = this;
    this.state = result.state;
    for (const { change, commit } of this.#late?.splice(0) ?? []) {
      if (commit.state !== "committed") continue;
      try {
        this.take(this.#toHold(this.#migrated({ state: this.state, vsn: this.vsn }, change)), commit);
      } catch (error) {
        const fate = commit.failedLate(this.process, error);
        if (fate === "end") throw error;
        if (fate === "former") continue;
        // Where two changes came during one callback, the way back is that of both.
        this.state = state;
        this.vsn = vsn;
        this.#late = null;
        this.stall(error, () => this.#apply(from, result));
        return null;
      }
    }
    this.#late = null;
    return { ...result, state: this.state };
  }

  #goOn(next: Next | undefined): void | Promise<void> {
    if (next === undefined) return;
    if (typeof next !== "object" || next === null || !("timeoutMs" in next || "continue" in next)) {
      this.#badReturn({ next });
    }
    if ("timeoutMs" in next) {
      this.#idleMs = next.timeoutMs === "infinity" ? Number.POSITIVE_INFINITY : next.timeoutMs;
      addDeadline(this, this.#idleMs);
      return;
    }
    const { handleContinue } = this.module;
    if (handleContinue === undefined || !functionExported(this.module, "handleContinue")) {
      return this.noClause("handleContinue", String(next.continue));
    }
    this.begin();
    if (this.debug !== null) this.tell({ type: "continue", arg: next.continue });
    return this.finish(null, handleContinue(this.context(), next.continue));
  }

  #defer(from: From): void {
    this.#deferred ??= new Set();
    for (const waiting of this.#deferred) if (!waiting.open) this.#deferred.delete(waiting);
    this.#deferred.add(from);
  }

  /** Fatal, as in OTP, unless the sender only speaks the words of the module's other version. */
  #unknown({ kind, tag, from }: Envelope, callback: "handleCall" | "handleCast"): void {
    if (!isForeign(this.module, kind as "call" | "cast", tag)) this.noClause(callback, tag);
    this.#current = null;
    loseMessage(this.module, tag, from, "only its other version has a clause for it");
  }

  protected noClause(callback: string, tag: string): never {
    throw new UnderwayError("gen_server/no_clause", { module: moduleName(this.module), callback, tag });
  }

  #unexpected(message: unknown): void {
    const received = { kind: "info", message } as const;
    const shown = shownParts(this.formatStatus, { state: this.state, message: received }).message;
    this.#current = null;
    report({
      level: "warning",
      kind: "unexpected_message",
      message: `${moduleName(this.module)} ${this.process.pid} has no handleInfo and drops a message`,
      details: { message: inLine(shown === received ? message : shown) },
    });
  }
}

/** A clause of the table itself, never something inherited such as `toString`. A table no longer exported is a function. */
const clauseOf = <F>(table: { readonly [tag: string]: F } | undefined, tag: string): F | undefined =>
  typeof table === "object" && Object.hasOwn(table, tag) ? table[tag] : undefined;
