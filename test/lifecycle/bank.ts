// A small bank in several versions, built for real: the project that the life cycle tests run.
//
//   1.0.0  accounts hold `{ balance }`
//   1.1.0  accounts hold `{ cents }` (vsn 2, up and down), a child and a module are added, one is deleted, and the
//          application `mint` is new
//   1.1.1  a migration that throws for whoever owns exactly 13
//   1.1.2  after the switch an application is started whose start fails
//   1.1.3  as 1.1.0, but its way back to 1.0.0 ends with an apply that fails
//   2.0.0  says restart_emulator

import { execFile } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Files, writeFiles } from "../tools/temporary-project.ts";

export const repository = join(import.meta.dirname, "../..");

const config = (vsn: string, applications: string[]): string => `
  import { defineConfig } from "underway/config";
  export default defineConfig({
    applications: ${JSON.stringify(applications.map((name) => `apps/${name}`))},
    releases: { bank: { vsn: "${vsn}", applications: { ${applications.map((name) => `${name}: "permanent"`).join(", ")} }, config: { bank: { greeting: "hello from ${vsn}" } } } },
  });
`;

const packageJson = (name: string, version: string, module: string): string =>
  JSON.stringify({ name, version, type: "module", underway: { mod: { module, arg: null } } });

const api = (vsn: string): string => `
  import * as Application from "underway/application";
  import * as GenServer from "underway/gen-server";
  import * as Account from "./account.ts";
  import * as AccountSup from "./account-sup.ts";

  const account = (owner: string) => GenServer.named<typeof Account>(owner);
  export const version = (): string => "${vsn}";
  export const greeting = (): unknown => Application.getEnv("bank", "greeting");
  export const open = async (owner: string): Promise<string> => String(await AccountSup.open(owner));
  export const deposit = (owner: string, amount: number): Promise<number> => GenServer.call(account(owner), "deposit", amount);
  export const balance = (owner: string): Promise<unknown> => GenServer.call(account(owner), "balance");
  /** Answers when \`openGate\` is called, so that an upgrade comes in between. */
  export const depositBehindGate = (owner: string, amount: number): Promise<number> =>
    GenServer.callWithin(account(owner), "infinity", "depositBehindGate", amount);
  export const isWaiting = (): boolean => "openGate" in globalThis;
  export const openGate = (): void => (globalThis as { openGate?: () => void }).openGate?.();
`;

const accountSup = `
  import { mfa } from "underway/process";
  import * as Supervisor from "underway/supervisor";
  import * as Account from "./account.ts";
  import * as self from "./account-sup.ts";

  export const behaviour = "supervisor";
  export const startLink = (): Promise<Supervisor.Pid<typeof self>> => Supervisor.startLink(self, null, { name: "account_sup" });
  export const open = (owner: string): Promise<Supervisor.Pid> => Supervisor.startChild("account_sup", owner);
  export const init = (_: null) =>
    Supervisor.ok({ strategy: "simple_one_for_one" }, [{ id: "account", start: mfa(Account, "startLink"), restart: "temporary" }]);
`;

const app = `
  import * as Sup from "./sup.ts";
  export const behaviour = "application";
  export const start = (): Promise<import("underway/application").Pid> => Sup.startLink();
`;

const sup = (withAudit: boolean): string => `
  import { mfa } from "underway/process";
  import * as Supervisor from "underway/supervisor";
  import * as AccountSup from "./account-sup.ts";
  ${withAudit ? 'import * as Audit from "./audit.ts";' : ""}
  import * as self from "./sup.ts";

  export const behaviour = "supervisor";
  export const startLink = (): Promise<Supervisor.Pid<typeof self>> => Supervisor.startLink(self, null, { name: "bank_sup" });
  export const init = (_: null) =>
    Supervisor.ok({ strategy: "one_for_one" }, [
      { id: "accounts", start: mfa(AccountSup, "startLink"), type: "supervisor" },
      ${withAudit ? '{ id: "audit", start: mfa(Audit, "startLink") },' : ""}
    ]);
`;

