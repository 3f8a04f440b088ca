// `<release>-<vsn>.base.json`: all that a later build needs to know of a release in order to upgrade from it.
//
// Small enough to be committed: build machines rarely have the previous package. It holds facts, no code.

import type { App } from "./app.ts";
import type { Appup } from "./appup.ts";
import type { ModuleId, Name, Vsn } from "./data.ts";
import type { BehaviourName } from "./object-code.ts";
import type { Rel } from "./rel.ts";

export interface Base {
  readonly format: 1;
  readonly rel: Rel;
  /** Every application of the release, in the order of `rel`. */
  readonly apps: readonly App[];
  readonly modules: { readonly [module: ModuleId]: BaseModule };
  /**
   * What stands in each application's folder: SHA-256 of a file, or `-> target` of a link, by path in the folder. A folder
   * that is unpacked is never changed, so an application with the same version must have the same content.
   */
  readonly contents: { readonly [app: Name]: { readonly [path: string]: string } };
  /** Version of Node, and SHA-256 of its binary. */
  readonly runtime: { readonly vsn: Vsn; readonly hash: string };
  /** npm packages. `native`: it contains machine code, and so can be changed by a restart only. */
  readonly packages: readonly {
    readonly name: Name;
    readonly vsn: Vsn;
    readonly folder: string;
    readonly native: boolean;
  }[];
  /** The appups that its applications had when it was built. */
  readonly appups: { readonly [app: Name]: Appup };
  readonly declarations: Declarations;
}

/** What an appup is generated from. */
export interface BaseModule {
  readonly app: Name;
  readonly hash: string;
  readonly vsn: number;
  readonly behaviour: BehaviourName | null;
  readonly evaluationDependencies: readonly ModuleId[];
}

/** The types of a release: the declarations of its modules and all that they refer to. */
export interface Declarations {
  /**
   * Text by path. A module `chat/room` has `lib/chat/room.d.ts`; a package that it refers to lies in
   * `node_modules/<package>/`, its `package.json` included. Written to a folder, with `paths: { "*": ["./lib/*.d.ts"] }`
   * in a tsconfig.json, they are what tsc needs in order to check something against this release.
   */
  readonly files: { readonly [path: string]: string };
  /** Named instead of copied, by version: TypeScript's own library and Node's types. */
  readonly libraries: { readonly [name: Name]: Vsn };
}
