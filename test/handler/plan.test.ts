import assert from "node:assert/strict";
import { test } from "node:test";
import type { Script } from "../../src/release/relup.ts";
import { loadedModules, planOf } from "../../src/runtime/handler/plan.ts";

const soft = { prePurge: "soft_purge", postPurge: "soft_purge" } as const;
const mfa = { module: "chat/app", function: "ready", args: [] };
const load = (module: string) => ["load", { module, ...soft }] as const;
const remove = (module: string) => ["remove", { module, ...soft }] as const;

/** The plan in one line a step, for comparison. */
const outline = (script: Script): readonly string[] => {
  const plan = planOf(script);
  if (plan.kind === "cold") return ["cold"];
  return plan.steps.map((step) => {
    if (step.kind !== "switch") return step.kind;
    const { load: loads, remove: removes, purge, codeChange } = step.switch;
    return `switch +${[...loads.keys()]} -${[...removes.keys()]} purge ${[...purge]} change ${[...codeChange.keys()]}`;
  });
};

const table: readonly { readonly what: string; readonly script: Script; readonly steps: readonly string[] }[] = [
  { what: "makes nothing of an empty script", script: [["point_of_no_return"]], steps: [] },
  {
    what: "joins the groups of a script into one switch",
    script: [
      ["load_object_code", { app: "chat", vsn: "2", modules: ["chat/a", "chat/b"] }],
      ["point_of_no_return"],
      ["suspend", ["chat/a"]],
      load("chat/a"),
      ["code_change", "up", [{ module: "chat/a", extra: [] }]],
      ["resume", ["chat/a"]],
      load("chat/b"),
    ],
    steps: ["switch +chat/a,chat/b - purge  change chat/a"],
  },
  {
    what: "loads a module once, unless it was removed between: a second time would purge the code to go back to",
    script: [
      load("chat/a"),
      ["apply", mfa],
      load("chat/a"),
      load("chat/b"),
      ["apply", mfa],
      remove("chat/b"),
      ["apply", mfa],
      load("chat/b"),
    ],
    steps: [
      "switch +chat/a - purge  change ",
      "apply",
      "switch +chat/b - purge  change ",
      "apply",
      "switch + -chat/b purge  change ",
      "apply",
      "switch +chat/b - purge  change ",
    ],
  },
  {
    what: "keeps instructions with effects in their place, and switches on both sides of one",
    script: [["apply", mfa], load("chat/a"), ["apply", mfa], remove("chat/b"), ["purge", ["chat/b"]], ["apply", mfa]],
    steps: ["apply", "switch +chat/a - purge  change ", "apply", "switch + -chat/b purge chat/b change ", "apply"],
  },
  {
    what: "takes a module that is removed and loaded again for loaded, as restart_application writes it",
    script: [["apply", mfa], remove("chat/a"), ["purge", ["chat/a"]], load("chat/a"), ["apply", mfa]],
    steps: ["apply", "switch +chat/a - purge  change ", "apply"],
  },
  {
    what: "takes stop and start for effects",
    script: [
      ["stop", ["chat/a"]],
      ["start", ["chat/a"]],
    ],
    steps: ["stop", "start"],
  },
  {
    what: "switches for a package alone",
    script: [["point_of_no_return"], ["relink", { app: "chat", package: "ws" }]],
    steps: ["switch + - purge  change "],
  },
  { what: "calls a script with a restart cold", script: [load("chat/a"), ["restart_emulator"]], steps: ["cold"] },
  { what: "calls a new emulator cold", script: [["restart_new_emulator"], ["point_of_no_return"]], steps: ["cold"] },
];

for (const { what, script, steps } of table) {
  test(`planOf ${what}`, () => {
    assert.deepEqual(outline(script), steps);
  });
}

test("planOf carries what to do with processes inside a callback", () => {
  const plan = planOf([["suspend", [{ module: "chat/a", inside: "wait", timeoutMs: 100 }, "chat/b"]], load("chat/a")]);
  assert.ok(plan.kind === "hot");
  const [step] = plan.steps;
  assert.ok(step?.kind === "switch");
  assert.deepEqual(
    [...step.switch.update],
    [
      ["chat/a", { inside: "wait", timeoutMs: 100 }],
      ["chat/b", { inside: "late", timeoutMs: 5000 }],
    ],
  );
  assert.deepEqual(loadedModules(plan.steps), ["chat/a"]);
});
