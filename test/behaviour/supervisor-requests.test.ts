// What a supervisor is asked: children added, ended, restarted, deleted and shown; children of one kind.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import * as Supervisor from "../../src/runtime/behaviour/supervisor.ts";
import * as Sys from "../../src/runtime/behaviour/sys.ts";
import * as Process from "../../src/runtime/process/index.ts";
import { collectReports, inProcess, refused, settled } from "../process/support.ts";
import { Child, type ChildServer, child, nextStarts, pidsOf, startSup, takeLog } from "./children.ts";

collectReports();
beforeEach(() => {
  takeLog();
  nextStarts.clear();
});

const stop = (supervisor: Process.Pid): Promise<void> => Sys.terminate(supervisor, "shutdown");

const abnormal: Process.ExitReason = { error: new Error("boom") };

// Requests about children with ids.

test("startChild adds a child behind the others, and refuses an id that is there", async () => {
  const sup = await startSup({}, [child("a")]);
  const pid = await Supervisor.startChild(sup, child("b"));
  assert.equal((await pidsOf(sup)).b, pid);
  await assert.rejects(
    Supervisor.startChild(sup, child("b")),
    refused("supervisor/already_started", { pid: String(pid) }),
  );
  await Supervisor.terminateChild(sup, "b");
  await assert.rejects(Supervisor.startChild(sup, child("b")), refused("supervisor/already_present", { id: "b" }));
  await assert.rejects(Supervisor.startChild(sup, { id: "c" } as never), refused("supervisor/missing_start"));
  await stop(sup);
});

test("startChild that fails keeps nothing; one whose init ignores is kept without a process, unless it is temporary", async () => {
  const sup = await startSup({}, []);
  nextStarts.set("a", ["fail", "ignore"]);
  await assert.rejects(Supervisor.startChild(sup, child("a")), refused("supervisor/start_failed", { id: "a" }));
  assert.deepEqual(await pidsOf(sup), {});
  await assert.rejects(Supervisor.startChild(sup, child("a")), refused("gen_server/ignore"));
  assert.deepEqual(await pidsOf(sup), { a: null });
  nextStarts.set("t", ["ignore"]);
  await assert.rejects(Supervisor.startChild(sup, child("t", { restart: "temporary" })), refused("gen_server/ignore"));
  assert.deepEqual(await pidsOf(sup), { a: null });
  await stop(sup);
});

test("terminateChild, restartChild and deleteChild lead a child through its life, and refuse what is out of turn", async () => {
  const sup = await startSup({}, [child("a")]);
  await assert.rejects(Supervisor.restartChild(sup, "a"), refused("supervisor/running", { id: "a" }));
  await assert.rejects(Supervisor.deleteChild(sup, "a"), refused("supervisor/running"));
  await Supervisor.terminateChild(sup, "a");
  await Supervisor.terminateChild(sup, "a");
  assert.deepEqual(await pidsOf(sup), { a: null });
  const pid = await Supervisor.restartChild(sup, "a");
  assert.equal((await pidsOf(sup)).a, pid);
  await Supervisor.terminateChild(sup, pid);
  await Supervisor.deleteChild(sup, "a");
  for (const request of [
    Supervisor.terminateChild,
    Supervisor.restartChild,
    Supervisor.deleteChild,
    Supervisor.getChildSpec,
  ]) {
    await assert.rejects(request(sup, "a") as Promise<unknown>, refused("supervisor/not_found", { id: "a" }));
  }
  await stop(sup);
});

test("restartChild that fails leaves the child where it was", async () => {
  const sup = await startSup({}, [child("a")]);
  await Supervisor.terminateChild(sup, "a");
  nextStarts.set("a", ["fail"]);
  await assert.rejects(Supervisor.restartChild(sup, "a"), refused("supervisor/start_failed"));
  assert.deepEqual(await pidsOf(sup), { a: null });
  assert.ok(Process.isAlive(await Supervisor.restartChild(sup, "a")));
  await stop(sup);
});

test("a child that is being restarted is shown so, and is neither deleted nor restarted, but can be terminated", async () => {
  const sup = await startSup({ intensity: 1_000 }, [child("a")]);
  nextStarts.set("a", ["fail", "fail"]);
  const pid = (await pidsOf(sup)).a as Process.Pid;
  pid.process?.end(abnormal);
  // They stand behind the end of the child, and before the second attempt.
  const answers = Promise.allSettled([
    Supervisor.whichChildren(sup),
    Supervisor.deleteChild(sup, "a"),
    Supervisor.restartChild(sup, "a"),
    Supervisor.terminateChild(sup, "a"),
  ]);
  const [shown, deleted, restarted, terminated] = await answers;
  assert.deepEqual(shown.status === "fulfilled" && shown.value, [
    { id: "a", pid: null, restarting: true, type: "worker" },
  ]);
  for (const one of [deleted, restarted]) refused("supervisor/restarting")(one.status === "rejected" && one.reason);
  assert.equal(terminated.status, "fulfilled");
  await settled();
  assert.deepEqual(await pidsOf(sup), { a: null });
  assert.equal(nextStarts.get("a")?.length, 1, "no further attempt is made");
  await stop(sup);
});

