// The system messages, as sys(3) and the scenarios GS-01 to GS-08 have them.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import { type CallClauses, type Context, noreply, ok, reply } from "../../src/runtime/behaviour/gen-server.ts";
import * as Supervisor from "../../src/runtime/behaviour/supervisor.ts";
import * as Sys from "../../src/runtime/behaviour/sys.ts";
import * as Process from "../../src/runtime/process/index.ts";
import { collectReports, endOf, idler, refused, settled } from "../process/support.ts";

collectReports();

const Log = {
  vsn: 3,
  init: (trap: boolean) => {
    Process.trapExit(trap);
    return ok<readonly unknown[]>([]);
  },
  handleCall: {
    all: ({ state }) => reply(state, state),
    add: ({ state }, what: unknown) => reply(null, [...state, what]),
  } satisfies CallClauses<readonly unknown[]>,
  handleInfo: ({ state }: Context<readonly unknown[]>, message: unknown) =>
    noreply<readonly unknown[]>([...state, message]),
};
const start = (): Promise<Process.Pid<typeof Log>> => GenServer.start(Log, false);

test("suspend and resume are idempotent, in any order [GS-04]", async () => {
  const pid = await start();
  for (const request of [Sys.resume, Sys.suspend, Sys.suspend, Sys.resume, Sys.resume]) await request(pid);
  assert.deepEqual(await GenServer.call(pid, "all"), []);
  await Sys.terminate(pid, "normal");
});

test("suspend keeps messages waiting in order, and resume has them handled before what comes later [GS-05]", async () => {
  const pid = await start();
  await Sys.suspend(pid);
  Process.send(pid, 1);
  const call = GenServer.call(pid, "add", 2);
  Process.send(pid, 3);
  await assert.rejects(GenServer.callWithin(pid, 1, "all"), refused("gen_server/timeout"));
  assert.equal((await Sys.getStatus(pid)).messageQueueLength, 4);
  assert.deepEqual(await Sys.getState(pid), []);
  void Sys.resume(pid);
  Process.send(pid, 4);
  await call;
  assert.deepEqual(await GenServer.call(pid, "all"), [1, 2, 3, 4]);
  await Sys.terminate(pid, "normal");
});

test("a suspended process ends by its parent's exit signal, also when it traps exits [GS-06]", async () => {
  const started = Promise.withResolvers<Process.Pid>();
  const run = async (): Promise<void> => {
    started.resolve(await GenServer.startLink(Log, true));
    await Process.receive();
  };
  const parent = Process.spawn({ run }, "run");
  const pid = await started.promise;
  await Sys.suspend(pid);
  const end = endOf(pid);
  Process.exit(parent, "shutdown");
  assert.equal(await end, "shutdown");
});

test("a suspended process that is killed tells those that wait for it", async () => {
  const pid = await start();
  await Sys.suspend(pid);
  const call = GenServer.call(pid, "all");
  await settled();
  Process.exit(pid, "kill");
  await assert.rejects(call, refused("gen_server/exited", { reason: "killed" }));
});

test("replaceState puts a new state in place; one that throws changes nothing [GS-07]", async () => {
  const pid = await start();
  await Sys.replaceState<readonly unknown[]>(pid, (state) => [...state, "replaced"]);
  await assert.rejects(
    Sys.replaceState(pid, () => {
      throw new Error("boom");
    }),
    /boom/,
  );
  assert.deepEqual(await GenServer.call(pid, "all"), ["replaced"]);
  await Sys.terminate(pid, "normal");
});

test("replaceState of a supervisor is refused: its state is the runtime's own", async () => {
  const Empty = { behaviour: "supervisor", init: () => Supervisor.ok({}, []) } as const;
  const pid = await Supervisor.startLink(Empty, null as never);
  await assert.rejects(
    Sys.replaceState(pid, (state) => state),
    refused("sys/not_supported", { behaviour: "supervisor" }),
  );
  await Sys.terminate(pid, "normal");
});

test("getStatus shows running and suspended, behaviour, vsn and parent [GS-08]", async () => {
  const pid = await GenServer.start(Log, false, { name: "log" });
  const running = await Sys.getStatus("log");
  assert.deepEqual(running, {
    pid: String(pid),
    behaviour: "gen_server",
    module: "(module)",
    vsn: 3,
    status: "running",
    parent: null,
    messageQueueLength: 0,
    log: [],
    state: [],
  });
  await Sys.suspend("log");
  assert.equal((await Sys.getStatus("log")).status, "suspended");
  await Sys.terminate("log", "normal");
});

test("terminate ends a suspended process through its last words", async () => {
  const words: unknown[] = [];
  const module = { ...Log, terminate: (_: Context<unknown>, reason: unknown) => void words.push(reason) };
  const pid = await GenServer.start(module, false);
  await Sys.suspend(pid);
  await Sys.terminate(pid, "shutdown");
  assert.deepEqual(words, ["shutdown"]);
});

test("a system request to a process of no behaviour is not answered in time", async () => {
  const pid = idler();
  await assert.rejects(Sys.getState(pid, 1), refused("gen_server/timeout", { tag: "get_state" }));
  Process.exit(pid, "kill");
});
