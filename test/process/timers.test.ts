import assert from "node:assert/strict";
import { test } from "node:test";
import { pendingDeadlines } from "../../src/runtime/process/deadlines.ts";
import * as Process from "../../src/runtime/process/index.ts";
import { pendingTimers } from "../../src/runtime/process/timers.ts";
import { idler, inProcess, refused, settled } from "./support.ts";

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

test("startTimer sends its own reference along, and sendAfter refuses what is no time also to the dead", async () => {
  const { timer, message } = await inProcess(async () => {
    const timer = Process.startTimer(1, Process.self(), "tick");
    return { timer, message: await Process.receive<Process.TimeoutMessage>() };
  });
  assert.deepEqual(message, { type: "timeout", ref: timer, message: "tick" });
  assert.equal(message.ref, timer);
  assert.equal(Process.cancelTimer(timer), null);
  const gone = idler();
  Process.exit(gone, "kill");
  assert.throws(() => Process.startTimer(-1, gone, "tick"), refused("process/bad_timeout"));
});

test("a timer is over when the process ends that it is for, and so is one for a process that has ended", () => {
  const pid = idler();
  const count = (): number => [...pendingTimers()].length;
  const before = count();
  const timers = Array.from({ length: 5 }, (_, n) => Process.sendAfter(60_000 + n, pid, n));
  const named = Process.sendAfter(60_000, Process.named("nobody"), "kept");
  // From the head, the middle and the end of its list.
  for (const n of [4, 2, 0]) assert.ok(Number(Process.cancelTimer(timers[n] as Process.TimerRef)) > 0);
  assert.equal(count(), before + 3);
  Process.exit(pid, "kill");
  assert.deepEqual(timers.map(Process.readTimer), [null, null, null, null, null]);
  assert.equal(count(), before + 1, "the one for a name is still to come");
  assert.equal(Process.readTimer(Process.sendAfter(60_000, pid, "late")), null);
  Process.cancelTimer(named);
  assert.equal(count(), before);
});

test("a receive with a time that waits in a process that ends leaves nothing behind", async () => {
  const deadlines = (): number => [...pendingDeadlines()].length;
  const before = deadlines();
  const run = (): Promise<unknown> => Process.receive({ afterMs: 60_000 });
  const pids = Array.from({ length: 10 }, () => Process.spawn({ run }, "run"));
  await settled();
  assert.equal(deadlines(), before + 10);
  for (const pid of pids) Process.exit(pid, "kill");
  assert.equal(deadlines(), before);
});
