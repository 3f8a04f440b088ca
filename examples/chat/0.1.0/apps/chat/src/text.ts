// What people write, made fit to be shown.

/** Longest text of one message, in UTF-16 code units. */
const LENGTH_MAX = 2_000;

/** Without surrounding and repeated white space, and not endless. */
export const clean = (text: string): string => text.trim().replace(/\s+/g, " ").slice(0, LENGTH_MAX);
