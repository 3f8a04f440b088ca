// Scripts that must be refused: every reason of OTP's systools_rc, and ours, with the place of the instruction.

import type { ErrorCode } from "../../src/error.ts";
import type { Compatibility, Mode } from "../../src/release/translate/item.ts";
import { translate } from "../../src/release/translate/translate.ts";
import { side } from "./fixtures.ts";

const sides = {
  from: side(["fe", "1", ["fe/a", "fe/b", "fe/old"]], ["inc", "1", ["inc/x"], { included: true }]),
  to: side(["fe", "2", ["fe/a", "fe/b"]], ["new", "2", ["new/x"]], ["inc", "1", ["inc/x"], { included: true }]),
};

export const run = (
  scripts: readonly (readonly unknown[])[],
  compatibility: Compatibility = "underway",
  mode: Mode = "up",
) => {
  // What a person writes has no type before it is checked.
  const contributions = scripts.map((script, index) => ({ name: `script ${index + 1}`, script: script as never }));
  return translate(mode, contributions, sides, compatibility);
};

const swap = { prePurge: "soft_purge", postPurge: "soft_purge" };
const load = (module: string) => ["load", { module, ...swap }];
export const object = (app: string, vsn: string, ...modules: readonly string[]) => [
  "load_object_code",
  { app, vsn, modules },
];
export const apply = ["apply", { module: "fe/a", function: "f", args: [] }];
export const ponr = ["point_of_no_return"];

/** Code, position of the instruction that is named (script 1 unless given), scripts. */
export type RefusedScript = readonly [
  code: ErrorCode,
  place: readonly [script: number, position: number],
  ...unknown[][],
];

