// The new code, loaded aside: verified, linked to its packages, evaluated, and seen by nobody until a switch.

import { setImmediate as nextTurn } from "node:timers/promises";
import { UnderwayError } from "../../error.ts";
import type { ModuleId } from "../../release/data.ts";
import type { ObjectCode } from "../../release/object-code.ts";
import type { RelupEntry } from "../../release/relup.ts";
import { exportsOf } from "../code/code-server.ts";
import { type Relinking, relinkExternals } from "../code/externals.ts";
import { handleOf } from "../code/modules.ts";
import type { Staged } from "../code/stage.ts";
import { isSpecial, vsnOf } from "../process/system-code-change.ts";
import { processesOf } from "../process/table.ts";
import { stageObjects, usePackagesOf } from "./load-modules.ts";
import type { Affected } from "./migration.ts";
import type { RunningNode } from "./node.ts";
import { changedPackages, refuseUnsafe, usesOf } from "./packages.ts";
import type { Step, Switch } from "./plan.ts";
import { preflight } from "./preflight.ts";
import { environmentsOf, type ReleaseFiles } from "./release-files.ts";
import { counted } from "./words.ts";

/** What a person is told while it goes on. */
export type Progress = (message: string) => void;

/** What is to be installed, or rehearsed. */
export interface Job {
  readonly node: RunningNode;
  readonly to: ReleaseFiles;
  readonly entry: RelupEntry;
  readonly steps: readonly Step[];
  readonly progress: Progress;
  /** A longer pause is refused, as far as it can be foreseen. */
  readonly maxPauseMs: number;
  /** States that cannot be brought back are no reason to refuse. */
  readonly forwardOnly: boolean;
}

/** The switches among steps. */
export const switchesOf = (steps: readonly Step[]): readonly Switch[] =>
  steps.flatMap((step) => (step.kind === "switch" ? [step.switch] : []));

export class Staging {
  /** The new applications' configuration. */
  readonly environments: ReturnType<typeof environmentsOf>;
  /** Packages of the new release that differ from the running ones. */
  packages: Relinking | undefined;
  readonly #job: Job;
  /** Verified object code of everything that is loaded. */
  readonly #objects = new Map<ModuleId, ObjectCode>();
  #staged: Staged | null = null;

  constructor(job: Job) {
    this.#job = job;
    this.environments = environmentsOf(job.to, job.node.commandLine);
  }

  /** Loads aside: what the first switch needs, or, to rehearse, what all need. Rejects with what refuses the install. */
  async begin(which: "first" | "all"): Promise<void> {
    const { node, to, entry, steps, progress } = this.#job;
    const { objects } = await preflight(node, to, entry, steps);
    for (const object of objects) this.#objects.set(object.module, object);
    progress(`verified ${counted(objects.length, "module")} of ${to.vsn}`);
    const changed = changedPackages(node.target, node.files, to);
    refuseUnsafe(changed, node.files, to, steps);
    usePackagesOf(node.target, to);
    this.packages = await relinkExternals(usesOf(changed));
    const [first] = switchesOf(steps);
    await this.stage(which === "all" ? [...this.#objects.keys()] : [...(first?.load.keys() ?? [])]);
    for (const change of switchesOf(steps)) this.refuseUnmigrated(change);
    await nextTurn();
    progress("staged: the new code is loaded aside, nobody sees it");
  }

  /** Loads aside what the next switch needs. */
  async stage(modules: readonly ModuleId[]): Promise<void> {
    const objects = modules.flatMap((module) => this.#objects.get(module) ?? []);
    this.#staged = await stageObjects(this.#job.node.target, this.#job.to, objects, this.packages);
  }

  /** Runs a synchronous function while all handles show the new code. */
  readonly inNewCode = <T>(fn: () => T): T => this.staged.run(fn);

  get staged(): Staged {
    return this.#staged as Staged;
  }

  /** The modules whose processes' states a switch changes. */
  affectedBy(change: Switch): readonly Affected[] {
    const affected = [...change.codeChange].flatMap(([module, extra]) => this.#affected(module, extra) ?? []);
    // A special process goes on in the new code although its arguments stay: it was suspended and resumed, in OTP's words.
    for (const module of change.update.keys()) {
      const one = change.codeChange.has(module) ? null : this.#affected(module, []);
      if (one !== null && (isSpecial(one.change.from) || isSpecial(one.change.to))) affected.push(one);
    }
    return affected;
  }

  /** The modules that get a new version in a switch, and whose processes may have messages waiting. */
  loadedBy(change: Switch): readonly Affected[] {
    return [...change.load.keys()].flatMap((module) => this.#affected(module, change.codeChange.get(module)) ?? []);
  }

  /** A state that changes its shape without being asked to is a mistake of the appup. */
  refuseUnmigrated(change: Switch): void {
    for (const module of change.load.keys()) {
      const fromVsn = vsnOf(exportsOf(module, "current") ?? {});
      const toVsn = this.#objects.get(module)?.vsn ?? 1;
      if (fromVsn === toVsn || change.codeChange.has(module) || processesOf(handleOf(module)).size === 0) continue;
      throw new UnderwayError("release/no_code_change", { module, fromVsn, toVsn });
    }
  }

  /** Nothing of it is kept. */
  abort(): void {
    this.#staged?.abort();
    usePackagesOf(this.#job.node.target, this.#job.node.files);
  }

  // Internal.

  #affected(module: ModuleId, extra: unknown): Affected | null {
    const from = exportsOf(module, "current");
    const to = this.#staged?.exportsOf(module) ?? from;
    if (from === undefined || to === undefined) return null;
    const env = this.environments.get(this.#job.to.manifest.modules[module]?.app ?? "") ?? {};
    return { module, handle: handleOf(module), change: { from, to, extra, env } };
  }
}
