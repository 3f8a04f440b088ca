// Counts the switches. Each message knows before which it was sent, so that one that was written for the code before can
// be converted when its turn comes, wherever it waits until then, and a switch need not look for it.

/** Goes up by one at each switch, and at each that is taken back. */
export let codeEpoch = 0;

/** A switch: from here on messages are those of the new code. */
export const nextCodeEpoch = (): number => ++codeEpoch;
