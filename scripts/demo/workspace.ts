// Where the demo builds and unpacks: a directory of its own below `target/`, which Git ignores; taken away at the end.

import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { atEnd } from "./cleanup.ts";

const repository = join(import.meta.dirname, "../..");

export interface Built {
  /** As a person types it. */
  readonly command: string;
  readonly bytes: number;
  readonly durationMs: number;
  /** What the command said. */
  readonly story: string;
}

export class Workspace {
  readonly folder: string;
  /** Where the packages are built, from the repository's folder. */
  readonly packages: string;
  /** Where the first one is unpacked: the target directory of the node. */
  readonly target: string;

  constructor() {
    mkdirSync(join(repository, "target"), { recursive: true });
    this.folder = mkdtempSync(join(repository, "target/demo-"));
    this.packages = relative(repository, join(this.folder, "packages"));
    this.target = join(this.folder, "chat");
    atEnd(() => rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 }));
  }

  /** Absolute path of a package. */
  packageOf(vsn: string): string {
    return join(repository, this.packages, `chat-${vsn}.tar.gz`);
  }

  /** Builds a release of the example with the `underway` command. */
  async build(vsn: string, ...options: readonly string[]): Promise<Built> {
    const args = ["release", ...options, "--project", `examples/chat/${vsn}`, "--out", this.packages];
    const beganMs = performance.now();
    const story = await execute(process.execPath, ["dist/tools/cli/underway.js", ...args]);
    const bytes = statSync(this.packageOf(vsn)).size;
    return { command: `underway ${args.join(" ")}`, bytes, durationMs: performance.now() - beganMs, story };
  }

  /** Unpacks a package as anybody would, with `tar`. */
  async unpack(file: string): Promise<void> {
    mkdirSync(this.target);
    await execute("tar", ["-xzf", file, "-C", this.target]);
  }

  /** The end of what the node has logged. */
  log(): string {
    try {
      return readFileSync(join(this.target, "var/default/log/node.log"), "utf8").split("\n").slice(-20).join("\n");
    } catch {
      return "";
    }
  }
}

// Internal.

const execute = (program: string, args: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile(program, args, { cwd: repository, encoding: "utf8", maxBuffer: 16 << 20 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${program} ${args.join(" ")} failed\n${stderr}${stdout}`));
    });
  });
