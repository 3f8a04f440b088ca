// Makes this operating-system process the node: boots the release, opens the control socket, and ends in order.
//
//   boot ─► listen, pid file ─► ready ─► … ─► end: listen no more ─► applications stop, last first ─► exit, or start anew
//
// SIGTERM, SIGINT and SIGHUP end it in order, with exit code 0; a second one at once.

import { rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Name } from "../../release/data.ts";
import { type BootedNode, boot } from "../handler/boot.ts";
import type { Config } from "../handler/release-files.ts";
import * as releases from "../handler/release-handler.ts";
import { type Target, varFile } from "../handler/target.ts";
import { report } from "../process/report.ts";
import { consoleBindings } from "./bindings.ts";
import { socketPath } from "./client.ts";
import { operationsOf } from "./operations.ts";
import { tellReady } from "./ready.ts";
import type { ControlServer } from "./server.ts";
import { startControlServer } from "./server.ts";
import { Session } from "./session.ts";
import { become, elsewhere, placesToBoot } from "./whereabouts.ts";

export interface NodeOptions extends Target {
  readonly name: Name;
  /** The layer of the configuration that comes from the command line. */
  readonly env: Config;
}

/** How a node ends: `failed`, when a permanent application has ended. */
export type Ending = "stop" | "restart" | "failed";

/** A node that runs in this process. */
export interface NodeHere {
  readonly vsn: string;
  /** Ends it in order, and then this process. Resolves when the applications have stopped. */
  end(how: Ending): Promise<void>;
  openSession(print: (text: string) => void, colors: boolean): Session;
  /** Called before the node stops: gives a terminal back. */
  onEnding(hook: () => void): void;
}

// API.

/** Boots. Rejects with the reason when it does not succeed; then nothing is left running. */
export async function startNode(options: NodeOptions): Promise<NodeHere> {
  const node = new Node(options);
  await node.start();
  return node;
}

// Internal.

/** Tells a node that it was restarted, not started by a person. */
const restartedVariable = "UNDERWAY_RESTARTED";

function takeRestarted(env: NodeJS.ProcessEnv): boolean {
  const restarted = env[restartedVariable] !== undefined;
  // What this node starts has not been restarted.
  delete env[restartedVariable];
  return restarted;
}

const openSession = (print: (text: string) => void, colors: boolean): Session =>
  new Session({ bindings: consoleBindings(), print, colors });

class Node implements NodeHere {
  readonly #options: NodeOptions;
  readonly #hooks: (() => void)[] = [];
  #booted: BootedNode | null = null;
  #server: ControlServer | null = null;
  #ending: Promise<void> | null = null;
  /** What was asked for while it was still booting. */
  #endWhenBooted: Ending | null = null;

  constructor(options: NodeOptions) {
    this.#options = options;
  }

  get vsn(): string {
    return this.#booted?.vsn ?? "";
  }

  readonly openSession = openSession;

  async start(): Promise<void> {
    const { root, instance, name, env } = this.#options;
    const restarted = takeRestarted(process.env);
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => this.#signalled());
    this.#booted = await boot({
      root,
      instance,
      name,
      env,
      restarted,
      onRestart: () => void this.end("restart"),
      onEnd: (reason) => {
        report({ level: "error", kind: "node", message: `the node cannot go on: ${reason}` });
        void this.end("failed");
      },
    });
    try {
      await this.#listen();
    } catch (thrown) {
      await this.#booted.stop();
      throw thrown;
    }
    writeFileSync(varFile(this.#options, "pid"), `${process.pid}\n`);
    tellReady();
    if (this.#endWhenBooted !== null) await this.end(this.#endWhenBooted);
  }

  onEnding(hook: () => void): void {
    this.#hooks.push(hook);
  }

  end(how: Ending): Promise<void> {
    if (this.#booted === null || this.#server === null) {
      this.#endWhenBooted = how;
      return Promise.resolve();
    }
    if (this.#ending === null) {
      this.#ending = this.#stop(how === "failed");
      void this.#ending.then(
        () => this.#leave(how),
        (error) => {
          report({ level: "error", kind: "node", message: "the node did not stop in order", error });
          process.exit(1);
        },
      );
    }
    return this.#ending;
  }

  #signalled(): void {
    // The person insists.
    if (this.#ending !== null || this.#endWhenBooted !== null) process.exit(1);
    void this.end("stop");
  }

  async #listen(): Promise<void> {
    const { root, instance, name } = this.#options;
    const operations = operationsOf({
      root,
      instance,
      name,
      releases,
      end: (how) => this.end(how),
      openSession: this.openSession,
    });
    this.#server = await startControlServer({ path: socketPath(this.#options), operations, openSession });
  }

  /** Until the lock is given back nobody else starts here: so the files that tell of this node go before. */
  async #stop(quietly: boolean): Promise<void> {
    for (const hook of this.#hooks) hook();
    this.#server?.stopListening();
    rmSync(varFile(this.#options, "pid"), { force: true });
    await this.#booted?.stop();
    if (!quietly) report({ level: "notice", kind: "progress", message: `stopped ${this.#options.name} ${this.vsn}` });
  }

  async #leave(how: Ending): Promise<void> {
    // Those who asked for the end get their answer first.
    await nextTurn();
    await this.#server?.close();
    if (how !== "restart") process.exit(how === "failed" ? 1 : 0);
    const [node, script] = elsewhere(this.#options, placesToBoot(this.#options)) ?? [
      process.execPath,
      resolve(process.argv[1] ?? ""),
    ];
    become(node, script, process.argv.slice(2), { ...process.env, [restartedVariable]: "1" });
  }
}
