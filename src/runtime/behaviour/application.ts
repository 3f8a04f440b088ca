// `underway/application`: a named set of modules that is started and stopped as one. OTP: application.
//
//   import * as Application from "underway/application";
//   import * as ChatSup from "./chat-sup.ts";
//
//   export const behaviour = "application";
//   export const start = () => ChatSup.startLink();
//
// The functions below take an application's name, as an appup's apply gives it.

import type { App } from "../../release/app.ts";
import type { Name, Vsn } from "../../release/data.ts";
import type { BootApplication } from "../../release/rel.ts";
import type { Data } from "../process/data.ts";
import { development } from "../process/development.ts";
import type { Environment, RunType } from "./application-controller.ts";
import * as controller from "./application-controller.ts";

/** A running application. */
export interface RunningApplication {
  readonly name: Name;
  readonly vsn: Vsn;
  readonly description: string;
  readonly type: RunType;
}

// API.

/**
 * Loads an application: one of the running release by its name, or any by its data. `env` goes over its environment.
 *
 * Throws `application/already_loaded`, or `application/not_known` when the release has none of this name.
 *
 * OTP: application:load/1
 */
export const load = (application: BootApplication | Name, env?: Environment): void => controller.load(application, env);

/**
 * Forgets an application.
 *
 * Throws `application/not_loaded`, or `application/running` if it has not been stopped.
 *
 * OTP: application:unload/1
 */
export const unload = (name: Name): void => controller.unload(name);

/**
 * Starts an application, and loads it first if need be: calls `start` of its application module in a process of its own.
 *
 * Resolves when it runs. Rejects with `application/not_loaded`, `application/already_started`, with
 * `application/not_started` if an application that it needs does not run, with `application/start_failed` when its
 * module failed.
 *
 * `type` says what follows if its top process ends by itself: a permanent one ends the node, a transient one does unless
 * the reason is `normal`, a temporary one (default) is reported.
 *
 * OTP: application:start/2. Deviation: a start that fails is an error for the caller and nothing else, whatever the type.
 */
export const start = (name: Name, type?: RunType): Promise<void> => controller.start(name, type);

/**
 * Starts an application, and before it all those that it needs and that do not run yet. Resolves with their names in the
 * order in which they were started; if one fails, those are stopped again, and it rejects as `start` does.
 *
 * OTP: application:ensure_all_started/2
 */
export const ensureAllStarted = (name: Name, type?: RunType): Promise<readonly Name[]> =>
  controller.ensureAllStarted(name, type);

/**
 * Stops an application: `prepStop`, then its processes from the top supervisor down, then `stop`. Never ends the node.
 *
 * Rejects with `application/not_loaded` or `application/not_started`.
 *
 * OTP: application:stop/1
 */
export const stop = (name: Name): Promise<void> => controller.stop(name);

/** The running applications, the one started last first. OTP: application:which_applications/0. */
export const whichApplications = (): readonly RunningApplication[] =>
  controller.runningApplications().map(({ app: { name, vsn, description }, type }) => ({
    name,
    vsn,
    description,
    type,
  }));

/** The loaded applications, running or not, in the order in which they were loaded. OTP: application:loaded_applications/0. */
export const loadedApplications = (): readonly App[] => controller.loadedApplications();

/** A value of an application's environment; undefined if there is none, or no such application. OTP: application:get_env/2. */
export const getEnv = (name: Name, key: string): unknown => {
  const value = controller.environment(name)?.[key];
  if (development !== null) development.leaves(value, { what: `the environment "${name}.${key}"` });
  return value;
};

/** An application's environment; empty if there is no such application. OTP: application:get_all_env/1. */
export const getAllEnv = (name: Name): Environment => {
  const values = { ...controller.environment(name) };
  if (development !== null) development.leaves(values, { what: `the environment of "${name}"` });
  return values;
};

/**
 * Sets a value until the next upgrade, which puts the release's configuration in its place.
 *
 * Throws `application/not_loaded`.
 *
 * OTP: application:set_env/3
 */
export const setEnv = <T>(name: Name, key: string, value: Data<T>): void => controller.setEnv(name, key, value);

/**
 * The folder of an application's assets, `priv`, in the version that is loaded: ask anew after an upgrade.
 *
 * Throws `application/not_loaded`.
 *
 * OTP: code:priv_dir/1
 */
export const privDir = (name: Name): string => controller.privDir(name);

export type { Pid } from "../process/pid.ts";
export type { Environment, RunType } from "./application-controller.ts";
export type { ApplicationCallbacks, ApplicationStart } from "./application-master.ts";
