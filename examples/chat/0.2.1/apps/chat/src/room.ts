// A room: everything said in it passes through this one process, so that all members see it in the same order.
//
//   session ── join ──► room ── the last messages
//   session ── post ──► room ── deliver ──► the session of each member

import * as Tracker from "presence/tracker";
import * as Counter from "stats/counter";
import * as GenServer from "underway/gen-server";
import {
  type CallClauses,
  type CastClauses,
  type CodeChange,
  type Context,
  noreply,
  ok,
  type Pid,
  reply,
} from "underway/gen-server";
import * as Process from "underway/process";
import { dayOf, type Message, react } from "./messages.ts";
import type { Event } from "./protocol.ts";
import * as self from "./room.ts";
import * as Session from "./session.ts";

export const vsn = 3;

export interface State {
  readonly name: string;
  /** How many messages were ever said here. */
  readonly said: number;
  /** The last of them, oldest first. */
  readonly history: readonly Message[];
  readonly members: readonly Member[];
}
/** The state of release 0.2.0, from which this one may be upgraded: messages had no day. */
interface StateV2 extends Omit<State, "history"> {
  // The mistake of this release. 0.2.0 says `timeMs?: number`: what was said under 0.1.0 has no time. Whoever restates a
  // type by hand may get it wrong, no test that begins with fresh rooms will notice, and only a live room knows better.
  readonly history: readonly Omit<Message, "day">[];
}
interface Member {
  readonly session: Session.SessionPid;
  readonly name: string;
  readonly monitor: Process.Ref;
}

/** What a session may post into a room. */
export type Post =
  | { readonly type: "say"; readonly from: string; readonly seq: number; readonly text: string }
  | { readonly type: "react"; readonly by: string; readonly id: number; readonly emoji: string }
  | { readonly type: "typing"; readonly name: string };

export type RoomPid = Pid<typeof self>;

/** How many messages a newcomer is shown. */
const HISTORY_LENGTH_MAX = 100;

// API.

export const startLink = (name: string): Promise<RoomPid> => GenServer.startLink(self, name, { name: `room:${name}` });

export const find = (name: string): RoomPid | null => Process.whereis(`room:${name}`);

/** Makes a session a member until it leaves or ends. Resolves with what the newcomer should be shown. */
export const join = (room: RoomPid, session: Session.SessionPid, name: string): Promise<Welcome> =>
  GenServer.call(room, "join", session, name);

export const leave = (room: RoomPid, session: Session.SessionPid): void => GenServer.cast(room, "leave", session);

export const post = (room: RoomPid, what: Post): void => GenServer.cast(room, "post", what);

/** What a newcomer is shown. */
export interface Welcome {
  readonly history: readonly Message[];
  readonly members: readonly string[];
}

// Callbacks.

export const init = (name: string) => ok<State>({ name, said: 0, history: [], members: [] });

export const handleCall = {
  join({ state }, session: Session.SessionPid, name: string) {
    const others = without(state, (member) => member.session === session);
    tell(others, { type: "arrived", room: state.name, name });
    Tracker.track(state.name, session, name);
    const members = [...others.members, { session, name, monitor: Process.monitor(session) }];
    return reply({ history: state.history, members: members.map((each) => each.name) }, { ...state, members });
  },
} satisfies CallClauses<State>;

export const handleCast = {
  leave: ({ state }, session: Session.SessionPid) => noreply(without(state, (member) => member.session === session)),
  post: ({ state }, what: Post) => noreply(handlePost(state, what)),
} satisfies CastClauses<State>;

export const handleInfo = ({ state }: Context<State>, message: unknown) => {
  const { type, ref } = message as Partial<Process.DownMessage>;
  return noreply<State>(type === "DOWN" ? without(state, (member) => member.monitor === ref) : state);
};

export const codeChange = {
  up: {
    2: ({ history, ...state }: StateV2): State => ({
      ...state,
      history: history.map((message) => ({ ...message, day: dayOf(message.timeMs) })),
    }),
  },
  down: {
    2: ({ history, ...state }: State): StateV2 => ({
      ...state,
      history: history.map(({ day, ...message }) => message),
    }),
  },
} satisfies CodeChange<State>;

// Internal.

/**
 * What is posted is data under one tag, and what a version does not know it drops: a post may have been sent by a session
 * of a later release, shortly before a downgrade.
 */
const handlePost = (state: State, what: Post): State => {
  switch (what.type) {
    case "say": {
      const { from, seq, text } = what;
      const timeMs = Date.now();
      const message: Message = { id: state.said + 1, timeMs, day: dayOf(timeMs), from, seq, text };
      tell(state, { type: "said", room: state.name, ...message });
      Counter.count("messages");
      return { ...state, said: message.id, history: [...state.history, message].slice(-HISTORY_LENGTH_MAX) };
    }
    case "react": {
      const { by, id, emoji } = what;
      const history = react(state.history, id, { by, emoji });
      if (history !== state.history) tell(state, { type: "reacted", room: state.name, id, by, emoji });
      return { ...state, history };
    }
    case "typing":
      tell(state, { type: "typing", room: state.name, name: what.name });
      return state;
    default:
      return state;
  }
};

const without = (state: State, isGone: (member: Member) => boolean): State => {
  const gone = state.members.filter(isGone);
  if (gone.length === 0) return state;
  const left = { ...state, members: state.members.filter((member) => !gone.includes(member)) };
  for (const { session, name, monitor } of gone) {
    Process.demonitor(monitor);
    Tracker.untrack(state.name, session);
    tell(left, { type: "departed", room: state.name, name });
  }
  return left;
};

const tell = (state: State, event: Event): void => {
  for (const { session } of state.members) Session.deliver(session, event);
};
