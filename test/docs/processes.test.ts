// docs/processes.md: its module compiles with a user's strict settings, counts, and is a special process to the tools.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { handleOf } from "../../src/runtime/code/modules.ts";
import * as Process from "../../src/runtime/process/index.ts";
import { compileOne, loadSource } from "../code/support.ts";
import { inProcess, refused } from "../process/support.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/processes.md"), "utf8");
const source = /```ts app\/counter\.ts\n(.*?)```/s.exec(page)?.[1] ?? "";

test("docs/processes.md has a counter that counts, under its name, and that an upgrade updates", async () => {
  assert.deepEqual(compileOne("app/counter", source).behaviour, "special_process");
  await loadSource("app/counter", source);
  const { startLink } = handleOf("app/counter") as { startLink: () => Process.Pid };
  const answer = await inProcess(async () => {
    startLink();
    Process.send(Process.named("counter"), { by: 5, from: Process.alias({ reply: true }) });
    return Process.receive();
  });
  assert.equal(answer, 5);
});

test("docs/processes.md says what a full mailbox does", async () => {
  for (const overflow of ["refuse", "drop_newest", "drop_oldest", "exit"])
    assert.ok(page.includes(`| \`${overflow}\` |`));
  const run = (): Promise<unknown> => Process.receive({ match: (one): one is never => one === "never" });
  const pid = Process.spawnOpt({ mailbox: { lengthMax: 1, overflow: "refuse" } }, { run }, "run");
  Process.send(pid, 1);
  assert.throws(() => Process.send(pid, 2), refused("process/mailbox_full"));
  Process.exit(pid, "kill");
});
