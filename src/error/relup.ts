// Errors of the area `relup`, sorted by reason.

import type { Entries, ScriptPlace } from "./words.ts";
import { bad, inPlace, quoted, shown } from "./words.ts";

export const relup = {
  "relup/bad_application": bad("the name of an application", `a name such as "chat"`),
  "relup/bad_args_list": bad("a list of arguments", `an array such as ["lobby", 5]`),
  "relup/bad_change": bad("a change", `"soft", "supervisor" or { "advanced": extra }`),
  "relup/bad_child": bad("the id of a child", `the "id" that the supervisor's init gives it, such as "lobby"`),
  "relup/bad_code_change": bad("a code change", `{ "module": "chat/room", "extra": null }`),
  "relup/bad_func": bad("the name of a function", `the name of an exported function, such as "migrate"`),
  "relup/bad_inside": bad(`a choice for "inside"`, `"late", "wait" or "kill"`),
  "relup/bad_instruction": (d: { value: unknown; place: ScriptPlace; usage?: string }) => ({
    what: `Cannot translate ${shown(d.value)} ${inPlace(d)}: not an instruction, or not as one is written`,
    cure: `write ${d.usage ?? "one of the instructions of docs/appup-cookbook.md"}`,
  }),
  "relup/bad_lib": bad("the name of an application", `a name such as "chat"`),
  "relup/bad_lib_vsn": bad("the version of an application", `a text such as "0.2.0"`),
  "relup/bad_list": bad("a list", `an array such as ["chat/room"]`),
  "relup/bad_mod_type": bad("a type of module", `"static" or "dynamic"`),
  "relup/bad_mode": bad("a direction", `"up" or "down"`),
  "relup/bad_module": bad("a module", `application, slash, path: "chat/room"`),
  "relup/bad_node": bad("the name of a node", `a name such as "chat@host"`),
  "relup/bad_op_before_point_of_no_return": (d: { instruction: unknown; place: ScriptPlace }) => ({
    what: `Cannot do ${shown(d.instruction)} before the point of no return, ${inPlace(d)}`,
    why: "what stands there must leave the system as it was when it fails",
    cure: `move it behind "point_of_no_return"; only "load_object_code" and "apply" may stand before it`,
  }),
  "relup/bad_option": (d: { value: unknown; place: ScriptPlace; usage?: string }) => ({
    what: `Cannot translate the option ${shown(d.value)} ${inPlace(d)}: this instruction has no such option`,
    cure: `write ${d.usage ?? "only options that the instruction has"}`,
  }),
  "relup/bad_package": bad("the name of an npm package", `a name such as "ws"`),
  "relup/bad_purge_method": bad("a way to purge", `"soft_purge" or "brutal_purge"`),
  "relup/bad_regexp": (d: { regexp: string; app: string; problem: string }) => ({
    what: `Cannot match versions of "${d.app}" by ${JSON.stringify(d.regexp)}: ${d.problem}`,
    cure: "correct the regular expression, or write the version itself",
  }),
  "relup/bad_start_type": bad("a start type", `"permanent", "transient", "temporary", "load" or "none"`),
  "relup/bad_supervisor": bad("the name of a supervisor", `the name that it is registered under, such as "room_sup"`),
  "relup/bad_timeout": bad("a timeout", `milliseconds above 0, "default" or "infinity"`),
  "relup/cannot_compose": (d: { app: string; path: readonly string[]; problem: string; place: ScriptPlace }) => ({
    what: `Cannot compose a script for "${d.app}" of ${d.path.join(" -> ")}: ${d.problem}, ${inPlace(d)}`,
    why: "no appup leads directly, and what the steps say cannot be joined",
    cure: `write an entry for ${d.path[0]} into the appup of ${d.path.at(-1)}, or the other way round`,
  }),
  "relup/code_change_not_suspended": (d: { modules: readonly string[]; place: ScriptPlace }) => ({
    what: `Cannot change the state of ${quoted(d.modules)} ${inPlace(d)}: the module is never suspended`,
    why: "only suspended processes take part in a code change, so it would do nothing",
    cure: `add the module to a "suspend" and a "resume", or use "update"`,
  }),
  "relup/conflicting_versions": (d: { app: string; vsns: readonly string[]; place: ScriptPlace }) => ({
    what: `Cannot load object code of "${d.app}" in two versions, ${quoted(d.vsns)}, ${inPlace(d)}`,
    cure: `correct the version in "load_object_code"`,
  }),
  "relup/duplicate_release": (d: { vsn: string }) => ({
    what: `Cannot make a script between releases of the same version "${d.vsn}"`,
    why: "a script is found by the version of the other release",
    cure: "give the release another version, and name each other release once",
  }),
  "relup/erlang_file": (d: { file: string }) => ({
    what: `Cannot use "${d.file}": it is a file of Erlang`,
    cure: "bring it over first: underway import-erlang FILE",
  }),
  "relup/file_problem": (d: { app: string; vsn: string; other: string }) => ({
    what: `Cannot make a script for "${d.app}" between ${d.vsn} and ${d.other}: it has no appup`,
    cure: `write "${d.app}.appup.json" into the application's folder, or let it be generated`,
  }),
  "relup/included_application": (d: { app: string; place: ScriptPlace }) => ({
    what: `Cannot restart "${d.app}" by itself, ${inPlace(d)}: another application includes it`,
    why: "the supervisors of the other application start it",
    cure: "restart the application that includes it",
  }),
  "relup/incomplete": (d: {
    vsn: string;
    other: string;
    notLoaded: readonly string[];
    notDeleted: readonly string[];
  }) => ({
    what: `Cannot use the script between ${d.vsn} and ${d.other}: ${[
      d.notLoaded.length > 0 && `it does not load ${quoted(d.notLoaded)}`,
      d.notDeleted.length > 0 && `it does not delete ${quoted(d.notDeleted)}`,
    ]
      .filter(Boolean)
      .join(", ")}`,
    why: "the module differs between the two releases; the code running after the upgrade would not be that of the release",
    cure: `add "update", "load_module", "add_module" or "delete_module" for it to the appup, or let "underway release --upgrade --generate" make the appup anew`,
  }),
  "relup/muldef_module": (d: { module: string; place: ScriptPlace; first: ScriptPlace }) => ({
    what: `Cannot handle module "${d.module}" twice: ${inPlace({ place: d.first })}, and again ${inPlace(d)}`,
    why: "a module is replaced once in an upgrade; adding or restarting an application counts for all its modules",
    cure: "keep one of the two",
  }),
  "relup/no_object_code": (d: { module: string; place: ScriptPlace }) => ({
    what: `Cannot load module "${d.module}" ${inPlace(d)}: no "load_object_code" reads it`,
    cure: `add a "load_object_code" for it, or use "load_module"`,
  }),
  "relup/no_relup": (d: { app: string; vsn: string; other: string; direction: "up" | "down" }) => ({
    what: `Cannot find a script for "${d.app}" ${d.direction === "up" ? `from ${d.other} to ${d.vsn}` : `from ${d.vsn} to ${d.other}`}`,
    why: `no entry of "${d.direction === "up" ? "upFrom" : "downTo"}" in its appup matches ${d.other}`,
    cure: `add an entry for "${d.other}", or let it be generated`,
  }),
  "relup/no_such_application": (d: { app: string; place: ScriptPlace }) => ({
    what: `Cannot find application "${d.app}" ${inPlace(d)}`,
    why: "one adds applications of the release to go to, removes those of the release to come from, restarts those of both",
    cure: "correct its name, or the release's list of applications",
  }),
  "relup/no_such_module": (d: { module: string; place: ScriptPlace }) => ({
    what: `Cannot find module "${d.module}" ${inPlace(d)}`,
    why: "no application that it could come from lists it among its modules",
    cure: "correct its name, or add its source file",
  }),
  "relup/no_such_path": (d: { path: string }) => ({
    what: `Cannot search "${d.path}": there is no such folder`,
    cure: "correct --path; a wildcard must match a folder at least",
  }),
  "relup/no_such_release": (d: { file: string }) => ({
    what: `Cannot find the release "${d.file}": there is no such file`,
    cure: "name a release file (*.rel.json) or a base (*.base.json)",
  }),
  "relup/not_yet_implemented": (d: { value: unknown; place: ScriptPlace }) => ({
    what: `Cannot translate ${shown(d.value)} ${inPlace(d)}: there is no such instruction yet`,
    why: "OTP reserves it too, and does not implement it either",
    cure: `use "apply" of a function that does it`,
  }),
  "relup/removed_application_present": (d: { app: string; place: ScriptPlace }) => ({
    what: `Cannot remove application "${d.app}" ${inPlace(d)}: the release to go to has it`,
    cure: `use "restart_application", or take it out of that release`,
  }),
  "relup/resumed_not_suspended": (d: { modules: readonly string[]; place: ScriptPlace }) => ({
    what: `Cannot resume ${quoted(d.modules)} ${inPlace(d)}: never suspended`,
    cure: `add it to a "suspend"`,
  }),
  "relup/same_vsn_other_code": (d: { app: string; vsn: string; other: string; modules: readonly string[] }) => ({
    what: `Cannot upgrade "${d.app}": it has version ${d.vsn} also in release ${d.other}, but ${quoted(d.modules)} differ`,
    why: "an application whose version stays is not touched by an upgrade; a module also differs when one that it reads from while it is evaluated does",
    cure: `raise "version" in the package.json of "${d.app}"`,
  }),
  "relup/start_not_stop": (d: { modules: readonly string[]; place: ScriptPlace }) => ({
    what: `Cannot start ${quoted(d.modules)} ${inPlace(d)}: never stopped`,
    cure: `add it to a "stop"`,
  }),
  "relup/stop_not_start": (d: { modules: readonly string[]; place: ScriptPlace }) => ({
    what: `Cannot stop ${quoted(d.modules)} ${inPlace(d)}: never started again`,
    cure: `add it to a "start"`,
  }),
  "relup/suspended_not_resumed": (d: { modules: readonly string[]; place: ScriptPlace }) => ({
    what: `Cannot suspend ${quoted(d.modules)} ${inPlace(d)}: never resumed`,
    cure: `add it to a "resume"`,
  }),
  "relup/too_many_point_of_no_return": (d: { place: ScriptPlace }) => ({
    what: `Cannot have two points of no return ${inPlace(d)}`,
    cure: "keep one",
  }),
  "relup/undef_module": (d: { module: string; by: string; place: ScriptPlace }) => ({
    what: `Cannot order module "${d.by}" after "${d.module}" ${inPlace(d)}: no instruction loads or deletes "${d.module}"`,
    why: `a module in "depMods" must itself be updated, loaded, added or deleted by the same upgrade`,
    cure: `add "load_module" for it, or take it out of "depMods"`,
  }),
  "relup/warnings_treated_as_errors": (d: { warnings: readonly string[] }) => ({
    what: `Cannot make the relup: warnings are treated as errors: ${d.warnings.join("; ")}`,
    cure: "remove what they warn of",
  }),
} satisfies Entries;
