// A special process in a node: a supervised loop that waits in `receive` is upgraded and taken back by releases that the
// command has built, with an appup that it has generated.
//
//   1.0.0  the counter loops with a total             1.1.0  with a total and a step, vsn 2: up and down

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { type Files, writeFiles } from "../tools/temporary-project.ts";
import { repository } from "./bank.ts";
import { TargetDirectory } from "./target.ts";

const counters: Readonly<Record<string, string>> = {
  "1.0.0": `
    import { type Alias, type Become, become, Pid, receive, register, send, spawnLink } from "underway/process";
    import * as self from "./counter.ts";
    export const startLink = (): Pid => {
      const pid = spawnLink(self, "loop", 0);
      register("counter", pid);
      return pid;
    };
    export const loop = async (total: number): Promise<Become> => {
      const { by, from } = await receive<{ by: number; from: Alias }>();
      send(from, ["1.0.0", total + by]);
      return become(self, "loop", total + by);
    };`,
  "1.1.0": `
    import { type Alias, type Become, become, Pid, receive, register, send, spawnLink, type SystemCodeChange } from "underway/process";
    import * as self from "./counter.ts";
    export const vsn = 2;
    export const startLink = (): Pid => {
      const pid = spawnLink(self, "loop", 0, 10);
      register("counter", pid);
      return pid;
    };
    export const loop = async (total: number, step: number): Promise<Become> => {
      const { by, from } = await receive<{ by: number; from: Alias }>();
      send(from, ["1.1.0", total + by * step]);
      return become(self, "loop", total + by * step, step);
    };
    export const systemCodeChange = {
      loop: {
        up: { 1: ([total]: [number]) => [total, 10] },
        down: { 1: ([total]: [number, number]) => [total] },
      },
    } satisfies SystemCodeChange<{ loop: typeof loop }>;`,
};

const project = (vsn: string): Files => ({
  "underway.config.ts": `
    import { defineConfig } from "underway/config";
    export default defineConfig({
      applications: ["apps/bank"], releases: { bank: { vsn: "${vsn}", applications: { bank: "permanent" } } },
    });`,
  "apps/bank/package.json": JSON.stringify({
    ...{ name: "bank", version: vsn, type: "module" },
    underway: { mod: { module: "bank/app", arg: null } },
  }),
  "apps/bank/src/app.ts": `
    import * as Sup from "./sup.ts";
    export const behaviour = "application";
    export const start = (): Promise<import("underway/application").Pid> => Sup.startLink();`,
  "apps/bank/src/sup.ts": `
    import { mfa } from "underway/process";
    import * as Supervisor from "underway/supervisor";
    import * as Counter from "./counter.ts";
    import * as self from "./sup.ts";
    export const behaviour = "supervisor";
    export const startLink = (): Promise<Supervisor.Pid<typeof self>> => Supervisor.startLink(self, null, { name: "bank_sup" });
    export const init = (_: null) =>
      Supervisor.ok({ strategy: "one_for_one" }, [{ id: "counter", start: mfa(Counter, "startLink") }]);`,
  "apps/bank/src/counter.ts": counters[vsn] as string,
  "apps/bank/src/api.ts": `
    import { alias, named, receive, send, whereis } from "underway/process";
    import * as Task from "underway/task";
    import * as self from "./api.ts";
    export const add = (by: number): Promise<unknown> => Task.await(Task.async(self, "ask", by));
    export const ask = (by: number): Promise<unknown> => {
      send(named("counter"), { by, from: alias({ reply: true }) });
      return receive();
    };
    export const pid = (): string => String(whereis("counter"));
    export const block = (ms: number): void => {
      for (const until = performance.now() + ms; performance.now() < until; );
    };`,
});

const folder = mkdtempSync(join(realpathSync(tmpdir()), "underway-special-"));
const packageOf = (vsn: string): string => join(folder, `target/bank-${vsn}.tar.gz`);
let target: TargetDirectory;

before(async () => {
  for (const vsn of Object.keys(counters)) {
    const where = join(folder, vsn);
    writeFiles(where, project(vsn));
    symlinkSync(join(repository, "node_modules"), join(where, "node_modules"));
    const upgrade = vsn === "1.0.0" ? [] : ["--upgrade", "--from", "1.0.0"];
    const command = join(repository, "dist/tools/cli/underway.js");
    const args = [command, "release", "--project", where, "--out", join(folder, "target"), ...upgrade];
    await promisify(execFile)(process.execPath, args);
  }
  target = new TargetDirectory(packageOf("1.0.0"));
  await target.ok("daemon");
});

after(async () => {
  await target?.remove();
  rmSync(folder, { recursive: true, force: true });
});

test("the appup of a special process is generated as an update with a change of state", () => {
  const appup = JSON.parse(readFileSync(join(folder, "1.1.0/apps/bank/bank.appup.json"), "utf8"));
  const [update] = appup.upFrom[0].script.filter(([, module]: string[]) => module === "bank/counter");
  assert.partialDeepStrictEqual(update, ["update", "bank/counter", { change: { advanced: [] } }]);
});

type Installed = { readonly report: object };

test("an upgrade brings a special process that waits in receive to the new version, and a downgrade back", async () => {
  const pid = await target.call("pid");
  assert.deepEqual(await target.call("add", 5), ["1.0.0", 5]);
  await target.ok("unpack", packageOf("1.1.0"));
  const { report } = await target.ok<Installed>("install", "1.1.0");
  assert.partialDeepStrictEqual(report, { processes: 1, late: 0, oldCode: [] });
  assert.deepEqual(await target.call("add", 1), ["1.1.0", 15]);
  await target.ok("commit", "1.1.0");
  const back = await target.ok<Installed>("install", "1.0.0");
  assert.partialDeepStrictEqual(back.report, { processes: 1, oldCode: [] });
  assert.deepEqual(await target.call("add", 1), ["1.0.0", 16]);
  assert.equal(await target.call("pid"), pid, "it is the same process all the time");
});

test("a callback that keeps the node waiting is reported in the log of the node, with its line", async () => {
  await target.call("block", 1_500);
  const log = readFileSync(join(target.root, "var/default/log/node.log"), "utf8");
  assert.match(log, /run_away: .* keeps the node waiting, for \d+ ms by now, at block \S*api\.ts\S*:\d+/);
});
