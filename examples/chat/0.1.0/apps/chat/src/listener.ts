// What clients connect to: the page, and a session behind each WebSocket of the same port.

import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import * as Application from "underway/application";
import * as Connection from "underway/connection";
import * as Http from "underway/http";
import { mfa, type Pid } from "underway/process";
import { WebSocketServer } from "ws";
import * as self from "./listener.ts";
import * as SessionSup from "./session-sup.ts";

/** Longest frame that a client may send; the text of a message is far shorter. */
const FRAME_BYTES_MAX = 64 * 1024;

/** Knows the protocol, and no connection. */
const sockets = new WebSocketServer({
  noServer: true,
  clientTracking: false,
  path: "/socket",
  maxPayload: FRAME_BYTES_MAX,
});

// API.

export const startLink = (): Promise<Pid> =>
  Http.listen(mfa(self, "fetch"), {
    port: Number(Application.getEnv("chat", "port")),
    name: "chat_listener",
    upgrade: mfa(self, "upgrade"),
  });

/** The port it listens on; with `chat.port` 0 the system has chosen it. */
export const port = async (): Promise<number> => (await Http.address({ name: "chat_listener" })).port;

// Called for each request, in the version that is current then.

/** Answers with the page; read each time, so that it is always the running release's. */
export const fetch = async (request: Request): Promise<Response> => {
  if (new URL(request.url).pathname !== "/") return new Response(null, { status: 404 });
  const page = await readFile(join(Application.privDir("chat"), "index.html"));
  return new Response(page, { headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" } });
};

/** Has a session started behind the WebSocket that a client asks for. */
export const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void =>
  sockets.handleUpgrade(request, socket, head, (ws) => Connection.accept(ws, request, mfa(SessionSup, "startSession")));
