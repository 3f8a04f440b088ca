// Instructions with effects: apply, stop, start. Each is performed together with the way back, if there is one.
//
// What an apply does cannot be known, except for what Underway itself offers: starting and stopping applications and
// children have their inverse. Any other apply names its own: ["apply", mfa, { undo: mfa }].

import { isUnderwayError, UnderwayError } from "../../error.ts";
import type { Mfa, ModuleId } from "../../release/data.ts";
import * as Application from "../behaviour/application.ts";
import * as controller from "../behaviour/application-controller.ts";
import { ask } from "../behaviour/gen.ts";
import type { KeptChild, KeptProcess } from "../behaviour/heritage.ts";
import * as Supervisor from "../behaviour/supervisor.ts";
import { handleOf } from "../code/modules.ts";
import { formatMfa } from "../process/mfa.ts";
import type { Dest, Pid } from "../process/pid.ts";
import { processesOf } from "../process/table.ts";
import { importUnderway, isUnderway } from "./externals.ts";

/** Takes an effect back. Null when it cannot be taken back. */
export type Inverse = (() => Promise<unknown>) | null;

/** Calls an exported function. What it returns is not looked at; a throw or a rejection is the caller's affair. */
export const callMfa = async ({ module, function: name, args }: Mfa): Promise<unknown> => {
  const target = isUnderway(module) ? await importUnderway(module) : handleOf(module);
  const fn = (target as Readonly<Record<string, unknown>>)[name];
  if (typeof fn !== "function") throw new UnderwayError("process/undef", { module, function: name });
  return fn(...args);
};

/** Performs an apply. Resolves with its inverse; what it is known to end is added to `ended` before. */
export const apply = async (mfa: Mfa, undo: Mfa | null, ended: KeptProcess[]): Promise<Inverse> => {
  const known = undo === null ? await knownInverse(mfa, ended) : null;
  try {
    await callMfa(mfa);
  } catch (thrown) {
    const details = { mfa: formatMfa(mfa), reason: firstLine(thrown) };
    // What has failed may have been done in part: an application that does not start is loaded all the same.
    await known?.().catch(() => {});
    throw new UnderwayError("release/apply_failed", details, { cause: thrown });
  }
  return undo === null ? known : () => callMfa(undo);
};

/** A child that was terminated, and what it takes to have it back as it was. */
export interface StoppedChild {
  readonly supervisor: Pid;
  readonly kept: KeptChild;
}

/**
 * Terminates the supervised processes of modules, and adds each to `stopped` before it does so: whatever happens under
 * way, the list says what to restart. OTP: the instruction `stop`.
 */
export const stopProcesses = async (modules: readonly ModuleId[], stopped: StoppedChild[]): Promise<void> => {
  for (const module of modules) {
    for (const process of [...processesOf(handleOf(module))]) {
      const supervisor = process.parent;
      if (supervisor?.process?.body.name !== "supervisor") continue;
      const children = await Supervisor.whichChildren(supervisor);
      const child = children.find(({ pid }) => pid === process.pid);
      // The children of a simple_one_for_one supervisor have no id by which they could be restarted.
      if (child === undefined || child.id === null) continue;
      stopped.push({ supervisor, kept: await keep(supervisor, child.id) });
      await Supervisor.terminateChild(supervisor, child.id);
    }
  }
};

/**
 * Starts what `stopProcesses` has terminated, all that can be; then rejects if some could not. Each stands where it stood.
 * Resolves with those that it has started. OTP: `start`.
 */
export const startProcesses = async (
  stopped: readonly StoppedChild[],
  how: "anew" | "with its state",
): Promise<readonly StoppedChild[]> => {
  const failures: unknown[] = [];
  const started: StoppedChild[] = [];
  for (const one of stopped) {
    try {
      if (await putBack(one, how)) started.push(one);
    } catch (thrown) {
      failures.push(thrown);
    }
  }
  if (failures.length > 0) {
    throw new UnderwayError("release/not_restarted", { reasons: failures.map(firstLine) }, { cause: failures[0] });
  }
  return started;
};

/** Ends again what a script has started, in reverse. */
export const endProcesses = async (started: readonly StoppedChild[]): Promise<void> => {
  for (const { supervisor, kept } of [...started].reverse()) {
    if (supervisor.process === null) continue;
    try {
      await Supervisor.terminateChild(supervisor, kept.child.spec.id);
    } catch (thrown) {
      if (!isUnderwayError(thrown, "supervisor/not_found")) throw thrown;
    }
  }
};

// Internal.

/** What the undo has to know of what a script has ended. */
const keep = (supervisor: Pid | string, id: string): Promise<KeptChild> =>
  ask(destOf(supervisor), "call", "keep", [id], "infinity");

const putBack = (
  { supervisor, kept }: { readonly supervisor: Pid | string; readonly kept: KeptChild },
  how: "anew" | "with its state",
): Promise<boolean> => ask(destOf(supervisor), "call", "put_back", [kept, how], "infinity");

const destOf = (supervisor: Pid | string): Dest => (typeof supervisor === "string" ? { name: supervisor } : supervisor);

const isLoaded = (name: string): boolean => Application.loadedApplications().some((loaded) => loaded.name === name);

const isRunning = (name: string): boolean => Application.whichApplications().some((running) => running.name === name);

/**
 * The inverse of what Underway offers: brings back what is there now, however far the effect has come. To be asked for before the effect, while what it needs to know is still there.
 */
const knownInverse = async ({ module, function: name, args }: Mfa, ended: KeptProcess[]): Promise<Inverse> => {
  const [first, second] = args as [string, string];
  switch (`${module}:${name}`) {
    case "underway/application:start": {
      const wasLoaded = isLoaded(first);
      const wasRunning = isRunning(first);
      return async () => {
        if (!wasRunning && isRunning(first)) await Application.stop(first);
        if (!wasLoaded && isLoaded(first)) Application.unload(first);
      };
    }
    case "underway/application:stop": {
      const type = Application.whichApplications().find((running) => running.name === first)?.type;
      if (type === undefined) return async () => {};
      const kept = controller.keep(first);
      if (kept !== null) ended.push(kept);
      return async () => {
        if (!isRunning(first)) await controller.startAs(first, type, kept);
      };
    }
    case "underway/supervisor:restartChild":
    case "underway/supervisor:terminateChild":
    case "underway/supervisor:deleteChild": {
      const kept = await keep(first, second);
      if (kept.process !== null) ended.push(kept.process);
      return () => putBack({ supervisor: first, kept }, "with its state");
    }
    default:
      return null;
  }
};

const firstLine = (thrown: unknown): string =>
  String(thrown instanceof Error ? thrown.message : thrown).split("\n")[0] ?? "";
