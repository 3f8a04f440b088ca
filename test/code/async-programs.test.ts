// Random async programs, compiled and plain: nothing tells them apart, until one is killed. It then stops exactly there.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import fc from "fast-check";
import { exitProcess, type Process } from "../../src/runtime/process/process.ts";
import { exit, self } from "../../src/runtime/process/signals.ts";
import { programs } from "./async-programs.ts";
import { call, ignoreStopSignals, loadSource, settled, start } from "./support.ts";

before(ignoreStopSignals);

type Gate = (outcome?: string) => Promise<string>;
type Log = (line: unknown) => void;
type Program = (gate: Gate, log: Log) => Promise<void>;

let modules = 0;

/** Runs the program and stays: with its end a process would end the frames that the program has left behind. */
const stay = "export const runAndStay = async (gate, log) => { await run(gate, log); await new Promise(() => {}); };";

const compiled = async (source: string): Promise<string> => {
  const module = `random/m${++modules}`;
  await loadSource(module, `${source}\nexport { run };\n${stay}`);
  return module;
};

const plainly = (source: string): Program => new Function(`"use strict";${source}\nreturn run;`)() as Program;

/** Turns are counted up to here: a program that hangs shall fail, not spin. */
const TURNS_MAX = 5_000;

/** Runs a program whose gates open by themselves; each line of the trace tells in which microtask turn it was written. */
const traced = async (run: Program): Promise<string[]> => {
  const trace: string[] = [];
  let turn = 0;
  let gates = 0;
  let over = false;
  const count = (): void => {
    turn++;
    if (!over && turn < TURNS_MAX) queueMicrotask(count);
  };
  queueMicrotask(count);
  const gate: Gate = async (outcome = "go") => {
    for (let i = ++gates % 3; i > 0; i--) await null;
    if (outcome === "fail") throw new Error(outcome);
    return outcome;
  };
  await run(gate, (line) => trace.push(`${turn}: ${line}`));
  trace.push(`${turn}: over`);
  await settled();
  over = true;
  return trace;
};

test("a compiled program does the same as a plain one, in the same order and the same microtask turns", async () => {
  await fc.assert(
    fc.asyncProperty(programs, async (source) => {
      const module = await compiled(source);
      const run: Program = (gate, log) => call(module, "run", gate, log) as Promise<void>;
      assert.deepEqual(await traced(run), await traced(plainly(source)));
    }),
    { numRuns: 150, interruptAfterTimeLimit: 20_000 },
  );
});

/** Gates that the driver opens, one after the other. */
class Gates {
  readonly #open: (() => void)[] = [];
  #next = 0;

  readonly gate: Gate = (outcome = "go") =>
    new Promise((resolve, reject) => {
      this.#open.push(() => (outcome === "fail" ? reject(new Error(outcome)) : resolve(outcome)));
    });

  /** False when nobody waits. */
  openNext(): boolean {
    const open = this.#open[this.#next++];
    open?.();
    return open !== undefined;
  }

  openAll(): void {
    while (this.openNext());
  }
}

/** What a plain run traces, step by step: `steps[i]` lines were written before gate i was opened. */
const plainRun = async (source: string): Promise<{ trace: string[]; steps: number[] }> => {
  const gates = new Gates();
  const trace: string[] = [];
  const steps: number[] = [];
  void plainly(source)(gates.gate, (line) => trace.push(String(line)));
  do {
    await settled();
    steps.push(trace.length);
  } while (gates.openNext());
  return { trace, steps };
};

test("a program that is killed from outside stops exactly there", async () => {
  await fc.assert(
    fc.asyncProperty(programs, fc.nat(), fc.boolean(), async (source, seed, opened) => {
      const { trace, steps } = await plainRun(source);
      const at = seed % steps.length;
      const module = await compiled(source);
      const gates = new Gates();
      const lines: string[] = [];
      const { process } = start(module, "runAndStay", gates.gate, (line: unknown) => lines.push(String(line)));
      await settled();
      for (let i = 0; i < at; i++) {
        gates.openNext();
        await settled();
      }
      // Killed before the promise is settled, or after that and before the code behind it runs.
      if (opened) gates.openNext();
      exitProcess(process as Process, "kill");
      gates.openAll();
      await settled();
      await settled();
      assert.deepEqual(lines, trace.slice(0, steps[at]));
    }),
    { numRuns: 150, interruptAfterTimeLimit: 20_000 },
  );
});

test("a program that kills itself stops exactly there", async () => {
  await fc.assert(
    fc.asyncProperty(programs, fc.nat(), async (source, seed) => {
      const { trace } = await plainRun(source);
      const last = seed % trace.length;
      const module = await compiled(source);
      const gates = new Gates();
      const lines: string[] = [];
      const log: Log = (line) => {
        lines.push(String(line));
        if (lines.length === last + 1) exit(self(), "kill");
      };
      const { process } = start(module, "runAndStay", gates.gate, log);
      await settled();
      while (gates.openNext()) await settled();
      if (process?.alive) exitProcess(process, "kill");
      assert.deepEqual(lines, trace.slice(0, last + 1));
    }),
    { numRuns: 150, interruptAfterTimeLimit: 20_000 },
  );
});
