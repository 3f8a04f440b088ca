// The application `presence`: who is where.

import type { Pid } from "underway/process";
import * as PresenceSup from "./sup.ts";

export const behaviour = "application";

export const start = (): Promise<Pid> => PresenceSup.startLink();
