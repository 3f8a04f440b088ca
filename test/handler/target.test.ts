import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { releaseFile } from "../../src/runtime/handler/target.ts";

const target = { root: "/srv/chat", instance: "default" };

test("releaseFile stands below the folder of releases", () => {
  assert.equal(releaseFile(target, "0.1.0-rc.1", "boot.json"), join("/srv/chat/releases/0.1.0-rc.1/boot.json"));
});

for (const vsn of ["..", "../..", "a/b", "", ".hidden", "0.1.0\0"]) {
  test(`releaseFile refuses ${JSON.stringify(vsn)} for a version`, () => {
    assert.throws(() => releaseFile(target, vsn, "boot.json"), { code: "release/illegal_form" });
  });
}
