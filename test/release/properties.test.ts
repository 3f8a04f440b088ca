// Properties that hold for all scripts and releases. On failure fast-check prints seed and path; run again with these.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { App } from "../../src/release/app.ts";
import type { HighLevelInstruction } from "../../src/release/appup.ts";
import { checkRelease } from "../../src/release/check-release.ts";
import type { ModuleFacts } from "../../src/release/generate-appup.ts";
import { generateAppup } from "../../src/release/generate-appup.ts";
import { faultOf } from "../../src/release/json-fault.ts";
import { makeRelup } from "../../src/release/make-relup.ts";
import type { Instruction, Script } from "../../src/release/relup.ts";
import { dependencyGroups } from "../../src/release/translate/groups.ts";
import type { Mode } from "../../src/release/translate/item.ts";
import { brutalLoad } from "../../src/release/translate/item.ts";
import { translate } from "../../src/release/translate/translate.ts";
import { app, facts, rel, side, underway } from "./fixtures.ts";

const names = ["a", "b", "c", "d", "e", "f", "g", "h"].map((name) => `fe/${name}`);

/** Subjects and, for each, what it depends on among them. */
const graph = fc.shuffledSubarray(names, { minLength: 1 }).chain((subjects) =>
  fc.record({
    subjects: fc.constant(subjects),
    dependencies: fc.array(fc.array(fc.constantFrom(...subjects), { maxLength: 3 }), {
      minLength: subjects.length,
      maxLength: subjects.length,
    }),
  }),
);

const change = fc.constantFrom("soft" as const, "supervisor" as const, { advanced: 1 });
const instruction = (module: string, depMods: readonly string[]): fc.Arbitrary<HighLevelInstruction> =>
  fc.oneof(
    fc
      .record({ change, modType: fc.constantFrom("static" as const, "dynamic" as const) })
      .map((options): HighLevelInstruction => ["update", module, { ...options, depMods }]),
    fc.constant<HighLevelInstruction>(["load_module", module, { depMods }]),
    fc.constant<HighLevelInstruction>(["delete_module", module, { depMods }]),
  );

const scripts = graph.chain(({ subjects, dependencies }) =>
  fc.tuple(...subjects.map((module, n) => instruction(module, dependencies[n] ?? []))),
);

const both = side(["fe", "1", names]);
const translated = (mode: Mode, script: readonly HighLevelInstruction[]): Script =>
  translate(mode, [{ name: "s", script }], { from: both, to: both }).script;
const modulesIn = (script: Script, name: Instruction[0]): readonly string[] =>
  script.flatMap((one): readonly string[] => {
    if (one[0] !== name) return [];
    if (one[0] === "load" || one[0] === "remove") return [one[1].module];
    if (one[0] === "load_object_code") return one[1].modules;
    if (one[0] === "code_change") return one[2].map(({ module }) => module);
    if (one[0] === "suspend") return one[1].map((entry) => (typeof entry === "string" ? entry : entry.module));
    return one[0] === "resume" || one[0] === "purge" ? one[1] : [];
  });

describe("translate", () => {
  const modes: readonly Mode[] = ["up", "down"];
  it("translate reads object code of every module that it loads, and of no other, before the point of no return", () => {
    fc.assert(
      fc.property(scripts, fc.constantFrom(...modes), (script, mode) => {
        const made = translated(mode, script);
        const point = made.findIndex(([name]) => name === "point_of_no_return");
        const read = modulesIn(made.slice(0, point), "load_object_code");
        assert.deepEqual(read.toSorted(), modulesIn(made.slice(point), "load").toSorted());
        assert.deepEqual(modulesIn(made.slice(point), "load_object_code"), []);
      }),
    );
  });
  it("translate resumes every module that it suspends, in reverse, before another group is suspended", () => {
    fc.assert(
      fc.property(scripts, fc.constantFrom(...modes), (script, mode) => {
        let suspended: readonly string[] = [];
        for (const one of translated(mode, script)) {
          if (one[0] === "suspend") {
            assert.deepEqual(suspended, []);
            suspended = modulesIn([one], "suspend");
          }
          if (one[0] === "code_change") {
            for (const module of modulesIn([one], "code_change")) assert.ok(suspended.includes(module));
          }
          if (one[0] === "resume") {
            assert.deepEqual(one[1], suspended.toReversed());
            suspended = [];
          }
        }
        assert.deepEqual(suspended, []);
      }),
    );
  });
  it("translate visits the same modules up and down, each once", () => {
    fc.assert(
      fc.property(scripts, (script) => {
        for (const name of ["load", "remove", "purge", "suspend", "code_change"] as const) {
          const [up, down] = modes.map((mode) => modulesIn(translated(mode, script), name).toSorted());
          assert.deepEqual(up, down);
          assert.equal(new Set(up).size, up?.length);
        }
        const swapped = translated("up", script).flatMap((one) =>
          modulesIn([one], one[0] === "load" ? "load" : "remove"),
        );
        assert.deepEqual(swapped.toSorted(), script.map(([, module]) => module).toSorted());
      }),
    );
  });
});

