// chat_session_sup (simple_one_for_one)
//   └── a session for each connected client; never restarted, since a client connects again

import type * as Connection from "underway/connection";
import { mfa, named } from "underway/process";
import * as Supervisor from "underway/supervisor";
import * as App from "./app.ts";
import type { Event } from "./protocol.ts";
import * as Session from "./session.ts";
import * as self from "./session-sup.ts";

export const behaviour = "supervisor";

// API.

export const startLink = (): Promise<Supervisor.Pid<typeof self>> =>
  Supervisor.startLink(self, null, { name: "chat_session_sup" });

/** Starts the process behind a socket that has just been connected. */
export const startSession = (socket: Connection.Socket, request: Connection.Request): Promise<Session.SessionPid> =>
  Supervisor.startChild(sessionSup, socket, request);

/** Tells every client something. */
export const tellAll = async (event: Event): Promise<void> => {
  for (const { pid } of await Supervisor.whichChildren(sessionSup)) {
    if (pid !== null) Session.deliver(pid as Session.SessionPid, event);
  }
};

/** Tells every client which release runs. The appup has it called at the end of an upgrade. */
export const announce = (): Promise<void> => tellAll({ type: "release", release: App.release() });

const sessionSup = named<typeof self>("chat_session_sup");

// Callbacks.

export const init = () =>
  Supervisor.ok({ strategy: "simple_one_for_one" }, [
    { id: "session", start: mfa(Session, "startLink"), restart: "temporary" },
  ]);
