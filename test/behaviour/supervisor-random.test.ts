// Random kills, crashes and requests under random supervision trees: whatever happens, what must hold of a supervisor holds.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import * as Supervisor from "../../src/runtime/behaviour/supervisor.ts";
import * as Sys from "../../src/runtime/behaviour/sys.ts";
import * as Process from "../../src/runtime/process/index.ts";
import { collectReports, settled } from "../process/support.ts";
import { Child, child, nextStarts, pidsOf, startSup, takeLog } from "./children.ts";

collectReports();

const ids = ["a", "b", "c", "d"] as const;
type Id = (typeof ids)[number];
type Step =
  | readonly ["end", Id, Process.ExitReason]
  | readonly ["fail next start", Id]
  | readonly ["terminate" | "restart" | "delete" | "start", Id]
  | readonly ["settle"];

const id = fc.constantFrom(...ids);
const reason: fc.Arbitrary<Process.ExitReason> = fc.constantFrom("normal", "shutdown", "killed", "boom");
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(fc.constant("end" as const), id, reason) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("fail next start" as const), id) },
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom("terminate", "restart", "delete", "start"), id) },
  { weight: 2, arbitrary: fc.constant(["settle"] as const) },
);
const restart: fc.Arbitrary<Supervisor.Restart> = fc.constantFrom("permanent", "transient", "temporary");
const plan = fc.record({
  strategy: fc.constantFrom("one_for_one" as const, "one_for_all" as const, "rest_for_one" as const),
  intensity: fc.nat(6),
  restarts: fc.tuple(restart, restart, restart, restart),
  steps: fc.array(step, { maxLength: 25 }),
});

/** Performs a step without waiting for it, so that steps meet in the supervisor's mailbox. */
const perform = (supervisor: Process.Pid, spec: (id: Id) => Supervisor.ChildSpec, one: Step): Promise<unknown> => {
  const [what, of] = one;
  if (of === undefined) return settled();
  switch (what) {
    case "end":
      Process.whereis(`child ${of}`)?.process?.end(one[2] as Process.ExitReason);
      return Promise.resolve();
    case "fail next start":
      nextStarts.set(of, ["fail"]);
      return Promise.resolve();
    case "terminate":
      return Supervisor.terminateChild(supervisor, of);
    case "restart":
      return Supervisor.restartChild(supervisor, of);
    case "delete":
      return Supervisor.deleteChild(supervisor, of);
    default:
      return Supervisor.startChild(supervisor, spec(of));
  }
};

// Not shrunk: what a failed run leaves behind would be in the way of the next.
test("a supervisor keeps its promises under random ends, failures and requests", { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(plan, async ({ strategy, intensity, restarts, steps }) => {
      nextStarts.clear();
      takeLog();
      const before = Process.processes().length;
      const spec = (of: Id): Supervisor.ChildSpec =>
        child(of, {
          start: Process.mfa(Child, "startNamed", of),
          restart: restarts[ids.indexOf(of)] as Supervisor.Restart,
          shutdown: 50,
        });
      const supervisor = await startSup({ strategy, intensity, periodMs: 60_000 }, ids.map(spec));
      const answers: Promise<unknown>[] = [];
      for (const one of steps) {
        const done = perform(supervisor, spec, one).catch(() => {});
        if (one[0] === "settle") await done;
        else answers.push(done);
      }
      // Every request is answered, whatever became of the supervisor.
      await Promise.all(answers);
      await settled();
      const shown = await childrenAtRest(supervisor);
      if (shown !== null) {
        for (const { id: of, pid } of shown) {
          assert.ok(pid === null || Process.isAlive(pid), `${of} is shown as running, but has ended`);
        }
        const running = shown.filter(({ pid }) => pid !== null).length;
        assert.equal(Process.processes().length, before + 1 + running, "no child runs that it does not know");
        assert.ok(startsOf(takeLog()) <= ids.length * (1 + steps.length) * (1 + intensity));
        await Sys.terminate(supervisor, "shutdown");
      }
      assert.equal(Process.processes().length, before, "it leaves no orphan behind");
      assert.deepEqual(await pidsOf(supervisor).catch(() => "gone"), "gone");
    }),
    { numRuns: 300, endOnFailure: true },
  );
});

/** The children when none is being restarted any more; null when the supervisor has given up. */
const childrenAtRest = async (supervisor: Process.Pid): Promise<readonly Supervisor.ChildInfo[] | null> => {
  for (;;) {
    const shown = await Supervisor.whichChildren(supervisor).catch(() => null);
    if (shown === null || !shown.some(({ restarting }) => restarting)) return shown;
    await settled();
  }
};

const startsOf = (lines: readonly string[]): number => lines.filter((line) => line.startsWith("start")).length;
