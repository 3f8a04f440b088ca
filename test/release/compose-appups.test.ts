// Paths through several versions of an application, and what their scripts become together.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Appup } from "../../src/release/appup.ts";
import { composeSteps, findPath } from "../../src/release/compose-appups.ts";
import type { ModuleFacts } from "../../src/release/generate-appup.ts";
import { generateAppup } from "../../src/release/generate-appup.ts";
import { makeRelup } from "../../src/release/make-relup.ts";
import { formatWarning } from "../../src/release/relup-warning.ts";
import type { AppupScript } from "./fixtures.ts";
import { app, entry, facts, lines, refused } from "./fixtures.ts";

const appup = (vsn: string, others: Readonly<Record<string, AppupScript>>, down = others): Appup => ({
  format: 1,
  vsn,
  upFrom: Object.entries(others).map(([other, script]) => entry(other, script)),
  downTo: Object.entries(down).map(([other, script]) => entry(other, script)),
});

const apply = (name: string) => ["apply", { module: "a/m", function: name, args: [] }] as const;
const update = (module: string, options = {}) => ["update", module, options] as const;

/** The scripts of the steps 1 -> 2 -> 3 ..., joined: instructions in order, step by step. */
const composed = (...scripts: readonly AppupScript[]): readonly unknown[] =>
  composeSteps(
    "a",
    scripts.map((script, n) => ({ from: String(n + 1), to: String(n + 2), name: `step ${n + 1}`, script })),
  ).map(({ script }) => script);

interface Row {
  readonly does: string;
  readonly steps: readonly AppupScript[];
  readonly becomes: readonly AppupScript[];
}
const advanced = { change: { advanced: [] } } as const;
const soft = { prePurge: "soft_purge", postPurge: "soft_purge" } as const;

const rows: readonly Row[] = [
  {
    does: "leaves modules alone that one step only handles",
    steps: [[update("a/m"), apply("one")], [["load_module", "a/n"]]],
    becomes: [[update("a/m"), apply("one")], [["load_module", "a/n"]]],
  },
  {
    does: "updates a module once, where it is first mentioned, and converts if any step does",
    steps: [
      [update("a/m", soft), apply("one")],
      [update("a/m", advanced), apply("two")],
    ],
    becomes: [[update("a/m", { ...soft, ...advanced, depMods: [] }), apply("one")], [apply("two")]],
  },
  {
    does: "updates a module that one step loads",
    steps: [[["load_module", "a/m", { depMods: ["a/n"] }], update("a/n")], [update("a/m")]],
    becomes: [[update("a/m", { depMods: ["a/n"], change: "soft" }), update("a/n")], []],
  },
  {
    does: "adds a module once that is changed later",
    steps: [[["add_module", "a/m"]], [update("a/m", advanced)]],
    becomes: [[["add_module", "a/m", { depMods: [] }]], []],
  },
  {
    does: "says nothing of a module that only a version in between has, nor of dependencies on it",
    steps: [[["add_module", "a/x"], update("a/m", { depMods: ["a/x"] })], [["delete_module", "a/x"]]],
    becomes: [[update("a/m", { depMods: [] })], []],
  },
  {
    does: "deletes a module where the last step does",
    steps: [
      [update("a/m"), apply("one")],
      [apply("two"), ["delete_module", "a/m"]],
    ],
    becomes: [[apply("one")], [apply("two"), ["delete_module", "a/m"]]],
  },
  {
    does: "loads a module that was deleted and came back",
    steps: [[["delete_module", "a/m"]], [["add_module", "a/m"]]],
    becomes: [[], [["load_module", "a/m", {}]]],
  },
  {
    does: "adds a module that came, went and came",
    steps: [[["add_module", "a/m"]], [["delete_module", "a/m"]], [["add_module", "a/m"]]],
    becomes: [[], [], [["add_module", "a/m"]]],
  },
  {
    does: "takes a supervisor's change for one without extra",
    steps: [[update("a/m", { change: "supervisor" })], [update("a/m", advanced)]],
    becomes: [[update("a/m", { change: "supervisor", depMods: [] })], []],
  },
  {
    does: "does not start a child that only a version in between has",
    steps: [
      [
        ["start_child", "sup", "x"],
        ["start_child", "sup", "y"],
      ],
      [["delete_child", "sup", "x"]],
    ],
    becomes: [[["start_child", "sup", "y"]], []],
  },
  {
    does: "restarts an application once, and has nothing more to do about its modules",
    steps: [[update("a/m"), ["load_module", "b/m"]], [["restart_application", "a"]], [["restart_application", "a"]]],
    becomes: [[["load_module", "b/m"]], [["restart_application", "a"]], []],
  },
];