const account = (body: {
  vsn: number;
  state: string;
  opened: string;
  add: string;
  balance: string;
  codeChange: string;
}): string => `
  import * as GenServer from "underway/gen-server";
  import { type CallClauses, ok, reply } from "underway/gen-server";
  import * as self from "./account.ts";

  export const vsn = ${body.vsn};
  export interface State { ${body.state} }
  export const startLink = (owner: string): Promise<GenServer.Pid<typeof self>> => GenServer.startLink(self, owner, { name: owner });
  export const init = (owner: string) => ok<State>(${body.opened});
  const added = (state: State, amount: number): State => (${body.add});
  export const handleCall = {
    deposit: ({ state }, amount: number) => reply(amount, added(state, amount)),
    async depositBehindGate({ state }, amount: number) {
      await new Promise<void>((resolve) => Object.assign(globalThis, { openGate: resolve }));
      return reply(amount, added(state, amount));
    },
    balance: ({ state }) => reply(${body.balance}, state),
  } satisfies CallClauses<State>;
  ${body.codeChange}
`;

const accountV1 = account({
  vsn: 1,
  state: "readonly owner: string; readonly balance: number",
  opened: "{ owner, balance: 0 }",
  add: "{ ...state, balance: state.balance + amount }",
  balance: "{ vsn: 1, balance: state.balance }",
  codeChange: "",
});

const accountV2 = (up: string): string =>
  account({
    vsn: 2,
    state: "readonly owner: string; readonly cents: number",
    opened: "{ owner, cents: 0 }",
    add: "{ ...state, cents: state.cents + 100 * amount }",
    balance: "{ vsn: 2, cents: state.cents }",
    codeChange: `
      interface StateV1 { readonly owner: string; readonly balance: number }
      export const codeChange = {
        up: { 1: ({ owner, balance }: StateV1): State => { ${up} return { owner, cents: 100 * balance }; } },
        down: { 1: ({ owner, cents }: State): StateV1 => ({ owner, balance: cents / 100 }) },
      } satisfies GenServer.CodeChange<State>;
    `,
  });

const audit = `
  import * as GenServer from "underway/gen-server";
  import { type CallClauses, ok, reply } from "underway/gen-server";
  import * as self from "./audit.ts";
  export const startLink = (): Promise<GenServer.Pid<typeof self>> => GenServer.startLink(self, null, { name: "audit" });
  export const since = (): Promise<string> => GenServer.call(GenServer.named<typeof self>("audit"), "since");
  export const init = (_: null) => ok<{ readonly since: string }>({ since: "now" });
  export const handleCall = { since: ({ state }) => reply(state.since, state) } satisfies CallClauses<{ readonly since: string }>;
`;

const mint = (vsn: string, start: string): Files => ({
  "apps/mint/package.json": packageJson("mint", vsn, "mint/app"),
  "apps/mint/src/app.ts": `
    import * as Sup from "./sup.ts";
    export const behaviour = "application";
    export const start = (): Promise<import("underway/application").Pid> => { ${start} return Sup.startLink(); };
  `,
  "apps/mint/src/sup.ts": `
    import * as Supervisor from "underway/supervisor";
    import * as self from "./sup.ts";
    export const behaviour = "supervisor";
    export const startLink = (): Promise<Supervisor.Pid<typeof self>> => Supervisor.startLink(self, null, { name: "mint_sup" });
    export const init = (_: null) => Supervisor.ok({ strategy: "one_for_one" }, []);
  `,
});

const soft = { prePurge: "soft_purge", postPurge: "soft_purge" };
const child = (fn: string, id: string) => [
  "apply",
  { module: "underway/supervisor", function: fn, args: ["bank_sup", id] },
];

/** Written by hand: a child comes and goes with the version. */
const appup = (vsn: string, lastDown: readonly unknown[] = []): string =>
  JSON.stringify({
    format: 1,
    vsn,
    upFrom: [
      {
        vsn: "1.0.0",
        script: [
          ["add_module", "bank/audit"],
          ["delete_module", "bank/legacy"],
          ["update", "bank/account", { change: { advanced: [] }, ...soft }],
          ["load_module", "bank/api", soft],
          ["update", "bank/sup", { change: "supervisor", ...soft }],
          child("restartChild", "audit"),
        ],
      },
    ],
    downTo: [
      {
        vsn: "1.0.0",
        script: [
          child("terminateChild", "audit"),
          child("deleteChild", "audit"),
          ["point_of_no_return"],
          ["update", "bank/sup", { change: "supervisor", ...soft }],
          ["load_module", "bank/api", soft],
          ["update", "bank/account", { change: { advanced: [] }, ...soft }],
          ["delete_module", "bank/audit"],
          ["add_module", "bank/legacy"],
          ...lastDown,
        ],
      },
    ],
  });

