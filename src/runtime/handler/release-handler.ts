// Release handler: unpack, check, install, make permanent, remove. One operation at a time. OTP: release_handler.

import { join } from "node:path";
import { UnderwayError } from "../../error.ts";
import type { Json, Vsn } from "../../release/data.ts";
import type { RelupEntry } from "../../release/relup.ts";
import { forgetOtherVersions } from "../behaviour/foreign-messages.ts";
import { purge, softPurge } from "../code/code-server.ts";
import { upgradeInstalled } from "../process/events.ts";
import { install } from "./install.ts";
import type { InstallReport, RehearsalReport } from "./install-report.ts";
import { undoOnLateFailure } from "./late-failure.ts";
import { type RunningNode, runningNode, writeReleases, writeStart } from "./node.ts";
import { operation } from "./operation.ts";
import { type Plan, planOf, type Step } from "./plan.ts";
import { rehearse } from "./rehearse.ts";
import { applicationNames, type ReleaseFiles, readObjectCode, readReleaseFiles } from "./release-files.ts";
import { deleteRelease, otherInstances } from "./remove.ts";
import type { Job, Progress } from "./staging.ts";
import * as statuses from "./statuses.ts";
import { releasesFolder } from "./target.ts";
import { unpackPackage } from "./unpack.ts";

/** One line of `whichReleases`. OTP: {Name, Vsn, Apps, Status}. */
export interface ReleaseStatus {
  readonly name: string;
  readonly vsn: Vsn;
  readonly applications: readonly string[];
  readonly status: "unpacked" | "current" | "permanent" | "old";
}

export interface InstallOptions {
  /** Allows an upgrade that can only be done by a restart. Default: false, it is refused. */
  readonly cold?: boolean;
  /** Refuses an install whose pause would be longer, as far as that can be foreseen. Default: none is too long. */
  readonly maxPauseMs?: number;
  /** Allows an upgrade whose states cannot be brought back (`codeChange` without `down`). Default: false, it is refused. */
  readonly forwardOnly?: boolean;
  /** Called with a sentence at each step. */
  readonly onProgress?: Progress;
}

/** What `checkInstallRelease` resolves with. OTP: {ok, OtherVsn, Descr}. */
export interface Rehearsed {
  readonly otherVsn: Vsn;
  readonly description: Json;
  /** Null for a cold upgrade, of which nothing can be tried. */
  readonly report: RehearsalReport | null;
}

/** OTP: {ok, OtherVsn, Descr}. */
export interface Installed {
  /** For an upgrade the release we come from, for a downgrade the release we go to. */
  readonly otherVsn: Vsn;
  readonly description: Json;
  /** Null for a cold upgrade: the node is about to restart. */
  readonly report: InstallReport | null;
}

// API.

/**
 * Unpacks a release package into the target directory and makes the release known as `unpacked`. `package_` is the path of
 * a `.tar.gz`, or a version: then `releases/<name>-<vsn>.tar.gz` is meant.
 *
 * Resolves with its version. Rejects, and changes nothing, when the package is damaged, has an entry that points outside,
 * belongs to another release, or when the version is known already (`release/existing_release`).
 *
 * OTP: release_handler:unpack_release/1
 */
export const unpackRelease = (package_: string): Promise<Vsn> =>
  operation("unpack", package_, async (node) => {
    const versions = node.releases.map((release) => release.vsn);
    const isFile = package_.endsWith(".tar.gz");
    if (!isFile && versions.includes(package_)) throw new UnderwayError("release/existing_release", { vsn: package_ });
    const file = isFile ? package_ : join(releasesFolder(node.target), `${node.name}-${package_}.tar.gz`);
    const { vsn } = await unpackPackage(file, node.target.root, { name: node.name, known: versions });
    return makeKnown(node, vsn);
  });

/**
 * Makes a release known as `unpacked` whose files are in the target directory already.
 *
 * Rejects with `release/no_such_file`, `release/hash_mismatch` or `release/existing_release`.
 *
 * OTP: release_handler:set_unpacked/2
 */
