// One node per `var/<instance>`: a lock file that names its holder. A holder that was killed holds nothing, which its start
// time tells even when another process has been given its number.

import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { UnderwayError } from "../../error.ts";

interface Holder {
  readonly pid: number;
  /** Start time in clock ticks since boot, from /proc; null where there is no /proc. */
  readonly started: string | null;
}

/** Takes the lock; throws `node/already_running` if a living process holds it. Returns the way to give it back. */
export const takeLock = (file: string): (() => void) => {
  mkdirSync(dirname(file), { recursive: true });
  const mine = `${file}.${process.pid}`;
  const me: Holder = { pid: process.pid, started: startTime(process.pid) };
  writeFileSync(mine, JSON.stringify(me));
  try {
    // A link is made whole or not at all, and fails if the name exists.
    for (;;) {
      try {
        linkSync(mine, file);
        break;
      } catch (thrown) {
        if ((thrown as NodeJS.ErrnoException).code !== "EEXIST") throw thrown;
      }
      const holder = readHolder(file);
      if (holder !== null && isAlive(holder)) {
        throw new UnderwayError("node/already_running", { pid: holder.pid, file });
      }
      clearStale(file, holder);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  return () => {
    if (readHolder(file)?.pid === process.pid) rmSync(file, { force: true });
  };
};

/** The living holder's process number, or null. */
export const lockHolder = (file: string): number | null => {
  const holder = readHolder(file);
  return holder !== null && isAlive(holder) ? holder.pid : null;
};

// Internal.

/** Moves a dead holder's file away. If somebody else was quicker, and this is his, it is put back. */
const clearStale = (file: string, stale: Holder | null): void => {
  const aside = `${file}.${process.pid}.stale`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  const moved = readHolder(aside);
  if (moved !== null && (moved.pid !== stale?.pid || moved.started !== stale.started)) linkSync(aside, file);
  rmSync(aside, { force: true });
};

const readHolder = (file: string): Holder | null => {
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    return typeof value === "object" && value !== null && "pid" in value ? (value as Holder) : null;
  } catch {
    return null;
  }
};

const isAlive = (holder: Holder): boolean => {
  try {
    process.kill(holder.pid, 0);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return holder.started === startTime(holder.pid) && !isZombie(holder.pid);
};

const stat = (pid: number): string[] | null => {
  try {
    // The second field, the command in parentheses, may contain blanks; what follows it may not.
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return null;
  }
};

const startTime = (pid: number): string | null => stat(pid)?.[19] ?? null;
const isZombie = (pid: number): boolean => stat(pid)?.[0] === "Z";
