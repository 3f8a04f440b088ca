// What a supervisor answers: one clause per request. OTP: supervisor:handle_call/3.

import { UnderwayError } from "../../error.ts";
import { Pid } from "../process/pid.ts";
import { formatReason, thrownBehind } from "../process/reason.ts";
import { checkSpec } from "./child-spec.ts";
import { Child } from "./children.ts";
import { type KeptChild, type KeptProcess, keepChild } from "./heritage.ts";
import type { SystemAnswer } from "./loop.ts";
import type { StartOutcome, SupervisorLoop } from "./supervisor-loop.ts";

/** A child, as `whichChildren` shows it. */
export interface ChildInfo {
  /** Null for the children of a simple_one_for_one supervisor. OTP: undefined. */
  readonly id: string | null;
  /** Null while it does not run. */
  readonly pid: Pid | null;
  readonly restarting: boolean;
  readonly type: "worker" | "supervisor";
}

/** How many children there are. OTP: supervisor:count_children/1. */
export interface ChildCount {
  readonly specs: number;
  readonly active: number;
  readonly supervisors: number;
  readonly workers: number;
}

type Answer = (answer: SystemAnswer) => void;

/** Answers at once or when the operation is over; a request that must be refused is answered, too. */
export const answerRequest = (
  loop: SupervisorLoop,
  tag: string,
  args: readonly unknown[],
  answer: Answer,
): void | Promise<void> => {
  const answerWith = async (work: Promise<unknown>): Promise<void> => {
    try {
      answer({ ok: true, value: await work });
    } catch (error) {
      if (!loop.process.alive) throw error;
      answer({ ok: false, error });
    }
  };
  try {
    const result = perform(loop, tag, args);
    if (result instanceof Promise) return loop.during(() => answerWith(result));
    answer({ ok: true, value: result });
  } catch (error) {
    answer({ ok: false, error });
  }
};

// Internal.

const perform = (loop: SupervisorLoop, tag: string, args: readonly unknown[]): unknown => {
  const [first] = args;
  switch (tag) {
    case "which_children":
      return whichChildren(loop);
    case "count_children":
      return countChildren(loop);
    case "get_childspec":
      return find(loop, first, "getChildSpec").spec;
    case "start_child":
      return loop.dynamic ? startDynamic(loop, args) : startStatic(loop, first);
    case "terminate_child":
      return terminateChild(loop, first);
    case "restart_child":
      return restartChild(loop, first);
    case "delete_child":
      return deleteChild(loop, first);
    case "keep":
      return keepChild(find(loop, first, "terminateChild"), loop.children);
    case "put_back":
      return putBack(loop, first as KeptChild, args[1] === "with its state");
    default:
      throw new UnderwayError("gen_server/no_clause", { module: "underway/supervisor", callback: "handleCall", tag });
  }
};

/** Most recently started child first, as in OTP. */
const whichChildren = (loop: SupervisorLoop): readonly ChildInfo[] =>
  loop.children
    .list()
    .map(({ spec, pid, restarting }) => ({
      id: loop.dynamic ? null : spec.id,
      pid: restarting ? null : pid,
      restarting,
      type: spec.type,
    }))
    .reverse();

const countChildren = (loop: SupervisorLoop): ChildCount => {
  const children = loop.children.list();
  const supervisors = children.filter(({ spec }) => spec.type === "supervisor").length;
  return {
    specs: loop.dynamic ? 1 : children.length,
    active: children.filter((child) => child.running).length,
    supervisors,
    workers: children.length - supervisors,
  };
};

const startDynamic = async (loop: SupervisorLoop, extra: readonly unknown[]): Promise<Pid> => {
  const child = new Child(loop.children.template as NonNullable<typeof loop.children.template>, extra);
  return pidOf(loop, child, await loop.startChild(child));
};

