// `underway/code`. OTP: code(3), and the part of erlang(3) about code.

export { purge } from "./calls.ts";
export {
  allLoaded,
  checkOldCode,
  checkProcessCode,
  deleteModule,
  load,
  type OldCode,
  type OpenFrame,
  oldCode,
  softPurge,
  whichVersions,
} from "./code-server.ts";
export { exported, functionExported, type Handle, moduleOf } from "./handle.ts";
export { type HeldCode, traceOldCode } from "./held-code.ts";
export { handleOf, isLoaded } from "./modules.ts";
export { type Staged, type StageOptions, type SwitchOptions, stage } from "./stage.ts";
export type { Origin } from "./version.ts";
