// `underway/http`: has a module's `fetch` answer requests, each request in a process of its own and by the version that is current when it
// comes. So any framework that speaks Fetch (Hono, …) is upgradable, and a crash is one request's.
//
//   // web.ts
//   export const fetch = (request: Request): Response => new Response(`hello ${new URL(request.url).pathname}`);
//
//   // sup.ts
//   export const init = () =>
//     Supervisor.ok({ strategy: "one_for_one" }, [
//       { id: "web", start: mfa(Http, "listen", mfa(Web, "fetch"), { port: 4000 }) },
//     ]);
//
// OTP has inets' httpd; Cowboy is the model.

import { currentProcess } from "../process/context.ts";
import type { Dest, Pid } from "../process/pid.ts";
import type { Socket } from "./connection-socket.ts";
import { CALL_TIMEOUT_MS, request, startProcess } from "./gen.ts";
import { HttpListener, type ListenAddress, type ListenOptions } from "./http-listener.ts";
import { type Fetch, HttpRequest } from "./http-request.ts";
import { makeStream } from "./stream-transport.ts";

/** An answer that a process writes. */
export interface Stream {
  /** For the process behind it: `Connection.startLink(module, socket, arg)`. */
  readonly socket: Socket;
  /** For `fetch` to return. */
  readonly response: Response;
}

/** An event of an event stream. */
export interface ServerSentEvent {
  /** The text that is told; lines are kept. */
  readonly data: string;
  /** Default: `message`, as the browser calls it. */
  readonly event?: string;
  /** What the browser says it has seen last, as `Last-Event-ID`, when it connects again. */
  readonly id?: string;
  /** After how many milliseconds the browser connects again. Default: its own. */
  readonly retryMs?: number;
}

// API.

/**
 * Starts a listener, linked to the calling process, that has each HTTP request answered by `fetch`, such as
 * `mfa(Web, "fetch")`. Most often the start of a child specification.
 *
 * Each request runs in a process of its own, in the version of the module that is current when it comes. What `fetch` throws,
 * and what it returns that is no Response, is answered with 500 and reported; no answer within `answerWithinMs` with 503. A
 * client that goes ends the process at once; `request.signal` is aborted then. Bodies stream both ways, as fast as the other
 * side takes them. An upgrade closes no connection: idle ones stay, requests under way end in the version they began in.
 *
 * Resolves with the listener's pid when the port is open. Rejects with `gen_server/init_failed`, whose cause is
 * `http/address_in_use`, `http/listen_failed` or `process/undef`; with `gen_server/already_started` if the name is taken.
 *
 * When its supervisor ends it, it closes the port, waits `drainMs` for the requests under way, and ends the rest.
 */
export const listen = (fetch: Fetch, options: ListenOptions): Promise<Pid> => {
  const { name } = options;
  return startProcess(
    (start) => new HttpListener(start, fetch, options),
    null,
    name === undefined ? undefined : { name },
    currentProcess(),
  );
};

/** Where a listener listens; with port 0 the system has chosen it. Rejects as `GenServer.call`. */
export const address = (listener: Dest): Promise<ListenAddress> =>
  request(listener, "call", "address", [], CALL_TIMEOUT_MS);

/**
 * Closes the port, and waits until the requests under way are answered; streams are ended at once, as they would never end by
 * themselves. Resolves with the number of requests that took longer than `withinMs` and were ended. For an application's
 * `prepStop`: what they need still runs then. The listener itself lives on, and is stopped with its supervisor.
 *
 * `withinMs` defaults to the listener's `drainMs`. Rejects as `GenServer.call`, but for its timeout.
 */
export const drain = (listener: Dest, withinMs?: number): Promise<number> =>
  request(listener, "call", "drain", [withinMs], "infinity");

/**
 * Makes an answer that a process writes, as long as both live: the process that takes the socket by `Connection.startLink`. It
 * has a state, is migrated by an upgrade while the stream goes on, and its end is the stream's; when the client goes, it
 * ends with `{ shutdown: "closed" }`. A process that crashes breaks the answer off, so that the client sees it.
 *
 *   const { socket, response } = Http.stream();
 *   await Supervisor.startChild(feedSup, socket);
 *   return response;
 *
 * `fetch` must not return before the process has started: that is answered with 500 (`http/stream_untaken`).
 */
export const stream = (init?: ResponseInit): Stream => {
  const { socket, body, transport } = makeStream();
  const behind = currentProcess()?.body;
  if (behind instanceof HttpRequest) behind.addStream(transport);
  return { socket, response: new Response(body, init) };
};

/** As `stream`, for a browser's EventSource: send what `formatEvent` makes. */
export const eventStream = (): Stream =>
  stream({ headers: { "content-type": "text/event-stream", "cache-control": "no-store" } });

/** An event as it goes over the wire. */
export const formatEvent = ({ data, event, id, retryMs }: ServerSentEvent): string => {
  const lines = [
    event !== undefined && `event: ${event}`,
    id !== undefined && `id: ${id}`,
    retryMs !== undefined && `retry: ${retryMs}`,
    ...data.split(/\r\n|\r|\n/).map((line) => `data: ${line}`),
  ];
  return `${lines.filter((line) => line !== false).join("\n")}\n\n`;
};

export type { Socket } from "./connection-socket.ts";
export type { ListenAddress, ListenOptions, Upgrade } from "./http-listener.ts";
export type { Fetch } from "./http-request.ts";
