// Sockets, requests and streams over an upgrade, a downgrade and an upgrade that is undone, all under load: built, packed, in
// an operating-system process of its own. Nobody is disconnected, no byte is lost or overtaken.

import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, get as httpGet, type IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { after, before, test } from "node:test";
import { TargetDirectory } from "./target.ts";
import { buildWire } from "./wire.ts";

const IDLE = 1_000;
const CLIENTS = 10;
const FEEDS = 5;

let wire: Awaited<ReturnType<typeof buildWire>>;
let target: TargetDirectory;
let tcpPort: number;
let base: string;
const call = <T>(fn: string, ...args: readonly unknown[]): Promise<T> =>
  target.ok<T>("rpc", "wire/api", fn, JSON.stringify(args));

before(async () => {
  wire = await buildWire();
  target = new TargetDirectory(wire.package("1.0.0"));
  await target.ok("daemon");
  const [tcp, http] = await call<readonly number[]>("ports");
  tcpPort = tcp as number;
  base = `http://127.0.0.1:${http}`;
});
after(async () => {
  await target?.remove();
  wire?.remove();
});

/** Sends numbered lines, cut anywhere, until it is told to stop; keeps all that comes back. */
class Client {
  readonly #socket: Socket;
  #sent = 0;
  #stopped = false;
  answers = "";

