// The application `stats`: how often things happen.

import type { Pid } from "underway/process";
import * as StatsSup from "./sup.ts";

export const behaviour = "application";

export const start = (): Promise<Pid> => StatsSup.startLink();
