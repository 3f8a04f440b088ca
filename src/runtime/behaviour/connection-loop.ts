// The loop of a Connection: that of a GenServer, and the frames that its socket brings.
//
//   client ──► socket ──► handleFrame ──► noreply | stop
//   client closes ──► after the frames before it ──► terminate ──► exit { shutdown: "closed" }
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

export class ConnectionLoop extends GenServerLoop {
  readonly #callbacks: ConnectionCallbacks;
  readonly #socket: Socket;
  readonly #owner: SocketOwner = {
    frame: (frame) => this.process.deliver(new Envelope("event", "frame", frame, null)),
    closed: (closed) => this.process.deliver(new Envelope("event", "closed", closed, null)),
  };

  constructor(module: ConnectionCallbacks, start: Start, socket: Socket) {
    super(module, start);
    this.#callbacks = module;
    this.#socket = socket;
  }

  override get name(): string {
    return "connection";
  }

  override start(): void | Promise<void> {
    this.process = currentProcess() as Process;
    // The frames that it brings wait in the mailbox, behind `init` and a `continue` that this returns.
    this.#socket.take(this.#owner);
    return super.start();
  }

  override ended(reason: ExitReason): void {
    super.ended(reason);
    const code = reason === "normal" ? 1000 : isNormal(reason) ? 1001 : 1011;
    if (this.#socket.owner === null || this.#socket.owner === this.#owner) this.#socket.close(code);
  }

  protected override receive(envelope: Envelope): void | Promise<void> {
    if (envelope.kind !== "event") return super.receive(envelope);
    this.stopIdling();
    if (envelope.tag === "closed") {
      this.process.crash({ shutdown: "closed" });
      return;
    }
    this.#socket.handled();
    if (!functionExported(this.#callbacks, "handleFrame")) return this.noClause("handleFrame", moduleName(this.module));
    this.begin();
    return this.finish(null, this.#callbacks.handleFrame(this.context(), envelope.payload as Frame));
  }

  protected override context(): { readonly state: unknown; readonly socket: Socket } {
    return { state: this.state, socket: this.#socket };
  }

  protected override callContext(from: From): ReturnType<ConnectionLoop["context"]> & { readonly from: From } {
    return { state: this.state, socket: this.#socket, from };
  }
}
