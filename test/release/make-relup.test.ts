// Relups from whole releases: OTP's systools_relup, and where Underway does better.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { App } from "../../src/release/app.ts";
import type { Appup } from "../../src/release/appup.ts";
import { findEntry } from "../../src/release/appup-match.ts";
import type { ReleaseFacts } from "../../src/release/known-release.ts";
import type { RelupRequest } from "../../src/release/make-relup.ts";
import { makeRelup } from "../../src/release/make-relup.ts";
import { formatWarning } from "../../src/release/relup-warning.ts";
import type { AppupScript } from "./fixtures.ts";
import { app, entry, facts, lines, refused, underway } from "./fixtures.ts";

const withModules = (name: string, vsn: string, modules: string, rest: Partial<App> = {}) =>
  app(name, vsn, { modules: modules.split(" ").map((one) => `${name}/${one}`), ...rest });

/** An appup with one entry both ways. */
const appup = (vsn: string, other: string, up: AppupScript, down: AppupScript = up): Appup => ({
  format: 1,
  vsn,
  upFrom: [entry(other, up)],
  downTo: [entry(other, down)],
});

const request = (
  top: ReleaseFacts,
  base: ReleaseFacts,
  appups: Readonly<Record<string, Appup>> = {},
  rest: Partial<RelupRequest> = {},
): RelupRequest => ({
  top,
  upFrom: [{ release: base }],
  downTo: [{ release: base }],
  appups: new Map(Object.entries(appups)),
  ...rest,
});

const scripts = (made: RelupRequest) => {
  const { relup } = makeRelup(made);
  return { up: lines(relup.up[0]?.script ?? []), down: lines(relup.down[0]?.script ?? []) };
};

const a1 = withModules("a", "1", "m");
const a2 = withModules("a", "2", "m");
const aUp = appup("2", "1", [["load_module", "a/m"]]);

