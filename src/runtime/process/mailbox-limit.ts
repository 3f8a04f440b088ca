// Bounded mailboxes: what happens to a message that finds a mailbox full.
//
//   overflow        the message                          who sends it sees
//   refuse          goes nowhere                         send, cast: `process/mailbox_full` is thrown; call: rejects with it
//   drop_newest     goes nowhere                         send, cast: nothing; call: rejects with it
//   drop_oldest     takes the place of the oldest one    nothing; a caller whose call was the oldest: rejects with it
//   exit            goes nowhere, and the process ends   send, cast: nothing; call: `gen_server/exited`
//
// Exit signals, DOWN messages, system messages and a behaviour's own events always go in: they are not what overflows, and a
// process that lost them could neither be supervised nor upgraded. A timer's message that is refused is dropped.
//
// OTP has no such bound; the nearest is process_flag(max_heap_size, …), which kills.

import { UnderwayError } from "../../error.ts";
import { unlessEnded } from "./context.ts";
import { type Envelope, SIGNAL } from "./mailbox.ts";
import type { Process } from "./process.ts";
import { report } from "./report.ts";

/** How many messages may wait for a process, and what happens to one more. */
export interface MailboxOptions {
  /** So many ordinary messages and calls may wait: a whole number, at least 1. */
  readonly lengthMax: number;
  /**
   * `refuse`: whoever sends is told, by a throw or a rejection (`process/mailbox_full`). `drop_newest`: the message is dropped;
   * a call rejects. `drop_oldest`: the one that has waited longest is dropped for it. `exit`: the process ends at once,
   * without its `terminate`, for `{ error }` with `process/mailbox_full`.
   *
   * What was refused or dropped is counted in `processInfo(pid).messagesDropped`, and reported at the 1st, 2nd, 4th, 8th, …
   */
  readonly overflow: "refuse" | "drop_newest" | "drop_oldest" | "exit";
}

/** A process's bound, and what has come of it. */
export class MailboxLimit {
  readonly lengthMax: number;
  readonly overflow: MailboxOptions["overflow"];
  dropped = 0;

  /** Throws `process/bad_mailbox`. */
  constructor({ lengthMax, overflow }: MailboxOptions) {
    if (!(Number.isSafeInteger(lengthMax) && lengthMax >= 1 && overflows.includes(overflow))) {
      throw new UnderwayError("process/bad_mailbox", { lengthMax: String(lengthMax), overflow: String(overflow) });
    }
    this.lengthMax = lengthMax;
    this.overflow = overflow;
  }

  /** What becomes of a message: `in`: it goes into the mailbox; `refused`: its sender must be told. */
  admit(process: Process, envelope: Envelope): "in" | "dropped" | "refused" {
    const length = process.mailbox.length + (process.body.held ?? 0);
    if (length < this.lengthMax || !isOrdinary(envelope)) return "in";
    this.#count(process);
    switch (this.overflow) {
      case "refuse":
        if (envelope.from === null) return "refused";
        envelope.from.refuse(this.error(process));
        return "dropped";
      case "drop_newest":
        envelope.from?.refuse(this.error(process));
        return "dropped";
      case "drop_oldest": {
        const oldest = process.mailbox.take(isOrdinary);
        (oldest ?? envelope).from?.refuse(this.error(process));
        return oldest === null ? "dropped" : "in";
      }
      case "exit": {
        const reason = { error: this.error(process) };
        process.end(reason);
        envelope.from?.fail(reason);
        // Whoever has sent it may be the process itself, or one that ends with it.
        return unlessEnded("dropped");
      }
    }
  }

  error({ pid, registeredName }: Process): UnderwayError {
    return new UnderwayError("process/mailbox_full", {
      dest: registeredName ?? String(pid),
      lengthMax: this.lengthMax,
    });
  }

  /** A process that is flooded must not flood the log. */
  #count(process: Process): void {
    this.dropped++;
    if ((this.dropped & (this.dropped - 1)) !== 0) return;
    const { pid, registeredName, initialCall } = process;
    report({
      level: "warning",
      kind: "mailbox_full",
      message: `${this.lengthMax} messages wait for ${pid} (${registeredName ?? initialCall}): ${this.dropped} more so far, ${words[this.overflow]}`,
    });
  }
}

const overflows: readonly unknown[] = [
  "refuse",
  "drop_newest",
  "drop_oldest",
  "exit",
] satisfies MailboxOptions["overflow"][];

const words: Readonly<Record<MailboxOptions["overflow"], string>> = {
  refuse: "refused",
  drop_newest: "dropped",
  drop_oldest: "each in place of the oldest",
  exit: "and it is ended",
};

const isOrdinary = ({ kind, tag }: Envelope): boolean =>
  kind === "call" || kind === "cast" || (kind === "info" && tag !== SIGNAL);
