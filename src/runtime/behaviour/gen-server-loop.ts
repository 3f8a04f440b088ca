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
import type { CodeChangeRequest, Prepared, Undo } from "../process/body.ts";
import { currentProcess } from "../process/context.ts";
import { addDeadline, cancelDeadline, type Deadline } from "../process/deadlines.ts";
import { Envelope } from "../process/mailbox.ts";
import { moduleName } from "../process/module-name.ts";
import type { ExitReason } from "../process/reason.ts";
import { registerName } from "../process/registry.ts";
import { report } from "../process/report.ts";
import type { From } from "../process/request.ts";
import { migrate, vsnOf } from "./code-change.ts";
import type { LoopStart } from "./gen.ts";
import type {
  AnyCallbacks,
  Awaitable,
  CallContext,
  CallResult,
  CastResult,
  InitResult,
  Next,
} from "./gen-server-types.ts";
import { BehaviourLoop, type Handshake } from "./loop.ts";

type Result = InitResult<unknown> | CallResult<unknown, unknown> | CastResult<unknown>;

export class GenServerLoop extends BehaviourLoop implements Deadline {
  readonly name: string = "gen_server";
  override readonly module: AnyCallbacks;
  /** The callback module's state. */
  protected state: unknown = undefined;
  /** Version of the state's shape. */
  vsn: number;
  deadline: Deadline["deadline"] = null;
  readonly #start: { arg: unknown; name: string | null; handshake: Handshake | null };
  /** The caller whose call is being handled; it must not wait for a server that ends while handling it. */
  #answering: From | null = null;
  /** Callers that were answered with `noreply` and still wait. */
  #deferred: Set<From> | null = null;
  /** Changes of code that the result of the callback under way has still to go through, oldest first. */
  #late: { readonly change: CodeChangeRequest }[] = [];

  constructor(module: AnyCallbacks, start: LoopStart) {
    super(module);
    this.module = module;
    this.vsn = vsnOf(module);
    this.#start = { ...start };
  }

  // Callbacks of the process.

