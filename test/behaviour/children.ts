// Children for supervisors, made for tests: their names, their starts and their ends are written down.

import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import { type CallClauses, type Context, ignore, ok, reply, stopInit } from "../../src/runtime/behaviour/gen-server.ts";
import * as Supervisor from "../../src/runtime/behaviour/supervisor.ts";
import * as Process from "../../src/runtime/process/index.ts";

/** What has happened, in order: `start a`, `end a shutdown`. */
export const log: string[] = [];
/** What the next starts of a child do instead of running: as many entries, as many starts. */
export const nextStarts = new Map<string, ("fail" | "ignore" | "nonsense")[]>();

/** A child that traps exits, so that it says its last words. */
export const Child = {
  startLink(name: string): Promise<Process.Pid<typeof ChildServer>> {
    if (nextStarts.get(name)?.[0] === "nonsense") {
      nextStarts.get(name)?.shift();
      return Promise.resolve("nonsense" as never);
    }
    return GenServer.startLink(ChildServer, { name });
  },
  /** As startLink, and registers the child, so that a test finds the one that runs at a moment. */
  startNamed: (name: string): Promise<Process.Pid<typeof ChildServer>> =>
    GenServer.startLink(ChildServer, { name }, { name: `child ${name}` }),
};
export const ChildServer = {
  init({ name }: { name: string }) {
    const then = nextStarts.get(name)?.shift();
    if (then === "fail") return stopInit("cannot");
    if (then === "ignore") return ignore;
    Process.trapExit(true);
    log.push(`start ${name}`);
    return ok<{ name: string }>({ name });
  },
  handleCall: { name: ({ state }) => reply(state.name, state) } satisfies CallClauses<{ name: string }>,
  terminate({ state }: Context<{ name: string }>, reason: Process.ExitReason) {
    log.push(`end ${state.name} ${Process.formatReason(reason)}`);
  },
};

export interface Spec extends Omit<Supervisor.ChildSpec, "start"> {
  readonly start?: Supervisor.ChildSpec["start"];
}

/** A specification of a child that calls itself by its id. */
export const child = (id: string, more: Partial<Spec> = {}): Supervisor.ChildSpec => ({
  id,
  start: Process.mfa(Child, "startLink", id),
  ...more,
});

/** A supervisor module that returns `result` from its init; tests change it under the process. */
export const supervisorOf = (result: unknown) => ({
  behaviour: "supervisor" as const,
  init: (_arg: null) => result as ReturnType<typeof Supervisor.ok>,
});

/** Starts a supervisor of these children. */
export const startSup = (
  flags: Supervisor.Flags,
  children: readonly Supervisor.ChildSpec[],
): Promise<Process.Pid<ReturnType<typeof supervisorOf>>> =>
  Supervisor.startLink(supervisorOf({ kind: "ok", flags, children }), null);

/** The running children by id. */
export const pidsOf = async (supervisor: Process.Pid): Promise<Record<string, Process.Pid | null>> =>
  Object.fromEntries((await Supervisor.whichChildren(supervisor)).map(({ id, pid }) => [id, pid]));

/** Empties the log and returns what stood in it. */
export const takeLog = (): string[] => log.splice(0);
