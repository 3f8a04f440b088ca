// Appup in, low-level script out. Each row cites the clause of OTP's semantics (systools_rc, appup(5)) that it
// restates: 3 high-level forms, 4 steps of the translation, 4.2 placement, 4.3 groups, 4.4 restarts.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Mode, Sides } from "../../src/release/translate/item.ts";
import { translate } from "../../src/release/translate/translate.ts";
import type { AppupScript } from "./fixtures.ts";
import { lines, side } from "./fixtures.ts";

const modules = ["fe/a", "fe/b", "fe/c", "fe/d", "fe/fe_sup", "fe/fe_srv", "fe/fe_lib"];
const sides: Sides = {
  from: side(["fe", "1", modules], ["gone", "1", ["gone/x", "gone/y"]], ["both", "1", ["both/m", "both/old"]]),
  to: side(["fe", "2", modules], ["more", "2", ["more/x", "more/y"]], ["both", "2", ["both/m", "both/new"]]),
};

const soft = { prePurge: "soft_purge", postPurge: "soft_purge" } as const;
const brutal = { prePurge: "brutal_purge", postPurge: "brutal_purge" } as const;
const run = (name: string, undo?: string) => {
  const mfa = (name: string) => ({ module: "fe/a", function: name, args: [] });
  return undo === undefined ? (["apply", mfa(name)] as const) : (["apply", mfa(name), { undo: mfa(undo) }] as const);
};

interface Row {
  readonly clause: string;
  /** Completes "translate ...". */
  readonly does: string;
  readonly scripts: readonly AppupScript[];
  readonly up?: readonly string[];
  readonly down?: readonly string[];
  readonly otp?: true;
}

