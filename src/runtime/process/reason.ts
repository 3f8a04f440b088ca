// Exit reasons, exactly OTP's words.

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
  if (typeof reason === "string") return reason;
  if (typeof reason === "object" && reason !== null) {
    if ("error" in reason) return `error: ${formatThrown(reason.error)}`;
    if ("shutdown" in reason) return `shutdown: ${formatReason(reason.shutdown)}`;
  }
  return String(reason);
};

const formatThrown = (thrown: unknown): string =>
  thrown instanceof Error ? `${thrown.name}: ${thrown.message.split("\n")[0]}` : String(thrown);

/** Thrown by `Process.exit(reason)`; unwinds the process, which then ends for `reason`. As OTP's class `exit`. */
export class Exit {
  readonly reason: ExitReason;

  constructor(reason: ExitReason) {
    this.reason = reason;
  }
}

/** The exit reason that a thrown value stands for. */
export const reasonOf = (thrown: unknown): ExitReason => (thrown instanceof Exit ? thrown.reason : { error: thrown });
