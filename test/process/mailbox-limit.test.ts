// Bounded mailboxes: every policy against every kind of sender.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import { type CallClauses, type CastClauses, noreply, ok, reply } from "../../src/runtime/behaviour/gen-server.ts";
import * as sys from "../../src/runtime/behaviour/sys.ts";
import * as Process from "../../src/runtime/process/index.ts";
import { collectReports, endOf, idler, inProcess, refused, settled } from "./support.ts";

const reports = collectReports();

/** Its first call does not return before the gate opens: what comes meanwhile waits. */
const gated = async (mailbox: Process.MailboxOptions) => {
  const { promise, resolve: open } = Promise.withResolvers<void>();
  const Server = {
    init: () => ok<unknown[]>([]),
    handleCall: {
      wait: async ({ state }) => {
        await promise;
        return reply(null, state);
      },
      ask: ({ state }, what: unknown) => reply(what, [...state, ["call", what]]),
      seen: ({ state }) => reply(state, state),
    } satisfies CallClauses<unknown[]>,
    handleCast: { tell: ({ state }, what: unknown) => noreply([...state, ["cast", what]]) } satisfies CastClauses<
      unknown[]
    >,
    handleInfo: ({ state }: { state: unknown[] }, message: unknown) => noreply([...state, message]),
  };
  const pid = await GenServer.start(Server, undefined as never, { mailbox });
  const waiting = GenServer.call(pid, "wait");
  // Ended with the server in one of the tests.
  waiting.catch(() => {});
  await settled();
  const seen = async (): Promise<unknown> => {
    open();
    await waiting;
    // It may still be full.
    while ((Process.processInfo(pid)?.messageQueueLength ?? 0) > 0) await settled();
    return GenServer.call(pid, "seen");
  };
  return { pid, seen, open };
};
const full = (options: Process.MailboxOptions["overflow"]) => gated({ lengthMax: 2, overflow: options });
const dropped = (pid: Process.Pid): number | undefined => Process.processInfo(pid)?.messagesDropped;
const tooMany = refused("process/mailbox_full", { lengthMax: 2 });

test("refuse tells every sender, and a timer's message is dropped", async () => {
  const { pid, seen } = await full("refuse");
  Process.send(pid, "a");
  const timer = Process.sendAfter(1, pid, "timer");
  GenServer.cast(pid, "tell", "b");
  assert.throws(() => Process.send(pid, "c"), tooMany);
  assert.throws(() => GenServer.cast(pid, "tell", "c"), tooMany);
  await assert.rejects(GenServer.call(pid, "ask", "c"), tooMany);
  while (Process.readTimer(timer) !== null) await settled();
  assert.equal(dropped(pid), 4);
  assert.deepEqual(await seen(), ["a", ["cast", "b"]]);
});

test("drop_newest drops what comes; only a caller is told", async () => {
  const { pid, seen } = await full("drop_newest");
  Process.send(pid, "a");
  GenServer.cast(pid, "tell", "b");
  Process.send(pid, "c");
  GenServer.cast(pid, "tell", "c");
  await assert.rejects(GenServer.call(pid, "ask", "c"), tooMany);
  assert.equal(dropped(pid), 3);
  assert.deepEqual(await seen(), ["a", ["cast", "b"]]);
});

test("drop_oldest drops what has waited longest; its caller is told", async () => {
  const { pid, seen } = await full("drop_oldest");
  const answer = GenServer.call(pid, "ask", "a");
  GenServer.cast(pid, "tell", "b");
  Process.send(pid, "c");
  await assert.rejects(answer, tooMany);
  Process.send(pid, "d");
  assert.equal(dropped(pid), 2);
  assert.deepEqual(await seen(), ["c", "d"]);
});

test("exit ends the process, and whoever waits for it is told", async () => {
  const { pid } = await full("exit");
  const ended = endOf(pid);
  const answer = GenServer.call(pid, "ask", "a");
  Process.send(pid, "b");
  const last = GenServer.call(pid, "ask", "c");
  for (const call of [answer, last]) await assert.rejects(call, refused("gen_server/exited"));
  const { error } = (await ended) as { error: unknown };
  assert.ok(tooMany(error));
});

