// chat_sup (one_for_one)
//   ├── chat_room_sup      one process per room
//   ├── chat_session_sup   one process per connected client
//   ├── chat_listener      the HTTP server and its WebSockets
//   └── chat_pulse         tells everybody once a second how busy the chat is

import { mfa } from "underway/process";
import * as Supervisor from "underway/supervisor";
import * as Listener from "./listener.ts";
import * as Pulse from "./pulse.ts";
import * as RoomSup from "./room-sup.ts";
import * as SessionSup from "./session-sup.ts";
import * as self from "./sup.ts";

export const behaviour = "supervisor";

export const startLink = (): Promise<Supervisor.Pid<typeof self>> =>
  Supervisor.startLink(self, null, { name: "chat_sup" });

export const init = () =>
  Supervisor.ok({ strategy: "one_for_one" }, [
    { id: "room_sup", start: mfa(RoomSup, "startLink"), type: "supervisor" },
    { id: "session_sup", start: mfa(SessionSup, "startLink"), type: "supervisor" },
    { id: "listener", start: mfa(Listener, "startLink") },
    { id: "pulse", start: mfa(Pulse, "startLink") },
  ]);
