// A node whose states fit into memory once, but not twice, refuses the upgrade and lives on.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

const migrate = async (megabytes: number): Promise<unknown> => {
  const options = [`--max-old-space-size=${megabytes}`, "--conditions=underway-source"];
  const child = await promisify(execFile)(process.execPath, [...options, join(import.meta.dirname, "full-heap.ts")]);
  return JSON.parse(child.stdout);
};

test("Migration refuses when the heap is nearly full, keeps nothing of what it has migrated, and the node goes on", async () => {
  assert.deepEqual(await migrate(100), { refusal: "release/no_memory", size: 2_000 });
});

test("Migration goes on where the same states have room", async () => {
  assert.deepEqual(await migrate(600), { refusal: null, size: 2_000 });
});
