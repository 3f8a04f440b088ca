// What client and server say to each other: JSON objects, one in each WebSocket frame.
//
//   client                                server
//   { join, room }               ────►    joined, and to the others: arrived
//   { leave, room }              ────►    to the others: departed
//   { say, room, seq, text }     ────►    said, to every member; for the sender it is the acknowledgement
//   { react, room, id, emoji }   ────►    reacted, to every member
//   { typing, room }             ────►    typing, to every member
//   { rooms }                    ────►    rooms
//   { release }                  ────►    release; also sent at connection and after an upgrade
//   anything else                ────►    refused
//                                         pulse, once a second

import type { Topic } from "presence/tracker";
import type { Message } from "./messages.ts";

/** What a client asks for. */
export type Request =
  | { readonly type: "join"; readonly room: string }
  | { readonly type: "leave"; readonly room: string }
  | { readonly type: "say"; readonly room: string; readonly seq: number; readonly text: string }
  | { readonly type: "react"; readonly room: string; readonly id: number; readonly emoji: string }
  | { readonly type: "typing"; readonly room: string }
  | { readonly type: "rooms" }
  | { readonly type: "release" };

/** What a client is told. */
export type Event =
  | {
      readonly type: "joined";
      readonly room: string;
      readonly history: readonly Message[];
      readonly members: readonly string[];
    }
  | { readonly type: "arrived" | "departed"; readonly room: string; readonly name: string }
  | ({ readonly type: "said"; readonly room: string } & Message)
  | {
      readonly type: "reacted";
      readonly room: string;
      readonly id: number;
      readonly by: string;
      readonly emoji: string;
    }
  | { readonly type: "typing"; readonly room: string; readonly name: string }
  | { readonly type: "closed"; readonly room: string }
  | { readonly type: "rooms"; readonly rooms: readonly Topic[] }
  | { readonly type: "release"; readonly release: string }
  | { readonly type: "pulse"; readonly perSecond: number; readonly clients: number }
  | { readonly type: "refused"; readonly frame: string; readonly why: string };

/** Reads a frame; null if it is nothing that this version of the protocol knows. */
export const parse = (frame: string): Request | null => {
  const request = parseJson(frame);
  if (typeof request !== "object" || request === null) return null;
  const { type } = request as { readonly type?: unknown };
  if (typeof type !== "string" || !Object.hasOwn(fields, type)) return null;
  const checks = Object.entries(fields[type as Request["type"]]);
  return checks.every(([field, check]) => check((request as Record<string, unknown>)[field]))
    ? (request as Request)
    : null;
};

// Internal.

type Check = (value: unknown) => boolean;
type FieldsOf<R> = { readonly [Field in Exclude<keyof R, "type">]: Check };

const isRoom: Check = (value) => typeof value === "string" && /^[\p{L}\p{N} _-]{1,40}$/u.test(value);
const isText: Check = (value) => typeof value === "string";
const isEmoji: Check = (value) => typeof value === "string" && /^\p{RGI_Emoji}$/v.test(value);
const isCount: Check = (value) => Number.isSafeInteger(value);

/** One line per request. */
const fields: { readonly [Type in Request["type"]]: FieldsOf<Extract<Request, { readonly type: Type }>> } = {
  join: { room: isRoom },
  leave: { room: isRoom },
  say: { room: isRoom, seq: isCount, text: isText },
  react: { room: isRoom, id: isCount, emoji: isEmoji },
  typing: { room: isRoom },
  rooms: {},
  release: {},
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
