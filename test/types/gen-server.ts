// What GenServers must accept and refuse; checked by the repository's tsc. Every line below a ts-expect-error must fail.

import * as Connection from "../../src/runtime/behaviour/connection.ts";
import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import {
  type CallClauses,
  type CastClauses,
  noreply,
  ok,
  reply,
  stop,
} from "../../src/runtime/behaviour/gen-server.ts";
import * as Resource from "../../src/runtime/behaviour/resource.ts";
import * as Process from "../../src/runtime/process/index.ts";
import * as Counter from "./counter.ts";

// Everything is inferred from the callback module.
const pid = await GenServer.startLink(Counter, 1);
const added: number = await GenServer.call(pid, "add", 5);
const joined: string = await GenServer.call(pid, "slowly", ["a"]);
const maybe: "yes" | "no" = await GenServer.call(pid, "maybe");
const byName: number = await GenServer.call(Process.named<typeof Counter>("counter"), "get");
const within: number = await GenServer.callWithin(pid, 10, "get");
GenServer.cast(pid, "reset");
Process.mfa(Counter, "startLink", 7);
const anyPid: GenServer.Pid = pid;

// @ts-expect-error wrong argument
void GenServer.call(pid, "add", "five");
// @ts-expect-error missing argument
void GenServer.call(pid, "add");
// @ts-expect-error one argument too many
void GenServer.call(pid, "get", 1);
// @ts-expect-error no such clause
void GenServer.call(pid, "reset");
// @ts-expect-error no such clause
GenServer.cast(pid, "get");
// @ts-expect-error wrong init argument
void GenServer.startLink(Counter, "1");
// @ts-expect-error wrong reply
const wrongReply: string = await GenServer.call(pid, "get");
// @ts-expect-error not a callback module
void GenServer.startLink({ vsn: 1 }, 1);
// @ts-expect-error nothing is known of this process
void GenServer.call(anyPid, "get");
// @ts-expect-error wrong argument of an mfa
Process.mfa(Counter, "startLink", "x");
// @ts-expect-error no such function
Process.mfa(Counter, "boot");
// @ts-expect-error no such function
Process.spawn(Counter, "boot");
// @ts-expect-error wrong argument
Process.spawn(Counter, "startLink", "x");

// States.
interface State {
  readonly total: number;
  readonly step: number;
}
export const calls = {
  // @ts-expect-error misspelt field
  a: ({ state }) => reply(1, { ...state, totl: 5 }),
  // @ts-expect-error extra field
  b: ({ state }) => reply(1, { ...state, more: () => 1 }),
  // @ts-expect-error missing field
  c: () => reply(1, { total: 1 }),
  // @ts-expect-error wrong type of a field
  d: ({ state }) => stop("normal", { ...state, step: "1" }),
  // @ts-expect-error no result
  e: () => 5,
  async f({ state }) {
    await null;
    return reply(2, state);
  },
} satisfies CallClauses<State>;
export const casts = {
  // @ts-expect-error a cast has nobody to reply to
  a: ({ state }) => reply(1, state),
  // @ts-expect-error wrong state
  b: () => noreply({ total: 1 }),
} satisfies CastClauses<State>;
// @ts-expect-error misspelt field
ok<State>({ total: 1, step: 1, stpe: 1 });

// Connections have the socket in each context.
const Session = {
  behaviour: "connection" as const,
  init: (url: string) => ok<State>({ total: url.length, step: 1 }),
  handleFrame: ({ state, socket }: Connection.Context<State>, frame: Connection.Frame) => {
    socket.send(frame);
    return noreply<State>(state);
  },
  handleCall: { open: ({ state, socket }) => reply(socket.open, state) } satisfies Connection.CallClauses<State>,
};
declare const socket: Connection.Socket;
const session = await Connection.startLink(Session, socket, "/");
const open: boolean = await GenServer.call(session, "open");
// @ts-expect-error a connection needs its socket
void GenServer.startLink(Session, "/");
// @ts-expect-error no connection: it has no handleFrame
void Connection.startLink(Counter, socket, 1);
// @ts-expect-error listen calls with a socket and a request
Connection.listen({ on: () => {}, off: () => {} }, Process.mfa(Counter, "startLink"));

// Resources know what they are.
const Pools = { pool: { open: (size: number) => Promise.resolve({ size }), close: () => {} } };
const ref = await Resource.open(Pools, "pool", 5);
const size: number = Resource.value(ref).size;
// @ts-expect-error wrong argument
void Resource.open(Pools, "pool", "5");
// @ts-expect-error no such resource
void Resource.open(Pools, "pond", 5);
// @ts-expect-error a resource is closed, too
export const halfDefined = { open: () => 1 } satisfies Resource.ResourceDefinition;

void [added, joined, maybe, byName, within, wrongReply, open, size];
