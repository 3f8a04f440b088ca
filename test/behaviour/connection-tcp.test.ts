// One process behind each TCP socket, over real sockets: half-open, errors, back-pressure both ways; and back-pressure of
// real WebSockets.

import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { type AddressInfo, connect as connectTo, createServer, type Socket as NetSocket } from "node:net";
import { after, beforeEach, test } from "node:test";
import { WebSocket, WebSocketServer } from "ws";
import * as Connection from "../../src/runtime/behaviour/connection.ts";
import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import { noreply, ok, reply, stop } from "../../src/runtime/behaviour/gen-server.ts";
import * as Sys from "../../src/runtime/behaviour/sys.ts";
import * as Process from "../../src/runtime/process/index.ts";
import { collectReports, endOf, settled } from "../process/support.ts";

const reports = collectReports();

interface State {
  /** Bytes that have come. */
  readonly got: number;
  /** The last bytes, as text. */
  readonly text: string;
}

/** Echoes; some lines are commands. */
const Echo = {
  behaviour: "connection" as const,
  init: (_peer: Connection.Peer) => ok<State>({ got: 0, text: "" }),
  handleFrame({ state, socket }: Connection.Context<State>, frame: Connection.Frame) {
    const text = String(frame);
    if (text === "crash") throw new Error("boom");
    if (text === "stop") {
      socket.send("bye");
      return stop<State>("normal", state);
    }
    if (text === "close") socket.close();
    else if (text.length < 100) socket.send(frame);
    return noreply<State>({ got: state.got + frame.length, text: (state.text + text).slice(-20) });
  },
  handleDrain({ state, socket }: Connection.Context<State>) {
    events.emit("drain", socket.bufferedBytes);
    return noreply<State>(state);
  },
  handleCall: {
    state: ({ state }) => reply(state, state),
    /** Sends until the peer is slow, and tells how often it could. */
    fill({ state, socket }, chunk: number) {
      let sent = 1;
      while (socket.send("x".repeat(chunk))) sent++;
      return reply(sent * chunk, state);
    },
    /** Does not care. */
    flood({ state, socket }, chunk: number) {
      while (socket.open) socket.send("x".repeat(chunk));
      return reply(socket.closed, state);
    },
  } satisfies Connection.CallClauses<State>,
  terminate({ state, socket }: Connection.Context<State>, reason: Process.ExitReason) {
    events.emit("terminate", reason, socket.closed, state.got);
  },
};
/** Answers when the peer has ended its side, and not before. */
const AnswersLast = {
  ...Echo,
  handleFrame: ({ state }: Connection.Context<State>, frame: Connection.Frame) =>
    noreply<State>({ ...state, text: state.text + String(frame) }),
  async handleEnd({ state, socket }: Connection.Context<State>) {
    await settled();
    socket.send(`you said ${state.text}`);
    socket.close();
    return noreply<State>(state);
  },
};

const events = new EventEmitter();
const Starter = {
  module: Echo as typeof Echo,
  gate: Promise.resolve(),
  refuses: false,
  options: {} as Connection.ConnectionOptions,
  async start(socket: Connection.Socket, about: Connection.Peer): Promise<Process.Pid> {
    await Starter.gate;
    if (Starter.refuses) throw new Error("no room");
    // Each has a parent of its own, as it has a supervisor in an application.
    const pid = await GenServer.start(Owner, null).then((owner) => GenServer.call(owner, "start", socket, about));
    events.emit("started", pid, about);
    return pid;
  },
};
const Owner = {
  init: (_arg: null) => {
    Process.trapExit(true);
    return ok<null>(null);
  },
  handleCall: {
    async start(_context, socket: Connection.Socket, about: Connection.Peer) {
      return reply(await Connection.startLink(Starter.module, socket, about, Starter.options), null);
    },
  } satisfies GenServer.CallClauses<null>,
  handleInfo: () => stop<null>("normal", null),
};
beforeEach(() => {
  Starter.module = Echo;
  Starter.gate = Promise.resolve();
  Starter.options = {};
  Starter.refuses = false;
  reports.length = 0;
});

const server = createServer().listen(0, "127.0.0.1");
const unlisten = Connection.listenTcp(server, Process.mfa(Starter, "start"));
const wsServer = new WebSocketServer({ port: 0, host: "127.0.0.1" });
Connection.listen(wsServer, { module: Starter, function: "start", args: [] });
await once(server, "listening");
after(() => {
  unlisten();
  server.close();
  wsServer.close();
});