const rows: readonly Row[] = [
  {
    clause: "4.9",
    does: "makes a point of no return from nothing",
    scripts: [],
    up: ["|"],
    down: ["|"],
  },
  {
    clause: "4.5",
    does: "makes OTP's worked example",
    scripts: [
      [
        ["update", "fe/fe_sup", { change: "supervisor" }],
        ["update", "fe/fe_srv", { change: { advanced: "up" }, depMods: ["fe/fe_lib"] }],
        ["load_module", "fe/fe_lib"],
      ],
    ],
    up: [
      "object fe-2 fe_sup,fe_srv,fe_lib",
      "|",
      "suspend fe_sup",
      "load fe_sup bb",
      "change up fe_sup:",
      "resume fe_sup",
      "suspend fe_srv",
      "load fe_lib bb",
      "load fe_srv bb",
      "change up fe_srv:up",
      "resume fe_srv",
    ],
    down: [
      "object fe-2 fe_sup,fe_srv,fe_lib",
      "|",
      "suspend fe_sup",
      "load fe_sup bb",
      "change down fe_sup:",
      "resume fe_sup",
      "suspend fe_srv",
      "change down fe_srv:up",
      "load fe_srv bb",
      "load fe_lib bb",
      "resume fe_srv",
    ],
  },
  {
    clause: "3",
    does: "defaults an update to a soft change, brutal purges and no timeout",
    scripts: [[["update", "fe/a"]]],
    up: ["object fe-2 a", "|", "suspend a", "load a bb", "resume a"],
    down: ["object fe-2 a", "|", "suspend a", "load a bb", "resume a"],
  },
  {
    clause: "3",
    does: "carries purges, timeout and what to do with a process inside a callback",
    scripts: [
      [
        ["update", "fe/a", { ...soft, timeoutMs: 9, inside: "wait" }],
        ["update", "fe/b", { timeoutMs: "infinity" }],
        ["update", "fe/c", { timeoutMs: "default", inside: "late" }],
      ],
    ],
    up: [
      "object fe-2 a,b,c",
      "|",
      'suspend {"module":"fe/a","timeoutMs":9,"inside":"wait"}',
      "load a ss",
      "resume a",
      'suspend {"module":"fe/b","timeoutMs":"infinity"}',
      "load b bb",
      "resume b",
      "suspend c",
      "load c bb",
      "resume c",
    ],
  },
  {
    clause: "3",
    does: "adds a module as it loads one, and removes and purges a deleted one",
    scripts: [
      [
        ["add_module", "fe/a"],
        ["delete_module", "fe/b"],
        ["load_module", "fe/c", soft],
      ],
    ],
    up: ["object fe-2 a,c", "|", "load a bb", "remove b bb", "purge b", "load c ss"],
    down: ["object fe-2 a,c", "|", "load a bb", "remove b bb", "purge b", "load c ss"],
  },
  {
    clause: "4.3",
    does: "changes the state of static modules after the load, of dynamic ones going down before it",
    scripts: [
      [
        ["update", "fe/a", { change: { advanced: 1 }, depMods: ["fe/b"] }],
        ["update", "fe/b", { change: { advanced: 2 }, modType: "static", depMods: ["fe/c"] }],
        ["update", "fe/c", { change: "soft" }],
      ],
    ],
    up: [
      "object fe-2 a,b,c",
      "|",
      "suspend a,b,c",
      "load c bb",
      "load b bb",
      "load a bb",
      "change up a:1,b:2",
      "resume c,b,a",
    ],
    down: [
      "object fe-2 a,b,c",
      "|",
      "suspend a,b,c",
      "change down a:1",
      "load a bb",
      "load b bb",
      "load c bb",
      "change down b:2",
      "resume c,b,a",
    ],
  },
  {
    clause: "4.3",
    does: "keeps remove and purge of a deleted module together when the order is reversed",
    scripts: [
      [
        ["load_module", "fe/a", { depMods: ["fe/b"] }],
        ["delete_module", "fe/b", { depMods: ["fe/c"] }],
        ["load_module", "fe/c"],
      ],
    ],
    up: ["object fe-2 a,c", "|", "load c bb", "remove b bb", "purge b", "load a bb"],
    down: ["object fe-2 a,c", "|", "load a bb", "remove b bb", "purge b", "load c bb"],
  },
  {
    clause: "4.2",
    does: "places a whole group where its first member stands, also from a later application",
    scripts: [
      [["load_module", "fe/a", { depMods: ["both/m"] }], run("one"), ["load_module", "fe/b"]],
      [["load_module", "both/m"], run("two")],
    ],
    up: [
      "object fe-2 a,b",
      "object both-2 both/m",
      "|",
      "load both/m bb",
      "load a bb",
      "apply one()",
      "load b bb",
      "apply two()",
    ],
    down: [
      "object fe-2 a,b",
      "object both-2 both/m",
      "|",
      "load a bb",
      "load both/m bb",
      "apply one()",
      "load b bb",
      "apply two()",
    ],
  },
  {
    clause: "4.3",
    does: "keeps the order of the script in a cycle and among what nothing decides",
    scripts: [
      [
        ["load_module", "fe/d", { depMods: ["fe/b"] }],
        ["load_module", "fe/c", { depMods: ["fe/b"] }],
        ["load_module", "fe/b", { depMods: ["fe/a"] }],
        ["load_module", "fe/a", { depMods: ["fe/b"] }],
      ],
    ],
    up: ["object fe-2 d,c,b,a", "|", "load a bb", "load b bb", "load c bb", "load d bb"],
    down: ["object fe-2 d,c,b,a", "|", "load d bb", "load c bb", "load b bb", "load a bb"],
  },
  {
    clause: "3.1",
    does: "ignores a module that depends on itself, and one that is named twice",
    scripts: [
      [
        ["load_module", "fe/a", { depMods: ["fe/a", "fe/b", "fe/b"] }],
        ["load_module", "fe/b"],
      ],
    ],
    up: ["object fe-2 a,b", "|", "load b bb", "load a bb"],
  },
  {
    clause: "4.2",
    does: "moves an apply without point of no return behind it, and keeps one that stands before it",
    scripts: [[run("late")], [run("early"), ["point_of_no_return"], ["load_module", "fe/a"]]],
    up: ["object fe-2 a", "apply early()", "|", "apply late()", "load a bb"],
  },
  {
    clause: "4.2",
    does: "moves object code that is written behind the point of no return before it",
    scripts: [
      [
        run("early"),
        ["point_of_no_return"],
        ["load", { module: "fe/a", ...brutal }],
        ["load_object_code", { app: "fe", vsn: "2", modules: ["fe/a"] }],
      ],
    ],
    up: ["object fe-2 a", "apply early()", "|", "load a bb"],
  },
  {
    clause: "4.2",
    does: "puts object code that it moves behind that which stands before the point of no return",
    scripts: [
      [
        ["load_object_code", { app: "fe", vsn: "2", modules: ["fe/a"] }],
        ["point_of_no_return"],
        ["load_object_code", { app: "both", vsn: "2", modules: ["both/m"] }],
      ],
    ],
    up: ["object fe-2 a", "object both-2 both/m", "|"],
  },
  {
    clause: "4.8",
    does: "unites object code of one application, a repeated module at its last position",
    scripts: [
      [["load_object_code", { app: "fe", vsn: "2", modules: ["fe/a", "fe/b"] }], ["point_of_no_return"]],
      [["load_object_code", { app: "both", vsn: "2", modules: ["both/m"] }], ["point_of_no_return"]],
      [["load_object_code", { app: "fe", vsn: "2", modules: ["fe/c", "fe/a"] }], ["point_of_no_return"]],
    ],
    up: ["object fe-2 b,c,a", "object both-2 both/m", "|"],
  },
  {
    clause: "4.4",
    does: "restarts once: in front going up, at the end going down",
    scripts: [[["restart_new_emulator"], ["load_module", "fe/a"]], [["restart_new_emulator"]]],
    up: ["restart_new_emulator", "object fe-2 a", "|", "load a bb"],
    down: ["object fe-2 a", "|", "load a bb", "restart_emulator"],
  },
  {
    clause: "4.4",
    does: "keeps both kinds of restart going up, and one going down",
    scripts: [
      [["restart_emulator"], ["restart_new_emulator"]],
      [["restart_emulator"], ["load_module", "fe/a"]],
    ],
    up: ["restart_new_emulator", "object fe-2 a", "|", "load a bb", "restart_emulator"],
    down: ["object fe-2 a", "|", "load a bb", "restart_emulator"],
  },
  {
    clause: "own",
    does: "starts a child when the new code of its supervisor is there, and names the way back",
    scripts: [
      [
        ["update", "fe/fe_sup", { change: "supervisor" }],
        ["start_child", "fe_sup", "new"],
      ],
    ],
    up: [
      "object fe-2 fe_sup",
      "|",
      "suspend fe_sup",
      "load fe_sup bb",
      "change up fe_sup:",
      "resume fe_sup",
      "apply getChildSpec(fe_sup,new) undo deleteChild(fe_sup,new)",
      "apply restartChild(fe_sup,new)",
    ],
  },
  {
    clause: "own",
    does: "terminates a child before it deletes it",
    scripts: [[["delete_child", "fe_sup", "gone"]]],
    down: ["|", "apply terminateChild(fe_sup,gone)", "apply deleteChild(fe_sup,gone)"],
  },
  {
    clause: "own",
    does: "restarts a child where it stands",
    scripts: [[["restart_child", "fe_sup", "one"]]],
    up: ["|", "apply terminateChild(fe_sup,one)", "apply restartChild(fe_sup,one)"],
  },
  {
    clause: "own",
    does: "replaces modules while a subtree is down, in the order of what other modules need of them",
    scripts: [
      [
        ["restart_subtree", "fe_sup", "rooms", { modules: ["fe/a", "fe/b"] }],
        ["load_module", "fe/c", { depMods: ["fe/b"] }],
      ],
    ],
    up: [
      "object fe-2 a,c,b",
      "|",
      "apply terminateChild(fe_sup,rooms)",
      "load a ss",
      "load b ss",
      "load c bb",
      "apply restartChild(fe_sup,rooms)",
    ],
  },
  {
    clause: "own",
    does: "keeps the relink of a package in its place",
    scripts: [
      [
        ["relink", { app: "fe", package: "ws" }],
        ["load_module", "fe/a"],
      ],
    ],
    up: ["object fe-2 a", "|", 'relink {"app":"fe","package":"ws"}', "load a bb"],
  },
  {
    clause: "3.2",
    does: "adds an application as OTP does",
    scripts: [[["add_application", "more"]]],
    otp: true,
    up: ["object more-2 more/x,more/y", "|", "load more/x bb", "load more/y bb", "apply start(more,permanent)"],
  },
  {
    clause: "3.2",
    does: "loads an added application of type load, and starts one of type none not at all",
    scripts: [[["add_application", "more", "load"]], [["add_application", "both", "none"]]],
    otp: true,
    up: [
      "object more-2 more/x,more/y",
      "object both-2 both/m,both/new",
      "|",
      "load more/x bb",
      "load more/y bb",
      "apply load(more)",
      "load both/m bb",
      "load both/new bb",
    ],
  },
  {
    clause: "3.2",
    does: "removes an application as OTP does",
    scripts: [[["remove_application", "gone"]]],
    otp: true,
    up: ["|", "apply stop(gone)", "remove gone/x bb", "remove gone/y bb", "purge gone/x,gone/y", "apply unload(gone)"],
  },
  {
    clause: "3.2",
    does: "restarts an application with the modules of both versions",
    scripts: [[["restart_application", "both"]]],
    otp: true,
    up: [
      "object both-2 both/m,both/new",
      "|",
      "apply stop(both)",
      "remove both/m bb",
      "remove both/old bb",
      "purge both/m,both/old",
      "load both/m bb",
      "load both/new bb",
      "apply start(both,permanent)",
    ],
  },
  {
    clause: "design 9",
    does: "names the inverse of what it applies itself",
    scripts: [[["remove_application", "gone"]], [["add_application", "more", "temporary"]], [run("there", "back")]],
    up: [
      "object more-2 more/x,more/y",
      "|",
      "apply stop(gone) undo start(gone,permanent)",
      "remove gone/x bb",
      "remove gone/y bb",
      "purge gone/x,gone/y",
      "apply unload(gone) undo load(gone)",
      "load more/x bb",
      "load more/y bb",
      "apply start(more,temporary) undo stop(more)",
      "apply there() undo back()",
    ],
  },
  {
    clause: "6",
    does: "copies low-level instructions in order",
    scripts: [
      [
        ["stop", ["fe/a"]],
        ["suspend", ["fe/b", { module: "fe/c", timeoutMs: 1 }]],
        ["code_change", "up", [{ module: "fe/b", extra: null }]],
        ["resume", ["fe/c", "fe/b"]],
        ["purge", ["fe/a"]],
        ["sync_nodes", "id", ["n@h"]],
        ["sync_nodes", "id", { module: "fe/a", function: "nodes", args: [] }],
        ["start", ["fe/a"]],
      ],
    ],
    up: [
      "|",
      "stop a",
      'suspend b,{"module":"fe/c","timeoutMs":1}',
      "change up b:null",
      "resume c,b",
      "purge a",
      "sync_nodes id n@h",
      'sync_nodes id {"module":"fe/a","function":"nodes","args":[]}',
      "start a",
    ],
  },
];

