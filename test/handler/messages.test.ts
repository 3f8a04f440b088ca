// Messages that wait while code changes: converted, refused, or lost and counted, and never a reason to crash.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { forgetOtherVersions, lostMessages, resetLostMessages } from "../../src/runtime/behaviour/foreign-messages.ts";
import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import type { Callbacks } from "../../src/runtime/behaviour/gen-server-types.ts";
import * as Sys from "../../src/runtime/behaviour/sys.ts";
import { exportsOf } from "../../src/runtime/code/code-server.ts";
import { handleOf } from "../../src/runtime/code/modules.ts";
import { Messages } from "../../src/runtime/handler/messages.ts";
import { nextCodeEpoch } from "../../src/runtime/process/code-epoch.ts";
import type { Pid } from "../../src/runtime/process/pid.ts";
import { send } from "../../src/runtime/process/signals.ts";
import { sendAfter } from "../../src/runtime/process/timers.ts";
import { loadSource, stageSources } from "../code/support.ts";
import { collectReports, refused, settled } from "../process/support.ts";

const reports = collectReports();

// A log of what it has been told. Version 1 adds words, version 2 adds { word }, and has renamed the call.
const v1 = (more = ""): string => `
  import { noreply, ok, reply } from "underway/gen-server";
  export const vsn = 1;
  export const init = () => ok<any>([]);
  export const handleCall = { read: ({ state }: any) => reply(state, state), last: ({ state }: any) => reply(state.at(-1), state) };
  export const handleCast = { add: ({ state }: any, word: string) => noreply([...state, "v1 " + word]) };
  export const handleInfo = ({ state }: any, message: any) => noreply([...state, "v1 info " + message.word]);
  ${more}
`;
const v2 = (more = ""): string => `
  import { noreply, ok, reply } from "underway/gen-server";
  export const vsn = 2;
  export const init = () => ok<any>([]);
  export const handleCall = { read: ({ state }: any) => reply(state, state), newest: ({ state }: any) => reply(state.at(-1), state) };
  export const handleCast = { add: ({ state }: any, { word }: any) => noreply([...state, "v2 " + word]) };
  export const handleInfo = ({ state }: any, message: any) => noreply([...state, "v2 info " + message.text]);
  export const codeChange = { up: { 1: (state: any) => state }, down: { 1: (state: any) => state } };
  ${more}
`;
const converting = `
  export const messageChange = {
    up: { 1: (message: any) => {
      if (message.kind === "info") return { kind: "info", message: { text: message.message.word } };
      if (message.tag === "last") return { ...message, tag: "newest" };
      if (message.args[0] === "drop me") return null;
      if (message.args[0] === "choke") throw new RangeError("cannot swallow that");
      return message.tag === "add" ? { ...message, args: [{ word: message.args[0] + "'" }] } : message;
    } },
    down: { 1: (message: any) => {
      if (message.kind === "info") return { kind: "info", message: { word: message.message.text } };
      if (message.tag === "newest") return { ...message, tag: "last" };
      return message.tag === "add" ? { ...message, args: [message.args[0].word + ","] } : message;
    } },
  };
`;

type Log = Pid<Callbacks>;
const add = (log: Log, word: unknown): void =>
  (GenServer.cast as (log: Log, tag: string, word: unknown) => void)(log, "add", word);
const ask = (log: Log, tag: string): Promise<unknown> =>
  (GenServer.call as (log: Log, tag: string) => Promise<unknown>)(log, tag);
let modules = 0;

interface Crossing {
  readonly log: Log;
  readonly messages: Messages;
  /** The switch, as an install does it. Returns the way back. */
  switchNow(): () => void;
}

/** A log in version 1 that handles nothing until it is resumed, and version 2 beside it. */
const crossing = async (to = v2(converting), from = v1()): Promise<Crossing> => {
  const module = `log${++modules}/log`;
  await loadSource(module, from);
  const handle = handleOf(module);
  const log = (await GenServer.start(handle as never, null as never)) as Log;
  await Sys.suspend(log);
  const staged = await stageSources({ [module]: to });
  const change = { from: exportsOf(module, "current") ?? {}, to: staged.exportsOf(module) ?? {}, extra: null, env: {} };
  const messages = new Messages([{ module, handle, change }]);
  return {
    log,
    messages,
    switchNow: () => {
      const undoCode = staged.switch();
      const undo = messages.switch();
      return () => {
        undoCode();
        undo();
      };
    },
  };
};

test("messages that wait across a switch are converted, each once, in order, and later ones are left alone", async () => {
  const { log, messages, switchNow } = await crossing();
  add(log, "a");
  send(log, { word: "b" });
  const last = ask(log, "last");
  await messages.check();
  switchNow();
  add(log, { word: "c" });
  await Sys.resume(log);
  assert.deepEqual(await ask(log, "read"), ["v2 a'", "v2 info b", "v2 c"]);
  assert.equal(await last, "v2 info b");
});

