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
import type { Pid } from "../process/pid.ts";
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

/** A child that was terminated, and what it takes to have it back. */
export interface StoppedChild {
  readonly supervisor: Pid;
  readonly id: string;
  readonly spec: Awaited<ReturnType<typeof Supervisor.getChildSpec>>;
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
      stopped.push({ supervisor, id: child.id, spec: await Supervisor.getChildSpec(supervisor, child.id) });
      await Supervisor.terminateChild(supervisor, child.id);
    }
  }
};

/** Restarts what `stopProcesses` has terminated, all that can be; then rejects if some could not. OTP: `start`. */
export const startProcesses = async (stopped: StoppedChild[]): Promise<void> => {
  const failures: unknown[] = [];
  for (const { supervisor, id, spec } of stopped.splice(0)) {
    try {
      // A temporary child is forgotten when it ends.
      if (spec.restart === "temporary") await unlessDone(Supervisor.startChild(supervisor, spec));
      else await unlessDone(Supervisor.restartChild(supervisor, id));
    } catch (thrown) {
      failures.push(thrown);
    }
  }
  if (failures.length > 0) {
    throw new UnderwayError("release/not_restarted", { reasons: failures.map(firstLine) }, { cause: failures[0] });
  }
};

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
