// HTTP requests, each in a process of its own: with node:http's own client and fetch, over real sockets.

import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { after, beforeEach, test } from "node:test";
import { Hono } from "hono";
import { WebSocket, WebSocketServer } from "ws";
import { isUnderwayError } from "../../src/error.ts";
import * as Connection from "../../src/runtime/behaviour/connection.ts";
import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import { noreply, ok, stop } from "../../src/runtime/behaviour/gen-server.ts";
import * as Http from "../../src/runtime/behaviour/http.ts";
import * as Sys from "../../src/runtime/behaviour/sys.ts";
import * as Process from "../../src/runtime/process/index.ts";
import { collectReports, endOf, inProcess, refused, settled } from "../process/support.ts";

const reports = collectReports();
beforeEach(() => {
  reports.length = 0;
});

/** Answers as the path says; a test puts routes of its own beside these. */
const Web = {
  fetch(request: Request): Response | Promise<Response> {
    const { pathname } = new URL(request.url);
    return (routes[pathname] ?? (() => new Response("not found", { status: 404 })))(request);
  },
};
const routes: Record<string, (request: Request) => Response | Promise<Response>> = {
  "/hello": () => new Response("hello"),
  "/self": () => new Response(String(Process.self())),
  "/echo": async (request) => new Response(await request.text(), { headers: { "x-method": request.method } }),
  "/pipe": (request) => new Response(request.body),
  "/headers": (request) => {
    const headers = new Headers({ "x-got": request.headers.get("x-sent") ?? "" });
    headers.append("set-cookie", "a=1");
    headers.append("set-cookie", "b=2");
    return new Response(null, { status: 201, statusText: "Made", headers });
  },
};
/** What module code tells the test. */
const events = new EventEmitter();

interface WebModule {
  fetch(request: Request): Response | Promise<Response>;
}
/** A listener that no test's process is linked to. */
const listenOn = async (module: WebModule, options: Partial<Http.ListenOptions> = {}): Promise<Process.Pid> => {
  const started = Promise.withResolvers<Process.Pid>();
  const Sup = {
    init: async (_: null) => {
      Process.trapExit(true);
      started.resolve(await Http.listen(Process.mfa(module, "fetch"), { port: 0, host: "127.0.0.1", ...options }));
      return ok<null>(null);
    },
    handleInfo: () => noreply<null>(null),
  };
  // Its start is refused for the listener's, which is refused for this cause.
  await GenServer.start(Sup, null).catch((error: Error) => started.reject((error.cause as Error).cause));
  return started.promise;
};
const listener = await listenOn(Web);
const { port } = await Http.address(listener);
const url = (path: string): string => `http://127.0.0.1:${port}${path}`;
after(() => Process.exit(listener, "kill"));

/** The next request's process. */
const nextRequest = (): Promise<Process.Pid> => once(events, "request").then(([pid]) => pid);
const telling = (route: (request: Request) => Response | Promise<Response>) => (request: Request) => {
  events.emit("request", Process.self());
  return route(request);
};
const never = new Promise<never>(() => {});
const head = (bytes: string): Promise<string> =>
  new Promise((resolve) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    socket.on("data", (data) => {
      text += data;
    });
    socket.on("close", () => resolve(text));
  });

test("listen has each request answered in a process of its own", async () => {
  const first = await (await fetch(url("/self"))).text();
  const second = await (await fetch(url("/self"))).text();
  assert.match(first, /^<0\.\d+\.0>$/);
  assert.notEqual(first, second);
  assert.equal((await fetch(url("/nowhere"))).status, 404);
  assert.deepEqual(await Http.address(listener), { host: "127.0.0.1", port });
  assert.deepEqual(await Sys.getState(listener), { host: "127.0.0.1", port, requests: 0, closing: false });
});

test("fetch gets method, headers and body, and gives status, headers and body", async () => {
  const made = await fetch(url("/headers"), { headers: { "x-sent": "yes" } });
  assert.deepEqual([made.status, made.statusText, made.headers.get("x-got")], [201, "Made", "yes"]);
  assert.deepEqual(made.headers.getSetCookie(), ["a=1", "b=2"]);
  const echo = await fetch(url("/echo"), { method: "PUT", body: "zwölf" });
  assert.deepEqual([await echo.text(), echo.headers.get("x-method")], ["zwölf", "PUT"]);
  const headOnly = await fetch(url("/hello"), { method: "HEAD" });
  assert.deepEqual([headOnly.status, await headOnly.text()], [200, ""]);
});

