// `relup.json`: low-level scripts from one release to another and back. OTP: relup(5), release_handler_1.
//
//   ["load_object_code", { app, vsn, modules }]     read object code of an application of the new release
//   ["point_of_no_return"]                          everything that can fail quietly stands before it
//   ["load", { module, prePurge, postPurge }]       current becomes old, the object code read becomes current
//   ["remove", { module, prePurge, postPurge }]     current becomes old, nothing is current
//   ["purge", modules]                              kill who runs old code, forget it
//   ["suspend", [module | { module, timeoutMs, inside }]]  ["resume", modules]
//   ["code_change", "up" | "down", [{ module, extra }]]
//   ["stop", modules]  ["start", modules]           terminate and restart the supervised processes of modules
//   ["sync_nodes", id, nodes]
//   ["relink", { app, package }]                    load an npm package of an application anew; ours
//   ["apply", mfa, { undo }]
//   ["restart_new_emulator"]                        only as the first instruction
//   ["restart_emulator"]                            only as the last instruction

import type { Inside, Purge } from "./appup.ts";
import type { Json, Mfa, ModuleId, Name, Vsn } from "./data.ts";

export interface Relup {
  readonly format: 1;
  readonly vsn: Vsn;
  readonly up: readonly RelupEntry[];
  readonly down: readonly RelupEntry[];
}

export interface RelupEntry {
  /** The other release: the one to come from (`up`) or to go to (`down`). Looked up by string equality. */
  readonly vsn: Vsn;
  /** Free text or data of whoever made the relup; OTP's default is `[]`. */
  readonly description: Json;
  readonly script: Script;
  /**
   * Content hashes of the modules of the other release that this script was made for. The install refuses when the
   * hashes of the release it starts from differ.
   */
  readonly modules: { readonly [module: ModuleId]: string };
}

export type Script = readonly Instruction[];

export type Instruction =
  | readonly ["load_object_code", { readonly app: Name; readonly vsn: Vsn; readonly modules: readonly ModuleId[] }]
  | readonly ["point_of_no_return"]
  | readonly ["load", { readonly module: ModuleId; readonly prePurge: Purge; readonly postPurge: Purge }]
  | readonly ["remove", { readonly module: ModuleId; readonly prePurge: Purge; readonly postPurge: Purge }]
  | readonly ["purge", readonly ModuleId[]]
  | readonly ["suspend", readonly Suspend[]]
  | readonly ["code_change", "up" | "down", readonly { readonly module: ModuleId; readonly extra: Json }[]]
  | readonly ["resume", readonly ModuleId[]]
  | readonly ["stop", readonly ModuleId[]]
  | readonly ["start", readonly ModuleId[]]
  | readonly ["sync_nodes", Json, readonly string[] | Mfa]
  | readonly ["relink", { readonly app: Name; readonly package: string }]
  | readonly ["apply", Mfa, { readonly undo?: Mfa }?]
  | readonly ["restart_new_emulator"]
  | readonly ["restart_emulator"];

/** A module to suspend; the object form only where something differs from the defaults. */
export type Suspend =
  | ModuleId
  | { readonly module: ModuleId; readonly timeoutMs?: number | "infinity"; readonly inside?: Inside };
