// One client of the chat: a WebSocket that talks in its rooms, connects again when it is cut, and counts what it sees.

import { performance } from "node:perf_hooks";
import WebSocket from "ws";
import { Reader, type RoomLog, type Tally } from "./room-log.ts";

/** A message as the server shows it; release 0.1.0 knows neither `id` nor `timeMs`. */
export interface Message {
  readonly from: string;
  readonly seq: number;
  readonly text: string;
  readonly id?: number;
  readonly timeMs?: number;
  readonly reactions?: readonly { readonly by: string; readonly emoji: string }[];
}

/** What all clients count together. */
export interface Counts extends Tally {
  sent: number;
  /** Messages that have come back to who sent them. */
  acknowledged: number;
  /** Messages that have come, at whichever client. */
  received: number;
  /** Messages that came with an id, as of release 0.2.0. */
  withId: number;
  /** Messages whose id was not the next one of their room. */
  wrongId: number;
  /** `react` and `typing` requests sent, and the events that came of them. */
  newRequests: number;
  newEvents: number;
  /** Requests that the release did not know. */
  refused: number;
  /** Connections cut while the node was killed on purpose, and messages that were under way then. */
  cutByKill: number;
  lostByKill: number;
  /** Connections cut at any other time. */
  cut: number;
}

/** What clients share. */
export interface Shared {
  readonly counts: Counts;
  /** Where the chat listens. */
  port: number;
  /** The node is being killed: connections may be cut now. */
  killing: boolean;
  /** Clients also send what only release 0.2.0 knows. */
  modern: boolean;
  logOf(room: string): RoomLog;
  /** Called with the time between sending a message and seeing it, in milliseconds. */
  onRoundTrip(ms: number): void;
}

const RECONNECT_MS = 100;
const EMOJIS = ["⛵", "⚓", "🧭", "🌊"];

interface Place {
  reader: Reader;
  seq: number;
  lastId: number | null;
  joined: boolean;
}

export class Client {
  readonly name: string;
  readonly #shared: Shared;
  readonly #places = new Map<string, Place>();
  /** When a message that has not come back was sent, by `room:seq`. */
  readonly #waiting = new Map<string, number>();
  readonly #expected = new Map<string, ((event: never) => void)[]>();
  #socket: WebSocket | null = null;
  #closing = false;
  #lastSeenMs = performance.now();
  #longestGapMs = 0;
  release = "";

  constructor(name: string, rooms: readonly string[], shared: Shared) {
    this.name = name;
    this.#shared = shared;
    for (const room of rooms) this.#places.set(room, this.#newPlace(room));
  }

