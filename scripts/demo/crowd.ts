// The clients as the demo sees them: an operating-system process that answers requests.

import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { Answer, AnswerMessage, CrowdRequests, Name } from "./crowd-protocol.ts";

export class Crowd {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  #last = 0;

  constructor() {
    this.#child = fork(join(import.meta.dirname, "clients.ts"), { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    this.#child.on("message", (message: AnswerMessage) => {
      const { resolve, reject } = this.#waiting.get(message.id) ?? {};
      this.#waiting.delete(message.id);
      if ("error" in message) reject?.(new Error(`the clients' process failed: ${message.error}`));
      else resolve?.(message.value as never);
    });
    this.#child.on("exit", (code, signal) => {
      for (const { reject } of this.#waiting.values()) {
        reject(new Error(`the clients' process has ended (${signal ?? `exit code ${code}`})`));
      }
      this.#waiting.clear();
    });
  }

  /** Asks the clients for something; see crowd-protocol.ts. */
  ask<N extends Name>(name: N, ...[argument]: Parameters<CrowdRequests[N]>): Promise<Answer<N>> {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.send({ id, name, argument });
    });
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}
