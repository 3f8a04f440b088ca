// How a node in the background tells `daemon` that it is ready, or why it is not: by a line into a pipe that it was given.

import { closeSync, writeSync } from "node:fs";
import type { WireError } from "./protocol.ts";

/** Names the pipe's descriptor. */
export const readyVariable = "UNDERWAY_READY_FD";

/** What `daemon` reads when the node is ready; else it reads an error, as JSON. */
export const readyLine = "ready\n";

/** Says `ready`, once, if somebody waits for it. */
export const tellReady = (): void => tell(readyLine);

/** Says why the node has not started, if somebody waits for it. */
export const tellNotReady = (error: WireError): void => tell(`${JSON.stringify(error)}\n`);

/** What a node said that has ended; null when it could not say anything. */
export function failureOf(said: string): WireError | null {
  try {
    return JSON.parse(said) as WireError;
  } catch {
    return null;
  }
}

// Internal.

function tell(line: string): void {
  const descriptor = Number(process.env[readyVariable] ?? Number.NaN);
  // What this node starts has not been asked.
  delete process.env[readyVariable];
  if (!Number.isInteger(descriptor)) return;
  try {
    writeSync(descriptor, line);
    closeSync(descriptor);
  } catch {
    // Who waited for it has gone; that is no reason for the node to end.
  }
}
