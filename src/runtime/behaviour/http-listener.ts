// The process behind a port: owns the server of node:http, and starts a process for each request. OTP has no such thing;
// Ranch's listener is its model.
//
//   listen ──► listening ── drain ──► closing: requests under way are waited for ──► the rest is ended ──► closed
//
// The server is the runtime's and is no version of any module: what answers is looked up at each request.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { UnderwayError } from "../../error.ts";
import { functionExported } from "../code/handle.ts";
import type { Prepared } from "../process/body.ts";
import { currentProcess, runAsNobody } from "../process/context.ts";
import { addDeadline, cancelDeadline, type Deadline } from "../process/deadlines.ts";
import type { Envelope } from "../process/mailbox.ts";
import { formatMfa, type Mfa } from "../process/mfa.ts";
import { MODULE, moduleName } from "../process/module-name.ts";
import { Process, watch } from "../process/process.ts";
import { type ExitReason, isNormal } from "../process/reason.ts";
import { report } from "../process/report.ts";
import { spawnProcess } from "../process/spawn.ts";
import type { Start } from "./gen.ts";
import { type Fetch, HttpRequest, type RequestHome } from "./http-request.ts";
import { BehaviourLoop } from "./loop.ts";

/**
 * Takes over a connection whose client asks for another protocol, most often `websocket`: `mfa(Web, "upgrade")`. It runs in a
 * process of its own, which may end; a throw closes the connection.
 */
export type Upgrade = Mfa<[request: IncomingMessage, socket: Duplex, head: Buffer], void | Promise<void>>;

export interface ListenOptions {
  /** From 0 to 65535; 0 lets the system choose one. */
  readonly port: number;
  /** Address or name of the interface. Default: all of them. */
  readonly host?: string;
  /** Registers the listener under this name. */
  readonly name?: string;
  /** Takes over connections that ask for another protocol. Default: nothing, they are answered as if they had not asked. */
  readonly upgrade?: Upgrade;
  /** How long an answer may take, from the request's head to its own. Default: 60,000. */
  readonly answerWithinMs?: number | "infinity";
  /** How long requests under way are waited for when the listener is stopped. Default: 4,000, less than a supervisor waits. */
  readonly drainMs?: number;
  /** How long an idle connection is kept for the client's next request. Default: 5,000, Node's. */
  readonly keepAliveMs?: number;
  /** Size of a request's head, above which it is refused with 431. Default: 16,384, Node's. */
  readonly headBytesMax?: number;
  /** How long a client may take to send the head. Default: 60,000, Node's; then 408. */
  readonly headWithinMs?: number;
  /** How long a client may take to send the whole request. Default: 300,000, Node's; then 408. */
  readonly requestWithinMs?: number;
}

/** Where a listener listens. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

const DRAIN_MS = 4_000;
const ANSWER_WITHIN_MS = 60_000;
/** Stands in the place of a callback module, and has a name for messages: no change of code concerns a listener. */
const LISTENER = Object.defineProperty({}, MODULE, { value: "underway/http" });
/** Who of this node listens where, for messages. */
const listening = new Map<number, HttpListener>();

export class HttpListener extends BehaviourLoop implements RequestHome {
  readonly name = "http_listener";
  readonly vsn = 1;
  readonly fetch: Fetch;
  readonly answerWithinMs: number;
  closing = false;
  readonly #options: ListenOptions;
  readonly #requests = new Map<HttpRequest, Process>();
  #server: Server | null = null;
  #address: ListenAddress;
  /** Null when it listens, or never will. */
  #start: Start | null;
  /** Called when the last request under way has ended. */
  #drained: (() => void) | null = null;

  constructor(start: Start, fetch: Fetch, options: ListenOptions) {
    super(LISTENER);
    this.fetch = fetch;
    this.#options = options;
    this.#start = start;
    this.#address = { host: options.host ?? "::", port: options.port };
    const { answerWithinMs = ANSWER_WITHIN_MS } = options;
    this.answerWithinMs = answerWithinMs === "infinity" ? Number.POSITIVE_INFINITY : answerWithinMs;
  }

  get initialCall(): string {
    return `http_listener:${this.#call}`;
  }

  // Callbacks of the process.

  async start(): Promise<void> {
    this.process = currentProcess() as Process;
    // So that the end of its supervisor, too, leads through `terminate`.
    this.process.trapExit = true;
    const { module, function: fn } = this.fetch;
    if (!functionExported(module, fn)) {
      throw new UnderwayError("process/undef", { module: moduleName(module), function: fn });
    }
    await this.#listen();
    this.#start?.started();
    this.#start = null;
  }

