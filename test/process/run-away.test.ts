// Callbacks that do not return.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";

const fixture = (...args: readonly string[]) =>
  spawn(process.execPath, ["--conditions=underway-source", join(import.meta.dirname, "fixtures/run-away.ts"), ...args]);

test("watchRunAways names the process and the line that keep the node waiting, and then how long", async () => {
  const child = fixture();
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const reports = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const [sync, behindAwait, nobody] = reports;
  for (const { message } of [sync, behindAwait]) assert.match(message, /^<0\.\d+\.0> \(spinner\) has kept/);
  assert.match(nobody.message, /^code of no process has kept/);
  for (const { message, stack, tookMs } of reports) {
    assert.match(message, /, at spin .*run-away\.ts:\d+$/);
    assert.ok(tookMs >= 900, `${tookMs} ms`);
    assert.match(stack, /^spin /);
  }
  assert.match(behindAwait.stack, /< spinLater /);
  assert.match(stderr, /run_away: <0\.\d+\.0> \(spinner\) keeps the node waiting, for \d+ ms by now, at spin /);
});

test("watchRunAways tells of a callback that never returns while it runs", async () => {
  const child = fixture("for ever");
  let told = "";
  for await (const chunk of child.stderr) {
    told += String(chunk);
    if ((told.match(/\(spinner\) keeps/g) ?? []).length === 3) break;
  }
  child.kill("SIGKILL");
  assert.equal((told.match(/keeps the node waiting/g) ?? []).length, 4);
});
