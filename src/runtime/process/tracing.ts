// `underway/tracing`: what can be watched from outside. A context that messages carry, so that a trace leads from process to
// process, and the events of the runtime. OTP: seq_trace, erlang:trace/3, system_monitor.
//
//   import * as Tracing from "underway/tracing";
//
//   const unsubscribe = Tracing.subscribe("underway:process:exit", ({ pid, reason }) => count(reason));

import { subscribe as subscribeTo, unsubscribe } from "node:diagnostics_channel";
import type { Events } from "./events.ts";

/**
 * Has `listener` called for each event of this kind, in the turn in which it happens, and returns what ends it. As
 * `diagnostics_channel.subscribe`, with types.
 *
 * A listener is called synchronously and as nobody: what it throws is reported as an error outside any process. It is a
 * closure of the version of the module that subscribes, which stays in memory as long as it listens: call through
 * `self` in it, or subscribe in a process that unsubscribes in its `terminate`.
 */
export const subscribe = <N extends keyof Events>(name: N, listener: (event: Events[N]) => void): (() => void) => {
  const heard = (event: unknown): void => listener(event as Events[N]);
  subscribeTo(name, heard);
  return () => {
    unsubscribe(name, heard);
  };
};

export { type ContextCarrier, carry } from "./carried-context.ts";
export type {
  Events,
  LongMessageQueue,
  ProcessExited,
  ProcessStarted,
  UpgradeBegun,
  UpgradeCommitted,
  UpgradeFailed,
  UpgradeInstalled,
  UpgradeSwitched,
} from "./events.ts";
