// Registered names. A name belongs to one living process, a process has at most one. OTP: register/2, whereis/1.

import { UnderwayError } from "../../error.ts";
import { type Dest, Pid } from "./pid.ts";
import type { Process } from "./process.ts";
import { onProcessEnd } from "./table.ts";

const names = new Map<string, Process>();

onProcessEnd((process) => {
  if (process.registeredName !== null) names.delete(process.registeredName);
});

/** Throws `process/already_registered` when the name is taken. */
export const refuseTaken = (name: string): void => {
  const holder = names.get(name);
  if (holder !== undefined) throw new UnderwayError("process/already_registered", { name, pid: String(holder.pid) });
};

/** Throws `process/already_registered` when the name is taken, `process/has_name` when the process has one. */
export const registerName = (name: string, process: Process): void => {
  refuseTaken(name);
  const { registeredName } = process;
  if (registeredName !== null) {
    throw new UnderwayError("process/has_name", { name, pid: String(process.pid), registeredName });
  }
  names.set(name, process);
  process.registeredName = name;
};

/** True if the name was registered. */
export const unregisterName = (name: string): boolean => {
  const holder = names.get(name);
  if (holder !== undefined) holder.registeredName = null;
  return names.delete(name);
};

/** The living process behind a pid or a name, or null. */
export const lookUp = (dest: Dest): Process | null =>
  dest instanceof Pid ? dest.process : (names.get(dest.name) ?? null);

/** Every registered name, in order of registration. */
export const registeredNames = (): readonly string[] => [...names.keys()];

/** How a destination is named in messages to a person. */
export const formatDest = (dest: Dest): string => (dest instanceof Pid ? dest.toString() : `"${dest.name}"`);