/** A peer that may end its side alone, and what comes to it. */
const connect = (): NetSocket => {
  const { port } = server.address() as AddressInfo;
  return connectTo({ port, host: "127.0.0.1", allowHalfOpen: true }).on("error", () => {});
};
const join = async (): Promise<{ peer: NetSocket; pid: Process.Pid<typeof Echo>; about: Connection.Peer }> => {
  const started = once(events, "started");
  const peer = connect();
  const [pid, about] = await started;
  return { peer, pid, about };
};
/** All that comes until the other side is ended. */
const readAll = async (peer: NetSocket): Promise<string> => {
  let text = "";
  for await (const chunk of peer) text += String(chunk);
  return text;
};
/** The reason, how the socket was closed, and how many bytes have come. */
const lastWords = async (): Promise<unknown[]> => once(events, "terminate");

test("listenTcp starts a process behind a socket, which answers bytes in their order", async () => {
  const { peer, pid, about } = await join();
  assert.deepEqual(about, { address: "127.0.0.1", port: peer.localPort });
  assert.equal(Process.processInfo(pid)?.behaviour, "connection");
  for (const text of ["one", "zwölf", "x".repeat(99)]) {
    peer.write(text);
    assert.equal(String((await once(peer, "data"))[0]), text);
  }
  const end = endOf(pid);
  peer.end();
  assert.deepEqual(await end, { shutdown: "closed" });
});

test("bytes that come before the process has taken the socket are kept for it, and those after the peer's end answered", async () => {
  const gate = Promise.withResolvers<void>();
  Starter.gate = gate.promise;
  const words = lastWords();
  const peer = connect();
  peer.end("early");
  await once(peer, "connect");
  const text = readAll(peer);
  for (let turn = 0; turn < 20; turn++) await settled();
  gate.resolve();
  assert.equal(await text, "early");
  assert.deepEqual(await words, [{ shutdown: "closed" }, { code: 1000, reason: "" }, 5]);
});

test("handleEnd may answer a peer that has ended its side", async () => {
  Starter.module = AnswersLast as typeof Echo;
  const { peer } = await join();
  peer.write("a");
  peer.end("b");
  assert.equal(await readAll(peer), "you said ab");
});

test("a peer that resets ends the process as closed, and terminate can see how", async () => {
  const { peer, pid } = await join();
  const end = endOf(pid);
  const words = lastWords();
  peer.resetAndDestroy();
  assert.deepEqual(await words, [{ shutdown: "closed" }, { code: 1006, reason: "ECONNRESET" }, 0]);
  assert.deepEqual(await end, { shutdown: "closed" });
  assert.deepEqual(reports, [], "which is nobody's mistake");
});

test("a peer that resets before the process has started is what the process is told first", async () => {
  const gate = Promise.withResolvers<void>();
  Starter.gate = gate.promise;
  const words = lastWords();
  const peer = connect();
  peer.write("hello");
  await once(server, "connection");
  peer.resetAndDestroy();
  for (let turn = 0; turn < 20; turn++) await settled();
  gate.resolve();
  const [reason, closed] = await words;
  assert.deepEqual(reason, { shutdown: "closed" });
  assert.equal((closed as Connection.Closed).code, 1006);
});

test("the process ending normally ends the socket after what it has sent", async () => {
  const { peer, pid } = await join();
  peer.write("stop");
  assert.equal(await readAll(peer), "bye");
  assert.equal(Process.isAlive(pid), false);
  peer.end();
});

test("close ends the socket, and the process with the peer's answer", async () => {
  const { peer, pid } = await join();
  const end = endOf(pid);
  peer.write("close");
  assert.equal(await readAll(peer), "");
  assert.equal(Process.isAlive(pid), true);
  peer.end();
  assert.deepEqual(await end, { shutdown: "closed" });
});

test("the process crashing resets the socket, so that its peer sees that something is missing", async () => {
  const { peer } = await join();
  const failed = new Promise((resolve) => peer.once("error", resolve));
  peer.write("crash");
  assert.equal(((await failed) as NodeJS.ErrnoException).code, "ECONNRESET");
});

test("a start that fails resets the socket and is reported", async () => {
  Starter.refuses = true;
  const failed = new Promise((resolve) => connect().once("error", resolve));
  assert.equal(((await failed) as NodeJS.ErrnoException).code, "ECONNRESET");
  assert.match(reports.find(({ kind }) => kind === "connection")?.message ?? "", /start\/2 failed/);
});

test("what comes for a process that has ended is dropped, and the socket is closed", async () => {
  const { peer, pid } = await join();
  await Sys.terminate(pid, "shutdown");
  peer.write("too late");
  peer.end("and more");
  assert.equal(await readAll(peer), "");
});

test("a peer that never ends its side is not waited for for ever", async (t) => {
  const { peer, pid } = await join();
  t.mock.timers.enable({ apis: ["setTimeout"] });
  Process.exit(pid, "shutdown");
  await readAll(peer);
  const closed = once(peer, "error");
  t.mock.timers.tick(5_000);
  t.mock.timers.reset();
  // Writing to a socket that is gone is answered by a reset.
  const timer = setInterval(() => peer.write("x"), 1);
  await closed;
  clearInterval(timer);
  peer.destroy();
});

