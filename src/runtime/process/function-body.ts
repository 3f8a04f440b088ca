// What runs in a plain process: a function of a module, and whatever it becomes.
//
//            the function is called               become
//   begins ────────────────────────► in a turn ───────────► the next function, of the current version
//                                       │  ▲
//     first receive, in the loop itself │  │ a message, the time of the receive is over: the turn goes on
//                                       ▼  │
//                              at its update point ── an upgrade ──► the frame is left there, the function begins anew
//
// A turn that an upgrade has left behind is never resumed: its number is not the current one any more.

import { UnderwayError } from "../../error.ts";
import type { Body, CodeChangeRequest, Commit, Prepared, Upgradable } from "./body.ts";
import { Changeable } from "./changeable.ts";
import { currentProcess } from "./context.ts";
import type { Envelope } from "./mailbox.ts";
import { moduleName } from "./module-name.ts";
import type { Process, WaitingFrame } from "./process.ts";
import { enqueue, spend } from "./scheduler.ts";
import { hasUpdatePoint, isSpecial, migrateArgs, type VersionedArgs, vsnOf } from "./system-code-change.ts";
import { moveProcess } from "./table.ts";

/** What `become` returns; return it from the function that stops being what the process runs. */
export class Become {
  readonly module: object;
  readonly fn: string;
  readonly args: readonly unknown[];

  /** @internal */
  constructor(module: object, fn: string, args: readonly unknown[]) {
    this.module = module;
    this.fn = fn;
    this.args = args;
  }
}

type Exports = Readonly<Record<string, unknown>>;

/** Who talks to a process when it comes to a `receive`: system messages (behaviour/special-process.ts). */
export interface Visitor {
  /** True while it shall take no message. */
  readonly holds: boolean;
  /** It wants to be told when the process stands in its next `receive`, before that takes a message. */
  readonly busy: boolean;
  /** The process stands in a `receive`, which has not been offered what is in the mailbox yet. */
  arrived(): void;
  /** A message came while it takes none; it waits in the mailbox. */
  heldBack(envelope: Envelope): void;
  /** The time of its `receive` is over while it takes none; `again` tells it so. */
  expired(again: () => void): void;
  /** It has taken a message. */
  took(envelope: Envelope): void;
  /** It has ended. */
  ended(): void;
}

export class FunctionBody extends Changeable implements Body {
  readonly name = "proc";
  module: object;
  /** Null until somebody asks for something of `sys`. */
  visitor: Visitor | null = null;
  /** Version of the shape of `#next`'s arguments. */
  vsn = 1;
  /** What it began as; its arguments are not kept. */
  readonly #initialModule: object;
  readonly #initialFunction: string;
  /** The function of this turn, or of the one that is to begin. */
  #next: Become;
  /** The turn under way; what an earlier one still does is not looked at. */
  #turn = 0;
  /** Calls of `receive` in this turn. */
  #receives = 0;
  /** The frame that stands in the first `receive` of this turn; it may have gone on by another way since. */
  #waiting: WaitingFrame | null = null;
  /** `begins`: the next turn is about to be begun, by whoever has set this or by `step`. */
  #state: "begins" | "runs" = "begins";
  /** The version that this turn began in has update points. */
  #special = false;
  #turnVsn = 1;
  /** Changes of code that the arguments of the next `become` have still to go through, oldest first. */
  #late: { readonly change: CodeChangeRequest; readonly commit: Commit }[] | null = null;
  /** Ends what the process takes for one long callback. */
  #settled: { readonly resolve: () => void; readonly reject: (thrown: unknown) => void } | null = null;

  constructor(first: Become) {
    super();
    this.module = first.module;
    this.#initialModule = first.module;
    this.#initialFunction = first.fn;
    this.#next = first;
  }

  get initialCall(): string {
    return `${moduleName(this.#initialModule)}:${this.#initialFunction}`;
  }

  /** The function of this turn. */
  get currentFunction(): string {
    return `${moduleName(this.#next.module)}:${this.#next.fn}/${this.#next.args.length}`;
  }

  /** What the function of this turn was called with. */
  get args(): readonly unknown[] {
    return this.#next.args;
  }

  /** Lets the function begin anew with other arguments; false if the process does not stand at its update point. */
  replaceArgs(args: readonly unknown[]): boolean {
    if (this.phase !== "idle") return false;
    this.begin();
    this.#beginAnew(new Become(this.#next.module, this.#next.fn, args), this.vsn);
    return true;
  }

  ended(): void {
    this.visitor?.ended();
  }

  start(): void | Promise<void> {
    this.process = currentProcess() as Process;
    const result = this.#runTurn();
    if (!(result instanceof Promise) && !(result instanceof Become)) {
      this.process.end("normal");
      return;
    }
    return new Promise((resolve, reject) => {
      this.#settled = { resolve, reject };
      this.#follow(result);
    });
  }

  // Called by receive.

  /** A `receive` of this process begins to wait. */
  waits(): void {
    this.#waiting = ++this.#receives === 1 ? (this.process.frames?.waiting() ?? null) : null;
  }

  /** The `receive` that stands first in this turn has lost a race: its frame has gone on, and nobody wants its message. */
  get hasGoneOn(): boolean {
    return this.#waiting !== null && !this.#waiting.waits;
  }

  /** A `receive` finds a message in the mailbox, so that it does not wait. */
  takes(): void {
    this.#receives++;
    this.begin();
  }

