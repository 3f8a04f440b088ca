// Stacks name TypeScript files, lines and columns, in the application's version.

import assert from "node:assert/strict";
import { test } from "node:test";
import { call, loadSource, loadSources } from "./support.ts";

const caught = (fn: () => unknown): Error => {
  try {
    fn();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
};

test("a stack names application, version, TypeScript file, line and column", async () => {
  const source = `import { fail } from "./deep/fail.ts";
interface Erased { readonly a: string; }

export const outer = (erased: Erased | null): string =>
  fail<Erased>(erased);
`;
  const fail = `type T1 = 1;
type T2 = 2;
export const fail = <T>(value: T): string => {
  throw new Error("here");
};
`;
  await loadSources(
    { "stack/m": source, "stack/deep/fail": fail },
    { originOf: () => ({ label: "stack-0.1.0", folder: null }) },
  );
  const lines = caught(() => call("stack/m", "outer", null)).stack?.split("\n") ?? [];
  assert.deepEqual(lines.slice(0, 3), [
    "Error: here",
    "    at fail (stack-0.1.0/src/deep/fail.ts:4:9)",
    "    at outer (stack-0.1.0/src/m.ts:5:3)",
  ]);
  assert.match(lines[3] ?? "", /support\.ts:\d+:\d+/, "other frames stay as Node describes them");
});

test("a stack of an async function names it too, in the version that was running", async () => {
  const source = (line: number) =>
    `${"\n".repeat(line - 1)}export const work = async (gate: Promise<void>): Promise<void> => { await gate; throw new Error("x"); };`;
  await loadSource("async/m", source(3));
  const gate = Promise.withResolvers<void>();
  const running = call("async/m", "work", gate.promise) as Promise<void>;
  await loadSource("async/m", source(9));
  gate.resolve();
  const error = await running.catch((thrown: Error) => thrown);
  assert.match(String((error as Error).stack), /at work \(async\/src\/m\.ts:3:/);
});

test("stacks outside of modules are formatted as Node does it", () => {
  const stack = new TypeError("plain").stack?.split("\n") ?? [];
  assert.equal(stack[0], "TypeError: plain");
  assert.match(stack[1] ?? "", /^ {4}at .*stack-trace\.test\.ts:\d+:\d+\)?$/);
});
