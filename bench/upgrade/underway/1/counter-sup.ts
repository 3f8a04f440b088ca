import { mfa, named } from "underway/process";
import * as Supervisor from "underway/supervisor";
import * as Counter from "./counter.ts";
import * as self from "./counter-sup.ts";

export const behaviour = "supervisor";
export const startLink = (): Promise<Supervisor.Pid<typeof self>> =>
  Supervisor.startLink(self, null, { name: "bench_counter_sup" });
export const startCounter = (): Promise<Counter.CounterPid> =>
  Supervisor.startChild(named<typeof self>("bench_counter_sup"), 0);
export const init = () =>
  Supervisor.ok({ strategy: "simple_one_for_one" }, [
    { id: "counter", start: mfa(Counter, "startLink"), restart: "temporary" },
  ]);
