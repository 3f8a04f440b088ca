// `<release>.rel.json`: one release: name, version, runtime version, applications. OTP: rel(5).
// `boot.json`: the same with every application file resolved and in load order. OTP: script(5).

import type { App, StartType } from "./app.ts";
import type { Name, Vsn } from "./data.ts";

export interface Rel {
  readonly name: Name;
  readonly vsn: Vsn;
  /** Version of Node, OTP's erts: "24.21.0". */
  readonly runtime: Vsn;
  /** The application `underway` must be among them, permanent; it stands for OTP's kernel, stdlib and sasl. */
  readonly applications: readonly RelApplication[];
}

export interface RelApplication {
  readonly name: Name;
  readonly vsn: Vsn;
  /** Default: permanent. */
  readonly type?: StartType;
  /** Replaces the application file's `includedApplications`; must be a subset of it. */
  readonly includedApplications?: readonly Name[];
}

/** `boot.json`: what a node loads and starts, in this order. */
export interface Boot {
  readonly format: 1;
  readonly name: Name;
  readonly vsn: Vsn;
  readonly runtime: Vsn;
  readonly applications: readonly BootApplication[];
}

export interface BootApplication {
  readonly app: App;
  readonly type: StartType;
  /** The application's folder below the target directory: `lib/chat-0.1.0`. */
  readonly folder: string;
  /** Included by another application, whose supervisors start it. */
  readonly included: boolean;
}
