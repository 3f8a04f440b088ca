// Kill means kill: a killed process runs no further line of module code, whatever form it stands in. Each form is run once
// for each step at which it can be killed: before a promise is settled, and after it was, before the code is resumed.

import assert from "node:assert/strict";
import { test } from "node:test";
import { exitProcess, type Process } from "../../src/runtime/process/process.ts";
import { forms } from "./kill-forms.ts";
import { loadSource, settled, start } from "./support.ts";

interface Gate {
  open(): void;
}

interface Run {
  readonly trace: readonly string[];
  /** What of it came after the kill. */
  readonly late: readonly string[];
  /** Gates that were passed. */
  readonly gates: number;
}

/** Runs a form, opening one gate after the other; kills at gate `kill`, before or after it is opened. */
const runForm = async (module: string, kill: { at: number; when: "before" | "after" } | null): Promise<Run> => {
  const trace: string[] = [];
  const gates: Gate[] = [];
  const gate = (outcome = "go"): Promise<string> =>
    new Promise((resolve, reject) => {
      gates.push({ open: () => (outcome === "fail" ? reject(new Error("fail")) : resolve(outcome)) });
    });
  const pid = start(module, "run", gate, (line: unknown) => trace.push(String(line)));
  const process = pid.process as Process;
  await settled();
  let passed = 0;
  for (; gates[passed] !== undefined; passed++) {
    const one = gates[passed] as Gate;
    if (kill?.at === passed) {
      const before = trace.length;
      if (kill.when === "after") one.open();
      exitProcess(process, "kill");
      for (const other of gates) other.open();
      await settled();
      return { trace, late: trace.slice(before), gates: passed };
    }
    one.open();
    await settled();
  }
  assert.equal(process.alive, false, "an unkilled run comes to its end");
  assert.equal(process.exitReason, "normal");
  return { trace, late: [], gates: passed };
};

let modules = 0;

for (const [form, { code, trace }] of Object.entries(forms)) {
  test(`a killed process runs no further line, killed at any step of ${form}`, async () => {
    const module = `kill/form${++modules}`;
    await loadSource(module, code);
    const whole = await runForm(module, null);
    assert.deepEqual(whole.trace, trace);
    assert.ok(whole.gates > 0, "it waits at least once");
    for (let at = 0; at < whole.gates; at++) {
      for (const when of ["before", "after"] as const) {
        const cut = await runForm(module, { at, when });
        assert.deepEqual(cut.late, [], `killed ${when} gate ${at} was opened`);
        assert.deepEqual(cut.trace, trace.slice(0, cut.trace.length));
      }
    }
  });
}
