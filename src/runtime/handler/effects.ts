// Instructions with effects: apply, stop, start. Each is performed together with the way back, if there is one.
//
// What an apply does cannot be known, except for what Underway itself offers: starting and stopping applications and
// children have their inverse. Any other apply names its own: ["apply", mfa, { undo: mfa }].

import { isUnderwayError, UnderwayError } from "../../error.ts";
import type { Mfa, ModuleId } from "../../release/data.ts";
import * as Application from "../behaviour/application.ts";
import * as Supervisor from "../behaviour/supervisor.ts";
import { handleOf } from "../code/modules.ts";
import { formatMfa } from "../process/mfa.ts";
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

/** Performs an apply. Resolves with its inverse. */
export const apply = async (mfa: Mfa, undo: Mfa | null): Promise<Inverse> => {
  const inverse = undo === null ? await knownInverse(mfa) : () => callMfa(undo);
  try {
    await callMfa(mfa);
  } catch (thrown) {
    throw new UnderwayError(
      "release/apply_failed",
      { mfa: formatMfa(mfa), reason: firstLine(thrown) },
      { cause: thrown },
    );
  }
  return inverse;
};

/** Terminates the supervised processes of modules. Resolves with the way to restart them. OTP: the instruction `stop`. */
export const stopProcesses = async (modules: readonly ModuleId[], stopped: StoppedChild[]): Promise<Inverse> => {
  const mine: StoppedChild[] = [];
  for (const module of modules) {
    for (const process of [...processesOf(handleOf(module))]) {
      const supervisor = process.parent;
      if (supervisor?.process?.body.name !== "supervisor") continue;
      const children = await Supervisor.whichChildren(supervisor);
      const child = children.find(({ pid }) => pid === process.pid);
      // The children of a simple_one_for_one supervisor have no id by which they could be restarted.
      if (child === undefined || child.id === null) continue;
      await Supervisor.terminateChild(supervisor, child.id);
      mine.push({ supervisor, id: child.id });
    }
  }
  stopped.push(...mine);
  return () => startProcesses(mine);
};

/** Restarts what `stopProcesses` has terminated. OTP: the instruction `start`. */
export const startProcesses = async (stopped: StoppedChild[]): Promise<void> => {
  for (const { supervisor, id } of stopped.splice(0)) await Supervisor.restartChild(supervisor, id);
};

export interface StoppedChild {
  readonly supervisor: Parameters<typeof Supervisor.restartChild>[0];
  readonly id: string;
}

// Internal.

/** The inverse of what Underway offers; asked for before the effect, while what it needs to know is still there. */
const knownInverse = async ({ module, function: name, args }: Mfa): Promise<Inverse> => {
  const [first, second] = args as [string, string];
  switch (`${module}:${name}`) {
    case "underway/application:start":
      return () => Application.stop(first);
    case "underway/application:stop": {
      const type = Application.whichApplications().find((running) => running.name === first)?.type;
      return type === undefined ? async () => {} : () => Application.start(first, type);
    }
    case "underway/supervisor:restartChild":
      return () => Supervisor.terminateChild(first, second);
    case "underway/supervisor:terminateChild":
      return () => unlessDone(Supervisor.restartChild(first, second));
    case "underway/supervisor:deleteChild": {
      const spec = await Supervisor.getChildSpec(first, second);
      return () => unlessDone(Supervisor.startChild(first, spec));
    }
    default:
      return null;
  }
};

/** A child may be back already: by the inverse before, or by the supervisor's own old specification. */
const unlessDone = async (restoring: Promise<unknown>): Promise<void> => {
  try {
    await restoring;
  } catch (thrown) {
    const done = ["supervisor/running", "supervisor/already_present", "supervisor/already_started"] as const;
    if (!done.some((code) => isUnderwayError(thrown, code))) throw thrown;
  }
};

const firstLine = (thrown: unknown): string =>
  String(thrown instanceof Error ? thrown.message : thrown).split("\n")[0] ?? "";
