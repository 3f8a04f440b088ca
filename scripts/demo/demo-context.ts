// What the acts of the demo share, and what more than one of them does.

import { setTimeout as sleep } from "node:timers/promises";
import type { ChatNode, Installed } from "./chat-node.ts";
import type { Message } from "./client.ts";
import type { Crowd } from "./crowd.ts";
import type { Watched } from "./crowd-protocol.ts";
import { formatMs, type Transcript } from "./transcript.ts";
import type { Workspace } from "./workspace.ts";

/** How many clients talk. */
export const CLIENTS = 200;
/** Rooms in which they do, without pause. */
export const BUSY_ROOMS = ["bridge", "deck", "galley", "engine", "mast", "cabin", "hold", "harbour"];
/** The room in which little is said, so that it still remembers the oldest messages. */
export const QUIET_ROOM = "lobby";
export const QUIET_MESSAGES = 12;

export interface Demo {
  readonly transcript: Transcript;
  readonly workspace: Workspace;
  readonly node: ChatNode;
  readonly crowd: Crowd;
  /** Each change of code, with what the clients saw meanwhile. */
  readonly changes: Change[];
  /** What the clients saw while nothing happened. */
  calm: Watched | null;
  /** The most messages that had not arrived when everybody had fallen silent. */
  undelivered: number;
  port: number;
}

export interface Change {
  readonly what: string;
  readonly report: Installed["report"];
  readonly watched: Watched;
}

/** Longer than the longest gap that is looked for. */
const AFTERMATH_MS = 1_000;

/** Has the node change its release while it is watched what the clients see; shows the command and the numbers. */
export const change = async (demo: Demo, command: "install" | "upgrade" | "downgrade", vsn: string): Promise<void> => {
  const { node, crowd, transcript } = demo;
  await crowd.ask("watch");
  const { report } = await node.must<Installed>(command, vsn);
  await sleep(AFTERMATH_MS);
  const watched = await crowd.ask("watched");
  demo.changes.push({ what: `${report.from} → ${report.to}`, report, watched });
  transcript.output(
    `${report.from} → ${report.to} in ${formatMs(report.durationMs)}: ${report.modulesLoaded} modules loaded, ` +
      `${report.modulesRemoved} removed, ${report.processes} processes migrated, pause ${formatMs(report.pauseMs)}`,
  );
};

/** Shows what `releases` says. */
export const showReleases = async ({ node, transcript }: Demo): Promise<void> => {
  const { stdout } = await node.run("releases");
  transcript.output(stdout);
};

/** Claims that each release has the status given. */
export const claimStatuses = async (demo: Demo, expected: { readonly [vsn: string]: string }): Promise<void> => {
  await showReleases(demo);
  const found = Object.fromEntries((await demo.node.releases()).map(({ vsn, status }) => [vsn, status]));
  const holds = Object.entries(expected).every(([vsn, status]) => found[vsn] === status);
  const words = Object.entries(expected).map(([vsn, status]) => `${vsn} is ${status}`);
  demo.transcript.claim(holds, words.join(", "), holds ? "" : JSON.stringify(found));
};

/** Claims that all open sockets are answered by one release, and that none was cut on the way. */
export const claimSameSockets = async (demo: Demo, release: string): Promise<void> => {
  const { crowd, transcript } = demo;
  const found = await crowd.ask("releases");
  const { cut } = await crowd.ask("counts");
  const holds = cut === 0 && found[release] === CLIENTS;
  transcript.claim(
    holds,
    `the same ${CLIENTS} sockets, none of them cut, are answered by ${release}`,
    holds ? "" : `${JSON.stringify(found)}, ${cut} cut`,
  );
};

/** Lets everything that is under way arrive, and claims that nothing is missing. */
export const claimComplete = async (demo: Demo): Promise<void> => {
  const { crowd, transcript } = demo;
  const { waiting, behind } = await crowd.ask("settle");
  const { missed, reordered, sent, received } = await crowd.ask("counts");
  demo.undelivered = Math.max(demo.undelivered, waiting + behind);
  const holds = waiting + behind + missed + reordered === 0;
  const detail = `${sent.toLocaleString("en-US")} sent, ${received.toLocaleString("en-US")} received until now`;
  transcript.claim(
    holds,
    "everybody falls silent: each message has reached each member of its room, in one order",
    holds ? detail : `${missed} missed, ${reordered} reordered, ${behind} not seen by all, ${waiting} never came back`,
  );
};

/** What the quiet room remembers. */
export const quietHistory = ({ crowd }: Demo): Promise<readonly Message[]> => crowd.ask("history", QUIET_ROOM);

/** Shows a few messages as the clients get them. */
export const showMessages = ({ transcript }: Demo, messages: readonly Message[]): void => {
  for (const message of messages) transcript.output(JSON.stringify(message));
};

export const sameTexts = (a: readonly Message[], b: readonly Message[]): boolean =>
  a.length === b.length && a.every(({ from, text }, i) => from === b[i]?.from && text === b[i]?.text);

/** True if the messages are numbered one after the other. */
export const numbered = (messages: readonly Message[]): boolean =>
  messages.every(({ id }, i) => id !== undefined && id === (messages[0]?.id ?? 0) + i);