const refusals: readonly (readonly [does: string, position: number, ...steps: AppupScript[]])[] = [
  ["two extras", 1, [update("a/m", { change: { advanced: 1 } })], [update("a/m", { change: { advanced: 2 } })]],
  ["a module deleted twice", 1, [["delete_module", "a/m"]], [["delete_module", "a/m"]]],
  ["a module replaced after it was deleted", 1, [["delete_module", "a/m"]], [update("a/m")]],
  ["a module added that is there", 1, [update("a/m")], [["add_module", "a/m"]]],
  ["low-level instructions about code", 2, [apply("one"), ["purge", ["a/m"]]], []],
];

describe("composeSteps", () => {
  for (const { does, steps, becomes } of rows) {
    it(`composeSteps ${does}`, () => assert.deepEqual(composed(...steps), becomes));
  }
  for (const [does, position, ...steps] of refusals) {
    it(`composeSteps refuses ${does}, and names the place`, () => {
      const { place } = refused("relup/cannot_compose", () => composed(...steps));
      assert.equal(place.position, position);
    });
  }
  it("composeSteps keeps the places of the instructions that stay", () => {
    const [first] = composeSteps("a", [
      { from: "1", to: "2", name: "s", script: [["delete_module", "a/x"], apply("one")] },
      { from: "2", to: "3", name: "t", script: [["add_module", "a/x"]] },
    ]);
    assert.deepEqual(first?.places, [{ script: "s", position: 2 }]);
  });
});

describe("findPath", () => {
  const known = [appup("4", { "3": [], "2": [] }), appup("3", { "2": [] }), appup("2", { "1": [], "0": [] })];
  const vsns = (from: string, to: string, appups = known) =>
    findPath("a", "up", [from, to], appups)?.map((step) => `${step.from}-${step.to}`);

  it("findPath finds the shortest path up", () => assert.deepEqual(vsns("1", "4"), ["1-2", "2-4"]));
  it("findPath finds no path where there is none", () => assert.equal(vsns("1", "5"), undefined));
  it("findPath finds a path down, by the later versions' entries", () => {
    const path = findPath("a", "down", ["4", "1"], known);
    assert.deepEqual(
      path?.map((step) => `${step.from}-${step.to}`),
      ["4-2", "2-1"],
    );
  });
  it("findPath knows versions that patterns match", () => {
    const byPattern: Appup = { format: 1, vsn: "3", upFrom: [{ vsn: { regexp: "2.*" }, script: [] }], downTo: [] };
    assert.deepEqual(vsns("1", "3", [byPattern, appup("2", { "1": [] })]), ["1-2", "2-3"]);
  });
});

