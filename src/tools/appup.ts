// Appups in TypeScript: an application may have an `appup.ts` in its folder instead of `<app>.appup.json`. Public entry
// `underway/appup`.
//
//   import { advanced, appup, startChild, update } from "underway/appup";
//   export default appup("0.2.0", {
//     upFrom: {
//       "0.1.0": [
//         update("chat/room", { change: advanced([]) }),
//         update("chat/room-sup", { change: "supervisor" }),
//         startChild("room_sup", "archive"),
//       ],
//     },
//     downTo: [[/0\.1\..*/, [update("chat/room", { change: advanced([]) })]]],
//   });
//
// The functions only make data: the JSON of an appup, which is then checked and translated like that of a file.
// OTP: appup(5) <https://www.erlang.org/doc/apps/sasl/appup.html>

import { UnderwayError } from "../error.ts";
import type { StartType } from "../release/app.ts";
import type {
  Appup,
  AppupEntry,
  HighLevelInstruction,
  LoadOptions,
  Purge,
  SubtreeOptions,
  UpdateOptions,
} from "../release/appup.ts";
import type { Json, Mfa } from "../release/data.ts";
import type { Instruction, Suspend } from "../release/relup.ts";

export type { StartType } from "../release/app.ts";
export type { Appup, LoadOptions, UpdateOptions } from "../release/appup.ts";
export type { Json, Mfa } from "../release/data.ts";

/** Application, slash, path below its `src`: `chat/room`. */
export type ModuleId = `${string}/${string}`;

/** Instructions in the order in which they take effect, as far as dependencies leave it to them. */
export type AppupScript = readonly (HighLevelInstruction | Instruction)[];

/**
 * Scripts by the other version. Where the order matters, or versions are matched by a pattern, a list of pairs: the
 * first that matches is taken, and a pattern matches only if it matches the whole version.
 */
export type AppupScripts =
  | { readonly [vsn: string]: AppupScript }
  | readonly (readonly [vsn: string | RegExp, script: AppupScript])[];

// API: the file.

/**
 * Makes an appup.
 *
 * @param vsn the version of the application that it belongs to.
 * @param scripts how to get to this version from others, and from this version back to others. Default: none.
 * @throws relup/bad_regexp for a pattern with flags other than `u`, which a file cannot keep
 *
 * OTP: appup(5), `{Vsn, UpFrom, DownTo}`.
 */
export const appup = (
  vsn: string,
  { upFrom = {}, downTo = {} }: { readonly upFrom?: AppupScripts; readonly downTo?: AppupScripts },
): Appup => ({ format: 1, vsn, upFrom: entries(upFrom), downTo: entries(downTo) });

// API: high-level instructions.

/** A change that converts the state of each process: `codeChange` is called with this as its `extra`. */
export const advanced = (extra: Json = []): { readonly advanced: Json } => ({ advanced: extra });

/** Replaces a module and converts the states of its processes. OTP: `update`. */
export const update = (module: ModuleId, options: UpdateOptions = {}) => ["update", module, options] as const;

/** Replaces a module without touching processes. OTP: `load_module`. */
export const loadModule = (module: ModuleId, options: LoadOptions = {}) => ["load_module", module, options] as const;

/** Loads a module that is new. OTP: `add_module`. */
export const addModule = (module: ModuleId, options: Pick<LoadOptions, "depMods"> = {}) =>
  ["add_module", module, options] as const;

/** Removes a module. OTP: `delete_module`. */
export const deleteModule = (module: ModuleId, options: Pick<LoadOptions, "depMods"> = {}) =>
  ["delete_module", module, options] as const;

/** Loads and starts an application that is new. OTP: `add_application`. */
export const addApplication = (app: string, type: StartType = "permanent") => ["add_application", app, type] as const;

/** Stops and removes an application. OTP: `remove_application`. */
export const removeApplication = (app: string) => ["remove_application", app] as const;

/** Stops an application, replaces all its modules, starts it. OTP: `restart_application`. */
export const restartApplication = (app: string) => ["restart_application", app] as const;

/** Starts a child that the new `init` of a supervisor lists. The supervisor's `update` stands before it. Ours. */
export const startChild = (supervisor: string, id: string) => ["start_child", supervisor, id] as const;

/** Terminates a child and takes it from its supervisor. The supervisor's `update` stands behind it. Ours. */
export const deleteChild = (supervisor: string, id: string) => ["delete_child", supervisor, id] as const;

