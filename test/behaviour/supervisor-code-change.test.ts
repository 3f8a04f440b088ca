// What a change of code makes of a supervisor: the scenarios SV-01 to SV-10.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import * as Supervisor from "../../src/runtime/behaviour/supervisor.ts";
import * as Sys from "../../src/runtime/behaviour/sys.ts";
import type { Commit, Upgradable } from "../../src/runtime/process/body.ts";
import * as Process from "../../src/runtime/process/index.ts";
import { collectReports, refused, settled } from "../process/support.ts";
import { Child, child, pidsOf, startSup, supervisorOf, takeLog } from "./children.ts";

collectReports();
beforeEach(() => {
  takeLog();
});

const ok = (flags: Supervisor.Flags, ...children: unknown[]) => ({ kind: "ok", flags, children });

/** Changes the code of a supervisor to one whose init returns `result`. */
const changeTo = async (supervisor: Process.Pid, result: unknown): Promise<void> => {
  await Sys.suspend(supervisor);
  try {
    await Sys.changeCode(supervisor, { from: {}, to: supervisorOf(result) });
  } finally {
    await Sys.resume(supervisor);
  }
};
const stateOf = (supervisor: Process.Pid): Promise<{ flags: unknown; children: unknown }> => Sys.getState(supervisor);
const stop = (supervisor: Process.Pid): Promise<void> => Sys.terminate(supervisor, "shutdown");

test("a change of code replaces strategy, intensity and period [SV-01]", async () => {
  const sup = await startSup({ intensity: 0, periodMs: 1 }, [child("a")]);
  await changeTo(sup, ok({ strategy: "one_for_all", intensity: 1, periodMs: 3_000 }, child("a")));
  assert.deepEqual((await stateOf(sup)).flags, {
    strategy: "one_for_all",
    intensity: 1,
    periodMs: 3_000,
    autoShutdown: "never",
  });
  const { a } = await pidsOf(sup);
  a?.process?.end("boom");
  assert.ok((await pidsOf(sup)).a, "the intensity of the old code would have ended it");
  await stop(sup);
});

// A new init that cannot be leaves everything as it was.
const wrong: readonly [result: unknown, code: Parameters<typeof refused>[0]][] = [
  [ok({}, { id: "a" }), "supervisor/missing_start"],
  [5, "supervisor/bad_return"],
  [ok({ intensity: "omega" as never }), "supervisor/invalid_intensity"],
  [ok(5 as never), "supervisor/bad_flags"],
  [ok({ strategy: "omega" as never }), "supervisor/invalid_strategy"],
  [ok({}, child("a"), child("a")), "supervisor/duplicate_child_name"],
  [ok({ strategy: "simple_one_for_one" }, child("a")), "supervisor/strategy_change"],
];
for (const [result, code] of wrong) {
  test(`a change of code whose init returns ${JSON.stringify(result)} is refused with ${code} [SV-02, 06, 07, 09, 10]`, async () => {
    const sup = await startSup({}, [child("a"), child("b")]);
    const before = await stateOf(sup);
    await assert.rejects(changeTo(sup, result), refused(code));
    assert.deepEqual(await stateOf(sup), before);
    await stop(sup);
  });
}

test("a change of code whose init ignores changes nothing [SV-05]", async () => {
  const sup = await startSup({}, [child("a")]);
  const before = await stateOf(sup);
  await changeTo(sup, Supervisor.ignore);
  assert.deepEqual(await stateOf(sup), before);
  await stop(sup);
});

test("children that are new stand there without a process, until restartChild starts them [SV-03]", async () => {
  const sup = await startSup({}, []);
  await changeTo(sup, ok({}, child("child1"), child("child2")));
  assert.deepEqual(await pidsOf(sup), { child2: null, child1: null });
  assert.deepEqual(takeLog(), []);
  await Supervisor.restartChild(sup, "child1");
  await Supervisor.restartChild(sup, "child2");
  assert.deepEqual(takeLog(), ["start child1", "start child2"]);
  await stop(sup);
});

test("children that stay keep their process and get the new specification, those that are gone are kept last [SV-04]", async () => {
  const sup = await startSup({}, [child("child1"), child("child2")]);
  const before = await pidsOf(sup);
  await changeTo(sup, ok({}, child("child1", { shutdown: 1_000 }), child("child3")));
  const after = await pidsOf(sup);
  assert.deepEqual(Object.keys(after), ["child2", "child3", "child1"], "the one started last first");
  assert.deepEqual(after, { child2: before.child2, child3: null, child1: before.child1 });
  assert.equal((await Supervisor.getChildSpec(sup, "child1")).shutdown, 1_000);
  takeLog();
  await stop(sup);
  assert.deepEqual(takeLog(), ["end child2 shutdown", "end child1 shutdown"]);
});

