// What every behaviour's loop has in common: system messages, suspension, the parent's exit signal. OTP: sys, gen.

import { UnderwayError } from "../../error.ts";
import { functionExported } from "../code/handle.ts";
import type { Body, CodeChangeRequest, CrashDescription, Upgradable } from "../process/body.ts";
import { Changeable } from "../process/changeable.ts";
import { codeEpoch } from "../process/code-epoch.ts";
import { development } from "../process/development.ts";
import { Envelope, type ExitMessage } from "../process/mailbox.ts";
import { moduleName } from "../process/module-name.ts";
import { type ExitReason, formatReason } from "../process/reason.ts";
import type { From } from "../process/request.ts";
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

export abstract class BehaviourLoop extends Changeable implements Body {
  abstract readonly name: string;
  readonly module: object;
  inside = false;
  #suspended = false;
  /** What those who debug it want to know; null when nobody does. */
  protected debug: Debug | null = null;
  /** Messages that came while suspended or stalled, in order; null otherwise. */
  #held: Envelope[] | null = null;

  constructor(module: object) {
    super();
    this.module = module;
  }

  get upgrade(): Upgradable {
    return this;
  }

  get phase(): Upgradable["phase"] {
    if (this.process === undefined) return "unborn";
    return this.inside ? "inside" : "idle";
  }

  /** Messages that wait here and not in the mailbox. */
  get held(): number {
    return this.#held?.length ?? 0;
  }

  get suspended(): boolean {
    return this.#suspended;
  }

  abstract start(): void | Promise<void>;
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

  protected override begin(): void {
    if (development !== null) development.begins(this.process);
    super.begin();
  }

  protected override stall(error: unknown, goOn: () => void | Promise<void>): void {
    this.#held ??= [];
    super.stall(error, () => this.#release(new Envelope("event", GO_ON, goOn, null)));
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

  /** Hands back what was held, unless something else still holds it. */
  #release(...first: readonly Envelope[]): void {
    const held = this.#held ?? [];
    this.#held = this.#suspended || this.stalled ? held : null;
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
      messageQueueLength: this.process.mailbox.length + this.held,
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

const answer = (from: From | null, value: unknown): void => from?.resolve({ ok: true, value } satisfies SystemAnswer);
