// Counts what it is told of, by name.

import * as GenServer from "underway/gen-server";
import { type CallClauses, type CastClauses, named, noreply, ok, type Pid, reply } from "underway/gen-server";
import * as self from "./counter.ts";

export interface State {
  readonly counts: Counts;
}
export type Counts = { readonly [what: string]: number };

// API.

export const startLink = (): Promise<Pid<typeof self>> => GenServer.startLink(self, null, { name: "stats_counter" });

/** Counts one more of something. Costs the caller nothing if nobody counts. */
export const count = (what: string): void => GenServer.cast(counter, "count", what);

/** How often each thing has happened since this process was started. */
export const read = (): Promise<Counts> => GenServer.call(counter, "read");

const counter = named<typeof self>("stats_counter");

// Callbacks.

export const init = () => ok<State>({ counts: {} });

export const handleCall = { read: ({ state }) => reply(state.counts, state) } satisfies CallClauses<State>;

export const handleCast = {
  count: ({ state: { counts } }, what: string) => noreply({ counts: { ...counts, [what]: (counts[what] ?? 0) + 1 } }),
} satisfies CastClauses<State>;