/** Terminates a child and starts it again. Ours. */
export const restartChild = (supervisor: string, id: string) => ["restart_child", supervisor, id] as const;

/** Terminates a child with everything below it, replaces modules, starts it again. Ours. */
export const restartSubtree = (supervisor: string, id: string, options: SubtreeOptions = {}) =>
  ["restart_subtree", supervisor, id, options] as const;

/**
 * Calls an exported function of the code that is current then. What it returns is not looked at; a throw or a rejection
 * fails the upgrade. `undo` is called when the upgrade is taken back. OTP: `apply`; `undo` is ours.
 */
export const apply = (
  module: ModuleId,
  name: string,
  args: readonly Json[] = [],
  options: { readonly undo?: Mfa } = {},
) => ["apply", { module, function: name, args }, options] as const;

/** What `undo` of an `apply` names. */
export const mfa = (module: ModuleId, name: string, args: readonly Json[] = []): Mfa => ({
  module,
  function: name,
  args,
});

/** Lets a changed npm package of an application be loaded beside its running copy, at the switch. Ours. */
export const relink = (app: string, name: string) => ["relink", { app, package: name }] as const;

/** Restarts the node with the new runtime, before everything else. OTP: `restart_new_emulator`. */
export const restartNewEmulator = () => ["restart_new_emulator"] as const;

/** Restarts the node, after everything else. OTP: `restart_emulator`. */
export const restartEmulator = () => ["restart_emulator"] as const;

// API: low-level instructions.

/** Divides what must leave the system as it was when it fails from what changes it. OTP: `point_of_no_return`. */
export const pointOfNoReturn = () => ["point_of_no_return"] as const;

/** Reads object code of an application of the release to go to. OTP: `load_object_code`. */
export const loadObjectCode = (app: string, vsn: string, modules: readonly ModuleId[]) =>
  ["load_object_code", { app, vsn, modules }] as const;

/** Makes object code that was read current. OTP: `load`. */
export const load = (module: ModuleId, prePurge: Purge, postPurge: Purge) =>
  ["load", { module, prePurge, postPurge }] as const;

/** Makes the current version old, and nothing current. OTP: `remove`. */
export const remove = (module: ModuleId, prePurge: Purge, postPurge: Purge) =>
  ["remove", { module, prePurge, postPurge }] as const;

/** Kills who runs old code of modules, and forgets that code. OTP: `purge`. */
export const purge = (modules: readonly ModuleId[]) => ["purge", modules] as const;

/** Suspends the processes of modules. OTP: `suspend`. */
export const suspend = (modules: readonly Suspend[]) => ["suspend", modules] as const;

/** Converts the states of suspended processes. OTP: `code_change`. */
export const codeChange = (
  direction: "up" | "down",
  changes: readonly { readonly module: ModuleId; readonly extra: Json }[],
) => ["code_change", direction, changes] as const;

/** Resumes the processes of modules. OTP: `resume`. */
export const resume = (modules: readonly ModuleId[]) => ["resume", modules] as const;

/** Terminates the supervised processes of modules. OTP: `stop`. */
export const stop = (modules: readonly ModuleId[]) => ["stop", modules] as const;

/** Starts what `stop` has terminated. OTP: `start`. */
export const start = (modules: readonly ModuleId[]) => ["start", modules] as const;

/** Waits for other nodes to come to the same place. OTP: `sync_nodes`. */
export const syncNodes = (id: Json, nodes: readonly string[] | Mfa) => ["sync_nodes", id, nodes] as const;

// Internal.

function entries(scripts: AppupScripts): readonly AppupEntry[] {
  const pairs = isList(scripts) ? scripts : Object.entries(scripts);
  return pairs.map(([vsn, script]) => ({ vsn: wanted(vsn), script }));
}

/** `Array.isArray` alone does not tell a readonly list from a record. */
const isList = (scripts: AppupScripts): scripts is Extract<AppupScripts, readonly unknown[]> => Array.isArray(scripts);

function wanted(vsn: string | RegExp): AppupEntry["vsn"] {
  if (typeof vsn === "string") return vsn;
  if (vsn.flags.replace("u", "") === "") return { regexp: vsn.source };
  const problem = `its flags are "${vsn.flags}", and only "u" can be kept`;
  throw new UnderwayError("relup/bad_regexp", { regexp: vsn.source, app: "this appup", problem });
}
