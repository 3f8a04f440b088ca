// Scripts that must be refused, with the place of the instruction, and in which order reasons are found.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ErrorCode } from "../../src/error.ts";
import { translate } from "../../src/release/translate/translate.ts";
import { refused, side } from "./fixtures.ts";
import { apply, object, ponr, refusedScripts, run } from "./refused-scripts.ts";

/** Each instruction but the two that may stand there. */
const notBefore: readonly unknown[][] = [
  ...["update", "load_module", "add_module", "delete_module"].map((name) => [name, "fe/a"]),
  ...["add_application", "remove_application", "restart_application"].map((name) => [name, "fe"]),
  ...["start_child", "delete_child", "restart_child", "restart_subtree"].map((name) => [name, "sup", "a"]),
  ...["load", "remove"].map((name) => [name, { module: "fe/a", prePurge: "soft_purge", postPurge: "soft_purge" }]),
  ...["purge", "suspend", "resume", "stop", "start"].map((name) => [name, ["fe/a"]]),
  ["code_change", "up", []],
  ["sync_nodes", 1, []],
  ["relink", { app: "fe", package: "ws" }],
  ["restart_emulator"],
];

describe("translate", () => {
  for (const [code, [script, position], ...scripts] of refusedScripts) {
    it(`translate refuses ${JSON.stringify(scripts).slice(0, 90)} with ${code}`, () => {
      const details = refused(code, () => run(scripts)) as { readonly place: unknown };
      assert.deepEqual(details.place, { script: `script ${script}`, position });
    });
  }

  for (const instruction of notBefore) {
    it(`translate refuses ${JSON.stringify(instruction)} before the point of no return`, () => {
      const code = "relup/bad_op_before_point_of_no_return";
      const details = refused(code, () => run([[apply, instruction, ponr]])) as { readonly place: unknown };
      assert.deepEqual(details.place, { script: "script 1", position: 2 });
    });
  }

  it("translate says what, why, cure and the place in the file", () => {
    assert.throws(() => run([[apply, ["load_module", "fe/typo"]]]), {
      message: [
        'Cannot find module "fe/typo" in script 1, instruction 2',
        "  why:  no application that it could come from lists it among its modules",
        "  cure: correct its name, or add its source file",
        "  code: relup/no_such_module",
      ].join("\n"),
    });
  });

  // 16: the first error wins, in the order of the pipeline and not of the script.
  const both = [
    ["load_module", "fe/typo"],
    ["load_module", "fe/a"],
    ["load_module", "fe/a"],
  ];
  const order: readonly (readonly [ErrorCode, readonly unknown[][]])[] = [
    ["relup/too_many_point_of_no_return", [[["nonsense"], ponr, ponr]]],
    ["relup/bad_instruction", [[["suspend", ["fe/a"]], ["nonsense"]]]],
    [
      "relup/suspended_not_resumed",
      [
        [
          ["resume", ["fe/b"]],
          ["suspend", ["fe/a"]],
        ],
      ],
    ],
    [
      "relup/start_not_stop",
      [
        [
          ["stop", ["fe/a"]],
          ["start", ["fe/b"]],
        ],
      ],
    ],
    [
      "relup/suspended_not_resumed",
      [
        [
          ["add_application", "nobody"],
          ["suspend", ["fe/a"]],
        ],
      ],
    ],
    ["relup/no_such_application", [[...both, ["add_application", "nobody"]]]],
    ["relup/muldef_module", [[["load_module", "fe/b", { depMods: ["fe/c"] }], ...both]]],
    [
      "relup/undef_module",
      [
        [
          ["load_module", "fe/typo"],
          ["load_module", "fe/b", { depMods: ["fe/c"] }],
        ],
      ],
    ],
    ["relup/no_such_module", [[object("fe", "9"), ponr, ["load_module", "fe/typo"], ["load_module", "fe/a"]]]],
    ["relup/conflicting_versions", [[object("fe", "9"), ponr, ["load_module", "fe/a"]]]],
  ];
  for (const [code, scripts] of order) {
    it(`translate finds ${code} before later reasons`, () => void refused(code, () => run(scripts)));
  }

  it("translate checks its own output: what it generates of a wrong application file is refused", () => {
    const sides = { from: side(), to: side(["new", "1", ["no module"]]) };
    const contributions = [{ name: "script 1", script: [["add_application", "new"] as const] }];
    refused("relup/bad_module", () => translate("up", contributions, sides));
  });

  it("translate lets pass with compatibility otp what only we refuse", () => {
    run([[["code_change", "up", [{ module: "fe/a", extra: 1 }]]]], "otp");
    run([[["delete_module", "fe/typo"]]], "otp");
    run([[["restart_application", "inc"]]], "otp");
  });
});
