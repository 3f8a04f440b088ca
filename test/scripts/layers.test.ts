import assert from "node:assert/strict";
import { test } from "node:test";
import { violations } from "../../scripts/layers.ts";

const allowed = [
  ["runtime/handler/install.ts", "runtime/process/process.ts"],
  ["runtime/process/spawn.ts", "runtime/process/process.ts"],
  ["release/app.ts", "error.ts"],
  ["tools/cli/release.ts", "commander"],
  ["runtime/process/process.ts", "node:async_hooks"],
] as const;

const refused = [
  ["runtime/process/process.ts", "runtime/code/stage.ts", "upwards, from runtime/process to runtime/code"],
  ["release/app.ts", "runtime/process/process.ts", "upwards, from release to runtime/process"],
  ["error.ts", "release/app.ts", "upwards, from error.ts to release"],
  ["runtime/control/server.ts", "tools/cli/release.ts", "upwards"],
  ["runtime/behaviour/connection.ts", "ws", "what ships in a release has no dependencies"],
  ["runtime/unknown/file.ts", "error.ts", "belongs to no layer"],
] as const;

for (const [from, to] of allowed) {
  test(`violations lets ${from} import ${to}`, () => {
    assert.deepEqual(violations([{ from, to }]), []);
  });
}

for (const [from, to, why] of refused) {
  test(`violations refuses that ${from} imports ${to}`, () => {
    const [problem, ...others] = violations([{ from, to }]);
    assert.ok(problem?.includes(why), problem);
    assert.deepEqual(others, []);
  });
}
