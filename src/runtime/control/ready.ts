// How a node in the background tells `daemon` that it is ready: by a line into a pipe that it was given.

import { closeSync, writeSync } from "node:fs";

/** Names the pipe's descriptor. */
export const readyVariable = "UNDERWAY_READY_FD";

/** Says `ready`, once, if somebody waits for it. */
export function tellReady(): void {
  const descriptor = Number(process.env[readyVariable] ?? Number.NaN);
  // What this node starts has not been asked.
  delete process.env[readyVariable];
  if (!Number.isInteger(descriptor)) return;
  try {
    writeSync(descriptor, "ready\n");
    closeSync(descriptor);
  } catch {
    // Who waited for it has gone; that is no reason for the node to end.
  }
}
