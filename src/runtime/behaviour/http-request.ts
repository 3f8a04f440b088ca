// The process behind one HTTP request: calls what answers it in its current version, writes what that returns, and ends.
//
//   request ──► fetch ──► head ──► body … ──► normal            the client goes ──► { shutdown: "closed" }, at once
//                 └─ throws, nonsense, no answer ──► 500 or 503, and a report; behind the head: the socket is closed
//
// Cowboy has a process for each request, too.

import type { IncomingMessage, ServerResponse } from "node:http";
import { UnderwayError } from "../../error.ts";
import type { Body } from "../process/body.ts";
import { currentProcess, runAsNobody } from "../process/context.ts";
import { addDeadline, cancelDeadline, type Deadline } from "../process/deadlines.ts";
import { applyMfa, formatMfa, type Mfa } from "../process/mfa.ts";
import type { Process } from "../process/process.ts";
import { type ExitReason, isNormal } from "../process/reason.ts";
import { responseOf, type WebRequest, webRequest, writeBody, writeHead } from "./http-message.ts";
import type { StreamTransport } from "./stream-transport.ts";

/**
 * What answers a request: `mfa(Web, "fetch")`. `request.signal` is aborted when the process ends without having answered: the
 * client has gone, or the time is over.
 */
export type Fetch = Mfa<[request: Request], Response | Promise<Response>>;

/** The listener that a request has come to. */
export interface RequestHome {
  readonly fetch: Fetch;
  readonly answerWithinMs: number;
  /** It takes no more requests: connections are closed behind their answer. */
  readonly closing: boolean;
  /** The process of a request has ended. */
  left(request: HttpRequest): void;
}

export class HttpRequest implements Body, Deadline {
  readonly name = "http_request";
  readonly module: object;
  deadline: Deadline["deadline"] = null;
  readonly #home: RequestHome;
  readonly #incoming: IncomingMessage;
  readonly #outgoing: ServerResponse;
  readonly #aborted = new AbortController();
  #process: Process | null = null;
  #request: WebRequest | null = null;
  /** The answer has been written as a whole. */
  #answered = false;
  #reader: ReadableStreamDefaultReader<Uint8Array> | null = null;
  /** Streams that were made for the answer, and belong to other processes. */
  #streams: StreamTransport[] | null = null;

  constructor(home: RequestHome, incoming: IncomingMessage, outgoing: ServerResponse) {
    this.module = home.fetch.module;
    this.#home = home;
    this.#incoming = incoming;
    this.#outgoing = outgoing;
  }

  /** With method and path, for reports; what follows the path may be a secret. */
  get initialCall(): string {
    return `${this.#call} ${this.#line}`;
  }

  /** A stream that was made for the answer; it ends with the request. */
  addStream(stream: StreamTransport): void {
    this.#streams ??= [];
    this.#streams.push(stream);
  }

  start(): void | Promise<void> {
    this.#process = currentProcess();
    // While others ran it may have gone.
    if (this.#outgoing.destroyed) {
      this.#process?.end({ shutdown: "closed" });
      return;
    }
    this.#outgoing.once("close", () => {
      if (!this.#outgoing.writableFinished) this.#process?.end({ shutdown: "closed" });
    });
    return this.#serve();
  }

  /** No answer has come in time. */
  expire(): void {
    const details = { call: this.#call, request: this.#line, afterMs: this.#home.answerWithinMs };
    this.#process?.end({ error: new UnderwayError("http/no_answer", details) });
  }

  /** No more requests are taken: a stream would never end by itself. */
  close(): void {
    for (const stream of this.#streams ?? []) stream.goAway();
  }

  ended(reason: ExitReason): void {
    cancelDeadline(this);
    this.#home.left(this);
    if (this.#answered) return;
    // By nobody: the process that has ended runs nothing any more.
    runAsNobody(() => {
      this.#answerFor(reason);
      this.#request?.discard();
      this.#aborted.abort(reason);
      void this.#reader?.cancel(reason).catch(() => {});
      for (const stream of this.#streams ?? []) stream.gone();
    });
  }

  // Internal.

  get #call(): string {
    return formatMfa(this.#home.fetch, 1);
  }

  get #line(): string {
    const [path] = (this.#incoming.url ?? "/").split("?");
    return `${this.#incoming.method} ${path}`;
  }

  async #serve(): Promise<void> {
    const outgoing = this.#outgoing;
    try {
      this.#request = webRequest(this.#incoming, this.#aborted.signal);
    } catch {
      // A method, a host or a path that the web does not know.
      outgoing.writeHead(400, { connection: "close" });
      return this.#finish();
    }
    addDeadline(this, this.#home.answerWithinMs);
    const returned: unknown = await applyMfa(this.#home.fetch, this.#request.request);
    if (this.#process?.alive !== true) return;
    const response = responseOf(this.#call, returned);
    cancelDeadline(this);
    for (const stream of this.#streams ?? []) {
      if (!stream.taken) throw new UnderwayError("http/stream_untaken", { call: this.#call });
    }
    this.#reader = response.body?.getReader() ?? null;
    writeHead(outgoing, response, this.#home.closing);
    if (this.#reader !== null && this.#incoming.method !== "HEAD") {
      await writeBody(outgoing, this.#reader);
      this.#reader = null;
    }
    await this.#finish();
  }

  async #finish(): Promise<void> {
    await new Promise<void>((resolve) => this.#outgoing.end(resolve));
    this.#request?.discard();
    this.#answered = true;
    this.#process?.end("normal");
    void this.#reader?.cancel().catch(() => {});
  }

  /** One clause per place where it may have ended. */
  #answerFor(reason: ExitReason): void {
    const outgoing = this.#outgoing;
    if (outgoing.destroyed || outgoing.writableFinished) return;
    if (outgoing.headersSent) {
      // The client must see that something is missing.
      outgoing.destroy();
      return;
    }
    const late = typeof reason === "object" && "error" in reason && isNoAnswer(reason.error);
    for (const name of outgoing.getHeaderNames()) outgoing.removeHeader(name);
    if (this.#home.closing) outgoing.setHeader("connection", "close");
    outgoing.writeHead(late || isNormal(reason) ? 503 : 500, { "content-type": "text/plain" });
    outgoing.end(late || isNormal(reason) ? "Service Unavailable\n" : "Internal Server Error\n");
  }
}

const isNoAnswer = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "http/no_answer";
