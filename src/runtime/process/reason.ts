// Exit reasons, exactly OTP's words.

import { inspect } from "node:util";

/** Why a process ended. Anything but `normal`, `shutdown` and `{ shutdown }` is abnormal and worth a crash report. */
export type ExitReason =
  | "normal"
  | "shutdown"
  | "kill"
  | "killed"
  | "noproc"
  | "noconnection"
  | (string & {})
  | { readonly shutdown: unknown }
  | { readonly error: unknown };

/** OTP: a reason for which a transient child is not restarted. */
export const isNormal = (reason: ExitReason): boolean =>
  reason === "normal" || reason === "shutdown" || (typeof reason === "object" && "shutdown" in reason);

/** The reason in one line, for messages. */
export const formatReason = (reason: unknown): string => {
  if (typeof reason !== "object" || reason === null) return String(reason);
  if ("error" in reason) return `error: ${formatThrown(reason.error)}`;
  if ("shutdown" in reason) return `shutdown: ${formatReason(reason.shutdown)}`;
  if ("failed_to_start_child" in reason && "reason" in reason) {
    return `failed to start child "${String(reason.failed_to_start_child)}": ${formatReason(reason.reason)}`;
  }
  return inspect(reason, { breakLength: Number.POSITIVE_INFINITY, depth: 3 });
};

const formatThrown = (thrown: unknown): string => {
  if (!(thrown instanceof Error)) return String(thrown);
  const [firstLine] = thrown.message.split("\n");
  return `${thrown.name}: ${firstLine}`;
};

/** The value thrown behind a reason, or behind that of the child that could not be started; undefined if none was. */
export const thrownBehind = (reason: unknown): unknown => {
  if (typeof reason !== "object" || reason === null) return undefined;
  if ("error" in reason) return reason.error;
  if ("shutdown" in reason) return thrownBehind(reason.shutdown);
  if ("failed_to_start_child" in reason && "reason" in reason) return thrownBehind(reason.reason);
  return undefined;
};

/** Thrown by `Process.exit(reason)`; unwinds the process, which then ends for `reason`. As OTP's class `exit`. */
export class Exit {
  readonly reason: ExitReason;

  constructor(reason: ExitReason) {
    this.reason = reason;
  }
}

/** The exit reason that a thrown value stands for. */
export const reasonOf = (thrown: unknown): ExitReason => (thrown instanceof Exit ? thrown.reason : { error: thrown });