const startStatic = (loop: SupervisorLoop, value: unknown): Promise<Pid> => {
  const spec = checkSpec(value, loop.flags);
  const { id } = spec;
  const there = loop.children.get(id);
  if (there !== undefined) {
    const { title: supervisor } = loop;
    if (there.pid === null) throw new UnderwayError("supervisor/already_present", { supervisor, id });
    throw new UnderwayError("supervisor/already_started", { supervisor, id, pid: String(there.pid) });
  }
  return startAdded(loop, loop.children.add(spec));
};

/** A new child that cannot be started is not kept; one whose `init` ignores is, without a process. */
const startAdded = async (loop: SupervisorLoop, child: Child): Promise<Pid> => {
  const outcome = await loop.startChild(child);
  if (outcome.kind === "failed") loop.children.remove(child);
  if (outcome.kind === "ignored") loop.children.ended(child);
  return pidOf(loop, child, outcome);
};

const restartChild = async (loop: SupervisorLoop, id: unknown): Promise<Pid> => {
  refuseIfDynamic(loop, "restartChild");
  const child = findStopped(loop, id, "restartChild");
  return pidOf(loop, child, await loop.startChild(child));
};

const deleteChild = (loop: SupervisorLoop, id: unknown): void => {
  refuseIfDynamic(loop, "deleteChild");
  loop.children.remove(findStopped(loop, id, "deleteChild"));
};

const terminateChild = (loop: SupervisorLoop, idOrPid: unknown): Promise<void> =>
  loop.endChild(find(loop, idOrPid, "terminateChild"));

/** A child stands where it stood, and runs if it ran. Resolves with whether it was started. */
const putBack = async (loop: SupervisorLoop, kept: KeptChild, withState: boolean): Promise<boolean> => {
  const { id, restart } = kept.child.spec;
  // A script goes on with what is there; only an undo brings back what was deleted. A temporary child deletes itself.
  if (!withState && restart !== "temporary") find(loop, id, "restartChild");
  const child = loop.children.putBack(
    kept,
    kept.order.map((one) => ({ child: one })),
  );
  if (kept.process === null) {
    if (child.running) await loop.endChild(child);
    child.neverStarted = kept.neverStarted;
    return false;
  }
  if (child.pid !== null) return false;
  await startKept(loop, child, withState ? kept.process : null);
  return true;
};

const startKept = async (loop: SupervisorLoop, child: Child, inPlaceOf: KeptProcess | null): Promise<Pid> =>
  pidOf(loop, child, await loop.startChild(child, inPlaceOf));

const refuseIfDynamic = (loop: SupervisorLoop, operation: string): void => {
  if (loop.dynamic) throw new UnderwayError("supervisor/simple_one_for_one", { supervisor: loop.title, operation });
};

const find = (loop: SupervisorLoop, idOrPid: unknown, operation: string): Child => {
  const byPid = idOrPid instanceof Pid;
  if (!byPid) refuseIfDynamic(loop, operation);
  const child = byPid ? loop.children.of(idOrPid) : loop.children.get(String(idOrPid));
  if (child !== undefined) return child;
  throw new UnderwayError("supervisor/not_found", { supervisor: loop.title, id: String(idOrPid) });
};

const findStopped = (loop: SupervisorLoop, idOrPid: unknown, operation: string): Child => {
  const child = find(loop, idOrPid, operation);
  const details = { supervisor: loop.title, id: child.spec.id };
  if (child.restarting) throw new UnderwayError("supervisor/restarting", details);
  if (child.pid !== null) throw new UnderwayError("supervisor/running", details);
  return child;
};

const pidOf = (loop: SupervisorLoop, child: Child, outcome: StartOutcome): Pid => {
  switch (outcome.kind) {
    case "started":
      return outcome.pid;
    case "ignored":
      throw outcome.thrown;
    case "failed": {
      const cause = thrownBehind(outcome.reason);
      const details = { supervisor: loop.title, id: child.spec.id, reason: formatReason(outcome.reason) };
      throw new UnderwayError("supervisor/start_failed", details, cause === undefined ? undefined : { cause });
    }
  }
};