export const setUnpacked = (vsn: Vsn): Promise<Vsn> =>
  operation("set_unpacked", vsn, async (node) => makeKnown(node, vsn));

/**
 * Does everything an install would do before anything changes: verifies, loads aside, migrates a copy of every state and
 * brings it back; then forgets. Resolves with what the install would be like; rejects with what would refuse it.
 *
 * OTP: release_handler:check_install_release/1. Deviation: changes nothing; OTP runs the `apply`s that stand first.
 */
export const checkInstallRelease = (vsn: Vsn, options: InstallOptions = {}): Promise<Rehearsed> =>
  operation("check", vsn, async (node) => {
    const { to, entry, plan } = prepare(node, vsn);
    const report = plan.kind === "cold" ? null : await rehearse(jobOf(node, to, entry, plan.steps, options));
    return { otherVsn: entry.vsn, description: entry.description, report };
  });

/**
 * Installs a release: its code runs, states are migrated, nobody is disconnected. It becomes `current`; until it is made
 * permanent a restart of the node boots the permanent one.
 *
 * Rejects with `release/no_such_release`, `release/already_installed`, `release/no_matching_relup`, `release/cold`, or the
 * reasons of the refusal: then nothing has changed. Rejects with `release/undone` when a failure after the switch was
 * taken back.
 *
 * OTP: release_handler:install_release/2
 */
export const installRelease = (vsn: Vsn, options: InstallOptions = {}): Promise<Installed> =>
  operation("install", vsn, async (node) => {
    const { to, entry, plan } = prepare(node, vsn);
    const result = { otherVsn: entry.vsn, description: entry.description };
    const from = node.files.vsn;
    if (plan.kind === "cold") {
      if (options.cold !== true) throw new UnderwayError("release/cold", { vsn, other: node.files.vsn });
      restartInto(node, to);
      if (upgradeInstalled.wanted) upgradeInstalled.publish({ from, to: vsn, cold: true });
      return { ...result, report: null };
    }
    const onLateFailure = undoOnLateFailure(node, { from, to: vsn }, (back) => installRelease(back));
    const report = await install(jobOf(node, to, entry, plan.steps, options), onLateFailure);
    node.files = to;
    node.releases = statuses.installed(node.releases, vsn);
    if (upgradeInstalled.wanted) upgradeInstalled.publish({ from, to: vsn, cold: false });
    return { ...result, report };
  });

/**
 * Makes the running release the one that boots from now on. A permanent one: nothing happens.
 *
 * Rejects with `release/no_such_release`, or `release/bad_status` if the release is not running.
 *
 * OTP: release_handler:make_permanent/1
 */
export const makePermanent = (vsn: Vsn): Promise<void> =>
  operation("make_permanent", vsn, async (node) => {
    const { status } = known(node, vsn);
    if (status === "permanent") return;
    if (status !== "current")
      throw new UnderwayError("release/bad_status", { operation: "make_permanent", vsn, status });
    const releases = statuses.madePermanent(node.releases, vsn);
    writeReleases(node, releases);
    node.releases = releases;
    writeStart(node, node.files);
    forgetOtherVersions();
    for (const [module, postPurge] of node.unpurged) {
      if (postPurge === "brutal_purge") purge(module);
      if (postPurge === "brutal_purge" || softPurge(module)) node.unpurged.delete(module);
    }
  });

/**
 * Forgets a release and deletes the files that no other known release needs.
 *
 * Rejects with `release/no_such_release`, with `release/bad_status` for the permanent or the running one, with
 * `release/in_use` when another node of this target directory knows it.
 *
 * OTP: release_handler:remove_release/1. Deviation: the running release is refused, too.
 */
