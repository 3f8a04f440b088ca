// What every behaviour's loop has in common: system messages, suspension, the parent's exit signal. OTP: sys, gen.

import { UnderwayError } from "../../error.ts";
import { functionExported } from "../code/handle.ts";
import type {
  Body,
  CodeChangeRequest,
  Commit,
  CrashDescription,
  Prepared,
  Upgradable,
  WayBack,
} from "../process/body.ts";
import { codeEpoch } from "../process/code-epoch.ts";
import { development } from "../process/development.ts";
import { Envelope, type ExitMessage } from "../process/mailbox.ts";
import { moduleName } from "../process/module-name.ts";
import type { Process } from "../process/process.ts";
import { type ExitReason, formatReason } from "../process/reason.ts";
import type { From } from "../process/request.ts";
import { vsnOf } from "./code-change.ts";
import { Debug, formatEvent, formatReceived, inLine, receivedOf, type SystemEvent } from "./debug.ts";
import { loseMessage } from "./foreign-messages.ts";
import { type FormatStatus, shownEvent, shownParts } from "./format-status.ts";
import { upToDate } from "./message-change.ts";

/** The event with which a process goes on that was stalled. */
const GO_ON = "go on";

/** System requests, each answered at the loop's receive point. OTP: sys. */
export type SystemRequest =
  | { readonly request: "suspend" }
  | { readonly request: "resume" }
  | { readonly request: "get_state" }
  | { readonly request: "get_status" }
  | { readonly request: "replace_state"; readonly fn: (state: unknown) => unknown }
  | { readonly request: "change_code"; readonly change: CodeChangeRequest }
  /** Turns something of the debugging on or off, or asks for it. `shown` makes of an event what may be shown of it. */
  | { readonly request: "debug"; readonly apply: (debug: Debug, shown: (event: SystemEvent) => SystemEvent) => unknown }
  | { readonly request: "terminate"; readonly reason: ExitReason };

/** The answer to a system request; a failure is an answer, too. */
export type SystemAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown };

export abstract class BehaviourLoop implements Body, Upgradable {
  abstract readonly name: string;
  readonly module: object;
  /** The process it runs in; set by `start`. */
  process!: Process;
  inside = false;
  /** The state that this process will have if the commit comes true. */
  #offer: { readonly prepared: Prepared; readonly commit: Commit } | null = null;
  /** Puts back the state from before the upgrade that is not final yet. */
  #former: { readonly restore: () => void; worked: boolean } | null = null;
  #suspended = false;
  /** What it goes on with when the change is taken back that its result could not follow. */
  #stalled: { readonly error: unknown; readonly goOn: () => void | Promise<void> } | null = null;
  /** Messages that came while suspended or stalled, in order; null otherwise. */
  /** What those who debug it want to know; null when nobody does. */
  protected debug: Debug | null = null;
  #held: Envelope[] | null = null;

  constructor(module: object) {
    this.module = module;
  }

  get upgrade(): Upgradable {
    return this;
  }

  get phase(): Upgradable["phase"] {
    if (this.process === undefined) return "unborn";
    return this.inside ? "inside" : "idle";
  }

  get suspended(): boolean {
    return this.#suspended;
  }

  abstract readonly vsn: number;
  abstract start(): void | Promise<void>;
  /** Computes what the change makes of the present state, and changes nothing. */
  abstract prepare(change: CodeChangeRequest): Prepared;
  /** False before `init` has returned: there is nothing to migrate yet. */
  protected abstract get hasState(): boolean;
  /** Remembers a change for the result of the callback under way. */
  abstract adoptLate(change: CodeChangeRequest, commit: Commit): void;
  /** A message has come that is not handled yet: an idle timeout is over. */
  protected stopIdling(): void {}
  /** Handles an ordinary message. */
  protected abstract receive(envelope: Envelope): void | Promise<void>;
  protected abstract getState(): unknown;
  protected abstract replaceState(state: unknown): void;
  /** The message that is being handled, or has ended the process. */
  protected get current(): Envelope | null {
    return null;
  }
  /** `resume` has come and no message is waiting: an idle timeout begins anew. */
  protected startIdling(): void {}

  handle(envelope: Envelope): void | Promise<void> {
    if (envelope.kind === "system") return this.#system(envelope.payload as SystemRequest, envelope.from);
    if (envelope.tag === GO_ON && envelope.kind === "event") {
      this.begin();
      return (envelope.payload as () => void | Promise<void>)();
    }
    if (envelope.epoch !== codeEpoch) {
      const current = this.converted(envelope);
      if (current === null) return;
      envelope = current;
    }
    if (this.#isParentExit(envelope)) {
      this.process.crash((envelope.payload as ExitMessage).reason);
      return;
    }
    if (this.#held !== null) {
      this.stopIdling();
      this.#held.push(envelope);
      return;
    }
    if (this.debug !== null)
      this.tell({ type: "in", received: receivedOf(envelope), from: envelope.from?.pid ?? null });
    return this.receive(envelope);
  }