test("a listener keeps connections alive, and what a request has not read is no hindrance", async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const get = (method: string, body: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const sent = httpRequest(url("/hello"), { agent, method }, (answer) => {
        answer.resume().on("end", () => resolve(sent.socket?.localPort));
      });
      sent.on("error", reject).end(body);
    });
  const { fetch: former } = Web;
  const ports = [await get("POST", "x".repeat(1_000_000)), await get("GET", "")];
  Web.fetch = () => assert.fail("boom");
  ports.push(await get("POST", "x".repeat(1_000_000)));
  Web.fetch = former;
  ports.push(await get("GET", ""));
  assert.equal(new Set(ports).size, 1, "also behind a crash");
  agent.destroy();
});

test("bodies stream both ways, as fast as the other side takes them", async () => {
  const sent = httpRequest(url("/pipe"), { method: "POST" });
  sent.write("first");
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  assert.equal(String((await once(answer, "data"))[0]), "first", "before the request has ended");
  sent.end("last");
  let rest = "";
  for await (const chunk of answer) rest += String(chunk);
  assert.equal(rest, "last");

  let made = 0;
  routes["/endless"] = () =>
    new Response(
      new ReadableStream({
        pull(controller) {
          made++;
          controller.enqueue(new Uint8Array(65_536));
        },
      }),
    );
  const slow = httpRequest(url("/endless")).end();
  const [unread] = (await once(slow, "response")) as [IncomingMessage];
  unread.pause();
  for (let before = -1, still = 0; still < 20; before = made) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    still = made === before ? still + 1 : 0;
  }
  assert.ok(made < 1_000, `${made} chunks were asked for`);
  slow.destroy();
});

test("a request whose body is read slowly makes its client wait", async () => {
  const gate = Promise.withResolvers<void>();
  routes["/slowly"] = async (request) => {
    let bytes = 0;
    for await (const chunk of request.body ?? []) {
      bytes += chunk.length;
      await gate.promise;
    }
    return new Response(String(bytes));
  };
  const mib = 1024 * 1024;
  const sent = httpRequest(url("/slowly"), { method: "POST", headers: { "content-length": 64 * mib } });
  let left = 64;
  const next = (): void => {
    if (left-- > 0) sent.write("y".repeat(mib), next);
    else sent.end();
  };
  next();
  for (let before = -1, still = 0; still < 20; before = left) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    still = left === before ? still + 1 : 0;
  }
  assert.ok(left > 32, `${left} MiB are left with the client`);
  gate.resolve();
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  assert.equal(String((await once(answer, "data"))[0]), String(64 * mib));
});

test("an upgraded fetch answers the next request of the same connection", async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const get = (): Promise<string> =>
    new Promise((resolve) => {
      httpRequest(url("/hello"), { agent }, (answer) => answer.on("data", (data) => resolve(String(data)))).end();
    });
  assert.equal(await get(), "hello");
  const { fetch: former } = Web;
  Web.fetch = () => new Response("new");
  assert.equal(await get(), "new");
  Web.fetch = former;
  agent.destroy();
});

test("what fetch throws is answered with 500 and reported, and nobody else notices", async () => {
  const thrown: [unknown, RegExp][] = [
    [new Error("boom"), /\(\(module\):fetch\/1 GET \/throws\) ended: error: Error: boom/],
    ["just a text", /ended: error: just a text/],
    [undefined, /ended: error: undefined/],
  ];
  for (const [what, message] of thrown) {
    routes["/throws"] = () => {
      throw what;
    };
    const answer = await fetch(url("/throws?secret"));
    assert.deepEqual([answer.status, await answer.text()], [500, "Internal Server Error\n"]);
    assert.match(reports.pop()?.message ?? "", message);
  }
  routes["/rejects"] = () => Promise.reject(new Error("later"));
  assert.equal((await fetch(url("/rejects"))).status, 500);
  assert.equal((await fetch(url("/hello"))).status, 200);
});

