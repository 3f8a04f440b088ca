import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluationEffects } from "../../src/tools/check/evaluation-effects.ts";

const rows: readonly [what: string, source: string, found: readonly string[]][] = [
  ["a timer", "const n: number = 1;\nsetInterval(() => n, 10);", ["2 setInterval"]],
  ["a listener", 'process.on("exit", () => {});', ["1 process.on"]],
  [
    "a server in an initialiser",
    "export const s = http.createServer().listen(80);",
    ["1 http.createServer().listen", "1 http.createServer"],
  ],
  ["a function called on the spot", "(() => { setTimeout(tick, 1); })();", ["1 setTimeout"]],
  ["a static field", "class A { static t = setInterval(tick, 1); }", ["1 setInterval"]],
  ["nothing in functions", "export const f = () => setTimeout(tick, 1);\nfunction g() { process.on('exit', f); }", []],
  ["nothing in methods and fields of instances", "class A { t = setTimeout(tick, 1); m() { a.on('x', f); } }", []],
  ["nothing in types and tables", "interface A { on(event: string): void }\nexport const handleCall = { on: 1 };", []],
];

for (const [what, source, expected] of rows) {
  test(`evaluationEffects finds ${what}`, () => {
    const found = evaluationEffects(source).map(({ call, line }) => `${line} ${call}`);
    assert.deepEqual(found, expected);
  });
}