  /** Answers whoever still waits for a message that this loop has put aside. */
  ended(reason: ExitReason): void {
    for (const envelope of this.#held ?? []) envelope.from?.fail(reason);
  }

  /** Turns parts of the debugging on before the process begins. */
  debugFromStart(wanted: readonly ("trace" | "log" | "statistics")[]): void {
    this.debug = new Debug();
    for (const one of wanted) this.debug[one](true);
  }

  /** What a crash report says of it: as much as `formatStatus` shows. */
  describeCrash(reason: ExitReason): CrashDescription {
    const { current } = this;
    const message = current === null ? undefined : receivedOf(current);
    const hasState = this.process !== undefined && this.hasState;
    const state = hasState ? this.getState() : undefined;
    const shown = shownParts(this.formatStatus, { state, reason, ...(message && { message }) });
    const details: Record<string, string> = {};
    if (message !== undefined) {
      details.lastMessage = shown.message === message ? formatReceived(message) : shownInLine(shown.message);
    }
    if (hasState) details.state = shownInLine(shown.state);
    return { reason: shown.reason, details };
  }

  // Change of code.

  offer(change: CodeChangeRequest, commit: Commit): void {
    if (!this.hasState) return;
    this.settle();
    // What it goes on with has the old shape: it can only go back.
    if (this.#stalled !== null && vsnOf(change.to) !== this.vsn) throw this.#stalled.error;
    const prepared = this.prepare(change);
    // Inside a callback the state is about to be replaced: that it could be migrated is all that can be said.
    this.#offer = this.inside ? null : { prepared, commit };
  }

  settle(): void {
    if (this.#offer === null) return;
    const { prepared, commit } = this.#offer;
    if (commit.state === "open") return;
    this.#offer = null;
    if (commit.state === "committed") this.take(prepared, commit);
  }

  wayBack(opposite: CodeChangeRequest): WayBack {
    const former = this.#former;
    if (former !== null && !former.worked && !this.inside) return { take: former.restore };
    if (this.#stalled !== null) return { take: () => this.#goOn() };
    if (this.inside) return { take: () => this.adoptLate(opposite, wayBackOf(former?.restore)) };
    try {
      const prepared = this.prepare(opposite);
      return { take: () => prepared.adopt() };
    } catch (error) {
      const ended = (): void => this.process.end({ error });
      return { take: former?.restore ?? ended, failure: { error } };
    }
  }

  close(): void {
    this.settle();
    this.#former = null;
  }

  queued(): readonly Envelope[] {
    return [...(this.#held ?? []), ...this.process.mailbox.toArray()];
  }

  convertQueue(): void {
    const { mailbox } = this.process;
    const convert = (envelope: Envelope): readonly Envelope[] => [this.converted(envelope) ?? []].flat();
    if (mailbox.length > 0) mailbox.replace(mailbox.toArray().flatMap(convert));
    if (this.#held !== null) this.#held = this.#held.flatMap(convert);
  }

  converted(envelope: Envelope): Envelope | null {
    try {
      const current = upToDate(envelope, this.module);
      if (current === null) loseMessage(this.module, envelope.tag, envelope.from, "messageChange has dropped it");
      return current;
    } catch (error) {
      loseMessage(this.module, envelope.tag, envelope.from, `messageChange has failed: ${formatReason({ error })}`);
      return null;
    }
  }

  /** Called by each behaviour at the start of each callback: what follows may change the state. */
  protected begin(): void {
    if (development !== null) development.begins(this.process);
    this.settle();
    if (this.#former !== null) this.#former.worked = true;
    if (this.#offer === null) return;
    const { commit } = this.#offer;
    this.#offer = null;
    commit.dirty(this.process);
  }

  /** The result of a callback cannot follow the change: nothing more happens until the change is taken back. */
  protected stall(error: unknown, goOn: () => void | Promise<void>): void {
    this.#stalled = { error, goOn };
    this.#held ??= [];
  }

  /** Takes a new state, and keeps the former one until the upgrade is final. */
  protected take(prepared: Prepared, commit: Commit): void {
    const restore = prepared.adopt();
    if (this.#stalled !== null) this.#goOn();
    // After two switches of one upgrade the way back leads to before the first.
    const first = this.#former;
    this.#former = {
      worked: first?.worked ?? false,
      restore:
        first === null
          ? restore
          : () => {
              restore();
              first.restore();
            },
    };
    commit.taken(this.process);
  }

  /** Tells those who debug this process. */
  protected tell(event: SystemEvent): void {
    this.debug?.tell(event, this.#who, (one) => this.#shown(one));
  }

  /** `formatStatus` of the current version of the callback module. */
  protected get formatStatus(): FormatStatus {
    const { formatStatus } = this.module as { readonly formatStatus?: FormatStatus };
    return formatStatus === undefined || !functionExported(this.module, "formatStatus") ? null : formatStatus;
  }

  // Internal.

  /** Goes on with what has waited, in the code that made it, before any message. */
  #goOn(): void {
    if (this.#stalled === null) return;
    const first = new Envelope("event", GO_ON, this.#stalled.goOn, null);
    this.#stalled = null;
    this.#release(first);
  }

  /** Hands back what was held, unless something else still holds it. */
  #release(...first: readonly Envelope[]): void {
    const held = this.#held ?? [];
    this.#held = this.#suspended || this.#stalled !== null ? held : null;
    this.process.putBack(this.#held === null ? [...first, ...held] : first);
  }

  #shown(event: SystemEvent): SystemEvent {
    return shownEvent(this.formatStatus, event, this.getState());
  }

  get #who(): string {
    const { registeredName, pid } = this.process;
    return registeredName ?? `${moduleName(this.module)} ${pid}`;
  }

  #isParentExit(envelope: Envelope): boolean {
    const { parent } = this.process;
    if (envelope.kind !== "info" || parent === null) return false;
    const message = envelope.payload as Partial<ExitMessage> | null;
    return typeof message === "object" && message?.type === "EXIT" && message.pid === parent;
  }

  /** One clause per request, as sys:handle_system_msg. */
  #system(message: SystemRequest, from: From | null): void {
    // Who only looks does not change anything.
    if (message.request === "replace_state" || message.request === "change_code") this.begin();
    else this.settle();
    switch (message.request) {
      case "suspend":
        this.stopIdling();
        this.#suspended = true;
        this.#held ??= [];
        answer(from, null);
        break;
      case "resume":
        this.#suspended = false;
        this.#release();
        if (this.process.mailbox.length === 0) this.startIdling();
        answer(from, null);
        break;
      case "get_state":
        answer(from, this.getState());
        break;
      case "get_status":
        answer(from, this.#status());
        break;
      case "replace_state":
        this.#attempt(from, () => {
          this.replaceState(message.fn(this.getState()));
          return null;
        });
        break;
      case "change_code":
        this.#attempt(from, () => {
          if (!this.#suspended) throw new UnderwayError("sys/not_suspended", { pid: String(this.process.pid) });
          this.prepare(message.change).adopt();
          return null;
        });
        break;
      case "debug":
        this.#attempt(from, () => {
          this.debug ??= new Debug();
          const value = message.apply(this.debug, (event) => this.#shown(event));
          if (!this.debug.wanted) this.debug = null;
          return value;
        });
        break;
      case "terminate":
        answer(from, null);
        this.process.crash(message.reason);
    }
  }

  #attempt(from: From | null, fn: () => unknown): void {
    try {
      answer(from, fn() ?? null);
    } catch (thrown) {
      from?.resolve({ ok: false, error: thrown } satisfies SystemAnswer);
    }
  }

  #status(): Status {
    return {
      pid: String(this.process.pid),
      behaviour: this.name,
      module: moduleName(this.module),
      vsn: this.vsn,
      status: this.#suspended ? "suspended" : "running",
      parent: this.process.parent === null ? null : String(this.process.parent),
      messageQueueLength: this.process.mailbox.length + (this.#held?.length ?? 0),
      log: (this.debug?.events() ?? []).map((event) => formatEvent(this.#shown(event))),
      state: shownParts(this.formatStatus, { state: this.getState() }).state,
    };
  }
}

/** Text that `formatStatus` returns is shown as it is. */
const shownInLine = (shown: unknown): string => (typeof shown === "string" ? shown : inLine(shown));

/** OTP: the result of sys:get_status. */
export interface Status {
  readonly pid: string;
  readonly behaviour: string;
  readonly module: string;
  readonly vsn: number;
  readonly status: "running" | "suspended";
  readonly parent: string | null;
  readonly messageQueueLength: number;
  /** The last events, if `sys.log` is on: oldest first, in words. */
  readonly log: readonly string[];
  /** As the callback module's `formatStatus` shows it. */
  readonly state: unknown;
}

/** The commit of the way back: who cannot go it gets its state from before the upgrade, if it had one. */
const wayBackOf = (restore: (() => void) | undefined): Commit => ({
  state: "committed",
  dirty() {},
  taken() {},
  failedLate() {
    if (restore === undefined) return "end";
    restore();
    return "former";
  },
});

const answer = (from: From | null, value: unknown): void => from?.resolve({ ok: true, value } satisfies SystemAnswer);
