// What does a process for each request cost, beside node:http alone, and what does a carried context cost a message?

import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import * as GenServer from "../src/runtime/behaviour/gen-server.ts";
import { type CallClauses, ok, reply } from "../src/runtime/behaviour/gen-server.ts";
import * as Http from "../src/runtime/behaviour/http.ts";
import * as Process from "../src/runtime/process/index.ts";
import * as Tracing from "../src/runtime/process/tracing.ts";
import { type Benchmark, median, perSecond } from "./bench.ts";

const REQUESTS = 20_000;
const CONNECTIONS = 20;

const Web = { fetch: (): Response => new Response("hello") };
const plain = createServer((_request, response) => response.end("hello")).listen(0, "127.0.0.1");
const web = (_request: Request): Response => new Response("hello");

/** Requests over connections that stay open, in this very process: both sides share one core. */
const requests = async (port: number): Promise<number> => {
  const beganMs = performance.now();
  let left = REQUESTS;
  const one = (): Promise<void> =>
    new Promise((resolve) => {
      const socket = connect(port, "127.0.0.1");
      const next = (): void => {
        if (left-- > 0) socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        else socket.end();
      };
      // An answer ends with its last chunk, or is short enough to come as a whole.
      socket.on("data", (data) => {
        if (data.includes("\r\n0\r\n\r\n") || data.includes("\r\n\r\nhello")) next();
      });
      socket.on("connect", next).on("close", () => resolve());
    });
  await Promise.all(Array.from({ length: CONNECTIONS }, one));
  return perSecond(REQUESTS, beganMs);
};

/** The web's own classes without a process: what any framework on Fetch pays. */
const classes = (): number => {
  const beganMs = performance.now();
  for (let n = 0; n < REQUESTS; n++) web(new Request("http://a/", { headers: new Headers({ host: "a" }) }));
  return perSecond(REQUESTS, beganMs);
};

const Counter = {
  init: (total: number) => ok<number>(total),
  handleCall: { get: ({ state }) => reply(state, state) } satisfies CallClauses<number>,
};
const calls = async (): Promise<number> => {
  const counter = await GenServer.start(Counter, 0);
  const beganMs = performance.now();
  for (let n = 0; n < 200_000; n++) await GenServer.call(counter, "get");
  return perSecond(200_000, beganMs);
};

export default {
  question: "What does a process for each HTTP request cost, and a context that messages carry?",
  sketch:
    "A process with its async context is some microseconds, Request, Response and their streams are tens: expected about a " +
    "third of node:http alone, most of it the classes'. Were the process the dearer part, requests would share one. A carried " +
    "context is two closures a message; without a carrier, one comparison (see gen-server).",
  async run() {
    const listener = Promise.withResolvers<Process.Pid>();
    const start = async (): Promise<void> => {
      listener.resolve(await Http.listen(Process.mfa(Web, "fetch"), { port: 0, host: "127.0.0.1" }));
      await Process.receive();
    };
    Process.spawn({ start }, "start");
    const { port } = await Http.address(await listener.promise);
    const { port: plainPort } = plain.address() as AddressInfo;
    const rows = [
      { what: "node:http alone", value: await median(3, () => requests(plainPort)), unit: "requests/s" },
      { what: "Http.listen", value: await median(3, () => requests(port)), unit: "requests/s" },
      { what: "new Request and Response alone", value: await median(3, classes), unit: "pairs/s" },
      { what: "call, no carrier", value: await median(3, calls), unit: "calls/s" },
    ];
    Tracing.carry({ capture: () => 1, run: (_context, fn) => fn() });
    return [...rows, { what: "call, a context carried", value: await median(3, calls), unit: "calls/s" }];
  },
} satisfies Benchmark;
