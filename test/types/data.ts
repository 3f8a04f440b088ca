// What is data and what is not, in every place where a value leaves a process; checked by the repository's tsc.

import type { App } from "../../src/release/app.ts";
import * as Application from "../../src/runtime/behaviour/application.ts";
import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import { type CallClauses, type From, noreply, ok, reply, stopReply } from "../../src/runtime/behaviour/gen-server.ts";
import type { ResourceRef } from "../../src/runtime/behaviour/resource.ts";
import * as Supervisor from "../../src/runtime/behaviour/supervisor.ts";
import * as Process from "../../src/runtime/process/index.ts";

class Pool {
  readonly size = 1;
  query(sql: string): string {
    return sql;
  }
}
interface Tree {
  readonly value: number;
  readonly parent?: Tree;
  readonly children: readonly Tree[];
}
type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** All that is data. */
interface Everything {
  readonly primitives: readonly [string, number, boolean, bigint, null, undefined];
  readonly optional?: string;
  readonly list: string[];
  readonly map: ReadonlyMap<string, Map<number, Tree>>;
  readonly set: ReadonlySet<readonly [string]>;
  readonly date: Date;
  readonly pattern: RegExp;
  readonly error: Error;
  readonly bytes: readonly [Uint8Array, Buffer, ArrayBuffer, DataView];
  readonly pid: GenServer.Pid<{ readonly f: () => void }>;
  readonly named: GenServer.Named<{ readonly f: () => void }>;
  readonly ref: Process.Ref;
  readonly timer: Process.TimerRef;
  readonly from: From<number>;
  readonly resource: ResourceRef<Pool>;
  readonly call: Process.Mfa<[string], number>;
  readonly either: { readonly kind: "a"; readonly x: 1 } | { readonly kind: "b"; readonly tree: Tree };
  readonly json: Json;
  readonly record: Readonly<Record<string, Tree>>;
  readonly whatever: unknown;
  readonly module: object;
  readonly app: App;
}
declare const everything: Everything;
declare const pid: GenServer.Pid<{
  readonly handleCall: { readonly take: (context: object, value: Everything) => never };
}>;
export const state = ok<Everything>(everything);
Process.send(pid, everything);
Process.sendAfter(1, pid, [everything]);
void GenServer.call(pid, "take", everything);

/** Nothing of this is. */
interface Nothing {
  readonly f: () => void;
  readonly later: Promise<number>;
  readonly mark: symbol;
  readonly pool: Pool;
  readonly rooms: ReadonlyMap<string, { readonly listeners: readonly (() => void)[] }>;
  readonly names: ReadonlySet<WeakRef<object>>;
}
declare const nothing: Nothing;
interface Room {
  readonly name: string;
  readonly users: readonly { readonly name: string; readonly socket: { send(text: string): void } }[];
}
declare const room: Room;

// A state.
// @ts-expect-error functions in a list
export const inState = (): unknown => ok<Room>(room);
// @ts-expect-error all that is wrong near the top is named
export const inStateToo = (): unknown => ok<Nothing>(nothing);

// A reply. The complaint stands at the state, so that the reply's own type is inferred as ever.
interface State {
  readonly rooms: readonly Room["name"][];
}
export const replies = {
  // @ts-expect-error a function in the reply
  subscribe: ({ state }) => reply({ unsubscribe: () => {} }, state),
  // @ts-expect-error a promise as the reply
  later: ({ state }) => reply(Promise.resolve(1), state),
  // @ts-expect-error a function in the last reply
  last: ({ state }) => stopReply("normal", () => 1, state),
  wide: ({ state }) => reply(1, state),
  literal: ({ state }) => reply("yes" as const, state),
  nothing: ({ state }) => reply(undefined, state),
  unknown: ({ state }, what: unknown) => reply(what, state),
  keep: ({ state, from }) => {
    // @ts-expect-error a reply that comes later
    GenServer.replyTo(from as From<() => void>, () => {});
    return noreply(state);
  },
} satisfies CallClauses<State>;
declare const server: GenServer.Pid<{ readonly handleCall: typeof replies }>;
export const wide: number = await GenServer.call(server, "wide");
// @ts-expect-error any number, not only that one
export const narrow: 1 = await GenServer.call(server, "wide");
export const literal: "yes" = await GenServer.call(server, "literal");

// Messages.
// @ts-expect-error a function
Process.send(pid, () => 1);
// @ts-expect-error a promise, not awaited
Process.send(pid, { rooms: Promise.resolve([]) });
// @ts-expect-error deep inside
Process.send(pid, { type: "room", room });
// @ts-expect-error a class with methods
Process.sendAfter(1, pid, { pool: new Pool() });
// Nothing is known of it before the run.
Process.send(pid, room as unknown);

// Arguments.
const Taker = {
  init: (_: Room) => ok<State>({ rooms: [] }),
  handleCall: {
    watch: ({ state }, listener: () => void) => reply(listener.length, state),
  } satisfies CallClauses<State>,
  handleCast: { tell: ({ state }: GenServer.Context<State>, _: { readonly pool: Pool }) => noreply<State>(state) },
  run: (_name: string, _done: (error?: Error) => void): Promise<GenServer.Pid> =>
    GenServer.startLink(Taker, room as never),
};
declare const taker: GenServer.Pid<typeof Taker>;
// @ts-expect-error an argument of a call
void GenServer.call(taker, "watch", () => {});
// @ts-expect-error an argument of a cast
GenServer.cast(taker, "tell", { pool: new Pool() });
// @ts-expect-error the argument of init
void GenServer.startLink(Taker, room);
// @ts-expect-error an argument of a process
Process.spawn(Taker, "run", "x", () => {});
// @ts-expect-error an argument in a child specification
Supervisor.ok({}, [{ id: "a", start: Supervisor.mfa(Taker, "run", "x", () => {}) }]);
// @ts-expect-error a value of an environment
Application.setEnv("shop", "onSale", () => {});

// What passes data on says so itself.
export const publish = <T>(to: readonly GenServer.Pid[], message: Process.Data<T>): void => {
  for (const each of to) Process.send(each, message);
};
publish([pid], { type: "tick" });
// @ts-expect-error seen through the wrapper
publish([pid], { type: "tick", at: () => 1 });
