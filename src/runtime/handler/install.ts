// The install of a release that is hot: stage, effects, pre-copy, switch, effects, success; or undo, in reverse.
//
//   preflight ─► stage ─► [effect | pre-copy ─► switch]… ─► settle, purge ─► success
//       │          │             │
//       └──────────┴─ refused    └─ refused if nothing was visible yet, else undone: everything as it was
//
// OTP: release_handler_1:eval_script/5. Deviation: all-or-nothing (design.md 9).

import { setTimeout as sleep } from "node:timers/promises";
import { UnderwayError } from "../../error.ts";
import type { ModuleId } from "../../release/data.ts";
import * as controller from "../behaviour/application-controller.ts";
import { type Carrying, carryResources } from "../behaviour/carry-resources.ts";
import { lostMessages, resetLostMessages } from "../behaviour/foreign-messages.ts";
import { messagesConverted } from "../behaviour/message-change.ts";
import { purge, softPurge, whichVersions } from "../code/code-server.ts";
import { handleOf, moveFolders } from "../code/modules.ts";
import type { AfterLateFailure } from "../process/body.ts";
import { upgradeSwitch } from "../process/events.ts";
import { formatReason } from "../process/reason.ts";
import { report as log } from "../process/report.ts";
import { processesOf } from "../process/table.ts";
import { watchBlocks } from "./block-watch.ts";
import { apply, endProcesses, type StoppedChild, startProcesses, stopProcesses } from "./effects.ts";
import { thoseInside, waitMsOf, whereInside } from "./inside.ts";
import { countsOf, type InstallReport } from "./install-report.ts";
import { foldersOf } from "./load-modules.ts";
import { Messages } from "./messages.ts";
import { Migration, type OnLateFailure } from "./migration.ts";
import { lateMigrationFailed, type MigrationFailure } from "./migration-failure.ts";
import { keptPackages } from "./packages.ts";
import { refuseLongPause } from "./pause.ts";
import { emptySwitch, type Step, type Switch } from "./plan.ts";
import { oldUsers, postflight } from "./preflight.ts";
import { refuseOneWay, rehearseMigrations } from "./rehearsal.ts";
import { type Job, Staging, switchesOf } from "./staging.ts";
import { WaysBack } from "./ways-back.ts";
import { counted } from "./words.ts";

/**
 * Installs. Rejects with what refuses it, or with `release/undone` when a failure after a switch was taken back.
 * `onLateFailure` decides when a process comes out of its callback after success, with a state that cannot be migrated.
 */
export const install = (job: Job, onLateFailure: OnLateFailure): Promise<InstallReport> =>
  new Install({ ...job, steps: withSwitch(job.steps) }, onLateFailure).run();

// Internal.

/** How often a moment is looked for in which nobody is inside. */
const LOOK_EVERY_MS = 5;
/** How long applications may take to be told that their configuration has changed. */
const CONFIG_CHANGE_MS = 5_000;

/** The applications' data change in a switch, so there is always one. */
const withSwitch = (steps: readonly Step[]): readonly Step[] =>
  steps.some(({ kind }) => kind === "switch") ? steps : [{ kind: "switch", switch: emptySwitch() }, ...steps];

/** None of those for whom the appup says `wait` is inside a callback. Throws `release/inside` when the time is over. */
const isMoment = (change: Switch, untilMs: number): boolean => {
  const inside = thoseInside(change, "wait");
  if (inside.length === 0 || performance.now() <= untilMs) return inside.length === 0;
  throw new UnderwayError("release/inside", { processes: inside.map(whereInside), waitedMs: waitMsOf(change) });
};

class Install {
  readonly #job: Job;
  readonly #onLateFailure: OnLateFailure;
  readonly #staging: Staging;
  readonly #waysBack = new WaysBack();
  readonly #migrations: Migration[] = [];
  readonly #messages: Messages[] = [];
  readonly #stopped: StoppedChild[] = [];
  readonly #lateFailures: MigrationFailure[] = [];
  readonly #beganMs = performance.now();
  readonly #convertedBefore = messagesConverted();
  readonly #stopWatch = watchBlocks();
  /** What was made again for it. */
  #resources: Carrying | null = null;
  #switched = 0;
  #pauseMs = 0;
  /** From here on this install takes nothing back. */
  #succeeded = false;
  /** The code could not be switched back. */
  #stuck = false;

  constructor(job: Job, onLateFailure: OnLateFailure) {
    this.#job = job;
    this.#onLateFailure = onLateFailure;
    this.#staging = new Staging(job);
  }

