// Which runtime and which Underway a node must be started with. A crash between two writes of an install or a commit can
// leave `start.json` behind `RELEASES.json`; the latter is the truth, and whoever starts in the wrong place moves on.

import { existsSync, realpathSync } from "node:fs";
import { join, sep } from "node:path";
import { readJson } from "../handler/durable.ts";
import type { Releases } from "../handler/statuses.ts";
import { atStart } from "../handler/statuses.ts";
import { firstStartFile, releaseFile, type Start, type Target, varFile } from "../handler/target.ts";
import { readyVariable } from "./ready.ts";

/** Folders below the target directory. */
export type Places = Pick<Start, "runtime" | "underway">;

// API.

/** Where the release that a start boots has its runtime and its Underway; null when the files do not tell. */
export function placesToBoot(target: Target): Places | null {
  const written = read(varFile(target, "RELEASES.json")) as { readonly releases?: Releases } | undefined;
  const vsn = written?.releases === undefined ? undefined : atStart(written.releases).boots?.vsn;
  const file = vsn === undefined ? undefined : read(releaseFile(target, vsn, "manifest.json"));
  const manifest = file as { readonly runtime?: Folder; readonly underway?: Folder } | undefined;
  if (manifest?.runtime?.folder === undefined || manifest.underway?.folder === undefined) return placesToAsk(target);
  return { runtime: manifest.runtime.folder, underway: manifest.underway.folder };
}

/** Where the control script of a running node stands; null when the files do not tell. */
export function placesToAsk(target: Target): Places | null {
  const start = read(varFile(target, "start.json")) ?? read(firstStartFile(target));
  return (start as Places | undefined) ?? null;
}

/** The runtime that runs, and the folder that this file stands in. */
const here = { node: process.execPath, folder: import.meta.dirname };

/** The command that starts this script in `places`; null when it runs there, or is not part of this target directory. */
export function elsewhere(
  { root }: Target,
  places: Places | null,
  { node: ownNode, folder: ownFolder } = here,
): readonly [node: string, script: string] | null {
  const target = realpathSync(root);
  if (places === null || !realpathSync(ownFolder).startsWith(target + sep)) return null;
  const node = join(target, places.runtime, "bin", "node");
  const folder = join(target, places.underway, "dist", "runtime", "control");
  const script = join(folder, "script.js");
  if (!existsSync(node) || !existsSync(script)) return null;
  const isHere = realpathSync(node) === realpathSync(ownNode) && realpathSync(folder) === realpathSync(ownFolder);
  return isHere ? null : [node, script];
}

/** Becomes another program in the same operating-system process: same number, same terminal. Returns never. */
export function become(node: string, script: string, args: readonly string[], env: NodeJS.ProcessEnv): never {
  const { execve } = process;
  if (execve === undefined) throw new Error("this runtime has no process.execve");
  // Descriptors other than the terminal's are closed on the way.
  const { [readyVariable]: _, ...rest } = env;
  execve.call(process, node, [node, ...process.execArgv, script, ...args], rest);
  throw new Error("unreachable");
}

// Internal.

interface Folder {
  readonly folder?: string;
}

/** A file that cannot be read tells nothing; starting the node says what is wrong with it. */
function read(file: string): unknown {
  try {
    return readJson(file);
  } catch {
    return undefined;
  }
}
