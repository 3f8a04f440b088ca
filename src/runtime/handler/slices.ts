// Long walks, in slices, so that the event loop turns in between.

/** Longest stretch in which a walk keeps the event loop. One piece of work is not interrupted. */
const SLICE_MS = 1;
/** A piece of work that takes longer than a slice is worth a word. */
export const SLOW_MS = SLICE_MS;

/** Works off an iterator for a slice's time. True if there is more. `slow` is told of each piece that took long. */
export const forSlice = <T>(
  rest: Iterator<T>,
  work: (one: T) => void,
  slow?: (one: T, ms: number) => void,
): boolean => {
  let now = performance.now();
  const endsMs = now + SLICE_MS;
  do {
    const { value, done } = rest.next();
    if (done === true) return false;
    const beganMs = now;
    work(value);
    now = performance.now();
    if (now - beganMs > SLOW_MS) slow?.(value, now - beganMs);
  } while (now < endsMs);
  return true;
};
