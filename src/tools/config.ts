// `underway.config.ts`: what a project consists of. Public entry `underway/config`.
//
//   import { defineConfig } from "underway/config";
//   export default defineConfig({
//     applications: ["apps/chat", "apps/presence"],
//     releases: { chat: { vsn: "0.1.0", applications: { chat: "permanent", presence: "permanent" } } },
//   });
//
// OTP: the paths of `systools` and the terms of a `.rel` file, <https://www.erlang.org/doc/apps/sasl/rel.html>.

import type { StartType } from "../release/app.ts";
import type { Json, Name, Vsn } from "../release/data.ts";

export type { StartType } from "../release/app.ts";
export type { Json } from "../release/data.ts";

/** A project: where its applications are, and which releases are made of them. */
export interface Config {
  /** Folders of applications, from the folder of this file. Every one has a `package.json` and `src/`. */
  readonly applications: readonly string[];
  /** The releases that can be built, by name. */
  readonly releases: { readonly [name: Name]: ReleaseConfig };
}

/** One release. The application `underway` is added by itself, permanent and first. */
export interface ReleaseConfig {
  /** Version of the release. Two releases that run on one another never share it. */
  readonly vsn: Vsn;
  /** Which applications, and what happens when one of them ends. Their versions are those of their `package.json`. */
  readonly applications: { readonly [name: Name]: StartType | ReleaseApplication };
  /** Configuration by application and key; overrides the applications' `env`. OTP: sys.config. Default: none. */
  readonly config?: { readonly [app: Name]: { readonly [key: string]: Json } };
  /** npm packages that may be loaded a second time beside the running one at an upgrade. Default: none. */
  readonly relink?: readonly Name[];
}

export interface ReleaseApplication {
  /** Default: permanent. */
  readonly type?: StartType;
  /** Replaces the application's own `includedApplications`; a subset of it. */
  readonly includedApplications?: readonly Name[];
}

/** Returns its argument: it is there so that an editor completes and checks a configuration. */
export const defineConfig = (config: Config): Config => config;
