// What the runtime tells on Node's `diagnostics_channel`: processes, mailboxes, upgrades. Without a subscriber an event
// costs a look at its channel, and is not even made. OTP: erlang:trace/3 (procs), system_monitor/2, the reports of
// release_handler.

import { channel } from "node:diagnostics_channel";
import { runAsNobody } from "./context.ts";
import type { Pid } from "./pid.ts";
import type { ExitReason } from "./reason.ts";

/** A process was made; it runs when the scheduler comes to it. */
export interface ProcessStarted {
  readonly pid: Pid;
  /** Who started it with a link. */
  readonly parent: Pid | null;
  /** `gen_server`, `supervisor`, `connection`, `http_request`, `proc`, … */
  readonly behaviour: string;
  /** Where it begins: `chat/room:init`. */
  readonly initialCall: string;
}

/** A process has ended, of whatever; who watches it has not been told yet. */
export interface ProcessExited {
  readonly pid: Pid;
  /** The name under which it was registered. */
  readonly name: string | null;
  readonly behaviour: string;
  readonly initialCall: string;
  readonly reason: ExitReason;
}

/** Many messages wait for a process: 1,024, and again whenever they have doubled; at most once a second for a process. */
export interface LongMessageQueue {
  readonly pid: Pid;
  readonly name: string | null;
  readonly initialCall: string;
  /** How many messages wait. */
  readonly length: number;
}

/** An install or a downgrade begins. */
export interface UpgradeBegun {
  readonly from: string;
  readonly to: string;
}

/** New code and migrated states have become visible, in one turn; an upgrade may have several of them. */
export interface UpgradeSwitched extends UpgradeBegun {
  /** How many modules were loaded or removed. */
  readonly modules: number;
  /** Length of the turn, in which nothing else ran. */
  readonly pauseMs: number;
}

/** The new release runs. */
export interface UpgradeInstalled extends UpgradeBegun {
  /** True if the node restarts into it. */
  readonly cold: boolean;
}

/** Nothing has changed (`refused`), or what had was taken back (`undone`). */
export interface UpgradeFailed extends UpgradeBegun {
  /** Most often an Underway error; of an undone upgrade with the code `release/undone`, or `release/not_undone` if the node restarts. */
  readonly error: unknown;
}

/** A release was made permanent: it is the one that boots from now on. */
export interface UpgradeCommitted {
  readonly vsn: string;
}

/** Every event, by the name of its channel. */
export interface Events {
  readonly "underway:process:start": ProcessStarted;
  readonly "underway:process:exit": ProcessExited;
  readonly "underway:process:long_message_queue": LongMessageQueue;
  readonly "underway:upgrade:begin": UpgradeBegun;
  readonly "underway:upgrade:switch": UpgradeSwitched;
  readonly "underway:upgrade:installed": UpgradeInstalled;
  readonly "underway:upgrade:refused": UpgradeFailed;
  readonly "underway:upgrade:undone": UpgradeFailed;
  readonly "underway:upgrade:committed": UpgradeCommitted;
}

/** One kind of event. */
export class EventChannel<N extends keyof Events> {
  // Held here, as Node lets go of a channel that nobody holds.
  readonly #channel: ReturnType<typeof channel>;

  constructor(name: N) {
    this.#channel = channel(name);
  }

  /** Ask before an event is made. */
  get wanted(): boolean {
    return this.#channel.hasSubscribers;
  }

  /** Tells whoever has subscribed, as nobody: what a subscriber throws ends no process. */
  publish(event: Events[N]): void {
    runAsNobody(() => this.#channel.publish(event));
  }
}

export const processStart = new EventChannel("underway:process:start");
export const processExit = new EventChannel("underway:process:exit");
export const longMessageQueue = new EventChannel("underway:process:long_message_queue");
export const upgradeBegin = new EventChannel("underway:upgrade:begin");
export const upgradeSwitch = new EventChannel("underway:upgrade:switch");
export const upgradeInstalled = new EventChannel("underway:upgrade:installed");
export const upgradeRefused = new EventChannel("underway:upgrade:refused");
export const upgradeUndone = new EventChannel("underway:upgrade:undone");
export const upgradeCommitted = new EventChannel("underway:upgrade:committed");
