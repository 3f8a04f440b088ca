// The clients as the bench sees them: an operating-system process that answers requests.

import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { Answer, AnswerMessage, LoadRequests, Name } from "./load-protocol.ts";

export class Load {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  #last = 0;

  constructor() {
    const stdio = ["ignore", "inherit", "inherit", "ipc"] as const;
    this.#child = fork(join(import.meta.dirname, "load-process.ts"), { stdio: [...stdio], serialization: "advanced" });
    this.#child.on("message", (message: AnswerMessage) => {
      const { resolve, reject } = this.#waiting.get(message.id) ?? {};
      this.#waiting.delete(message.id);
      if ("error" in message) reject?.(new Error(`the clients' process failed: ${message.error}`));
      else resolve?.(message.value as never);
    });
    this.#child.on("exit", (code, signal) => {
      const error = new Error(`the clients' process has ended (${signal ?? `exit code ${code}`})`);
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    });
  }

  /** Asks the clients for something; see load-protocol.ts. */
  ask<N extends Name>(name: N, ...[argument]: Parameters<LoadRequests[N]>): Promise<Answer<N>> {
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
