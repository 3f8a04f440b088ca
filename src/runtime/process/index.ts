// `underway/process`. OTP: erlang(3), the part about processes.

export { alias, type MonitorAlias, unalias } from "./aliases.ts";
export type { Data } from "./data.ts";
export { setDevelopment } from "./development.ts";
export { Become } from "./function-body.ts";
export type { DownMessage, ExitMessage } from "./mailbox.ts";
export type { MailboxOptions } from "./mailbox-limit.ts";
export { applyMfa, type Mfa, mfa } from "./mfa.ts";
export { Alias, type Dest, type Named, named, Pid, Ref } from "./pid.ts";
export { type ProcessInfo, processInfo } from "./process-info.ts";
export { type ExitReason, formatReason, isNormal } from "./reason.ts";
export { type ReceiveOptions, receive } from "./receive.ts";
export { registeredNames as registered } from "./registry.ts";
export { type Report, type Reporter, report, setReporter } from "./report.ts";
export { type RunAwayOptions, watchRunAways } from "./run-away.ts";
export {
  demonitor,
  exit,
  isAlive,
  link,
  monitor,
  processes,
  register,
  self,
  send,
  signal,
  trapExit,
  unlink,
  unregister,
  whereis,
} from "./signals.ts";
export { become, type SpawnOptions, spawn, spawnLink, spawnMonitor, spawnOpt } from "./spawn.ts";
export type { CodeChangeContext, SystemCodeChange } from "./system-code-change.ts";
export { cancelTimer, readTimer, sendAfter, startTimer, type TimeoutMessage, TimerRef } from "./timers.ts";
