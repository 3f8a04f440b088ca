// OTP as a child process that answers questions; see oracle.escript. One is started for all of them.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseTerms } from "../src/tools/erlang/parse.ts";
import { printTerm } from "../src/tools/erlang/print.ts";
import type { Term } from "../src/tools/erlang/term.ts";

/** Whether `escript` can be started here: Debian's package erlang-base has it. */
export const hasErlang = (): boolean => spawnSync("escript", [], { stdio: "ignore" }).error === undefined;

/** Files in memory where there are such: a comparison writes and reads tens of thousands. */
const memory = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** A running OTP. Questions are answered in the order in which they are asked. */
export class Oracle {
  /** A folder that questions may use for files. */
  readonly folder = mkdtempSync(join(memory, "underway-oracle-"));
  readonly #child: ChildProcess;
  readonly #waiting: { readonly resolve: (answer: Term) => void; readonly reject: (error: Error) => void }[] = [];
  #received: Buffer = Buffer.alloc(0);

  /** Default: the one that answers questions about scripts and releases. */
  constructor(script = join(import.meta.dirname, "oracle.escript")) {
    this.#child = spawn("escript", [script], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#child.stdout?.on("data", (data: Buffer) => this.#receive(data));
    this.#child.on("exit", (code) => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Error(`Erlang ended with ${code}`));
    });
  }

  /** Asks; rejects if OTP crashes over the question. */
  ask(question: Term): Promise<Term> {
    const text = Buffer.from(`${printTerm(question)}. `);
    const head = Buffer.alloc(4);
    head.writeUInt32BE(text.length);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.stdin?.write(Buffer.concat([head, text]));
    });
  }

  /** Ends it. */
  close(): void {
    this.#child.kill("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }

  #receive(data: Buffer): void {
    this.#received = Buffer.concat([this.#received, data]);
    while (this.#received.length >= 4) {
      const end = 4 + this.#received.readUInt32BE(0);
      if (this.#received.length < end) return;
      const [answer] = parseTerms(this.#received.toString("utf8", 4, end), "the answer of OTP");
      this.#received = this.#received.subarray(end);
      this.#waiting.shift()?.resolve(answer ?? []);
    }
  }
}
