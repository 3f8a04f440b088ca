// stats_sup (one_for_one)
//   └── stats_counter

import { mfa } from "underway/process";
import * as Supervisor from "underway/supervisor";
import * as Counter from "./counter.ts";
import * as self from "./sup.ts";

export const behaviour = "supervisor";

export const startLink = (): Promise<Supervisor.Pid<typeof self>> =>
  Supervisor.startLink(self, null, { name: "stats_sup" });

export const init = () =>
  Supervisor.ok({ strategy: "one_for_one" }, [{ id: "counter", start: mfa(Counter, "startLink") }]);
