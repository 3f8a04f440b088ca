// Named cases: what OTP's documentation (the appup cookbook, appup(5)), its suites of systools_rc and of relups, and
// our notes about both tell. The facts are OTP's, the words are ours.

import type { App } from "../src/release/app.ts";
import type { Rel, RelApplication } from "../src/release/rel.ts";
import { parseTerms } from "../src/tools/erlang/parse.ts";
import type { Term } from "../src/tools/erlang/term.ts";
import type { OtpAppup, ReleaseCase } from "./release-cases.ts";
import { fromApps, type ScriptCase, toApps } from "./script-cases.ts";
import { wrongForms } from "./wrong-forms.ts";

/** Name, and the scripts, as OTP writes them. */
type ScriptRow = readonly [name: string, ...scripts: readonly string[]];

const scriptRows: readonly ScriptRow[] = [
  // The appup cookbook.
  ["cookbook: a functional module is changed", "{load_module,'x/a'}"],
  ["cookbook: a residence module is changed without its state", "{update,'x/a'}"],
  ["cookbook: a callback module's internal state is changed", "{update,'x/a',{advanced,[]}}"],
  ["cookbook: properties of a supervisor are changed", "{update,'x/a',supervisor}"],
  [
    "cookbook: a child is added to a supervisor",
    "{update,'x/a',supervisor},{apply,{supervisor,restart_child,[sup,child]}}",
  ],
  [
    "cookbook: a child is deleted from a supervisor",
    "{apply,{supervisor,terminate_child,[sup,child]}},{apply,{supervisor,delete_child,[sup,child]}},{update,'x/a',supervisor}",
  ],
  ["cookbook: a module is added", "{add_module,'x/a'}"],
  ["cookbook: a module is deleted", "{delete_module,'x/gone'}"],
  ["cookbook: a module depends on a functional one", "{load_module,'x/a',['x/b']},{load_module,'x/b'}"],
  [
    "cookbook: a server depends on a library of another application",
    "{update,'x/a',{advanced,[]},['y/a']}",
    "{load_module,'y/a'}",
  ],
  ["cookbook: a special process is changed", "{update,'x/a',static,infinity,{advanced,[]},soft_purge,soft_purge,[]}"],
  [
    "cookbook: a process is stopped while its module is exchanged",
    "{load_object_code,{x,\"2\",['x/l1']}},point_of_no_return,{stop,['x/l1']},{load,{'x/l1',brutal_purge,brutal_purge}},{start,['x/l1']}",
  ],
  ["cookbook: an application is added, and another removed", "{add_application,new}", "{remove_application,old}"],
  ["cookbook: an application is restarted", "{restart_application,both}"],
  ["cookbook: the emulator is restarted after the upgrade", "{load_module,'x/a'},restart_emulator"],
  ["cookbook: the emulator is new", "restart_new_emulator,{load_module,'x/a'}"],

  // systools_rc_SUITE syntax_check.
  [
    "syntax_check: every low-level instruction",
    "{load_object_code,{x,\"2\",['x/l1']}},point_of_no_return,{load,{'x/l1',soft_purge,brutal_purge}},{remove,{'x/l2',soft_purge,soft_purge}},{purge,['x/l2']},{suspend,['x/l1',{'x/l2',5000}]},{code_change,up,[{'x/l1',[]}]},{code_change,[{'x/l2',[]}]},{resume,['x/l1','x/l2']},{stop,['x/l1']},{start,['x/l1']},{sync_nodes,id,[a@b]},{sync_nodes,id,{'x/a',nodes,[]}},{apply,{'x/a',go,[]}},restart_emulator",
  ],
  [
    "syntax_check: every form of update",
    "{update,'x/a'},{update,'x/b',supervisor},{update,'x/c',soft,['x/a']},{update,'x/d',{advanced,e},soft_purge,brutal_purge,[]},{update,'y/a',infinity,soft,soft_purge,soft_purge,[]},{update,'y/b',static,7,{advanced,e},soft_purge,soft_purge,['y/a']}",
  ],
  ["syntax_check: dependencies alone as the third part", "{update,'x/a',['x/b']},{load_module,'x/b'}"],
  ...wrongForms.map(([otp]): ScriptRow => [`syntax_check: ${otp}, which is wrong`, otp]),

  // systools_rc_SUITE translate.
  ["translate: a load", "{load_module,'x/a',soft_purge,soft_purge,[]}"],
  [
    "translate: a chain of three, each depending on the next",
    "{load_module,'x/a',['x/b']},{load_module,'x/b',['x/c']},{load_module,'x/c'}",
  ],
  [
    "translate: a chain written backwards",
    "{load_module,'x/c'},{load_module,'x/b',['x/c']},{load_module,'x/a',['x/b']}",
  ],
  [
    "translate: two modules that depend on each other",
    "{update,'x/a',soft,['x/b']},{update,'x/b',{advanced,1},['x/a']}",
  ],
  [
    "translate: a circle of three with one that depends on it",
    "{update,'x/d',soft,['x/a']},{load_module,'x/a',['x/b']},{load_module,'x/b',['x/c']},{load_module,'x/c',['x/a']}",
  ],
  [
    "translate: static and dynamic together",
    "{update,'x/a',static,default,{advanced,1},soft_purge,soft_purge,['x/b']},{update,'x/b',dynamic,default,{advanced,2},soft_purge,soft_purge,[]}",
  ],
  ["translate: a dependency on a module of its own", "{load_module,'x/a',['x/a','x/b','x/b']},{load_module,'x/b'}"],
  [
    "translate: a group is placed where its first member stands",
    "{load_module,'x/a',['y/a']},{apply,{'x/a',one,[]}}",
    "{load_module,'y/a'},{apply,{'x/a',two,[]}}",
  ],
  [
    "translate: groups one after the other, not together",
    "{update,'x/a',soft},{update,'x/b',soft,['x/c']},{load_module,'x/c'},{update,'x/d',supervisor}",
  ],
  ["translate: a dependency that nobody handles", "{load_module,'x/a',['x/b']}"],
  ["translate: a module that two handle", "{load_module,'x/a'}", "{update,'x/a'}"],
  ["translate: a module that no application has", "{load_module,'x/typo'}"],
  [
    "translate: apply before and behind the point of no return",
    "{apply,{'x/a',early,[]}},point_of_no_return,{apply,{'x/a',late,[]}}",
    "{apply,{'x/a',plain,[]}}",
  ],
  [
    "translate: several points of no return, one a script",
    "{apply,{'x/a',one,[]}},point_of_no_return",
    "{apply,{'x/a',two,[]}},point_of_no_return,{load_module,'x/a'}",
  ],
  ["translate: two points of no return in a script", "point_of_no_return,point_of_no_return"],
  ["translate: an update before the point of no return", "{update,'x/a'},point_of_no_return"],
  [
    "translate: object code behind the point of no return moves before it",
    "{apply,{'x/a',early,[]}},point_of_no_return,{load,{'x/l1',brutal_purge,brutal_purge}},{load_object_code,{x,\"2\",['x/l1']}}",
  ],
  [
    "translate: object code of an application is read at once",
    "{load_object_code,{x,\"2\",['x/l1']}},{load_object_code,{y,\"2\",['y/l1']}},point_of_no_return",
    "{load_object_code,{x,\"2\",['x/l2','x/l1']}},point_of_no_return",
  ],
  [
    "translate: object code in two versions",
    "{load_object_code,{x,\"2\",['x/l1']}},point_of_no_return",
    "{load_object_code,{x,\"3\",['x/l1']}},point_of_no_return",
  ],
  ["translate: a load without object code", "{load,{'x/l1',soft_purge,soft_purge}}"],
  [
    "translate: a load with object code that only an update reads",
    "{update,'x/l1'},{load,{'x/l1',soft_purge,soft_purge}}",
  ],
  ["translate: suspended and never resumed", "{suspend,['x/a',{'x/b',9}]},{resume,['x/b']}"],
  ["translate: resumed and never suspended", "{resume,['x/a']}"],
  ["translate: stopped and never started", "{stop,['x/a','x/b']},{start,['x/b']}"],
  ["translate: started and never stopped", "{start,['x/a']}"],
  ["translate: one suspended, another resumed", "{resume,['x/b']},{suspend,['x/a']}"],
  ["translate: one stopped, another started", "{stop,['x/a']},{start,['x/b']}"],
  [
    "translate: a load without object code, found before what is not resumed",
    "{suspend,['x/a']},{load,{'x/l1',soft_purge,soft_purge}}",
  ],
  ["translate: a code change of what is not suspended passes", "{code_change,up,[{'x/a',1}]}"],
  ["translate: a list is spliced", "[{apply,{'x/a',one,[]}},{apply,{'x/a',two,[]}}],{load_module,'x/a'}"],
  ["translate: nothing", ""],

  // systools_rc_SUITE translate_app.
  ["translate_app: each start type is added", "{add_application,new,permanent}"],
  ["translate_app: a transient application", "{add_application,new,transient}"],
  ["translate_app: a temporary application", "{add_application,new,temporary}"],
  ["translate_app: an application that is only loaded", "{add_application,new,load}"],
  ["translate_app: an application of type none", "{add_application,new,none}"],
  ["translate_app: an application that is not there", "{add_application,old}"],
  ["translate_app: removed though the release to go to has it", "{remove_application,x}"],
  ["translate_app: removed though nobody has it", "{remove_application,nobody}"],
  ["translate_app: restarted though it is new", "{restart_application,new}"],
  ["translate_app: restarted, and one of its modules updated", "{restart_application,both}", "{update,'both/m'}"],
  [
    "translate_app: restarted in the middle of other work",
    "{load_module,'x/a'},{restart_application,both},{load_module,'x/b',['both/m']}",
  ],

  // systools_rc_SUITE translate_emulator_restarts.
  [
    "translate_emulator_restarts: many of each kind",
    "restart_new_emulator,restart_emulator,{load_module,'x/a'},restart_emulator",
    "restart_new_emulator",
  ],
  [
    "translate_emulator_restarts: new one in the middle",
    "{load_module,'x/a'},restart_new_emulator,{load_module,'x/b'}",
  ],
  ["translate_emulator_restarts: before the point of no return", "restart_emulator,point_of_no_return"],
  ["translate_emulator_restarts: alone", "restart_emulator"],

  // systools_rc_SUITE translate_add_delete_module.
  [
    "translate_add_delete_module: added and deleted among loads",
    "{add_module,'x/a',['x/b']},{delete_module,'x/gone'},{load_module,'x/b'}",
  ],
  [
    "translate_add_delete_module: deleted with dependencies keeps remove and purge together",
    "{load_module,'x/a',['x/b']},{delete_module,'x/b',['x/c']},{load_module,'x/c'}",
  ],
];

