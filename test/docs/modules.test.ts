// docs/modules.md: its files are compiled and run, and what it says is refused is refused for that reason.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { stage } from "../../src/runtime/code/stage.ts";
import { compileModules } from "../../src/tools/compile/compile.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/modules.md"), "utf8");

/** Module ids and texts of the fenced blocks that name a file. */
const sources = Object.fromEntries(
  [...page.matchAll(/^```\w+ apps\/chat\/src\/(\S+)\n([\s\S]*?)^```$/gm)].map(([, path = "", text = ""]) => [
    `chat/${path.replace(/\.ts$/, "")}`,
    text,
  ]),
);

test("docs/modules.md has modules that are compiled and run as it says", async () => {
  const objects = compileModules(sources);
  assert.deepEqual(
    objects.map(({ module }) => module),
    ["chat/limits", "chat/limits.json", "chat/page"],
  );
  const dependencies = objects.find(({ module }) => module === "chat/limits")?.evaluationDependencies;
  assert.deepEqual(dependencies, ["chat/limits.json"]);
  const places = objects.find(({ module }) => module === "chat/page")?.evaluationPlaces;
  assert.deepEqual(places, [], "nothing of the folder is captured");
  const staged = await stage(objects);
  const limits = staged.exportsOf("chat/limits") as { tooLong(text: string): boolean; firstRoom: string };
  assert.equal(limits.firstRoom, "lobby");
  assert.equal(
    staged.run(() => limits.tooLong("x".repeat(201))),
    true,
  );
  staged.abort();
});

const refused = [...(page.split("## What is refused")[1] as string).matchAll(/^\| `(.+)` \| (.+) \|$/gm)];

test("docs/modules.md lists forms that are refused", () => assert.equal(refused.length, 9));

for (const [, form = "", why = ""] of refused) {
  test(`docs/modules.md says why ${form} is refused`, () => {
    assert.throws(
      () => compileModules({ ...sources, "chat/m": form }),
      (error) => {
        assert.match(String(error), /chat\/src\/m\.ts:1:\d+/);
        assert.ok(String(error).includes(`why:  ${why}`), String(error));
        return true;
      },
    );
  });
}
