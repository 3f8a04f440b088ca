// Mistakes in the form of an instruction, the same one in OTP's words and in ours, so that the reasons for refusing it
// can be compared by their word. An importer cannot bring them over.

import { parseTerms } from "../src/tools/erlang/parse.ts";
import type { Term } from "../src/tools/erlang/term.ts";
import { canonical } from "./canonical.ts";

const object = (app: unknown, vsn: unknown, modules: unknown) => ["load_object_code", { app, vsn, modules }];
const call = (module: unknown, name: unknown, args: unknown) => ({ module, function: name, args });
const swap = (name: string, module: unknown, prePurge: unknown, postPurge: unknown) => [
  name,
  { module, prePurge, postPurge },
];

/** OTP's instruction, ours. */
export const wrongForms: readonly (readonly [otp: string, ours: unknown])[] = [
  // bad_instruction
  ["nonsense", "nonsense"],
  ["5", 5],
  ["{hot_reload,'x/a'}", ["hot_reload", "x/a"]],
  ["{point_of_no_return}", ["point_of_no_return", "more"]],
  ["{restart_emulator,now}", ["restart_emulator", "now"]],
  ["{update}", ["update"]],
  ["{update,'x/a',hard}", ["update", "x/a", "hard"]],
  ["{update,'x/a',soft,nolist}", ["update", "x/a", "soft", "nolist"]],
  ["{update,'x/a',soft,soft_purge,[]}", ["update", "x/a", "soft", "soft_purge", []]],
  ["{update,'x/a',hard,[]}", ["update", "x/a", "hard", []]],
  ["{update,'x/a',supervisor,['x/a']}", ["update", "x/a", "supervisor", ["x/a"]]],
  ["{load_module,'x/a',nolist}", ["load_module", "x/a", "nolist"]],
  ["{load_module,'x/a',[],1}", ["load_module", "x/a", [], 1]],
  ["{apply,'x/a'}", ["apply", "x/a"]],
  ["{load_object_code,x}", ["load_object_code", "x"]],
  ["{load,'x/l1'}", ["load", "x/l1"]],
  ["{sync_nodes,1}", ["sync_nodes", 1]],
  ["{mnesia_backup,x}", ["mnesia_backup", "x"]],
  // not_yet_implemented
  ["mnesia_backup", ["mnesia_backup"]],
  // bad_module
  ["{update,5}", ["update", 5]],
  ["{update,'x/a',soft,[5]}", ["update", "x/a", { change: "soft", depMods: [5] }]],
  ["{load_module,5}", ["load_module", 5]],
  ["{add_module,7}", ["add_module", 7]],
  ["{delete_module,5}", ["delete_module", 5]],
  ["{apply,{5,f,[]}}", ["apply", call(5, "f", [])]],
  ['{load_object_code,{x,"2",[5]}}', object("x", "2", [5])],
  ["{load,{5,soft_purge,soft_purge}}", swap("load", 5, "soft_purge", "soft_purge")],
  ["{remove,{5,soft_purge,soft_purge}}", swap("remove", 5, "soft_purge", "soft_purge")],
  ["{purge,[5]}", ["purge", [5]]],
  ["{suspend,['x/a',5]}", ["suspend", ["x/a", 5]]],
  ["{suspend,[{5,3}]}", ["suspend", [{ module: 5, timeoutMs: 3 }]]],
  ["{resume,[5]}", ["resume", [5]]],
  ["{stop,[5]}", ["stop", [5]]],
  ["{start,[5]}", ["start", [5]]],
  ["{code_change,up,[{5,1}]}", ["code_change", "up", [{ module: 5, extra: 1 }]]],
  ["{sync_nodes,1,{5,f,[]}}", ["sync_nodes", 1, call(5, "f", [])]],
  // bad_change
  ["{update,'x/a',{advanced,1,2}}", ["update", "x/a", { change: { advanced: 1, more: 2 } }]],
  ["{update,'x/a',{hard,1}}", ["update", "x/a", { change: { hard: 1 } }]],
  ["{update,'x/a',hard,brutal_purge,brutal_purge,[]}", ["update", "x/a", { change: "hard" }]],
  // bad_mod_type, bad_timeout, bad_purge_method
  ...(["both", "5"] as const).map(
    (type) =>
      [
        `{update,'x/a',${type},default,soft,brutal_purge,brutal_purge,[]}`,
        ["update", "x/a", { modType: type, change: "soft" }],
      ] as const,
  ),
  ...(["0", "-1", "never"] as const).map(
    (timeout) =>
      [
        `{update,'x/a',${timeout},soft,brutal_purge,brutal_purge,[]}`,
        ["update", "x/a", { timeoutMs: timeout === "never" ? timeout : Number(timeout), change: "soft" }],
      ] as const,
  ),
  ["{suspend,[{'x/a',0}]}", ["suspend", [{ module: "x/a", timeoutMs: 0 }]]],
  ["{update,'x/a',soft,soft,brutal_purge,[]}", ["update", "x/a", { change: "soft", prePurge: "soft" }]],
  ["{load_module,'x/a',brutal_purge,hard_purge,[]}", ["load_module", "x/a", { postPurge: "hard_purge" }]],
  ["{load,{'x/l1',soft,soft_purge}}", swap("load", "x/l1", "soft", "soft_purge")],
  ["{remove,{'x/l1',soft_purge,7}}", swap("remove", "x/l1", "soft_purge", 7)],
  // bad_list
  ["{load_module,'x/a',brutal_purge,brutal_purge,nolist}", ["load_module", "x/a", { depMods: "nolist" }]],
  ["{delete_module,'x/a',1}", ["delete_module", "x/a", { depMods: 1 }]],
  ["{add_module,'x/a',1}", ["add_module", "x/a", { depMods: 1 }]],
  [`{load_object_code,{x,"2",'x/a'}}`, object("x", "2", "x/a")],
  ["{purge,'x/a'}", ["purge", "x/a"]],
  ["{suspend,'x/a'}", ["suspend", "x/a"]],
  ["{resume,'x/a'}", ["resume", "x/a"]],
  ["{stop,'x/a'}", ["stop", "x/a"]],
  ["{start,5}", ["start", 5]],
  ["{code_change,up,nolist}", ["code_change", "up", "nolist"]],
  ["{code_change,nolist}", ["code_change", "up", "nolist"]],
  ["{sync_nodes,1,5}", ["sync_nodes", 1, 5]],
  // bad_args_list, bad_func
  ["{apply,{'x/a',f,x}}", ["apply", call("x/a", "f", "x")]],
  ["{sync_nodes,1,{'x/a',f,5}}", ["sync_nodes", 1, call("x/a", "f", 5)]],
  ["{apply,{'x/a',\"f\",[]}}", ["apply", call("x/a", ["f"], [])]],
  ["{sync_nodes,1,{'x/a',5,[]}}", ["sync_nodes", 1, call("x/a", 5, [])]],
  // bad_node, bad_mode, bad_code_change
  ["{sync_nodes,1,[a@b,5]}", ["sync_nodes", 1, ["a@b", 5]]],
  ["{code_change,sideways,[]}", ["code_change", "sideways", []]],
  ["{code_change,up,['x/a']}", ["code_change", "up", ["x/a"]]],
  ["{code_change,['x/a']}", ["code_change", "up", ["x/a"]]],
  // bad_application, bad_start_type
  ["{add_application,5}", ["add_application", 5]],
  ["{add_application,new,sometimes}", ["add_application", "new", "sometimes"]],
  ["{add_application,new,5}", ["add_application", "new", 5]],
  ['{remove_application,"new"}', ["remove_application", ["new"]]],
  ["{restart_application,5}", ["restart_application", 5]],
  // bad_lib, bad_lib_vsn
  ['{load_object_code,{"x","2",[]}}', object(["x"], "2", [])],
  ["{load_object_code,{x,2,[]}}", object("x", 2, [])],
];

/** What we would write for a wrong instruction of OTP, if it is one of these. */
export const wrongFormOf = (term: Term): { readonly form: unknown } | undefined => ours.get(canonical(term));

// Internal.

const ours: ReadonlyMap<string, { readonly form: unknown }> = new Map(
  wrongForms.map(([otp, form]) => [canonical(parseTerms(`${otp}.`, otp)[0] ?? []), { form }]),
);
