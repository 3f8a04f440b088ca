// Frames that a callback has left behind: listed, no reason to kill their process, stopped by their next check after a
// purge, and forgotten when nobody can resume them any more. And at which line a frame waits.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { purge, softPurge } from "../../src/runtime/code/code-server.ts";
import { recordOf } from "../../src/runtime/code/modules.ts";
import type { Pid } from "../../src/runtime/process/pid.ts";
import { exitProcess } from "../../src/runtime/process/process.ts";
import { send } from "../../src/runtime/process/signals.ts";
import { ownStrayErrors } from "../../src/runtime/process/stray-errors.ts";
import { loadSource, settled, start } from "./support.ts";

/** A process that does one thing a message, each in the newest code, and leaves a frame behind. */
const worker = (leave: string, version = 1): string => `
  import { become, receive } from "underway/process";
  import * as self from "./worker.ts";
  const slow = async (gate, log) => { try { log("slow ${version}"); await gate; log("on"); } catch { log("catch"); } finally { log("finally"); } };
  async function* slowly(gate, log) { try { yield 1; log("resumed"); } finally { log("finally"); } }
  export async function loop(gate, log) {
    await receive();
    ${leave}
    log("turn ${version}");
    return become(self, "loop", gate, log);
  }`;

const framesOf = (module: string, which: "current" | "old") => {
  const frames = recordOf(module)?.[which]?.frames;
  return { attached: [...(frames?.frames() ?? [])], detached: frames?.detachedFrames() ?? [] };
};

/**
 * Starts a worker, and takes it to version 2 when it has left two frames behind in version 1: while it waits in
 * `receive` it is in the version in which it has begun to wait.
 */
const leaveBehind = async (app: string, leave: string) => {
  const module = `${app}/worker`;
  const lines: string[] = [];
  const gate = Promise.withResolvers<void>();
  await loadSource(module, worker(leave));
  const pid = start(module, "loop", gate.promise, (line: string) => lines.push(line));
  await settled();
  send(pid, "go");
  await settled();
  await loadSource(module, worker("", 2));
  for (let i = 0; i < 2; i++) {
    send(pid, "go");
    await settled();
  }
  return { module, lines, gate, pid };
};

const end = async (pid: Pid): Promise<void> => {
  if (pid.process !== null) exitProcess(pid.process, "kill");
  await settled();
};

// As in a node: whoever leaves a frame behind is not ended by its stopping.
before(() => {
  process.removeAllListeners("unhandledRejection");
  ownStrayErrors({ unattributed: "log" });
});

const kinds: Readonly<Record<string, { leave: string; begins: readonly string[] }>> = {
  "the loser of a Promise.race": { leave: "await Promise.race([slow(gate, log), 1]);", begins: ["slow 1"] },
  "a chain of handlers that nobody waits for": {
    leave: "slow(gate, log).then(() => log('then')).catch(() => log('caught'));",
    begins: ["slow 1"],
  },
  "a promise that nobody waits for": { leave: "slow(gate, log);", begins: ["slow 1"] },
};

for (const [kind, { leave, begins }] of Object.entries(kinds)) {
  test(`${kind} is detached: softPurge does not count it, and it stops at its next check`, async () => {
    const { module, lines, gate, pid } = await leaveBehind(`left${kind.length}`, leave);
    assert.deepEqual(lines, [...begins, "turn 1", ...begins, "turn 1", "turn 2"]);
    assert.deepEqual([framesOf(module, "old").attached.length, framesOf(module, "old").detached.length], [0, 2]);
    assert.equal(softPurge(module), true);
    assert.notEqual(pid.process, null, "the process lives");
    const sofar = lines.length;
    gate.resolve();
    await settled();
    assert.deepEqual(lines.slice(sofar), []);
    assert.notEqual(pid.process, null, "the process still lives");
    await end(pid);
  });
}

