import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { PassThrough } from "node:stream";
import { describe, test } from "node:test";
import fc from "fast-check";
import { isUnderwayError, UnderwayError } from "../../src/error.ts";
import { exitCodeOf, exitCodes, meanings } from "../../src/runtime/control/exit-codes.ts";
import { parseLine, receiveLines, requestOf, wireError } from "../../src/runtime/control/protocol.ts";

const received = async (chunks: readonly (string | Buffer)[]): Promise<unknown[]> => {
  const stream = new PassThrough();
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  const values: unknown[] = [];
  for await (const value of receiveLines(stream as unknown as Socket)) values.push(parseLine(value));
  return values;
};

describe("receiveLines", () => {
  test("gives the values, wherever the stream is cut", async () => {
    const values = fc.array(
      fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown),
      { maxLength: 5 },
    );
    const cuts = fc.array(fc.nat(200), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(values, cuts, async (sent, places) => {
        const bytes = Buffer.from(sent.map((value) => `${JSON.stringify(value)}\n`).join(""));
        const at = [...places, bytes.length].sort((a, b) => a - b);
        assert.deepEqual(await received(at.map((end, i) => bytes.subarray(at[i - 1] ?? 0, end))), sent);
      }),
    );
  });

  test("drops a line that was not finished", async () => {
    assert.deepEqual(await received(["1\n", "2"]), [1]);
  });

  test("gives lines that parseLine refuses with control/bad_protocol when they are no JSON", async () => {
    await assert.rejects(received(["GET / HTTP/1.1\r\n"]), (e) => isUnderwayError(e, "control/bad_protocol"));
  });

  test("ends quietly when the connection breaks", async () => {
    const stream = new PassThrough();
    const lines = receiveLines(stream as unknown as Socket);
    stream.write("1\n");
    assert.deepEqual(await lines.next(), { done: false, value: "1" });
    stream.destroy(new Error("ECONNRESET"));
    assert.deepEqual(await lines.next(), { done: true, value: undefined });
  });
});

describe("requestOf refuses with control/bad_protocol", () => {
  for (const line of [
    null,
    1,
    "x",
    [],
    {},
    { format: 2, command: "ping", args: {} },
    { format: 1, command: 5, args: {} },
    { format: 1, command: "ping" },
    { format: 1, command: "ping", args: null },
  ]) {
    test(JSON.stringify(line), () => {
      assert.throws(
        () => requestOf(line),
        (e) => isUnderwayError(e, "control/bad_protocol"),
      );
    });
  }
});

describe("exitCodeOf", () => {
  const rows: readonly [Parameters<typeof exitCodeOf>[0], string, number][] = [
    ["control/bad_usage", "ping", 2],
    ["release/no_such_package", "unpack", 2],
    ["release/no_such_release", "install", 2],
    ["control/no_such_module", "rpc", 2],
    ["release/damaged_package", "unpack", 3],
    ["release/migration_failed", "upgrade", 3],
    ["code/evaluation_failed", "install", 3],
    ["node/already_running", "foreground", 3],
    ["release/undone", "upgrade", 4],
    ["control/node_ended", "upgrade", 5],
    ["control/node_ended", "rpc", 6],
    ["control/no_node", "ping", 6],
    ["release/busy", "install", 7],
    ["code/undef", "rpc", 1],
    [null, "rpc", 1],
    // An error that is not Underway's, before the success of an install, is one after which all is as it was.
    [null, "install", 3],
  ];
  for (const [code, command, expected] of rows) {
    test(`is ${expected} for ${code} of ${command}`, () => assert.equal(exitCodeOf(code, command), expected));
  }

  test("has a meaning for each code", () => {
    assert.deepEqual(Object.keys(meanings).map(Number), Object.values(exitCodes));
  });
});

describe("wireError", () => {
  test("carries code, message and exit code of an Underway error", () => {
    const error = new UnderwayError("release/no_such_package", { file: "x.tar.gz" });
    assert.deepEqual(wireError(error, "unpack"), {
      code: "release/no_such_package",
      message: error.message,
      exitCode: 2,
    });
  });

  test("carries the stack of another error, and any value that was thrown", () => {
    const error = new TypeError("wrong");
    assert.deepEqual(wireError(error, "rpc"), { code: null, message: error.stack, exitCode: 1 });
    assert.deepEqual(wireError("text", "rpc"), { code: null, message: "Thrown: text", exitCode: 1 });
  });
});
