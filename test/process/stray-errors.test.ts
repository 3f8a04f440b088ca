import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const fixture = fileURLToPath(new URL("./fixtures/stray-errors.ts", import.meta.url));

const run = (option: string): { status: number | null; lines: Record<string, unknown>[] } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [fixture, option], { encoding: "utf8" });
  assert.equal(stderr, "");
  return {
    status,
    lines: stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
};

test("ownStrayErrors ends the process to which an error outside a callback belongs, and no other", () => {
  const { lines } = run("log");
  const sources = lines.filter(({ source }) => source !== undefined);
  assert.equal(sources.length, 12);
  for (const { source, error, bystander } of sources) {
    assert.match(String(error), source === "socket without a listener" ? /ECONNREFUSED/ : /boom/, String(source));
    assert.equal(bystander, true, String(source));
  }
});

test("ownStrayErrors reports an error that belongs to no process with its origin, and the node goes on", () => {
  const { status, lines } = run("log");
  assert.deepEqual(lines.slice(-2), [
    { stray: "an error outside any process (uncaughtException)", error: "Error: boom" },
    { goesOn: true },
  ]);
  assert.equal(status, 0);
});

test("ownStrayErrors ends the node for such an error if it is told to", () => {
  const { status, lines } = run("end_node");
  assert.equal(lines.at(-1)?.stray, "an error outside any process (uncaughtException)");
  assert.equal(status, 1);
});
