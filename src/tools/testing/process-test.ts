// A test that is a process, has a supervisor of its own, and leaves nothing behind. Elixir: ExUnit.Case, start_supervised.
//
//   the test's process ── body ──► over ──► it ends as `shutdown`, and who is linked to it
//                                             ──► its supervisor ends the children, last one first
//                                                   ──► who still lives of those it brought about is an orphan: killed, named

import { UnderwayError } from "../../error.ts";
import type { ChildSpec, Started } from "../../runtime/behaviour/child-spec.ts";
import { stopProcess } from "../../runtime/behaviour/gen.ts";
import * as Supervisor from "../../runtime/behaviour/supervisor.ts";
import { currentProcess, runAsNobody } from "../../runtime/process/context.ts";
import type { Pid } from "../../runtime/process/pid.ts";
import { type Process, watch } from "../../runtime/process/process.ts";
import { type ExitReason, formatReason, thrownBehind } from "../../runtime/process/reason.ts";
import { spawn } from "../../runtime/process/spawn.ts";
import { watchBirths } from "../../runtime/process/table.ts";

/** How long those may take that are told to end. */
const END_MS = 1_000;
/** How long the others may take, who perhaps are about to end by themselves. */
const GRACE_MS = 20;

/** The tests that run, by every process that they have brought about. */
const tests = new WeakMap<Process, TestProcess>();

/** The test in whose name the caller runs. Throws `testing/not_in_test`. */
export const currentTest = (operation: string): TestProcess => {
  const process = currentProcess();
  const test = process === null ? undefined : tests.get(process);
  if (test === undefined) throw new UnderwayError("testing/not_in_test", { operation });
  return test;
};

export class TestProcess {
  readonly #born = new Set<Process>();
  #supervisor: Promise<Pid> | null = null;
  /** Called when the test is over, last one first. */
  readonly #endings: (() => unknown)[] = [];

  /** Runs `body` in a process, and ends what it has brought about. Rejects with what it throws, else with `testing/orphans`. */
  async run(body: () => unknown): Promise<void> {
    const stopWatching = watchBirths((process) => {
      const creator = currentProcess();
      if (creator !== null && this.#born.has(creator)) this.#adopt(process);
    });
    try {
      const failure = await this.#runBody(body);
      const orphans = await this.#clearUp();
      if (failure !== null) throw failure.error;
      if (orphans.length > 0) throw new UnderwayError("testing/orphans", { orphans });
    } finally {
      stopWatching();
    }
  }

  /** The supervisor of the children of this test, which is no descendant of the test's process: it survives that one. */
  supervisor(): Promise<Pid> {
    this.#supervisor ??= runAsNobody(async () => {
      const pid = await Supervisor.startLink(testSupervisor, null);
      if (pid.process !== null) this.#adopt(pid.process);
      return pid;
    });
    return this.#supervisor;
  }

  /** Lets `ending` run when the test is over and its processes have ended. */
  atEnd(ending: () => unknown): void {
    this.#endings.push(ending);
  }

  // Internal.

  #adopt(process: Process): void {
    this.#born.add(process);
    tests.set(process, this);
  }

  /** The failure of the body, or of the process that it ran in. */
  #runBody(body: () => unknown): Promise<{ readonly error: unknown } | null> {
    return runAsNobody(
      () =>
        new Promise((resolve) => {
          const run = async (): Promise<void> => {
            try {
              await body();
              resolve(null);
            } catch (error) {
              resolve({ error });
            }
            // It lives on until everything is cleared up: it may be a parent.
            await new Promise(() => {});
          };
          const pid = spawn({ run }, "run");
          const { process } = pid;
          if (process === null) return;
          this.#adopt(process);
          watch(process, null, (reason) => resolve({ error: endedEarly(reason) }));
        }),
    );
  }

  /** Ends everything, and returns the names of those that had to be killed. */
  async #clearUp(): Promise<string[]> {
    const [test] = this.#born;
    if (test?.alive) test.end("shutdown");
    if (this.#supervisor !== null) {
      const supervisor = await this.#supervisor;
      if (supervisor.process !== null) await stopProcess(supervisor, "shutdown", "infinity").catch(() => {});
    }
    const orphans: string[] = [];
    for (const process of this.#born) {
      if (!process.alive) continue;
      if (await endsWithin(process, isTold(process) ? END_MS : GRACE_MS)) continue;
      orphans.push(`${process.registeredName ?? process.initialCall} ${process.pid}`);
      process.end("killed");
    }
    for (const ending of this.#endings.toReversed()) await ending();
    return orphans;
  }
}

/** A child that crashes may be restarted as often as the test likes. */
const testSupervisor = {
  behaviour: "supervisor",
  init: (_: null) => Supervisor.ok({ strategy: "one_for_one", intensity: 1_000_000 }, []),
} as const;

// API.

/**
 * Starts a child of the test's supervisor, which ends it after the test, the one started last first. Resolves with its pid.
 * A child that crashes is restarted as its specification says; `restart: "temporary"` when the test wants to see it gone.
 *
 * Rejects with what `Supervisor.startChild` rejects with, and with `testing/not_in_test`.
 *
 * Elixir: ExUnit.Callbacks.start_supervised!/2
 */
export const startSupervised = async <R extends Started>(spec: ChildSpec<[], R>): Promise<Awaited<R>> => {
  const supervisor = await currentTest("startSupervised").supervisor();
  return (await Supervisor.startChild(supervisor, spec)) as Awaited<R>;
};

/** Ends a child of the test's supervisor and forgets it. Elixir: ExUnit.Callbacks.stop_supervised!/1. */
export const stopSupervised = async (id: string): Promise<void> => {
  const supervisor = await currentTest("stopSupervised").supervisor();
  await Supervisor.terminateChild(supervisor, id);
  await Supervisor.deleteChild(supervisor, id).catch(() => {});
};

// Internal.

/** It has got an exit signal and speaks its last words, or is about to. */
const isTold = ({ status, mailbox }: Process): boolean =>
  status === "ending" ||
  mailbox
    .toArray()
    .some(({ kind, payload }) => kind === "info" && (payload as { type?: unknown } | null)?.type === "EXIT");

const endsWithin = (process: Process, timeoutMs: number): Promise<boolean> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), timeoutMs);
    watch(process, null, () => {
      clearTimeout(timer);
      resolve(true);
    });
  });

const endedEarly = (reason: ExitReason): Error => {
  const cause = thrownBehind(reason);
  return new Error(`the test's process ended: ${formatReason(reason)}`, cause === undefined ? undefined : { cause });
};
