// Applications on disk.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { compileApplication, compileProject, modulesOf } from "../../src/tools/compile/project.ts";

const root = mkdtempSync(join(tmpdir(), "underway-compile-"));
after(() => rmSync(root, { recursive: true }));

const write = (file: string, text: string): void => {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
};

write(
  "apps/chat/src/app.ts",
  `import { room } from "./rooms/room.ts"; import { x } from "presence/tracker"; export const all = () => [room, x];`,
);
write("apps/chat/src/rooms/room.ts", "export const room = 1;");
write("apps/chat/src/types.d.ts", "declare const ignored: 1;");
write("apps/chat/src/notes.txt", "no module");
write("apps/tracking/src/tracker.ts", "export const x = 1;");

const chat = { name: "chat", folder: join(root, "apps/chat") };
const presence = { name: "presence", folder: join(root, "apps/tracking") };

test("modulesOf finds the TypeScript files below src, at any depth, declarations excepted", () => {
  assert.deepEqual(modulesOf(chat), ["chat/app", "chat/rooms/room"]);
});

test("compileProject compiles applications that import each other, and groups the modules by application", async () => {
  const objects = await compileProject([chat, presence], { root });
  assert.deepEqual(
    [...objects].map(([name, modules]) => [name, modules.map(({ module }) => module)]),
    [
      ["chat", ["chat/app", "chat/rooms/room"]],
      ["presence", ["presence/tracker"]],
    ],
  );
  assert.deepEqual(objects.get("chat")?.[0]?.imports, [
    { kind: "module", module: "chat/rooms/room" },
    { kind: "module", module: "presence/tracker" },
  ]);
});

test("compileProject names files from the project's root", async () => {
  write("apps/broken/src/m.ts", "\n  await 1;");
  const broken = { name: "broken", folder: join(root, "apps/broken") };
  await assert.rejects(
    () => compileProject([chat, presence, broken], { root }),
    /^UnderwayError: Cannot compile apps\/broken\/src\/m\.ts:2:3: /,
  );
});

test("compileProject takes the JSON files that are imported, and refuses a module that would have the name of one", async () => {
  write("apps/data/src/app.ts", `import d from "./deep/d.json" with { type: "json" }; export const get = () => d;`);
  write("apps/data/src/deep/d.json", "[1]");
  write("apps/data/src/deep/other.json", "no JSON");
  const data = { name: "data", folder: join(root, "apps/data") };
  assert.deepEqual(
    (await compileApplication(data)).map(({ module }) => module),
    ["data/app", "data/deep/d.json"],
  );
  write("apps/data/src/deep/d.json.ts", "export const d = 1;");
  await assert.rejects(
    () => compileApplication(data, { root }),
    /Cannot compile apps\/data\/src\/deep\/d\.json\.ts: its name/,
  );
});

test("compileApplication compiles one application by itself", async () => {
  assert.deepEqual(
    (await compileApplication(presence)).map(({ source }) => source),
    ["src/tracker.ts"],
  );
});