describe("makeRelup", () => {
  const a = (vsn: string, modules: readonly string[]) => app("a", vsn, { modules });
  const releases = [a("1", ["a/m", "a/old"]), a("2", ["a/m", "a/passing"]), a("3", ["a/m", "a/new"])].map((one, n) =>
    facts(`R${n + 1}`, [one]),
  );
  const [r1, , r3] = releases as [(typeof releases)[0], unknown, (typeof releases)[0]];
  const two = appup(
    "2",
    { "1": [["add_module", "a/passing"], update("a/m", advanced), ["delete_module", "a/old"]] },
    { "1": [["add_module", "a/old"], update("a/m", advanced), ["delete_module", "a/passing"]] },
  );
  const three = appup(
    "3",
    { "2": [["add_module", "a/new"], update("a/m", advanced), ["delete_module", "a/passing"]] },
    { "2": [["add_module", "a/passing"], update("a/m", advanced), ["delete_module", "a/new"]] },
  );
  const request = {
    top: r3,
    upFrom: [{ release: r1 }],
    downTo: [{ release: r1 }],
    appups: new Map([["a", three]]),
    history: new Map([["a", [two]]]),
  };

  it("makeRelup composes 1 -> 2 -> 3 where no appup leads directly, loads only what 3 has, and says so", () => {
    const { relup, warnings } = makeRelup(request);
    assert.deepEqual(lines(relup.up[0]?.script ?? []), [
      "object a-3 a/m,a/new",
      "|",
      "suspend a/m",
      "load a/m bb",
      "change up a/m:",
      "resume a/m",
      "remove a/old bb",
      "purge a/old",
      "load a/new bb",
    ]);
    assert.deepEqual(lines(relup.down[0]?.script ?? []).slice(0, 2), ["object a-1 a/m,a/old", "|"]);
    assert.deepEqual(warnings.map(formatWarning), [
      'no appup of "a" leads directly from 3 to 1: the script is composed of 3 -> 2 -> 1',
      'no appup of "a" leads directly from 1 to 3: the script is composed of 1 -> 2 -> 3',
    ]);
  });
  it("makeRelup prefers the entry that leads directly", () => {
    const direct = { ...three, upFrom: [...three.upFrom, entry("1", [["restart_application", "a"]])] };
    const { warnings } = makeRelup({ ...request, appups: new Map([["a", direct]]), downTo: [] });
    assert.deepEqual(warnings, []);
  });
  it("makeRelup composes nothing with compatibility otp, which has no such thing", () => {
    const details = refused("relup/no_relup", () => makeRelup({ ...request, compatibility: "otp" }));
    assert.deepEqual([details.app, details.other], ["a", "1"]);
  });

  it("makeRelup composes of generated appups what leaves exactly the code of the release running", () => {
    const names = ["a/p", "a/q", "a/r", "a/s"];
    const module = fc.record({ hash: fc.constantFrom("x", "y", "z"), vsn: fc.constantFrom(1, 2) });
    const version = fc.dictionary(fc.constantFrom(...names), module);
    fc.assert(
      fc.property(fc.array(version, { minLength: 3, maxLength: 5 }), (versions) => {
        const all = versions.map((modules, n) => {
          const known = Object.entries(modules).map(([name, { hash, vsn }]): [string, ModuleFacts] => [
            name,
            { hash: `${hash}${vsn}`, vsn, behaviour: "gen_server", evaluationDependencies: [] },
          ]);
          return { vsn: String(n), modules: Object.fromEntries(known) };
        });
        const released = all.map(({ vsn, modules }) => {
          const hashes = Object.fromEntries(Object.entries(modules).map(([name, { hash }]) => [name, hash]));
          return facts(`R${vsn}`, [a(vsn, Object.keys(modules))], {}, hashes);
        });
        const appups = all.slice(1).map((one, n) => generateAppup(one, [all[n] as (typeof all)[0]]));
        const [first, last] = [released[0], released.at(-1)] as [(typeof released)[0], (typeof released)[0]];
        // makeRelup itself refuses what would leave other code running.
        const { warnings } = makeRelup({
          top: last,
          upFrom: [{ release: first }],
          downTo: [{ release: first }],
          appups: new Map([["a", appups.at(-1) as Appup]]),
          history: new Map([["a", appups]]),
        });
        assert.equal(warnings.length, 2);
      }),
    );
  });
});
