// The install of a release that is hot: stage, effects, pre-copy, switch, effects, success; or undo, in reverse.
//
//   preflight ─► stage ─► [effect | pre-copy ─► switch]… ─► settle, purge ─► success
//       │          │             │
//       └──────────┴─ refused    └─ refused if nothing was visible yet, else undone: everything as it was
//
// OTP: release_handler_1:eval_script/5. Deviation: all-or-nothing (design.md 9).

import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { UnderwayError } from "../../error.ts";
import type { ModuleId } from "../../release/data.ts";
import type { ObjectCode } from "../../release/object-code.ts";
import type { RelupEntry } from "../../release/relup.ts";
import * as controller from "../behaviour/application-controller.ts";
import { type Carrying, carryResources } from "../behaviour/carry-resources.ts";
import { lostMessages, resetLostMessages } from "../behaviour/foreign-messages.ts";
import { exportsOf, purge, softPurge, whichVersions } from "../code/code-server.ts";
import { type Relinking, relinkExternals } from "../code/externals.ts";
import { handleOf, moveFolders } from "../code/modules.ts";
import type { Staged } from "../code/stage.ts";
import type { AfterLateFailure } from "../process/body.ts";
import { upgradeSwitch } from "../process/events.ts";
import { formatReason } from "../process/reason.ts";
import { report as log } from "../process/report.ts";
import { isSpecial, vsnOf } from "../process/system-code-change.ts";
import { processesOf } from "../process/table.ts";
import { watchBlocks } from "./block-watch.ts";
import { apply, type Inverse, type StoppedChild, startProcesses, stopProcesses } from "./effects.ts";
import { thoseInside, waitMsOf } from "./inside.ts";
import { countsOf, type InstallReport } from "./install-report.ts";
import { foldersOf, stageObjects, usePackagesOf } from "./load-modules.ts";
import { Messages } from "./messages.ts";
import {
  type Affected,
  lateMigrationFailed,
  Migration,
  type MigrationFailure,
  type OnLateFailure,
} from "./migration.ts";
import type { RunningNode } from "./node.ts";
import { changedPackages, keptPackages, refuseUnsafe, usesOf } from "./packages.ts";
import { emptySwitch, type Step, type Switch } from "./plan.ts";
import { oldUsers, postflight, preflight } from "./preflight.ts";
import { environmentsOf, type ReleaseFiles } from "./release-files.ts";

/** What a person is told while it goes on. */
export type Progress = (message: string) => void;

/**
 * Installs. Rejects with what refuses it, or with `release/undone` when a failure after a switch was taken back.
 * `onLateFailure` decides when a process comes out of its callback after success, with a state that cannot be migrated.
 */
export const install = async (
  node: RunningNode,
  to: ReleaseFiles,
  entry: RelupEntry,
  steps: readonly Step[],
  progress: Progress,
  onLateFailure: OnLateFailure,
): Promise<InstallReport> => new Install(node, to, entry, withSwitch(steps), progress, onLateFailure).run();

/** Does everything that can be done without changing anything: verifies, stages, migrates aside, and forgets. */
export const rehearse = async (
  node: RunningNode,
  to: ReleaseFiles,
  entry: RelupEntry,
  steps: readonly Step[],
  progress: Progress,
): Promise<InstallReport> => new Install(node, to, entry, withSwitch(steps), progress, () => "end").rehearse();

// Internal.

/** How often a moment is looked for in which nobody is inside. */
const LOOK_EVERY_MS = 5;
/** How long applications may take to be told that their configuration has changed. */
const CONFIG_CHANGE_MS = 5_000;

const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

const loadsOf = (step: Step | undefined): readonly ModuleId[] =>
  step?.kind === "switch" ? [...step.switch.load.keys()] : [];

/** The applications' data change in a switch, so there is always one. */
const withSwitch = (steps: readonly Step[]): readonly Step[] =>
  steps.some(({ kind }) => kind === "switch") ? steps : [{ kind: "switch", switch: emptySwitch() }, ...steps];

