// What of a process may be shown to people: its callback module's `formatStatus` decides. OTP: format_status/1.

import type { ExitReason } from "../process/reason.ts";
import type { Received, SystemEvent } from "./debug.ts";

/** What is about to be shown. OTP: format_status(). */
export interface StatusParts<S = unknown> {
  readonly state: S;
  /** A message that it handles, or handled when it ended. */
  readonly message?: Received;
  /** Why it ended. */
  readonly reason?: ExitReason;
}

/** What may be shown of each part: text, or a value with the secrets taken out. */
export interface ShownParts {
  readonly state?: unknown;
  readonly message?: unknown;
  readonly reason?: unknown;
}

/** `formatStatus` of a callback module; null where the module has none, and everything may be shown. */
export type FormatStatus = ((parts: StatusParts<never>) => ShownParts) | null;

const UNSHOWN = "(not shown)";

/**
 * The parts as they may be shown. Never throws: when `formatStatus` throws, or returns no object, nothing is shown, since it
 * is not known what of it is a secret. A part that it leaves out is not shown, either.
 *
 * Deviation: OTP shows the parts that format_status/1 leaves out.
 */
export const shownParts = (formatStatus: FormatStatus, parts: StatusParts): ShownParts => {
  if (formatStatus === null) return parts;
  let shown: ShownParts;
  try {
    shown = formatStatus(parts as StatusParts<never>);
  } catch {
    return hidden(parts, "(not shown: formatStatus threw)");
  }
  if (typeof shown !== "object" || shown === null) return hidden(parts, "(not shown: formatStatus returned no object)");
  return { ...hidden(parts, UNSHOWN), ...shown };
};

/**
 * An event as it may be shown. A reply and the argument of a continue are made of the state, and `formatStatus` is not asked
 * about them: where there is one they are not shown.
 */
export const shownEvent = (formatStatus: FormatStatus, event: SystemEvent, state: unknown): SystemEvent => {
  if (formatStatus === null) return event;
  switch (event.type) {
    case "in": {
      const { message } = shownParts(formatStatus, { state, message: event.received });
      return { ...event, received: isReceived(message) ? message : { kind: "info", message } };
    }
    case "noreply":
      return { ...event, state: shownParts(formatStatus, { state: event.state }).state };
    case "out":
      return { ...event, reply: UNSHOWN, state: shownParts(formatStatus, { state: event.state }).state };
    case "continue":
      return { ...event, arg: UNSHOWN };
  }
};

// Internal.

const isReceived = (value: unknown): value is Received =>
  typeof value === "object" && value !== null && "kind" in value;

const hidden = (parts: StatusParts, why: string): ShownParts => ({
  state: why,
  ...(parts.message !== undefined && { message: why }),
  ...(parts.reason !== undefined && { reason: why }),
});
