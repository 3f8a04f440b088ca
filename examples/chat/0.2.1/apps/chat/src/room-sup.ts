// chat_room_sup (simple_one_for_one)
//   └── room:<name>, one for each room; started when somebody first enters it

import { mfa, named } from "underway/process";
import * as Supervisor from "underway/supervisor";
import * as Room from "./room.ts";
import * as self from "./room-sup.ts";

export const behaviour = "supervisor";

// API.

export const startLink = (): Promise<Supervisor.Pid<typeof self>> =>
  Supervisor.startLink(self, null, { name: "chat_room_sup" });

/** The room of this name; started if there is none. */
export const open = async (name: string): Promise<Room.RoomPid> => {
  const known = Room.find(name);
  if (known !== null) return known;
  try {
    return await Supervisor.startChild(roomSup, name);
  } catch (error) {
    // Two may enter a new room at the same moment; the second start is refused, since the name is taken.
    const other = Room.find(name);
    if (other === null) throw error;
    return other;
  }
};

const roomSup = named<typeof self>("chat_room_sup");

// Callbacks.

export const init = () =>
  Supervisor.ok({ strategy: "simple_one_for_one", intensity: 10 }, [{ id: "room", start: mfa(Room, "startLink") }]);
