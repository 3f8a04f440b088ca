// Instructions in a node, built, packed, installed, undone, taken back: what happens to processes inside a callback
// (late, wait, kill), hand-written low-level instructions (stop, load, start), apply with its inverse.
//
//   1.0.0  bank_sup has the children `calm`, `patient`, `doomed` and `till`
//   1.1.0  calm is updated late, patient waited for, doomed killed when inside; the till is stopped while its module is
//          exchanged; an apply writes into the journal
//   1.2.0  the same, and then something fails: the apply's inverse is called, the till is started in old code

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Files } from "../tools/temporary-project.ts";
import type { Releases } from "./releases.ts";
import { buildReleases } from "./releases.ts";
import { TargetDirectory, waitFor } from "./target.ts";

const names = ["calm", "patient", "doomed", "till"] as const;

const server = (name: string, vsn: string): string => `
  import * as GenServer from "underway/gen-server";
  import { type CallClauses, ok, reply } from "underway/gen-server";
  import * as self from "./${name}.ts";
  export interface State { readonly calls: number }
  export const startLink = (): Promise<GenServer.Pid<typeof self>> => GenServer.startLink(self, null, { name: "${name}" });
  export const init = (_: null) => ok<State>({ calls: 0 });
  const next = ({ calls }: State): State => ({ calls: calls + 1 });
  export const handleCall = {
    ask: ({ state }) => reply(["${vsn}", state.calls] as const, next(state)),
    async work({ state }) {
      await new Promise<void>((resolve) => Object.assign(globalThis, { "open ${name}": resolve }));
      return reply(["${vsn}", state.calls] as const, next(state));
    },
  } satisfies CallClauses<State>;
`;

const api = (vsn: string): string => `
  import * as GenServer from "underway/gen-server";
  import * as Calm from "./calm.ts";
  const gate = (name: string) => "open " + name;
  const gates = globalThis as unknown as Record<string, (() => void) | undefined>;
  const journal = ((globalThis as { journal?: string[] }).journal ??= []);
  export const version = (): string => "${vsn}";
  export const ask = (name: string): Promise<unknown> => GenServer.call(GenServer.named<typeof Calm>(name), "ask");
  export const work = (name: string): Promise<unknown> =>
    GenServer.callWithin(GenServer.named<typeof Calm>(name), "infinity", "work");
  export const isInside = (name: string): boolean => gates[gate(name)] !== undefined;
  export const open = (name: string): void => { gates[gate(name)]?.(); delete gates[gate(name)]; };
  export const note = (text: string): void => { journal.push(text); };
  export const read = (): readonly string[] => journal.splice(0);
  export const fail = (): never => { throw new Error("on purpose"); };
`;

const soft = { prePurge: "soft_purge", postPurge: "soft_purge" };
const call = (name: string, ...args: readonly string[]) => ({ module: "bank/api", function: name, args });
const script = (to: string, end: readonly unknown[]): readonly unknown[] => [
  ["load_object_code", { app: "bank", vsn: to, modules: ["bank/till"] }],
  ["point_of_no_return"],
  ["load_module", "bank/api", soft],
  ["update", "bank/calm", { ...soft, inside: "late" }],
  ["update", "bank/patient", { ...soft, inside: "wait", timeoutMs: 300 }],
  ["update", "bank/doomed", { ...soft, inside: "kill" }],
  ["stop", ["bank/till"]],
  ["load", { module: "bank/till", ...soft }],
  ["start", ["bank/till"]],
  ["apply", call("note", `to ${to}`), { undo: call("note", `back from ${to}`) }],
  ...end,
];

