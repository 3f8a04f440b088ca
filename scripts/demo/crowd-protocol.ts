// What the demo asks the operating-system process with the clients, and what it answers, over Node's IPC.

import type { Counts, Message } from "./client.ts";

/** One line per request: its arguments and its answer. */
export interface CrowdRequests {
  /** Connects everybody. Rooms are filled evenly. */
  connect(options: { port: number; clients: number; rooms: readonly string[]; quietRoom: string }): void;
  /** A few clients talk in the quiet room. */
  talkQuietly(options: { messages: number }): void;
  /** From now on everybody talks. */
  talk(): void;
  /** Clients also send what only the later release knows. */
  modern(on: boolean): void;
  /** Everybody falls silent and what is under way arrives. Answers what did not. */
  settle(): Outstanding;
  counts(): Counts;
  /** Which releases answer the open sockets, and how many each. */
  releases(): { readonly [release: string]: number };
  /** What a room remembers, asked over a socket that has been open all along. */
  history(room: string): readonly Message[];
  /** Begins and ends to measure gaps and round trips. */
  watch(): void;
  watched(): Watched;
  /** The node will be killed: connections that are cut now are counted apart. */
  killing(): void;
  /** Waits until everybody is connected again. Answers how long after `killing` that was. */
  reconnected(): { readonly afterMs: number };
  /** Closes all connections and ends. */
  close(): void;
}

/** What has not arrived although there was time. */
export interface Outstanding {
  /** Messages that have not come back to their senders. */
  readonly waiting: number;
  /** Messages that a client has not seen although others of its room have, at whichever client. */
  readonly behind: number;
}

/** What clients saw while it was measured, in milliseconds. */
export interface Watched {
  /** The longest time that any client was without a message. */
  readonly longestGapMs: number;
  /** Between sending a message and seeing it: half of them, and the slowest. */
  readonly roundTripP50Ms: number;
  readonly roundTripMaxMs: number;
  readonly messages: number;
}

export type Name = keyof CrowdRequests;
export type Argument<N extends Name> = Parameters<CrowdRequests[N]>[0];
export type Answer<N extends Name> = ReturnType<CrowdRequests[N]>;

export interface RequestMessage {
  readonly id: number;
  readonly name: Name;
  readonly argument: unknown;
}
export type AnswerMessage =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string };
