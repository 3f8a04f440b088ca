// The names that a console starts with: Underway's parts under the names they have in code, and a few helpers.

import { AsyncResource } from "node:async_hooks";
import { UnderwayError } from "../../error.ts";
import * as Application from "../behaviour/application.ts";
import * as GenServer from "../behaviour/gen-server.ts";
import * as Supervisor from "../behaviour/supervisor.ts";
import * as sys from "../behaviour/sys.ts";
import * as code from "../code/index.ts";
import * as ReleaseHandler from "../handler/index.ts";
import * as Process from "../process/index.ts";

/** Made while no process runs: what is called in it belongs to none. */
const outside = new AsyncResource("UnderwayConsole");

/**
 * An operation on the releases must not end with the console's process, which an interrupt kills. So it is begun outside
 * of it; only who waits for it is interrupted.
 */
const detached =
  <A extends unknown[], R>(fn: (...args: A) => Promise<R>) =>
  (...args: A): Promise<R> =>
    outside.runInAsyncScope(() => Promise.resolve().then(() => fn(...args)));

// API.

/** The handle of a module of the release: `module("chat/room")`. */
export const loadedModule = (id: string): object => {
  if (!code.isLoaded(id)) throw new UnderwayError("control/no_such_module", { module: id });
  return code.handleOf(id);
};

/** A living process by its number, or as it is printed: `pid(42)`, `pid("<0.42.0>")`. Null when there is none. */
export const livingPid = (number: number | string): Process.Pid | null => {
  const id = typeof number === "number" ? number : Number(/^<?(?:0\.)?(\d+)/.exec(number)?.[1]);
  return Process.processes().find((pid) => pid.id === id) ?? null;
};

export const consoleBindings = (): Readonly<Record<string, unknown>> => ({
  Process,
  GenServer,
  Supervisor,
  Application,
  sys,
  code,
  Pid: Process.Pid,
  ReleaseHandler: {
    ...ReleaseHandler,
    unpackRelease: detached(ReleaseHandler.unpackRelease),
    setUnpacked: detached(ReleaseHandler.setUnpacked),
    checkInstallRelease: detached(ReleaseHandler.checkInstallRelease),
    installRelease: detached(ReleaseHandler.installRelease),
    makePermanent: detached(ReleaseHandler.makePermanent),
    removeRelease: detached(ReleaseHandler.removeRelease),
  },
  module: loadedModule,
  pid: livingPid,
});
