// Where things stand in a target directory (design.md 7). What is unpacked is never changed; what changes is in `var/`.

import { join } from "node:path";
import { UnderwayError } from "../../error.ts";
import type { Name, Vsn } from "../../release/data.ts";
import { isFileName } from "../../release/names.ts";

export interface Target {
  /** The target directory. */
  readonly root: string;
  /** Name of this node among those that share the directory. */
  readonly instance: string;
}

/** `releases/start.json` and `var/<instance>/start.json`: what the control script starts; the second goes before the first. */
export interface Start {
  readonly format: 1;
  readonly name: Name;
  readonly vsn: Vsn;
  /** Folder of the runtime, below the target directory. */
  readonly runtime: string;
  /** Folder of Underway, below the target directory. */
  readonly underway: string;
}

export const releasesFolder = ({ root }: Target): string => join(root, "releases");
/** Throws `release/illegal_form` for a version that could lead out of the folder of releases. */
export const releaseFile = (target: Target, vsn: Vsn, file: string): string => {
  if (!isFileName(vsn)) throw new UnderwayError("release/illegal_form", { field: "vsn", value: vsn });
  return join(releasesFolder(target), vsn, file);
};
export const varFolder = ({ root, instance }: Target): string => join(root, "var", instance);
export const varFile = (target: Target, file: string): string => join(varFolder(target), file);
export const firstStartFile = (target: Target): string => join(releasesFolder(target), "start.json");
