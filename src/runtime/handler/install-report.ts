// What an install did, in numbers. Times are milliseconds.

import type { ModuleId, Vsn } from "../../release/data.ts";
import type { LostMessages } from "../behaviour/foreign-messages.ts";
import type { Migration } from "./migration.ts";
import type { Switch } from "./plan.ts";
import type { ModuleRehearsal } from "./rehearsal.ts";

export interface InstallReport {
  readonly from: Vsn;
  readonly to: Vsn;
  readonly modulesLoaded: number;
  readonly modulesRemoved: number;
  readonly switches: number;
  /** Processes whose state was to be migrated. */
  readonly processes: number;
  /** Migrations run; more than there are processes when some kept working meanwhile. */
  readonly migrations: number;
  readonly rounds: number;
  /** Processes that were inside an asynchronous callback at the switch. */
  readonly late: number;
  /** Messages that waited, in mailboxes and with timers, and went through `messageChange` until now. */
  readonly messagesConverted: number;
  /** Messages that the other version would have known: calls that got an error, casts that were dropped. */
  readonly lostMessages: LostMessages;
  /** The longest synchronous turn of a switch: nothing else runs meanwhile. */
  readonly pauseMs: number;
  /** The longest time for which the event loop did not turn, from the start to success, whoever's fault it was. */
  readonly longestBlockMs: number;
  readonly durationMs: number;
  /** npm packages that have another copy now: `application specifier`. */
  readonly relinked: readonly string[];
  /** Folders of packages of other releases that stay in memory until the node ends: Node never lets go of one. */
  readonly keptPackages: readonly string[];
  /** Modules whose old code is still in use, and by which processes. */
  readonly oldCode: readonly { readonly module: ModuleId; readonly processes: readonly string[] }[];
}

/** What an install would be like. */
export interface RehearsalReport {
  readonly from: Vsn;
  readonly to: Vsn;
  readonly switches: number;
  /** Instructions with effects, before, between and behind the switches: `apply`, `stop`, `start`. */
  readonly effects: number;
  /** Each callback module whose processes' states are migrated. */
  readonly modules: readonly ModuleRehearsal[];
  /** What would be left to the switch if it were now; all else is done while everybody works. */
  readonly expectedPauseMs: number;
  readonly durationMs: number;
}

/** Adds up what the switches of an install did. */
export const countsOf = (
  switches: readonly Switch[],
  migrations: readonly Migration[],
): Pick<
  InstallReport,
  "modulesLoaded" | "modulesRemoved" | "switches" | "processes" | "migrations" | "rounds" | "late"
> => {
  const sum = <T>(all: readonly T[], of: (one: T) => number): number => all.reduce((total, one) => total + of(one), 0);
  return {
    modulesLoaded: sum(switches, ({ load }) => load.size),
    modulesRemoved: sum(switches, ({ remove }) => remove.size),
    switches: switches.length,
    processes: sum(migrations, ({ processes }) => processes),
    migrations: sum(migrations, ({ migrated }) => migrated),
    rounds: sum(migrations, ({ rounds }) => rounds),
    late: sum(migrations, ({ late }) => late),
  };
};
