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

/**
 * Whether what was thrown is the signal, or came of nothing but it: `Promise.any` gathers the signals of several frames
 * in an AggregateError, and `using` puts one that came while another was under way into a SuppressedError.
 */
export const isStopSignal = (thrown: unknown): boolean => {
  if (thrown === stopSignal) return true;
  if (!(thrown instanceof Error)) return false;
  // By name, since the error may come from another realm. What was suppressed is the older one: the frame was stopped.
  if (thrown.name === "SuppressedError" && "suppressed" in thrown && "error" in thrown) {
    return isStopSignal(thrown.suppressed) || isStopSignal(thrown.error);
  }
  if (thrown.name !== "AggregateError" || !("errors" in thrown) || !Array.isArray(thrown.errors)) return false;
  return thrown.errors.length > 0 && thrown.errors.every(isStopSignal);
};
