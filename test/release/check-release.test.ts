// Checking a release and its boot order: OTP's systools_make:get_release/2 and sort_appls/1, step by step.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { App } from "../../src/release/app.ts";
import { checkRelease, makeBoot } from "../../src/release/check-release.ts";
import type { Rel } from "../../src/release/rel.ts";
import { app, refused, rel, underway } from "./fixtures.ts";

const check = (apps: readonly App[], rest: Partial<Rel> = {}) =>
  checkRelease(rel("1", apps, rest), [underway, ...apps]);
const order = (apps: readonly App[], rest: Partial<Rel> = {}) =>
  check(apps, rest)
    .applications.map((one) => one.app.name)
    .join(" ");
const usesOf = (apps: readonly App[], name: string) =>
  check(apps)
    .applications.find((one) => one.app.name === name)
    ?.app.applications.join(" ");

const uses = (name: string, ...applications: readonly string[]) => app(name, "1", { applications });
const includes = (name: string, includedApplications: readonly string[], ...applications: readonly string[]) =>
  app(name, "1", { applications, includedApplications });

describe("checkRelease", () => {
  const orders: readonly (readonly [does: string, apps: readonly App[], wanted: string])[] = [
    ["keeps the order of the release where nothing decides", [uses("c"), uses("a"), uses("b")], "c a b"],
    ["puts what is used in front of its user", [uses("a", "c"), uses("b"), uses("c")], "c a b"],
    ["puts what is used first in the order of the release", [uses("a", "c", "b"), uses("b"), uses("c")], "b c a"],
    ["puts what is used before what is included", [includes("a", ["b"], "c"), uses("b"), uses("c")], "c b a"],
    ["follows uses of uses", [uses("a", "b"), uses("b", "c"), uses("c", "d"), uses("d")], "d c b a"],
    ["lets an application use itself", [uses("a", "a"), uses("b")], "a b"],
    ["lets an application use the one that includes it", [includes("a", ["b"]), uses("b", "a")], "b a"],
    [
      "lets an application use the one that includes it, below another one",
      [includes("t", ["a"]), includes("a", ["b"]), uses("b", "a")],
      "b a t",
    ],
    ["waits for the top of what is used", [uses("x", "i"), uses("y"), includes("t", ["i"]), uses("i")], "i t x y"],
  ];
  for (const [does, apps, wanted] of orders) {
    it(`checkRelease ${does} (2.1)`, () => assert.equal(order(apps), `underway ${wanted}`));
  }

  it("checkRelease orders optional applications that are present and ignores those that are not (2.1)", () => {
    const a = app("a", "1", { applications: ["none", "b"], optionalApplications: ["b", "none"] });
    assert.equal(order([a, uses("b")]), "underway b a");
    assert.equal(usesOf([a, uses("b")], "a"), "b none");
  });

  const top = includes("t", ["i", "j"]);
  const rewritten: readonly (readonly [does: string, of: string, apps: readonly App[], wanted: string])[] = [
    ["names the top instead of an included application", "x", [top, uses("i"), uses("j"), uses("x", "i")], "t"],
    ["names the top once", "x", [top, uses("i"), uses("j"), uses("x", "i", "t", "j")], "t"],
    ["keeps a use below the same top", "j", [top, uses("i"), uses("j", "i")], "i"],
    ["keeps a use of the top itself", "t", [includes("t", ["i"], "i"), uses("i")], "i"],
    ["drops an included application's use of its own top", "i", [top, uses("i", "t"), uses("j")], ""],
    [
      "follows includes of includes to the top",
      "x",
      [includes("t", ["m"]), includes("m", ["i"]), uses("i"), uses("x", "i")],
      "t",
    ],
  ];
  for (const [does, of, apps, wanted] of rewritten) {
    it(`checkRelease ${does} (2, step 6)`, () => assert.equal(usesOf(apps, of), wanted));
  }

  it("checkRelease lets the release include less than the application file says (1.3)", () => {
    const apps = [top, uses("i"), uses("j")];
    const applications = rel("1", apps).applications.map((one) =>
      one.name === "t" ? { ...one, includedApplications: ["j"] } : one,
    );
    const included = check(apps, { applications }).applications.filter((one) => one.included);
    assert.deepEqual(
      included.map((one) => one.app.name),
      ["j"],
    );
  });

  it("checkRelease takes the application file of the right version", () => {
    const apps = [app("a", "2", { description: "other" }), app("a", "1", { description: "right" })];
    const checked = checkRelease(rel("1", [app("a", "1")]), [...apps, underway]);
    assert.equal(checked.applications[1]?.app.description, "right");
  });

  const mod = (name: string, ...modules: readonly string[]) => app(name, "1", { modules });
  const reg = (name: string, ...registered: readonly string[]) => app(name, "1", { registered });
  const refusals = {
    "release/illegal_name": () => check([], { name: "a/b" }),
    "release/illegal_form": () => check([], { runtime: "" }),
    "release/illegal_applications": () => check([uses("a"), uses("a")]),
    "release/missing_mandatory_app": () => checkRelease(rel("1", [], { applications: [] }), []),
    "release/mandatory_app": () => check([], { applications: [{ name: "underway", vsn: "1", type: "load" }] }),
    "release/error_reading": () => checkRelease(rel("1", [uses("a"), uses("b")]), [underway, app("a", "2")]),
    "release/override_include": () =>
      check([top], { applications: [{ ...underway }, { name: "t", vsn: "1", includedApplications: ["i", "x", "y"] }] }),
    "release/undefined_applications": () => check([uses("a", "x"), includes("b", ["x"], "y")]),
    "release/duplicate_register": () => check([reg("a", "r", "s"), reg("b", "r"), reg("c", "s")]),
    "release/duplicate_include": () => check([includes("a", ["i"]), includes("b", ["i"]), uses("i")]),
    "release/duplicate_modules": () => check([mod("a", "a/m"), mod("b", "a/m")]),
    "release/circular_dependencies": () => check([uses("a", "b"), uses("b", "c"), uses("c", "a"), uses("d")]),
  } as const;
  const details: Readonly<Record<keyof typeof refusals, unknown>> = {
    "release/illegal_name": { name: "a/b" },
    "release/illegal_form": { field: "runtime", value: "" },
    "release/illegal_applications": { applications: ["a-1"], problem: "are named more than once" },
    "release/missing_mandatory_app": { app: "underway" },
    "release/mandatory_app": { app: "underway", type: "load" },
    "release/error_reading": {
      problems: [
        { app: "a", vsn: "1", found: ["2"] },
        { app: "b", vsn: "1", found: [] },
      ],
    },
    "release/override_include": { app: "t", applications: ["x", "y"] },
    "release/undefined_applications": {
      undefined: [
        { app: "x", neededBy: ["a", "b"] },
        { app: "y", neededBy: ["b"] },
      ],
    },
    "release/duplicate_register": {
      duplicates: [
        { name: "r", apps: ["a", "b"] },
        { name: "s", apps: ["a", "c"] },
      ],
    },
    "release/duplicate_include": { duplicates: [{ app: "i", includedBy: ["a", "b"] }] },
    "release/duplicate_modules": { duplicates: [{ module: "a/m", apps: ["a", "b"] }] },
    "release/circular_dependencies": { applications: ["a-1", "c-1"] },
  };
  for (const code of Object.keys(refusals) as (keyof typeof refusals)[]) {
    it(`checkRelease refuses with ${code}`, () => assert.deepEqual(refused(code, refusals[code]), details[code]));
  }

  it("checkRelease refuses applications that include each other", () => {
    refused("release/circular_dependencies", () => check([includes("a", ["b"]), includes("b", ["a"])]));
  });
  it("checkRelease finds undefined applications before names that are registered twice (2)", () => {
    refused("release/undefined_applications", () => check([reg("a", "r"), reg("b", "r"), uses("c", "x")]));
  });
});

describe("makeBoot", () => {
  it("makeBoot lists applications in order with type, folder and whether another one includes them", () => {
    const apps = [includes("t", ["i"]), app("i", "7")];
    const applications = rel("1", apps).applications.map((one) =>
      one.name === "i" ? { ...one, type: "load" as const } : one,
    );
    const boot = makeBoot(check(apps, { applications }));
    assert.deepEqual(
      { ...boot, applications: [] },
      { format: 1, name: "r", vsn: "1", runtime: "24", applications: [] },
    );
    assert.deepEqual(
      boot.applications.map((one) => [one.app.name, one.type, one.folder, one.included]),
      [
        ["underway", "permanent", "lib/underway-1", false],
        ["i", "load", "lib/i-7", true],
        ["t", "permanent", "lib/t-1", false],
      ],
    );
  });
});
