// The typed constructors of appups: each makes the instruction of its name, and all of them pass the check of a file.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { highLevelForms, lowLevelForms } from "../../src/release/translate/grammar.ts";
import { validateAppup } from "../../src/release/validate.ts";
import * as constructors from "../../src/tools/appup.ts";
import { refused } from "../release/fixtures.ts";

const c = constructors;
const undo = c.mfa("chat/room", "back");

const instructions = [
  c.update("chat/room"),
  c.update("chat/room", { change: c.advanced({ since: 1 }), depMods: ["chat/hall"], inside: "wait" }),
  c.loadModule("chat/page", { prePurge: "soft_purge" }),
  c.addModule("chat/new", { depMods: ["chat/page"] }),
  c.deleteModule("chat/gone"),
  c.addApplication("audit"),
  c.addApplication("audit", "load"),
  c.removeApplication("audit"),
  c.restartApplication("audit"),
  c.startChild("sup", "a"),
  c.deleteChild("sup", "a"),
  c.restartChild("sup", "a"),
  c.restartSubtree("sup", "a", { modules: ["chat/room"] }),
  c.apply("chat/room", "go"),
  c.apply("chat/room", "go", [1, null], { undo }),
  c.relink("chat", "ws"),
  c.restartNewEmulator(),
  c.restartEmulator(),
  c.pointOfNoReturn(),
  c.loadObjectCode("chat", "0.2.0", ["chat/room"]),
  c.load("chat/room", "soft_purge", "soft_purge"),
  c.remove("chat/room", "soft_purge", "brutal_purge"),
  c.purge(["chat/room"]),
  c.suspend(["chat/room", { module: "chat/hall", timeoutMs: 5 }]),
  c.codeChange("up", [{ module: "chat/room", extra: [] }]),
  c.resume(["chat/room"]),
  c.stop(["chat/room"]),
  c.start(["chat/room"]),
  c.syncNodes("here", ["chat@host"]),
  c.syncNodes("here", undo),
];

describe("appup", () => {
  it("appup takes everything that the constructors make", () => {
    const made = c.appup("0.2.0", { upFrom: { "0.1.0": instructions } });
    assert.equal(validateAppup(made, "appup.ts"), made);
    assert.deepEqual(made.upFrom[0]?.script, instructions);
  });
  it("appup has a constructor for every instruction", () => {
    const made = new Set<string>(instructions.map(([name]) => name));
    assert.deepEqual([...made].sort(), Object.keys({ ...highLevelForms, ...lowLevelForms }).sort());
  });
  it("appup keeps versions in order, and patterns as they are matched", () => {
    const made = c.appup("3", {
      downTo: [
        ["2", []],
        [/1\.\d+/u, [c.restartEmulator()]],
      ],
    });
    assert.deepEqual(made, {
      format: 1,
      vsn: "3",
      upFrom: [],
      downTo: [
        { vsn: "2", script: [] },
        { vsn: { regexp: "1\\.\\d+" }, script: [["restart_emulator"]] },
      ],
    });
  });
  it("appup refuses a pattern whose flags a file could not keep", () => {
    const details = refused("relup/bad_regexp", () => c.appup("3", { downTo: [[/a/i, []]] }));
    assert.equal(details.regexp, "a");
  });
});
