import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import type { Answer } from "../../src/runtime/control/answer.ts";
import { Session } from "../../src/runtime/control/session.ts";
import * as Process from "../../src/runtime/process/index.ts";

Process.setReporter(() => {});
const sessions: Session[] = [];
afterEach(() => {
  for (const session of sessions.splice(0)) session.end();
});

const open = (print: (text: string) => void = () => {}): Session => {
  const session = new Session({ bindings: { Process }, print });
  sessions.push(session);
  return session;
};

const textOf = (answer: Answer): string => ("text" in answer ? answer.text : answer.kind);

describe("Session", () => {
  test("answers with the value, printed and as JSON", async () => {
    assert.deepEqual(await open().evaluate("({ a: [1] })"), { kind: "value", text: "{ a: [ 1 ] }", json: { a: [1] } });
  });

  test("answers without JSON what has none", async () => {
    assert.deepEqual(await open().evaluate("() => 1"), { kind: "value", text: "[Function (anonymous)]" });
    assert.deepEqual(await open().evaluate("const a = {}; a.a = a; a"), {
      kind: "value",
      text: "<ref *1> { a: [Circular *1] }",
    });
  });

  test("keeps names, and the last value as _", async () => {
    const session = open();
    await session.evaluate("const a = 20");
    await session.evaluate("a + 1");
    assert.equal(textOf(await session.evaluate("_ * 2")), "42");
  });

  test("shares no names with another one", async () => {
    await open().evaluate("const mine = 1");
    assert.match(textOf(await open().evaluate("mine")), /ReferenceError: mine is not defined/);
  });

  test("evaluates one input after the other", async () => {
    const session = open();
    const first = session.evaluate("await new Promise((r) => setImmediate(r)); a = 1");
    const second = session.evaluate("a + 1");
    assert.equal(textOf(await second), "2");
    assert.equal(textOf(await first), "1");
  });

  test("asks for more of an input that is not complete", async () => {
    assert.deepEqual(await open().evaluate("f("), { kind: "incomplete" });
  });

  test("answers an error with its stack, which ends where the input begins", async () => {
    assert.deepEqual(await open().evaluate(`throw new TypeError("wrong")`), {
      kind: "error",
      text: "TypeError: wrong",
    });
    assert.match(
      textOf(await open().evaluate(`function f() { throw new Error("in f") }; f()`)),
      /^Error: in f\n +at f \(console:[^\n]+$/,
    );
  });

  test("answers a syntax error in one line, and an import statement with what to write instead", async () => {
    assert.deepEqual(await open().evaluate("a b"), { kind: "error", text: "SyntaxError: Unexpected identifier 'b'" });
    assert.deepEqual(await open().evaluate(`import fs from "node:fs"`), {
      kind: "error",
      text: 'SyntaxError: a console takes no import statement\n  cure: write it as: const name = await import("module")',
    });
  });

  test("answers what is thrown but no error", async () => {
    assert.deepEqual(await open().evaluate("throw { a: 1 }"), { kind: "error", text: "Thrown: { a: 1 }" });
  });

  test("answers an Underway error with why and cure", async () => {
    const text = textOf(await open().evaluate(`Process.send(Process.named("nobody"), 1)`));
    assert.match(text, /^UnderwayError: Cannot reach [^\n]*\n[\s\S]*code: process\/noproc$/);
    assert.doesNotMatch(text, / {4}at /);
  });

  test("answers a value whose inspection throws", async () => {
    const answer = await open().evaluate(
      `({ [Symbol.for("nodejs.util.inspect.custom")]() { throw new Error("no") } })`,
    );
    assert.match(textOf(answer), /cannot be shown/);
  });

  test("prints what console.log prints", async () => {
    const printed: string[] = [];
    await open((text) => printed.push(text)).evaluate(`console.log("a", 1)`);
    assert.deepEqual(printed, ["a 1\n"]);
  });

  test("evaluates in one process, which sends and receives", async () => {
    const session = open();
    const self = textOf(await session.evaluate("Process.self()"));
    assert.match(self, /^<0\.\d+\.0>$/);
    assert.equal(textOf(await session.evaluate("Process.send(Process.self(), 5); await Process.receive()")), "5");
    assert.equal(textOf(await session.evaluate("Process.self()")), self);
  });

  test("ends its process when it ends", async () => {
    const session = open();
    const before = Process.processes().length;
    await session.evaluate("1");
    assert.equal(Process.processes().length, before + 1);
    session.end();
    assert.equal(Process.processes().length, before);
  });
});

describe("Session.end", () => {
  test("stops what runs, and what waits behind it gets no process", async () => {
    const session = open();
    const before = Process.processes().length;
    const running = session.evaluate("await new Promise(() => {})");
    const waiting = session.evaluate("globalThis.ranAfterEnd = true");
    // The first one runs, and the second one waits.
    await new Promise((resolve) => setImmediate(resolve));
    session.end();
    assert.match(textOf(await running), /^Interrupted: /);
    assert.deepEqual(await waiting, { kind: "error", text: "The console has ended" });
    assert.deepEqual(await session.evaluate("1"), { kind: "error", text: "The console has ended" });
    assert.equal("ranAfterEnd" in globalThis, false);
    assert.equal(Process.processes().length, before);
  });
});

describe("Session goes on, with its names, in a new process", () => {
  test("after an interrupt of what never ends", async () => {
    const session = open();
    await session.evaluate("const a = 7; const first = Process.self()");
    const pending = session.evaluate("await new Promise(() => {})");
    // Nothing runs yet; an interrupt too early has nothing to end.
    await new Promise((resolve) => setImmediate(resolve));
    session.interrupt();
    assert.match(textOf(await pending), /^Interrupted: /);
    assert.equal(
      textOf(await session.evaluate("[a, Process.isAlive(first), Process.self() === first]")),
      "[ 7, false, false ]",
    );
  });

  test("after an exit signal of a linked process", async () => {
    const session = open();
    const input = `Process.spawnLink({ die() { throw new Error("child") } }, "die"); await new Promise(() => {})`;
    assert.match(textOf(await session.evaluate(input)), /^Interrupted: .*child/);
    assert.equal(textOf(await session.evaluate("1")), "1");
  });

  test("after it has killed itself", async () => {
    const session = open();
    await session.evaluate("const first = Process.self()");
    assert.match(textOf(await session.evaluate(`Process.exit(first, "kill"); await new Promise(() => {})`)), /killed/);
    assert.equal(textOf(await session.evaluate("Process.isAlive(first)")), "false");
  });

  test("when nothing is being evaluated an interrupt does nothing", async () => {
    const session = open();
    await session.evaluate("const first = Process.self()");
    session.interrupt();
    assert.equal(textOf(await session.evaluate("Process.self() === first")), "true");
  });
});

describe("Session.complete", () => {
  const complete = async (line: string, setup?: string): Promise<readonly string[]> => {
    const session = open();
    if (setup !== undefined) await session.evaluate(setup);
    return (await session.complete(line))[0];
  };

  test("completes names and globals", async () => {
    assert.ok((await complete("Proc")).includes("Process"));
    assert.ok((await complete("structuredCl")).includes("structuredClone"));
  });

  test("completes properties, at the end of a line", async () => {
    assert.deepEqual(await complete("1 + Process.spawnM"), ["Process.spawnMonitor"]);
    assert.deepEqual(await complete("a.b.lo", "const a = { b: { long: 1 } }"), ["a.b.long"]);
  });

  test("runs no getter", async () => {
    const setup = "let ran = false; const a = { get b() { ran = true; return { c: 1 } } }";
    assert.deepEqual(await complete("a.b.", setup), []);
  });
});