  protected receive(envelope: Envelope): void | Promise<void> {
    const { tag, from } = envelope;
    if (tag === "address") return from?.resolve(this.#address);
    if (tag === "drain") {
      const [withinMs] = envelope.payload as [number | undefined];
      return this.#drain(withinMs).then((ended) => from?.resolve(ended));
    }
  }

  terminate(reason: ExitReason): void | Promise<void> {
    if (this.#start !== null) {
      this.#start.refused(reason);
      this.#start = null;
      return;
    }
    if (isNormal(reason)) return this.#drain().then(() => {});
  }

  override ended(reason: ExitReason): void {
    super.ended(reason);
    this.#start?.refused(reason);
    this.#close();
    for (const process of this.#requests.values()) process.end("shutdown");
    this.#server?.closeAllConnections();
  }

  /** A request's process has ended. */
  left(request: HttpRequest): void {
    this.#requests.delete(request);
    if (this.#requests.size === 0) this.#drained?.();
  }

  // Change of code: it has no state of any module.

  protected get hasState(): boolean {
    return false;
  }

  prepare(): Prepared {
    return { adopt: () => () => {} };
  }

  adoptLate(): void {}

  protected getState(): unknown {
    return { ...this.#address, requests: this.#requests.size, closing: this.closing };
  }

  protected replaceState(): void {
    throw new UnderwayError("sys/not_supported", { request: "replace_state", behaviour: this.name });
  }

  // Internal.

  get #call(): string {
    return formatMfa(this.fetch, 1);
  }

  /** Opens the port, as nobody: what clients send is no doing of this process. */
  #listen(): Promise<void> {
    const { port, host, keepAliveMs, headBytesMax, headWithinMs, requestWithinMs } = this.#options;
    return new Promise((resolve, reject) => {
      const refuse = (error: unknown): void => reject(this.#refusal(error));
      runAsNobody(() => {
        const server = createServer(
          defined({
            keepAliveTimeout: keepAliveMs,
            maxHeaderSize: headBytesMax,
            headersTimeout: headWithinMs,
            requestTimeout: requestWithinMs,
          }),
        );
        this.#server = server;
        server.once("error", refuse);
        server.on("request", (incoming, outgoing) => this.#request(incoming, outgoing));
        const { upgrade } = this.#options;
        if (upgrade !== undefined) {
          server.on("upgrade", (incoming, socket, head) => takeOver(upgrade, incoming, socket, head));
        }
        try {
          server.listen({ port, host }, () => {
            server.off("error", refuse);
            server.on("error", (error) => this.#failed(error));
            this.#address = { host: this.#address.host, port: (server.address() as AddressInfo).port };
            listening.set(this.#address.port, this);
            resolve();
          });
        } catch (error) {
          refuse(error);
        }
      });
    });
  }

  #refusal(error: unknown): UnderwayError {
    const { code = "", message } = error as NodeJS.ErrnoException;
    const { host, port } = this.#address;
    if (code !== "EADDRINUSE") {
      return new UnderwayError("http/listen_failed", { host, port, code, reason: message }, { cause: error });
    }
    const holder = listening.get(port);
    const name = holder === undefined ? null : `the listener of ${holder.#call} (${holder.process.pid})`;
    return new UnderwayError("http/address_in_use", { host, port, holder: name }, { cause: error });
  }

  /** Such as no more file descriptors: those who are connected stay so. */
  #failed(error: Error): void {
    const message = `the listener of ${this.#call} on port ${this.#address.port} could not accept a client`;
    report({ level: "error", kind: "http_listener", message, error });
  }

  #request(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const request = new HttpRequest(this, incoming, outgoing);
    this.#requests.set(request, new Process(request, this.process));
  }

  /** Takes no more requests and waits for those under way. Resolves with how many had to be ended. */
  async #drain(withinMs: number = this.#options.drainMs ?? DRAIN_MS): Promise<number> {
    this.#close();
    for (const request of this.#requests.keys()) request.close();
    await this.#lastLeft(withinMs);
    const left = [...this.#requests.values()];
    for (const process of left) process.end("shutdown");
    this.#server?.closeIdleConnections();
    return left.length;
  }

  #lastLeft(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#requests.size === 0) return resolve();
      const patience: Deadline = { deadline: null, expire: () => this.#drained?.() };
      this.#drained = () => {
        this.#drained = null;
        cancelDeadline(patience);
        resolve();
      };
      addDeadline(patience, withinMs);
    });
  }

  /** Gives the port back. Idempotent. */
  #close(): void {
    this.closing = true;
    if (listening.get(this.#address.port) === this) listening.delete(this.#address.port);
    if (this.#server?.listening) this.#server.close();
    this.#server?.closeIdleConnections();
  }
}

// Internal.

const takeOver = (upgrade: Upgrade, incoming: IncomingMessage, socket: Duplex, head: Buffer): void => {
  // Until somebody listens; an error of a socket that nobody hears would be one of the node.
  socket.on("error", () => {});
  const { module, function: fn, args } = upgrade;
  watch(spawnProcess(module, fn, [...args, incoming, socket, head], null), null, (reason) => {
    if (reason !== "normal") socket.destroy();
  });
};

/** Without what is undefined: Node takes an undefined option for a wrong one. */
const defined = <T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