const v1 = (): Files => ({
  "underway.config.ts": config("1.0.0", ["bank"]),
  "apps/bank/package.json": packageJson("bank", "1.0.0", "bank/app"),
  "apps/bank/src/api.ts": api("1.0.0"),
  "apps/bank/src/app.ts": app,
  "apps/bank/src/sup.ts": sup(false),
  "apps/bank/src/account-sup.ts": accountSup,
  "apps/bank/src/account.ts": accountV1,
  "apps/bank/src/legacy.ts": `export const old = (): string => "legacy";`,
});

const v11 = (vsn: string, up: string, [mintVsn, mintStart]: readonly [string, string]): Files => {
  const { "apps/bank/src/legacy.ts": _, ...kept } = v1();
  return {
    ...kept,
    ...mint(mintVsn, mintStart),
    "underway.config.ts": config(vsn, ["bank", "mint"]),
    "apps/bank/package.json": packageJson("bank", vsn, "bank/app"),
    "apps/bank/bank.appup.json": appup(vsn),
    "apps/bank/src/api.ts": api(vsn),
    "apps/bank/src/sup.ts": sup(true),
    "apps/bank/src/account.ts": accountV2(up),
    "apps/bank/src/audit.ts": audit,
  };
};

const versions: Readonly<Record<string, () => Files>> = {
  "1.0.0": v1,
  "1.1.0": () => v11("1.1.0", "", ["0.1.0", ""]),
  "1.1.1": () =>
    v11("1.1.1", `if (balance === 13) throw new RangeError(\`\${owner} is superstitious\`);`, ["0.1.0", ""]),
  "1.1.2": () => v11("1.1.2", "", ["0.1.1", `throw new Error("the mint is closed");`]),
  "1.1.3": () => ({
    ...v11("1.1.3", "", ["0.1.0", ""]),
    "apps/bank/bank.appup.json": appup("1.1.3", [["apply", { module: "bank/api", function: "gone", args: [] }]]),
  }),
  "2.0.0": () => ({
    ...v1(),
    "underway.config.ts": config("2.0.0", ["bank"]),
    "apps/bank/package.json": packageJson("bank", "2.0.0", "bank/app"),
    "apps/bank/src/api.ts": api("2.0.0"),
    "apps/bank/bank.appup.json": JSON.stringify({
      format: 1,
      vsn: "2.0.0",
      upFrom: [{ vsn: "1.0.0", script: [["load_module", "bank/api"], ["restart_emulator"]] }],
      downTo: [{ vsn: "1.0.0", script: [["load_module", "bank/api"], ["restart_emulator"]] }],
    }),
  }),
};

/** Where a built bank lies. */
export interface Bank {
  readonly folder: string;
  /** Path of a release's package. */
  package(vsn: string): string;
  remove(): void;
}

/** Builds 1.0.0, and the others as upgrades from it, with the command that users call. */
export const buildBank = async (vsns: readonly string[]): Promise<Bank> => {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "underway-bank-"));
  const out = join(folder, "target");
  for (const vsn of ["1.0.0", ...vsns]) {
    const project = join(folder, vsn);
    writeFiles(project, versions[vsn]?.() ?? {});
    symlinkSync(join(repository, "node_modules"), join(project, "node_modules"));
    const upgrade = vsn === "1.0.0" ? [] : ["--upgrade", "--from", "1.0.0"];
    const command = join(repository, "dist/tools/cli/underway.js");
    await promisify(execFile)(process.execPath, [command, "release", "--project", project, "--out", out, ...upgrade]);
  }
  return {
    folder,
    package: (vsn) => join(out, `bank-${vsn}.tar.gz`),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};
