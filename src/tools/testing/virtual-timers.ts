// setTimeout, setInterval and Date by the runtime's virtual clock, so that a module that uses them is simulated, too.
//
// Limit: `node:timers/promises`, and whoever has kept the true functions before, are not replaced.

import { AsyncResource } from "node:async_hooks";
import { addDeadline, cancelDeadline, type Deadline } from "../../runtime/process/deadlines.ts";

class VirtualTimeout implements Deadline {
  deadline: Deadline["deadline"] = null;
  readonly #call: () => void;
  readonly #afterMs: number;
  readonly #repeats: boolean;

  constructor(call: () => void, afterMs: number, repeats: boolean) {
    // It belongs to whoever made it.
    this.#call = AsyncResource.bind(call);
    // As Node: nonsense is a millisecond.
    this.#afterMs = afterMs >= 1 ? Math.floor(afterMs) : 1;
    this.#repeats = repeats;
    addDeadline(this, this.#afterMs);
  }

  expire(): void {
    if (this.#repeats) addDeadline(this, this.#afterMs);
    this.#call();
  }

  // What Node's Timeout has.
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  hasRef(): boolean {
    return true;
  }
  refresh(): this {
    cancelDeadline(this);
    addDeadline(this, this.#afterMs);
    return this;
  }
  close(): this {
    cancelDeadline(this);
    return this;
  }
  [Symbol.dispose](): void {
    cancelDeadline(this);
  }
}

/** Replaces the global functions; returns the way back. */
export const replaceTimers = (elapsedMs: () => number): (() => void) => {
  const { setTimeout, setInterval, clearTimeout, clearInterval, Date: TrueDate } = globalThis;
  const beganMs = TrueDate.now();
  const now = (): number => beganMs + elapsedMs();
  const make =
    (repeats: boolean) =>
    (fn: (...args: unknown[]) => void, afterMs = 1, ...args: unknown[]): VirtualTimeout =>
      new VirtualTimeout(() => fn(...args), afterMs, repeats);
  const clear = (timer: unknown): void => {
    if (timer instanceof VirtualTimeout) cancelDeadline(timer);
    else clearTimeout(timer as NodeJS.Timeout);
  };
  const VirtualDate = new Proxy(TrueDate, {
    construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    apply: () => new TrueDate(now()).toString(),
    get: (target, property) => (property === "now" ? now : Reflect.get(target, property)),
  });
  Object.assign(globalThis, {
    setTimeout: make(false),
    setInterval: make(true),
    clearTimeout: clear,
    clearInterval: clear,
    Date: VirtualDate,
  });
  return () => {
    Object.assign(globalThis, { setTimeout, setInterval, clearTimeout, clearInterval, Date: TrueDate });
  };
};
