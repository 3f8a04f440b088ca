// Modules that the type tests of supervisors supervise.

import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import { type CallClauses, ok, reply } from "../../src/runtime/behaviour/gen-server.ts";
import * as Supervisor from "../../src/runtime/behaviour/supervisor.ts";
import * as RoomSup from "./supervisor-modules.ts";

export * as Room from "./supervisor-modules.ts";

export interface State {
  readonly name: string;
}
export const startRoom = (name: string, size: number): Promise<GenServer.Pid<typeof RoomServer>> =>
  GenServer.startLink(RoomServer, { name, size });
export const RoomServer = {
  init: ({ name }: { name: string; size: number }) => ok<State>({ name }),
  handleCall: { name: ({ state }) => reply(state.name, state) } satisfies CallClauses<State>,
};

// A supervisor of many rooms.
export const behaviour = "supervisor";
export const startLink = (): Promise<GenServer.Pid<typeof RoomSup>> => Supervisor.startLink(RoomSup, null);
export const init = (_arg: null) =>
  Supervisor.ok({ strategy: "simple_one_for_one" }, [
    { id: "room", start: Supervisor.mfa(RoomSup, "startRoom"), restart: "transient" },
  ]);
