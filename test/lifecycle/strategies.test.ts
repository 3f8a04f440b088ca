// Supervisors of all four strategies whose specifications change, in a node: built, installed, undone, taken back. And what
// else of behaviours has to work in a release: tasks, sys, formatStatus.
//
//   1.0.0  each static supervisor has the children `a`, `b`; the dynamic one has temporary ones
//   1.1.0  `b`, `c` instead, the dynamic ones are transient; nobody who stays is restarted
//   1.2.0  the same, and then something fails: everything is as before
//   1.3.0  the one_for_one supervisor becomes simple_one_for_one: refused

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { type Files, writeFiles } from "../tools/temporary-project.ts";
import { repository } from "./bank.ts";
import { TargetDirectory } from "./target.ts";

const STATIC = { ofo: "one_for_one", ofa: "one_for_all", rfo: "rest_for_one" } as const;

const supervisor = (name: string, strategy: string, children: string): string => `
  import { mfa } from "underway/process";
  import * as Supervisor from "underway/supervisor";
  import * as Worker from "./worker.ts";
  import * as self from "./${name}.ts";
  export const behaviour = "supervisor";
  export const startLink = (): Promise<Supervisor.Pid<typeof self>> => Supervisor.startLink(self, null, { name: "${name}" });
  export const init = (_: null) => Supervisor.ok({ strategy: "${strategy}" }, [${children}]);
`;
const workers = (sup: string, ids: readonly string[]): string =>
  ids.map((id) => `{ id: "${id}", start: mfa(Worker, "startLink", "${sup}_${id}") }`).join(", ");
const template = (restart: string): string =>
  `{ id: "worker", start: mfa(Worker, "startLink"), restart: "${restart}" as const }`;

const worker = `
  import * as GenServer from "underway/gen-server";
  import { type CallClauses, ok, reply } from "underway/gen-server";
  import * as Task from "underway/task";
  import * as self from "./worker.ts";
  export interface State { readonly name: string; readonly secret: string }
  export const startLink = (name: string): Promise<GenServer.Pid<typeof self>> => GenServer.startLink(self, name, { name });
  export const init = (name: string) => ok<State>({ name, secret: "open sesame" });
  export const double = async (n: number): Promise<number> => { await null; return 2 * n; };
  export const handleCall = {
    async double({ state }, n: number) {
      const result: number = await Task.await(Task.async(self, "double", n));
      return reply(result, state);
    },
    async stream({ state }, items: readonly number[]) {
      const results: unknown[] = [];
      for await (const outcome of Task.asyncStream(items, self, "double", [])) results.push(outcome);
      return reply(JSON.stringify(results), state);
    },
    crash({ state }): GenServer.Reply<null, State> { throw new Error(state.name + " crashes"); },
  } satisfies CallClauses<State>;
  export const formatStatus = ({ state, ...rest }: GenServer.StatusParts<State>) => ({ ...rest, state: { name: state.name } });
`;

const api = (vsn: string): string => `
  import * as GenServer from "underway/gen-server";
  import * as Supervisor from "underway/supervisor";
  import * as sys from "underway/sys";
  import * as Worker from "./worker.ts";
  const worker = (name: string) => GenServer.named<typeof Worker>(name);
  export const version = (): string => "${vsn}";
  /** As [id, pid, restart], in the order of their start. */
  export const children = async (sup: string): Promise<unknown> => {
    const shown = (await Supervisor.whichChildren(sup)).toReversed();
    return Promise.all(shown.map(async ({ id, pid }) =>
      [id, String(pid), pid === null ? null : (await Supervisor.getChildSpec(sup, pid)).restart]));
  };
  export const startDynamic = async (name: string): Promise<string> => String(await Supervisor.startChild("sofo", name));
  export const double = (name: string, n: number): Promise<number> => GenServer.call(worker(name), "double", n);
  export const stream = (name: string): Promise<string> => GenServer.call(worker(name), "stream", [1, 2, 3]);
  export const crash = (name: string): Promise<unknown> => GenServer.call(worker(name), "crash").catch((error) => error.code);
  export const status = async (name: string): Promise<string> => {
    await sys.trace(name, true);
    await sys.statistics(name, true);
    await GenServer.call(worker(name), "double", 1);
    const counted = await sys.statistics(name, "get");
    await sys.noDebug(name);
    return JSON.stringify([counted?.messagesIn, counted?.messagesOut, (await sys.getStatus(name)).state]);
  };
  export const fail = (): never => { throw new Error("on purpose"); };
`;

