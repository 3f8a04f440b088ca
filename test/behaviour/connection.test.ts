// One process behind each WebSocket: with the real library `ws`, over a real socket.

import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import { WebSocket, WebSocketServer } from "ws";
import * as Connection from "../../src/runtime/behaviour/connection.ts";
import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import { noreply, ok, reply, stop, stopInit } from "../../src/runtime/behaviour/gen-server.ts";
import * as Sys from "../../src/runtime/behaviour/sys.ts";
import * as Process from "../../src/runtime/process/index.ts";
import { collectReports, endOf, refused, settled } from "../process/support.ts";

const reports = collectReports();

type State = { readonly url: string; readonly frames: readonly Connection.Frame[] };

/** What stands behind a socket in these tests; text frames are commands. */
const Session = {
  behaviour: "connection" as const,
  vsn: 1,
  init(url: string) {
    if (url.includes("refused")) return stopInit("no room");
    if (url.includes("ignored")) return GenServer.ignore;
    if (url.includes("broken")) throw new Error("boom");
    return ok<State>({ url, frames: [] });
  },
  handleFrame({ state, socket }: Connection.Context<State>, frame: Connection.Frame) {
    if (frame === "crash") throw new Error("boom");
    if (frame === "stop") return stop<State>("normal", state);
    if (frame === "close") socket.close(4000, "x".repeat(200));
    else socket.send(frame);
    return noreply<State>({ ...state, frames: [...state.frames, frame] });
  },
  handleCall: {
    state: ({ state }) => reply(state, state),
    open: ({ state, socket }) => reply(socket.open, state),
  } satisfies Connection.CallClauses<State>,
  handleCast: {
    tell({ state, socket }, what: string) {
      socket.send(what);
      return noreply(state);
    },
  } satisfies Connection.CastClauses<State>,
  terminate({ state }: Connection.Context<State>, reason: Process.ExitReason) {
    lastWords.push([state.url, reason]);
  },
};
const lastWords: [string, Process.ExitReason][] = [];

/** Starts sessions as `starts` says at that moment, and tells of each. */
const sessions = new EventEmitter();
const Starter = {
  async start(socket: Connection.Socket, request: Connection.Request): Promise<Process.Pid> {
    const pid = await GenServer.start(Owner, null).then((owner) => GenServer.call(owner, "start", socket, request.url));
    sessions.emit("started", pid, request);
    return pid;
  },
};
/** Each session has a parent of its own, as it has a supervisor in an application. */
const Owner = {
  init: (_arg: null) => {
    Process.trapExit(true);
    return ok<null>(null);
  },
  handleCall: {
    async start(_context, socket: Connection.Socket, url: string) {
      return reply(await Connection.startLink(Session, socket, url), null);
    },
  } satisfies GenServer.CallClauses<null>,
  handleInfo: () => stop<null>("normal", null),
};

const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
await once(server, "listening");
const unlisten = Connection.listen(server, Process.mfa(Starter, "start"));
after(() => {
  for (const client of server.clients) client.terminate();
  server.close();
});

const connect = (path: string): WebSocket =>
  new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, { headers: { "x-name": "ada" } });
/** A connected client and the process behind it. */
const join = async (
  path: string,
): Promise<{ client: WebSocket; pid: Process.Pid<typeof Session>; request: unknown }> => {
  const started = once(sessions, "started");
  const client = connect(path);
  const [pid, request] = await started;
  if (client.readyState !== WebSocket.OPEN) await once(client, "open");
  return { client, pid, request };
};
const nextFrame = async (client: WebSocket): Promise<unknown> => {
  const [data, isBinary] = await once(client, "message");
  return isBinary ? new Uint8Array(data) : String(data);
};
const closeOf = async (client: WebSocket): Promise<[code: number, reason: string]> => {
  const [code, reason] = await once(client, "close");
  return [code, String(reason)];
};

test("listen starts a process behind a socket, with the request as plain data", async () => {
  const { client, pid, request } = await join("/socket?name=ada");
  const { url, headers } = request as Connection.Request;
  assert.equal(url, "/socket?name=ada");
  assert.equal(headers["x-name"], "ada");
  assert.deepEqual(structuredClone(request), request);
  assert.equal(Process.processInfo(pid)?.behaviour, "connection");
  client.close();
});

test("handleFrame gets texts as texts and bytes as bytes, in order, and answers by the socket", async () => {
  const { client, pid } = await join("/frames");
  const frames = ["one", "zwölf", new Uint8Array([0, 255]), ""];
  for (const frame of frames) {
    const answer = nextFrame(client);
    client.send(frame);
    assert.deepEqual(await answer, frame);
  }
  const { frames: seen } = await GenServer.call(pid, "state");
  assert.deepEqual(
    seen.map((frame) => (typeof frame === "string" ? frame : new Uint8Array(frame))),
    frames,
  );
  client.close();
});

