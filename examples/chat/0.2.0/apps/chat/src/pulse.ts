// Tells everybody once a second how busy the chat is.

import * as Counter from "stats/counter";
import * as GenServer from "underway/gen-server";
import { type Context, noreply, ok, type Pid } from "underway/gen-server";
import * as Process from "underway/process";
import * as Supervisor from "underway/supervisor";
import * as self from "./pulse.ts";
import * as SessionSup from "./session-sup.ts";

export interface State {
  /** How many messages had been counted at the last beat; null before the first one. */
  readonly messages: number | null;
}

const BEAT_MS = 1_000;

// API.

export const startLink = (): Promise<Pid<typeof self>> => GenServer.startLink(self, null, { name: "chat_pulse" });

// Callbacks.

export const init = () => {
  beatLater();
  return ok<State>({ messages: null });
};

export const handleInfo = async ({ state }: Context<State>, message: unknown) => {
  if (message !== "beat") return noreply<State>(state);
  beatLater();
  const { messages = 0 } = await Counter.read();
  const perSecond = Math.max(0, Math.round(((messages - (state.messages ?? messages)) * 1_000) / BEAT_MS));
  const { active } = await Supervisor.countChildren("chat_session_sup");
  await SessionSup.tellAll({ type: "pulse", perSecond, clients: active });
  return noreply<State>({ messages });
};

// Internal.

const beatLater = () => Process.sendAfter(BEAT_MS, Process.self(), "beat");
