// The loop of a Connection: that of a GenServer, and what its socket brings.
//
//   peer sends ──► socket ──► handleFrame ──► noreply | stop
//   peer ends its side (TCP) ──► handleEnd ──► noreply | stop; without it the socket is closed
//   peer has taken what was too much ──► handleDrain ──► noreply | stop
//   peer closes ──► after all that came before it ──► terminate ──► exit { shutdown: "closed" }
//   the process ends ──► the socket is closed: 1000 normal, 1001 shutdown, 1011 crash

import { functionExported } from "../code/handle.ts";
import { currentProcess } from "../process/context.ts";
import { Envelope } from "../process/mailbox.ts";
import { moduleName } from "../process/module-name.ts";
import type { Process } from "../process/process.ts";
import { type ExitReason, isNormal } from "../process/reason.ts";
import type { From } from "../process/request.ts";
import type { Frame, Socket, SocketOwner } from "./connection-socket.ts";
import type { ConnectionCallbacks } from "./connection-types.ts";
import type { Start } from "./gen.ts";
import { GenServerLoop } from "./gen-server-loop.ts";

type Event = "frame" | "end" | "drain" | "closed";

export class ConnectionLoop extends GenServerLoop {
  readonly #callbacks: ConnectionCallbacks;
  readonly #socket: Socket;
  readonly #sendBytesMax: number | undefined;
  readonly #owner: SocketOwner = {
    frame: (frame) => this.#tell("frame", frame),
    ended: () => this.#tell("end", null),
    drained: () => this.#tell("drain", null),
    closed: (closed) => this.#tell("closed", closed),
  };

  constructor(module: ConnectionCallbacks, start: Start, socket: Socket, sendBytesMax?: number) {
    super(module, start);
    this.#callbacks = module;
    this.#socket = socket;
    this.#sendBytesMax = sendBytesMax;
  }

  override get name(): string {
    return "connection";
  }

  override start(): void | Promise<void> {
    this.process = currentProcess() as Process;
    // The frames that it brings wait in the mailbox, behind `init` and a `continue` that this returns.
    this.#socket.take(this.#owner, this.#sendBytesMax);
    return super.start();
  }

  override ended(reason: ExitReason): void {
    super.ended(reason);
    const code = reason === "normal" ? 1000 : isNormal(reason) ? 1001 : 1011;
    if (this.#socket.owner === null || this.#socket.owner === this.#owner) this.#socket.release(code);
  }

  protected override receive(envelope: Envelope): void | Promise<void> {
    if (envelope.kind !== "event") return super.receive(envelope);
    this.stopIdling();
    switch (envelope.tag as Event) {
      case "closed":
        this.process.crash({ shutdown: "closed" });
        return;
      case "frame": {
        const frame = envelope.payload as Frame;
        this.#socket.handled(frame);
        if (!functionExported(this.#callbacks, "handleFrame")) {
          return this.noClause("handleFrame", moduleName(this.module));
        }
        this.begin();
        return this.finish(null, this.#callbacks.handleFrame(this.context(), frame));
      }
      case "end": {
        const { handleEnd } = this.#callbacks;
        if (handleEnd === undefined || !functionExported(this.#callbacks, "handleEnd")) return this.#socket.close();
        this.begin();
        return this.finish(null, handleEnd(this.context()));
      }
      case "drain": {
        const { handleDrain } = this.#callbacks;
        if (handleDrain === undefined || !functionExported(this.#callbacks, "handleDrain")) return;
        this.begin();
        return this.finish(null, handleDrain(this.context()));
      }
    }
  }

  protected override context(): { readonly state: unknown; readonly socket: Socket } {
    return { state: this.state, socket: this.#socket };
  }

  protected override callContext(from: From): ReturnType<ConnectionLoop["context"]> & { readonly from: From } {
    return { state: this.state, socket: this.#socket, from };
  }

  // Internal.

  #tell(event: Event, payload: unknown): void {
    this.process.deliver(new Envelope("event", event, payload, null));
  }
}
