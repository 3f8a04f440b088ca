// Who runs in which version. Each frame of an async function or async generator of a module leaves a note here while it
// is open: on its version, so that a purge finds exactly the processes inside, and on its process, so that the notes die
// with it.
//
//            enter              leave
//   (none) ─────────► noted ─────────────────────────────► gone
//     │ entered       │   │ its callback has returned        ▲
//     │ outside any   │   ▼                                  │ leave, or collected
//     │ callback      │ detached: listed, kills nobody ──────┤
//     └───────────────┼──►│                                  │
//                     ▼   ▼ process ended, version purged    │
//                    stopped: the next check throws the stop signal
//
// The lists of noted frames are intrusive and doubly linked: entering and leaving cost a few assignments, whatever their
// length. A detached frame (the loser of a `Promise.race`, a promise nobody waits for, an abandoned generator) may never
// be resumed, so its note is weak: when the frame is collected, the note goes too.

import { currentProcess } from "../process/context.ts";
import type { FrameNotes, Process, WaitingFrame } from "../process/process.ts";
import { stopSignal } from "../process/stop-signal.ts";

/** The note of one open frame. */
export class Frame implements WaitingFrame {
  /** Null in the head of a process's list. */
  readonly holder: FrameHolder | null;
  /** Null when the frame runs in no process, and in the head of a version's list. */
  readonly notes: ProcessFrames | null;
  /** Set once, when its process has ended or its version was purged: it must run no further line. */
  stopped = false;
  /** Line of the source at which it waits, or has waited last: an `await`, a `yield`. 0 before the first. Set by the code itself. */
  line = 0;
  /** It was the only one of its process when it began to wait in `receive`, and has not gone on since. */
  waits = false;
  linked = false;
  detached: DetachedNote | null = null;
  // Neighbours in the version's list and in the process's list.
  holderNext: Frame = this;
  holderPrevious: Frame = this;
  notesNext: Frame = this;
  notesPrevious: Frame = this;

  constructor(holder: FrameHolder | null, notes: ProcessFrames | null) {
    this.holder = holder;
    this.notes = notes;
  }

  abandon(): void {
    stopFrame(this);
  }
}

/** All open frames in one version of a module. */
export class FrameHolder {
  readonly #head = new Frame(null, null);
  #detached: Set<DetachedNote> | null = null;

  /** Notes a frame of the running process; throws the stop signal if that process has ended. */
  enter(): Frame {
    const process = currentProcess();
    const frame = new Frame(this, process === null ? null : notesOf(process));
    // A timer or a listener of the process calls: no callback will return with this frame.
    if (process?.resting) {
      weaken(frame);
      return frame;
    }
    frame.linked = true;
    const head = this.#head;
    const last = head.holderPrevious;
    frame.holderPrevious = last;
    frame.holderNext = head;
    last.holderNext = frame;
    head.holderPrevious = frame;
    frame.notes?.add(frame);
    return frame;
  }

  /** Open frames that belong to a callback or to no process, oldest first. May be changed while it is iterated. */
  *frames(): IterableIterator<Frame> {
    let frame = this.#head.holderNext;
    while (frame !== this.#head) {
      const next = frame.holderNext;
      yield frame;
      frame = next;
    }
  }

  /** Open frames whose callback has returned without them. */
  detachedFrames(): Frame[] {
    return framesOf(this.#detached);
  }

  /** The processes with a frame here, each once. Those with detached frames only are not among them. */
  processes(): Set<Process> {
    const found = new Set<Process>();
    for (const frame of this.frames()) if (frame.notes !== null) found.add(frame.notes.process);
    return found;
  }

  /** Lets the next check of each frame throw. */
  stop(): void {
    for (const frame of this.frames()) stopFrame(frame);
    for (const frame of this.detachedFrames()) stopFrame(frame);
  }

  /** @internal */
  get detachedNotes(): Set<DetachedNote> {
    this.#detached ??= new Set();
    return this.#detached;
  }
}

/** All open frames of one process. */
export class ProcessFrames implements FrameNotes {
  readonly process: Process;
  readonly #head = new Frame(null, null);
  #detached: Set<DetachedNote> | null = null;

  constructor(process: Process) {
    this.process = process;
  }

