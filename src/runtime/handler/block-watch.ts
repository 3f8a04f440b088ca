// How long the event loop did not turn. Measured turn by turn, while something is under way that could block it.
//
// Node's monitorEventLoopDelay samples by a timer and needs many turns before it says anything: a short install passes
// unseen. With an immediate always pending the loop never waits, so the time between two of them is time in which
// something ran.

/** Begins to watch; call the result to stop, and to get the longest block in milliseconds. */
export const watchBlocks = (): (() => number) => {
  let longestMs = 0;
  let lastMs = performance.now();
  let watching = true;
  const look = (): void => {
    const now = performance.now();
    longestMs = Math.max(longestMs, now - lastMs);
    lastMs = now;
    if (watching) setImmediate(look);
  };
  setImmediate(look);
  return () => {
    watching = false;
    return Math.max(longestMs, performance.now() - lastMs);
  };
};
