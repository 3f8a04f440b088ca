import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { describeInstruction, formatScriptJson } from "../../src/tools/check/format-script.ts";

describe("formatScriptJson", () => {
  it("formatScriptJson writes an instruction a line, and a long one on several", () => {
    const modules = Array.from({ length: 12 }, (_, i) => `chat/a-rather-long-name-${i}`);
    const script = [
      ["load_module", "chat/room", { prePurge: "soft_purge" }],
      ["purge", modules],
    ];
    const lines = formatScriptJson({ format: 1, upFrom: [{ vsn: "1", script }], downTo: [] }).split("\n");
    assert.deepEqual(lines.slice(0, 9), [
      "{",
      '  "format": 1,',
      '  "upFrom": [',
      "    {",
      '      "vsn": "1",',
      '      "script": [',
      '        ["load_module", "chat/room", { "prePurge": "soft_purge" }],',
      "        [",
      '          "purge",',
    ]);
    assert.ok(lines.every((line) => line.length <= 120));
  });

  it("formatScriptJson writes JSON of the same value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) =>
        assert.deepEqual(JSON.parse(formatScriptJson(value)), JSON.parse(JSON.stringify(value))),
      ),
    );
  });
});

describe("describeInstruction", () => {
  const cases = [
    [
      ["load_module", "chat/room", { prePurge: "soft_purge", postPurge: "soft_purge" }],
      "load_module chat/room, soft_purge",
    ],
    [
      ["update", "chat/room", { change: { advanced: [] }, depMods: ["chat/a"] }],
      "update chat/room, advanced [], depMods [chat/a]",
    ],
    [["update", "chat/sup", { change: "supervisor" }], "update chat/sup, supervisor"],
    [["add_module", "chat/room"], "add_module chat/room"],
    [
      ["load", { module: "chat/room", prePurge: "soft_purge", postPurge: "brutal_purge" }],
      "load chat/room, prePurge soft_purge, postPurge brutal_purge",
    ],
    [["point_of_no_return"], "point_of_no_return"],
  ] as const;
  for (const [instruction, words] of cases) {
    it(`describeInstruction says: ${words}`, () => {
      assert.equal(describeInstruction(instruction as Parameters<typeof describeInstruction>[0]), words);
    });
  }
});
