// What answers requests is checked where it is given, also within a child specification.

import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import * as Connection from "../../src/runtime/behaviour/connection.ts";
import * as Http from "../../src/runtime/behaviour/http.ts";
import { mfa } from "../../src/runtime/process/mfa.ts";
import type { Pid } from "../../src/runtime/process/pid.ts";
import * as Tracing from "../../src/runtime/process/tracing.ts";

const Web = {
  fetch: (request: Request): Response => new Response(request.url),
  later: async (_greeting: string, request: Request): Promise<Response> => new Response(request.url),
  text: (_request: Request): string => "hello",
  number: (n: number): Response => new Response(String(n)),
  upgrade: (_request: IncomingMessage, socket: Duplex, _head: Buffer): void => {
    socket.destroy();
  },
  start: (socket: Connection.Socket, _peer: Connection.Peer): Promise<Pid> =>
    Promise.reject(new Error(String(socket.open))),
};

void Http.listen(mfa(Web, "fetch"), { port: 0 });
void Http.listen(mfa(Web, "later", "hello"), { port: 0, upgrade: mfa(Web, "upgrade") });
mfa(Http, "listen", mfa(Web, "fetch"), { port: 0, name: "web" });

// @ts-expect-error It returns no Response.
void Http.listen(mfa(Web, "text"), { port: 0 });
// @ts-expect-error It takes no Request.
void Http.listen(mfa(Web, "number"), { port: 0 });
// @ts-expect-error An argument in front is missing.
void Http.listen(mfa(Web, "later"), { port: 0 });
// @ts-expect-error It has no such function.
void Http.listen(mfa(Web, "answer"), { port: 0 });
// @ts-expect-error A port is needed.
void Http.listen(mfa(Web, "fetch"), {});
// @ts-expect-error An option that is misspelt.
void Http.listen(mfa(Web, "fetch"), { port: 0, drainMS: 5 });
// @ts-expect-error The module itself is no call, and a closure would be old code.
void Http.listen(Web, { port: 0 });
// @ts-expect-error In a child specification, too.
mfa(Http, "listen", mfa(Web, "text"), { port: 0 });
// @ts-expect-error What takes a connection over gets three arguments, not a Request.
void Http.listen(mfa(Web, "fetch"), { port: 0, upgrade: mfa(Web, "fetch") });

declare const server: Connection.TcpServerLike;
Connection.listenTcp(server, mfa(Web, "start"));
// @ts-expect-error What starts a session returns its pid.
Connection.listenTcp(server, mfa(Web, "fetch"));

Tracing.subscribe("underway:process:exit", ({ pid, reason }) => void [pid, reason]);
// @ts-expect-error No such event.
Tracing.subscribe("underway:process:born", () => {});
// @ts-expect-error No such field.
Tracing.subscribe("underway:upgrade:begin", ({ vsn }) => vsn);
// @ts-expect-error A carrier has both functions.
Tracing.carry({ capture: () => 1 });
