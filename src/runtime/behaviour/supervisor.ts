// `underway/supervisor`: a process that starts other processes, and starts them again when they end. OTP: supervisor.
//
//   import * as Supervisor from "underway/supervisor";
//   import * as self from "./room-sup.ts";
//
//   export const behaviour = "supervisor";
//   export const startLink = (): Promise<Supervisor.Pid<typeof self>> =>
//     Supervisor.startLink(self, null, { name: "room-sup" });
//   export const init = () =>
//     Supervisor.ok({ strategy: "simple_one_for_one" }, [{ id: "room", start: mfa(Room, "startLink") }]);

import { currentProcess } from "../process/context.ts";
import type { Data, DataEach } from "../process/data.ts";
import type { Dest, Pid } from "../process/pid.ts";
import {
  type ChildSpec,
  type CompleteSpec,
  checkFlags,
  checkSpecs,
  type DynamicOk,
  type Flags,
  type Started,
  type SupervisorCallbacks,
} from "./child-spec.ts";
import { ask, type StartOptions, startProcess } from "./gen.ts";
import { SupervisorLoop } from "./supervisor-loop.ts";
import type { ChildCount, ChildInfo } from "./supervisor-requests.ts";

/** A supervisor: its pid, its typed name, or its name as an appup writes it. */
export type SupervisorDest<M = unknown> = Dest<M> | string;

/** The argument of a supervisor's `init`. */
type SupervisorArg<M> = M extends { init(arg: infer A): unknown } ? Data<A> : never;
/** The dynamic part of the result of a supervisor's `init`. */
type Dynamic<M> = M extends { init(...args: never[]): infer R } ? Extract<R, DynamicOk<never, Started>> : never;

/** What `startChild` takes: the arguments of a dynamic child, or the specification of a static one. */
export type StartChildArgs<M> = unknown extends M
  ? readonly unknown[]
  : [Dynamic<M>] extends [never]
    ? readonly [spec: ChildSpec]
    : Dynamic<M> extends DynamicOk<infer Extra, Started>
      ? DataEach<Extra>
      : never;

/** The pid of the child that `startChild` starts. */
export type StartedChild<M, A> = [Dynamic<M>] extends [never]
  ? A extends readonly [ChildSpec<[], infer R>]
    ? Awaited<R>
    : Pid
  : Dynamic<M> extends DynamicOk<never, infer R>
    ? Awaited<R>
    : never;

// API.

/**
 * Starts a supervisor linked to the calling process, and with it its children, one after the other.
 *
 * Resolves with the pid when all children run. Rejects with `gen_server/ignore` when `init` returned `ignore`, with
 * `gen_server/init_failed` when it threw, returned something that cannot be, or a child could not be started; the
 * children that ran have been ended then.
 *
 * OTP: supervisor:start_link/2,3 <https://www.erlang.org/doc/apps/stdlib/supervisor.html#start_link/3>
 */
export const startLink = <M extends SupervisorCallbacks>(
  module: M,
  arg: SupervisorArg<M>,
  options?: StartOptions,
): Promise<Pid<M>> => startProcess((start) => new SupervisorLoop(module, start), arg, options, currentProcess());

/**
 * Starts a child: of a simple_one_for_one supervisor with these arguments behind those of its specification, of any
 * other with this specification.
 *
 * Resolves with the child's pid. Rejects with `supervisor/already_started` or `supervisor/already_present` if there is a
 * child with this id, with `supervisor/start_failed` if it cannot be started (it is not kept then), with
 * `gen_server/ignore` if its `init` ignores, with the codes of a wrong specification, and with `gen_server/noproc`.
 *
 * OTP: supervisor:start_child/2
 */
export const startChild = <M, A extends StartChildArgs<M>>(
  supervisor: SupervisorDest<M>,
  ...args: A
): Promise<StartedChild<M, A>> => call(supervisor, "start_child", args);

/**
 * Ends a child as its specification says. A temporary one, or one of a simple_one_for_one supervisor, is forgotten; any
 * other stays, without a process, until `restartChild` or `deleteChild`. One that does not run stays as it is.
 *
 * Rejects with `supervisor/not_found`, with `supervisor/simple_one_for_one` for an id where there are none.
 *
 * OTP: supervisor:terminate_child/2
 */
export const terminateChild = (supervisor: SupervisorDest, child: string | Pid): Promise<void> =>
  call(supervisor, "terminate_child", [child]);

/**
 * Starts a child that stands in the supervisor without a process.
 *
 * Rejects with `supervisor/not_found`, `supervisor/running`, `supervisor/restarting`, `supervisor/start_failed`,
 * `supervisor/simple_one_for_one` or `gen_server/ignore`; the child stays where it was.
 *
 * OTP: supervisor:restart_child/2
 */
export const restartChild = (supervisor: SupervisorDest, id: string): Promise<Pid> =>
  call(supervisor, "restart_child", [id]);

/**
 * Forgets a child that does not run.
 *
 * Rejects with `supervisor/not_found`, `supervisor/running`, `supervisor/restarting` or `supervisor/simple_one_for_one`.
 *
 * OTP: supervisor:delete_child/2
 */
export const deleteChild = (supervisor: SupervisorDest, id: string): Promise<void> =>
  call(supervisor, "delete_child", [id]);

/** The children, the one started last first. OTP: supervisor:which_children/1. */
export const whichChildren = (supervisor: SupervisorDest): Promise<readonly ChildInfo[]> =>
  call(supervisor, "which_children", []);

/** OTP: supervisor:count_children/1. */
export const countChildren = (supervisor: SupervisorDest): Promise<ChildCount> =>
  call(supervisor, "count_children", []);

/** A child's specification with nothing left out. Rejects with `supervisor/not_found`. OTP: supervisor:get_childspec/2. */
export const getChildSpec = (supervisor: SupervisorDest, child: string | Pid): Promise<CompleteSpec> =>
  call(supervisor, "get_childspec", [child]);

/**
 * Checks specifications, as a supervisor with these flags would (default: those of `ok({}, …)`).
 *
 * Throws the code of the first that is wrong: `supervisor/missing_id`, `supervisor/invalid_shutdown`, …
 *
 * OTP: supervisor:check_childspecs/1,2
 */
export const checkChildSpecs = (specs: readonly ChildSpec[], flags: Flags = {}): void => {
  checkSpecs(specs, checkFlags(flags));
};

// Internal.

/** Without a limit, as in OTP: how long a child takes to start or to end is its own affair. */
const call = <R>(supervisor: SupervisorDest, tag: string, args: readonly unknown[]): Promise<R> =>
  ask(typeof supervisor === "string" ? { name: supervisor } : supervisor, "call", tag, args, "infinity");

export { type Mfa, mfa } from "../process/mfa.ts";
export { type Dest, type Named, named, type Pid } from "../process/pid.ts";
export {
  type AutoShutdown,
  type ChildSpec,
  type DynamicOk,
  type Flags,
  ignore,
  ok,
  type Restart,
  type Shutdown,
  type Started,
  type StaticOk,
  type Strategy,
  type SupervisorCallbacks,
} from "./child-spec.ts";
export type { StartOptions } from "./gen.ts";
export type { ChildCount, ChildInfo } from "./supervisor-requests.ts";