class Install {
  readonly #node: RunningNode;
  readonly #to: ReleaseFiles;
  readonly #entry: RelupEntry;
  readonly #steps: readonly Step[];
  readonly #progress: Progress;
  /** The ways back, in the order of what they take back. Null: an effect that cannot be taken back. */
  readonly #undos: { readonly what: string; readonly undo: Inverse }[] = [];
  readonly #migrations: Migration[] = [];
  readonly #messages: Messages[] = [];
  readonly #stopped: StoppedChild[] = [];
  readonly #lost: string[] = [];
  readonly #environments: ReturnType<typeof environmentsOf>;
  readonly #beganMs = performance.now();
  readonly #stopWatch = watchBlocks();
  /** Verified object code of everything that is loaded. */
  readonly #objects = new Map<ModuleId, ObjectCode>();
  /** What the next switch makes current. */
  #staged: Staged | null = null;
  /** Packages of the new release that differ from the running ones. */
  #packages: Relinking | undefined;
  readonly #onLateFailure: OnLateFailure;
  readonly #lateFailures: MigrationFailure[] = [];
  /** What was made again for it. */
  #resources: Carrying | null = null;
  #switched = 0;
  /** From here on this install takes nothing back. */
  #succeeded = false;
  /** The code could not be switched back. */
  #stuck = false;
  #pauseMs = 0;

  constructor(
    node: RunningNode,
    to: ReleaseFiles,
    entry: RelupEntry,
    steps: readonly Step[],
    progress: Progress,
    onLateFailure: OnLateFailure,
  ) {
    this.#onLateFailure = onLateFailure;
    this.#node = node;
    this.#to = to;
    this.#entry = entry;
    this.#steps = steps;
    this.#progress = progress;
    this.#environments = environmentsOf(to, node.commandLine);
  }

