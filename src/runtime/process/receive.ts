// Taking a message out of one's own mailbox. OTP: receive … after … end.

import { UnderwayError } from "../../error.ts";
import { currentProcess } from "./context.ts";
import { addDeadline, cancelDeadline, type Deadline } from "./deadlines.ts";
import { FunctionBody } from "./function-body.ts";
import type { Envelope } from "./mailbox.ts";
import type { Process, Waiter } from "./process.ts";
import { enqueue, spend } from "./scheduler.ts";

/** Which message `receive` takes, and how long it waits. */
export interface ReceiveOptions<T> {
  /** Takes the first message that it accepts; the others stay, in order. Default: the first message. */
  readonly match?: (message: unknown) => message is T;
}

/**
 * Takes a message out of the calling process's mailbox, waiting for one if need be.
 *
 * Resolves with the message; with `afterMs`, resolves with `undefined` when none has come in that many milliseconds.
 * Rejects with `process/no_process` outside a process. A `receive` that begins while another one of the same process
 * waits (the loser of a race) takes its place: the former one takes no message any more.
 *
 * OTP: receive … after … end
 */
export function receive<T = unknown>(options?: ReceiveOptions<T>): Promise<T>;
export function receive<T = unknown>(options: ReceiveOptions<T> & { readonly afterMs: number }): Promise<T | undefined>;
export function receive<T>(options: ReceiveOptions<T> & { readonly afterMs?: number } = {}): Promise<unknown> {
  const process = currentProcess();
  if (process === null) return Promise.reject(new UnderwayError("process/no_process", { operation: "receive" }));
  const { match, afterMs } = options;
  const body = process.body instanceof FunctionBody ? process.body : null;
  return new Promise((resolve, reject) => {
    const visitor = body?.visitor ?? null;
    // What `match` throws rejects.
    const found = visitor?.busy ? null : takeFrom(process, match);
    if (found !== null) {
      body?.takes();
      visitor?.took(found);
      handOver(resolve, found.payload);
      return;
    }
    const receiver = new Receiver(process, body, match, resolve, reject);
    if (afterMs !== undefined) addDeadline(receiver, afterMs);
    process.waiter = receiver;
    body?.waits();
    if (visitor?.busy) visitor.arrived();
  });
}

// Internal.

const takeFrom = (process: Process, match: ((message: unknown) => boolean) | undefined): Envelope | null =>
  match === undefined ? process.mailbox.shiftInfo() : process.mailbox.take((one) => accepts(one, match));

/** A `receive` that waits. */
class Receiver implements Waiter, Deadline {
  deadline: Deadline["deadline"] = null;
  readonly #process: Process;
  readonly #body: FunctionBody | null;
  readonly #match: ((message: unknown) => boolean) | undefined;
  readonly #resolve: (message: unknown) => void;
  readonly #reject: (thrown: unknown) => void;

  constructor(
    process: Process,
    body: FunctionBody | null,
    match: ((message: unknown) => boolean) | undefined,
    resolve: (message: unknown) => void,
    reject: (thrown: unknown) => void,
  ) {
    this.#process = process;
    this.#body = body;
    this.#match = match;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  take(envelope: Envelope): boolean {
    // The new version of its loop looks into the mailbox, and may want what this one would refuse.
    this.#body?.settle();
    if (this.#process.waiter !== this || this.#body?.hasGoneOn) return false;
    const visitor = this.#body?.visitor ?? null;
    if (visitor?.holds) {
      visitor.heldBack(envelope);
      return false;
    }
    try {
      if (!accepts(envelope, this.#match)) return false;
    } catch (thrown) {
      // The mistake of who receives, not of who has sent.
      this.#leave();
      this.#reject(thrown);
      return false;
    }
    if (this.#body?.wakes() === false) return false;
    visitor?.took(envelope);
    this.#leave();
    handOver(this.#resolve, envelope.payload);
    return true;
  }

  dropped(): void {
    cancelDeadline(this);
  }

  expire(): void {
    // The loser of a race is told so, too; but only who still waits can be brought over to a new version.
    if (this.#process.waiter === this) {
      const visitor = this.#body?.visitor ?? null;
      if (visitor?.holds) {
        visitor.expired(() => this.expire());
        return;
      }
      if (this.#body?.wakes() === false) return;
      this.#process.waiter = null;
    }
    this.#resolve(undefined);
  }

  #leave(): void {
    this.#process.waiter = null;
    cancelDeadline(this);
  }
}

const accepts = (envelope: Envelope, match: ((message: unknown) => boolean) | undefined): boolean =>
  envelope.kind === "info" && (match === undefined || match(envelope.payload));

/** A loop whose mailbox is never empty, or two that send to each other, would keep sockets and timers waiting for ever. */
const handOver = (resolve: (message: unknown) => void, message: unknown): void => {
  if (!spend()) {
    resolve(message);
    return;
  }
  enqueue({
    step() {
      resolve(message);
      return 1;
    },
  });
};