describe("makeRelup", () => {
  it("makeRelup asks the top release's appup in both directions (5.3)", () => {
    const up: AppupScript = [["update", "a/m", { change: { advanced: [] } }]];
    const made = scripts(
      request(facts("R2", [a2]), facts("R1", [a1]), { a: appup("2", "1", up, [["load_module", "a/m"]]) }),
    );
    assert.deepEqual(made, {
      up: ["object a-2 a/m", "|", "suspend a/m", "load a/m bb", "change up a/m:", "resume a/m"],
      down: ["object a-1 a/m", "|", "load a/m bb"],
    });
  });

  it("makeRelup fills an entry with the other release's version, description and hashes", () => {
    const base = facts("R1", [a1, withModules("b", "1", "x"), withModules("gone", "1", "y")]);
    const top = facts("R2", [a2, withModules("b", "1", "x")]);
    const made = request(top, base, { a: aUp }, { upFrom: [{ release: base, description: { note: 1 } }] });
    const { relup } = makeRelup(made);
    assert.equal(relup.vsn, "R2");
    const modules = { "a/m": "a/m@1", "b/x": "b/x@1", "gone/y": "gone/y@1" };
    assert.deepEqual(
      [...relup.up, ...relup.down].map(({ script: _, ...rest }) => rest),
      [
        { vsn: "R1", description: { note: 1 }, modules },
        { vsn: "R1", description: [], modules },
      ],
    );
  });

  it("makeRelup needs no appup for an application of the same version (5.4)", () => {
    const applications = [{ ...underway }, { name: "a", vsn: "1", type: "load" as const }];
    const made = scripts(request(facts("R2", [a1], { applications }), facts("R1", [a1])));
    assert.deepEqual(made, { up: ["|"], down: ["|"] });
  });

  it("makeRelup names the place in the appup of each instruction", () => {
    const { places } = makeRelup(request(facts("R2", [a2]), facts("R1", [a1]), { a: aUp }));
    assert.deepEqual(places.up[0]?.[2], [{ script: 'a.appup.json, upFrom "1"', position: 1 }]);
    assert.deepEqual(places.down[0]?.[2], [{ script: 'a.appup.json, downTo "1"', position: 1 }]);
  });

  // Rel order z, y; y is used by z. Both are new, and removed on the way back.
  const z = withModules("z", "1", "m", { applications: ["y"] });
  const y = withModules("y", "1", "m");
  const applied = (made: readonly string[]) => made.filter((line) => line.startsWith("apply"));

  it("makeRelup adds applications in dependency order and removes their users first (17.1)", () => {
    const made = scripts(request(facts("R2", [z, y]), facts("R1", [])));
    assert.deepEqual(applied(made.up), [
      "apply start(y,permanent) undo stop(y)",
      "apply start(z,permanent) undo stop(z)",
    ]);
    assert.deepEqual(applied(made.down), [
      "apply stop(z) undo start(z,permanent)",
      "apply unload(z) undo load(z)",
      "apply stop(y) undo start(y,permanent)",
      "apply unload(y) undo load(y)",
    ]);
  });
  it("makeRelup adds and removes in the order of the release with compatibility otp (5.3)", () => {
    const made = scripts(request(facts("R2", [y, z]), facts("R1", []), {}, { compatibility: "otp" }));
    assert.deepEqual(applied(made.up), ["apply start(y,permanent)", "apply start(z,permanent)"]);
    assert.deepEqual(applied(made.down), ["apply stop(y)", "apply unload(y)", "apply stop(z)", "apply unload(z)"]);
    const other = scripts(request(facts("R2", [z, y]), facts("R1", []), {}, { compatibility: "otp" }));
    assert.deepEqual(applied(other.up), ["apply start(z,permanent)", "apply start(y,permanent)"]);
  });

  it("makeRelup starts an added application before the upgraded one that needs it, others after all code (9)", () => {
    const top = facts("R2", [
      withModules("first", "1", "m"),
      withModules("a", "2", "m", { applications: ["needed"] }),
      withModules("needed", "1", "m"),
    ]);
    const made = scripts(request(top, facts("R1", [a1]), { a: aUp }));
    assert.deepEqual(made.up.slice(made.up.indexOf("|") + 1), [
      "load needed/m bb",
      "apply start(needed,permanent) undo stop(needed)",
      "load a/m bb",
      "load first/m bb",
      "apply start(first,permanent) undo stop(first)",
    ]);
  });

  it("makeRelup follows the top release's order of applications with compatibility otp (5.3)", () => {
    const [b1, b2] = [withModules("b", "1", "m"), withModules("b", "2", "m", { applications: ["a"] })];
    const bUp = appup("2", "1", [["load_module", "b/m"]]);
    const top = facts("R2", [b2, a2]);
    const made = scripts(request(top, facts("R1", [b1, a1]), { a: aUp, b: bUp }, { compatibility: "otp" }));
    const wanted = ["object a-1 a/m", "object b-1 b/m", "|", "load a/m bb", "load b/m bb"];
    assert.deepEqual(made, { up: wanted.map((line) => line.replace("-1", "-2")), down: wanted });
  });

  it("makeRelup restarts the node when the runtime differs (5.3)", () => {
    const made = request(facts("R2", [a2], { runtime: "26" }), facts("R1", [a1]), { a: aUp });
    assert.deepEqual(scripts(made), {
      up: ["restart_new_emulator", "object a-2 a/m", "|", "load a/m bb"],
      down: ["object a-1 a/m", "|", "load a/m bb", "restart_emulator"],
    });
    assert.deepEqual(makeRelup(made).warnings.map(formatWarning), [
      "the runtime is 24 in R1 and 26 in R2: the upgrade restarts the node",
      "the runtime is 24 in R1 and 26 in R2: the upgrade restarts the node",
    ]);
  });
  it("makeRelup restarts the node when Underway itself differs", () => {
    const release = (vsn: string, other: string): ReleaseFacts => ({
      rel: { name: "r", vsn, runtime: "24", applications: [{ name: "underway", vsn: other }] },
      apps: [app("underway", other)],
      hashes: {},
    });
    const made = request(release("R2", "2"), release("R1", "1"));
    assert.deepEqual(scripts(made), { up: ["restart_new_emulator", "|"], down: ["|", "restart_emulator"] });
    assert.deepEqual(makeRelup({ ...made, downTo: [] }).warnings, [
      { reason: "underway_vsn_changed", top: "2", base: "1" },
    ]);
    refused("relup/file_problem", () => makeRelup({ ...made, compatibility: "otp" }));
  });
  it("makeRelup ends every script with a restart when asked to (5.1)", () => {
    const made = request(facts("R2", [a2]), facts("R1", [a1]), { a: aUp }, { restartEmulator: true });
    assert.deepEqual(scripts(made).up, ["object a-2 a/m", "|", "load a/m bb", "restart_emulator"]);
    assert.equal(scripts(made).down.at(-1), "restart_emulator");
  });

  it("makeRelup warns once a use of an appup that says another version (5.7)", () => {
    const made = request(facts("R2", [a2]), facts("R1", [a1]), { a: { ...aUp, vsn: "9" } });
    const warning = { reason: "bad_vsn", app: "a", appupVsn: "9", appVsn: "2" };
    assert.deepEqual(makeRelup(made).warnings, [warning, warning]);
    const { warnings } = refused("relup/warnings_treated_as_errors", () =>
      makeRelup({ ...made, warningsAsErrors: true }),
    );
    assert.deepEqual(warnings[0], 'the appup of "a" says version 9, the application is 2');
  });
  it("makeRelup lists warnings newest first, and with compatibility otp entries too (5.2)", () => {
    const bases = ["23", "22"].map((runtime) => ({ release: facts(`R${runtime}`, [], { runtime }) }));
    const made = request(facts("R24", []), facts("R1", []), {}, { upFrom: bases, downTo: bases });
    const basesWarned = makeRelup(made).warnings.map((one) =>
      one.reason === "erts_vsn_changed" ? one.base.release : "",
    );
    assert.deepEqual(basesWarned, ["R22", "R23", "R22", "R23"]);
    const vsns = (relup: RelupRequest) => makeRelup(relup).relup.up.map((one) => one.vsn);
    assert.deepEqual(vsns(made), ["R23", "R22"]);
    assert.deepEqual(vsns({ ...made, compatibility: "otp" }), ["R22", "R23"]);
  });

  // Both spaces: what must be refused.
  it("makeRelup refuses a changed application without appup, or without entry for the version (5.5)", () => {
    const made = request(facts("R2", [a2]), facts("R1", [a1]));
    assert.deepEqual(
      refused("relup/file_problem", () => makeRelup(made)),
      { app: "a", vsn: "2", other: "1" },
    );
    const appups = new Map([["a", { ...aUp, downTo: [] }]]);
    assert.deepEqual(
      refused("relup/no_relup", () => makeRelup({ ...made, appups })),
      { app: "a", vsn: "2", other: "1", direction: "down" },
    );
  });
  it("makeRelup refuses a bad release among the bases (5.2)", () => {
    const base = facts("R1", [app("a", "1", { applications: ["nobody"] })]);
    refused("release/undefined_applications", () => makeRelup(request(facts("R2", [a2]), base, { a: aUp })));
  });
  it("makeRelup refuses two releases of one version", () => {
    const made = request(facts("R1", [a2]), facts("R1", [a1]), { a: aUp });
    assert.deepEqual(
      refused("relup/duplicate_release", () => makeRelup(made)),
      { vsn: "R1" },
    );
    const [down] = made.downTo;
    for (const only of [
      { upFrom: made.upFrom, downTo: [] },
      { upFrom: [], downTo: made.downTo },
    ]) {
      refused("relup/duplicate_release", () => makeRelup({ ...made, ...only }));
    }
    assert.ok(down);
    const twice = request(facts("R2", [a2]), facts("R1", [a1]), { a: aUp }, { downTo: [down, down] });
    refused("relup/duplicate_release", () => makeRelup(twice));
    makeRelup({ ...made, compatibility: "otp" });
  });
  it("makeRelup refuses other code under the same application version", () => {
    const base = facts("R1", [a1], {}, { "a/m": "other" });
    const made = request(facts("R2", [a1]), base);
    assert.deepEqual(
      refused("relup/same_vsn_other_code", () => makeRelup(made)),
      { app: "a", vsn: "1", other: "R1", modules: ["a/m"] },
    );
  });
  it("makeRelup refuses a script that leaves other code running than the release's", () => {
    const base = facts("R1", [withModules("a", "1", "same changed old")], {}, { "a/same": "s" });
    const top = facts("R2", [withModules("a", "2", "same changed new")], {}, { "a/same": "s" });
    const made = request(top, base, { a: appup("2", "1", []) });
    assert.deepEqual(
      refused("relup/incomplete", () => makeRelup({ ...made, downTo: [] })),
      { vsn: "R1", other: "R2", notLoaded: ["a/changed", "a/new"], notDeleted: ["a/old"] },
    );
    makeRelup({ ...made, compatibility: "otp" });
    makeRelup({ ...made, restartEmulator: true });
    const complete: AppupScript = [
      ["load_module", "a/changed"],
      ["add_module", "a/new"],
      ["delete_module", "a/old"],
    ];
    makeRelup({ ...made, appups: new Map([["a", appup("2", "1", complete)]]), downTo: [] });
  });
  it("makeRelup refuses object code that the release does not have", () => {
    const script: AppupScript = [
      ["load_object_code", { app: "a", vsn: "1", modules: ["a/m"] }],
      ["point_of_no_return"],
    ];
    const made = request(facts("R2", [a2]), facts("R1", [a1]), { a: appup("2", "1", script) });
    refused("relup/no_such_module", () => makeRelup({ ...made, downTo: [] }));
  });
});