  async run(): Promise<InstallReport> {
    resetLostMessages();
    try {
      await this.#stage(false);
      // An effect cannot always be taken back: what would refuse the switch behind it is found out first.
      const [first] = this.#steps;
      if (first?.kind !== "switch") await this.#tryMigrations(this.#steps.slice(0, 1 + this.#firstSwitch()));
      for (const step of this.#steps) await this.#perform(step);
      postflight(this.#to);
      this.#refuseLateFailures();
      this.#succeeded = true;
    } catch (thrown) {
      const undone = await this.#takeBack();
      this.#stopWatch();
      throw undone ? this.#undoneBecause(thrown) : thrown;
    }
    keptPackages(this.#node.packagesLoaded, this.#node.files);
    await this.#succeed();
    return this.#report();
  }

  async rehearse(): Promise<InstallReport> {
    try {
      await this.#stage(true);
      this.#migrations.push(...(await this.#tryMigrations(this.#steps)));
    } finally {
      await this.#takeBack();
      this.#stopWatch();
    }
    return this.#report();
  }

  #firstSwitch(): number {
    return this.#steps.findIndex(({ kind }) => kind === "switch");
  }

  /** Migrates aside, and forgets. Throws what refuses the switch. */
  async #tryMigrations(steps: readonly Step[]): Promise<readonly Migration[]> {
    const tried: Migration[] = [];
    for (const step of steps) {
      if (step.kind !== "switch") continue;
      await new Messages(this.#loadedBy(step.switch)).check();
      const migration = this.#migrationOf(step.switch);
      tried.push(migration);
      try {
        await migration.precopy();
      } finally {
        await migration.abandon();
      }
    }
    return tried;
  }

  /** Loads the new code aside: of the first switch, or, to rehearse, of all. */
  async #stage(all: boolean): Promise<void> {
    const { objects } = await preflight(this.#node, this.#to, this.#entry, this.#steps);
    for (const object of objects) this.#objects.set(object.module, object);
    this.#progress(`verified ${counted(objects.length, "module")} of ${this.#to.vsn}`);
    const changed = changedPackages(this.#node.target, this.#node.files, this.#to);
    refuseUnsafe(changed, this.#node.files, this.#to, this.#steps);
    usePackagesOf(this.#node.target, this.#to);
    this.#packages = await relinkExternals(usesOf(changed));
    const modules = all ? [...this.#objects.keys()] : loadsOf(this.#steps[this.#firstSwitch()]);
    this.#staged = await this.#stageModules(modules);
    for (const step of this.#steps) if (step.kind === "switch") this.#refuseUnmigrated(step.switch);
    await nextTurn();
    this.#progress("staged: the new code is loaded aside, nobody sees it");
  }

  #stageModules(modules: readonly ModuleId[]): Promise<Staged> {
    return stageObjects(
      this.#node.target,
      this.#to,
      modules.flatMap((module) => this.#objects.get(module) ?? []),
      this.#packages,
    );
  }

  /** One clause per step. */
  async #perform(step: Step): Promise<void> {
    switch (step.kind) {
      case "switch":
        return this.#switch(step.switch);
      case "apply": {
        const what = `apply ${step.mfa.module}:${step.mfa.function}`;
        this.#progress(what);
        this.#undos.push({ what, undo: await apply(step.mfa, step.undo) });
        return;
      }
      case "stop":
        this.#undos.push({ what: "stop", undo: () => startProcesses(this.#stopped) });
        return stopProcesses(step.modules, this.#stopped);
      case "start":
        return startProcesses(this.#stopped);
    }
  }

  async #switch(change: Switch): Promise<void> {
    if (this.#switched > 0) this.#staged = await this.#stageModules([...change.load.keys()]);
    const migration = this.#migrationOf(change);
    const messages = new Messages(this.#loadedBy(change));
    this.#migrations.push(migration);
    try {
      await messages.check();
      await migration.precopy();
      if (migration.processes > 0) {
        const { processes, rounds } = migration;
        this.#progress(`migrated ${counted(processes, "process", "processes")} aside in ${counted(rounds, "round")}`);
      }
      const untilMs = performance.now() + waitMsOf(change);
      // Looked at in the very turn of the switch: nobody can have gone inside since.
      for (let inside = thoseInside(change, "wait"); inside.length > 0; inside = thoseInside(change, "wait")) {
        if (performance.now() > untilMs) {
          const processes = inside.map(({ pid, registeredName }) => ({
            pid: String(pid),
            name: registeredName,
          }));
          throw new UnderwayError("release/inside", { processes, waitedMs: waitMsOf(change) });
        }
        await sleep(LOOK_EVERY_MS);
        await migration.precopy();
      }
      await messages.check();
      const turnMs = this.#makeVisible(change, migration, messages);
      this.#pauseMs = Math.max(this.#pauseMs, turnMs);
      const modules = change.load.size + change.remove.size;
      if (upgradeSwitch.wanted) {
        upgradeSwitch.publish({ from: this.#node.files.vsn, to: this.#to.vsn, modules, pauseMs: turnMs });
      }
      this.#progress(`switched ${counted(modules, "module")} in ${turnMs.toFixed(2)} ms`);
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
    this.#refuseUnmigrated(change);
    for (const [module, { prePurge }] of modules) {
      if (prePurge === "brutal_purge" || softPurge(module)) continue;
      throw new UnderwayError("release/old_processes", { module, processes: oldUsers(module).map(String) });
    }
    migration.finish();
    for (const process of thoseInside(change, "kill")) process.end("killed");
    for (const [module, { prePurge }] of modules) if (prePurge === "brutal_purge") purge(module);
    const resources = this.#carryResources();
    const undoCode = (this.#staged as Staged).switch({ remove: [...change.remove.keys()] });
    migration.switch();
    this.#messages.push(messages);
    const undoMessages = messages.switch();
    let undoData = (): void => {};
    this.#undos.push({
      what: "switch",
      undo: async () => {
        const undoResources = resources?.back();
        this.#undoSwitch(change, migration, undoCode, () => {
          undoData();
          undoMessages();
          this.#lost.push(...(undoResources?.() ?? []));
        });
      },
    });
    if (this.#switched++ === 0) undoData = this.#changeData();
    resources?.switch();
    return performance.now() - beganMs;
  }

  /** What belongs to a package that is loaded anew follows it, with the switch that shows the package. */
  #carryResources(): Carrying | null {
    const changed = this.#packages?.changed ?? [];
    if (this.#switched > 0 || changed.length === 0) return null;
    const staged = this.#staged as Staged;
    this.#resources = carryResources(
      changed,
      (module) => staged.exportsOf(module),
      (fn) => staged.run(fn),
    );
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
      this.#lost.push(`${module} ${name ?? pid} got its state from before the upgrade: ${formatReason({ error })}`);
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
      this.#lost.push(`${module} ${process.registeredName ?? process.pid} was ended: the old release does not know it`);
    }
  }

  /** With the first switch packages, applications and configuration are those of the new release. */
  #changeData(): () => void {
    const undoPackages = this.#packages?.switch() ?? (() => {});
    const undoApplications = controller.changeApplications(this.#to.boot.applications, this.#environments);
    const undoFolders = moveFolders(foldersOf(this.#node.target, this.#to));
    return () => {
      undoFolders();
      undoPackages();
      undoApplications();
    };
  }

  /** The modules that get a new version, and whose processes may have messages waiting. */
  #loadedBy(change: Switch): readonly Affected[] {
    return [...change.load.keys()].flatMap((module) => this.#affected(module, change.codeChange.get(module)) ?? []);
  }

  #affected(module: ModuleId, extra: unknown): Affected | null {
    const from = exportsOf(module, "current");
    const to = this.#staged?.exportsOf(module) ?? from;
    if (from === undefined || to === undefined) return null;
    const env = this.#environments.get(this.#to.manifest.modules[module]?.app ?? "") ?? {};
    return { module, handle: handleOf(module), change: { from, to, extra, env } };
  }

  #migrationOf(change: Switch): Migration {
    const staged = this.#staged as Staged;
    const affected = [...change.codeChange].flatMap(([module, extra]) => this.#affected(module, extra) ?? []);
    // A special process goes on in the new code although its arguments stay: it was suspended and resumed, in OTP's words.
    for (const module of change.update.keys()) {
      const one = change.codeChange.has(module) ? null : this.#affected(module, []);
      if (one !== null && (isSpecial(one.change.from) || isSpecial(one.change.to))) affected.push(one);
    }
    return new Migration(
      affected,
      (fn) => staged.run(fn),
      (failure) => this.#failedLate(failure),
    );
  }

  /** Until success a late failure undoes the install as any other failure does. */
  #failedLate(failure: MigrationFailure): AfterLateFailure {
    if (this.#succeeded) return this.#onLateFailure(failure);
    this.#lateFailures.push(failure);
    return "hold";
  }

  #refuseLateFailures(): void {
    if (this.#lateFailures.length > 0) throw lateMigrationFailed(this.#lateFailures);
  }

  /** A state that changes its shape without being asked to is a mistake of the appup. */
  #refuseUnmigrated(change: Switch): void {
    for (const module of change.load.keys()) {
      const fromVsn = vsnOf(exportsOf(module, "current") ?? {});
      const toVsn = this.#objects.get(module)?.vsn ?? 1;
      if (fromVsn === toVsn || change.codeChange.has(module) || processesOf(handleOf(module)).size === 0) continue;
      throw new UnderwayError("release/no_code_change", { module, fromVsn, toVsn });
    }
  }

  /** True if something visible had to be taken back. */
  async #takeBack(): Promise<boolean> {
    const visible = this.#undos.length > 0;
    for (const { what, undo } of this.#undos.reverse()) {
      if (undo === null) {
        this.#lost.push(`${what} cannot be taken back`);
        continue;
      }
      try {
        await undo();
      } catch (thrown) {
        this.#lost.push(`${what}: ${formatReason({ error: thrown })}`);
      }
    }
    for (const messages of this.#messages) await messages.close();
    this.#staged?.abort();
    usePackagesOf(this.#node.target, this.#node.files);
    return visible;
  }

  #undoneBecause(thrown: unknown): UnderwayError {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    if (this.#stuck) {
      // Neither the old release nor the new one: the permanent one is booted.
      setImmediate(this.#node.restart);
      return new UnderwayError(
        "release/not_undone",
        { vsn: this.#to.vsn, reason, lost: this.#lost },
        { cause: thrown },
      );
    }
    return new UnderwayError("release/undone", { vsn: this.#to.vsn, reason, lost: this.#lost }, { cause: thrown });
  }

  /** From here on nothing is taken back: pre-images are dropped, old versions go. */
  async #succeed(): Promise<void> {
    for (const migration of this.#migrations) await migration.close();
    this.#resources?.close();
    for (const messages of this.#messages) await messages.close();
    for (const step of this.#steps) {
      if (step.kind !== "switch") continue;
      for (const module of step.switch.purge) purge(module);
      for (const [module, { postPurge }] of [...step.switch.load, ...step.switch.remove]) {
        if (softPurge(module)) this.#node.unpurged.delete(module);
        else this.#node.unpurged.set(module, postPurge);
      }
    }
    const late = sleep(CONFIG_CHANGE_MS, true, { ref: false });
    if (await Promise.race([late, controller.configChange()])) {
      const message = `an application's configChange has not returned in ${CONFIG_CHANGE_MS} ms, and is not waited for`;
      log({ level: "error", kind: "application_report", message });
    }
  }

  #report(): InstallReport {
    return {
      from: this.#node.files.vsn,
      to: this.#to.vsn,
      ...countsOf(
        this.#steps.flatMap((step) => (step.kind === "switch" ? [step.switch] : [])),
        this.#migrations,
      ),
      lostMessages: lostMessages(),
      pauseMs: this.#pauseMs,
      longestBlockMs: this.#stopWatch(),
      durationMs: performance.now() - this.#beganMs,
      relinked: [
        ...new Set(this.#packages?.changed.map(({ application, specifier }) => `${application} ${specifier}`)),
      ],
      keptPackages: keptPackages(this.#node.packagesLoaded, this.#switched > 0 ? this.#to : this.#node.files),
      oldCode: [...this.#node.unpurged.keys()].map((module) => ({ module, processes: oldUsers(module).map(String) })),
    };
  }
}