for (const overflow of ["refuse", "drop_newest", "drop_oldest"] as const) {
  test(`${overflow}: exit signals, DOWN and system messages go in although the mailbox is full`, async () => {
    const { pid, seen, open } = await full(overflow);
    const process = pid.process as NonNullable<typeof pid.process>;
    process.trapExit = true;
    const [linked, watched] = [idler(), idler()];
    process.link(linked.process as typeof process);
    Process.send(pid, "a");
    Process.send(pid, "b");
    process.receiveExit("boom", null);
    Process.exit(linked, "gone");
    assert.equal(process.mailbox.length, 4);
    // Those are not what an oldest message is dropped for.
    if (overflow === "drop_oldest") Process.send(pid, "c");
    const state = sys.getState(pid);
    open();
    assert.deepEqual(await state, await seen());
    const kinds = ((await seen()) as unknown[]).map((one) => (one as Process.ExitMessage).type ?? one);
    assert.deepEqual(kinds, overflow === "drop_oldest" ? ["b", "EXIT", "EXIT", "c"] : ["a", "b", "EXIT", "EXIT"]);
    Process.exit(watched, "kill");
  });
}

test("a bound counts what is held while the process is suspended", async () => {
  const { pid, seen, open } = await gated({ lengthMax: 3, overflow: "drop_newest" });
  open();
  await sys.suspend(pid);
  for (let n = 0; n < 5; n++) {
    Process.send(pid, n);
    await settled();
  }
  assert.equal(Process.processInfo(pid)?.messageQueueLength, 3);
  assert.equal(dropped(pid), 2);
  await sys.resume(pid);
  assert.deepEqual(await seen(), [0, 1, 2]);
});

test("spawnOpt bounds the mailbox of a plain process, and what it overflows with is reported at each doubling", async () => {
  const before = reports.length;
  const run = async (): Promise<void> => {
    await Process.receive({ match: (message): message is never => message === "never" });
  };
  const pid = Process.spawnOpt({ mailbox: { lengthMax: 1, overflow: "drop_newest" } }, { run }, "run");
  await settled();
  for (let n = 0; n < 10; n++) Process.send(pid, n);
  assert.equal(dropped(pid), 9);
  assert.deepEqual(
    reports.slice(before).map(({ kind }) => kind),
    ["mailbox_full", "mailbox_full", "mailbox_full", "mailbox_full"],
  );
  Process.send(pid, "never");
  Process.exit(pid, "kill");
});

test("a bound that is none is refused, and nothing is started", async () => {
  const count = Process.processes().length;
  for (const mailbox of [
    { lengthMax: 0, overflow: "exit" },
    { lengthMax: 1.5, overflow: "exit" },
    { lengthMax: 1, overflow: "burst" as "exit" },
  ] as const) {
    assert.throws(() => Process.spawnOpt({ mailbox }, { run: () => {} }, "run"), refused("process/bad_mailbox"));
    await assert.rejects(
      GenServer.start({ init: () => ok(1) }, undefined as never, { mailbox }),
      refused("process/bad_mailbox"),
    );
  }
  assert.equal(Process.processes().length, count);
});

test("spawnOpt links, watches and names as it is told, and starts nothing under a name that is taken", async () => {
  const run = (): Promise<unknown> => Process.receive();
  const { info, me, down } = await inProcess(async () => {
    const { pid } = Process.spawnOpt({ link: true, monitor: true, name: "opted" }, { run }, "run");
    const info = Process.processInfo(pid);
    assert.throws(() => Process.spawnOpt({ name: "opted" }, { run }, "run"), refused("process/already_registered"));
    Process.send(Process.named("opted"), "go");
    return { info, me: Process.self(), down: await Process.receive<Process.DownMessage>() };
  });
  assert.partialDeepStrictEqual(info, { registeredName: "opted", links: [me], monitoredBy: [me], parent: me });
  assert.equal(down.reason, "normal");
  assert.throws(() => Process.spawnOpt({ link: true }, { run }, "run"), refused("process/no_process"));
});

test("a mailbox in which 100,000 messages wait is told in the log, once, whether or not it is bounded", async () => {
  const told = (): number => reports.filter(({ kind }) => kind === "overload").length;
  const before = told();
  const flooded = idler();
  await settled();
  for (let n = 0; n < 99_999; n++) Process.send(flooded, n);
  assert.equal(told(), before);
  for (let n = 0; n < 100_000; n++) Process.send(flooded, n);
  assert.equal(told(), before + 1);
  assert.match(
    reports.findLast(({ kind }) => kind === "overload")?.message ?? "",
    /does not keep up: 100000 messages wait/,
  );
  Process.exit(flooded, "kill");
});