test("getChildSpec shows the specification with its defaults", async () => {
  const spec = child("a");
  const sup = await startSup({}, [spec, child("s", { type: "supervisor" })]);
  assert.deepEqual(await Supervisor.getChildSpec(sup, "a"), {
    ...spec,
    restart: "permanent",
    shutdown: 5_000,
    type: "worker",
    significant: false,
  });
  assert.equal((await Supervisor.getChildSpec(sup, "s")).shutdown, "infinity");
  await stop(sup);
});

test("a request that no supervisor knows is refused, and the supervisor lives on", async () => {
  const sup = await startSup({}, []);
  const asServer = sup as Process.Pid as Process.Pid<typeof ChildServer>;
  const answer: unknown = await GenServer.call(asServer, "name");
  refused("gen_server/no_clause", { tag: "name" })((answer as { error: unknown }).error);
  Process.send(sup, "hello");
  assert.deepEqual(await pidsOf(sup), {});
  await stop(sup);
});

// simple_one_for_one.

const Rooms = (restart: Supervisor.Restart = "temporary") =>
  ({
    behaviour: "supervisor",
    init: (_arg: null) =>
      Supervisor.ok({ strategy: "simple_one_for_one", intensity: 5 }, [
        { id: "room", start: Process.mfa(Child, "startLink"), restart },
      ]),
  }) as const;

test("startChild of a simple_one_for_one supervisor adds its arguments to those of the specification", async () => {
  const sup = await Supervisor.startLink(Rooms(), null);
  const [a, b] = [await Supervisor.startChild(sup, "a"), await Supervisor.startChild(sup, "b")];
  assert.deepEqual([await GenServer.call(a, "name"), await GenServer.call(b, "name")], ["a", "b"]);
  assert.deepEqual(await Supervisor.countChildren(sup), { specs: 1, active: 2, supervisors: 0, workers: 2 });
  assert.deepEqual(
    (await Supervisor.whichChildren(sup)).map(({ id, pid }) => [id, pid]),
    [
      [null, b],
      [null, a],
    ],
  );
  takeLog();
  await stop(sup);
  assert.deepEqual(takeLog().sort(), ["end a shutdown", "end b shutdown"]);
});

test("a dynamic child is restarted with its own arguments, and forgotten when it is not restarted", async () => {
  const sup = await Supervisor.startLink(Rooms("transient"), null);
  const a = await Supervisor.startChild(sup, "a");
  a.process?.end(abnormal);
  const [again] = await Supervisor.whichChildren(sup);
  assert.notEqual(again?.pid, a);
  assert.equal(await GenServer.call(again?.pid as typeof a, "name"), "a");
  again?.pid?.process?.end("normal");
  assert.deepEqual(await Supervisor.whichChildren(sup), []);
  await stop(sup);
});

test("a dynamic child is known by its pid only", async () => {
  const sup = await Supervisor.startLink(Rooms(), null);
  const a = await Supervisor.startChild(sup, "a");
  for (const request of [Supervisor.terminateChild, Supervisor.restartChild, Supervisor.deleteChild]) {
    await assert.rejects(request(sup, "room") as Promise<unknown>, refused("supervisor/simple_one_for_one"));
  }
  assert.equal((await Supervisor.getChildSpec(sup, a)).id, "room");
  await Supervisor.terminateChild(sup, a);
  await assert.rejects(Supervisor.terminateChild(sup, a), refused("supervisor/not_found"));
  assert.deepEqual(await Supervisor.whichChildren(sup), []);
  nextStarts.set("b", ["fail", "ignore"]);
  await assert.rejects(Supervisor.startChild(sup, "b"), refused("supervisor/start_failed", { id: "room" }));
  await assert.rejects(Supervisor.startChild(sup, "b"), refused("gen_server/ignore"));
  assert.deepEqual(await Supervisor.whichChildren(sup), []);
  await stop(sup);
});

test("children find their supervisor as their parent, and it is found by its name", async () => {
  const sup = await Supervisor.startLink(Rooms(), null, { name: "rooms" });
  const a = await inProcess(() => Supervisor.startChild("rooms", "a"));
  assert.equal(a.process?.parent, sup);
  assert.equal((await Sys.getStatus(sup)).behaviour, "supervisor");
  await stop(sup);
});

test("checkChildSpecs accepts what a supervisor accepts, and throws what it would refuse", () => {
  const spec = child("a");
  Supervisor.checkChildSpecs([spec, child("b", { restart: "transient" })]);
  const significant = child("s", { restart: "temporary", significant: true });
  Supervisor.checkChildSpecs([significant], { autoShutdown: "any_significant" });
  assert.throws(() => Supervisor.checkChildSpecs([significant]), refused("supervisor/bad_combination", { id: "s" }));
  assert.throws(() => Supervisor.checkChildSpecs([spec, spec]), refused("supervisor/duplicate_child_name"));
  assert.throws(() => Supervisor.checkChildSpecs([], { intensity: -1 }), refused("supervisor/invalid_intensity"));
});