test("what fetch returns that is no Response is answered with 500, and the report says why", async () => {
  const used = new Response("used");
  await used.text();
  const nonsense: [unknown, RegExp][] = [
    [undefined, /returned undefined/],
    ["hello", /returned 'hello'/],
    [{ status: 200 }, /returned \{ status: 200 \}/],
    [used, /its body has been read/],
    [Response.error(), /its status is 0/],
  ];
  for (const [value, why] of nonsense) {
    routes["/nonsense"] = () => value as Response;
    assert.equal((await fetch(url("/nonsense"))).status, 500);
    const { error } = reports.pop() ?? {};
    refused("http/bad_response")(error);
    assert.match((error as Error).message, why);
  }
});

test("a process that ends without an answer is answered for", async () => {
  for (const [reason, status] of [
    ["normal", 503],
    ["kill", 500],
    ["shutdown", 503],
  ] as const) {
    routes["/exits"] = () => {
      Process.exit(Process.self(), reason);
      return never;
    };
    assert.equal((await fetch(url("/exits"))).status, status, reason);
  }
});

test("a fetch that never answers is ended after answerWithinMs: 503 and a report", async () => {
  const impatient = await listenOn(Web, { answerWithinMs: 10 });
  const { port: other } = await Http.address(impatient);
  const aborted = Promise.withResolvers<void>();
  routes["/never"] = (request) => {
    request.signal.addEventListener("abort", () => aborted.resolve());
    return never;
  };
  const answer = await fetch(`http://127.0.0.1:${other}/never`);
  assert.equal(answer.status, 503);
  await aborted.promise;
  refused("http/no_answer", { request: "GET /never", afterMs: 10 })(reports.pop()?.error);
  Process.exit(impatient, "kill");
});

test("a failure behind the head breaks the answer off, so that the client sees it", async () => {
  const breaking = (late: () => Promise<void>) => () =>
    new Response(
      new ReadableStream({
        start: (controller) => controller.enqueue(new Uint8Array(3)),
        pull: () => late().then(() => Promise.reject(new Error("half way"))),
      }),
    );
  routes["/breaks"] = breaking(async () => {
    await settled();
    await settled();
  });
  const answer = await fetch(url("/breaks"));
  assert.equal(answer.status, 200);
  await assert.rejects(answer.text());
  assert.match(reports.pop()?.message ?? "", /half way/);
  routes["/breaks-at-once"] = breaking(() => Promise.resolve());
  await assert.rejects(fetch(url("/breaks-at-once")).then((broken) => broken.text()));
  assert.match(reports.pop()?.message ?? "", /half way/);
});

test("a client that goes ends the process at once, its request is aborted, its stream cancelled", async () => {
  const cancelled = Promise.withResolvers<unknown>();
  routes["/waits"] = telling(() => never);
  routes["/streams"] = telling(
    () => new Response(new ReadableStream({ start: (c) => c.enqueue(new Uint8Array(1)), cancel: cancelled.resolve })),
  );
  for (const path of ["/waits", "/streams"]) {
    const next = nextRequest();
    const client = new AbortController();
    const answer = fetch(url(path), { signal: client.signal });
    const pid = await next;
    const end = endOf(pid);
    if (path === "/streams") await (await answer).body?.getReader().read();
    client.abort();
    await answer.catch(() => {});
    assert.deepEqual(await end, { shutdown: "closed" });
  }
  assert.deepEqual(await cancelled.promise, { shutdown: "closed" });
  assert.deepEqual(reports, []);
});

test("a client that has gone before its process comes to run leaves no process behind", async () => {
  const Busy = {
    init: (_: null) => ok<null>(null),
    handleCast: {
      spin: () => {
        const untilMs = performance.now() + 2;
        while (performance.now() < untilMs);
        return noreply(null);
      },
    } satisfies GenServer.CastClauses<null>,
  };
  const busy = await Promise.all(Array.from({ length: 100 }, () => GenServer.start(Busy, null)));
  let asked = false;
  routes["/hasty"] = () => {
    asked = true;
    return never;
  };
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  for (const pid of busy) for (let n = 0; n < 5; n++) GenServer.cast(pid, "spin");
  socket.write("GET /hasty HTTP/1.1\r\nHost: a\r\n\r\n", () => socket.destroy());
  await once(socket, "close");
  for (const pid of busy) await Sys.terminate(pid, "normal");
  while ((await Sys.getState<{ requests: number }>(listener)).requests > 0) await settled();
  assert.equal(asked, false);
});

