// A node of Erlang/OTP with a real release: made by systools, upgraded by release_handler:install_release with the relup that
// systools:make_relup has made of appups, watched by heart. `set_unpacked` takes the place of `unpack_release`, which would
// write into the OTP that is installed. One scheduler, as Node has one thread for JavaScript.

import { execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "./free-port.ts";
import type { Figures } from "./measured.ts";
import { isAlive, until } from "./os-process.ts";
import type { Installed, System } from "./system.ts";

const VSNS = ["2.0.0", "1.1.0"];

/** Builds the releases below `folder`. Null when Erlang is not installed. */
export const otpSystem = async (folder: string, modules: number): Promise<System | null> => {
  const root = join(folder, "otp");
  mkdirSync(join(root, "run"), { recursive: true });
  const [calls, sockets, control] = [await freePort(), await freePort(), await freePort()];
  const ports = `[{calls_port,${calls}},{sockets_port,${sockets}},{control_port,${control}}]`;
  const sources = join(import.meta.dirname, "otp");
  try {
    await promisify(execFile)("escript", [join(sources, "build.escript"), sources, root, ports, String(modules)]);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw thrown;
  }
  writeFileSync(join(root, "run/start"), startScript(root), { mode: 0o755 });
  const system = new OtpSystem(root, calls, sockets, control);
  await system.start();
  for (const vsn of VSNS) {
    const apps = [
      ["bench", vsn === "2.0.0" ? vsn : "1.0.0"],
      ["many", vsn === "1.1.0" ? vsn : "1.0.0"],
    ];
    await system.ask("unpack", join(root, `releases/${vsn}/bench-${vsn}.rel`), apps, join(root, "lib"));
  }
  await system.stop();
  return system;
};

// Internal.

/** `start N`. heart runs it, too, also after an end that was wanted: `ended-N` tells it so, whenever it looks. */
const startScript = (root: string): string => `#!/bin/sh
[ -e ${root}/run/ended-$1 ] && exit 0
echo $$ > ${root}/run/pid
export HEART_COMMAND="${root}/run/start $1 >> ${root}/run/log 2>&1 &"
exec erl -noinput -heart +S 1 +P 5000000 +Q 65536 -boot ${root}/releases/1.0.0/start -config ${root}/releases/1.0.0/sys
`;

type Arg = number | boolean | string | readonly Arg[];

class OtpSystem implements System {
  readonly name = "otp";
  readonly transport = "tcp";
  readonly #root: string;
  readonly callsPort: number;
  readonly socketsPort: number;
  readonly #controlPort: number;
  #starts = 0;

  constructor(root: string, callsPort: number, socketsPort: number, controlPort: number) {
    this.#root = root;
    this.callsPort = callsPort;
    this.socketsPort = socketsPort;
    this.#controlPort = controlPort;
  }

  async start(): Promise<void> {
    this.#starts++;
    const log = `${this.#root}/run/log`;
    const child = spawn("sh", ["-c", `exec ${this.#root}/run/start ${this.#starts} >> ${log} 2>&1`], {
      stdio: "ignore",
      detached: true,
    });
    child.unref();
    await until(() =>
      this.ask("pid")
        .then(() => true)
        .catch(() => false),
    );
  }

  async stop(): Promise<void> {
    const pid = this.pid();
    this.kill();
    if (pid !== null) await until(() => !isAlive(pid));
  }

  kill(): void {
    writeFileSync(join(this.#root, `run/ended-${this.#starts}`), "");
    const pid = this.pid();
    if (pid !== null && isAlive(pid)) process.kill(pid, "SIGKILL");
  }

  async install(vsn: string, limitMs: number): Promise<Installed> {
    const beganMs = performance.timeOrigin + performance.now();
    let reason = "";
    try {
      await this.#ask("install", [vsn], limitMs);
    } catch (thrown) {
      reason = thrown instanceof Error ? thrown.message : String(thrown);
    }
    const installMs = performance.timeOrigin + performance.now() - beganMs;
    return { ok: reason === "", reason, installMs, beganMs, report: null };
  }

  async watch(): Promise<void> {}

  async watched(): Promise<Figures> {
    return {};
  }

  async call<T>(fn: string, ...args: readonly Arg[]): Promise<T> {
    return JSON.parse(await this.ask(fn, ...args)) as T;
  }

  /** Calls a function of `bench_api`, and resolves with what it printed. */
  ask(fn: string, ...args: readonly Arg[]): Promise<string> {
    return this.#ask(fn, args, 600_000);
  }

  #ask(fn: string, args: readonly Arg[], limitMs: number): Promise<string> {
    return new Promise((resolve, reject) => {
      let answer = "";
      const socket = connect(this.#controlPort, "127.0.0.1", () => socket.write(`{${fn},${termOf(args)}}.\n`));
      const limit = setTimeout(() => {
        reject(new Error(`not answered after ${limitMs / 1000} s`));
        socket.destroy();
      }, limitMs);
      socket.setEncoding("utf8");
      socket.on("error", reject);
      socket.on("data", (text: string) => {
        answer += text;
        if (!text.endsWith("\n")) return;
        if (answer.startsWith("ok ")) resolve(answer.slice(3));
        else reject(new Error(answer.slice("error ".length).trim()));
        socket.end();
      });
      socket.on("close", () => {
        clearTimeout(limit);
        reject(new Error("the node went down"));
      });
    });
  }

  pid(): number | null {
    const file = join(this.#root, "run/pid");
    return existsSync(file) ? Number.parseInt(readFileSync(file, "utf8"), 10) || null : null;
  }
}

/** Numbers, atoms true and false, strings and lists are written alike, but for the quotes. */
const termOf = (arg: Arg): string => JSON.stringify(arg);