  async run(): Promise<InstallReport> {
    const { node, to, steps } = this.#job;
    resetLostMessages();
    try {
      await this.#staging.begin("first");
      await this.#tryFirst();
      for (const step of steps) await this.#perform(step);
      postflight(to);
      if (this.#lateFailures.length > 0) throw lateMigrationFailed(this.#lateFailures);
      this.#succeeded = true;
    } catch (thrown) {
      const undone = await this.#takeBack();
      this.#stopWatch();
      throw undone ? this.#undoneBecause(thrown) : thrown;
    }
    keptPackages(node.packagesLoaded, node.files);
    await this.#succeed();
    return this.#report();
  }

  /**
   * A few migrations on copies, before anything real takes part. And if an effect stands first, which cannot always be taken
   * back, all of them: what would refuse the switch behind it is found out now.
   */
  async #tryFirst(): Promise<void> {
    const [first] = switchesOf(this.#job.steps);
    if (first === undefined) return;
    const before = this.#job.steps[0]?.kind === "switch" ? "sample" : "all";
    const tried = await rehearseMigrations(this.#staging.affectedBy(first), this.#staging.inNewCode, before);
    refuseOneWay(tried, this.#job.forwardOnly);
    if (before === "all") await new Messages(this.#staging.loadedBy(first)).check();
  }

  /** One clause per step. */
  async #perform(step: Step): Promise<void> {
    switch (step.kind) {
      case "switch":
        return this.#switch(step.switch);
      case "apply": {
        const what = `apply ${step.mfa.module}:${step.mfa.function}`;
        this.#job.progress(what);
        this.#waysBack.push(what, await apply(step.mfa, step.undo, this.#waysBack.ended));
        return;
      }
      case "stop": {
        const stopped: StoppedChild[] = [];
        this.#waysBack.push("stop", () => startProcesses(stopped, "with its state"));
        try {
          await stopProcesses(step.modules, stopped);
        } finally {
          this.#stopped.push(...stopped);
          this.#waysBack.ended.push(...stopped.flatMap(({ kept }) => kept.process ?? []));
        }
        return;
      }
      case "start": {
        const stopped = this.#stopped.splice(0);
        this.#waysBack.push("start", () => endProcesses(stopped));
        await startProcesses(stopped, "anew");
        return;
      }
    }
  }

  async #switch(change: Switch): Promise<void> {
    const { node, to, progress, maxPauseMs } = this.#job;
    if (this.#switched > 0) await this.#staging.stage([...change.load.keys()]);
    const messages = new Messages(this.#staging.loadedBy(change));
    const migration = new Migration(this.#staging.affectedBy(change), this.#staging.inNewCode, (failure) =>
      this.#failedLate(failure),
    );
    this.#migrations.push(migration);
    try {
      await messages.check();
      await migration.precopy();
      await migration.recheck();
      await messages.check();
      const untilMs = performance.now() + waitMsOf(change);
      // Found and switched in one turn: nobody can have gone inside between.
      for (await migration.precopy(); !isMoment(change, untilMs); await migration.precopy()) await sleep(LOOK_EVERY_MS);
      if (migration.processes > 0) {
        const { processes, rounds } = migration;
        progress(`migrated ${counted(processes, "process", "processes")} aside in ${counted(rounds, "round")}`);
      }
      refuseLongPause(migration.forecastMs, migration.slow, maxPauseMs);
      const turnMs = this.#makeVisible(change, migration, messages);
      this.#pauseMs = Math.max(this.#pauseMs, turnMs);
      const modules = change.load.size + change.remove.size;
      if (upgradeSwitch.wanted) {
        upgradeSwitch.publish({ from: node.files.vsn, to: to.vsn, modules, pauseMs: turnMs });
      }
      progress(`switched ${counted(modules, "module")} in ${turnMs.toFixed(2)} ms`);
    } catch (thrown) {
      if (migration.commit.state === "open") await migration.abandon();
      throw thrown;
    }
  }

  /** The one synchronous turn. What can fail stands before what can be seen. Returns how long it was. */
  #makeVisible(change: Switch, migration: Migration, messages: Messages): number {
    const beganMs = performance.now();
    const modules = [...change.load, ...change.remove];
    // Looked at before, but processes may have been born since.
    this.#staging.refuseUnmigrated(change);
    for (const [module, { prePurge }] of modules) {
      if (prePurge === "brutal_purge" || softPurge(module)) continue;
      throw new UnderwayError("release/old_processes", { module, processes: oldUsers(module).map(String) });
    }
    migration.finish();
    const resources = this.#carryResources();
    for (const process of thoseInside(change, "kill")) process.end("killed");
    for (const [module, { prePurge }] of modules) if (prePurge === "brutal_purge") purge(module);
    const undoCode = this.#staging.staged.switch({ remove: [...change.remove.keys()] });
    migration.switch();
    this.#messages.push(messages);
    const undoMessages = messages.switch();
    let undoData = (): void => {};
    this.#waysBack.push("switch", async () => {
      const undoResources = resources?.back();
      this.#undoSwitch(change, migration, undoCode, () => {
        undoData();
        undoMessages();
        this.#waysBack.lost.push(...(undoResources?.() ?? []));
      });
    });
    if (this.#switched++ === 0) undoData = this.#changeData();
    resources?.switch();
    return performance.now() - beganMs;
  }

