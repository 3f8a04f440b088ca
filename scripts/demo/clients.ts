// The operating-system process with all the clients. The demo starts it and talks to it over IPC (crowd-protocol.ts).

import { setTimeout as sleep } from "node:timers/promises";
import { Client, type Counts, type Shared } from "./client.ts";
import type { AnswerMessage, Argument, CrowdRequests, Name, RequestMessage } from "./crowd-protocol.ts";
import { RoomLog } from "./room-log.ts";

/** Every room hears a message so often: that is what gaps are seen against. */
const MESSAGE_EVERY_MS = 20;
/** When for so long nothing has come, what has not come by then counts as lost. */
const SETTLE_MS = 5_000;
/** Sockets are opened so many at a time. */
const CONNECT_AT_ONCE = 25;

const PHRASES = [
  "ship ahoy",
  "all hands on deck",
  "steady as she goes",
  "the tide is with us",
  "a plank is loose, somebody fetch another",
  "do not stop the ship for it",
  "wind from the north-west",
  "land in sight?",
];

const counts: Counts = {
  sent: 0,
  acknowledged: 0,
  received: 0,
  missed: 0,
  reordered: 0,
  withId: 0,
  wrongId: 0,
  newRequests: 0,
  newEvents: 0,
  refused: 0,
  cutByKill: 0,
  lostByKill: 0,
  cut: 0,
};
const logs = new Map<string, RoomLog>();
let roundTripsMs: number[] = [];
const shared: Shared = {
  counts,
  port: 0,
  killing: false,
  modern: false,
  logOf(room) {
    const log = logs.get(room) ?? new RoomLog();
    logs.set(room, log);
    return log;
  },
  onRoundTrip: (ms) => void roundTripsMs.push(ms),
};

/** Clients by their busy room; those of the quiet room are among them. */
const rooms = new Map<string, Client[]>();
let quietRoom = "";
const quietClients: Client[] = [];
let killedAtMs = 0;
/** Sockets cut by the kills before the present one. */
let killedBefore = 0;
let talking: NodeJS.Timeout | null = null;

// API: one function per request.

const requests: { readonly [N in Name]: (argument: Argument<N>) => unknown } = {
  async connect({ port, clients, rooms: names, quietRoom: quiet }) {
    shared.port = port;
    quietRoom = quiet;
    const all = Array.from({ length: clients }, (_, i) => {
      const room = names[i % names.length] as string;
      const isQuiet = i < names.length;
      const client = new Client(`client-${String(i + 1).padStart(3, "0")}`, isQuiet ? [room, quiet] : [room], shared);
      rooms.set(room, [...(rooms.get(room) ?? []), client]);
      if (isQuiet) quietClients.push(client);
      return client;
    });
    for (let i = 0; i < all.length; i += CONNECT_AT_ONCE) {
      await Promise.all(all.slice(i, i + CONNECT_AT_ONCE).map((client) => client.connect()));
    }
  },

  async talkQuietly({ messages }) {
    for (let i = 0; i < messages; i++) {
      quietClients[i % quietClients.length]?.say(quietRoom, PHRASES[i % PHRASES.length] as string);
      await sleep(10);
    }
  },

  talk() {
    // Each room in its turn, and in each room each client in its turn: the same distance between any two messages.
    let turn = 0;
    const everyMs = MESSAGE_EVERY_MS / rooms.size;
    const beganMs = performance.now();
    const step = () => {
      const due = Math.floor((performance.now() - beganMs) / everyMs);
      for (; turn < due; turn++) {
        const [room, clients] = [...rooms][turn % rooms.size] as [string, Client[]];
        const client = clients[Math.floor(turn / rooms.size) % clients.length];
        client?.say(room, PHRASES[turn % PHRASES.length] as string);
      }
    };
    talking ??= setInterval(step, everyMs);
  },

  modern(on) {
    shared.modern = on;
  },

  async settle() {
    if (talking !== null) clearInterval(talking);
    talking = null;
    // A busy machine may be late; it has not lost anything as long as something comes.
    let { received } = counts;
    let lastMs = performance.now();
    while (!everybody().every(({ quiet }) => quiet) && performance.now() - lastMs < SETTLE_MS) {
      await sleep(5);
      if (counts.received > received) lastMs = performance.now();
      received = counts.received;
    }
    return { waiting: total(({ waiting }) => waiting), behind: total(({ behind }) => behind) };
  },

  counts: () => counts,

  async releases() {
    const answers = await Promise.all(everybody().map((client) => client.askRelease()));
    return Object.fromEntries([...Map.groupBy(answers, (each) => each)].map(([release, all]) => [release, all.length]));
  },

  history: (room) => (room === quietRoom ? quietClients : (rooms.get(room) ?? []))[0]?.askHistory(room),

  watch() {
    roundTripsMs = [];
    for (const client of everybody()) client.watch();
  },

  watched() {
    const sorted = roundTripsMs.sort((a, b) => a - b);
    return {
      longestGapMs: Math.max(...everybody().map((client) => client.longestGapMs())),
      roundTripP50Ms: sorted[sorted.length >> 1] ?? 0,
      roundTripMaxMs: sorted.at(-1) ?? 0,
      messages: sorted.length,
    };
  },

  killing() {
    shared.killing = true;
    killedAtMs = performance.now();
    killedBefore = counts.cutByKill;
    // The rooms' memories die with the node. Who is connected goes on with the log that it has.
    logs.clear();
  },

  async reconnected() {
    // Not before all have been cut: the news of the node's end comes to each socket by itself.
    while (counts.cutByKill < killedBefore + everybody().length) await sleep(5);
    while (!everybody().every(({ connected }) => connected)) await sleep(5);
    shared.killing = false;
    return { afterMs: performance.now() - killedAtMs };
  },

  close() {
    for (const client of everybody()) client.close();
    setTimeout(() => process.disconnect(), 100);
  },
};

// Internal.

const everybody = (): Client[] => [...rooms.values()].flat();

const total = (of: (client: Client) => number): number => everybody().reduce((sum, client) => sum + of(client), 0);

process.on("message", async ({ id, name, argument }: RequestMessage) => {
  const answer = async (): Promise<AnswerMessage> => {
    try {
      return { id, value: await (requests[name as keyof CrowdRequests] as (argument: unknown) => unknown)(argument) };
    } catch (error) {
      return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
  };
  process.send?.(await answer());
});
// The demo has gone: so must this.
process.on("disconnect", () => process.exit(0));
// The demo decides what becomes of Ctrl-C.
process.on("SIGINT", () => {});