describe("findEntry", () => {
  const rows: readonly (readonly [regexp: string, vsn: string, matches: boolean])[] = [
    ["1\\.0|1\\.0\\.1", "1.0.1", false],
    ["1\\.0\\.1|1\\.0", "1.0.1", true],
    ["1\\.0\\.[0-9]+", "1.0.12", true],
    ["1\\.0\\.[0-9]+?", "1.0.12", false],
    ["[0-9]", "x1", false],
    [".*", "", true],
  ];
  for (const [regexp, vsn, matches] of rows) {
    it(`findEntry ${matches ? "matches" : "does not match"} "${vsn}" by ${regexp} (1.4)`, () => {
      assert.equal(findEntry([entry({ regexp }, [])], vsn, "a") !== undefined, matches);
    });
  }
  it("findEntry takes the first entry that matches, a text by equality only (1.4)", () => {
    const entries = [entry(".*", []), entry("1.0", []), entry({ regexp: "1.*" }, [])];
    assert.equal(findEntry(entries, "1.0", "a"), entries[1]);
    assert.equal(findEntry(entries, "1.1", "a"), entries[2]);
    assert.equal(findEntry(entries, "2", "a"), undefined);
  });
  it("findEntry refuses what is no regular expression", () => {
    refused("relup/bad_regexp", () => findEntry([entry({ regexp: "(" }, [])], "1", "a"));
  });
});
