// Results and options of a GenServer beyond the everyday ones: stopReply, idle timeouts, startMonitor, nonsense behind a
// good result.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import {
  type CallClauses,
  type Context,
  noreply,
  ok,
  reply,
  stop,
  stopReply,
} from "../../src/runtime/behaviour/gen-server.ts";
import * as Sys from "../../src/runtime/behaviour/sys.ts";
import * as Process from "../../src/runtime/process/index.ts";
import type { DownMessage } from "../../src/runtime/process/mailbox.ts";
import { collectReports, endOf, inProcess, refused, settled } from "../process/support.ts";

collectReports();

type State = readonly unknown[];
let said: unknown[] = [];
const Server = {
  init: (begin: unknown) => (begin === "stop" ? GenServer.stopInit("no") : ok<State>([])),
  handleCall: {
    bye: ({ state }) => stopReply("normal", `bye ${state.length}`, [...state, "said bye"]),
    byeSlowly: ({ state }) => stopReply("slowly", "never seen", state),
    byeAndFail: ({ state }) => stopReply("badly", "still said", state),
    wait: ({ state }, timeoutMs: number | "infinity") => reply("waiting", state, { timeoutMs }),
    next: ({ state }, next: unknown) => reply("replied", state, next as never),
    seen: ({ state }) => reply(state, state),
    stop: ({ state }) => stop("normal", state),
  } satisfies CallClauses<State>,
  handleInfo: ({ state }: Context<State>, message: unknown) => noreply<State>([...state, message]),
  async terminate({ state }: Context<State>, reason: unknown): Promise<void> {
    said.push([state.at(-1), reason]);
    if (reason === "slowly") await new Promise((resolve) => setTimeout(resolve, 1_000).unref());
    if (reason === "badly") throw new Error("in terminate");
  },
};
const start = (): Promise<Process.Pid<typeof Server>> => GenServer.start(Server, null);

test("stopReply answers the caller when terminate is over, with the last state", async () => {
  said = [];
  const pid = await start();
  const end = endOf(pid);
  assert.equal(await GenServer.call(pid, "bye"), "bye 0");
  assert.deepEqual(said, [["said bye", "normal"]]);
  assert.equal(await end, "normal");
});

test("stopReply answers also when terminate throws, as OTP's after clause", async () => {
  const pid = await start();
  const end = endOf(pid);
  assert.equal(await GenServer.call(pid, "byeAndFail"), "still said");
  assert.match(Process.formatReason(await end), /in terminate/);
});

test("stopReply of a server that is killed in its last words answers nothing", async () => {
  const pid = await start();
  const call = GenServer.call(pid, "byeSlowly");
  await settled();
  Process.exit(pid, "kill");
  await assert.rejects(call, refused("gen_server/exited", { reason: "killed" }));
});

test("a timeout of infinity never comes", async () => {
  const pid = await start();
  await GenServer.call(pid, "wait", "infinity");
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(await GenServer.call(pid, "seen"), []);
  await GenServer.stopServer(pid);
});

test("an idle timeout of 0 comes before what is sent later", async () => {
  const pid = await start();
  await GenServer.call(pid, "wait", 0);
  while ((await Sys.getState<State>(pid)).length === 0) await settled();
  assert.deepEqual(await GenServer.call(pid, "seen"), ["timeout"]);
  await GenServer.stopServer(pid);
});

test("an idle timeout does not come while the server is suspended, and begins anew when it goes on", async () => {
  const pid = await start();
  await GenServer.call(pid, "wait", 2);
  await Sys.suspend(pid);
  await new Promise((resolve) => setTimeout(resolve, 8));
  assert.deepEqual(await Sys.getState(pid), []);
  await Sys.resume(pid);
  while ((await Sys.getState<State>(pid)).length === 0) await settled();
  assert.deepEqual(await GenServer.call(pid, "seen"), ["timeout"]);
  await GenServer.stopServer(pid);
});

for (const [next, code] of [
  [5, "gen_server/bad_return_value"],
  ["continue", "gen_server/bad_return_value"],
  [null, "gen_server/bad_return_value"],
  [{}, "gen_server/bad_return_value"],
  [{ timeoutMs: -1 }, "process/bad_timeout"],
  [{ timeoutMs: "soon" }, "process/bad_timeout"],
] as const) {
  test(`a good reply with ${JSON.stringify(next)} behind it is given, and then the server ends with ${code}`, async () => {
    const pid = await start();
    const end = endOf(pid);
    assert.equal(await GenServer.call(pid, "next", next), "replied");
    const reason = (await end) as { error: unknown };
    refused(code)(reason.error);
  });
}

test("startMonitor gives pid and ref, and the caller gets DOWN at the end", async () => {
  const down = await inProcess(async () => {
    const { pid, ref } = await GenServer.startMonitor(Server, null);
    await GenServer.stopServer(pid);
    const message = await Process.receive<DownMessage>();
    assert.equal(message.ref, ref);
    assert.equal(message.pid, pid);
    return message.reason;
  });
  assert.equal(down, "normal");
});

test("startMonitor rejects as start does, and outside a process before anything is started", async () => {
  await inProcess(() => assert.rejects(GenServer.startMonitor(Server, "stop"), refused("gen_server/init_failed")));
  await settled();
  const before = Process.processes().length;
  await assert.rejects(GenServer.startMonitor(Server, null), refused("process/no_process"));
  assert.equal(Process.processes().length, before);
});

test("start with timeoutMs infinity has no limit, and refuses nonsense before anything runs", async () => {
  const pid = await GenServer.start(Server, null, { timeoutMs: "infinity" });
  await GenServer.stopServer(pid);
  const before = Process.processes().length;
  await assert.rejects(GenServer.start(Server, null, { timeoutMs: -1 }), refused("process/bad_timeout"));
  await settled();
  assert.equal(Process.processes().length, before, "nothing is left of a refused start");
});
