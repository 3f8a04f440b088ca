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
  /** npm packages: folder below the target directory (`lib/ws-8.23.0-<hash>`), by name and version. */
  readonly packages: readonly { readonly name: Name; readonly vsn: Vsn; readonly folder: string }[];
  /** SHA-256, hexadecimal, of every regular file of the release, by path from the target directory; this file excepted. */
  readonly files: { readonly [path: string]: string };
}

export interface ManifestModule {
  readonly app: Name;
  /** Path of the object code from the target directory. */
  readonly file: string;
  /** Hash of the object code's content: the version's name. */
  readonly hash: string;
}
