// What the load comes through: a TCP port for calls to counters, and one for WebSockets.
//
//   client ─► id: u32, counter: u32     any number of them, in any order
//         ◄─ id: u32, total: u32        0xffffffff: the call has failed

import { createServer as createHttpServer } from "node:http";
import { createServer, type Server, type Socket } from "node:net";
import * as Application from "underway/application";
import * as Connection from "underway/connection";
import * as GenServer from "underway/gen-server";
import { ok, type Pid } from "underway/gen-server";
import { mfa } from "underway/process";
import * as Resource from "underway/resource";
import { WebSocketServer } from "ws";
import { crowd } from "./crowd.ts";
import * as self from "./listener.ts";
import * as SessionSup from "./session-sup.ts";

export interface State {
  readonly calls: Resource.ResourceRef<Server>;
  readonly sockets: Resource.ResourceRef<{ close(): unknown }>;
}

export const startLink = (): Promise<Pid<typeof self>> => GenServer.startLink(self, null, { name: "bench_listener" });

export const init = async () => {
  const calls = await Resource.open(self, "calls", Number(Application.getEnv("bench", "callsPort")));
  const sockets = await Resource.open(self, "sockets", Number(Application.getEnv("bench", "socketsPort")));
  return ok<State>({ calls, sockets });
};

export const calls = {
  open: (port: number): Promise<Server> =>
    new Promise((resolve, reject) => {
      const server = createServer({ noDelay: true }, (socket) => self.serve(socket));
      server.once("error", reject).listen(port, () => resolve(server));
    }),
  close: (server: Server): void => void server.close(),
} satisfies Resource.ResourceDefinition;

export const sockets = {
  open: (port: number): Promise<{ close(): unknown }> =>
    new Promise((resolve, reject) => {
      const http = createHttpServer();
      http.once("error", reject).listen(port, 4096, () => {
        Connection.listen(new WebSocketServer({ server: http }), mfa(SessionSup, "startSession"));
        resolve(http);
      });
    }),
  close: (http: { close(): unknown }): void => void http.close(),
} satisfies Resource.ResourceDefinition;

/** Calls are answered as soon as they can be: one that waits holds up none behind it. */
export const serve = (socket: Socket): void => {
  let rest: Buffer = Buffer.alloc(0);
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    for (; at + 8 <= rest.length; at += 8) void answer(socket, rest.readUInt32BE(at), rest.readUInt32BE(at + 4));
    rest = rest.subarray(at);
  });
};

const answer = async (socket: Socket, id: number, counter: number): Promise<void> => {
  const frame = Buffer.allocUnsafe(8);
  frame.writeUInt32BE(id, 0);
  try {
    const pid = crowd().pids[counter];
    if (pid === undefined) throw new Error(`there is no counter ${counter}`);
    frame.writeUInt32BE(await GenServer.callWithin(pid, "infinity", "add", 1), 4);
  } catch {
    frame.writeUInt32BE(0xffffffff, 4);
  }
  if (socket.writable) socket.write(frame);
};
