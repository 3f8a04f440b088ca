import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { describe, test } from "node:test";
import type { Answer, Evaluator } from "../../src/runtime/control/answer.ts";
import { consoleBindings } from "../../src/runtime/control/bindings.ts";
import { Repl } from "../../src/runtime/control/repl.ts";

/** Answers each input with itself; ends in `(`: incomplete; a name that it does not know: an error. */
class Echo implements Evaluator {
  readonly sources: string[] = [];
  ended = false;

  async evaluate(source: string): Promise<Answer> {
    this.sources.push(source);
    const name = /^(exit|quit|help|none)(\(\))?$/.exec(source)?.[1];
    if (name !== undefined) return { kind: "error", text: `ReferenceError: ${name} is not defined` };
    return source.endsWith("(") ? { kind: "incomplete" } : { kind: "value", text: `=${source}` };
  }
  async complete(line: string): Promise<readonly [readonly string[], string]> {
    return [[], line];
  }
  interrupt(): void {}
  end(): void {
    this.ended = true;
  }
}

const run = async (text: string): Promise<{ evaluator: Echo; output: string }> => {
  const evaluator = new Echo();
  const input = new PassThrough();
  const output = new PassThrough();
  input.end(text);
  await new Repl(evaluator, { input, output }).run();
  return { evaluator, output: String(output.read() ?? "") };
};

describe("Repl", () => {
  test("evaluates each line and prints the answers, until the input ends", async () => {
    const { evaluator, output } = await run("1\n2\n");
    assert.deepEqual(evaluator.sources, ["1", "2"]);
    assert.match(output, /^> =1\n(> )?=2\n/);
    assert.equal(evaluator.ended, true);
  });

  test("evaluates a last line without an end", async () => {
    assert.deepEqual((await run("1\n2")).evaluator.sources, ["1", "2"]);
  });

  test("adds lines to an input that is not complete", async () => {
    const evaluator = new Echo();
    const input = new PassThrough();
    const output = new PassThrough();
    // The second prompt asks for the rest.
    output.on("data", (printed) => String(printed).includes("... ") && input.end("1)\n3\n"));
    const running = new Repl(evaluator, { input, output }).run();
    input.write("f(\n");
    await running;
    assert.deepEqual(evaluator.sources, ["f(", "f(\n1)", "3"]);
  });

  test("prints nothing for an empty line", async () => {
    assert.doesNotMatch((await run("\n")).output, /=/);
  });

  test("leaves at .exit, and evaluates nothing after it", async () => {
    assert.deepEqual((await run("1\n.exit\n2\n")).evaluator.sources, ["1"]);
  });

  test("explains itself at .help, with the names that there are", async () => {
    const { output } = await run(".help\n");
    for (const word of [".exit", "Tab", ...Object.keys(consoleBindings())]) assert.ok(output.includes(word), word);
  });

  test("tells what to type to who types exit, quit or help, unless there is such a name", async () => {
    for (const word of ["exit", "quit()"]) assert.match((await run(`${word}\n`)).output, /^> \(\.exit leaves/);
    assert.match((await run("help\n")).output, /^> \(\.help tells/);
    assert.match((await run("none\n")).output, /^> ReferenceError: none is not defined\n/);
    assert.match((await run("exit + 1\n")).output, /^> =exit \+ 1\n/);
  });

  test("takes a line of an incomplete input for what it is, even .exit", async () => {
    assert.deepEqual((await run("f(\n.exit\n")).evaluator.sources, ["f(", "f(\n.exit"]);
  });

  test("leaves when the other side has ended", async () => {
    const repl = new Repl(new Echo(), { input: new PassThrough(), output: new PassThrough() });
    const running = repl.run();
    repl.leave();
    await running;
  });
});