  add(frame: Frame): void {
    const head = this.#head;
    const last = head.notesPrevious;
    frame.notesPrevious = last;
    frame.notesNext = head;
    last.notesNext = frame;
    head.notesPrevious = frame;
  }

  /** True if one of its frames is in this version; detached ones do not count. */
  isIn(holder: FrameHolder): boolean {
    for (let frame = this.#head.notesNext; frame !== this.#head; frame = frame.notesNext) {
      if (frame.holder === holder) return true;
    }
    return false;
  }

  /** A callback has returned: the frames that are still open were left behind by it. */
  detach(): void {
    while (this.#head.notesNext !== this.#head) {
      const frame = this.#head.notesNext;
      leaveFrame(frame);
      weaken(frame);
    }
  }

  waiting(): Frame | null {
    const frame = this.#head.notesNext;
    if (frame === this.#head || frame.notesNext !== this.#head) return null;
    frame.waits = true;
    return frame;
  }

  /** The process has ended: all its frames stop at their next check, and no version counts them any more. */
  release(): void {
    while (this.#head.notesNext !== this.#head) stopFrame(this.#head.notesNext);
    for (const frame of framesOf(this.#detached)) stopFrame(frame);
  }

  /** @internal */
  get detachedNotes(): Set<DetachedNote> {
    this.#detached ??= new Set();
    return this.#detached;
  }
}

/** Forgets a frame that has been left. Does nothing the second time. */
export const leaveFrame = (frame: Frame): void => {
  if (!frame.linked) {
    frame.detached?.remove();
    return;
  }
  frame.linked = false;
  frame.holderPrevious.holderNext = frame.holderNext;
  frame.holderNext.holderPrevious = frame.holderPrevious;
  frame.notesPrevious.notesNext = frame.notesNext;
  frame.notesNext.notesPrevious = frame.notesPrevious;
  // A finished frame that somebody still holds must not hold its former neighbours.
  frame.holderNext = frame.holderPrevious = frame.notesNext = frame.notesPrevious = frame;
};

/** Forgets a frame and lets its next check throw. */
export const stopFrame = (frame: Frame): void => {
  frame.stopped = true;
  leaveFrame(frame);
};

/** Stands behind each `await`: hands on its value, unless the frame was stopped meanwhile. */
export const resumeFrame = <T>(frame: Frame, value: T): T => {
  if (frame.stopped) throw stopSignal;
  frame.waits = false;
  return value;
};

/** Stands at the head of each `catch` and `finally`. */
export const checkFrame = (frame: Frame): void => {
  if (frame.stopped) throw stopSignal;
  frame.waits = false;
};

/** Stands before an `await` whose operand awaits too: notes the line and hands on the operand. */
export const waitAt = <T>(frame: Frame, line: number, value: T): T => {
  frame.line = line;
  return value;
};

/** Declared by `using` behind an `await using`, so that it is disposed of first: notes the line. */
export const disposeAt = (frame: Frame, line: number): Disposable => ({
  [Symbol.dispose]() {
    frame.line = line;
  },
});

// Internal.

/** The note of a detached frame, in the sets of its version and its process. */
class DetachedNote {
  readonly frame: WeakRef<Frame>;
  readonly #holder: FrameHolder | null;
  readonly #notes: ProcessFrames | null;

  constructor(frame: Frame) {
    this.frame = new WeakRef(frame);
    this.#holder = frame.holder;
    this.#notes = frame.notes;
    this.#holder?.detachedNotes.add(this);
    this.#notes?.detachedNotes.add(this);
  }

  remove(): void {
    this.#holder?.detachedNotes.delete(this);
    this.#notes?.detachedNotes.delete(this);
    collected.unregister(this);
  }
}

const collected = new FinalizationRegistry<DetachedNote>((note) => note.remove());

/** Notes an unlinked frame as detached. */
const weaken = (frame: Frame): void => {
  const note = new DetachedNote(frame);
  frame.detached = note;
  collected.register(frame, note, note);
};

const framesOf = (notes: ReadonlySet<DetachedNote> | null): Frame[] =>
  [...(notes ?? [])].flatMap(({ frame }) => frame.deref() ?? []);

const notesOf = (process: Process): ProcessFrames => {
  if (!process.alive) throw stopSignal;
  process.frames ??= new ProcessFrames(process);
  return process.frames as ProcessFrames;
};
