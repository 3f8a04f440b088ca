// The callback module that the type tests of GenServers use: the example of design.md, section 6.

import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import {
  type CallClauses,
  type CastClauses,
  type CodeChange,
  noreply,
  ok,
  type Pid,
  reply,
} from "../../src/runtime/behaviour/gen-server.ts";
import * as self from "./counter.ts";

export const vsn = 2;
export interface State {
  readonly total: number;
  readonly step: number;
}
interface StateV1 {
  readonly total: number;
}

export const startLink = (total: number): Promise<Pid<typeof self>> =>
  GenServer.startLink(self, total, { name: "counter" });
export const add = (counter: Pid<typeof self>, by: number): Promise<number> => GenServer.call(counter, "add", by);

export const init = (total: number) => ok<State>({ total, step: 1 });
export const handleCall = {
  get: ({ state }) => reply(state.total, state),
  add({ state }, by: number) {
    const total = state.total + by * state.step;
    return reply(total, { ...state, total });
  },
  async slowly({ state }, names: readonly string[]) {
    await null;
    return reply(names.join(), state);
  },
  maybe: ({ state }) => (state.total > 0 ? reply("yes" as const, state) : reply("no" as const, state)),
} satisfies CallClauses<State>;
export const handleCast = { reset: ({ state }) => noreply({ ...state, total: 0 }) } satisfies CastClauses<State>;
export const codeChange = {
  up: { 1: (state: StateV1): State => ({ ...state, step: 1 }) },
  down: { 1: (state: State): StateV1 => ({ total: state.total }) },
} satisfies CodeChange<State>;
