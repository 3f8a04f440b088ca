// Every reason why something about a release, an appup or a relup is refused, provoked, and the message that a person
// reads. The messages stand in messages.txt; after a wanted change write them anew: UPDATE=1 node --test
// test/release/messages.test.ts

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { ErrorCode } from "../../src/error.ts";
import { explanations, isUnderwayError } from "../../src/error.ts";
import type { App } from "../../src/release/app.ts";
import type { Appup } from "../../src/release/appup.ts";
import { checkRelease } from "../../src/release/check-release.ts";
import { composeSteps } from "../../src/release/compose-appups.ts";
import type { ReleaseFacts } from "../../src/release/known-release.ts";
import type { RelupRequest } from "../../src/release/make-relup.ts";
import { makeRelup } from "../../src/release/make-relup.ts";
import type { Rel } from "../../src/release/rel.ts";
import { parseChecked, validateAppup, validateRel } from "../../src/release/validate.ts";
import type { AppupScript } from "./fixtures.ts";
import { app, entry, facts, rel, underway } from "./fixtures.ts";
import { refusedScripts, run } from "./refused-scripts.ts";

const file = join(import.meta.dirname, "messages.txt");

const check = (apps: readonly App[], rest: Partial<Rel> = {}, found = apps) =>
  checkRelease(rel("R", apps, rest), [underway, ...found]);

const a1 = app("a", "1", { modules: ["a/m"] });
const a2 = app("a", "2", { modules: ["a/m"] });
const appup = (script: AppupScript, other: Appup["upFrom"][number]["vsn"] = "1", vsn = "2"): Appup => ({
  format: 1,
  vsn,
  upFrom: [entry(other, script)],
  downTo: [],
});
const relup = (appups: Readonly<Record<string, Appup>>, rest: Partial<RelupRequest> = {}) => {
  const [top, base]: readonly ReleaseFacts[] = [facts("R2", [a2]), facts("R1", [a1])];
  return makeRelup({
    ...{ top: top as ReleaseFacts, upFrom: [{ release: base as ReleaseFacts }], downTo: [] },
    appups: new Map(Object.entries(appups)),
    ...rest,
  });
};
const good = appup([["load_module", "a/m"]]);
const parse = (text: string, validate: (value: unknown, file: string) => unknown = validateAppup) =>
  parseChecked(text, "a.appup.json", validate);

/** What is wrong, and a way to provoke it. */
const provocations: readonly (readonly [ErrorCode, () => unknown])[] = [
  // What a file says.
  ["release/not_json", () => parse('{\n  "format": 1,\n}')],
  ["release/newer_format", () => parse('{\n  "format": 2,\n  "vsn": "2"\n}')],
  ["release/bad_file", () => parse('{\n  "format": 1,\n  "vsn": 2\n}')],
  ["release/bad_file", () => parse('{ "name": "r", "vsn": "1" }', validateRel)],
  [
    "relup/bad_change",
    () =>
      parse(
        '{ "format": 1, "vsn": "2", "downTo": [],\n  "upFrom": [{ "vsn": "1", "script": [\n    ["update", "a/m", { "change": "hard" }]] }] }',
      ),
  ],
  // What a release says (section 2).
  ["release/illegal_name", () => check([], { name: "a/b" })],
  ["release/illegal_form", () => check([], { vsn: "" })],
  ["release/illegal_applications", () => check([a1, a1])],
  ["release/missing_mandatory_app", () => check([], { applications: [] })],
  ["release/mandatory_app", () => check([], { applications: [{ name: "underway", vsn: "1", type: "temporary" }] })],
  ["release/error_reading", () => check([a1], {}, [a2])],
  [
    "release/override_include",
    () => {
      const applications = [
        { name: "underway", vsn: "1" },
        { name: "a", vsn: "1", includedApplications: ["b"] },
      ];
      return check([a1], { applications });
    },
  ],
  ["release/undefined_applications", () => check([app("a", "1", { applications: ["b"] })])],
  [
    "release/duplicate_register",
    () => check([app("a", "1", { registered: ["n"] }), app("b", "1", { registered: ["n"] })]),
  ],
  [
    "release/duplicate_include",
    () =>
      check([
        app("a", "1", { includedApplications: ["c"] }),
        app("b", "1", { includedApplications: ["c"] }),
        app("c", "1"),
      ]),
  ],
  [
    "release/duplicate_modules",
    () => check([app("a", "1", { modules: ["x/m"] }), app("b", "1", { modules: ["x/m"] })]),
  ],
  [
    "release/circular_dependencies",
    () => check([app("a", "1", { applications: ["b"] }), app("b", "1", { applications: ["a"] })]),
  ],
  // What scripts say (sections 3, 4, 16).
  ...refusedScripts.map(([code, , ...scripts]) => [code, () => run(scripts)] as const),
  // What releases and appups say together (section 5).
  ["relup/file_problem", () => relup({})],
  ["relup/no_relup", () => relup({ a: appup([], "0") })],
  ["relup/bad_regexp", () => relup({ a: appup([], { regexp: "(" }) })],
  ["relup/warnings_treated_as_errors", () => relup({ a: { ...good, vsn: "3" } }, { warningsAsErrors: true })],
  ["relup/duplicate_release", () => relup({ a: good }, { upFrom: [{ release: facts("R2", [a1]) }] })],
  ["relup/same_vsn_other_code", () => relup({}, { top: facts("R2", [a1], {}, { "a/m": "other" }) })],
  ["relup/incomplete", () => relup({ a: appup([]) })],
  [
    "relup/cannot_compose",
    () => {
      const update = (extra: number): AppupScript => [["update", "a/m", { change: { advanced: extra } }]];
      return composeSteps("a", [
        { from: "1", to: "2", name: 'a.appup.json of 2, upFrom "1"', script: update(1) },
        { from: "2", to: "3", name: 'a.appup.json of 3, upFrom "2"', script: update(2) },
      ]);
    },
  ],
];

const messageOf = (code: ErrorCode, provoke: () => unknown): string => {
  try {
    provoke();
  } catch (error) {
    if (isUnderwayError(error, code)) return error.message;
    throw error;
  }
  throw new Error(`nothing was refused with ${code}`);
};

describe("messages", () => {
  const messages = provocations.map(([code, provoke]) => messageOf(code, provoke));

  it("messages of everything that is refused are those that were read and found good", () => {
    const text = `${messages.join("\n\n")}\n`;
    if (process.env.UPDATE === "1") writeFileSync(file, text);
    assert.equal(text, readFileSync(file, "utf8"));
  });

  it("messages say what in one line, and what to do about it", () => {
    for (const message of messages) {
      const [what, ...rest] = message.split("\n");
      assert.match(what ?? "", /^Cannot .*[^.]$/);
      assert.ok(
        rest.some((line) => line.startsWith("  cure: ")),
        message,
      );
    }
  });

  it("messages of every reason about relups are provoked", () => {
    const provoked = new Set<string>(provocations.map(([code]) => code));
    // They are about files that a command is given: test/tools/relup-command.test.ts.
    const elsewhere = new Set(["relup/erlang_file", "relup/no_such_path", "relup/no_such_release"]);
    const codes = Object.keys(explanations).filter((code) => code.startsWith("relup/") && !elsewhere.has(code));
    assert.deepEqual(
      codes.filter((code) => !provoked.has(code)),
      [],
    );
  });
});
