import assert from "node:assert/strict";
import { test } from "node:test";
import { currentProcess } from "../../src/runtime/process/context.ts";
import * as Process from "../../src/runtime/process/index.ts";
import { idler, inProcess } from "./support.ts";

test("coolDown gives the context of an idle process back at the second time, and it works as before", async () => {
  const pid = idler();
  const process = pid.process as NonNullable<typeof pid.process>;
  await inProcess(() => {});
  assert.equal(process.coolDown(), true, "it has just been used");
  process.enter(() => {});
  assert.equal(process.coolDown(), true, "and again");
  assert.equal(process.coolDown(), false);
  assert.equal(process.coolDown(), false);
  const found = process.enter(() => new Promise((resolve) => setTimeout(() => resolve(currentProcess()), 1)));
  assert.equal(await found, process);
  Process.exit(pid, "kill");
});

test("a process that is inside a callback keeps knowing itself when its context is given back", async () => {
  const gate = Promise.withResolvers<void>();
  const me = Promise.withResolvers<Process.Pid>();
  const itself = inProcess(async () => {
    me.resolve(Process.self());
    await gate.promise;
    return Process.self();
  });
  const pid = await me.promise;
  const process = pid.process as NonNullable<typeof pid.process>;
  process.coolDown();
  assert.equal(process.coolDown(), false);
  gate.resolve();
  assert.equal(await itself, pid);
});

test("an idle process gives its context back by itself", async () => {
  const pid = idler();
  await inProcess(() => {});
  const process = pid.process as NonNullable<typeof pid.process>;
  assert.equal(process.hasContext, true);
  const deadlineMs = performance.now() + 10_000;
  while (process.hasContext && performance.now() < deadlineMs) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(process.hasContext, false);
  Process.exit(pid, "kill");
});
