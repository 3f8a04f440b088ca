// The HTTP server: serves the page, and starts a session for each WebSocket.

import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import * as Application from "underway/application";
import * as Connection from "underway/connection";
import * as GenServer from "underway/gen-server";
import { type CallClauses, named, ok, type Pid, reply } from "underway/gen-server";
import { mfa } from "underway/process";
import * as Resource from "underway/resource";
import { WebSocketServer } from "ws";
import * as self from "./listener.ts";
import * as SessionSup from "./session-sup.ts";

export interface State {
  /** A server cannot be data, so the state holds a reference to it, which upgrades carry across untouched. */
  readonly server: Resource.ResourceRef<Server>;
}

/** Longest frame that a client may send; the text of a message is far shorter. */
const FRAME_BYTES_MAX = 64 * 1024;

// API.

export const startLink = (): Promise<Pid<typeof self>> => GenServer.startLink(self, null, { name: "chat_listener" });

/** The port it listens on; with `chat.port` 0 the system has chosen it. */
export const port = (): Promise<number> => GenServer.call(named<typeof self>("chat_listener"), "port");

// Callbacks.

export const init = async () =>
  ok<State>({ server: await Resource.open(self, "server", Number(Application.getEnv("chat", "port"))) });

export const handleCall = {
  port: ({ state }) => reply((Resource.value(state.server).address() as AddressInfo).port, state),
} satisfies CallClauses<State>;

/** The resource: opened in `init`, closed when the listener ends. */
export const server = {
  open: (wantedPort: number): Promise<Server> =>
    new Promise((resolve, reject) => {
      // Limit: the server keeps this function, and with it the version of this module that opened it, as long as it
      // listens. What it does is looked up in the version that is current at each request.
      const http = createServer((request, response) => void self.respond(request, response));
      http.once("error", reject);
      http.listen(wantedPort, () => {
        const sockets = new WebSocketServer({ server: http, path: "/socket", maxPayload: FRAME_BYTES_MAX });
        Connection.listen(sockets, mfa(SessionSup, "startSession"));
        resolve(http);
      });
    }),
  close: (http: Server): void => {
    http.close();
  },
} satisfies Resource.ResourceDefinition;

/** Answers every request with the page; read each time, so that the page is always the running release's. */
export const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const [path] = (request.url ?? "").split("?");
  if (path !== "/") return void response.writeHead(404).end();
  const page = await readFile(join(Application.privDir("chat"), "index.html"));
  response.writeHead(200, { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" }).end(page);
};