export const refusedScripts: readonly RefusedScript[] = [
  // 4.2: splitting.
  ["relup/too_many_point_of_no_return", [2, 3], [ponr], [ponr, apply, ponr]],
  ["relup/bad_op_before_point_of_no_return", [1, 2], [apply, ["load_module", "fe/a"], ponr]],
  ["relup/bad_op_before_point_of_no_return", [1, 1], [["restart_new_emulator"], ponr]],
  ["relup/bad_op_before_point_of_no_return", [1, 1], ["nonsense", ponr]],
  // 4.3: forms.
  ["relup/bad_instruction", [1, 1], ["restart_new_emulator"]],
  ["relup/bad_instruction", [1, 2], [apply, ["no_such_instruction", "fe/a"]]],
  ["relup/bad_instruction", [1, 1], [["toString"]]],
  ["relup/bad_instruction", [1, 1], [["update"]]],
  ["relup/bad_instruction", [1, 1], [["update", "fe/a", {}, {}]]],
  ["relup/bad_instruction", [1, 1], [["update", "fe/a", "soft"]]],
  ["relup/bad_instruction", [1, 1], [["load", { module: "fe/a" }]]],
  ["relup/bad_instruction", [1, 1], [["apply", ["fe/a", "f", []]]]],
  ["relup/bad_instruction", [1, 1], [[["load_module", "fe/a"]]]],
  ["relup/bad_module", [1, 1], [["load_module", "a"]]],
  ["relup/bad_module", [1, 1], [["load_module", "fe/../a"]]],
  ["relup/bad_module", [1, 1], [["purge", ["fe/a", 5]]]],
  ["relup/bad_module", [1, 1], [["suspend", [{ timeoutMs: 5 }]]]],
  ["relup/bad_change", [1, 1], [["update", "fe/a", { change: "hard" }]]],
  ["relup/bad_change", [1, 1], [["update", "fe/a", { change: { advanced: 1, extra: 2 } }]]],
  ["relup/bad_mod_type", [1, 1], [["update", "fe/a", { modType: "both" }]]],
  ["relup/bad_purge_method", [1, 1], [["load_module", "fe/a", { prePurge: "soft" }]]],
  ["relup/bad_list", [1, 1], [["update", "fe/a", { depMods: "fe/b" }]]],
  ["relup/bad_list", [1, 1], [["resume", "fe/a"]]],
  ["relup/bad_args_list", [1, 1], [["apply", { module: "fe/a", function: "f", args: "x" }]]],
  ["relup/bad_func", [1, 1], [["apply", { module: "fe/a", function: 1, args: [] }]]],
  ["relup/bad_func", [1, 1], [[...apply, { undo: { module: "fe/a", function: 1, args: [] } }]]],
  ["relup/bad_node", [1, 1], [["sync_nodes", 1, [1]]]],
  ["relup/bad_application", [1, 1], [["restart_application", 1]]],
  ["relup/bad_start_type", [1, 1], [["add_application", "new", "sometimes"]]],
  ["relup/bad_lib", [1, 1], [["load_object_code", { app: 1, vsn: "2", modules: [] }]]],
  ["relup/bad_lib_vsn", [1, 1], [["load_object_code", { app: "fe", vsn: 2, modules: [] }]]],
  ["relup/bad_timeout", [1, 1], [["update", "fe/a", { timeoutMs: 0 }]]],
  ["relup/bad_timeout", [1, 1], [["suspend", [{ module: "fe/a", timeoutMs: "default" }]]]],
  ["relup/bad_mode", [1, 1], [["code_change", "sideways", []]]],
  ["relup/bad_code_change", [1, 1], [["code_change", "up", [{ module: "fe/a" }]]]],
  ["relup/bad_code_change", [1, 1], [["code_change", "up", ["fe/a"]]]],
  ["relup/bad_list", [1, 1], [["code_change", "up", "fe/a"]]],
  ["relup/bad_inside", [1, 1], [["update", "fe/a", { inside: "never" }]]],
  ["relup/bad_option", [1, 1], [["update", "fe/a", { purge: "soft_purge" }]]],
  ["relup/bad_option", [1, 1], [["add_module", "fe/a", { prePurge: "soft_purge" }]]],
  // Own instructions.
  ["relup/bad_supervisor", [1, 1], [["start_child", 1, "a"]]],
  ["relup/bad_supervisor", [1, 1], [["restart_subtree", "", "a"]]],
  ["relup/bad_child", [1, 1], [["delete_child", "sup", ["a"]]]],
  ["relup/bad_child", [1, 1], [["restart_child", "sup", ""]]],
  ["relup/bad_list", [1, 1], [["restart_subtree", "sup", "a", { modules: "fe/a" }]]],
  ["relup/bad_option", [1, 1], [["restart_subtree", "sup", "a", { depMods: [] }]]],
  ["relup/bad_instruction", [1, 1], [["start_child", "sup"]]],
  ["relup/bad_package", [1, 1], [["relink", { app: "fe", package: 1 }]]],
  ["relup/bad_application", [1, 1], [["relink", { app: "", package: "ws" }]]],
  ["relup/not_yet_implemented", [1, 1], [["mnesia_backup"]]],
  ["relup/bad_instruction", [1, 1], [["mnesia_backup", "all"]]],
  ["relup/bad_instruction", [1, 1], [["point_of_no_return", "now"]]],
  // 4.5: between hand-written instructions.
  ["relup/no_object_code", [1, 1], [load("fe/a")]],
  ["relup/no_object_code", [1, 1], [load("fe/a"), ["update", "fe/b"]]],
  [
    "relup/suspended_not_resumed",
    [1, 1],
    [
      ["suspend", ["fe/a", { module: "fe/b", timeoutMs: 1 }]],
      ["resume", ["fe/a"]],
    ],
  ],
  [
    "relup/resumed_not_suspended",
    [1, 2],
    [
      ["suspend", ["fe/a"]],
      ["resume", ["fe/a", "fe/b"]],
    ],
  ],
  ["relup/code_change_not_suspended", [1, 1], [["code_change", "up", [{ module: "fe/a", extra: 1 }]]]],
  [
    "relup/start_not_stop",
    [1, 2],
    [
      ["stop", ["fe/a"]],
      ["start", ["fe/a", "fe/b"]],
    ],
  ],
  ["relup/stop_not_start", [1, 1], [["stop", ["fe/a"]]]],
  // 4.6: applications.
  ["relup/no_such_application", [1, 1], [["add_application", "nobody"]]],
  ["relup/no_such_application", [1, 1], [["remove_application", "nobody"]]],
  ["relup/no_such_application", [1, 1], [["restart_application", "new"]]],
  ["relup/no_such_application", [1, 1], [["relink", { app: "nobody", package: "ws" }]]],
  ["relup/removed_application_present", [1, 1], [["remove_application", "new"]]],
  ["relup/removed_application_present", [1, 1], [["remove_application", "fe"]]],
  ["relup/included_application", [1, 1], [["restart_application", "inc"]]],
  // 4.7 and 4.8: modules.
  ["relup/muldef_module", [2, 1], [["load_module", "fe/a"]], [["update", "fe/a"]]],
  ["relup/muldef_module", [2, 1], [["load_module", "new/x"]], [["add_application", "new"]]],
  [
    "relup/undef_module",
    [1, 2],
    [
      ["load_module", "fe/b"],
      ["load_module", "fe/a", { depMods: ["fe/b", "fe/c"] }],
    ],
  ],
  ["relup/no_such_module", [1, 1], [["load_module", "fe/old"]]],
  ["relup/no_such_module", [1, 1], [["delete_module", "fe/typo"]]],
  ["relup/conflicting_versions", [2, 1], [object("fe", "2", "fe/a"), ponr], [object("fe", "3", "fe/b"), ponr]],
];
