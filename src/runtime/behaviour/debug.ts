// What a loop tells those who debug it: one event for each message that comes in and each reply that goes out.
//
//   loop ── event ──► statistics ──► log (the last n) ──► trace (a line each) ──► installed functions, in order
//
// A loop that nobody debugs has no `Debug`, and pays for a look whether it has one. OTP: sys:handle_debug/4.

import { inspect } from "node:util";
import type { Envelope } from "../process/mailbox.ts";
import type { Mfa } from "../process/mfa.ts";
import { applyMfa } from "../process/mfa.ts";
import type { Pid } from "../process/pid.ts";
import { formatReason } from "../process/reason.ts";
import { report } from "../process/report.ts";

/** A message that a process has taken out of its mailbox. */
export type Received =
  | { readonly kind: "call" | "cast"; readonly tag: string; readonly args: readonly unknown[] }
  | { readonly kind: "info"; readonly message: unknown }
  /** What the behaviour itself has sent: a frame of a socket. */
  | { readonly kind: "event"; readonly tag: string; readonly payload: unknown };

/** What happens in a process, as those see it who debug it. OTP: system_event(). */
export type SystemEvent =
  /** It begins to handle a message. `from`: who waits for an answer; null for nobody, or for one outside any process. */
  | { readonly type: "in"; readonly received: Received; readonly from: Pid | null }
  /** A clause has answered its caller. */
  | { readonly type: "out"; readonly reply: unknown; readonly to: Pid | null; readonly state: unknown }
  /** A clause has ended without an answer. */
  | { readonly type: "noreply"; readonly state: unknown }
  /** `handleContinue` begins. */
  | { readonly type: "continue"; readonly arg: unknown };

/** OTP: the result of sys:statistics(Name, get), without reductions. Times are milliseconds since 1970. */
export interface Statistics {
  readonly startTimeMs: number;
  readonly currentTimeMs: number;
  readonly messagesIn: number;
  /** Replies; what a callback sends by itself is not counted, as in OTP. */
  readonly messagesOut: number;
}

/** Called with its own state and an event; returns its next state, or `done` to be removed. OTP: dbg_fun(). */
export type DebugFunction<S = unknown> = Mfa<[state: S, event: SystemEvent], unknown>;

/** Events that a log keeps if nothing is said. As OTP. */
const LOG_LENGTH = 10;

export class Debug {
  #trace = false;
  #log: { readonly max: number; readonly events: SystemEvent[] } | null = null;
  #statistics: { readonly startTimeMs: number; messagesIn: number; messagesOut: number } | null = null;
  readonly #installed = new Map<string, { readonly fn: DebugFunction; state: unknown }>();

  /** False when it has nothing to do and may be dropped. */
  get wanted(): boolean {
    return this.#trace || this.#log !== null || this.#statistics !== null || this.#installed.size > 0;
  }

  trace(on: boolean): void {
    this.#trace = on;
  }

  /** `false`: keep none; `true`: the last 10; a number: so many. What is kept already stays, as far as it fits. */
  log(flag: boolean | number): void {
    if (flag === false) {
      this.#log = null;
      return;
    }
    const max = flag === true ? LOG_LENGTH : flag;
    this.#log = { max, events: this.events().slice(-max) };
  }

  /** The events of the log, oldest first. */
  events(): readonly SystemEvent[] {
    return [...(this.#log?.events ?? [])];
  }

  statistics(on: boolean): void {
    this.#statistics = on ? { startTimeMs: Date.now(), messagesIn: 0, messagesOut: 0 } : null;
  }

  get statisticsNow(): Statistics | null {
    return this.#statistics === null ? null : { ...this.#statistics, currentTimeMs: Date.now() };
  }

  /** One that is installed under this id already goes on as it is, as in OTP. */
  install(id: string, fn: DebugFunction, state: unknown): void {
    if (!this.#installed.has(id)) this.#installed.set(id, { fn, state });
  }

  remove(id: string): void {
    this.#installed.delete(id);
  }

  clear(): void {
    this.#trace = false;
    this.#log = null;
    this.#statistics = null;
    this.#installed.clear();
  }

  /**
   * Tells of an event. `who` names the process; `redacted` is the event as it may be shown.
   * A function that throws is removed and reported: it must not end the process that it looks at.
   */
  tell(event: SystemEvent, who: string, redacted: (event: SystemEvent) => SystemEvent): void {
    if (this.#statistics !== null && event.type === "in") this.#statistics.messagesIn++;
    if (this.#statistics !== null && event.type === "out") this.#statistics.messagesOut++;
    if (this.#log !== null) {
      this.#log.events.push(event);
      if (this.#log.events.length > this.#log.max) this.#log.events.shift();
    }
    if (this.#trace) {
      report({ level: "notice", kind: "trace", message: `*DBG* ${who} ${formatEvent(redacted(event))}` });
    }
    for (const [id, installed] of this.#installed) {
      try {
        const next = applyMfa(installed.fn, installed.state, event);
        if (next === "done") this.#installed.delete(id);
        else installed.state = next;
      } catch (error) {
        this.#installed.delete(id);
        const message = `debug function "${id}" of ${who} was removed: ${formatReason({ error })}`;
        report({ level: "warning", kind: "debug_function", message, error });
      }
    }
  }
}

/** The message in an envelope, as people see it. */
export const receivedOf = ({ kind, tag, payload }: Envelope): Received => {
  if (kind === "call" || kind === "cast") return { kind, tag, args: payload as readonly unknown[] };
  return kind === "event" ? { kind, tag, payload } : { kind: "info", message: payload };
};

/** An event in words, as OTP's print_event/3 has them. */
export const formatEvent = (event: SystemEvent): string => {
  switch (event.type) {
    case "in":
      return `got ${formatReceived(event.received)}${event.from === null ? "" : ` from ${event.from}`}`;
    case "out":
      return `sent ${inLine(event.reply)}${event.to === null ? "" : ` to ${event.to}`}, new state ${inLine(event.state)}`;
    case "noreply":
      return `new state ${inLine(event.state)}`;
    case "continue":
      return `continues with ${inLine(event.arg)}`;
  }
};

/** `call add(5)`, `cast reset()`, `{ type: 'DOWN', … }`. */
export const formatReceived = (received: Received): string => {
  switch (received.kind) {
    case "call":
    case "cast":
      return `${received.kind} ${received.tag}(${received.args.map(inLine).join(", ")})`;
    case "info":
      return inLine(received.message);
    case "event":
      return `${received.tag} ${inLine(received.payload)}`;
  }
};

/** A value in one line, cut where it is long: a state may be large, a line of a log should not. */
export const inLine = (value: unknown): string => {
  const options = {
    breakLength: Number.POSITIVE_INFINITY,
    compact: true,
    depth: 3,
    maxArrayLength: 10,
    maxStringLength: 200,
  };
  const text = inspect(value, options);
  return text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX)}…`;
};

const TEXT_MAX = 1_000;
