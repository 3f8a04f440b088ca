// A counter whose state has another shape than in 1.0.0. As bench/upgrade/otp/2/counter.erl.

import { setTimeout as sleep } from "node:timers/promises";
import * as GenServer from "underway/gen-server";
import { type CallClauses, type CastClauses, type CodeChange, noreply, ok, type Pid, reply } from "underway/gen-server";
import * as Process from "underway/process";
import * as self from "./counter.ts";

export const vsn = 2;
export interface State {
  readonly total: number;
  readonly step: number;
}
interface StateV1 {
  readonly total: number;
}
export type CounterPid = Pid<typeof self>;
type Replied = ReturnType<typeof reply<number, State>>;
type Done = ReturnType<typeof noreply<State>>;

export const startLink = (total: number): Promise<CounterPid> => GenServer.startLink(self, total);
export const init = (total: number) => ok<State>({ total, step: 1 });

export const handleCall = {
  add({ state }, by: number): Replied {
    const total = state.total + by * state.step;
    return reply(total, { ...state, total });
  },
  get: ({ state }): Replied => reply(state.total, state),
  /** Asks the first counter of the way, which asks the next one. */
  async relay({ state }, way: readonly CounterPid[]): Promise<Replied> {
    const [next, ...rest] = way;
    if (next !== undefined) await GenServer.call(next, "relay", rest);
    return reply(state.total, state);
  },
} satisfies CallClauses<State>;

export const handleCast = {
  set: ({ state }, total: number): Done => noreply({ ...state, total }),
  /** Waits, asks others, and begins again: this counter is always inside a callback. */
  async work({ state }, pauseMs: number, way: readonly CounterPid[]): Promise<Done> {
    await sleep(pauseMs);
    if (way[0] !== undefined) await GenServer.call(way[0], "relay", way.slice(1));
    GenServer.cast(Process.self<typeof self>(), "work", pauseMs, way);
    return noreply(state);
  },
} satisfies CastClauses<State>;

export const codeChange = {
  up: {
    1: (state: StateV1): State => {
      if (state.total === -13) throw new RangeError("a counter that stands at -13 cannot be migrated");
      return { ...state, step: 1 };
    },
  },
  down: { 1: ({ total }: State): StateV1 => ({ total }) },
} satisfies CodeChange<State>;
