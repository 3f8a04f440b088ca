// Has OTP play some generated cases, and records its traces: node --conditions=underway-source conformance/behaviours/record.ts

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { Term } from "../../src/tools/erlang/term.ts";
import { Oracle } from "../oracle.ts";
import { serveCase, serveQuestion, superviseCase, superviseQuestion } from "./cases.ts";
import { traceOf } from "./world.ts";

/** The same cases each time, so that a new recording differs only where OTP or the generator does. */
const seed = 19980401;
const numRuns = 250;

const oracle = new Oracle(join(import.meta.dirname, "otp.escript"));
const folder = join(import.meta.dirname, "recorded");
mkdirSync(folder, { recursive: true });
const record = async <C>(name: string, cases: readonly C[], question: (given: C) => Term): Promise<void> => {
  const lines: string[] = [];
  for (const given of cases) lines.push(JSON.stringify({ given, trace: traceOf(await oracle.ask(question(given))) }));
  writeFileSync(join(folder, `${name}.jsonl`), `${lines.join("\n")}\n`);
  console.log(`recorded ${lines.length} cases of ${name}`);
};
await record("supervise", fc.sample(superviseCase, { numRuns, seed }), superviseQuestion);
await record("serve", fc.sample(serveCase, { numRuns, seed }), serveQuestion);
oracle.close();