const project = (vsn: string, ids: readonly string[], restart: string, script?: Script): Files => ({
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
    ${[...Object.keys(STATIC), "sofo"].map((name) => `import * as ${name} from "./${name}.ts";`).join("\n")}
    import * as self from "./sup.ts";
    export const behaviour = "supervisor";
    export const startLink = (): Promise<Supervisor.Pid<typeof self>> => Supervisor.startLink(self, null, { name: "bank_sup" });
    export const init = (_: null) => Supervisor.ok({}, [
      ${[...Object.keys(STATIC), "sofo"].map((name) => `{ id: "${name}", start: mfa(${name}, "startLink"), type: "supervisor" as const }`).join(", ")}
    ]);`,
  ...Object.fromEntries(
    Object.entries(STATIC).map(([name, strategy]) => [
      `apps/bank/src/${name}.ts`,
      vsn === "1.3.0" && name === "ofo"
        ? supervisor(name, "simple_one_for_one", template("permanent"))
        : supervisor(name, strategy, workers(name, ids)),
    ]),
  ),
  "apps/bank/src/sofo.ts": supervisor("sofo", "simple_one_for_one", template(restart)),
  "apps/bank/src/worker.ts": worker,
  "apps/bank/src/api.ts": api(vsn),
  ...(script && {
    "apps/bank/bank.appup.json": JSON.stringify({
      ...{ format: 1, vsn },
      upFrom: [{ vsn: "1.0.0", script: script.up }],
      downTo: [{ vsn: "1.0.0", script: script.down }],
    }),
  }),
});

interface Script {
  readonly up: readonly unknown[];
  readonly down: readonly unknown[];
}
const soft = { prePurge: "soft_purge", postPurge: "soft_purge" };
const changes = (gone: string, added: string, last: readonly unknown[]): readonly unknown[] => [
  ...Object.keys(STATIC).map((name) => ["delete_child", name, gone]),
  ...[...Object.keys(STATIC), "sofo"].map((name) => ["update", `bank/${name}`, { change: "supervisor", ...soft }]),
  ["load_module", "bank/api", soft],
  ...Object.keys(STATIC).map((name) => ["start_child", name, added]),
  ...last,
];
const fail = ["apply", { module: "bank/api", function: "fail", args: [] }];
const update = ["update", "bank/ofo", { change: "supervisor", ...soft }];

const versions: Readonly<Record<string, Files>> = {
  "1.0.0": project("1.0.0", ["a", "b"], "temporary"),
  "1.1.0": project("1.1.0", ["b", "c"], "transient", { up: changes("a", "c", []), down: changes("c", "a", []) }),
  "1.2.0": project("1.2.0", ["b", "c"], "transient", { up: changes("a", "c", [fail]), down: changes("c", "a", []) }),
  "1.3.0": project("1.3.0", ["a", "b"], "temporary", {
    up: [update, ["load_module", "bank/api", soft]],
    down: [update, ["load_module", "bank/api", soft]],
  }),
};

const folder = mkdtempSync(join(realpathSync(tmpdir()), "underway-strategies-"));
const packageOf = (vsn: string): string => join(folder, `target/bank-${vsn}.tar.gz`);
let target: TargetDirectory;

before(async () => {
  for (const [vsn, files] of Object.entries(versions)) {
    const where = join(folder, vsn);
    writeFiles(where, files);
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

type Shown = readonly (readonly [id: string | null, pid: string, restart: string])[];
const children = (sup: string): Promise<Shown> => target.call<Shown>("children", sup);
const all = async (): Promise<Record<string, Shown>> =>
  Object.fromEntries(
    await Promise.all([...Object.keys(STATIC), "sofo"].map(async (sup) => [sup, await children(sup)])),
  );
const idsOf = (shown: Shown | undefined): unknown[] => (shown ?? []).map(([id]) => id);
const pidOf = (shown: Shown | undefined, id: string): string | undefined => shown?.find((each) => each[0] === id)?.[1];

test("tasks, sys and formatStatus work in a release, and a console shows no secret", async () => {
  assert.equal(await target.call("double", "ofo_a", 21), 42);
  assert.deepEqual(
    JSON.parse(await target.call("stream", "ofo_a")),
    [2, 4, 6].map((value) => ({ kind: "ok", value })),
  );
  assert.equal(await target.call("status", "ofo_a"), JSON.stringify([1, 1, { name: "ofo_a" }]));
  const shown = JSON.stringify(await target.ok("eval", 'await sys.getStatus("ofo_a")'));
  assert.match(shown, /ofo_a/);
  assert.doesNotMatch(shown, /sesame/);
});

test("specifications change under all four strategies, up, down and undone, and nobody who stays is restarted", async () => {
  await target.call("startDynamic", "one");
  await target.call("startDynamic", "two");
  const first = await all();
  for (const sup of Object.keys(STATIC)) assert.deepEqual(idsOf(first[sup]), ["a", "b"], sup);

  await target.ok("unpack", packageOf("1.2.0"));
  const failed = await target.run("install", "1.2.0");
  assert.equal(failed.exitCode, 4, failed.error?.message);
  const undone = await all();
  for (const sup of Object.keys(STATIC)) {
    assert.deepEqual(idsOf(undone[sup]).sort(), ["a", "b"], `${sup}: the undo has brought a back`);
    assert.equal(pidOf(undone[sup], "b"), pidOf(first[sup], "b"), sup);
  }
  assert.deepEqual(undone.sofo, first.sofo);

  await target.ok("unpack", packageOf("1.1.0"));
  await target.ok("install", "1.1.0");
  const up = await all();
  for (const sup of Object.keys(STATIC)) {
    assert.deepEqual(idsOf(up[sup]), ["b", "c"], sup);
    assert.equal(pidOf(up[sup], "b"), pidOf(first[sup], "b"), `${sup}: b was not restarted`);
  }
  assert.deepEqual(
    up.sofo,
    first.sofo?.map(([id, pid]) => [id, pid, "transient"]),
  );
  // The strategies are still theirs: b comes first, c behind it.
  for (const [sup, both] of [
    ["ofo", false],
    ["ofa", true],
    ["rfo", true],
  ] as const) {
    const before = await children(sup);
    assert.equal(await target.call("crash", `${sup}_b`), "gen_server/exited");
    const after = await children(sup);
    assert.deepEqual(idsOf(after), ["b", "c"], sup);
    assert.notEqual(pidOf(after, "b"), pidOf(before, "b"), sup);
    assert.equal(pidOf(after, "c") !== pidOf(before, "c"), both, `${sup}: c`);
  }

  const before = await all();
  await target.ok("downgrade", "1.0.0");
  const down = await all();
  for (const sup of Object.keys(STATIC)) {
    assert.deepEqual(idsOf(down[sup]), ["a", "b"], sup);
    assert.equal(pidOf(down[sup], "b"), pidOf(before[sup], "b"), sup);
  }
  assert.deepEqual(down.sofo, first.sofo);
});

test("a change to simple_one_for_one is refused, and nothing has changed", async () => {
  const before = await all();
  await target.ok("unpack", packageOf("1.3.0"));
  const refused = await target.run("install", "1.3.0");
  assert.equal(refused.exitCode, 3, refused.error?.message);
  assert.match(refused.error?.message ?? "", /one_for_one.*simple_one_for_one/);
  assert.equal(await target.call("version"), "1.0.0");
  assert.deepEqual(await all(), before);
});
