// Clients of sessions: each sends numbers, and expects each of them back in order, with how many it has sent. Over WebSockets,
// or over TCP with frames of two bytes' length and a text, as OTP has no WebSockets of its own.

import { connect } from "node:net";
import { WebSocket } from "ws";
import type { TalkSeen } from "./load-protocol.ts";
import { OpenLoop } from "./open-loop.ts";

/** How many are connected at a time. */
const AT_ONCE = 100;

export interface TalkOptions {
  readonly port: number;
  readonly transport: "ws" | "tcp";
  readonly count: number;
}

export class TalkLoad {
  readonly #clients: Client[] = [];
  #loop: OpenLoop | null = null;
  #disordered = 0;
  #dropped = 0;

  async open({ port, transport, count }: TalkOptions): Promise<void> {
    const one = transport === "ws" ? overWebSocket : overTcp;
    while (this.#clients.length < count) {
      const batch = Math.min(AT_ONCE, count - this.#clients.length);
      this.#clients.push(...(await Promise.all(Array.from({ length: batch }, () => this.#connect(one, port)))));
    }
  }

  begin(ratePerS: number): void {
    const { length } = this.#clients;
    this.#loop = new OpenLoop(ratePerS, (index) => this.#say(this.#clients[index % length] as Client, index));
    this.#loop.start();
  }

  async end(graceMs: number): Promise<TalkSeen> {
    const samples = (await this.#loop?.end(graceMs)) as TalkSeen["samples"];
    const lost = samples.tookMs.filter((tookMs) => Number.isNaN(tookMs)).length;
    return { samples, lost, dropped: this.#dropped, disordered: this.#disordered };
  }

  close(): void {
    for (const client of this.#clients) client.wire.close();
    this.#clients.length = 0;
  }

  async #connect(one: Connect, port: number): Promise<Client> {
    const pending: number[] = [];
    let had = 0;
    const heard = (text: string): void => {
      const index = pending.shift();
      if (text !== `${index} ${++had}`) this.#disordered++;
      if (index !== undefined) this.#loop?.answer(index);
    };
    const wire = await one(port, heard, () => {
      client.open = false;
      this.#dropped++;
    });
    const client: Client = { wire, pending, open: true };
    return client;
  }

  #say(client: Client, index: number): void {
    if (!client.open) {
      this.#loop?.fail();
      return;
    }
    client.pending.push(index);
    client.wire.send(String(index));
  }
}

// Internal.

interface Client {
  readonly wire: Wire;
  /** What has been sent and not come back. */
  readonly pending: number[];
  open: boolean;
}

interface Wire {
  send(text: string): void;
  close(): void;
}

type Connect = (port: number, heard: (text: string) => void, dropped: () => void) => Promise<Wire>;

const overWebSocket: Connect = (port, heard, dropped) =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { perMessageDeflate: false });
    socket.on("message", (data: Buffer) => heard(data.toString()));
    socket.on("close", dropped);
    socket.on("error", reject);
    socket.on("open", () => {
      const close = (): void => {
        socket.off("close", dropped);
        socket.terminate();
      };
      resolve({ send: (text) => socket.send(text), close });
    });
  });

const overTcp: Connect = (port, heard, dropped) =>
  new Promise((resolve, reject) => {
    let rest: Buffer = Buffer.alloc(0);
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    socket.on("data", (chunk: Buffer) => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
        const end = 2 + rest.readUInt16BE(0);
        heard(rest.toString("latin1", 2, end));
        rest = rest.subarray(end);
      }
    });
    socket.on("close", dropped);
    socket.on("error", reject);
    socket.on("connect", () => {
      const send = (text: string): void => {
        const frame = Buffer.allocUnsafe(2 + text.length);
        frame.writeUInt16BE(text.length, 0);
        frame.write(text, 2, "latin1");
        socket.write(frame);
      };
      const close = (): void => {
        socket.off("close", dropped);
        socket.destroy();
      };
      resolve({ send, close });
    });
  });
