// The process behind one client's WebSocket: sends each frame back, with how many it has had.
// In 1.0.0 its state had another shape. As bench/upgrade/otp/2/bench_session.erl.

import * as Connection from "underway/connection";
import { type CodeChange, noreply, ok, type Pid } from "underway/gen-server";
import * as self from "./session.ts";

export const behaviour = "connection";

export const vsn = 2;
export interface State {
  readonly frames: number;
  readonly since: number;
}
interface StateV1 {
  readonly frames: number;
}
export type SessionPid = Pid<typeof self>;

export const startLink = (socket: Connection.Socket): Promise<SessionPid> => Connection.startLink(self, socket, null);
export const init = (_: null) => ok<State>({ frames: 0, since: 2 });
export const handleFrame = (
  { state, socket }: Connection.Context<State>,
  frame: Connection.Frame,
): ReturnType<typeof noreply<State>> => {
  const frames = state.frames + 1;
  socket.send(`${frame} ${frames}`);
  return noreply<State>({ ...state, frames });
};

export const codeChange = {
  up: { 1: (state: StateV1): State => ({ ...state, since: 1 }) },
  down: { 1: ({ frames }: State): StateV1 => ({ frames }) },
} satisfies CodeChange<State>;
