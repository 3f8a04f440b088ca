import type * as Connection from "underway/connection";
import { mfa, named } from "underway/process";
import * as Supervisor from "underway/supervisor";
import * as Session from "./session.ts";
import * as self from "./session-sup.ts";

export const behaviour = "supervisor";
export const startLink = (): Promise<Supervisor.Pid<typeof self>> =>
  Supervisor.startLink(self, null, { name: "bench_session_sup" });
export const startSession = (socket: Connection.Socket, _request: Connection.Request): Promise<Session.SessionPid> =>
  Supervisor.startChild(named<typeof self>("bench_session_sup"), socket);
export const init = () =>
  Supervisor.ok({ strategy: "simple_one_for_one" }, [
    { id: "session", start: mfa(Session, "startLink"), restart: "temporary" },
  ]);
