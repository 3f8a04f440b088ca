// What the bench asks the operating-system process with the clients, and what it answers, over Node's IPC.

import type { Samples } from "./latencies.ts";

/** One line per request: its argument and its answer. */
export interface LoadRequests {
  /** Begins to call counters from `from` to before `to` at random, `ratePerS` a second. */
  beginCalls(options: {
    readonly port: number;
    readonly ratePerS: number;
    readonly from: number;
    readonly to: number;
  }): void;
  /** No more calls; waits for answers, at most `graceMs`. */
  endCalls(options: { readonly graceMs: number }): CallsSeen;
  /** Connects clients to sessions. */
  openSockets(options: { readonly port: number; readonly transport: "ws" | "tcp"; readonly count: number }): void;
  /** Begins to send, all sockets together `ratePerS` messages a second, one after the other. */
  beginTalk(options: { readonly ratePerS: number }): void;
  /** No more messages; waits for answers, at most `graceMs`. */
  endTalk(options: { readonly graceMs: number }): TalkSeen;
  closeSockets(): void;
}

export interface CallsSeen {
  readonly samples: Samples;
  /** When connections were lost, and how long until there was one again; milliseconds. */
  readonly downMs: readonly number[];
}

export interface TalkSeen {
  readonly samples: Samples;
  /** Sockets that were closed. */
  readonly dropped: number;
  /** Messages that did not come back. */
  readonly lost: number;
  /** Messages that came back in another order, or which the session has counted differently. */
  readonly disordered: number;
}

export type Name = keyof LoadRequests;
export type Argument<N extends Name> = Parameters<LoadRequests[N]>[0];
export type Answer<N extends Name> = ReturnType<LoadRequests[N]>;
export type Handlers = { readonly [N in Name]: (argument: never) => Promise<Answer<N>> };

export interface RequestMessage {
  readonly id: number;
  readonly name: Name;
  readonly argument: unknown;
}
export type AnswerMessage =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string };