test("a child that stays is restarted by its new specification", async () => {
  const sup = await startSup({}, [child("a")]);
  await changeTo(sup, ok({}, child("a", { start: Process.mfa(Child, "startLink", "renamed") })));
  takeLog();
  (await pidsOf(sup)).a?.process?.end("boom");
  await pidsOf(sup);
  assert.deepEqual(takeLog(), ["start renamed"]);
  await stop(sup);
});

const dynamic = (shutdown: number) =>
  ok({ strategy: "simple_one_for_one" }, { id: "room", start: Process.mfa(Child, "startLink"), shutdown });

test("a simple_one_for_one supervisor gets another template, and its children with it [SV-08]", async () => {
  const sup = await Supervisor.startLink(supervisorOf(dynamic(1)), null);
  const a = await Supervisor.startChild(sup as Process.Pid, "a");
  await changeTo(sup, dynamic(2));
  assert.equal((await Supervisor.getChildSpec(sup, a)).shutdown, 2);
  const [only] = await Supervisor.whichChildren(sup);
  assert.equal(only?.pid, a);
  for (const result of [
    ok({ strategy: "simple_one_for_one" }),
    ok({ strategy: "simple_one_for_one" }, child("a"), child("b")),
  ]) {
    await assert.rejects(changeTo(sup, result), refused("supervisor/one_child_expected"));
  }
  await assert.rejects(changeTo(sup, ok({}, child("a"))), refused("supervisor/strategy_change"));
  await stop(sup);
});

test("the way back leaves no trace of children that the way there has added and nobody has started", async () => {
  const sup = await startSup({}, [child("a"), child("b")]);
  const before = await stateOf(sup);
  await changeTo(sup, ok({ intensity: 7 }, child("new"), child("b"), child("started")));
  await Supervisor.restartChild(sup, "started");
  await Supervisor.terminateChild(sup, "started");
  await changeTo(sup, ok({}, child("a"), child("b")));
  assert.deepEqual(Object.keys(await pidsOf(sup)), ["started", "b", "a"], "what has run is for the appup to delete");
  await Supervisor.deleteChild(sup, "started");
  assert.deepEqual(await stateOf(sup), before);
  await stop(sup);
});

test("a change of code calls the new init with the arguments of the start", async () => {
  const args: unknown[] = [];
  const module = {
    behaviour: "supervisor",
    init(arg: { size: number }) {
      args.push(arg);
      return Supervisor.ok({}, []);
    },
  } as const;
  const sup = await Supervisor.startLink(module, { size: 5 });
  await Sys.suspend(sup);
  await Sys.changeCode(sup, { from: module, to: module });
  assert.deepEqual(args, [{ size: 5 }, { size: 5 }]);
  await Sys.resume(sup);
  await stop(sup);
});

// By way of offers, as the release handler does it.

const upgradableOf = (pid: Process.Pid): Upgradable => pid.process?.body.upgrade as Upgradable;
const request = (result: unknown) => ({ from: {}, to: { ...supervisorOf(result), vsn: 2 }, extra: undefined, env: {} });

test("an offer is taken before the next request, and vsn is the new code's", async () => {
  const sup = await startSup({}, [child("a")]);
  const told: string[] = [];
  const commit: Commit = {
    state: "open",
    dirty: () => void told.push("dirty"),
    taken: () => void told.push("taken"),
    failedLate: () => "end",
  };
  await settled();
  upgradableOf(sup).offer(request(ok({}, child("a"), child("b"))), commit);
  commit.state = "committed";
  assert.deepEqual(await pidsOf(sup), { b: null, a: (await pidsOf(sup)).a });
  assert.deepEqual(told, ["taken"]);
  assert.equal(upgradableOf(sup).vsn, 2);
  await stop(sup);
});

test("a supervisor that is starting a child is inside, and changes when that is over", async () => {
  const gate = Promise.withResolvers<void>();
  const Slow = {
    async startLink(): Promise<Process.Pid> {
      await gate.promise;
      return Child.startLink("slow");
    },
  };
  const sup = await startSup({}, []);
  const starting = Supervisor.startChild(sup, child("slow", { start: Process.mfa(Slow, "startLink") }));
  const shown = pidsOf(sup);
  await settled();
  const upgradable = upgradableOf(sup);
  assert.equal(upgradable.phase, "inside");
  upgradable.adoptLate(request(ok({}, child("never"))), {
    state: "dropped",
    dirty() {},
    taken() {},
    failedLate: () => "end",
  });
  upgradable.adoptLate(request(ok({}, child("late"))), {
    state: "committed",
    dirty() {},
    taken() {},
    failedLate: () => "end",
  });
  gate.resolve();
  const pid = await starting;
  assert.deepEqual(await shown, { slow: pid, late: null }, "before the next message");
  assert.equal(upgradable.phase, "idle");
  await stop(sup);
});
