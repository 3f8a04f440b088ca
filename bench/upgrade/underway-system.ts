// A node of Underway: a built release in a target directory, in a process of its own, driven through its control socket.
// `bin/bench` starts it; the socket is then spoken to directly, as a control script that starts anew for each command would
// take a good part of a second core away while it is measured.

import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Json } from "../../src/release/data.ts";
import { ask } from "../../src/runtime/control/client.ts";
import { freePort } from "./free-port.ts";
import type { Figures } from "./measured.ts";
import { isAlive, until } from "./os-process.ts";
import type { Installed, InstallFigures, System } from "./system.ts";
import { buildReleases } from "./underway-project.ts";

/** Builds the releases below `folder` and unpacks them. */
export const underwaySystem = async (folder: string, modules: number, vsns: readonly string[]): Promise<System> => {
  const packageOf = await buildReleases(folder, modules, vsns);
  const root = join(folder, "underway");
  mkdirSync(root);
  execFileSync("tar", ["-xzf", packageOf("1.0.0"), "-C", root]);
  const system = new UnderwaySystem(root, await freePort(), await freePort());
  await system.start();
  for (const vsn of vsns) await system.ask("unpack", { release: packageOf(vsn) });
  await system.stop();
  return system;
};

// Internal.

class UnderwaySystem implements System {
  readonly name = "underway";
  readonly transport = "ws";
  readonly #root: string;
  readonly callsPort: number;
  readonly socketsPort: number;

  constructor(root: string, callsPort: number, socketsPort: number) {
    this.#root = root;
    this.callsPort = callsPort;
    this.socketsPort = socketsPort;
  }

  async start(): Promise<void> {
    const env = [`bench.callsPort=${this.callsPort}`, `bench.socketsPort=${this.socketsPort}`];
    await this.#run("daemon", ...env.flatMap((each) => ["--env", each]));
  }

  async stop(): Promise<void> {
    const pid = this.pid();
    if (pid === null || !isAlive(pid)) return;
    // Applications of a million processes are not stopped one by one: nothing in them is worth it.
    this.kill();
    await until(() => !isAlive(pid));
  }

  kill(): void {
    const pid = this.pid();
    if (pid !== null && isAlive(pid)) process.kill(pid, "SIGKILL");
  }

  async install(vsn: string, limitMs: number): Promise<Installed> {
    const beganMs = performance.timeOrigin + performance.now();
    const outcome = (): Pick<Installed, "beganMs" | "installMs"> => ({
      beganMs,
      installMs: performance.timeOrigin + performance.now() - beganMs,
    });
    const late = new Promise<never>((_, reject) => {
      setTimeout(() => reject(new Error(`not installed after ${limitMs / 1000} s`)), limitMs).unref();
    });
    try {
      const answer = await Promise.race([this.ask("install", { release: vsn, cold: false }), late]);
      const { report } = answer as unknown as { readonly report: InstallFigures };
      return { ok: true, reason: "", report, ...outcome() };
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      return { ok: false, reason, report: null, ...outcome() };
    }
  }

  async watch(): Promise<void> {
    await this.call("watch");
  }

  watched(): Promise<Figures> {
    return this.call("watched");
  }

  async call<T>(fn: string, ...args: readonly (number | boolean)[]): Promise<T> {
    return (await this.ask("rpc", { module: "bench/api", function: fn, args })) as T;
  }

  /** Asks the running node, as the control script does. */
  ask(command: string, args: { readonly [name: string]: Json }): Promise<Json> {
    return ask({ name: "bench", root: this.#root, instance: "default" }, command, args);
  }

  async #run(...args: readonly string[]): Promise<void> {
    await promisify(execFile)(join(this.#root, "bin/bench"), args);
  }

  pid(): number | null {
    try {
      return Number.parseInt(readFileSync(join(this.#root, "var/default/pid"), "utf8"), 10) || null;
    } catch {
      return null;
    }
  }
}
