// The body that the compiler makes of a module with one of everything. UPDATE_GOLDEN=1 writes it anew.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { compileModules } from "../../src/tools/compile/compile.ts";

const fixture = (name: string): URL => new URL(`fixtures/${name}`, import.meta.url);

test("compileModules makes the expected body of a module with one of everything", () => {
  const sources = {
    "chat/room": readFileSync(fixture("room.ts"), "utf8"),
    "chat/base": `export interface Limits {} export const limits = {}; export const makeId = (n = 1) => n; export default 1;`,
    "presence/tracker": `export const list = async (id: number) => [id];`,
  };
  const room = compileModules(sources).find(({ module }) => module === "chat/room");
  assert.ok(room);
  const { code, hash: _, map: __, ...facts } = room;
  const made = `${JSON.stringify(facts, null, 2)}\n\n${code}\n`;
  if (process.env.UPDATE_GOLDEN) writeFileSync(fixture("room.body.txt"), made);
  assert.equal(made, readFileSync(fixture("room.body.txt"), "utf8"));
});
