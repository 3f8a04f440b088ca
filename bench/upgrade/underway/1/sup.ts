// bench_sup (one_for_one)
//   ├── bench_counter_sup   the counters
//   ├── bench_session_sup   one process per connected client
//   └── bench_listener      the sockets that the load comes through

import { mfa } from "underway/process";
import * as Supervisor from "underway/supervisor";
import * as CounterSup from "./counter-sup.ts";
import * as Listener from "./listener.ts";
import * as SessionSup from "./session-sup.ts";
import * as self from "./sup.ts";

export const behaviour = "supervisor";
export const startLink = (): Promise<Supervisor.Pid<typeof self>> =>
  Supervisor.startLink(self, null, { name: "bench_sup" });
export const init = () =>
  Supervisor.ok({ strategy: "one_for_one" }, [
    { id: "counter_sup", start: mfa(CounterSup, "startLink"), type: "supervisor" },
    { id: "session_sup", start: mfa(SessionSup, "startLink"), type: "supervisor" },
    { id: "listener", start: mfa(Listener, "startLink") },
  ]);