  /** What belongs to a package that is loaded anew follows it, with the switch that shows the package. */
  #carryResources(): Carrying | null {
    const { packages, staged } = this.#staging;
    const changed = packages?.changed ?? [];
    if (this.#switched > 0 || changed.length === 0) return null;
    this.#resources = carryResources(changed, (module) => staged.exportsOf(module), this.#staging.inNewCode);
    return this.#resources;
  }

  /** One turn, too. */
  #undoSwitch(change: Switch, migration: Migration, undoCode: () => void, undoData: () => void): void {
    const failures = migration.undo(() => {
      try {
        undoCode();
      } catch (thrown) {
        this.#stuck = true;
        throw thrown;
      }
      undoData();
    });
    for (const { module, pid, name, error } of failures) {
      this.#waysBack.lost.push(
        `${module} ${name ?? pid} got its state from before the upgrade: ${formatReason({ error })}`,
      );
    }
    for (const module of [...change.load.keys(), ...change.remove.keys()]) {
      if (whichVersions(module).current === undefined) this.#endProcessesOf(module);
      softPurge(module);
    }
  }

  /** A module that the old release does not have has no code any more that could run them. */
  #endProcessesOf(module: ModuleId): void {
    for (const process of [...processesOf(handleOf(module))]) {
      process.end("shutdown");
      this.#waysBack.lost.push(
        `${module} ${process.registeredName ?? process.pid} was ended: the old release does not know it`,
      );
    }
  }

  /** With the first switch packages, applications and configuration are those of the new release. */
  #changeData(): () => void {
    const { node, to } = this.#job;
    const undoPackages = this.#staging.packages?.switch() ?? (() => {});
    const undoApplications = controller.changeApplications(to.boot.applications, this.#staging.environments);
    const undoFolders = moveFolders(foldersOf(node.target, to));
    return () => {
      undoFolders();
      undoPackages();
      undoApplications();
    };
  }

  /** Until success a late failure undoes the install as any other failure does. */
  #failedLate(failure: MigrationFailure): AfterLateFailure {
    if (this.#succeeded) return this.#onLateFailure(failure);
    this.#lateFailures.push(failure);
    return "hold";
  }

  /** True if something visible had to be taken back. */
  async #takeBack(): Promise<boolean> {
    const visible = this.#waysBack.any;
    await this.#waysBack.takeAll();
    for (const messages of this.#messages) await messages.close();
    this.#staging.abort();
    return visible;
  }

  #undoneBecause(thrown: unknown): UnderwayError {
    const { node, to } = this.#job;
    const { lost, restarted } = this.#waysBack;
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    // Neither the old release nor the new one: the permanent one is booted.
    if (this.#stuck) setImmediate(node.restart);
    const code = this.#stuck ? "release/not_undone" : "release/undone";
    return new UnderwayError(code, { vsn: to.vsn, reason, lost, restarted }, { cause: thrown });
  }

  /** From here on nothing is taken back: pre-images are dropped, old versions go. */
  async #succeed(): Promise<void> {
    for (const migration of this.#migrations) await migration.close();
    this.#resources?.close();
    for (const messages of this.#messages) await messages.close();
    const { unpurged } = this.#job.node;
    for (const { load, remove, purge: purged } of switchesOf(this.#job.steps)) {
      for (const module of purged) purge(module);
      for (const [module, { postPurge }] of [...load, ...remove]) {
        if (softPurge(module)) unpurged.delete(module);
        else unpurged.set(module, postPurge);
      }
    }
    const late = sleep(CONFIG_CHANGE_MS, true, { ref: false });
    if (await Promise.race([late, controller.configChange()])) {
      const message = `an application's configChange has not returned in ${CONFIG_CHANGE_MS} ms, and is not waited for`;
      log({ level: "error", kind: "application_report", message });
    }
  }

  #report(): InstallReport {
    const { node, to, steps } = this.#job;
    const relinked = this.#staging.packages?.changed.map(({ application, specifier }) => `${application} ${specifier}`);
    return {
      from: node.files.vsn,
      to: to.vsn,
      ...countsOf(switchesOf(steps), this.#migrations),
      messagesConverted: messagesConverted() - this.#convertedBefore,
      lostMessages: lostMessages(),
      pauseMs: this.#pauseMs,
      longestBlockMs: this.#stopWatch(),
      durationMs: performance.now() - this.#beganMs,
      relinked: [...new Set(relinked)],
      keptPackages: keptPackages(node.packagesLoaded, to),
      oldCode: [...node.unpurged.keys()].map((module) => ({ module, processes: oldUsers(module).map(String) })),
    };
  }
}
