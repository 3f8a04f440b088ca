// `<app>.appup.json`: how one application gets from one version to another. OTP: appup(5).
//
//   ["update", module, { change, prePurge, postPurge, timeoutMs, modType, depMods, inside }]
//   ["load_module", module, { prePurge, postPurge, depMods }]
//   ["add_module", module, { depMods }]          ["delete_module", module, { depMods }]
//   ["add_application", app, type]               ["remove_application", app]      ["restart_application", app]
//   ["start_child", supervisor, id]   ["delete_child", supervisor, id]   ["restart_child", supervisor, id]
//   ["restart_subtree", supervisor, id, { modules }]
//   ["apply", mfa, { undo }]                     ["restart_new_emulator"]         ["restart_emulator"]
//   and every low-level instruction of relup.ts.
//
// The four about children are ours; `supervisor` is the name that a supervisor is registered under.

import type { StartType } from "./app.ts";
import type { Json, Mfa, ModuleId, Name, Vsn } from "./data.ts";
import type { Instruction } from "./relup.ts";

export interface Appup {
  readonly format: 1;
  /** The version of the application that this file belongs to. */
  readonly vsn: Vsn;
  readonly upFrom: readonly AppupEntry[];
  readonly downTo: readonly AppupEntry[];
}

export interface AppupEntry {
  /** The other version: equal to this string, or matched as a whole by this regular expression. */
  readonly vsn: Vsn | { readonly regexp: string };
  readonly script: readonly (HighLevelInstruction | Instruction)[];
}

export type Purge = "soft_purge" | "brutal_purge";
/** `supervisor` is short for a static module with `{ advanced: [] }`. */
export type Change = "soft" | "supervisor" | { readonly advanced: Json };
/** What to do at the switch with a process that is inside an asynchronous callback. */
export type Inside = "late" | "wait" | "kill";

export interface UpdateOptions {
  /** Default: soft. */
  readonly change?: Change;
  /** Default: brutal_purge, as in OTP; generated appups say soft_purge. */
  readonly prePurge?: Purge;
  /** Default: brutal_purge, as in OTP; generated appups say soft_purge. */
  readonly postPurge?: Purge;
  /** Default: "default", 5000 ms. */
  readonly timeoutMs?: number | "default" | "infinity";
  /** Default: dynamic; static for a supervisor. */
  readonly modType?: "static" | "dynamic";
  /** Modules that this one depends on. */
  readonly depMods?: readonly ModuleId[];
  /** Default: late. */
  readonly inside?: Inside;
}

export interface LoadOptions {
  readonly prePurge?: Purge;
  readonly postPurge?: Purge;
  readonly depMods?: readonly ModuleId[];
}

export interface SubtreeOptions {
  /** Modules to replace while the subtree is down. Default: none. */
  readonly modules?: readonly ModuleId[];
}

export type HighLevelInstruction =
  | readonly ["update", ModuleId, UpdateOptions?]
  | readonly ["load_module", ModuleId, LoadOptions?]
  | readonly ["add_module", ModuleId, Pick<LoadOptions, "depMods">?]
  | readonly ["delete_module", ModuleId, Pick<LoadOptions, "depMods">?]
  | readonly ["add_application", Name, StartType?]
  | readonly ["remove_application", Name]
  | readonly ["restart_application", Name]
  | readonly ["start_child", string, string]
  | readonly ["delete_child", string, string]
  | readonly ["restart_child", string, string]
  | readonly ["restart_subtree", string, string, SubtreeOptions?]
  | readonly ["apply", Mfa, { readonly undo?: Mfa }?]
  | readonly ["restart_new_emulator"]
  | readonly ["restart_emulator"];
