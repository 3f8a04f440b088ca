// What supervisors must accept and refuse; checked by the repository's tsc.

import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import * as Supervisor from "../../src/runtime/behaviour/supervisor.ts";
import type * as RoomSup from "./supervisor-modules.ts";
import { RoomServer, startRoom } from "./supervisor-modules.ts";

const Rooms = { startRoom, notAProcess: () => 5 };

// The children of simple_one_for_one: their arguments and pids are known.
const rooms = Supervisor.named<typeof RoomSup>("room-sup");
const room: GenServer.Pid<typeof RoomServer> = await Supervisor.startChild(rooms, "lobby", 5);
const name: string = await GenServer.call(room, "name");
// @ts-expect-error wrong argument
void Supervisor.startChild(rooms, 5, 5);
// @ts-expect-error missing argument
void Supervisor.startChild(rooms, "lobby");

// One specification for each static child.
const Top = {
  behaviour: "supervisor",
  init: (_size: number) => Supervisor.ok({}, [{ id: "a", start: Supervisor.mfa(Rooms, "startRoom", "a", 1) }]),
} as const;
const top = await Supervisor.startLink(Top, 5);
const added: GenServer.Pid<typeof RoomServer> = await Supervisor.startChild(top, {
  id: "b",
  start: Supervisor.mfa(Rooms, "startRoom", "b", 1),
});
// @ts-expect-error not a specification
void Supervisor.startChild(top, "b");
// @ts-expect-error wrong argument of init
void Supervisor.startLink(Top, "5");
// @ts-expect-error not a supervisor
void Supervisor.startLink(RoomServer, 5);

// By a name that nothing is known of: anything, as an appup's apply gives it.
const unknown: Supervisor.Pid = await Supervisor.startChild("room-sup", "lobby");

// @ts-expect-error an argument of start is missing
Supervisor.ok({}, [{ id: "a", start: Supervisor.mfa(Rooms, "startRoom", "a") }]);
// @ts-expect-error start does not return a pid
Supervisor.ok({}, [{ id: "a", start: Supervisor.mfa(Rooms, "notAProcess") }]);
// @ts-expect-error unknown strategy
Supervisor.ok({ strategy: "one_for_none" }, []);
// @ts-expect-error unknown restart
Supervisor.ok({}, [{ id: "a", start: Supervisor.mfa(Rooms, "startRoom", "a", 1), restart: "always" }]);
// @ts-expect-error misspelt field
Supervisor.ok({}, [{ id: "a", start: Supervisor.mfa(Rooms, "startRoom", "a", 1), shutdwon: 5 }]);
// @ts-expect-error an id is missing
Supervisor.ok({}, [{ start: Supervisor.mfa(Rooms, "startRoom", "a", 1) }]);
// @ts-expect-error simple_one_for_one has one specification
Supervisor.ok({ strategy: "simple_one_for_one" }, []);

void [name, added, unknown];
