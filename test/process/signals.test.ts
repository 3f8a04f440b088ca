// Links, monitors, exit signals and names, by the rules of erlang(3).

import assert from "node:assert/strict";
import { test } from "node:test";
import * as Process from "../../src/runtime/process/index.ts";
import type { DownMessage, ExitMessage } from "../../src/runtime/process/mailbox.ts";
import { type Pid, Ref } from "../../src/runtime/process/pid.ts";
import type { ExitReason } from "../../src/runtime/process/reason.ts";
import { collectReports, endOf, idler, inProcess, refused, settled } from "./support.ts";

const reports = collectReports();

/** A process that traps exits or not, and tells each EXIT message that it gets. */
const listener = (trap: boolean, told: ExitMessage[]): Promise<Pid> =>
  new Promise((resolve) => {
    const run = async (): Promise<void> => {
      Process.trapExit(trap);
      resolve(Process.self());
      for (;;) told.push(await Process.receive<ExitMessage>());
    };
    Process.spawn({ run }, "run");
  });

// What an exit signal does to a process that does not trap exits, and to one that does.
const sent: readonly [reason: ExitReason, ends: ExitReason | null, trapped: ExitReason | "ends as killed"][] = [
  ["boom", "boom", "boom"],
  ["normal", null, "normal"],
  ["shutdown", "shutdown", "shutdown"],
  [{ shutdown: "closed" }, { shutdown: "closed" }, { shutdown: "closed" }],
  ["kill", "killed", "ends as killed"],
  ["killed", "killed", "killed"],
];

for (const [reason, ends, trapped] of sent) {
  test(`exit with ${JSON.stringify(reason)} ${ends === null ? "is ignored" : `ends a process as ${JSON.stringify(ends)}`}`, async () => {
    const pid = await listener(false, []);
    const end = endOf(pid);
    Process.exit(pid, reason);
    assert.equal(Process.isAlive(pid), ends === null);
    Process.exit(pid, "kill");
    assert.deepEqual(await end, ends ?? "killed");
  });

  test(`exit with ${JSON.stringify(reason)} to a process that traps exits: ${JSON.stringify(trapped)}`, async () => {
    const told: ExitMessage[] = [];
    const pid = await listener(true, told);
    const end = endOf(pid);
    Process.exit(pid, reason);
    await settled();
    if (trapped === "ends as killed") assert.equal(await end, "killed");
    else assert.deepEqual(told, [{ type: "EXIT", pid: null, reason: trapped }]);
    Process.exit(pid, "kill");
  });
}

test("exit of oneself runs no further line", async () => {
  const lines: string[] = [];
  const run = async (): Promise<void> => {
    lines.push("before");
    Process.exit(Process.self(), "enough");
    lines.push("after");
  };
  assert.equal(await endOf(Process.spawn({ run }, "run")), "enough");
  await settled();
  assert.deepEqual(lines, ["before"]);
});

test("exit with one argument ends the process for this reason", async () => {
  const run = (): never => Process.exit({ shutdown: "done" });
  assert.deepEqual(await endOf(Process.spawn({ run }, "run")), { shutdown: "done" });
});

test("exit of a process that has ended does nothing", async () => {
  const pid = idler();
  Process.exit(pid, "kill");
  Process.exit(pid, "kill");
  assert.equal(Process.isAlive(pid), false);
});

test("link passes the reason of an end on to whoever is linked, over any number of links", async () => {
  // 100,000 ends, each caused by the one before: deeper than any stack.
  const first = idler();
  let last = first;
  await inProcess(async () => {
    for (let i = 0; i < 100_000; i++) {
      const next = idler();
      (last.process as NonNullable<typeof last.process>).link(next.process as NonNullable<typeof next.process>);
      last = next;
    }
  });
  const end = endOf(last);
  Process.exit(first, "domino");
  assert.equal(await end, "domino");
});

test("link with normal does not end the other, link with killed can be trapped", async () => {
  const told: ExitMessage[] = [];
  const trapping = await listener(true, told);
  const [one, other] = [idler(), idler()];
  one.process?.link(other.process as NonNullable<typeof other.process>);
  trapping.process?.link(one.process as NonNullable<typeof one.process>);
  one.process?.end("normal");
  assert.equal(Process.isAlive(other), true);
  trapping.process?.link(other.process as NonNullable<typeof other.process>);
  Process.exit(other, "kill");
  await settled();
  assert.deepEqual(told, [
    { type: "EXIT", pid: one, reason: "normal" },
    { type: "EXIT", pid: other, reason: "killed" },
  ]);
});

test("link counts once for each pair, and an end reaches every process that is linked", async () => {
  const [hub, ...others] = [idler(), idler(), idler(), idler()] as [Pid, ...Pid[]];
  const processOf = (pid: Pid): NonNullable<Pid["process"]> => pid.process as NonNullable<Pid["process"]>;
  for (const other of others) processOf(hub).link(processOf(other));
  processOf(others[0] as Pid).link(processOf(hub));
  assert.deepEqual(Process.processInfo(hub)?.links, others);
  assert.deepEqual(Process.processInfo(others[0] as Pid)?.links, [hub]);
  processOf(hub).unlink(processOf(others[1] as Pid));
  Process.exit(hub, "boom");
  assert.deepEqual(others.map(Process.isAlive), [false, true, false]);
  Process.exit(others[1] as Pid, "kill");
});

