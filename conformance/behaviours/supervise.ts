// Plays a case of a supervisor as otp.escript does, and tells the same story in the same words.

import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import {
  type CastClauses,
  type Context,
  ignore,
  noreply,
  ok,
  stop,
  stopInit,
} from "../../src/runtime/behaviour/gen-server.ts";
import * as Supervisor from "../../src/runtime/behaviour/supervisor.ts";
import * as Process from "../../src/runtime/process/index.ts";
import type { SuperviseCase, SuperviseStep } from "./cases.ts";
import { endOf, inProcess, kindOf, type Trace } from "./world.ts";

const lines: string[] = [];
const nextStarts = new Map<string, string[]>();
const takeLog = (): string[] => lines.splice(0);

const Child = {
  /** One that is refused does not ask for its name, as in otp.escript. */
  startLink(id: string): Promise<Process.Pid> {
    const next = nextStarts.get(id)?.shift() ?? null;
    return GenServer.startLink(ChildServer, { id, next }, next === null ? { name: id } : {});
  },
};
const ChildServer = {
  init({ id, next }: { readonly id: string; readonly next: string | null }) {
    if (next === "fail") return stopInit("cannot");
    if (next === "ignore") return ignore;
    Process.trapExit(true);
    lines.push(`start ${id}`);
    return ok<string>(id);
  },
  handleCast: {
    stop: ({ state }, reason: string) => stop(reason, state),
  } satisfies CastClauses<string>,
  handleInfo: ({ state }: Context<string>, _message: unknown) => noreply<string>(state),
  terminate: ({ state }: Context<string>, reason: Process.ExitReason) =>
    void lines.push(`end ${state} ${Process.formatReason(reason)}`),
};

/** What happens, a list of lines for the start, for each step and for the end. */
export const supervise = (given: SuperviseCase): Promise<Trace> => {
  lines.length = 0;
  nextStarts.clear();
  return inProcess(() => play(given));
};

// Internal.

type Sup = Process.Pid;

const play = async ({ strategy, intensity, autoShutdown, children, steps }: SuperviseCase): Promise<Trace> => {
  Process.trapExit(true);
  const dynamic = strategy === "simple_one_for_one";
  const specOf = (id: string): Supervisor.ChildSpec => {
    const { restart, significant } = children.find((child) => child.id === id) as (typeof children)[number];
    return { id, start: Process.mfa(Child, "startLink", id), restart, significant };
  };
  const specs = dynamic
    ? [{ id: "child", start: Process.mfa(Child, "startLink"), restart: children[0]?.restart }]
    : children.map(({ id }) => specOf(id));
  const flags = { strategy, intensity, periodMs: 3_600_000, autoShutdown };
  const module = { behaviour: "supervisor", init: (_: null) => ({ kind: "ok", flags, children: specs }) };
  let sup: Sup;
  try {
    sup = await Supervisor.startLink(module as never, null as never);
  } catch (error) {
    return [[...takeLog(), `not started ${kindOf(error)}`]];
  }
  const end = endOf(sup);
  const trace: string[][] = [[...takeLog(), ...(await shown(sup, end, dynamic))]];
  for (const step of steps) {
    if (!Process.isAlive(sup)) {
      trace.push([]);
      continue;
    }
    const answer = await perform(sup, dynamic, specOf, step);
    await settle(sup);
    const log = takeLog();
    trace.push([...(dynamic ? log.sort() : log), ...answer, ...(await shown(sup, end, dynamic))]);
  }
  if (!Process.isAlive(sup)) return [...trace, []];
  Process.exit(sup, "shutdown");
  const last = [...[await end].map((reason) => `supervisor ended ${Process.formatReason(reason)}`)];
  const all = [...takeLog(), ...last];
  return [...trace, dynamic ? all.sort() : all];
};

const perform = async (
  sup: Sup,
  dynamic: boolean,
  specOf: (id: string) => Supervisor.ChildSpec,
  step: SuperviseStep,
): Promise<string[]> => {
  const [what, id] = step;
  switch (what) {
    case "start":
      return answerOf(Supervisor.startChild(sup as Sup, ...([dynamic ? id : specOf(id)] as const)));
    case "terminate": {
      const pid = Process.whereis(id);
      if (dynamic && pid === null) return ["nobody"];
      return answerOf(Supervisor.terminateChild(sup, dynamic ? (pid as Process.Pid) : id));
    }
    case "restart":
      return answerOf(Supervisor.restartChild(sup, id));
    case "delete":
      return answerOf(Supervisor.deleteChild(sup, id));
    case "kill":
      return to(id, (pid) => Process.exit(pid, "kill"));
    case "stop":
      return to(id, (pid) => GenServer.cast(pid as Process.Pid<typeof ChildServer>, "stop", step[2]));
    default:
      nextStarts.set(id, Array<string>(step[2]).fill(what));
      return [];
  }
};

const to = async (id: string, fn: (pid: Process.Pid) => void): Promise<string[]> => {
  const pid = Process.whereis(id);
  if (pid === null) return ["nobody"];
  const end = endOf(pid);
  fn(pid);
  await end;
  return [];
};

const answerOf = async (asked: Promise<unknown>): Promise<string[]> => {
  try {
    await asked;
    return ["ok"];
  } catch (error) {
    const kind = kindOf(error);
    if (kind === "ignore") return ["ok, ignored"];
    return kind === "noproc" || kind === "exited" ? ["supervisor gone"] : [`refused ${kind}`];
  }
};

/** Until nobody is being restarted. */
const settle = async (sup: Sup): Promise<void> => {
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve));
    const children = await Supervisor.whichChildren(sup).catch(() => null);
    if (children === null || !children.some(({ restarting }) => restarting)) return;
  }
};

const shown = async (sup: Sup, end: Promise<Process.ExitReason>, dynamic: boolean): Promise<string[]> => {
  const children = await Supervisor.whichChildren(sup).catch(() => null);
  if (children === null) return [`supervisor ended ${Process.formatReason(await end)}`];
  const { specs, active, supervisors, workers } = await Supervisor.countChildren(sup);
  const names = children
    .toReversed()
    .map(({ id, pid }) => (dynamic ? pid?.process?.registeredName : pid === null ? `${id}:none` : id));
  return [
    ["children", ...(dynamic ? names.sort() : names)].join(" "),
    `count ${specs} ${active} ${supervisors} ${workers}`,
  ];
};
