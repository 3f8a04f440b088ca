// A target directory with a node in it, driven as its users drive it: through `bin/bank`, in processes of their own.

import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Outcome {
  readonly exitCode: number;
  /** The value under `result`, or undefined. */
  readonly result: unknown;
  /** The error, or undefined. */
  readonly error: { readonly code: string; readonly message: string } | undefined;
  readonly stderr: string;
}

export class TargetDirectory {
  readonly root: string;

  /** Unpacks the package of the first release, as a user does. */
  constructor(package_: string) {
    this.root = mkdtempSync(join(realpathSync(tmpdir()), "underway-target-"));
    execFileSync("tar", ["-xzf", package_, "-C", this.root]);
  }

  /** Runs a command of the control script with `--json`. */
  run(...args: readonly string[]): Promise<Outcome> {
    return new Promise((resolve) => {
      execFile(join(this.root, "bin/bank"), [...args, "--json"], (error, stdout, stderr) => {
        const lines = stdout.trim().split("\n");
        const answer = parse(lines.at(-1) ?? "");
        const exitCode = error === null ? 0 : Number(error.code);
        resolve({ exitCode, result: answer.result, error: answer.error, stderr });
      });
    });
  }

  /** Runs a command that must succeed, and returns its result. */
  async ok<T>(...args: readonly string[]): Promise<T> {
    const outcome = await this.run(...args);
    if (outcome.exitCode !== 0) {
      throw new Error(
        `bin/bank ${args.join(" ")}: exit ${outcome.exitCode} ${outcome.error?.message ?? outcome.stderr}`,
      );
    }
    return outcome.result as T;
  }

  /** Runs a command as a person does, and returns what is printed. */
  text(...args: readonly string[]): Promise<string> {
    return new Promise((resolve) => {
      execFile(join(this.root, "bin/bank"), [...args], (_, stdout, stderr) => resolve(stdout + stderr));
    });
  }

  /** Calls an exported function in the node. */
  call<T = unknown>(fn: string, ...args: readonly unknown[]): Promise<T> {
    return this.ok<T>("rpc", "bank/api", fn, JSON.stringify(args));
  }

  /** Versions and their statuses. */
  async releases(): Promise<Record<string, string>> {
    const known = await this.ok<readonly { vsn: string; status: string }[]>("releases");
    return Object.fromEntries(known.map(({ vsn, status }) => [vsn, status]));
  }

  /** Kills the node as a power cut would, and waits until it is gone. */
  async kill(): Promise<void> {
    const pid = Number(readFileSync(join(this.root, "var/default/pid"), "utf8"));
    process.kill(pid, "SIGKILL");
    while (isRunning(pid)) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Kills the node and starts it again. */
  async crash(): Promise<void> {
    await this.kill();
    await this.ok("daemon");
  }

  async remove(): Promise<void> {
    await this.run("stop");
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Looks again until it is so; the test's own time limit ends it. */
export const waitFor = async (condition: () => Promise<boolean>): Promise<void> => {
  while (!(await condition().catch(() => false))) await new Promise((resolve) => setTimeout(resolve, 50));
};

const parse = (line: string): Pick<Outcome, "result" | "error"> => {
  try {
    return JSON.parse(line);
  } catch {
    return { result: undefined, error: undefined };
  }
};

const isRunning = (pid: number): boolean => {
  const stat = `/proc/${pid}/stat`;
  if (existsSync("/proc/self/stat")) return existsSync(stat) && !/\) Z/.test(readFileSync(stat, "utf8"));
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