  /** Connects and joins the rooms. Resolves when all have let it in. */
  connect(): Promise<void> {
    return new Promise((resolve) => this.#open(resolve));
  }

  close(): void {
    this.#closing = true;
    this.#socket?.close();
  }

  say(room: string, text: string): void {
    const place = this.#places.get(room);
    if (!place?.joined) return;
    const { counts, modern } = this.#shared;
    if (modern && place.seq % 5 === 0) this.#sendModern(room, place);
    place.seq++;
    counts.sent++;
    this.#waiting.set(`${room}:${place.seq}`, performance.now());
    this.#send({ type: "say", room, seq: place.seq, text });
  }

  /** Asks which release answers this very socket. */
  async askRelease(): Promise<string> {
    const answer = this.#next<{ release: string }>("release");
    this.#send({ type: "release" });
    return (await answer).release;
  }

  /** What a room remembers; asked for by entering it once more. */
  async askHistory(room: string): Promise<readonly Message[]> {
    const answer = this.#next<{ history: readonly Message[] }>("joined");
    this.#send({ type: "join", room });
    return (await answer).history;
  }

  /** It has been let into all its rooms, and not been cut since. */
  get connected(): boolean {
    return [...this.#places.values()].every(({ joined }) => joined);
  }

  /** Nothing is under way to it or from it. */
  get quiet(): boolean {
    return this.waiting === 0 && this.behind === 0;
  }

  /** Messages that have not come back. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Messages that it has not seen although others of its rooms have. */
  get behind(): number {
    return [...this.#places.values()].reduce((sum, { reader }) => sum + reader.behind, 0);
  }

  /** Begins to measure the longest time without a message. */
  watch(): void {
    this.#longestGapMs = 0;
    this.#lastSeenMs = performance.now();
  }

  /** The longest time without a message since `watch`, the time since the last one included. */
  longestGapMs(): number {
    return Math.max(this.#longestGapMs, performance.now() - this.#lastSeenMs);
  }

  // Internal.

  #newPlace(room: string): Place {
    const { counts } = this.#shared;
    const seq = this.#places.get(room)?.seq ?? 0;
    return { reader: new Reader(this.#shared.logOf(room), counts), seq, lastId: null, joined: false };
  }

  #open(onJoined: () => void): void {
    const socket = new WebSocket(`ws://127.0.0.1:${this.#shared.port}/socket?name=${this.name}`);
    this.#socket = socket;
    let opened = false;
    socket.on("open", () => {
      opened = true;
      for (const room of this.#places.keys()) {
        this.#places.set(room, this.#newPlace(room));
        this.#send({ type: "join", room });
      }
    });
    socket.on("message", (data) => {
      this.#receive(JSON.parse(String(data)) as never);
      if (this.connected) onJoined();
    });
    // `close` follows, and says all that there is to do.
    socket.on("error", () => {});
    socket.on("close", () => {
      if (this.#closing) return;
      if (opened) this.#wasCut();
      setTimeout(() => {
        if (!this.#closing) this.#open(onJoined);
      }, RECONNECT_MS);
    });
  }

  #wasCut(): void {
    const { counts, killing } = this.#shared;
    if (killing) {
      counts.cutByKill++;
      counts.lostByKill += this.#waiting.size;
      this.#waiting.clear();
    } else {
      counts.cut++;
    }
    for (const place of this.#places.values()) place.joined = false;
  }

  #send(request: object): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(request));
  }

  /** What release 0.2.0 has brought: says that it types, and reacts to the last message. */
  #sendModern(room: string, { lastId, seq }: Place): void {
    this.#shared.counts.newRequests++;
    this.#send({ type: "typing", room });
    if (lastId === null) return;
    this.#shared.counts.newRequests++;
    this.#send({ type: "react", room, id: lastId, emoji: EMOJIS[(seq / 5) % EMOJIS.length] });
  }

  #next<T>(type: string): Promise<T> {
    return new Promise((resolve) => {
      const waiting = this.#expected.get(type) ?? [];
      this.#expected.set(type, [...waiting, resolve as (event: never) => void]);
    });
  }

  #receive(event: { readonly type: string; readonly room: string } & Message & Record<string, never>): void {
    const { counts } = this.#shared;
    switch (event.type) {
      case "said":
        this.#seen(event.room, event);
        break;
      case "joined": {
        const place = this.#places.get(event.room);
        if (place !== undefined && !place.joined) place.reader.start(event.history as never);
        if (place !== undefined) place.joined = true;
        break;
      }
      case "release":
        this.release = event.release as never;
        break;
      case "reacted":
      case "typing":
      case "pulse":
        counts.newEvents++;
        break;
      case "refused":
        counts.refused++;
        break;
    }
    const [first, ...others] = this.#expected.get(event.type) ?? [];
    if (first === undefined) return;
    this.#expected.set(event.type, others);
    first(event as never);
  }

  #seen(room: string, { from, seq, id }: Message): void {
    const { counts } = this.#shared;
    const place = this.#places.get(room);
    if (place === undefined) return;
    counts.received++;
    place.reader.see(from, seq);
    if (id !== undefined) {
      counts.withId++;
      if (place.lastId !== null && id !== place.lastId + 1) counts.wrongId++;
    }
    place.lastId = id ?? null;
    const nowMs = performance.now();
    this.#longestGapMs = Math.max(this.#longestGapMs, nowMs - this.#lastSeenMs);
    this.#lastSeenMs = nowMs;
    if (from !== this.name) return;
    const sentMs = this.#waiting.get(`${room}:${seq}`);
    if (sentMs === undefined) return;
    this.#waiting.delete(`${room}:${seq}`);
    counts.acknowledged++;
    this.#shared.onRoundTrip(nowMs - sentMs);
  }
}
