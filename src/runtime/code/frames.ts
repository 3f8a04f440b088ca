// Who runs in which version. Each frame of an async function of a module leaves a note here while it is open: on its
// version, so that a purge finds exactly the processes inside, and on its process, so that the notes die with it.
//
//            enter              leave
//   (none) ─────────► noted ───────────► gone
//                       │ process ended, version purged
//                       ▼
//                    stopped: the next check throws the stop signal
//
// Both lists are intrusive and doubly linked: entering and leaving cost a few assignments, whatever their length.

import { currentProcess } from "../process/context.ts";
import type { FrameNotes, Process } from "../process/process.ts";
import { stopSignal } from "../process/stop-signal.ts";

/** The note of one open frame. */
export class Frame {
  /** Null in the head of a process's list. */
  readonly holder: FrameHolder | null;
  /** Null when the frame runs in no process, and in the head of a version's list. */
  readonly notes: ProcessFrames | null;
  /** Set once, when its process has ended or its version was purged: it must run no further line. */
  stopped = false;
  linked = false;
  // Neighbours in the version's list and in the process's list.
  holderNext: Frame = this;
  holderPrevious: Frame = this;
  notesNext: Frame = this;
  notesPrevious: Frame = this;

  constructor(holder: FrameHolder | null, notes: ProcessFrames | null) {
    this.holder = holder;
    this.notes = notes;
  }
}

/** All open frames in one version of a module. */
export class FrameHolder {
  readonly #head = new Frame(null, null);

  /** Notes a frame of the running process; throws the stop signal if that process has ended. */
  enter(): Frame {
    const process = currentProcess();
    const frame = new Frame(this, process === null ? null : notesOf(process));
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

  /** Open frames, oldest first. May be changed while it is iterated. */
  *frames(): IterableIterator<Frame> {
    let frame = this.#head.holderNext;
    while (frame !== this.#head) {
      const next = frame.holderNext;
      yield frame;
      frame = next;
    }
  }

  /** The processes with a frame here, each once. */
  processes(): Set<Process> {
    const found = new Set<Process>();
    for (const frame of this.frames()) if (frame.notes !== null) found.add(frame.notes.process);
    return found;
  }
}

/** All open frames of one process. */
export class ProcessFrames implements FrameNotes {
  readonly process: Process;
  readonly #head = new Frame(null, null);

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

  /** True if one of its frames is in this version. */
  isIn(holder: FrameHolder): boolean {
    for (let frame = this.#head.notesNext; frame !== this.#head; frame = frame.notesNext) {
      if (frame.holder === holder) return true;
    }
    return false;
  }

  /** The process has ended: all its frames stop at their next check, and no version counts them any more. */
  release(): void {
    while (this.#head.notesNext !== this.#head) stopFrame(this.#head.notesNext);
  }
}

/** Forgets a frame that has been left. Does nothing the second time. */
export const leaveFrame = (frame: Frame): void => {
  if (!frame.linked) return;
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
  return value;
};

/** Stands at the head of each `catch` and `finally`. */
export const checkFrame = (frame: Frame): void => {
  if (frame.stopped) throw stopSignal;
};

// Internal.

const notesOf = (process: Process): ProcessFrames => {
  if (!process.alive) throw stopSignal;
  process.frames ??= new ProcessFrames(process);
  return process.frames as ProcessFrames;
};
