// The application whose upgrades are measured: counters, sessions behind sockets, and what drives them.

import type { Pid } from "underway/process";
import * as Sup from "./sup.ts";

export const behaviour = "application";
export const start = (): Promise<Pid> => Sup.startLink();