describe("dependencyGroups", () => {
  it("dependencyGroups divides all members, with every dependency in the group of its dependent", () => {
    fc.assert(
      fc.property(graph, ({ subjects, dependencies }) => {
        const groups = groupsOf(subjects, dependencies);
        assert.deepEqual(groups.flat().toSorted(), subjects.toSorted());
        for (const [n, module] of subjects.entries()) {
          const group = groups.find((one) => one.includes(module));
          for (const dependency of dependencies[n] ?? []) assert.ok(group?.includes(dependency));
        }
      }),
    );
  });
  it("dependencyGroups puts dependents before what they depend on, unless they are in a cycle", () => {
    fc.assert(
      fc.property(graph, ({ subjects, dependencies }) => {
        const reaches = reachability(subjects, dependencies);
        for (const group of groupsOf(subjects, dependencies)) {
          for (const [n, earlier] of group.entries()) {
            for (const later of group.slice(n + 1)) {
              assert.ok(!reaches(later, earlier) || reaches(earlier, later), `${later} before ${earlier}`);
            }
          }
        }
      }),
    );
  });
});

const groupsOf = (subjects: readonly string[], dependencies: readonly (readonly string[])[]) =>
  dependencyGroups(
    subjects.map((module, n) => ({ kind: "code", code: brutalLoad(module, dependencies[n]), places: [] })),
  ).map((group) => group.map((n) => subjects[n] as string));

/** Whether one depends on the other by any number of steps: by hand, unlike the code under test. */
function reachability(subjects: readonly string[], dependencies: readonly (readonly string[])[]) {
  const reached = new Set(subjects.flatMap((from, n) => (dependencies[n] ?? []).map((to) => `${from} ${to}`)));
  for (const by of subjects) {
    for (const from of subjects) {
      for (const to of subjects)
        if (reached.has(`${from} ${by}`) && reached.has(`${by} ${to}`)) reached.add(`${from} ${to}`);
    }
  }
  return (from: string, to: string) => reached.has(`${from} ${to}`);
}

describe("checkRelease", () => {
  const apps = fc.array(fc.array(fc.nat(7), { maxLength: 3 }), { minLength: 1, maxLength: 8 }).chain((uses) => {
    // An application uses only those of a lower number: there is no circle. The release lists them in any order.
    const made = uses.map((list, n) =>
      app(`a${n}`, "1", { applications: [...new Set(list.filter((one) => one < n))].map((one) => `a${one}`) }),
    );
    return fc.shuffledSubarray(made, { minLength: made.length });
  });
  it("checkRelease puts every application behind all that it uses", () => {
    fc.assert(
      fc.property(apps, (list: readonly App[]) => {
        const order = checkRelease(rel("1", list), [underway, ...list]).applications.map((one) => one.app.name);
        assert.equal(order.length, list.length + 1);
        for (const one of list) {
          for (const used of one.applications) assert.ok(order.indexOf(used) < order.indexOf(one.name));
        }
      }),
    );
  });
});

describe("generateAppup", () => {
  const facts1 = fc.record<ModuleFacts>({
    hash: fc.constantFrom("h1", "h2"),
    vsn: fc.constantFrom(1, 2),
    behaviour: fc.constantFrom(null, "gen_server", "supervisor", "application"),
    evaluationDependencies: fc.subarray(names, { maxLength: 2 }),
  });
  const modules = fc.dictionary(fc.constantFrom(...names), facts1);
  it("generateAppup makes appups whose relups leave exactly the release's code running, both ways", () => {
    fc.assert(
      fc.property(modules, modules, (before, after) => {
        const release = (vsn: string, all: Readonly<Record<string, ModuleFacts>>) => {
          const hashes = Object.fromEntries(Object.entries(all).map(([module, { hash }]) => [module, hash]));
          return facts(vsn, [app("fe", vsn, { modules: Object.keys(all) })], {}, hashes);
        };
        const [base, top] = [release("1", before), release("2", after)];
        const appup = generateAppup({ vsn: "2", modules: after }, [{ vsn: "1", modules: before }]);
        const { relup } = makeRelup({
          top,
          upFrom: [{ release: base }],
          downTo: [{ release: base }],
          appups: new Map([["fe", appup]]),
        });
        // makeRelup itself refuses what is incomplete; no module is touched without need.
        const differing = names.filter((module) => before[module]?.hash !== after[module]?.hash);
        for (const script of [relup.up[0]?.script ?? [], relup.down[0]?.script ?? []]) {
          const touched = [...modulesIn(script, "load"), ...modulesIn(script, "remove")];
          assert.deepEqual(touched.toSorted(), differing.toSorted());
        }
      }),
    );
  });
});

describe("faultOf", () => {
  it("faultOf finds a character that was put into JSON, or one behind it", () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.constantFrom("#", "}", "]", ",", ":", "x"), (json, at, char) => {
        const index = at % (json.length + 1);
        const broken = json.slice(0, index) + char + json.slice(index);
        fc.pre(!isJson(broken));
        const { line, column } = faultOf(broken);
        const start =
          broken
            .split("\n")
            .slice(0, line - 1)
            .join("\n").length +
          (line > 1 ? 1 : 0) +
          column -
          1;
        // What stands before the fault can still become JSON: cutting it there leaves an unexpected end, no other
        // fault.
        assert.deepEqual(faultOf(broken.slice(0, start)), { line, column });
      }),
    );
  });
});

function isJson(content: string): boolean {
  try {
    JSON.parse(content);
    return true;
  } catch {
    return false;
  }
}
