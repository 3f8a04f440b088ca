// The same question put to Erlang/OTP, in the same run: an escript that prints one number.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Compiles Erlang modules and evaluates an expression with one scheduler, as Node has one thread. Resolves with the
 * number that it prints; undefined when Erlang is not installed.
 */
export const measureInErlang = (modules: Readonly<Record<string, string>>, expression: string): number | undefined => {
  const folder = mkdtempSync(join(tmpdir(), "underway-bench-"));
  try {
    for (const [name, source] of Object.entries(modules)) writeFileSync(join(folder, `${name}.erl`), source);
    execFileSync(
      "erlc",
      Object.keys(modules).map((name) => `${name}.erl`),
      { cwd: folder },
    );
    const code = `io:format("~w~n", [begin ${expression} end]), halt().`;
    const printed = execFileSync("erl", ["+S", "1", "-noshell", "-eval", code], { cwd: folder, encoding: "utf8" });
    return Number(printed.trim());
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw thrown;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
