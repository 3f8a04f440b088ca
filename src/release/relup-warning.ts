// What does not stop a relup from being made, but should be known. OTP: systools_relup:format_warning/1.

import type { Name, Vsn } from "./data.ts";

/** A warning. Reasons are OTP's; the last two are ours. */
export type RelupWarning =
  | { readonly reason: "bad_vsn"; readonly app: Name; readonly appupVsn: Vsn; readonly appVsn: Vsn }
  | { readonly reason: "erts_vsn_changed"; readonly top: RuntimeOf; readonly base: RuntimeOf }
  | { readonly reason: "underway_vsn_changed"; readonly top: Vsn; readonly base: Vsn }
  /** No appup leads directly from the first version to the last. */
  | { readonly reason: "composed"; readonly app: Name; readonly path: readonly Vsn[] };

export interface RuntimeOf {
  readonly release: Vsn;
  readonly runtime: Vsn;
}

/** Says in one sentence what a warning is about. */
export function formatWarning(warning: RelupWarning): string {
  switch (warning.reason) {
    case "bad_vsn":
      return `the appup of "${warning.app}" says version ${warning.appupVsn}, the application is ${warning.appVsn}`;
    case "erts_vsn_changed":
      return (
        `the runtime is ${warning.base.runtime} in ${warning.base.release} and ${warning.top.runtime} in ` +
        `${warning.top.release}: the upgrade restarts the node`
      );
    case "composed":
      return (
        `no appup of "${warning.app}" leads directly from ${warning.path[0]} to ${warning.path.at(-1)}: the script is ` +
        `composed of ${warning.path.join(" -> ")}`
      );
    case "underway_vsn_changed":
      return `underway is ${warning.base} in one release and ${warning.top} in the other: the upgrade restarts the node`;
  }
}