  constructor() {
    this.#socket = connect(tcpPort, "127.0.0.1");
    this.#socket.on("data", (data) => {
      this.answers += data;
    });
  }

  async run(): Promise<void> {
    await once(this.#socket, "connect");
    while (!this.#stopped) {
      const line = `${this.#sent++}\n`;
      const cut = this.#sent % line.length;
      this.#socket.write(line.slice(0, cut));
      await new Promise((resolve) => setTimeout(resolve, 3));
      this.#socket.write(line.slice(cut));
    }
    this.#socket.end();
    await once(this.#socket, "close");
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Checks that each line was answered, once and in its order; tells which versions have answered. */
  check(): readonly string[] {
    const lines = this.answers.split("\n").slice(0, -1);
    assert.equal(lines.length, this.#sent, "every line was answered");
    lines.forEach((line, n) => {
      assert.equal(line.replace(/^\S+/, ""), ` ${n + 1} ${n}`);
    });
    return runs(lines.map((line) => line.split(" ")[0] as string));
  }
}

/** Each value once for each stretch in which it stands. */
const runs = (values: readonly string[]): readonly string[] => values.filter((value, n) => value !== values[n - 1]);

const text = async (answer: IncomingMessage): Promise<string> => {
  let all = "";
  for await (const chunk of answer) all += String(chunk);
  return all;
};
const get = async (path: string, agent?: Agent): Promise<string> => {
  const sent = httpGet(base + path, agent === undefined ? {} : { agent });
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  return text(answer);
};
/** Looks again until it is so; the test's own time limit ends it. */
const until = async (condition: () => Promise<boolean>): Promise<void> => {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
};

/** A connection that has had its answer and is kept alive. */
const idle = async (): Promise<Socket> => {
  const socket = connect(Number(new URL(base).port), "127.0.0.1");
  await ask(socket);
  return socket;
};
const ask = async (socket: Socket): Promise<string> => {
  socket.write("GET /version HTTP/1.1\r\nHost: a\r\n\r\n");
  let all = "";
  while (!all.endsWith("0\r\n\r\n")) all += String((await once(socket, "data"))[0]);
  return /\d+\.\d+\.\d+/.exec(all.split("\r\n\r\n")[1] ?? "")?.[0] ?? all;
};

test("sockets, requests and streams live through an upgrade, a downgrade and an undone upgrade under load", async () => {
  const clients = Array.from({ length: CLIENTS }, () => new Client());
  const working = clients.map((client) => client.run());
  const feeds = await Promise.all(
    Array.from({ length: FEEDS }, async () => {
      const [answer] = (await once(httpGet(`${base}/feed`), "response")) as [IncomingMessage];
      return { answer, events: text(answer) };
    }),
  );
  const connections: Socket[] = [];
  while (connections.length < IDLE) connections.push(...(await Promise.all(Array.from({ length: 50 }, idle))));
  const tracer = connect(tcpPort, "127.0.0.1");
  const trace = async (): Promise<string> => {
    tracer.write("trace\n");
    return String((await once(tracer, "data"))[0]);
  };
  assert.equal(await trace(), "1.0.0 reply\n");
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const slow = get("/slow", agent);
  await until(() => call<boolean>("isWaiting"));

  const { report } = await target.ok<{ report: { pauseMs: number; processes: number } }>(
    "upgrade",
    wire.package("1.1.0"),
  );
  assert.ok(report.processes >= CLIENTS + FEEDS + 1, `${report.processes} processes were migrated`);
  assert.equal(await get("/version"), "1.1.0");
  assert.equal(await get("/new"), '{"route":"new"}', "a route that the new version of the Hono application has");
  await call("openGate");
  assert.equal(await slow, "1.0.0 began, 1.1.0 ended", "a request under way ends in the code it began in");
  assert.equal(await get("/version", agent), "1.1.0", "over the same connection");
  assert.equal(await trace(), "1.1.0 reply\n");
  assert.deepEqual(runs((await Promise.all(connections.map(ask))).sort()), ["1.1.0"], "idle connections are kept");

  await target.ok("downgrade", "1.0.0");
  assert.equal(await get("/new"), "404 Not Found");
  assert.equal(await trace(), "1.0.0 reply\n");

  const undone = await target.run("upgrade", wire.package("1.1.1"));
  assert.deepEqual([undone.exitCode, undone.error?.code], [4, "release/undone"]);
  assert.equal(await trace(), "1.0.0 reply\n");
  assert.deepEqual(runs((await Promise.all(connections.map(ask))).sort()), ["1.0.0"]);

  const client = new AbortController();
  const leaving = fetch(`${base}/left`, { signal: client.signal });
  await until(() => call<boolean>("isWaiting"));
  client.abort();
  await leaving.catch(() => {});
  await until(async () => (await call<{ requests: number }>("web")).requests === FEEDS);
  await call("openGate");
  assert.equal(await call("left"), "was killed", "no line of its request is run behind the await");

  for (const client of clients) client.stop();
  await Promise.all(working);
  for (const client of clients) assert.deepEqual(client.check().slice(0, 3), ["1.0.0", "1.1.0", "1.0.0"]);

  // A version that somebody was just leaving when the undo looked may still be there, empty, until the next install.
  const old = (await target.ok("old_code")) as readonly { processes: unknown[]; frames: unknown[] }[];
  assert.deepEqual(
    old.flatMap(({ processes, frames }) => [...processes, ...frames]),
    [],
    "nobody is left in old code",
  );

  // Three turns of the trace: before, in the new code, and after; one more behind the undo.
  const turn = (vsn: string) => ["- > connection", "connection > room", `room > ${vsn} reply`];
  const spans = ["1.0.0", "1.1.0", "1.0.0", "1.0.0"].flatMap(turn).sort();
  assert.deepEqual(await call("spans"), spans);
  assert.deepEqual(await call("events"), [
    "begin 1.0.0 1.1.0",
    "switch 1.0.0 1.1.0",
    "installed 1.0.0 1.1.0",
    "begin 1.1.0 1.0.0",
    "switch 1.1.0 1.0.0",
    "installed 1.1.0 1.0.0",
    "begin 1.0.0 1.1.1",
    "switch 1.0.0 1.1.1",
    "undone 1.0.0 1.1.1",
  ]);

  // The stop drains: streams end politely, idle connections are closed.
  await target.ok("stop");
  for (const { answer, events } of feeds) {
    const told = (await events).split("\n\n").filter((event) => event !== "");
    assert.deepEqual(
      told.map((event) => Number(event.split(" ")[2])),
      told.map((_, n) => n),
      "each event once and in its order",
    );
    assert.deepEqual(runs(told.map((event) => event.split(" ")[1] as string)).slice(0, 3), ["1.0.0", "1.1.0", "1.0.0"]);
    assert.equal(answer.complete, true, "ended, not broken off");
  }
  for (const socket of [...connections, tracer]) socket.destroy();
  agent.destroy();
});

test("a node whose port is in use says so, and which application could not be started", async () => {
  await target.ok("daemon");
  const [, port] = await call<readonly number[]>("ports");
  const { exitCode, stderr, error } = await target.run("daemon", "--instance", "b", "--env", `wire.port=${port}`);
  assert.equal(exitCode, 1);
  const told = stderr + (error?.message ?? "");
  assert.match(
    told,
    new RegExp(`Cannot start application "wire": .*Cannot listen on port ${port} of 127.0.0.1: the address is in use`),
  );
  assert.match(told, /cure: end the program that uses this address, or choose another one/);
});
