// A session: the process behind one client's WebSocket. It reads what the client asks for, is a member of rooms in its
// name, and writes what they tell it.

import * as Tracker from "presence/tracker";
import * as Connection from "underway/connection";
import * as GenServer from "underway/gen-server";
import { noreply, ok, type Pid } from "underway/gen-server";
import * as Process from "underway/process";
import * as App from "./app.ts";
import { clean } from "./messages.ts";
import { type Event, parse, type Request } from "./protocol.ts";
import * as Room from "./room.ts";
import * as RoomSup from "./room-sup.ts";
import * as self from "./session.ts";

export const behaviour = "connection";

export interface State {
  /** What the client calls itself. */
  readonly name: string;
  /** The rooms it is in. */
  readonly visits: readonly Visit[];
}
interface Visit {
  readonly room: string;
  readonly pid: Room.RoomPid;
  readonly monitor: Process.Ref;
}

export type SessionPid = Pid<typeof self>;

const NAME_LENGTH_MAX = 40;

// API.

export const startLink = (socket: Connection.Socket, request: Connection.Request): Promise<SessionPid> =>
  Connection.startLink(self, socket, request.url);

/** Has an event written to the client. */
export const deliver = (session: SessionPid, event: Event): void => GenServer.cast(session, "deliver", event);

// Callbacks.

export const init = (url: string) => {
  const name = clean(new URL(url, "ws://chat").searchParams.get("name") ?? "");
  return ok<State>({ name: name.slice(0, NAME_LENGTH_MAX) || "somebody", visits: [] }, { continue: "greet" });
};

export const handleContinue = ({ state, socket }: Context): Result => {
  write(socket, { type: "release", release: App.release() });
  return noreply<State>(state);
};

/** One clause per request of the protocol. */
export const handleFrame = ({ state, socket }: Context, frame: Connection.Frame): Result | Promise<Result> => {
  const request = parse(String(frame));
  switch (request?.type) {
    case "join":
      return join(state, socket, request.room);
    case "leave":
      return noreply<State>(leave(state, request.room));
    case "say":
    case "react":
    case "typing":
      post(state, socket, request);
      return noreply<State>(state);
    case "rooms":
      return rooms(state, socket);
    case "release":
      write(socket, { type: "release", release: App.release() });
      return noreply<State>(state);
    default:
      // Perhaps the client knows a later release than this one, to which it has been downgraded.
      write(socket, { type: "refused", frame: String(frame), why: "this release does not know such a request" });
      return noreply<State>(state);
  }
};

export const handleCast = {
  deliver({ state, socket }, event: Event) {
    write(socket, event);
    return noreply(state);
  },
} satisfies Connection.CastClauses<State>;

export const handleInfo = ({ state, socket }: Context, message: unknown): Result => {
  const { type, ref } = message as Partial<Process.DownMessage>;
  const closed = state.visits.find(({ monitor }) => type === "DOWN" && monitor === ref);
  if (closed === undefined) return noreply<State>(state);
  Tracker.untrack(closed.room, Process.self());
  write(socket, { type: "closed", room: closed.room });
  return noreply<State>({ ...state, visits: state.visits.filter((visit) => visit !== closed) });
};

// Internal.

type Context = Connection.Context<State>;
type Result = ReturnType<typeof noreply<State>>;

const join = async (state: State, socket: Connection.Socket, room: string): Promise<Result> => {
  const pid = await RoomSup.open(room);
  const welcome = await Room.join(pid, Process.self(), state.name);
  write(socket, { type: "joined", room, ...welcome });
  // Who is in a room already is only shown it again.
  if (visitOf(state, room) !== undefined) return noreply<State>(state);
  return noreply<State>({ ...state, visits: [...state.visits, { room, pid, monitor: Process.monitor(pid) }] });
};

const leave = (state: State, room: string): State => {
  const visit = visitOf(state, room);
  if (visit === undefined) return state;
  Process.demonitor(visit.monitor);
  Room.leave(visit.pid, Process.self());
  return { ...state, visits: state.visits.filter((each) => each !== visit) };
};

/** What goes to a room, and how the room is told. */
type Posted = Extract<Request, { readonly type: Room.Post["type"] }>;

const post = (state: State, socket: Connection.Socket, request: Posted): void => {
  const { type, room } = request;
  const visit = visitOf(state, room);
  if (visit === undefined) write(socket, { type: "refused", frame: type, why: `you are not in the room "${room}"` });
  else Room.post(visit.pid, asPost(state.name, request));
};

const asPost = (name: string, request: Posted): Room.Post => {
  switch (request.type) {
    case "say":
      return { type: "say", from: name, seq: request.seq, text: clean(request.text) };
    case "react":
      return { type: "react", by: name, id: request.id, emoji: request.emoji };
    case "typing":
      return { type: "typing", name };
  }
};

const visitOf = (state: State, room: string): Visit | undefined => state.visits.find((visit) => visit.room === room);

const rooms = async (state: State, socket: Connection.Socket): Promise<Result> => {
  write(socket, { type: "rooms", rooms: await Tracker.topics() });
  return noreply<State>(state);
};

const write = (socket: Connection.Socket, event: Event): void => {
  socket.send(JSON.stringify(event));
};
