// Which applications are loaded, which run, and their environments. One per node. OTP: application_controller.
//
//   load ──► loaded ──start──► starting ──► running ──stop──► stopping ──► loaded ──unload──► gone
//                                             └─ the top process ends: loaded; a permanent one takes the node with it

import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { isUnderwayError, UnderwayError } from "../../error.ts";
import type { App } from "../../release/app.ts";
import type { Name } from "../../release/data.ts";
import type { BootApplication } from "../../release/rel.ts";
import { functionExported } from "../code/handle.ts";
import { handleOf } from "../code/modules.ts";
import type { Process } from "../process/process.ts";
import { type ExitReason, formatReason, thrownBehind } from "../process/reason.ts";
import { report } from "../process/report.ts";
import { type ApplicationCallbacks, startMaster, stopMaster, topOf } from "./application-master.ts";
import { bequeath, endBequest, type KeptProcess, keepProcess } from "./heritage.ts";

/** What happens to the node when the application ends by itself. */
export type RunType = "permanent" | "transient" | "temporary";

/** An application's environment. */
export type Environment = Readonly<Record<string, unknown>>;

type Phase =
  | { readonly kind: "loaded" }
  | { readonly kind: "starting" }
  /** A library application has no master. */
  | { readonly kind: "running"; readonly type: RunType; readonly master: Process | null }
  | { readonly kind: "stopping" };

interface Entry {
  /** The application file, and where the application lies. */
  application: BootApplication;
  env: Record<string, unknown>;
  phase: Phase;
  /** Called when the master has ended. */
  ended: (reason: ExitReason) => void;
}

/** What an application of the running release is, and its environment there. */
interface Known {
  readonly application: BootApplication;
  readonly env: Environment;
}

const entries = new Map<Name, Entry>();
/** The applications of the running release, loaded or not: what a name stands for. */
let known: ReadonlyMap<Name, Known> = new Map();
/** Names of the running ones, in the order in which they were started. */
const running = new Set<Name>();
/** Environments from before the change that `configChange` tells about; null when there was none. */
let environmentsBefore: ReadonlyMap<Name, Environment> | null = null;
let endNode = (_reason: string): void => {};
/** The target directory, in which the folders of applications lie. */
let root = "";

// API. The docstrings of what `underway/application` offers stand there.

export const load = (what: BootApplication | Name, env: Environment = {}): void => {
  const { application, env: configured } = typeof what === "string" ? knownOf(what) : { application: what, env: {} };
  const { name } = application.app;
  if (entries.has(name)) throw new UnderwayError("application/already_loaded", { app: name });
  const ownEnv = { ...application.app.env, ...configured, ...env };
  entries.set(name, { application, env: ownEnv, phase: { kind: "loaded" }, ended() {} });
};

export const unload = (name: Name): void => {
  const { phase } = entryOf(name);
  if (phase.kind !== "loaded") throw new UnderwayError("application/running", { app: name });
  entries.delete(name);
};

export const start = (name: Name, type: RunType = "temporary"): Promise<void> => startAs(name, type, null);

/** As `start`; what the application's processes were before it was stopped they are again. */
export const startAs = async (name: Name, type: RunType, inPlaceOf: KeptProcess | null): Promise<void> => {
  if (!entries.has(name) && known.has(name)) load(name);
  const entry = entryOf(name);
  const { app } = entry.application;
  if (entry.phase.kind !== "loaded") throw new UnderwayError("application/already_started", { app: name });
  for (const needed of app.applications) {
    if (app.optionalApplications?.includes(needed) || running.has(needed)) continue;
    throw new UnderwayError("application/not_started", { app: needed, neededBy: name });
  }
  entry.phase = { kind: "starting" };
  const master = app.mod === undefined ? null : await startWithMaster(entry, type, inPlaceOf);
  entry.phase = { kind: "running", type, master };
  running.add(name);
  report({ level: "info", kind: "progress", message: `application "${name}" ${app.vsn} started` });
};

export const ensureAllStarted = async (name: Name, type: RunType = "temporary"): Promise<readonly Name[]> => {
  const started: Name[] = [];
  const visit = async (one: Name): Promise<void> => {
    if (running.has(one)) return;
    const { app } = entryOf(one).application;
    for (const needed of app.applications) {
      if (!app.optionalApplications?.includes(needed) || entries.has(needed)) await visit(needed);
    }
    await start(one, type);
    started.push(one);
  };
  try {
    await visit(name);
  } catch (thrown) {
    // As OTP: what was started for it is stopped again.
    for (const one of started.reverse()) await stop(one);
    throw thrown;
  }
  return started;
};

export const stop = async (name: Name): Promise<void> => {
  const entry = entryOf(name);
  const { phase } = entry;
  if (phase.kind !== "running") throw new UnderwayError("application/not_started", { app: name, neededBy: null });
  entry.phase = { kind: "stopping" };
  running.delete(name);
  const { master } = phase;
  if (master?.alive) {
    await new Promise<void>((resolve) => {
      entry.ended = () => resolve();
      stopMaster(master);
    });
  }
  entry.phase = { kind: "loaded" };
  report({ level: "info", kind: "progress", message: `application "${name}" stopped` });
};

/** The running ones, the one started last first. */
export const runningApplications = (): readonly { readonly app: App; readonly type: RunType }[] =>
  [...running].reverse().flatMap((name) => {
    const { application, phase } = entryOf(name);
    return phase.kind === "running" ? [{ app: application.app, type: phase.type }] : [];
  });

export const loadedApplications = (): readonly App[] => [...entries.values()].map(({ application }) => application.app);

export const privDir = (name: Name): string => join(resolve(root, entryOf(name).application.folder), "priv");

/** Undefined for an application that is not loaded: OTP's undefined. */
export const environment = (name: Name): Environment | undefined => entries.get(name)?.env;

