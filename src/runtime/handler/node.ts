// The node that runs in this operating-system process: one, as the code server and the processes are one.

import { UnderwayError } from "../../error.ts";
import type { Purge } from "../../release/appup.ts";
import type { ModuleId, Name } from "../../release/data.ts";
import { writeJson } from "./durable.ts";
import { type Config, type ReleaseFiles, readReleaseFiles } from "./release-files.ts";
import { onDisk, permanent, type Releases } from "./statuses.ts";
import { type Start, type Target, varFile } from "./target.ts";

export interface RunningNode {
  readonly target: Target;
  /** Name of the release. */
  readonly name: Name;
  /** The layer of the configuration that comes from the command line. */
  readonly commandLine: Config;
  /** What is known of releases; statuses as in memory. */
  releases: Releases;
  /** Files of the release whose code runs. */
  files: ReleaseFiles;
  /** Modules whose old code is still in use, and what `makePermanent` does about it. */
  readonly unpurged: Map<ModuleId, Purge>;
  /** Folders of npm packages that this node has loaded at some time. */
  readonly packagesLoaded: Set<string>;
  /** The operation under way. */
  operation: string | null;
  /** Ends this operating-system process and starts the node anew, for a cold upgrade. */
  readonly restart: () => void;
}

let current: RunningNode | null = null;

/** Throws `node/not_booted` outside a release. */
export const runningNode = (): RunningNode => {
  if (current === null) throw new UnderwayError("node/not_booted", {});
  return current;
};

export const setRunningNode = (node: RunningNode | null): void => {
  current = node;
};

/** Writes statuses that survive a restart. The one truth is RELEASES.json; start.json tells the control script. */
export const writeReleases = (node: RunningNode, releases: Releases): void => {
  writeJson(varFile(node.target, "RELEASES.json"), { format: 1, releases: onDisk(releases) });
};

/** The file that the control script reads before any JavaScript runs; derived from RELEASES.json and rewritten at each start. */
export const writeStart = (node: RunningNode, files: ReleaseFiles): void =>
  writeJson(varFile(node.target, "start.json"), startOf(node, files));

/** What starts a release; by default the permanent one. */
export const startOf = (node: RunningNode, files: ReleaseFiles = permanentFiles(node)): Start => ({
  format: 1,
  name: node.name,
  vsn: files.vsn,
  runtime: files.manifest.runtime.folder,
  underway: files.manifest.underway.folder,
});

/** The files of the release that boots after a restart. */
export const permanentFiles = (node: RunningNode): ReleaseFiles => {
  const vsn = permanent(node.releases)?.vsn ?? node.files.vsn;
  return vsn === node.files.vsn ? node.files : readReleaseFiles(node.target, vsn);
};
