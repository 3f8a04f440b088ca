// Appups generated from the facts of two versions, row by row, and with relups made from them.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { HighLevelInstruction } from "../../src/release/appup.ts";
import type { ApplicationFacts, ModuleFacts } from "../../src/release/generate-appup.ts";
import { extendAppup, generateAppup } from "../../src/release/generate-appup.ts";
import { entry } from "./fixtures.ts";

const soft = { prePurge: "soft_purge", postPurge: "soft_purge" } as const;
const module = (hash: string, rest: Partial<ModuleFacts> = {}): ModuleFacts => ({
  hash,
  vsn: 1,
  behaviour: null,
  evaluationDependencies: [],
  ...rest,
});
const server = (hash: string, vsn = 1) => module(hash, { behaviour: "gen_server", vsn });
const application = (vsn: string, modules: Readonly<Record<string, ModuleFacts>>): ApplicationFacts => ({
  vsn,
  modules,
});

interface Row {
  readonly does: string;
  readonly before?: ModuleFacts;
  readonly after?: ModuleFacts;
  readonly script: readonly HighLevelInstruction[];
}

const rows: readonly Row[] = [
  { does: "adds a new module", after: module("h"), script: [["add_module", "a/m"]] },
  { does: "deletes a module that is gone", before: server("h"), script: [["delete_module", "a/m"]] },
  { does: "leaves a module of the same hash alone", before: server("h"), after: server("h"), script: [] },
  {
    does: "loads a module without processes",
    before: module("h"),
    after: module("i"),
    script: [["load_module", "a/m", soft]],
  },
  {
    does: "loads the module of an application, which has no process",
    before: module("h", { behaviour: "application" }),
    after: module("i", { behaviour: "application" }),
    script: [["load_module", "a/m", soft]],
  },
  {
    does: "suspends a callback module softly",
    before: server("h"),
    after: server("i"),
    script: [["update", "a/m", { change: "soft", ...soft }]],
  },
  {
    does: "suspends a module that was a callback module and is none any more",
    before: server("h"),
    after: module("i"),
    script: [["update", "a/m", { change: "soft", ...soft }]],
  },
  {
    does: "changes the state when the vsn differs",
    before: server("h", 1),
    after: server("i", 3),
    script: [["update", "a/m", { change: { advanced: [] }, ...soft }]],
  },
  {
    does: "changes the state of a special process when the vsn differs",
    before: module("h", { vsn: 2 }),
    after: module("i", { vsn: 1 }),
    script: [["update", "a/m", { change: { advanced: [] }, ...soft }]],
  },
  {
    does: "runs a supervisor's init anew",
    before: module("h", { behaviour: "supervisor" }),
    after: module("i", { behaviour: "supervisor" }),
    script: [["update", "a/m", { change: "supervisor", ...soft }]],
  },
];

describe("generateAppup", () => {
  for (const { does, before, after, script } of rows) {
    it(`generateAppup ${does}`, () => {
      const facts = (vsn: string, facts?: ModuleFacts) => application(vsn, facts === undefined ? {} : { "a/m": facts });
      const { upFrom } = generateAppup(facts("2", after), [facts("1", before)]);
      assert.deepEqual(upFrom, [entry("1", script)]);
      // The way back of the reversed pair is the same step.
      const { downTo } = generateAppup(facts("2", before), [facts("1", after)]);
      assert.deepEqual(downTo, [entry("1", script)]);
    });
  }

  it("generateAppup names evaluation dependencies that the same script replaces, of the version to load", () => {
    const dependsOn = (...evaluationDependencies: readonly string[]) => ({ evaluationDependencies });
    const base = application("1", {
      "a/same": module("s"),
      "a/base": module("h"),
      "a/user": module("h", dependsOn("a/same")),
    });
    const top = application("2", {
      "a/same": module("s"),
      "a/base": module("i"),
      "a/user": module("i", dependsOn("a/base", "a/user", "a/same", "b/other")),
      "a/new": module("i", dependsOn("a/base")),
    });
    const appup = generateAppup(top, [base]);
    assert.deepEqual(appup.upFrom[0]?.script, [
      ["add_module", "a/new", { depMods: ["a/base"] }],
      ["load_module", "a/base", soft],
      ["load_module", "a/user", { ...soft, depMods: ["a/base"] }],
    ]);
    assert.deepEqual(appup.downTo[0]?.script, [
      ["load_module", "a/base", soft],
      ["load_module", "a/user", soft],
      ["delete_module", "a/new"],
    ]);
  });

  it("generateAppup makes an entry for each other version and none for its own", () => {
    const appup = generateAppup(
      application("3", {}),
      ["1", "3", "2"].map((vsn) => application(vsn, {})),
    );
    assert.equal(appup.vsn, "3");
    assert.deepEqual(
      [appup.upFrom, appup.downTo].map((list) => list.map((one) => one.vsn)),
      [
        ["1", "2"],
        ["1", "2"],
      ],
    );
  });
});

describe("extendAppup", () => {
  it("extendAppup adds entries that are missing and keeps those that a person wrote", () => {
    const written = { format: 1, vsn: "3", upFrom: [entry("1", [["restart_emulator"]])], downTo: [] } as const;
    const generated = {
      format: 1,
      vsn: "3",
      upFrom: [entry("1", []), entry("2", [])],
      downTo: [entry("1", [])],
    } as const;
    assert.deepEqual(extendAppup(written, generated), {
      format: 1,
      vsn: "3",
      upFrom: [entry("1", [["restart_emulator"]]), entry("2", [])],
      downTo: [entry("1", [])],
    });
  });
});
