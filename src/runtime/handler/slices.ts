// Long walks, in slices, so that the event loop turns in between.

/** Longest stretch in which a walk keeps the event loop. One piece of work is not interrupted. */
const SLICE_MS = 1;

/** Works off an iterator for a slice's time. True if there is more. */
export const forSlice = <T>(rest: Iterator<T>, work: (one: T) => void): boolean => {
  const endsMs = performance.now() + SLICE_MS;
  do {
    const { value, done } = rest.next();
    if (done === true) return false;
    work(value);
  } while (performance.now() < endsMs);
  return true;
};
