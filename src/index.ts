// `underway`: what every part of it speaks of. The parts themselves are entries of their own: `underway/process`,
// `underway/gen-server`, `underway/supervisor`, …

export { type ErrorCode, type ErrorDetails, isUnderwayError, UnderwayError } from "./error.ts";
export type { Json, ModuleId, Name, Vsn } from "./release/data.ts";
export type { Dest, Named, Pid, Ref } from "./runtime/process/pid.ts";
export type { ExitReason } from "./runtime/process/reason.ts";
