// The small process behind each running application: it calls the application module, is linked to the top supervisor
// that this returns, and outlives it just long enough to tell. OTP: application_master.
//
//   start ──► Module.start ──► startPhase … ──► running ──┬─ EXIT of the top ──► Module.stop ──► ended, with its reason
//                                                         └─ stop ──► prepStop ──► shutdown of the top ──► stop ──► ended

import { UnderwayError } from "../../error.ts";
import type { App } from "../../release/app.ts";
import { functionExported } from "../code/handle.ts";
import type { Body } from "../process/body.ts";
import { currentProcess } from "../process/context.ts";
import { Envelope, type ExitMessage } from "../process/mailbox.ts";
import { Pid } from "../process/pid.ts";
import { Process } from "../process/process.ts";
import { type ExitReason, formatReason, reasonOf } from "../process/reason.ts";
import { report } from "../process/report.ts";
import { shutDown } from "./shutdown.ts";

/** How an application is started. OTP's takeover and failover need several nodes. */
export type ApplicationStart = "normal";

/** An application module. */
export interface ApplicationCallbacks {
  readonly behaviour: "application";
  /** Starts the top supervisor, linked to the calling process, and returns its pid. `arg` is that of `mod`. */
  start(type: ApplicationStart, arg: never): Pid | Promise<Pid>;
  /** Called for each start phase of the application file, in order, after `start`. */
  startPhase?(phase: string, type: ApplicationStart, arg: never): void | Promise<void>;
  /** Called before the top supervisor is ended, when the application is stopped. */
  prepStop?(top: Pid): void | Promise<void>;
  /** Called when the application has ended. */
  stop?(): void | Promise<void>;
  /** Called after an upgrade that has changed the application's environment. */
  configChange?(
    changed: Readonly<Record<string, unknown>>,
    added: Readonly<Record<string, unknown>>,
    removed: readonly string[],
  ): void | Promise<void>;
}

/** What a master tells its controller. */
export interface MasterHooks {
  started(): void;
  /** The start has failed, or the top process has ended, or the application was stopped. */
  ended(reason: ExitReason): void;
}

const STOP = "stop";
/** Stands in the place of a callback module: no change of code concerns a master. */
const MASTER = {};

class ApplicationMaster implements Body {
  readonly name = "application_master";
  readonly module = MASTER;
  readonly #app: App;
  /** Handle of the application module. */
  readonly #callbacks: ApplicationCallbacks;
  readonly #hooks: MasterHooks;
  #process: Process | null = null;
  #top: Pid | null = null;
  /** Why it did not start; whoever started it is told, so that it is no crash to be reported beside. */
  #failure: ExitReason | null = null;

  constructor(app: App, callbacks: ApplicationCallbacks, hooks: MasterHooks) {
    this.#app = app;
    this.#callbacks = callbacks;
    this.#hooks = hooks;
  }

  get top(): Pid | null {
    return this.#top;
  }

  get initialCall(): string {
    return `application_master:${this.#app.name}`;
  }

  start(): Promise<void> {
    this.#process = currentProcess();
    if (this.#process !== null) this.#process.trapExit = true;
    return this.#startAll().catch((thrown) => {
      this.#failure = reasonOf(thrown);
      this.#process?.end("shutdown");
    });
  }

  handle(envelope: Envelope): void | Promise<void> {
    if (envelope.kind === "event") return this.#stop();
    const message = envelope.payload as Partial<ExitMessage> | null;
    if (message?.type === "EXIT" && message.pid === this.#top) return this.#topEnded((message as ExitMessage).reason);
  }

  ended(reason: ExitReason): void {
    this.#hooks.ended(this.#failure ?? reason);
  }

  // Internal.

  async #startAll(): Promise<void> {
    const { name, mod, startPhases = [] } = this.#app;
    const top: unknown = await this.#callbacks.start("normal", mod?.arg as never);
    if (!(top instanceof Pid))
      throw new UnderwayError("application/bad_start_result", { app: name, value: String(top) });
    this.#top = top;
    // A start that is no startLink has to be watched as well.
    if (top.process === null) throw new UnderwayError("application/top_ended", { app: name });
    this.#process?.link(top.process);
    for (const { phase, arg } of startPhases) await this.#callbacks.startPhase?.(phase, "normal", arg as never);
    this.#hooks.started();
  }

  async #topEnded(reason: ExitReason): Promise<void> {
    await this.#attempt("stop", () => this.#callbacks.stop?.());
    this.#process?.end(reason);
  }

  async #stop(): Promise<void> {
    const top = this.#top as Pid;
    await this.#attempt("prepStop", () => this.#callbacks.prepStop?.(top));
    if (this.#process !== null && top.process !== null) await shutDown(top.process, this.#process, "infinity");
    await this.#attempt("stop", () => this.#callbacks.stop?.());
    this.#process?.end("normal");
  }

  /** What an optional callback throws does not keep the application from ending. */
  async #attempt(callback: "prepStop" | "stop", call: () => void | Promise<void>): Promise<void> {
    if (!functionExported(this.#callbacks, callback)) return;
    try {
      await call();
    } catch (thrown) {
      const reason = formatReason(reasonOf(thrown));
      const message = `${callback} of application "${this.#app.name}" failed: ${reason}`;
      report({ level: "error", kind: "application_report", message, error: thrown });
    }
  }
}

/** Starts the master of an application. */
export const startMaster = (app: App, callbacks: ApplicationCallbacks, hooks: MasterHooks): Process =>
  new Process(new ApplicationMaster(app, callbacks, hooks), null);

/** The top process of a running application; null if there is none any more. */
export const topOf = ({ body }: Process): Process | null =>
  body instanceof ApplicationMaster ? (body.top?.process ?? null) : null;

/** Lets a master stop its application; it tells its hooks when that is done. */
export const stopMaster = (master: Process): void => {
  master.deliver(new Envelope("event", STOP, null, null));
};