test("frames that come before the process has taken the socket are kept for it, in order", async () => {
  const gate = Promise.withResolvers<void>();
  const { start } = Starter;
  Starter.start = async (socket, request) => {
    await gate.promise;
    return start(socket, request);
  };
  const started = once(sessions, "started");
  const client = connect("/early");
  await once(client, "open");
  for (let i = 0; i < 300; i++) client.send(String(i));
  client.send("last");
  const last = new Promise<void>((resolve) => client.on("message", (data) => String(data) === "last" && resolve()));
  await settled();
  Starter.start = start;
  gate.resolve();
  const [pid] = await started;
  await last;
  const { frames } = await GenServer.call(pid as Process.Pid<typeof Session>, "state");
  assert.deepEqual(frames, [...Array.from({ length: 300 }, (_, i) => String(i)), "last"]);
  client.close();
});

test("calls and casts reach the process behind a socket, whose clauses have the socket", async () => {
  const { client, pid } = await join("/casts");
  const told = nextFrame(client);
  GenServer.cast(pid, "tell", "hello");
  assert.equal(await told, "hello");
  assert.equal(await GenServer.call(pid, "open"), true);
  client.close();
});

test("a client that closes ends the process as closed, after its frames and with last words", async () => {
  const { client, pid } = await join("/leaving");
  const end = endOf(pid);
  client.send("good bye");
  client.close();
  assert.deepEqual(await end, { shutdown: "closed" });
  assert.deepEqual(lastWords.at(-1), ["/leaving", { shutdown: "closed" }]);
});

test("a client that vanishes without a word ends the process as closed", async () => {
  const { client, pid } = await join("/vanishing");
  const end = endOf(pid);
  client.terminate();
  assert.deepEqual(await end, { shutdown: "closed" });
});

const codes: readonly [how: string, end: (pid: Process.Pid, client: WebSocket) => unknown, code: number][] = [
  ["normal", (_pid, client) => client.send("stop"), 1000],
  ["shutdown", (pid) => Sys.terminate(pid, "shutdown"), 1001],
  ["a crash", (_pid, client) => client.send("crash"), 1011],
  ["a kill", (pid) => Process.exit(pid, "kill"), 1011],
];
for (const [how, end, code] of codes) {
  test(`the process ending by ${how} closes the connection with ${code}`, async () => {
    const { client, pid } = await join("/ending");
    const closed = closeOf(client);
    void end(pid, client);
    assert.deepEqual(await closed, [code, ""]);
    assert.equal(Process.isAlive(pid), false);
  });
}

test("close closes with a code and a reason, cut where the protocol ends it", async () => {
  const { client, pid } = await join("/closing");
  const end = endOf(pid);
  const closed = closeOf(client);
  client.send("close");
  assert.deepEqual(await closed, [4000, "x".repeat(123)]);
  assert.deepEqual(await end, { shutdown: "closed" });
});

test("a start that fails sends the client away with 1011 and is reported", async () => {
  for (const path of ["/refused", "/broken"]) {
    assert.deepEqual(await closeOf(connect(path)), [1011, ""]);
    assert.match(reports.findLast(({ kind }) => kind === "connection")?.message ?? "", /start\/2 failed/);
  }
  assert.equal((await closeOf(connect("/ignored")))[0], 1000, "it did not want to, which is no failure");
});

test("a start that leaves the socket to nobody sends the client away with 1011", async () => {
  const { start } = Starter;
  const nobody = Process.spawn({ run: () => {} }, "run");
  Starter.start = () => Promise.resolve(nobody);
  const closed = await closeOf(connect("/nobody"));
  Starter.start = start;
  assert.deepEqual(closed, [1011, ""]);
});

test("a second process behind a socket is refused, and the first one keeps it", async () => {
  const { start } = Starter;
  Starter.start = async (socket, request) => {
    await start(socket, request);
    return start(socket, request);
  };
  const { client } = await join("/twice");
  Starter.start = start;
  const answer = nextFrame(client);
  client.send("still here");
  assert.equal(await answer, "still here");
  assert.match(reports.findLast(({ kind }) => kind === "connection")?.message ?? "", /start\/2 failed/);
  client.close();
});

