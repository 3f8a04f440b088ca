// Between node:http and the web's Request and Response, both ways; with Node's own classes.

import type { IncomingMessage, ServerResponse } from "node:http";
import { inspect } from "node:util";
import { UnderwayError } from "../../error.ts";

/** What is needed of a Response; it may come from another copy of the class. */
export interface ResponseLike {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Iterable<[string, string]>;
  readonly body: ReadableStream<Uint8Array> | null;
  readonly bodyUsed: boolean;
}

/** A request as the web knows it. */
export interface WebRequest {
  readonly request: Request;
  /** Throws away what has not been read of the body: it is in the way of the connection's next request. */
  discard(): void;
}

/**
 * The request as the web knows it. Its body is read from the socket as it is asked for. Throws what the classes throw for a
 * request that they do not know, such as a host that is none.
 */
export const webRequest = (incoming: IncomingMessage, signal: AbortSignal): WebRequest => {
  const { method = "GET", url = "/", headers } = incoming;
  const encrypted = "encrypted" in incoming.socket;
  const origin = `${encrypted ? "https" : "http"}://${headers.host ?? "localhost"}`;
  const bodiless = method === "GET" || method === "HEAD";
  const body = bodiless ? null : new RequestBody(incoming);
  const request = new Request(url.startsWith("/") ? origin + url : new URL(url, origin), {
    method,
    headers: headersOf(headers),
    body: body?.stream ?? null,
    duplex: "half",
    signal,
  } as RequestInit);
  return { request, discard: () => body?.discard() };
};

/** What `call` has returned, if it is a Response. Throws `http/bad_response`. */
export const responseOf = (call: string, value: unknown): ResponseLike => {
  const refuse = (why: string): never => {
    const shown = inspect(value, { breakLength: Number.POSITIVE_INFINITY, depth: 1 });
    throw new UnderwayError("http/bad_response", { call, value: shown, why });
  };
  if (!isResponseLike(value)) return refuse("it is no Response");
  if (value.bodyUsed || value.body?.locked) return refuse("its body has been read");
  if (!(value.status >= 200 && value.status <= 599)) return refuse(`its status is ${value.status}`);
  return value;
};

/** Writes status and headers. Throws what Node throws for what cannot be a header. */
export const writeHead = (outgoing: ServerResponse, response: ResponseLike, closing: boolean): void => {
  const fields: string[] = [];
  // Each Set-Cookie is a field of its own here.
  for (const [name, value] of response.headers) fields.push(name, value);
  if (closing) fields.push("connection", "close");
  if (response.statusText === "") outgoing.writeHead(response.status, fields);
  else outgoing.writeHead(response.status, response.statusText, fields);
};

/**
 * Writes a body as fast as the client takes it. What comes in this turn of the event loop leaves at once with the head: most
 * often the whole answer. Rejects with what the stream fails with.
 */
export const writeBody = async (
  outgoing: ServerResponse,
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<void> => {
  outgoing.cork();
  setImmediate(() => {
    if (outgoing.writableEnded) return;
    outgoing.flushHeaders();
    outgoing.uncork();
  });
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    if (!outgoing.write(value)) await new Promise<void>((resolve) => outgoing.once("drain", resolve));
  }
};

// Internal.

const isResponseLike = (value: unknown): value is ResponseLike =>
  typeof value === "object" &&
  value !== null &&
  "status" in value &&
  typeof value.status === "number" &&
  "headers" in value &&
  typeof (value.headers as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] === "function" &&
  "body" in value &&
  (value.body === null || typeof (value.body as Partial<ReadableStream> | undefined)?.getReader === "function");

const headersOf = (headers: IncomingMessage["headers"]): Headers => {
  const all = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    if (Array.isArray(value)) for (const one of value) all.append(name, one);
    else if (value !== undefined) all.append(name, value);
  }
  return all;
};

/** A body that takes from the socket what its reader asks for. */
class RequestBody {
  readonly stream: ReadableStream<Uint8Array>;
  readonly #incoming: IncomingMessage;
  #wanted = true;

  constructor(incoming: IncomingMessage) {
    this.#incoming = incoming;
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => this.#hear(controller),
        pull: () => {
          incoming.resume();
        },
        cancel: () => this.discard(),
      },
      { highWaterMark: 0 },
    );
  }

  discard(): void {
    this.#wanted = false;
    if (!this.#incoming.complete) this.#incoming.resume();
  }

  // Internal.

  #hear(controller: ReadableStreamDefaultController<Uint8Array>): void {
    const incoming = this.#incoming;
    incoming.on("data", (chunk: Uint8Array) => {
      if (!this.#wanted) return;
      controller.enqueue(chunk);
      incoming.pause();
    });
    incoming.on("end", () => {
      if (this.#wanted) controller.close();
      this.#wanted = false;
    });
    incoming.on("error", (error) => {
      if (this.#wanted) controller.error(error);
      this.#wanted = false;
    });
    incoming.pause();
  }
}