test("a request that is aborted in the middle of its body ends its process, which was reading it", async () => {
  routes["/upload"] = telling(async (request) => {
    const reader = (request.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    events.emit("read");
    await reader.read();
    return new Response("never");
  });
  const next = nextRequest();
  const read = once(events, "read");
  const sent = httpRequest(url("/upload"), { method: "POST", headers: { "content-length": "100" } });
  sent.on("error", () => {});
  sent.write("some");
  const end = endOf(await next);
  await read;
  sent.destroy();
  assert.deepEqual(await end, { shutdown: "closed" });
  assert.deepEqual(reports, []);
});

test("what is no request is refused by status: bytes, a head too long, a host that is none", async () => {
  assert.match(await head("nonsense\r\n\r\n"), /^HTTP\/1.1 400 /);
  assert.match(await head(`GET / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(20_000)}\r\n\r\n`), /^HTTP\/1.1 431 /);
  assert.match(await head("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), /^HTTP\/1.1 400 /);
  assert.match(await head("TRACE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), /^HTTP\/1.1 400 /);
  assert.match(await head("OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), /^HTTP\/1.1 404 /);
  assert.match(await head("GET http://b/hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), /hello/);
  assert.deepEqual(reports, []);
});

test("listen is refused with what, why and cure: port in use, a port that is none, a module without fetch", async () => {
  const cause = async (module: WebModule, options: Partial<Http.ListenOptions>): Promise<Error> =>
    listenOn(module, options).then(
      () => assert.fail("it listens"),
      (error) => error,
    );
  const second = await cause(Web, { port });
  refused("http/address_in_use", { port })(second);
  assert.match(second.message, /the listener of \(module\):fetch\/1 \(<0\.\d+\.0>\) of this node listens there/);
  refused("http/listen_failed", { port: 70_000 })(await cause(Web, { port: 70_000 }));
  refused("http/listen_failed", { code: "EADDRNOTAVAIL" })(await cause(Web, { host: "192.0.2.1" }));
  refused("process/undef")(await cause({} as WebModule, {}));
  assert.equal((await fetch(url("/hello"))).status, 200, "and who listens goes on");
  await listenOn(Web, { name: "web" });
  const taken = await inProcess(() =>
    Http.listen(Process.mfa(Web, "fetch"), { port: 0, name: "web" }).catch((error) => error),
  );
  refused("gen_server/already_started")(taken);
  Process.exit(Process.whereis("web") as Process.Pid, "kill");
});

test("a module that no longer has fetch answers with 500", async () => {
  const Gone: Partial<typeof Web> = { ...Web };
  const pid = await listenOn(Gone as typeof Web);
  const { port: other } = await Http.address(pid);
  delete Gone.fetch;
  assert.equal((await fetch(`http://127.0.0.1:${other}/`)).status, 500);
  refused("process/undef")(reports.pop()?.error);
  Process.exit(pid, "kill");
});

test("a listener that is stopped waits for requests under way, and ends the rest after drainMs", async () => {
  const gate = Promise.withResolvers<void>();
  routes["/quick"] = telling(async () => {
    await gate.promise;
    return new Response("done");
  });
  routes["/stuck"] = telling(() => never);
  const pid = await listenOn(Web, { drainMs: 50 });
  const { port: other } = await Http.address(pid);
  const idle = connect(other, "127.0.0.1", () => idle.write("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"));
  await once(idle, "data");
  const answers = [];
  for (const path of ["/quick", "/stuck"]) {
    const next = nextRequest();
    answers.push(fetch(`http://127.0.0.1:${other}${path}`));
    await next;
  }
  const end = endOf(pid);
  const idleEnds = once(idle.resume(), "end");
  const stopped = Sys.terminate(pid, "shutdown");
  await idleEnds;
  gate.resolve();
  const [quick, stuck] = await Promise.all(answers);
  assert.deepEqual([quick?.status, quick?.headers.get("connection")], [200, "close"]);
  assert.equal(stuck?.status, 503);
  await stopped;
  assert.equal(await end, "shutdown");
  await assert.rejects(fetch(`http://127.0.0.1:${other}/hello`));
  idle.destroy();
});

test("drain closes the port while the listener lives on, and tells how many requests it ended", async () => {
  routes["/stuck"] = telling(() => never);
  const pid = await listenOn(Web);
  const { port: other } = await Http.address(pid);
  const next = nextRequest();
  const answer = fetch(`http://127.0.0.1:${other}/stuck`);
  await next;
  assert.equal(await Http.drain(pid, 10), 1);
  assert.equal((await answer).status, 503);
  assert.equal(await Http.drain(pid), 0);
  assert.equal(Process.isAlive(pid), true);
  await Sys.terminate(pid, "shutdown");
});

test("a listener that is killed takes its requests with it", async () => {
  routes["/stuck"] = telling(() => never);
  const pid = await listenOn(Web);
  const { port: other } = await Http.address(pid);
  const next = nextRequest();
  const answer = fetch(`http://127.0.0.1:${other}/stuck`);
  const end = endOf(await next);
  Process.exit(pid, "kill");
  assert.equal(await end, "shutdown");
  await answer.catch(() => {});
  const again = await listenOn(Web, { port: other });
  assert.equal((await fetch(`http://127.0.0.1:${other}/hello`)).status, 200);
  Process.exit(again, "kill");
});

/** Counts, and is told to; behind an event stream. */
const Ticker = {
  behaviour: "connection" as const,
  init: (from: number) => ok<number>(from),
  handleFrame: ({ state }: Connection.Context<number>) => noreply<number>(state),
  handleCast: {
    tick({ state, socket }) {
      socket.send(Http.formatEvent({ event: "tick", id: String(state), data: `${state}\nof many` }));
      return noreply(state + 1);
    },
    /** Sends until the client is slow. */
    fill({ state, socket }) {
      while (socket.send("x".repeat(100_000)));
      return noreply(state);
    },
    /** Does not care. */
    flood({ state, socket }) {
      while (socket.open) socket.send("x".repeat(1_000_000));
      return noreply(state);
    },
    stop: ({ state }) => stop("normal", state),
    crash: () => assert.fail("boom"),
  } satisfies Connection.CastClauses<number>,
  handleDrain({ state, socket }: Connection.Context<number>) {
    events.emit("drain", socket.bufferedBytes);
    return noreply<number>(state);
  },
  terminate({ socket }: Connection.Context<number>, reason: Process.ExitReason) {
    events.emit("terminate", reason, socket.closed);
  },
};
const StreamSup = {
  init: (_: null) => {
    Process.trapExit(true);
    return ok<null>(null);
  },
  handleCall: {
    async start(_context, socket: Http.Socket) {
      return GenServer.reply(await Connection.startLink(Ticker, socket, 1), null);
    },
  } satisfies GenServer.CallClauses<null>,
  handleInfo: () => noreply<null>(null),
};
const sup = await GenServer.start(StreamSup, null);
routes["/ticks"] = async () => {
  const { socket, response } = Http.eventStream();
  events.emit("ticker", await GenServer.call(sup, "start", socket));
  return response;
};
const subscribe = async (): Promise<{
  ticker: Process.Pid<typeof Ticker>;
  answer: IncomingMessage;
  next: () => Promise<string>;
}> => {
  const started = once(events, "ticker");
  const sent = httpRequest(url("/ticks")).end();
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  const [ticker] = await started;
  return { ticker, answer, next: async () => String((await once(answer, "data"))[0]) };
};

test("eventStream is written by a process, lives through a change of its code, and ends with it", async () => {
  const { ticker, answer, next } = await subscribe();
  assert.equal(answer.headers["content-type"], "text/event-stream");
  GenServer.cast(ticker, "tick");
  assert.equal(await next(), "event: tick\nid: 1\ndata: 1\ndata: of many\n\n");
  const { tick } = Ticker.handleCast;
  Ticker.handleCast.tick = ({ state, socket }) => {
    socket.send(`new ${state}`);
    return noreply(state + 1);
  };
  GenServer.cast(ticker, "tick");
  assert.equal(await next(), "new 2");
  Ticker.handleCast.tick = tick;
  GenServer.cast(ticker, "stop");
  await once(answer, "end");
});

test("a stream whose process crashes is broken off", async () => {
  const { ticker, answer } = await subscribe();
  const failed = once(answer.resume(), "error");
  GenServer.cast(ticker, "crash");
  assert.equal((await failed)[0].code, "ECONNRESET");
});

test("a client that leaves a stream ends the process behind it as closed", async () => {
  const { ticker, answer } = await subscribe();
  const words = once(events, "terminate");
  const end = endOf(ticker);
  answer.destroy();
  assert.deepEqual(await words, [{ shutdown: "closed" }, { code: 1006, reason: "" }]);
  assert.deepEqual(await end, { shutdown: "closed" });
});

test("a stream tells that its client is slow, and when it no longer is, and gives up who takes nothing", async () => {
  const { ticker, answer } = await subscribe();
  answer.pause();
  const drained = once(events, "drain");
  GenServer.cast(ticker, "fill");
  answer.resume();
  assert.ok((await drained)[0] <= 16_384);
  answer.pause();
  const words = once(events, "terminate");
  GenServer.cast(ticker, "flood");
  assert.deepEqual(await words, [{ shutdown: "closed" }, { code: 1006, reason: "slow_peer" }]);
  assert.match(reports.pop()?.message ?? "", /given up: \d+ bytes wait/);
  const failed = once(answer, "error");
  answer.resume();
  assert.equal((await failed)[0].code, "ECONNRESET", "broken off, not ended");
});

test("drain ends streams at once, politely", async () => {
  const pid = await listenOn(Web);
  const { port: other } = await Http.address(pid);
  const started = once(events, "ticker");
  const answer = await fetch(`http://127.0.0.1:${other}/ticks`);
  const [ticker] = await started;
  const end = endOf(ticker);
  assert.equal(await Http.drain(pid), 0);
  assert.equal(await answer.text(), "");
  assert.deepEqual(await end, { shutdown: "closed" });
  Process.exit(pid, "kill");
});

test("a stream that no process has taken is answered with 500", async () => {
  routes["/untaken"] = () => Http.stream().response;
  assert.equal((await fetch(url("/untaken"))).status, 500);
  refused("http/stream_untaken")(reports.pop()?.error);
});

test("upgrade takes over connections that want another protocol, in the current version", async () => {
  const sockets = new WebSocketServer({ noServer: true });
  const Echo = {
    behaviour: "connection" as const,
    init: (_: string) => ok<null>(null),
    handleFrame({ socket }: Connection.Context<null>, frame: Connection.Frame) {
      socket.send(frame);
      return noreply<null>(null);
    },
  };
  const Both = {
    ...Web,
    upgrade(request: IncomingMessage, socket: Duplex, first: Buffer) {
      if (request.url === "/throws") throw new Error("boom");
      sockets.handleUpgrade(request, socket, first, (ws) => {
        Connection.accept(ws, request, { module: Both, function: "session", args: [] });
      });
    },
    async session(socket: Connection.Socket) {
      await settled();
      return Connection.startLink(Echo, socket, "");
    },
  };
  const pid = await listenOn(Both, { upgrade: Process.mfa(Both, "upgrade") });
  const { port: other } = await Http.address(pid);
  const client = new WebSocket(`ws://127.0.0.1:${other}/`);
  await once(client, "open");
  client.send("hello");
  assert.equal(String((await once(client, "message"))[0]), "hello");
  const broken = new WebSocket(`ws://127.0.0.1:${other}/throws`);
  await once(broken, "error");
  assert.match(reports.pop()?.message ?? "", /boom/);
  // Without `upgrade` it is a request as any other.
  const refusedOne = new WebSocket(`ws://127.0.0.1:${port}/hello`);
  assert.match(String((await once(refusedOne, "error"))[0]), /Unexpected server response: 200/);
  client.terminate();
  Process.exit(pid, "kill");
});

test("Hono runs on it unmodified", async () => {
  const app = new Hono();
  app.get("/users/:name", (c) => c.json({ name: c.req.param("name") }));
  app.post("/sum", async (c) => c.text(String((await c.req.json<number[]>()).reduce((a, b) => a + b))));
  app.get("/boom", () => assert.fail("boom"));
  const pid = await listenOn({ fetch: (request: Request) => app.fetch(request) });
  const base = `http://127.0.0.1:${(await Http.address(pid)).port}`;
  assert.deepEqual(await (await fetch(`${base}/users/ada`)).json(), { name: "ada" });
  assert.equal(await (await fetch(`${base}/sum`, { method: "POST", body: "[1,2,3]" })).text(), "6");
  assert.equal((await fetch(`${base}/nowhere`)).status, 404);
  Process.exit(pid, "kill");
});

test("formatEvent keeps lines, and names what is given", () => {
  assert.equal(Http.formatEvent({ data: "a\r\nb", retryMs: 5 }), "retry: 5\ndata: a\ndata: b\n\n");
  assert.equal(isUnderwayError(null), false);
});
