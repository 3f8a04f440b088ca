// A process's part in a change of code, whatever runs in it: the offer that is computed aside while it works, and the
// state from before that it keeps until the upgrade is final. (body.ts says what each step means)

import type { CodeChangeRequest, Commit, Prepared, Rehearsed, Upgradable, WayBack } from "./body.ts";
import type { Envelope } from "./mailbox.ts";
import type { Process } from "./process.ts";
import { firstDifference } from "./state-copy.ts";
import { vsnOf } from "./system-code-change.ts";

interface Former {
  readonly restore: () => void;
  /** It has worked since. */
  worked: boolean;
  readonly earlier: Former | null;
}

export abstract class Changeable implements Upgradable {
  /** The process it runs in; set when it begins to run. */
  process!: Process;
  /** What this process will be if the commit comes true. */
  #offer: { readonly prepared: Prepared; readonly change: CodeChangeRequest; readonly commit: Commit } | null = null;
  /** Puts back what was before the upgrade that is not final yet; of several switches the last one first. */
  #former: Former | null = null;

  /** What it goes on with when the change is taken back that its result could not follow. */
  #stalled: { readonly error: unknown; readonly goOn: () => void } | null = null;

  abstract readonly vsn: number;
  abstract readonly phase: Upgradable["phase"];
  /** Computes what the change makes of the present state, and changes nothing. */
  abstract prepare(change: CodeChangeRequest): Prepared;
  /** Remembers a change for the result of the callback under way. */
  abstract adoptLate(change: CodeChangeRequest, commit: Commit): void;
  abstract queued(): readonly Envelope[];
  abstract convertQueue(): void;
  abstract converted(envelope: Envelope): Envelope | null;
  /** False before there is anything to migrate. */
  protected abstract get hasState(): boolean;

  /** Whether what was before the upgrade can be put back although the process has worked since. */
  protected get restoresAfterWork(): boolean {
    return false;
  }

  /** True while an offer is open or not taken yet. */
  protected get hasOffer(): boolean {
    return this.#offer !== null;
  }

  offer(change: CodeChangeRequest, commit: Commit): void {
    if (!this.hasState) return;
    this.settle();
    // What it goes on with has the old shape: it can only go back.
    if (this.#stalled !== null && vsnOf(change.to) !== this.vsn) throw this.#stalled.error;
    const prepared = this.prepare(change);
    // Inside a callback the state is about to be replaced: that it could be migrated is all that can be said.
    this.#offer = this.phase === "inside" ? null : { prepared, change, commit };
  }

  rehearse(change: CodeChangeRequest, _opposite: CodeChangeRequest): Rehearsed | null {
    if (!this.hasState) return null;
    try {
      return { kind: "migrated", result: this.prepare(change), mutated: null, lost: null };
    } catch (error) {
      return { kind: "failed", error, path: null };
    }
  }

  recheck(change: CodeChangeRequest): string | null {
    if (this.#offer?.commit.state !== "open") return null;
    return firstDifference(this.#offer.prepared.next, this.prepare(change).next);
  }

  settle(): void {
    if (this.#offer === null) return;
    const { prepared, change, commit } = this.#offer;
    if (commit.state === "open") return;
    this.#offer = null;
    if (commit.state !== "committed") return;
    if (this.phase === "inside") this.adoptLate(change, commit);
    else this.take(prepared, commit);
  }

  wayBack(opposite: CodeChangeRequest): WayBack {
    const way = this.#wayBack(opposite);
    return {
      ...way,
      take: () => {
        this.#forget();
        way.take();
      },
    };
  }

  #wayBack(opposite: CodeChangeRequest): WayBack {
    const former = this.#former;
    const inside = this.phase === "inside";
    if (former !== null && (!former.worked || this.restoresAfterWork) && !inside) return { take: former.restore };
    if (this.#stalled !== null) return { take: () => this.#goOn() };
    if (inside) return { take: () => this.adoptLate(opposite, wayBackOf(former?.restore)) };
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

  /** Called at the start of whatever may change the state: a callback, the taking of a message. */
  protected begin(): void {
    this.settle();
    if (this.#former !== null) this.#former.worked = true;
    if (this.#offer === null) return;
    const { commit } = this.#offer;
    this.#offer = null;
    commit.dirty(this.process);
  }

  /** Nothing more happens until the change is taken back that the result of a callback cannot follow. */
  protected stall(error: unknown, goOn: () => void): void {
    this.#stalled = { error, goOn };
  }

  protected get stalled(): boolean {
    return this.#stalled !== null;
  }

  /** Takes a new state, and keeps the former one until the upgrade is final. */
  protected take(prepared: Prepared, commit: Commit): void {
    const restore = prepared.adopt();
    this.#goOn();
    // What follows a change that is final already, or is itself the way back, has no way back.
    if (commit.final !== true) this.#former = { restore, worked: false, earlier: this.#former };
    commit.taken(this.process);
  }

  // Internal.

  /** One switch has been taken back. */
  #forget(): void {
    const former = this.#former;
    this.#former = former?.earlier ?? null;
    if (this.#former !== null && former?.worked === true) this.#former.worked = true;
  }

  /** Goes on with what has waited, in the code that made it, before any message. */
  #goOn(): void {
    const stalled = this.#stalled;
    this.#stalled = null;
    stalled?.goOn();
  }
}

/** The commit of the way back: who cannot go it gets its state from before the upgrade, if it had one. */
const wayBackOf = (restore: (() => void) | undefined): Commit => ({
  state: "committed",
  final: true,
  dirty() {},
  taken() {},
  failedLate() {
    if (restore === undefined) return "end";
    restore();
    return "former";
  },
});
