// Who is where: processes are tracked under a topic, and forgotten when they end, whatever they end of.

import * as GenServer from "underway/gen-server";
import {
  type CallClauses,
  type CastClauses,
  type CodeChange,
  type Context,
  named,
  noreply,
  ok,
  type Pid,
  reply,
} from "underway/gen-server";
import * as Process from "underway/process";
import * as self from "./tracker.ts";

export const vsn = 2;

export interface State {
  readonly tracked: readonly Tracked[];
}
interface Tracked {
  readonly topic: string;
  readonly pid: Pid;
  /** Whom it stands for. */
  readonly name: string;
  readonly monitor: Process.Ref;
  /** When it came, in milliseconds since 1970; unknown of those that release 0.1.0 tracked. */
  readonly sinceMs?: number;
}
interface StateV1 {
  readonly tracked: readonly Omit<Tracked, "sinceMs">[];
}

/** A topic and the names tracked under it, in the order of their arrival. */
export interface Topic {
  readonly name: string;
  readonly members: readonly string[];
  /** When the first of them came; absent if that is not known. */
  readonly sinceMs?: number;
}

// API.

export const startLink = (): Promise<Pid<typeof self>> => GenServer.startLink(self, null, { name: "presence_tracker" });

/** Tracks a process under a topic until it is untracked or ends. */
export const track = (topic: string, pid: Pid, name: string): void =>
  GenServer.cast(tracker, "track", topic, pid, name);

export const untrack = (topic: string, pid: Pid): void => GenServer.cast(tracker, "untrack", topic, pid);

/** Every topic that somebody is tracked under. */
export const topics = (): Promise<readonly Topic[]> => GenServer.call(tracker, "topics");

const tracker = named<typeof self>("presence_tracker");

// Callbacks.

export const init = () => ok<State>({ tracked: [] });

export const handleCall = {
  topics: ({ state }) => reply(topicsOf(state), state),
} satisfies CallClauses<State>;

export const handleCast = {
  track: ({ state }, topic: string, pid: Pid, name: string) =>
    noreply({
      tracked: [...state.tracked, { topic, pid, name, monitor: Process.monitor(pid), sinceMs: Date.now() }],
    }),
  untrack({ state }, topic: string, pid: Pid) {
    const gone = state.tracked.filter((each) => each.topic === topic && each.pid === pid);
    for (const each of gone) Process.demonitor(each.monitor);
    return noreply({ tracked: state.tracked.filter((each) => !gone.includes(each)) });
  },
} satisfies CastClauses<State>;

export const handleInfo = ({ state }: Context<State>, message: unknown) => {
  const { type, ref } = message as Partial<Process.DownMessage>;
  if (type !== "DOWN") return noreply<State>(state);
  return noreply<State>({ tracked: state.tracked.filter((each) => each.monitor !== ref) });
};

export const codeChange = {
  up: { 1: (state: StateV1): State => state },
  down: { 1: (state: State): StateV1 => ({ tracked: state.tracked.map(({ sinceMs, ...tracked }) => tracked) }) },
} satisfies CodeChange<State>;

// Internal.

const topicsOf = (state: State): readonly Topic[] =>
  [...Map.groupBy(state.tracked, ({ topic }) => topic)].map(([name, tracked]) => {
    const sinceMs = tracked[0]?.sinceMs;
    return { name, members: tracked.map((each) => each.name), ...(sinceMs !== undefined && { sinceMs }) };
  });
