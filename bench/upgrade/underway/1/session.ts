// The process behind one client's WebSocket: sends each frame back, with how many it has had.
// As bench/upgrade/otp/1/bench_session.erl.

import * as Connection from "underway/connection";
import { noreply, ok, type Pid } from "underway/gen-server";
import * as self from "./session.ts";

export const behaviour = "connection";

export interface State {
  readonly frames: number;
}
export type SessionPid = Pid<typeof self>;

export const startLink = (socket: Connection.Socket): Promise<SessionPid> => Connection.startLink(self, socket, null);
export const init = (_: null) => ok<State>({ frames: 0 });
export const handleFrame = (
  { state, socket }: Connection.Context<State>,
  frame: Connection.Frame,
): ReturnType<typeof noreply<State>> => {
  const frames = state.frames + 1;
  socket.send(`${frame} ${frames}`);
  return noreply<State>({ ...state, frames });
};
