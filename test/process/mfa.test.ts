import assert from "node:assert/strict";
import { test } from "node:test";
import { applyMfa, formatMfa, mfa } from "../../src/runtime/process/mfa.ts";
import { refused } from "./support.ts";

test("applyMfa calls the function that stands in the module at that moment, with the arguments added at the end", () => {
  const module = { join: (...parts: string[]): string => parts.join("-") };
  const call = mfa(module, "join", "a");
  assert.equal(applyMfa(call, "b", "c"), "a-b-c");
  module.join = (...parts) => parts.join("+");
  assert.equal(applyMfa(call, "b"), "a+b");
});

test("applyMfa refuses a function that is not there", () => {
  const call = mfa({ run: () => 1 }, "run");
  assert.throws(() => applyMfa({ ...call, module: {} }), refused("process/undef", { function: "run" }));
});

test("formatMfa writes a call as OTP does, of a handle or of a module's name", () => {
  const room = Object.defineProperty({ open: (_a: number, _b: number) => 1 }, Symbol.for("underway.module"), {
    value: "chat/room",
  });
  assert.equal(formatMfa(mfa(room, "open", 1), 1), "chat/room:open/2");
  assert.equal(formatMfa({ module: "chat/room", function: "close", args: [] }), "chat/room:close/0");
});
