import assert from "node:assert/strict";
import { test } from "node:test";
import { stateShape } from "../../src/tools/check/state-shape.ts";

const rows: readonly [what: string, before: string, after: string, same: boolean][] = [
  ["a field more", "export interface State { a: 1 }", "export interface State { a: 1; b: 2 }", false],
  [
    "a comment and a line break",
    "export interface State { a: 1 }",
    "/** A. */\nexport interface State {\n a: 1 }",
    true,
  ],
  [
    "a type that it mentions",
    "interface Member { name: string }\nexport type State = readonly Member[];",
    "interface Member { name: number }\nexport type State = readonly Member[];",
    false,
  ],
  [
    "a type that it does not mention",
    "interface Other { name: string }\nexport type State = 1;",
    "interface Other { name: number }\nexport type State = 1;",
    true,
  ],
  [
    "init, where there is no State",
    "export declare const init: () => Ok<{ total: number }>;",
    "export declare const init: () => Ok<{ sum: number }>;",
    false,
  ],
];

for (const [what, before, after, same] of rows) {
  test(`stateShape ${same ? "is the same with" : "tells"} ${what}`, () => {
    assert.equal(stateShape(before)?.text === stateShape(after)?.text, same);
  });
}

test("stateShape is undefined for a module that has neither State nor init", () => {
  assert.equal(stateShape("export declare const add: (n: number) => number;"), undefined);
});
