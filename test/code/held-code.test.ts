// Who keeps old code in memory: found in a heap snapshot, named in the words of the sources.

import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { test } from "node:test";
import type { Pid } from "../../src/index.ts";
import { purge } from "../../src/runtime/code/code-server.ts";
import { traceOldCode } from "../../src/runtime/code/held-code.ts";
import { exitProcess } from "../../src/runtime/process/process.ts";
import { call, loadSource, settled } from "./support.ts";

const server = (state: string) => `
  import * as GenServer from "underway/gen-server";
  import * as self from "./m.ts";
  class Player { move() { return 1; } }
  export const startLink = () => GenServer.startLink(self, null);
  export const init = () => GenServer.ok(${state});`;

const sources: Readonly<Record<string, string>> = {
  "timer/m": `
    export const go = () => { setInterval(() => { console.log("tick"); }, 1e6).unref(); };`,
  "timer_of/m": `
    import { spawn } from "underway/process";
    import * as self from "./m.ts";
    export const run = () => { setTimeout(function late() {}, 1e6).unref(); return new Promise(() => {}); };
    export const go = () => spawn(self, "run");`,
  "emitter/m": `
    export const go = (emitter) => { emitter.on("data", function onData() {}); };`,
  "closure/m": `${server("{ hooks: [{ onEnd: () => 1 }] }")}
    export const go = () => startLink();`,
  "instance/m": `${server("{ players: { ann: new Player() } }")}
    export const go = () => startLink();`,
  "generator/m": `
    function* steps() { yield 1; yield 2; }
    export const go = (_, kept) => { kept.steps = steps(); kept.steps.next(); };`,
  "free/m": `
    export const go = () => {};`,
};

test("traceOldCode names who holds each purged version, and leaves out what is collected", async () => {
  const emitter = new EventEmitter();
  const kept = {};
  Object.assign(globalThis, { kept });
  const pids = new Map<string, Pid>();
  for (const [module, source] of Object.entries(sources)) {
    await loadSource(module, source);
    pids.set(module, (await call(module, "go", emitter, kept)) as Pid);
  }
  await settled();
  for (const module of Object.keys(sources)) {
    // The process that made the timer ends, and the timer stays.
    if (module === "timer_of/m") exitProcess((pids.get(module) as Pid).process as never, "kill");
    await loadSource(
      module,
      module.startsWith("closure") || module.startsWith("instance") ? server("null") : "export {};",
    );
    purge(module);
  }
  // Columns and hashes are no business of this test.
  const held = (await traceOldCode()).map(({ module, state, heldBy }) => [
    module,
    state,
    heldBy?.replace(/(m\.ts:\d+):\d+/, "$1"),
  ]);
  assert.deepEqual(held, [
    [
      "closure/m",
      "purged",
      `process ${pids.get("closure/m")}, state.hooks[0].onEnd: closure "onEnd" (closure/src/m.ts:6)`,
    ],
    ["emitter/m", "purged", `listener of "data" on EventEmitter: closure "onData" (emitter/src/m.ts:2)`],
    ["generator/m", "purged", `global object, kept.steps: generator "steps", suspended (generator/src/m.ts:2)`],
    [
      "instance/m",
      "purged",
      `process ${pids.get("instance/m")}, state.players.ann: instance of class "Player" (instance/src/m.ts:4)`,
    ],
    ["timer/m", "purged", `setInterval: closure (timer/src/m.ts:2)`],
    ["timer_of/m", "purged", `setTimeout of process ${pids.get("timer_of/m")}: closure "late" (timer_of/src/m.ts:4)`],
  ]);
  emitter.removeAllListeners();
});