test("link to a process that has ended is an exit signal with noproc", async () => {
  const gone = idler();
  Process.exit(gone, "kill");
  const run = async (): Promise<void> => {
    Process.link(gone);
    await Process.receive();
  };
  assert.equal(await endOf(Process.spawn({ run }, "run")), "noproc");
});

test("unlink parts two processes again", async () => {
  const other = idler();
  await inProcess(() => {
    Process.link(other);
    Process.unlink(other);
  });
  assert.equal(Process.isAlive(other), true);
  Process.exit(other, "kill");
});

test("monitor tells the end once, with its reason", async () => {
  const pid = idler();
  const [ref, message, more] = await inProcess(async () => {
    const made = Process.monitor(pid);
    Process.exit(pid, "boom");
    return [made, await Process.receive<DownMessage>(), await Process.receive({ afterMs: 0 })] as const;
  });
  assert.deepEqual(message, { type: "DOWN", ref, pid, reason: "boom" });
  assert.equal(more, undefined);
});

test("monitor of a process that has ended tells noproc at once", async () => {
  const pid = idler();
  Process.exit(pid, "kill");
  const { reason } = await inProcess(() => {
    Process.monitor(pid);
    return Process.receive<DownMessage>();
  });
  assert.equal(reason, "noproc");
});

test("demonitor tells whether the monitor was there, and nothing is told any more", async () => {
  const pid = idler();
  const answers = await inProcess(async () => {
    const ref = Process.monitor(pid);
    const first = [Process.demonitor(ref), Process.demonitor(ref), Process.demonitor(new Ref())];
    Process.exit(pid, "kill");
    return [...first, await Process.receive({ afterMs: 0 })];
  });
  assert.deepEqual(answers, [true, false, false, undefined]);
});

test("signal is aborted when the process ends", async () => {
  const signal = await new Promise<AbortSignal>((resolve) => {
    const run = async (): Promise<void> => {
      resolve(Process.signal());
      await Process.receive();
    };
    Process.spawn({ run }, "run");
  });
  assert.equal(signal.aborted, false);
  const [owner] = Process.processes().slice(-1) as [Pid];
  Process.exit(owner, "boom");
  assert.equal(signal.aborted, true);
  assert.equal(signal.reason, "boom");
});

test("register gives a living process a name that is its own", async () => {
  const [pid, other] = [idler(), idler()];
  Process.register("alone", pid);
  assert.equal(Process.whereis("alone"), pid);
  assert.ok(Process.registered().includes("alone"));
  assert.throws(() => Process.register("alone", other), refused("process/already_registered", { name: "alone" }));
  assert.throws(() => Process.register("second", pid), refused("process/has_name", { registeredName: "alone" }));
  assert.equal(Process.unregister("alone"), true);
  assert.equal(Process.unregister("alone"), false);
  Process.register("alone", other);
  Process.exit(other, "kill");
  assert.equal(Process.whereis("alone"), null, "a process takes its name with it");
  assert.throws(() => Process.register("ghost", other), refused("process/noproc"));
  Process.exit(pid, "kill");
});

test("send to a process that has ended is dropped, to a name that nobody has refused", () => {
  const pid = idler();
  Process.exit(pid, "kill");
  Process.send(pid, "hello");
  assert.throws(() => Process.send(Process.named("nobody"), "hello"), refused("process/noproc", { dest: '"nobody"' }));
});

test("what acts on the calling process is refused where none runs", async () => {
  const pid = idler();
  for (const act of [
    () => Process.self(),
    () => Process.link(pid),
    () => Process.unlink(pid),
    () => Process.monitor(pid),
    () => Process.demonitor(new Ref()),
    () => Process.trapExit(true),
    () => Process.signal(),
    () => Process.spawnLink({ run: () => {} }, "run"),
  ]) {
    assert.throws(act, refused("process/no_process"));
  }
  await assert.rejects(Process.receive(), refused("process/no_process", { operation: "receive" }));
  Process.exit(pid, "kill");
});

test("processInfo shows a living process, and nothing of one that has ended", async () => {
  const pid = idler();
  Process.register("shown", pid);
  Process.send(pid, "one");
  await settled();
  assert.deepEqual(Process.processInfo(pid), {
    registeredName: "shown",
    initialCall: "(module):idle",
    currentFunction: "(module):idle/0",
    module: "(module)",
    behaviour: "proc",
    status: "inside",
    messageQueueLength: 1,
    messagesDropped: 0,
    links: [],
    monitors: [],
    monitoredBy: [],
    parent: null,
    trapExit: false,
  });
  assert.ok(Process.processes().includes(pid));
  Process.exit(pid, "kill");
  assert.equal(Process.processInfo(pid), null);
  assert.ok(!Process.processes().includes(pid));
});

test("a pid is data: it prints as its name and shows nothing of the process", () => {
  const pid = idler();
  assert.match(String(pid), /^<0\.\d+\.0>$/);
  assert.equal(JSON.stringify({ pid }), JSON.stringify({ pid: String(pid) }));
  assert.deepEqual(Object.keys(pid), ["id"]);
  Process.exit(pid, "kill");
});

test("an abnormal end is reported with its cause, a normal one and a kill are not", async () => {
  const crash = (reason: ExitReason): number => {
    const pid = idler();
    const before = reports.length;
    pid.process?.end(reason);
    return reports.length - before;
  };
  for (const reason of ["normal", "shutdown", { shutdown: 1 }, "killed"] as const) assert.equal(crash(reason), 0);
  const error = new Error("boom");
  assert.equal(crash({ error }), 1);
  assert.partialDeepStrictEqual(reports.at(-1), { level: "error", kind: "crash_report", error });
});