const project = (vsn: string, end: readonly unknown[] = []): Files => ({
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
    ${names.map((name) => `import * as ${name} from "./${name}.ts";`).join("\n    ")}
    import * as self from "./sup.ts";
    export const behaviour = "supervisor";
    export const startLink = (): Promise<Supervisor.Pid<typeof self>> => Supervisor.startLink(self, null, { name: "bank_sup" });
    export const init = (_: null) =>
      Supervisor.ok({ strategy: "one_for_one", intensity: 10 }, [${names.map((name) => `{ id: "${name}", start: mfa(${name}, "startLink") }`).join(", ")}]);`,
  "apps/bank/src/api.ts": api(vsn),
  ...Object.fromEntries(names.map((name) => [`apps/bank/src/${name}.ts`, server(name, vsn)])),
  ...(vsn !== "1.0.0" && {
    "apps/bank/bank.appup.json": JSON.stringify({
      ...{ format: 1, vsn },
      upFrom: [{ vsn: "1.0.0", script: script(vsn, end) }],
      downTo: [{ vsn: "1.0.0", script: script("1.0.0", []) }],
    }),
  }),
});

let releases: Releases;
let target: TargetDirectory;

before(async () => {
  releases = await buildReleases({
    "1.0.0": project("1.0.0"),
    "1.1.0": project("1.1.0"),
    "1.2.0": project("1.2.0", [["apply", call("fail")]]),
  });
  target = new TargetDirectory(releases.packageOf("1.0.0"));
  await target.ok("daemon");
  await target.ok("unpack", releases.packageOf("1.1.0"));
  await target.ok("unpack", releases.packageOf("1.2.0"));
});
after(async () => {
  await target?.remove();
  releases?.remove();
});

const ask = (name: string) => target.call("ask", name);
const open = (name: string) => target.call("open", name);
/** Lets a process begin a callback that ends when its gate is opened; then its answer, or "ended" if it was killed. */
async function goInside(name: string): Promise<{ readonly answer: Promise<unknown> }> {
  const answer = target.call("work", name).catch(() => "ended");
  await waitFor(() => target.call<boolean>("isInside", name));
  return { answer };
}

test("an install waits for those inside as long as the appup says, then changes nothing and names them", async () => {
  const { answer } = await goInside("patient");
  const refused = await target.run("install", "1.1.0");
  assert.deepEqual([refused.exitCode, refused.error?.code], [3, "release/inside"]);
  assert.match(refused.error?.message ?? "", /patient/);
  assert.equal(await target.call("version"), "1.0.0");
  assert.deepEqual(await ask("till"), ["1.0.0", 0], "nobody was stopped");
  assert.deepEqual(await target.call("read"), [], "nothing was applied");
  await open("patient");
  assert.deepEqual(await answer, ["1.0.0", 0]);
});

test("an install that fails calls the inverse of an apply, and starts in old code what it had stopped", async () => {
  const failed = await target.run("install", "1.2.0");
  assert.deepEqual([failed.exitCode, failed.error?.code], [4, "release/undone"]);
  assert.deepEqual(await target.call("read"), ["to 1.2.0", "back from 1.2.0"]);
  assert.equal(await target.call("version"), "1.0.0");
  assert.deepEqual(await ask("till"), ["1.0.0", 1], "the till was started again, with its state");
  assert.deepEqual(await ask("patient"), ["1.0.0", 1], "who was only updated has its state");
});

for (const [direction, command, to, from] of [
  ["up", "install", "1.1.0", "1.0.0"],
  ["down", "downgrade", "1.0.0", "1.1.0"],
] as const) {
  test(`${direction}: who is inside finishes late in old code, or is killed, and the stopped are started in new code`, async () => {
    const calm = await goInside("calm");
    const doomed = await goInside("doomed");
    const calls = ((await ask("patient")) as [string, number])[1];
    await target.ok(command, to);
    assert.equal((await target.ok<readonly unknown[]>("old_code")).length, 1, "calm is inside, nobody waited for it");
    assert.equal(await target.call("version"), to);
    assert.equal(await doomed.answer, "ended");
    assert.deepEqual(await ask("doomed"), [to, 0], "its supervisor has started it, in new code");
    assert.deepEqual(await ask("till"), [to, 0]);
    assert.deepEqual(await ask("patient"), [to, calls + 1], "who was idle has its state");
    await open("calm");
    const [version, before] = (await calm.answer) as [string, number];
    assert.equal(version, from);
    assert.deepEqual(await ask("calm"), [to, before + 1], "what it returned late is its state");
    assert.deepEqual(await target.call("read"), [`to ${to}`]);
    const old = await target.ok<readonly { readonly processes: readonly unknown[] }[]>("old_code");
    assert.deepEqual(
      old.flatMap(({ processes }) => processes),
      [],
      "nobody is left in old code",
    );
  });
}
