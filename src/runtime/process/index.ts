// `underway/process`. OTP: erlang(3), the part about processes.

export type { Data } from "./data.ts";
export type { DownMessage, ExitMessage } from "./mailbox.ts";
export { applyMfa, type Mfa, mfa } from "./mfa.ts";
export { type Dest, type Named, named, Pid, Ref } from "./pid.ts";
export { type ExitReason, formatReason, isNormal } from "./reason.ts";
export { registeredNames as registered } from "./registry.ts";
export { type Report, type Reporter, report, setReporter } from "./report.ts";
export {
  demonitor,
  exit,
  isAlive,
  link,
  monitor,
  type ProcessInfo,
  processes,
  processInfo,
  register,
  self,
  send,
  signal,
  trapExit,
  unlink,
  unregister,
  whereis,
} from "./signals.ts";
export { Become, become, type ReceiveOptions, receive, spawn, spawnLink, spawnMonitor } from "./spawn.ts";
export { cancelTimer, readTimer, sendAfter, TimerRef } from "./timers.ts";