test("a suspended connection keeps its frames, and handles them in order when it goes on", async () => {
  const { client, pid } = await join("/suspended");
  await Sys.suspend(pid);
  client.send("one");
  client.send("two");
  const answers = new Promise((resolve) => {
    const got: string[] = [];
    client.on("message", (data) => got.push(String(data)) === 2 && resolve(got));
  });
  while ((await Sys.getStatus(pid)).messageQueueLength < 2) await settled();
  await Sys.resume(pid);
  assert.deepEqual(await answers, ["one", "two"]);
  client.close();
});

test("a connection whose callback module changes answers in the new code over the same socket", async () => {
  const { client, pid } = await join("/upgraded");
  const { handleFrame } = Session;
  Session.handleFrame = ({ state, socket }, frame) => {
    socket.send(`new: ${String(frame)}`);
    return noreply<State>(state);
  };
  const answer = nextFrame(client);
  client.send("hello");
  assert.equal(await answer, "new: hello");
  Session.handleFrame = handleFrame;
  assert.equal(Process.isAlive(pid), true);
  client.close();
});

test("unlisten ends the listening, and open connections stay", async () => {
  const { client, pid } = await join("/staying");
  unlisten();
  const unserved = connect("/unserved");
  await once(unserved, "open");
  const answer = nextFrame(client);
  client.send("still here");
  assert.equal(await answer, "still here");
  assert.equal(Process.isAlive(pid), true);
  unserved.terminate();
  client.close();
  await endOf(pid);
});

// Without a network: back-pressure, and what is sent to a socket that is closed.

class FakeSocket extends EventEmitter implements Connection.WebSocketLike {
  readyState = 1;
  bufferedAmount = 7;
  paused = 0;
  readonly sent: unknown[] = [];
  send(data: unknown): void {
    this.sent.push(data);
  }
  close(code: number): void {
    this.readyState = 2;
    this.sent.push(code);
  }
  pause(): void {
    this.paused++;
  }
  resume(): void {
    this.paused--;
  }
}

test("a socket is paused when too many frames wait for its process, and goes on when most are handled", async () => {
  const ws = new FakeSocket();
  const socket = Connection.webSocket(ws);
  const pid = await Connection.startLink(Session, socket, "/flood");
  await Sys.suspend(pid);
  for (let i = 0; i < 127; i++) ws.emit("message", Buffer.from("x"), false);
  assert.equal(ws.paused, 0);
  ws.emit("message", Buffer.from("x"), false);
  ws.emit("message", Buffer.from("x"), false);
  assert.equal(ws.paused, 1);
  await Sys.resume(pid);
  await GenServer.call(pid, "state");
  assert.equal(ws.paused, 0);
  assert.equal(ws.sent.length, 129);
  Process.exit(pid, "kill");
});

test("what a socket brings before a process takes it is kept: its frames, then its end", async () => {
  const ws = new FakeSocket();
  const socket = Connection.webSocket(ws);
  for (const frame of ["one", "two"]) ws.emit("message", Buffer.from(frame), false);
  const before = lastWords.length;
  const pid = await Connection.startLink(Session, socket, "/kept");
  assert.deepEqual((await GenServer.call(pid, "state")).frames, ["one", "two"]);
  ws.emit("message", [Buffer.from("in "), Buffer.from("pieces")], false);
  ws.emit("message", Uint8Array.from([1, 2]).buffer, true);
  const { frames } = await GenServer.call(pid, "state");
  assert.deepEqual(frames.slice(2), ["in pieces", Uint8Array.from([1, 2])]);
  ws.emit("close", 1000, Buffer.from(""));
  await settled();
  assert.equal(lastWords.length, before + 1);
});

test("send and close of a socket that is closed do nothing", async () => {
  const ws = new FakeSocket();
  const socket = Connection.webSocket(ws);
  assert.equal(socket.bufferedBytes, 7);
  assert.equal(socket.open, true);
  ws.emit("close", 1006, Buffer.from(""));
  socket.send("dropped");
  socket.close();
  assert.deepEqual([socket.open, ws.sent], [false, []]);
  await Connection.startLink(Session, socket, "/too late");
  await settled();
  assert.deepEqual(lastWords.at(-1), ["/too late", { shutdown: "closed" }]);
});

test("startLink of a socket that has been taken is refused", async () => {
  const socket = Connection.webSocket(new FakeSocket());
  const pid = await Connection.startLink(Session, socket, "/one");
  await assert.rejects(Connection.startLink(Session, socket, "/other"), (error) => {
    refused("gen_server/init_failed")(error);
    refused("connection/already_taken")((error as Error).cause);
    return true;
  });
  assert.equal(socket.open, true, "the first one keeps it");
  Process.exit(pid, "kill");
});