/** The named cases of scripts. */
export const scriptScenarios: readonly { readonly name: string; readonly given: ScriptCase }[] = scriptRows.map(
  ([name, ...scripts]) => ({
    name,
    given: { scripts: scripts.map((text) => list(text)), to: toApps, from: fromApps },
  }),
);

// Releases.

const app = (name: string, vsn: string, modules: string, rest: Partial<App> = {}): App => ({
  name,
  vsn,
  description: "",
  modules: modules === "" ? [] : modules.split(" ").map((one) => `${name}/${one}`),
  registered: [],
  applications: ["underway"],
  ...rest,
});
const underway = app("underway", "1", "", { applications: [] });
const rel = (name: string, applications: string, rest: Partial<Rel> = {}): Rel => ({
  name,
  vsn: name.toUpperCase(),
  runtime: "24",
  applications: ["underway-1", ...applications.split(" ").filter(Boolean)].map((one): RelApplication => {
    const [name = "", vsn = "", type] = one.split("-");
    return { name, vsn, ...(type !== undefined && { type: type as "load" }) };
  }),
  ...rest,
});
const appup = (vsn: string, other: string, up: string, down = up): OtpAppup => {
  const term = parseTerms(`${other}.`, "a scenario")[0] as Term;
  return { vsn, upFrom: [{ vsn: term, script: list(up) }], downTo: [{ vsn: term, script: list(down) }] };
};

