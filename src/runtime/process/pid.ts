// Names of things that live while the node lives: pids, references, typed registered names. OTP: erlang(3), types.

import { opaque } from "./data.ts";
import type { Process } from "./process.ts";

declare const brand: unique symbol;

let lastPid = 0;
let lastRef = 0;

/**
 * Identity of a process, printed as `<0.42.0>`. It is data: it may stand in states and messages.
 *
 * `M` is the type of its callback module, from which calls and casts are inferred.
 *
 * OTP: pid().
 */
export class Pid<out M = unknown> {
  declare readonly [brand]?: M;
  readonly id: number = ++lastPid;
  // Private, so that printing, comparing or copying a state that holds a pid never walks into the process.
  #process: Process | null;

  /** @internal */
  constructor(process: Process) {
    this.#process = process;
  }

  /** @internal The living process; null once it has ended, so that a kept pid keeps nothing else alive. */
  get process(): Process | null {
    return this.#process;
  }

  /** It is data. */
  get [opaque](): true {
    return true;
  }

  /** @internal The process has ended. */
  forgetProcess(): void {
    this.#process = null;
  }

  toString(): string {
    return `<0.${this.id}.0>`;
  }

  toJSON(): string {
    return this.toString();
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

/** A unique mark of a monitor, a timer or a request. OTP: reference(). */
export class Ref {
  readonly id = ++lastRef;

  /** It is data. */
  get [opaque](): true {
    return true;
  }

  toString(): string {
    return `#Ref<0.${this.id}>`;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

/**
 * A second address of a process, which it can take back: what is sent to it afterwards is dropped. It is data, and a
 * reference too: that of the monitor that it was made with, if it was.
 *
 * OTP: alias.
 */
export class Alias extends Ref {
  /** Null when it has ended. */
  #owner: Pid | null;
  /** Called by the first message, which is the last one; null: there may be any number. */
  readonly #used: (() => void) | null;
  /** @internal It ends with its monitor. */
  readonly withMonitor: boolean;

  /** @internal */
  constructor(owner: Pid, used: (() => void) | null, withMonitor = false) {
    super();
    this.#owner = owner;
    this.#used = used;
    this.withMonitor = withMonitor;
  }

  /** @internal Whom a message reaches that is sent now; null if it is dropped. */
  receiver(): Process | null {
    const process = this.#owner?.process ?? null;
    if (process !== null && this.#used !== null) {
      this.#owner = null;
      this.#used();
    }
    return process;
  }

  /** @internal Whether it is in use, and whose. */
  get owner(): Process | null {
    return this.#owner?.process ?? null;
  }

  /** @internal */
  end(): void {
    this.#owner = null;
  }
}

/** A registered name that knows the callback module behind it. OTP: the atom given to register/2. */
export interface Named<M = unknown> {
  readonly [brand]?: M;
  readonly name: string;
}

/** Whom a message can be sent to: a pid, or a name that is looked up at the moment of sending. */
export type Dest<M = unknown> = Pid<M> | Named<M>;

/** A typed reference to whoever is registered as `name` at the moment of use: `named<typeof Room>("lobby")`. */
export const named = <M = unknown>(name: string): Named<M> => ({ name });
