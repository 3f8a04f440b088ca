// `manifest.json`: what a release consists of, with hashes. What runs is what was built (invariant 9).

import type { ModuleId, Name, Vsn } from "./data.ts";

export interface Manifest {
  readonly format: 1;
  readonly name: Name;
  readonly vsn: Vsn;
  /** Version of Node, and folder of it below the target directory: `runtime-24.21.0`. */
  readonly runtime: { readonly vsn: Vsn; readonly folder: string };
  /** Version of Underway, and folder of it below the target directory: `lib/underway-0.1.0`. */
  readonly underway: { readonly vsn: Vsn; readonly folder: string };
  readonly modules: { readonly [module: ModuleId]: ManifestModule };
  /** npm packages, sorted by folder. */
  readonly packages: readonly ManifestPackage[];
  /**
   * SHA-256, hexadecimal, of every regular file of the release, by path from the target directory. Not among them: this
   * file, and `bin/` and `releases/start.json`, which belong to the target directory that the release was first built
   * as.
   */
  readonly files: { readonly [path: string]: string };
}

export interface ManifestModule {
  readonly app: Name;
  /** Path of the object code from the target directory. */
  readonly file: string;
  /** Hash of the object code's content: the version's name. */
  readonly hash: string;
}

export interface ManifestPackage {
  readonly name: Name;
  readonly vsn: Vsn;
  /** Folder below the target directory: `lib/ws-8.23.0-<hash>`; the hash covers what it depends on. */
  readonly folder: string;
  /** The project declared that it may be loaded a second time beside the running one. */
  readonly relink?: true;
}