export const setEnv = (name: Name, key: string, value: unknown): void => {
  entryOf(name).env[key] = value;
};

// For the release handler.

/** The top process of a running application and all below it, to be asked for before it is stopped. */
export const keep = (name: Name): KeptProcess | null => {
  const { phase } = entryOf(name);
  const top = phase.kind === "running" && phase.master !== null ? topOf(phase.master) : null;
  return top === null ? null : keepProcess(top);
};

/** Says what is to be done when an application has ended without which the node must not go on. Default: nothing. */
export const onNodeEnd = (hook: (reason: string) => void): void => {
  endNode = hook;
};

/** Where the folders of applications lie; set at boot. */
export const setRoot = (path: string): void => {
  root = path;
};

/** Stops and unloads everything, last started first. */
export const stopAll = async (): Promise<void> => {
  for (const name of [...running].reverse()) await stop(name);
  for (const [name, { phase }] of entries) if (phase.kind === "loaded") entries.delete(name);
};

/**
 * From now on these are the applications of the running release. Gives the loaded ones among them their new data and
 * environment, and remembers the old environments for `configChange`. Synchronous, cannot fail. Returns the undo.
 * Environments set by `setEnv` are lost, as in OTP.
 */
export const changeApplications = (
  applications: readonly BootApplication[],
  environments: ReadonlyMap<Name, Environment>,
): (() => void) => {
  const knownBefore = known;
  known = new Map(
    applications.map((application) => [
      application.app.name,
      { application, env: environments.get(application.app.name) ?? {} },
    ]),
  );
  environmentsBefore = new Map([...running].map((name) => [name, entryOf(name).env]));
  const before = applications.flatMap((application) => {
    const entry = entries.get(application.app.name);
    if (entry === undefined) return [];
    const { application: formerly, env } = entry;
    entry.application = application;
    entry.env = { ...application.app.env, ...environments.get(application.app.name) };
    return [{ entry, application: formerly, env }];
  });
  return () => {
    known = knownBefore;
    environmentsBefore = null;
    for (const { entry, application, env } of before) Object.assign(entry, { application, env });
  };
};

/**
 * Tells each running application what `changeApplications` has changed in its environment; all of it is new to one that
 * was started since. An application that fails is reported, and does not keep the others from being told.
 *
 * OTP: application_controller:config_change/1
 */
export const configChange = async (): Promise<void> => {
  const before = environmentsBefore;
  environmentsBefore = null;
  if (before === null) return;
  for (const name of [...running]) {
    const { application, env } = entryOf(name);
    const former = before.get(name) ?? {};
    const { mod } = application.app;
    if (mod === undefined || isDeepStrictEqual(former, env)) continue;
    const callbacks = handleOf(mod.module) as unknown as ApplicationCallbacks;
    if (!functionExported(callbacks, "configChange")) continue;
    const pick = (test: (key: string) => boolean): Environment =>
      Object.fromEntries(Object.entries(env).filter(([key]) => test(key)));
    try {
      await callbacks.configChange?.(
        pick((key) => key in former && !isDeepStrictEqual(former[key], env[key])),
        pick((key) => !(key in former)),
        Object.keys(former).filter((key) => !(key in env)),
      );
    } catch (error) {
      const message = `configChange of application "${name}" failed`;
      report({ level: "error", kind: "application_report", message, error });
    }
  }
};

// Internal.

/** Behind nested failures to start: the modules on the way, and what the last one threw. */
const rootOf = (thrown: unknown): { readonly modules?: readonly string[]; readonly root?: string } => {
  const modules: string[] = [];
  let at = thrown;
  while (isUnderwayError(at, "gen_server/init_failed") && at.cause !== undefined) {
    modules.push(at.details.module);
    at = at.cause;
  }
  return at instanceof Error ? { modules, root: at.message } : {};
};

const knownOf = (name: Name): Known => {
  const found = known.get(name);
  if (found === undefined) throw new UnderwayError("application/not_known", { app: name, known: [...known.keys()] });
  return found;
};

const entryOf = (name: Name): Entry => {
  const entry = entries.get(name);
  if (entry === undefined) throw new UnderwayError("application/not_loaded", { app: name });
  return entry;
};

/** Resolves when the application module has started it. From then on the end of its top process is `topEnded`. */
const startWithMaster = (entry: Entry, type: RunType, inPlaceOf: KeptProcess | null): Promise<Process> =>
  new Promise((resolve, reject) => {
    const { app } = entry.application;
    entry.ended = (reason) => {
      entry.phase = { kind: "loaded" };
      const cause = thrownBehind(reason);
      const details = { app: app.name, reason: formatReason(reason), ...rootOf(cause) };
      reject(new UnderwayError("application/start_failed", details, cause === undefined ? undefined : { cause }));
    };
    const callbacks = handleOf(app.mod?.module ?? "") as unknown as ApplicationCallbacks;
    const master = startMaster(app, callbacks, {
      started() {
        endBequest(master);
        entry.ended = (reason) => topEnded(app.name, entry, type, reason);
        resolve(master);
      },
      ended(reason) {
        endBequest(master);
        entry.ended(reason);
      },
    });
    if (inPlaceOf !== null) bequeath(master, inPlaceOf);
  });

/** As application_controller does when a master has ended by itself. */
const topEnded = (name: Name, entry: Entry, type: RunType, reason: ExitReason): void => {
  entry.phase = { kind: "loaded" };
  running.delete(name);
  const endsNode = type === "permanent" || (type === "transient" && reason !== "normal");
  const message = `application "${name}" (${type}) has ended: ${formatReason(reason)}`;
  report({ level: endsNode ? "error" : "notice", kind: "application_report", message });
  if (endsNode) endNode(message);
};