  start(): void | Promise<void> {
    this.process = currentProcess() as NonNullable<ReturnType<typeof currentProcess>>;
    if (this.#start.name !== null) registerName(this.#start.name, this.process);
    // The module may have changed between spawn and start.
    this.vsn = vsnOf(this.module);
    return this.run(null, () => this.module.init(this.#start.arg));
  }

  protected receive(envelope: Envelope): void | Promise<void> {
    this.stopIdling();
    const { kind, tag, payload } = envelope;
    switch (kind) {
      case "call": {
        const clause = clauseOf(this.module.handleCall, tag);
        if (clause === undefined) return this.noClause("handleCall", tag);
        const from = envelope.from as CallContext<unknown>["from"];
        return this.run(from, () => clause({ ...this.context(), from }, ...(payload as unknown[])));
      }
      case "cast": {
        const clause = clauseOf(this.module.handleCast, tag);
        if (clause === undefined) return this.noClause("handleCast", tag);
        return this.run(null, () => clause(this.context(), ...(payload as unknown[])));
      }
      default: {
        if (!functionExported(this.module, "handleInfo")) return this.#unexpected(payload);
        return this.run(null, () => this.module.handleInfo?.(this.context(), payload) as Awaitable<Result>);
      }
    }
  }

  terminate(reason: ExitReason): void | Promise<void> {
    cancelDeadline(this);
    const { handshake } = this.#start;
    if (handshake !== null) {
      this.#start.handshake = null;
      handshake.refused(reason);
      return;
    }
    this.begin();
    if (functionExported(this.module, "terminate")) return this.module.terminate?.(this.context(), reason);
  }

  override ended(reason: ExitReason): void {
    super.ended(reason);
    cancelDeadline(this);
    this.#start.handshake?.refused(reason);
    this.#answering?.fail(reason);
    for (const from of this.#deferred ?? []) from.fail(reason);
  }

  /** A message has come: the idle timeout is over. */
  protected stopIdling(): void {
    cancelDeadline(this);
  }

  /** The idle timeout has come. OTP: the message `timeout`. */
  expire(): void {
    if (this.process.mailbox.length === 0) this.process.deliver(new Envelope("info", "", "timeout", null));
  }

  // Change of code.

  prepare(change: CodeChangeRequest): Prepared {
    const next = migrate({ state: this.state, vsn: this.vsn }, moduleName(this.module), change);
    return {
      adopt: () => {
        this.state = next.state;
        this.vsn = next.vsn;
      },
    };
  }

  protected late(change: CodeChangeRequest): Undo {
    const entry = { change };
    this.#late.push(entry);
    return () => {
      const waiting = this.#late.indexOf(entry);
      if (waiting !== -1) this.#late.splice(waiting, 1);
      return waiting !== -1;
    };
  }

  protected getState(): unknown {
    return this.state;
  }

  protected replaceState(state: unknown): void {
    this.state = state;
  }

  // Internal.

  /** What each clause gets first; other behaviours on this loop add to it. */
  protected context(): { readonly state: unknown } {
    return { state: this.state };
  }

  /** Runs a callback and applies its result, at once or when its promise settles. */
  protected run(from: From | null, callback: () => Awaitable<Result>): void | Promise<void> {
    this.begin();
    this.#answering = from;
    const result = callback();
    if (!(result instanceof Promise)) return this.#apply(from, result);
    this.inside = true;
    return result.then(
      (settled) => {
        this.inside = false;
        // It was killed meanwhile, and nobody may see what its frame has still brought about.
        if (!this.process.alive) return;
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
    this.#answering = null;
    switch (result?.kind) {
      case "ok":
        this.#takeState(result.state);
        this.#start.handshake?.started();
        this.#start.handshake = null;
        this.#start.arg = null;
        return this.#goOn(result.next);
      case "reply":
        this.#takeState(result.state);
        if (from === null) break;
        from.resolve(result.reply);
        return this.#goOn(result.next);
      case "noreply":
        this.#takeState(result.state);
        if (from?.open) this.#defer(from);
        return this.#goOn(result.next);
      case "stop":
        this.#takeState(result.state);
        if (from?.open) this.#defer(from);
        this.process.crash(result.reason);
        return;
      case "ignore":
        this.#start.handshake?.refused("ignore");
        this.#start.handshake = null;
        this.process.end("normal");
        return;
      case "stop_init":
        this.process.crash(result.reason);
        return;
    }
    throw new UnderwayError("gen_server/bad_return_value", {
      module: moduleName(this.module),
      value: JSON.stringify(result) ?? String(result),
    });
  }

  /** The state that a callback has returned; migrated first if code has changed while the callback ran. */
  #takeState(state: unknown): void {
    let held = { state, vsn: this.vsn };
    if (this.#late.length > 0) {
      const late = this.#late;
      this.#late = [];
      for (const { change } of late) held = migrate(held, moduleName(this.module), change);
    }
    this.state = held.state;
    this.vsn = held.vsn;
  }

  #goOn(next: Next | undefined): void | Promise<void> {
    if (next === undefined) return;
    if ("timeoutMs" in next) {
      addDeadline(this, next.timeoutMs);
      return;
    }
    if (!functionExported(this.module, "handleContinue")) this.noClause("handleContinue", String(next.continue));
    return this.run(null, () => this.module.handleContinue?.(this.context(), next.continue) as Awaitable<Result>);
  }

  #defer(from: From): void {
    this.#deferred ??= new Set();
    for (const waiting of this.#deferred) if (!waiting.open) this.#deferred.delete(waiting);
    this.#deferred.add(from);
  }

  protected noClause(callback: string, tag: string): never {
    throw new UnderwayError("gen_server/no_clause", { module: moduleName(this.module), callback, tag });
  }

  #unexpected(message: unknown): void {
    report({
      level: "warning",
      kind: "unexpected_message",
      message: `${moduleName(this.module)} ${this.process.pid} has no handleInfo and drops a message`,
      details: { message: typeof message === "object" ? JSON.stringify(message) : String(message) },
    });
  }
}

/** A clause of the table itself, never something inherited such as `toString`. A table no longer exported is a function. */
const clauseOf = <F>(table: { readonly [tag: string]: F } | undefined, tag: string): F | undefined =>
  typeof table === "object" && Object.hasOwn(table, tag) ? table[tag] : undefined;