export const removeRelease = (vsn: Vsn): Promise<void> =>
  operation("remove", vsn, async (node) => {
    const { status } = known(node, vsn);
    if (status === "permanent" || status === "current") {
      throw new UnderwayError("release/bad_status", { operation: "remove", vsn, status });
    }
    const others = otherInstances(node.target);
    const instances = others.filter(({ vsns }) => vsns.includes(vsn)).map(({ instance }) => instance);
    if (instances.length > 0) throw new UnderwayError("release/in_use", { vsn, instances });
    const releases = statuses.remove(node.releases, vsn);
    const needed = new Set([...releases.map((release) => release.vsn), ...others.flatMap(({ vsns }) => vsns)]);
    // Forgotten first: whatever interrupts the deletion, no release is known whose files are gone.
    writeReleases(node, releases);
    node.releases = releases;
    await deleteRelease(node, vsn, [...needed]);
  });

/** The releases that are known, newest first. OTP: release_handler:which_releases/0,1. */
export const whichReleases = (status?: ReleaseStatus["status"]): readonly ReleaseStatus[] =>
  runningNode()
    .releases.filter((release) => status === undefined || release.status === status)
    .map((release) => ({ ...release, status: release.status as ReleaseStatus["status"] }));

/** The operation under way, or null. */
export const operationUnderWay = (): string | null => runningNode().operation;

// Internal.

const jobOf = (
  node: RunningNode,
  to: ReleaseFiles,
  entry: RelupEntry,
  steps: readonly Step[],
  { onProgress = () => {}, maxPauseMs = Number.POSITIVE_INFINITY, forwardOnly = false }: InstallOptions,
): Job => ({ node, to, entry, steps, progress: onProgress, maxPauseMs, forwardOnly });

const known = (node: RunningNode, vsn: Vsn): statuses.KnownRelease => {
  const found = statuses.find(node.releases, vsn);
  if (found === undefined) {
    const versions = node.releases.map((release) => release.vsn);
    throw new UnderwayError("release/no_such_release", { vsn, known: versions, operation: node.operation });
  }
  return found;
};

const makeKnown = async (node: RunningNode, vsn: Vsn): Promise<Vsn> => {
  if (statuses.find(node.releases, vsn) !== undefined) throw new UnderwayError("release/existing_release", { vsn });
  const files = readReleaseFiles(node.target, vsn);
  for (const module of Object.keys(files.manifest.modules)) await readObjectCode(node.target, files.manifest, module);
  const release = { name: node.name, vsn, applications: applicationNames(files.boot), status: "unpacked" } as const;
  const releases = statuses.add(node.releases, release);
  writeReleases(node, releases);
  node.releases = releases;
  return vsn;
};

interface Prepared {
  readonly to: ReleaseFiles;
  readonly entry: RelupEntry;
  readonly plan: Plan;
}

const prepare = (node: RunningNode, vsn: Vsn): Prepared => {
  const { status } = known(node, vsn);
  if (status === "current" || vsn === node.files.vsn) throw new UnderwayError("release/already_installed", { vsn });
  const to = readReleaseFiles(node.target, vsn);
  const entry = findScript(node.files, to);
  return { to, entry, plan: planOf(entry.script) };
};

/** As semantics.md 11.4.3: an upgrade entry of the target is preferred to a downgrade entry of the running release. */
const findScript = (from: ReleaseFiles, to: ReleaseFiles): RelupEntry => {
  const up = to.relup?.up.find(({ vsn }) => vsn === from.vsn);
  const down = from.relup?.down.find(({ vsn }) => vsn === to.vsn);
  const entry = up ?? down;
  if (entry === undefined) {
    throw new UnderwayError("release/no_matching_relup", {
      vsn: to.vsn,
      from: from.vsn,
      available: [...(to.relup?.up ?? []).map(({ vsn }) => vsn)],
    });
  }
  return entry;
};

/** A cold upgrade: the new release is booted once; only when it is made permanent it is booted again. */
const restartInto = (node: RunningNode, to: ReleaseFiles): void => {
  writeReleases(node, statuses.restarting(node.releases, to.vsn));
  writeStart(node, to);
  setImmediate(node.restart);
};
