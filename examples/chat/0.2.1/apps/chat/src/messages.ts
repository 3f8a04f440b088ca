// What was said: messages with an identity, a time, and reactions. Pure.

/** What was said in a room. */
export interface Message {
  /** Number of the message in its room, counted from 1. */
  readonly id: number;
  /** When it was said, in milliseconds since 1970. */
  readonly timeMs: number;
  /** The day on which it was said, for the page to group messages by: `2026-11-22`. */
  readonly day: string;
  readonly from: string;
  /** Counted by the sender, so that it can see that nothing was lost or overtaken. */
  readonly seq: number;
  readonly text: string;
  /** Who has reacted with what. */
  readonly reactions?: readonly Reaction[];
}
export interface Reaction {
  readonly by: string;
  readonly emoji: string;
}

/** Longest text of one message, in UTF-16 code units. */
const LENGTH_MAX = 2_000;

/** A text without surrounding and repeated white space, and not endless. */
export const clean = (text: string): string => text.trim().replace(/\s+/g, " ").slice(0, LENGTH_MAX);

/** The day that a moment belongs to, in UTC. */
export const dayOf = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, 10);

/** Adds a reaction to the message with this id. The same history if there is no such message, or nothing new. */
export const react = (history: readonly Message[], id: number, reaction: Reaction): readonly Message[] => {
  const message = history.find((each) => each.id === id);
  const { reactions = [] } = message ?? {};
  if (message === undefined || reactions.some(({ by, emoji }) => by === reaction.by && emoji === reaction.emoji)) {
    return history;
  }
  return history.map((each) => (each === message ? { ...message, reactions: [...reactions, reaction] } : each));
};