test("the undo leaves what has waited since before the upgrade as it was, and converts what was sent since", async () => {
  const { log, messages, switchNow } = await crossing();
  add(log, "a");
  const undo = switchNow();
  add(log, { word: "b" });
  undo();
  add(log, "c");
  await messages.close();
  await Sys.resume(log);
  assert.deepEqual(await ask(log, "read"), ["v1 a", "v1 b,", "v1 c"]);
});

test("the message of a timer is converted, whether its time comes before or after the upgrade is final", async () => {
  const { log, messages, switchNow } = await crossing();
  await Sys.resume(log);
  sendAfter(1, log, { word: "soon" });
  const cancelled = sendAfter(1, log, { word: "never" });
  sendAfter(60, log, { word: "later" });
  switchNow();
  await new Promise((resolve) => setTimeout(resolve, 10));
  await messages.close();
  sendAfter(60, log, { text: "new" });
  void cancelled;
  for (let read: unknown = []; (read as []).length < 4; read = await ask(log, "read")) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const read = (await ask(log, "read")) as string[];
  assert.deepEqual(read.toSorted(), ["v2 info later", "v2 info never", "v2 info new", "v2 info soon"]);
});

test("a step that returns null drops the message, and a step that throws loses it: callers are told, both are counted", async () => {
  const { log, switchNow } = await crossing(
    v2(`export const messageChange = { up: { 1: (m: any) => {
      if (m.tag === "last") return null;
      if (m.args[0] === "choke") throw new RangeError("cannot swallow that");
      return m.args[0] === "nonsense" ? { kind: "cast" } : { ...m, args: [{ word: m.args[0] }] };
    } } };`),
  );
  resetLostMessages();
  for (const word of ["choke", "nonsense", "fine"]) add(log, word);
  const last = assert.rejects(ask(log, "last"), refused("gen_server/lost_message", { tag: "last" }));
  switchNow();
  await Sys.resume(log);
  await last;
  assert.deepEqual(await ask(log, "read"), ["v2 fine"]);
  assert.deepEqual(lostMessages(), { calls: 1, others: 2 });
  assert.ok(reports.some(({ message }) => /cannot swallow that/.test(message)));
});

test("check refuses what the new code would not know, names who has it how often, and changes nothing", async () => {
  const { log, messages } = await crossing(v2());
  const first = ask(log, "last");
  const second = ask(log, "last");
  add(log, "a");
  await assert.rejects(messages.check(), (error: unknown) => {
    refused("release/unknown_messages", {})(error);
    assert.match(String(error), /log\d+\/log <.*>: call "last" \(2 times\)/);
    return true;
  });
  await Sys.resume(log);
  assert.deepEqual([await first, await second], [undefined, undefined]);
  assert.deepEqual(await ask(log, "read"), ["v1 a"]);
  await messages.check();
});

test("check refuses a message at which messageChange throws", async () => {
  const { log, messages } = await crossing();
  add(log, "choke");
  await assert.rejects(messages.check(), /cannot swallow that/);
});

test("words of the other version crash nobody during probation and after an undo, and do once it is committed", async () => {
  const { log, switchNow } = await crossing();
  await Sys.resume(log);
  resetLostMessages();
  const undo = switchNow();
  await assert.rejects(ask(log, "last"), refused("gen_server/lost_message"));
  undo();
  await assert.rejects(ask(log, "newest"), refused("gen_server/lost_message"));
  assert.equal(log.process?.alive, true);
  assert.deepEqual(lostMessages(), { calls: 2, others: 0 });
  forgetOtherVersions();
  await assert.rejects(ask(log, "newest"), refused("gen_server/exited"));
  assert.equal(log.process, null);
});

test("property: whatever is sent when, each message is handled once, in its sender's order, by code that understands it", async () => {
  const step = fc.constantFrom("send", "send", "switch", "undo", "elsewhere", "turn", "suspend", "resume", "close");
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 30 }), async (steps) => {
      const { log, messages, switchNow } = await crossing();
      const sent: string[] = [];
      let phase: "before" | "after" | "undone" = "before";
      let undo = (): void => {};
      for (const what of steps) {
        if (what === "send") {
          const word = `w${sent.length}`;
          sent.push(word);
          add(log, phase === "after" ? { word } : word);
        } else if (what === "switch" && phase === "before") {
          undo = switchNow();
          phase = "after";
        } else if (what === "undo" && phase === "after") {
          undo();
          phase = "undone";
        } else if (what === "close" && phase === "undone") await messages.close();
        // A switch of other modules.
        else if (what === "elsewhere") nextCodeEpoch();
        else if (what === "suspend") await Sys.suspend(log);
        else if (what === "resume") await Sys.resume(log);
        else if (what === "turn") await settled();
      }
      await Sys.resume(log);
      const read = (await ask(log, "read")) as string[];
      assert.deepEqual(
        read.map((line) => line.replace(/^v\d /, "").replace(/['|,]/g, "")),
        sent,
      );
    }),
    { numRuns: 80 },
  );
});
