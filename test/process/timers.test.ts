import assert from "node:assert/strict";
import { test } from "node:test";
import * as Process from "../../src/runtime/process/index.ts";
import { inProcess, refused } from "./support.ts";

test("sendAfter sends a message when its time has come, to who has the name then", async () => {
  const messages = await inProcess(async () => {
    const beganMs = performance.now();
    Process.sendAfter(5, Process.self(), "to the pid");
    Process.sendAfter(6, Process.named("later"), "to the name");
    Process.register("later", Process.self());
    return [await Process.receive(), await Process.receive(), performance.now() - beganMs >= 6];
  });
  assert.deepEqual(messages, ["to the pid", "to the name", true]);
});

test("sendAfter to a name that nobody has is dropped", async () => {
  const message = await inProcess(() => {
    Process.sendAfter(1, Process.named("nobody"), "dropped");
    Process.sendAfter(2, Process.self(), "next");
    return Process.receive();
  });
  assert.equal(message, "next");
});

test("cancelTimer returns the time that was left, once", async () => {
  const { left, again, read, message } = await inProcess(async () => {
    const timer = Process.sendAfter(10_000, Process.self(), "never");
    const before = Process.readTimer(timer);
    return {
      left: Process.cancelTimer(timer),
      again: Process.cancelTimer(timer),
      read: [before, Process.readTimer(timer)],
      message: await Process.receive({ afterMs: 0 }),
    };
  });
  assert.ok(Number(left) > 9_000 && Number(left) <= 10_001, String(left));
  assert.ok(Number(read[0]) > 9_000);
  assert.deepEqual([again, read[1], message], [null, null, undefined]);
});

test("sendAfter refuses what is no time", () => {
  assert.throws(() => Process.sendAfter(Number.NaN, Process.named("x"), 1), refused("process/bad_timeout"));
});