/** Resolves with the value when it no longer changes: the buffers of both systems are full. */
const steady = async (read: () => number): Promise<number> => {
  let before = Number.NaN;
  for (let still = 0; still < 20; ) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    still = read() === before ? still + 1 : 0;
    before = read();
  }
  return before;
};
const MIB = 1024 * 1024;

test("a slow process pauses its TCP socket: the peer has to wait, and nothing is lost", async () => {
  const { peer, pid } = await join();
  const words = lastWords();
  await Sys.suspend(pid);
  for (let n = 0; n < 64; n++) peer.write("y".repeat(MIB));
  const left = await steady(() => peer.writableLength);
  const { messageQueueLength } = await Sys.getStatus(pid);
  assert.ok(messageQueueLength <= 128, `${messageQueueLength} frames wait`);
  assert.ok(left > 32 * MIB, `${left} bytes are left with the peer`);
  peer.end();
  await Sys.resume(pid);
  assert.equal((await words)[2], 64 * MIB);
  await readAll(peer);
});

test("the process of a paused socket ending lets what still comes go by, so that the end of its peer is seen", async () => {
  const { peer, pid } = await join();
  await Sys.suspend(pid);
  for (let n = 0; n < 16; n++) peer.write("y".repeat(MIB));
  assert.ok((await steady(() => peer.writableLength)) > 0, "it is paused");
  const taken = once(peer.resume(), "finish");
  Process.exit(pid, "shutdown");
  peer.end();
  await taken;
});

test("send tells that a TCP peer is slow, and handleDrain that it no longer is", async () => {
  const { peer, pid } = await join();
  peer.pause();
  // The systems on the way take some of it at once, which is no sign of a slow peer.
  await GenServer.callWithin(pid, "infinity", "fill", 10 * MIB);
  const drained = once(events, "drain");
  peer.resume();
  const [bufferedBytes] = await drained;
  assert.ok(bufferedBytes <= 16 * 1024);
  peer.destroy();
});

test("a TCP peer that takes nothing is given up when more than sendBytesMax wait for it", async () => {
  Starter.options = { sendBytesMax: MIB };
  const { peer, pid } = await join();
  peer.pause();
  const end = endOf(pid);
  const closed = await GenServer.callWithin(pid, "infinity", "flood", 100_000);
  assert.deepEqual(closed, { code: 1006, reason: "slow_peer" });
  assert.deepEqual(await end, { shutdown: "closed" });
  assert.match(reports[0]?.message ?? "", /given up: 1\d{6} bytes wait/);
  peer.destroy();
});

const joinWs = async (): Promise<{ peer: WebSocket; pid: Process.Pid<typeof Echo> }> => {
  const started = once(events, "started");
  const peer = new WebSocket(`ws://127.0.0.1:${(wsServer.address() as AddressInfo).port}`);
  const [pid] = await started;
  if (peer.readyState !== WebSocket.OPEN) await once(peer, "open");
  return { peer, pid };
};

test("a slow process pauses its WebSocket: the peer has to wait, and nothing is lost", async () => {
  const { peer, pid } = await joinWs();
  const words = lastWords();
  await Sys.suspend(pid);
  for (let n = 0; n < 64; n++) peer.send("y".repeat(MIB));
  const left = await steady(() => peer.bufferedAmount);
  assert.ok(left > 32 * MIB, `${left} bytes are left with the peer`);
  peer.close();
  await Sys.resume(pid);
  assert.equal((await words)[2], 64 * MIB);
});

test("send tells that a WebSocket's peer is slow, and handleDrain that it no longer is", async () => {
  const { peer, pid } = await joinWs();
  peer.pause();
  await GenServer.callWithin(pid, "infinity", "fill", 10 * MIB);
  const drained = once(events, "drain");
  peer.resume();
  const [bufferedBytes] = await drained;
  assert.ok(bufferedBytes <= 16 * 1024);
  peer.terminate();
});

test("a WebSocket's peer that takes nothing is given up when more than sendBytesMax wait for it", async () => {
  Starter.options = { sendBytesMax: MIB };
  const { peer, pid } = await joinWs();
  peer.pause();
  const end = endOf(pid);
  const closed = await GenServer.callWithin(pid, "infinity", "flood", 100_000);
  assert.deepEqual(closed, { code: 1006, reason: "slow_peer" });
  assert.deepEqual(await end, { shutdown: "closed" });
  peer.terminate();
});

test("a frame of a WebSocket whose process has ended is dropped, and the peer sent away", async () => {
  const { peer, pid } = await joinWs();
  const closed = once(peer, "close");
  Process.exit(pid, "kill");
  for (let n = 0; n < 500; n++) peer.send("too late");
  assert.equal((await closed)[0], 1011);
});
