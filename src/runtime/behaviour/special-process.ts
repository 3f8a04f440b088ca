// System messages of a special process: a loop of `become` and `receive` whose module exports `systemCodeChange`. OTP: sys,
// sys:handle_system_msg/6, which a special process calls itself.
//
//   a request ──► the process waits in a receive: answered at once
//            └──► it works: answered when it comes to its next receive, before it looks into its mailbox
//
// Its state is what its loop was called with: the arguments, as an array.

import { UnderwayError } from "../../error.ts";
import { functionExported } from "../code/handle.ts";
import { FunctionBody, type Visitor } from "../process/function-body.ts";
import type { Envelope, ExitMessage } from "../process/mailbox.ts";
import { moduleName } from "../process/module-name.ts";
import type { Process } from "../process/process.ts";
import { isSpecial } from "../process/system-code-change.ts";
import { Debug, formatEvent, receivedOf, type SystemEvent } from "./debug.ts";
import { type FormatStatus, shownEvent, shownParts } from "./format-status.ts";
import type { SystemAnswer, SystemRequest } from "./loop.ts";

/** Hands a system request to a special process; false if `process` is none. */
export const askSpecialProcess = (process: Process, envelope: Envelope): boolean => {
  const { body } = process;
  if (!(body instanceof FunctionBody) || !isSpecial(body.module as Readonly<Record<string, unknown>>)) return false;
  if (body.visitor === null) body.visitor = new SpecialProcess(process, body);
  (body.visitor as SpecialProcess).take(envelope);
  return true;
};

class SpecialProcess implements Visitor {
  holds = false;
  readonly #process: Process;
  readonly #body: FunctionBody;
  /** Requests that came while it worked, in order. */
  #requests: Envelope[] = [];
  /** The time of a `receive` that was over while it was suspended. */
  #late: (() => void) | null = null;
  #debug: Debug | null = null;

  constructor(process: Process, body: FunctionBody) {
    this.#process = process;
    this.#body = body;
  }

  take(envelope: Envelope): void {
    this.#requests.push(envelope);
    if (this.#process.waiter !== null) this.arrived();
  }

  // Called by receive.

  get busy(): boolean {
    return this.holds || this.#requests.length > 0;
  }

  arrived(): void {
    for (const { payload, from } of this.#requests.splice(0)) {
      let answer: SystemAnswer;
      try {
        answer = { ok: true, value: this.#perform(payload as SystemRequest) ?? null };
      } catch (error) {
        answer = { ok: false, error };
      }
      from?.resolve(answer);
    }
    if (!this.holds) this.#offer();
  }

  heldBack({ kind, payload }: Envelope): void {
    const { parent } = this.#process;
    const message = payload as Partial<ExitMessage> | null;
    if (kind !== "info" || parent === null || message?.type !== "EXIT" || message.pid !== parent) return;
    this.#process.crash((message as ExitMessage).reason);
  }

  expired(again: () => void): void {
    this.#late = again;
  }

  took(envelope: Envelope): void {
    this.#debug?.tell({ type: "in", received: receivedOf(envelope), from: null }, this.#who, (one) => this.#shown(one));
  }

  ended(): void {
    for (const { from } of this.#requests.splice(0)) from?.fail(this.#process.exitReason ?? "noproc");
  }

  // Internal.

  /** One clause per request, as BehaviourLoop's. */
  #perform(request: SystemRequest): unknown {
    switch (request.request) {
      case "suspend":
        this.holds = true;
        return null;
      case "resume":
        this.#resume();
        return null;
      case "get_state":
        return this.#body.args;
      case "get_status":
        return this.#status();
      case "replace_state": {
        const next = request.fn(this.#body.args);
        if (!Array.isArray(next)) throw new UnderwayError("sys/bad_arguments", { pid: String(this.#process.pid) });
        if (!this.#body.replaceArgs(next)) this.#refuse();
        return null;
      }
      case "change_code":
        if (!this.holds) throw new UnderwayError("sys/not_suspended", { pid: String(this.#process.pid) });
        if (this.#body.phase !== "idle") this.#refuse();
        this.#body.prepare(request.change).adopt();
        return null;
      case "debug": {
        this.#debug ??= new Debug();
        const value = request.apply(this.#debug, (event) => this.#shown(event));
        if (!this.#debug.wanted) this.#debug = null;
        return value;
      }
      case "terminate":
        this.#process.crash(request.reason);
        return null;
    }
  }

  /** What came meanwhile is offered to the `receive` that waits; its time may be over, too. */
  #resume(): void {
    if (!this.holds) return;
    this.holds = false;
    const taken = this.#offer();
    const late = this.#late;
    this.#late = null;
    if (!taken) late?.();
  }

  /** Offers what is in the mailbox to the `receive` that waits; true if it took something. */
  #offer(): boolean {
    const process = this.#process;
    return process.mailbox.take((envelope) => process.waiter?.take(envelope) === true) !== null;
  }

  #refuse(): never {
    throw new UnderwayError("sys/no_update_point", { pid: String(this.#process.pid) });
  }

  get #formatStatus(): FormatStatus {
    const { module } = this.#body;
    const { formatStatus } = module as { readonly formatStatus?: FormatStatus };
    return formatStatus === undefined || !functionExported(module, "formatStatus") ? null : formatStatus;
  }

  #shown(event: SystemEvent): SystemEvent {
    return shownEvent(this.#formatStatus, event, this.#body.args);
  }

  get #who(): string {
    return this.#process.registeredName ?? `${this.#body.currentFunction} ${this.#process.pid}`;
  }

  #status(): object {
    return {
      pid: String(this.#process.pid),
      behaviour: this.#body.name,
      module: moduleName(this.#body.module),
      vsn: this.#body.vsn,
      status: this.holds ? "suspended" : "running",
      parent: this.#process.parent === null ? null : String(this.#process.parent),
      messageQueueLength: this.#process.mailbox.length,
      log: (this.#debug?.events() ?? []).map((event) => formatEvent(this.#shown(event))),
      state: shownParts(this.#formatStatus, { state: this.#body.args }).state,
    };
  }
}
