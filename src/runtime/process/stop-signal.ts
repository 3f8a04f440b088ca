// The private signal that unwinds the frames of a dead process or a purged version (design.md 5, Instrument).

/**
 * Thrown by the checks that the compiler puts behind each `await`. Module code cannot swallow it, since each of its
 * `catch` and `finally` blocks begins with a check. A frozen Error object: a Symbol breaks foreign code that prints it.
 */
export const stopSignal: Error = Object.freeze(
  Object.assign(new Error("This frame was stopped: its process has ended, or its code was purged"), {
    name: "StopSignal",
  }),
);