const contributionsOf = (scripts: readonly AppupScript[]) =>
  scripts.map((script, index) => ({ name: `script ${index + 1}`, script }));

describe("translate", () => {
  for (const { clause, does, scripts, otp, ...expected } of rows) {
    for (const mode of ["up", "down"] satisfies Mode[]) {
      const wanted = expected[mode];
      if (wanted === undefined) continue;
      it(`translate ${does} (${clause}, ${mode})`, () => {
        const { script, places } = translate(mode, contributionsOf(scripts), sides, otp ? "otp" : "underway");
        assert.deepEqual(lines(script), wanted);
        assert.equal(places.length, script.length);
      });
    }
  }

  it("translate says for each instruction where it comes from", () => {
    const { script, places } = translate(
      "up",
      contributionsOf([
        [
          ["load_module", "fe/c"],
          ["update", "fe/a", { depMods: ["fe/b"] }],
        ],
        [["update", "fe/b"]],
      ]),
      sides,
    );
    const text = places.map((list) => list.map((one) => `${one.script}:${one.position}`).join(" "));
    assert.deepEqual(
      lines(script).map((line, index) => `${line} <- ${text[index]}`),
      [
        "object fe-2 c,a,b <- script 1:1 script 1:2 script 2:1",
        "| <- ",
        "load c bb <- script 1:1",
        "suspend a,b <- script 1:2 script 2:1",
        "load b bb <- script 2:1",
        "load a bb <- script 1:2",
        "resume b,a <- script 1:2 script 2:1",
      ],
    );
  });

  const included: Sides = {
    from: side(["gone", "1", ["gone/x"], { included: true }], ["idle", "1", ["idle/x"], { type: "none" }]),
    to: side(["more", "2", ["more/x"], { included: true }]),
  };
  const includedScripts: readonly AppupScript[] = [
    [["add_application", "more"]],
    [["remove_application", "gone"]],
    [["remove_application", "idle"]],
  ];
  it("translate loads an included application and lets the one that includes it start and stop it (17.2)", () => {
    assert.deepEqual(lines(translate("up", contributionsOf(includedScripts), included).script), [
      "object more-2 more/x",
      "|",
      "load more/x bb",
      "apply load(more) undo unload(more)",
      "remove gone/x bb",
      "purge gone/x",
      "apply unload(gone) undo load(gone)",
      "remove idle/x bb",
      "purge idle/x",
    ]);
  });
  it("translate starts and stops included applications with compatibility otp (3.2)", () => {
    const { script } = translate("up", contributionsOf(includedScripts), included, "otp");
    assert.deepEqual(
      lines(script).filter((line) => line.startsWith("apply")),
      [
        "apply start(more,permanent)",
        "apply stop(gone)",
        "apply unload(gone)",
        "apply stop(idle)",
        "apply unload(idle)",
      ],
    );
  });

  it("translate orders a chain of 20,000 modules without exhausting the stack", () => {
    const chain = Array.from({ length: 20_000 }, (_, n) => `fe/m${n}`);
    const script = chain.map((module, n) => ["load_module", module, { depMods: chain.slice(n + 1, n + 2) }] as const);
    const both = side(["fe", "2", chain]);
    const result = translate("up", contributionsOf([script]), { from: both, to: both });
    const loads = result.script.flatMap((one) => (one[0] === "load" ? [one[1].module] : []));
    assert.deepEqual(loads, chain.toReversed());
  });
});
