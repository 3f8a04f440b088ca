// presence_sup (one_for_one)
//   └── presence_tracker

import { mfa } from "underway/process";
import * as Supervisor from "underway/supervisor";
import * as self from "./sup.ts";
import * as Tracker from "./tracker.ts";

export const behaviour = "supervisor";

export const startLink = (): Promise<Supervisor.Pid<typeof self>> =>
  Supervisor.startLink(self, null, { name: "presence_sup" });

export const init = () =>
  Supervisor.ok({ strategy: "one_for_one" }, [{ id: "tracker", start: mfa(Tracker, "startLink") }]);