test("an abandoned async generator is detached, and its return runs no line after a purge", async () => {
  const { module, lines, pid } = await leaveBehind(
    "generator",
    "globalThis.abandoned = slowly(gate, log); await globalThis.abandoned.next();",
  );
  const { abandoned } = globalThis as unknown as { abandoned: AsyncGenerator };
  assert.equal(framesOf(module, "old").detached.length, 2);
  assert.equal(purge(module), false);
  assert.notEqual(pid.process, null);
  const sofar = lines.length;
  await assert.rejects(abandoned.return(undefined), { name: "StopSignal" });
  assert.deepEqual(lines.slice(sofar), []);
  await end(pid);
});

test("a frame that a timer of a resting process enters is detached", async () => {
  await loadSource(
    "timer/m",
    `const enter = async (gate) => { await gate; };
     export const run = (fire) => { fire(() => enter(new Promise(() => {}))); return new Promise(() => {}); };`,
  );
  let fire = (): unknown => null;
  const pid = start("timer/m", "run", (fn: () => unknown) => {
    fire = fn;
  });
  await settled();
  const owner = pid.process;
  assert.ok(owner);
  // As between two messages of a server.
  owner.status = "waiting";
  owner.enter(() => void fire());
  assert.equal(framesOf("timer/m", "current").detached.length, 1);
  assert.equal(framesOf("timer/m", "current").attached.length, 0);
  await end(pid);
  assert.equal(framesOf("timer/m", "current").detached.length, 0);
});

test("detached frames that nobody can resume are forgotten", async () => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  const module = "forgotten/worker";
  await loadSource(module, worker("await Promise.race([slow(new Promise(() => {}), log), 1]);"));
  const pid = start(module, "loop", null, () => {});
  for (let i = 0; i < 300; i++) {
    send(pid, "go");
    await settled();
  }
  for (let i = 0; i < 20 && framesOf(module, "current").detached.length > 1; i++) {
    // Who has looked at a weak reference keeps its target until the turn is over.
    await settled();
    gc();
    await settled();
  }
  assert.ok(framesOf(module, "current").detached.length <= 1);
  await end(pid);
});

test("a frame on a promise that never settles leaves with its process", async () => {
  await loadSource("never/m", "export const run = async () => { await new Promise(() => {}); };");
  const pid = start("never/m", "run");
  await settled();
  assert.equal(framesOf("never/m", "current").attached.length, 1);
  await end(pid);
  assert.equal(framesOf("never/m", "current").attached.length, 0);
});

// The line at which each of these waits is marked.
const waits: Readonly<Record<string, string>> = {
  "an await": `export const run = async (gate: Promise<void>): Promise<void> => {
    await null;
    await gate; // here
    await null;
  };`,
  "an await whose operand waited": `const id = async <T>(x: T): Promise<T> => x;
    interface Erased { readonly a: 1 }
    export const run = async (gate: Promise<void>): Promise<void> => {
      await wait( // here
        gate,
        await id(1),
      );
    };
    const wait = (gate: Promise<void>, _: number): Promise<void> => gate;`,
  "a for await after a turn": `export const run = async (gate: Promise<void>): Promise<void> => {
      for await (const one of [1, gate]) { // here
        if (one === 1) {
          await null;
          continue;
        }
      }
    };`,
  "an await using": `export const run = async (gate: Promise<void>): Promise<void> => {
      {
        await using x = { [Symbol.asyncDispose]: () => gate }; // here
        await null;
      }
    };`,
};

for (const [form, source] of Object.entries(waits)) {
  test(`a frame tells the line of ${form}`, async () => {
    await loadSource("line/m", source);
    const pid = start("line/m", "run", new Promise(() => {}));
    await settled();
    const expected = source.split("\n").findIndex((line) => line.endsWith("// here")) + 1;
    assert.deepEqual(
      framesOf("line/m", "current").attached.map(({ line }) => line),
      [expected],
    );
    await end(pid);
    purge("line/m");
  });
}