const fe1 = app("fe", "1", "sup srv lib");
const fe2 = app("fe", "2", "sup srv lib");
const feAppup = appup(
  "2",
  '"1"',
  "{update,'fe/sup',supervisor},{update,'fe/srv',{advanced,[]},['fe/lib']},{load_module,'fe/lib'}",
);
const db = app("db", "1", "store", { applications: ["underway", "fe"] });

const two = (
  apps: readonly App[],
  top: Rel,
  base: Rel,
  appups: Readonly<Record<string, OtpAppup>> = {},
  restartEmulator = false,
): ReleaseCase => ({ apps: [underway, ...apps], top, bases: [base], appups, restartEmulator });

const [r1, r2] = [rel("r1", "fe-1"), rel("r2", "fe-2")];

/** The named cases of releases. */
export const releaseScenarios: readonly { readonly name: string; readonly given: ReleaseCase }[] = [
  { name: "normal_relup: one application, up and down", given: two([fe1, fe2], r2, r1, { fe: feAppup }) },
  { name: "normal_relup: an application more", given: two([fe1, db], rel("r2", "fe-1 db-1"), r1) },
  {
    name: "normal_relup: several applications more, in the order of the release and not of their needs",
    given: two([fe1, db], rel("r2", "db-1 fe-1"), rel("r1", "")),
  },
  {
    name: "normal_relup: an appup of another version warns",
    given: two([fe1, fe2], r2, r1, { fe: { ...feAppup, vsn: "3" } }),
  },
  {
    name: "normal_relup: two bases, answered in reverse",
    given: { ...two([fe1, fe2, db], r2, r1, { fe: feAppup }), bases: [r1, rel("r0", "fe-1 db-1")] },
  },
  { name: "restart_relup: the restart that is wished for", given: two([fe1, fe2], r2, r1, { fe: feAppup }, true) },
  {
    name: "restart_relup: another runtime",
    given: two([fe1, fe2], rel("r2", "fe-2", { runtime: "26" }), r1, { fe: feAppup }),
  },
  {
    name: "restart_relup: another runtime and the restart that is wished for",
    given: two([fe1, fe2], rel("r2", "fe-2", { runtime: "26" }), r1, { fe: feAppup }, true),
  },
  { name: "no_appup_relup: none for a changed application", given: two([fe1, fe2], r2, r1) },
  { name: "no_appup_relup: none is needed where nothing changed", given: two([fe1], rel("r2", "fe-1"), r1) },
  { name: "bad_appup_relup: no entry for the version", given: two([fe1, fe2], r2, r1, { fe: appup("2", '"0"', "") }) },
  {
    name: "app_start_type_relup: added with the type of the release",
    given: two([fe1, db], rel("r2", "fe-1-load db-1-none"), rel("r1", "")),
  },
  {
    name: "app_start_type_relup: another type alone is no change",
    given: two([fe1], rel("r2", "fe-1-temporary"), r1),
  },
  {
    name: "regexp_relup: a pattern of the whole version",
    given: two([fe1, fe2], r2, r1, { fe: appup("2", '<<"[0-9]">>', "{load_module,'fe/lib'}") }),
  },
  {
    name: "regexp_relup: a pattern that matches a part",
    given: two([fe1, app("fe", "12", "lib")], r1, rel("r2", "fe-12"), { fe: appup("1", '<<"1">>', "") }),
  },
  {
    name: "regexp_relup: the first alternative decides",
    given: two([fe1, app("fe", "12", "lib")], r1, rel("r2", "fe-12"), { fe: appup("1", '<<"1|12">>', "") }),
  },
  {
    name: "regexp_relup: the longer alternative first",
    given: two([fe1, app("fe", "12", "lib")], r1, rel("r2", "fe-12"), {
      fe: appup("1", '<<"12|1">>', "{load_module,'fe/lib'}"),
    }),
  },
  {
    name: "regexp_relup: a lazy pattern",
    given: two([fe1, app("fe", "12", "lib")], r1, rel("r2", "fe-12"), { fe: appup("1", '<<"[0-9]+?">>', "") }),
  },
  {
    name: "included: an application that another includes starts with it",
    given: two(
      [
        app("top", "1", "m", { includedApplications: ["inc"] }),
        app("inc", "1", "m"),
        app("user", "1", "m", { applications: ["inc"] }),
      ],
      rel("r2", "user-1 inc-1 top-1"),
      rel("r1", ""),
    ),
  },
  {
    name: "included: by two",
    given: two(
      [
        app("a", "1", "", { includedApplications: ["inc"] }),
        app("b", "1", "", { includedApplications: ["inc"] }),
        app("inc", "1", ""),
      ],
      rel("r2", "a-1 b-1 inc-1"),
      rel("r1", ""),
    ),
  },
  {
    name: "included: X includes Y, and Y uses X",
    given: two(
      [app("x", "1", "", { includedApplications: ["y"] }), app("y", "1", "", { applications: ["x"] })],
      rel("r2", "y-1 x-1"),
      rel("r1", ""),
    ),
  },
  {
    name: "otp_3065: a circle of uses",
    given: two(
      [app("a", "1", "", { applications: ["b"] }), app("b", "1", "", { applications: ["a"] })],
      rel("r2", "a-1 b-1"),
      rel("r1", ""),
    ),
  },
  {
    name: "check: an application that uses itself is fine",
    given: two([app("a", "1", "", { applications: ["a"] })], rel("r2", "a-1"), rel("r1", "")),
  },
  {
    name: "check: what is used is not there",
    given: two([app("a", "1", "", { applications: ["nobody"] })], rel("r2", "a-1"), rel("r1", "")),
  },
  {
    name: "check: what is used is optional, and not there",
    given: two(
      [app("a", "1", "", { applications: ["nobody"], optionalApplications: ["nobody"] })],
      rel("r2", "a-1"),
      rel("r1", ""),
    ),
  },
  {
    name: "check: an optional application that is there takes part in the order",
    given: two(
      [app("a", "1", "", { applications: ["b"], optionalApplications: ["b"] }), app("b", "1", "")],
      rel("r2", "a-1 b-1"),
      rel("r1", ""),
    ),
  },
  {
    name: "check: a name is registered twice",
    given: two(
      [app("a", "1", "", { registered: ["n"] }), app("b", "1", "", { registered: ["n"] })],
      rel("r2", "a-1 b-1"),
      rel("r1", ""),
    ),
  },
  {
    name: "check: what is used is not there, found before a name registered twice",
    given: two(
      [app("a", "1", "", { registered: ["n"], applications: ["nobody"] }), app("b", "1", "", { registered: ["n"] })],
      rel("r2", "a-1 b-1"),
      rel("r1", ""),
    ),
  },
  {
    name: "check: a name registered twice, found before an application included twice",
    given: two(
      [
        app("a", "1", "", { registered: ["n"], includedApplications: ["c"] }),
        app("b", "1", "", { registered: ["n"], includedApplications: ["c"] }),
        app("c", "1", ""),
      ],
      rel("r2", "a-1 b-1 c-1"),
      rel("r1", ""),
    ),
  },
  {
    name: "check: an application included twice, found before a module in both",
    given: two(
      [
        app("a", "1", "", { modules: ["same/m"], includedApplications: ["c"] }),
        app("b", "1", "", { modules: ["same/m"], includedApplications: ["c"] }),
        app("c", "1", ""),
      ],
      rel("r2", "a-1 b-1 c-1"),
      rel("r1", ""),
    ),
  },
  {
    name: "check: a module in both, found before a circle",
    given: two(
      [
        app("a", "1", "", { modules: ["same/m"], applications: ["b"] }),
        app("b", "1", "", { modules: ["same/m"], applications: ["a"] }),
      ],
      rel("r2", "a-1 b-1"),
      rel("r1", ""),
    ),
  },
  {
    name: "app_start_type_relup: another list of includes alone is no change",
    given: two(
      [app("a", "1", "m", { includedApplications: ["b"] }), app("b", "1", "m")],
      rel("r2", "", {
        applications: [
          { name: "underway", vsn: "1" },
          { name: "a", vsn: "1", includedApplications: [] },
          { name: "b", vsn: "1" },
        ],
      }),
      rel("r1", "a-1 b-1"),
    ),
  },
  { name: "check: a version that is not there", given: two([fe1], rel("r2", "fe-2"), r1) },
  {
    name: "relup: an application that is removed is stopped before its users are asked",
    given: two([fe1, db], rel("r2", ""), rel("r1", "fe-1 db-1")),
  },
];

// Internal.

function list(text: string): readonly Term[] {
  return parseTerms(`[${text}].`, "a scenario")[0] as readonly Term[];
}
