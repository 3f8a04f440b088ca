// The instructions about children, in a node: built, packed, installed, undone, taken back.
//
//   1.0.0  bank_sup has the children `clerk`, `vault` (a supervisor of `guard`), `porter`
//   1.1.0  the vault is restarted as a subtree with a new guard, the clerk is restarted, the porter is deleted, a
//          teller starts
//   1.2.0  the same, and then something fails: everything is as before

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Files } from "../tools/temporary-project.ts";
import type { Releases } from "./releases.ts";
import { buildReleases } from "./releases.ts";
import { TargetDirectory } from "./target.ts";

const supervisor = (name: string, children: readonly (readonly [id: string, module: string])[]): string => `
  import { mfa } from "underway/process";
  import * as Supervisor from "underway/supervisor";
  ${children.map(([id, module]) => `import * as ${id} from "./${module}.ts";`).join("\n  ")}
  import * as self from "./${name}.ts";
  export const behaviour = "supervisor";
  export const startLink = (): Promise<Supervisor.Pid<typeof self>> => Supervisor.startLink(self, null, { name: "bank_${name}" });
  export const init = (_: null) =>
    Supervisor.ok({ strategy: "one_for_one" }, [
      ${children.map(([id, module]) => `{ id: "${id}", start: mfa(${id}, "startLink"), type: "${module === "vault" ? "supervisor" : "worker"}" as const },`).join("\n      ")}
    ]);
`;

const server = (name: string, says: string): string => `
  import * as GenServer from "underway/gen-server";
  import { type CallClauses, ok, reply } from "underway/gen-server";
  import * as self from "./${name}.ts";
  export const startLink = (): Promise<GenServer.Pid<typeof self>> => GenServer.startLink(self, null, { name: "${name}" });
  export const init = (_: null) => ok<{ readonly says: string; readonly calls: number }>({ says: "${says}", calls: 0 });
  export const handleCall = {
    ask: ({ state }) => reply([state.says, state.calls] as const, { ...state, calls: state.calls + 1 }),
  } satisfies CallClauses<{ readonly says: string; readonly calls: number }>;
`;

const api = (vsn: string): string => `
  import * as GenServer from "underway/gen-server";
  import * as Supervisor from "underway/supervisor";
  import * as Clerk from "./clerk.ts";
  export const version = (): string => "${vsn}";
  export const ask = (name: string): Promise<unknown> => GenServer.call(GenServer.named<typeof Clerk>(name), "ask");
  export const children = async (): Promise<string[]> =>
    (await Supervisor.whichChildren("bank_sup")).map(({ id, pid }) => id + (typeof pid === "string" || pid === undefined ? " " + pid : "")).sort();
  export const fail = (): never => { throw new Error("on purpose"); };
`;

const project = (vsn: string, teller: boolean, guardSays: string, last: readonly unknown[]): Files => {
  const soft = { prePurge: "soft_purge", postPurge: "soft_purge" };
  const sup = ["update", "bank/sup", { change: "supervisor", ...soft }];
  const changed = [
    ["restart_subtree", "bank_sup", "vault", { modules: ["bank/guard"] }],
    ["restart_child", "bank_sup", "clerk"],
    ["load_module", "bank/api", soft],
  ];
  const up = [
    ...[["delete_child", "bank_sup", "porter"], ["add_module", "bank/teller"], sup],
    ...[["start_child", "bank_sup", "teller"], ...changed, ["delete_module", "bank/porter"], ...last],
  ];
  const down = [
    ...[["delete_child", "bank_sup", "teller"], ["add_module", "bank/porter"], sup],
    ...[["start_child", "bank_sup", "porter"], ...changed, ["delete_module", "bank/teller"]],
  ];
  const [id, other] = teller ? ["teller", "porter"] : ["porter", "teller"];
  return {
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
    "apps/bank/src/api.ts": api(vsn),
    "apps/bank/src/sup.ts": supervisor("sup", [
      ["clerk", "clerk"],
      ["vault", "vault"],
      [id, id],
    ]),
    "apps/bank/src/vault.ts": supervisor("vault", [["guard", "guard"]]),
    "apps/bank/src/clerk.ts": server("clerk", "clerk"),
    "apps/bank/src/guard.ts": server("guard", guardSays),
    [`apps/bank/src/${id}.ts`]: server(id, `not ${other}`),
    ...(teller && {
      "apps/bank/bank.appup.json": JSON.stringify({
        ...{ format: 1, vsn },
        upFrom: [{ vsn: "1.0.0", script: up }],
        downTo: [{ vsn: "1.0.0", script: down }],
      }),
    }),
  };
};

const versions: Readonly<Record<string, Files>> = {
  "1.0.0": project("1.0.0", false, "old guard", []),
  "1.1.0": project("1.1.0", true, "new guard", []),
  "1.2.0": project("1.2.0", true, "newest guard", [["apply", { module: "bank/api", function: "fail", args: [] }]]),
};

let releases: Releases;
let target: TargetDirectory;

before(async () => {
  releases = await buildReleases(versions);
  target = new TargetDirectory(releases.packageOf("1.0.0"));
  await target.ok("daemon");
});
after(async () => {
  await target?.remove();
  releases?.remove();
});

test("children are started, deleted and restarted, subtrees are replaced, and all of it is undone", async () => {
  const ask = (name: string) => target.call("ask", name);
  assert.deepEqual(await target.call("children"), ["clerk", "porter", "vault"]);
  assert.deepEqual(
    [await ask("clerk"), await ask("guard")],
    [
      ["clerk", 0],
      ["old guard", 0],
    ],
  );
  assert.deepEqual(
    [await ask("clerk"), await ask("guard")],
    [
      ["clerk", 1],
      ["old guard", 1],
    ],
  );

  await target.ok("unpack", releases.packageOf("1.2.0"));
  const failed = await target.run("install", "1.2.0");
  assert.equal(failed.exitCode, 4, failed.error?.message);
  assert.deepEqual(await target.call("children"), ["clerk", "porter", "vault"], "the undo has brought the porter back");
  assert.equal(await target.call("version"), "1.0.0");
  assert.deepEqual(
    [await ask("clerk"), await ask("guard"), await ask("porter")],
    [
      ["clerk", 2],
      ["old guard", 2],
      ["not teller", 0],
    ],
  );

  await target.ok("unpack", releases.packageOf("1.1.0"));
  await target.ok("install", "1.1.0");
  assert.deepEqual(await target.call("children"), ["clerk", "teller", "vault"]);
  assert.deepEqual(
    [await ask("clerk"), await ask("guard"), await ask("teller")],
    [
      ["clerk", 0],
      ["new guard", 0],
      ["not porter", 0],
    ],
    "clerk and guard began anew, the guard in new code",
  );

  await target.ok("downgrade", "1.0.0");
  assert.deepEqual(await target.call("children"), ["clerk", "porter", "vault"]);
  assert.deepEqual(
    [await ask("guard"), await ask("porter")],
    [
      ["old guard", 0],
      ["not teller", 0],
    ],
  );
});
