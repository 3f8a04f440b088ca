// The node, as somebody sees it who sits at a terminal: the control script `bin/chat` of an unpacked package.

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A line of `releases`. */
export interface ReleaseLine {
  readonly name: string;
  readonly vsn: string;
  readonly status: string;
  readonly applications: readonly string[];
}

/** What an install reports of itself; times in milliseconds. */
export interface Installed {
  readonly report: {
    readonly from: string;
    readonly to: string;
    readonly processes: number;
    readonly modulesLoaded: number;
    readonly modulesRemoved: number;
    readonly migrations: number;
    readonly late: number;
    readonly pauseMs: number;
    readonly longestBlockMs: number;
    readonly durationMs: number;
  };
}

export class ChatNode {
  readonly root: string;
  readonly #show: (command: string) => void;
  #pid: number | null = null;

  /** `show` is called with each command that is part of the story. */
  constructor(root: string, show: (command: string) => void) {
    this.root = root;
    this.#show = show;
  }

  /** Runs a command as a person types it. */
  run(...args: readonly string[]): Promise<Ran> {
    this.#show(commandLine(args));
    return this.quietly(...args);
  }

  /** Runs a command that the transcript does not show. */
  quietly(...args: readonly string[]): Promise<Ran> {
    return new Promise((resolve) => {
      execFile(join(this.root, "bin/chat"), args, { encoding: "utf8" }, (error, stdout, stderr) => {
        const exitCode = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
        resolve({ exitCode, stdout, stderr: stderr || (exitCode === 0 ? "" : (error?.message ?? "")) });
      });
    });
  }

  /** The result of a command, as data, without showing it. Throws when it fails. */
  async ask<T>(...args: readonly string[]): Promise<T> {
    const { exitCode, stdout, stderr } = await this.quietly(...args, "--json");
    const answer = parse<T>(stdout);
    if (answer?.ok) return answer.result;
    const reason = answer?.error.message ?? `${stderr}${stdout}`;
    throw new Error(`bin/chat ${args.join(" ")} failed with exit code ${exitCode}\n${reason}`);
  }

  /** The result of a command, as data, with the command shown. Throws when it fails. */
  must<T>(...args: readonly string[]): Promise<T> {
    this.#show(commandLine(args));
    return this.ask<T>(...args);
  }

  releases(): Promise<readonly ReleaseLine[]> {
    return this.ask("releases");
  }

  /** Starts the node in the background. With port 0 the system chooses one. Resolves with the one it listens on. */
  async start(port: number): Promise<number> {
    await this.must("daemon", "--env", `chat.port=${port}`);
    const status = await this.ask<{ readonly pid: number }>("status");
    this.#pid = status.pid;
    return this.ask<number>("rpc", "chat/listener", "port", "[]");
  }

  /** As a power cut: the node is given no chance to say or write anything. */
  async kill(): Promise<void> {
    const pid = this.#pid;
    if (pid === null) throw new Error("no node has been started");
    this.#show(`kill -9 ${pid}`);
    process.kill(pid, "SIGKILL");
    while (isAlive(pid)) await sleep(5);
    this.#pid = null;
  }

  async stop(): Promise<void> {
    await this.must("stop");
    this.#pid = null;
  }

  /** Ends the node if it still runs, also one that was just being started. */
  end(): void {
    const pid = this.#pid ?? readPid(join(this.root, "var/default/pid"));
    if (pid !== null && isAlive(pid)) process.kill(pid, "SIGKILL");
  }
}

// Internal.

type Answer<T> =
  | { readonly ok: true; readonly result: T }
  | { readonly ok: false; readonly error: { readonly message: string } };

const parse = <T>(text: string): Answer<T> | null => {
  try {
    return JSON.parse(text) as Answer<T>;
  } catch {
    return null;
  }
};

const commandLine = (args: readonly string[]): string =>
  `bin/chat ${args.map((arg) => (/[^\w.,:/=-]/.test(arg) ? `'${arg}'` : arg)).join(" ")}`;

/** Null if there is no such file: the node has ended in order, or never began. */
const readPid = (file: string): number | null => {
  try {
    return Number.parseInt(readFileSync(file, "utf8"), 10) || null;
  } catch {
    return null;
  }
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
