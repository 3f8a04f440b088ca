// Starts a node: takes the lock, finds the release to boot, loads its modules, starts its applications. OTP: init, boot.

import { UnderwayError } from "../../error.ts";
import type { Name } from "../../release/data.ts";
import * as controller from "../behaviour/application-controller.ts";
import { softPurge } from "../code/code-server.ts";
import { development } from "../process/development.ts";
import { report } from "../process/report.ts";
import { watchRunAways } from "../process/run-away.ts";
import { ownStrayErrors } from "../process/stray-errors.ts";
import { checkCommandLine } from "./command-line.ts";
import { readJson } from "./durable.ts";
import { stageObjects, usePackagesOf } from "./load-modules.ts";
import { takeLock } from "./lock.ts";
import { permanentFiles, type RunningNode, setRunningNode, writeReleases, writeStart } from "./node.ts";
import { applicationNames, type Config, environmentsOf, readObjectCode, readReleaseFiles } from "./release-files.ts";
import * as statuses from "./statuses.ts";
import { firstStartFile, type Start, type Target, varFile } from "./target.ts";

export interface BootOptions {
  /** The target directory. */
  readonly root: string;
  /** Name of this node among those that share the target directory. */
  readonly instance: string;
  /** Name of the release. */
  readonly name: Name;
  /** The layer of the configuration that comes from the command line. */
  readonly env: Config;
  /** The node was started before with this `env`: the release may be another one now, whose applications are others. */
  readonly restarted?: boolean;
  /** Starts this operating-system process anew; called when a cold upgrade has been prepared. */
  readonly onRestart: () => void;
  /** Called when a permanent application has ended: the node cannot go on. */
  readonly onEnd: (reason: string) => void;
}

export interface BootedNode {
  readonly name: Name;
  readonly vsn: string;
  /** Stops all applications, last started first, and gives the lock back. Resolves when everything has ended. */
  stop(): Promise<void>;
}

/** A callback that keeps the node waiting for so long is reported. */
const RUN_AWAY_MS = 1_000;
/** Old code that somebody still runs in is looked at again so often. OTP: 10 s. */
const PURGE_AGAIN_MS = 10_000;

/**
 * Boots the permanent release, or, once after a cold upgrade, the one that was installed.
 *
 * Rejects with `node/already_running` when another node holds `var/<instance>`, with what is wrong with the release's
 * files, or with the reason for which an application did not start; then nothing is left running.
 */
export const boot = async (options: BootOptions): Promise<BootedNode> => {
  const target: Target = { root: options.root, instance: options.instance };
  const unlock = takeLock(varFile(target, "lock"));
  const disown = ownStrayErrors({ unattributed: "log" });
  const runAwayMs = Number(process.env.UNDERWAY_RUN_AWAY_MS ?? RUN_AWAY_MS);
  const unwatch = runAwayMs > 0 ? watchRunAways({ afterMs: runAwayMs }) : () => {};
  let purging: NodeJS.Timeout | undefined;
  const stop = async (): Promise<void> => {
    clearInterval(purging);
    await controller.stopAll();
    setRunningNode(null);
    unwatch();
    disown();
    unlock();
  };
  try {
    const node = findRelease(options, target);
    setRunningNode(node);
    await loadRelease(node);
    controller.setRoot(target.root);
    controller.onNodeEnd(options.onEnd);
    await startApplications(node);
    purging = setInterval(() => purgeAgain(node), PURGE_AGAIN_MS);
    purging.unref();
    return { name: options.name, vsn: node.files.vsn, stop };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
};

// Internal.

/** What RELEASES.json says; a target directory that is started for the first time has none yet. */
const findRelease = (options: BootOptions, target: Target): RunningNode => {
  const written = readJson(varFile(target, "RELEASES.json")) as { releases: statuses.Releases } | undefined;
  const disk = written?.releases ?? firstReleases(options, target);
  const { boots, memory } = statuses.atStart(disk);
  if (boots === undefined) throw new UnderwayError("release/no_permanent", { file: varFile(target, "RELEASES.json") });
  const node: RunningNode = {
    target,
    name: options.name,
    commandLine: options.env,
    releases: memory,
    files: readReleaseFiles(target, boots.vsn),
    unpurged: new Map(),
    packagesLoaded: new Set(),
    operation: null,
    restart: options.onRestart,
  };
  if (options.restarted !== true) checkCommandLine(node.files, options.env);
  // Written before anything runs: a release that was installed by a restart is booted once.
  writeReleases(node, memory);
  writeStart(node, permanentFiles(node));
  return node;
};

const firstReleases = (options: BootOptions, target: Target): statuses.Releases => {
  const file = firstStartFile(target);
  const start = readJson(file) as Start | undefined;
  if (start === undefined) throw new UnderwayError("release/no_permanent", { file });
  const files = readReleaseFiles(target, start.vsn);
  return [{ name: options.name, vsn: start.vsn, applications: applicationNames(files.boot), status: "permanent" }];
};

const loadRelease = async ({ target, files }: RunningNode): Promise<void> => {
  usePackagesOf(target, files);
  const modules = Object.keys(files.manifest.modules);
  const objects = await Promise.all(modules.map((module) => readObjectCode(target, files.manifest, module)));
  const staged = await stageObjects(target, files, objects);
  staged.switch();
};

const startApplications = async (node: RunningNode): Promise<void> => {
  const { boot } = node.files;
  controller.changeApplications(boot.applications, environmentsOf(node.files, node.commandLine));
  for (const { app, type } of boot.applications) if (type !== "none") controller.load(app.name);
  for (const { app, type, included } of boot.applications) {
    if (included || type === "load" || type === "none") continue;
    await controller.start(app.name, type);
  }
  const checks = development === null ? "" : ", with the checks of development";
  report({ level: "notice", kind: "progress", message: `started ${node.name} ${node.files.vsn}${checks}` });
};

const purgeAgain = (node: RunningNode): void => {
  if (node.operation !== null) return;
  for (const module of node.unpurged.keys()) if (softPurge(module)) node.unpurged.delete(module);
};
