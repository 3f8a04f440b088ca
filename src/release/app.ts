// `<app>.app.json`: one application. OTP: app(5). See design.md 7.

import type { Json, ModuleId, Name, Vsn } from "./data.ts";

/** The application file. Field names are OTP's in camelCase. */
export interface App {
  readonly name: Name;
  readonly vsn: Vsn;
  readonly description: string;
  readonly modules: readonly ModuleId[];
  /** Names under which its processes register. */
  readonly registered: readonly string[];
  /** Applications that must be started before this one. */
  readonly applications: readonly Name[];
  readonly optionalApplications?: readonly Name[];
  readonly includedApplications?: readonly Name[];
  /** The application callback module and its argument; absent in a library application. */
  readonly mod?: { readonly module: ModuleId; readonly arg: Json };
  readonly env?: { readonly [key: string]: Json };
  readonly startPhases?: readonly { readonly phase: string; readonly arg: Json }[];
}

/** What happens to the node when a running application ends, or whether it is started at all. OTP: `.rel` types. */
export type StartType = "permanent" | "transient" | "temporary" | "load" | "none";
