// Where the demo builds and unpacks: a directory of its own, taken away at the end.

import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { atEnd } from "./cleanup.ts";

const repository = join(import.meta.dirname, "../..");

export interface Built {
  readonly vsn: string;
  /** Path of the package. */
  readonly package: string;
  readonly bytes: number;
  readonly durationMs: number;
  /** What the command said. */
  readonly story: string;
}

export class Workspace {
  readonly folder = mkdtempSync(join(tmpdir(), "underway-demo-"));
  /** Where the packages are built. */
  readonly packages = join(this.folder, "packages");
  /** Where the first one is unpacked: the target directory of the node. */
  readonly target = join(this.folder, "chat");

  constructor() {
    atEnd(() => rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 }));
  }

  packageOf(vsn: string): string {
    return join(this.packages, `chat-${vsn}.tar.gz`);
  }

  /** Builds a release of the example with the `underway` command. */
  async build(vsn: string, options: readonly string[]): Promise<Built> {
    const beganMs = performance.now();
    const project = join(repository, "examples/chat", vsn);
    const command = join(repository, "dist/tools/cli/underway.js");
    const story = await execute(process.execPath, [
      command,
      "release",
      ...options,
      ...["--project", project, "--out", this.packages],
    ]);
    const file = this.packageOf(vsn);
    return { vsn, package: file, bytes: statSync(file).size, durationMs: performance.now() - beganMs, story };
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
    execFile(program, args, { encoding: "utf8", maxBuffer: 16 << 20 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${program} ${args.join(" ")} failed\n${stderr}${stdout}`));
    });
  });