  /**
   * The `receive` that waits has got its message, or its time is over. False if the process has been upgraded in this
   * moment: that `receive` is left behind, and the new version begins.
   */
  wakes(): boolean {
    this.settle();
    if (this.#state === "begins") return false;
    this.#waiting = null;
    this.begin();
    return true;
  }

  // Change of code.

  /** A function takes part only where its module says so. */
  get upgrade(): Upgradable | undefined {
    const takesPart = this.#special || this.hasOffer || this.#late !== null || isSpecial(this.module as Exports);
    return takesPart ? this : undefined;
  }

  get phase(): Upgradable["phase"] {
    if (this.process === undefined) return "unborn";
    return this.#state === "begins" || this.#waiting?.waits ? "idle" : "inside";
  }

  protected get hasState(): boolean {
    return this.process !== undefined;
  }

  override offer(change: CodeChangeRequest, commit: Commit): void {
    if (!hasUpdatePoint(change, this.#next.fn)) this.#waiting = null;
    super.offer(change, commit);
  }

  prepare(change: CodeChangeRequest): Prepared {
    let held = this.#held();
    for (const late of this.#late ?? []) {
      if (late.commit.state === "committed") held = migrateArgs(held, this.module, late.change);
    }
    return this.#toBecome(migrateArgs(held, this.module, change));
  }

  adoptLate(change: CodeChangeRequest, commit: Commit): void {
    this.#late ??= [];
    this.#late.push({ change, commit });
  }

  // What waits for a `receive` is not converted: its function takes what it matches, and leaves the rest.

  queued(): readonly Envelope[] {
    return [];
  }

  convertQueue(): void {}

  converted(envelope: Envelope): Envelope {
    return envelope;
  }

  // Internal.

  #held(): VersionedArgs {
    const { fn, args } = this.#next;
    return { fn, args, vsn: this.vsn };
  }

  #toBecome(held: VersionedArgs): Prepared {
    const { module } = this.#next;
    return {
      adopt: () => {
        const former = this.#held();
        this.#beginAnew(new Become(module, held.fn, held.args), held.vsn);
        return () => this.#beginAnew(new Become(module, former.fn, former.args), former.vsn);
      },
    };
  }

  /** Another function, or the same one with other arguments, in place of what waits. */
  #beginAnew(next: Become, vsn: number): void {
    this.#next = next;
    this.vsn = vsn;
    if (this.#state === "begins") return;
    this.#state = "begins";
    this.#turn++;
    this.#waiting?.abandon();
    this.#waiting = null;
    this.process.waiter?.dropped();
    this.process.waiter = null;
    enqueue(this);
  }

  /** Called by the scheduler: the turn that an upgrade has made, or that had to give way to others, begins. */
  step(): number {
    const { process } = this;
    if (process.alive) process.enter(() => this.#attempt());
    return 1;
  }

  #attempt(): void {
    let result: unknown;
    try {
      result = this.#runTurn();
    } catch (thrown) {
      this.#settled?.reject(thrown);
      return;
    }
    this.#follow(result);
  }

  /** The function is looked up in the module's handle at each turn: it is the newest version's. */
  #runTurn(): unknown {
    this.#turn++;
    this.#receives = 0;
    this.#waiting = null;
    const { module, fn, args } = this.#next;
    const exports = module as Exports;
    this.#state = "runs";
    this.#turnVsn = vsnOf(exports);
    this.#special = isSpecial(exports);
    if (this.#turn === 1) this.vsn = this.#turnVsn;
    const target = exports[fn];
    if (typeof target !== "function")
      throw new UnderwayError("process/undef", { module: moduleName(module), function: fn });
    return target(...args);
  }

  /** What a turn has returned, at once or some time. */
  #follow(result: unknown): void {
    const turn = this.#turn;
    // Two microtasks less than an async function, which a turn of a loop has not the time for.
    Promise.resolve(result).then(
      (settled) => {
        if (turn === this.#turn) this.#became(settled);
      },
      (thrown) => {
        if (turn === this.#turn) this.#settled?.reject(thrown);
      },
    );
  }

  #became(result: unknown): void {
    const { process } = this;
    if (!process.alive || !(result instanceof Become)) {
      process.end("normal");
      this.#settled?.resolve();
      return;
    }
    process.frames?.detach();
    try {
      this.#goOnAs(result);
    } catch (thrown) {
      this.#settled?.reject(thrown);
      return;
    }
    if (this.stalled) return;
    // A loop that waits for nothing must not keep everybody else waiting.
    if (this.#receives === 0 && spend()) enqueue(this);
    else this.#attempt();
  }

  /** The next turn's function and arguments; those were made by the version in which this turn began. */
  #goOnAs(next: Become): void {
    this.#waiting = null;
    // It went on by another way than through `receive`: what was offered is of no use for what it has done since.
    this.begin();
    if (next.module !== this.module) {
      const { module } = this;
      this.module = next.module;
      moveProcess(this.process, module);
      this.#turnVsn = vsnOf(next.module as Exports);
      this.#late = null;
    }
    this.#state = "begins";
    this.#next = next;
    this.vsn = this.#turnVsn;
    if (this.#late === null) return;
    const late = this.#late;
    this.#late = null;
    for (const { change, commit } of late) {
      if (commit.state !== "committed") continue;
      try {
        this.take(this.#toBecome(migrateArgs(this.#held(), this.module, change)), commit);
      } catch (error) {
        const fate = commit.failedLate(this.process, error);
        if (fate === "end") throw error;
        if (fate === "hold") this.stall(error, () => enqueue(this));
        return;
      }
    }
  }
}
