// A bank with everything that a script can change, in one version and parts of the next. Each module asks `fault` at its
// weak places, which a test may let fail: the product has no hooks for it.

import type { Instruction } from "../../../src/release/relup.ts";
import type { Sources } from "./node-in-test.ts";

/** What fails, by place; called there. A test sets it, and clears it again. */
export const faults: Record<string, () => unknown> = {};
Object.assign(globalThis, { underwayFaults: faults });

const header = `
  import * as GenServer from "underway/gen-server";
  import * as Process from "underway/process";
  import * as Supervisor from "underway/supervisor";
  import { noreply, ok, reply } from "underway/gen-server";
  const fault = (at: string): any => (globalThis as any).underwayFaults[at]?.();
`;

/** A server that adds up, notes what it is told in order, and can wait for a gate inside a callback. */
const server = (name: string, vsn: string, more = ""): string => `${header}
  import * as self from "./${name}.ts";
  export const version = "${vsn}";
  export const startLink = (name: string): Promise<any> => GenServer.startLink(self, name, { name });
  export const init = (name: string) => { fault("init ${name} ${vsn}"); return ok<any>({ name, total: 0, notes: [] }); };
  export const handleCall = {
    get: ({ state }: any) => reply(["${vsn}", state], state),
    add: ({ state }: any, by: number) => reply(by, { ...state, total: state.total + by }),
    async slow({ state }: any, by: number) {
      await fault("gate");
      return reply("${vsn}", { ...state, total: state.total + by });
    },
  };
  export const handleCast = {
    note: ({ state }: any, note: unknown) => noreply({ ...state, notes: [...state.notes, note] }),
    async slowNote({ state }: any, note: unknown) { await fault("gate"); return noreply({ ...state, notes: [...state.notes, note] }); },
    crash(): never { throw new Error("told to"); },
  };
  export const handleInfo = ({ state }: any, message: any) => noreply({ ...state, notes: [...state.notes, message] });
  ${more}
`;

const accountChange = `
  export const vsn = 2;
  export const codeChange = {
    up: { 1: ({ total, ...rest }: any) => { fault("up " + rest.name); return { ...rest, cents: total * 100, total }; } },
    down: { 1: ({ cents, ...rest }: any) => { fault("down " + rest.name); return rest; } },
  };
`;

const supervisor = (name: string, strategy: string, children: string, more = ""): string => `${header}
  import { mfa } from "underway/process";
  import * as self from "./${name}.ts";
  ${[...new Set([...children.matchAll(/mfa\((\w+)/g)].map(([, module]) => module))]
    .map((module) => `import * as ${module} from "./${module}.ts";`)
    .join("\n  ")}
  ${more}
  export const behaviour = "supervisor";
  export const startLink = (): Promise<any> => Supervisor.startLink(self, null, { name: "${name}" });
  export const init = (_: null): any => { fault("init ${name}"); return Supervisor.ok({ strategy: "${strategy}", intensity: ${name === "team" ? 1 : 1000} } as any, [${children}] as any); };
`;
const child = (id: string, module: string, more = ""): string =>
  `{ id: "${id}", start: mfa(${module}, "startLink", "${id}"), ${more} }, `;
const subtree = (id: string): string => `{ id: "${id}", start: mfa(${id}, "startLink"), type: "supervisor" }, `;

const application = (top: string, more = ""): string => `
  import * as Top from "./${top}.ts";
  const fault = (at: string): any => (globalThis as any).underwayFaults[at]?.();
  export const behaviour = "application";
  export const start = (): Promise<any> => { fault("start ${top}"); return Top.startLink(); };
  ${more}
`;

const top = (audit: boolean): string =>
  supervisor(
    "top",
    "one_for_one",
    [
      child("a", "account", audit ? "shutdown: 4000," : ""),
      child("b", "account"),
      child("c", "account"),
      child("till", "till"),
      child("purse", "till", 'restart: "temporary",'),
      audit ? child("audit", "audit") : "",
      subtree("team"),
      subtree("pool"),
    ].join(""),
  );

const api = (vsn: string): string => `
  export const version = (): string => "${vsn}";
  export const fail = (): unknown => (globalThis as any).underwayFaults.apply?.();
  export const effect = (name: string): unknown => (globalThis as any).underwayFaults[name]?.();
`;

export const v1: Sources = {
  "bank/app": application("top"),
  "bank/top": top(false),
  "bank/account": server("account", "1"),
  "bank/till": server("till", "1"),
  "bank/team": supervisor("team", "one_for_all", child("clerk1", "clerk") + child("clerk2", "clerk")),
  "bank/clerk": server("clerk", "1"),
  "bank/pool": supervisor(
    "pool",
    "simple_one_for_one",
    '{ id: "teller", start: mfa(teller, "startLink"), restart: "transient" }',
  ),
  "bank/teller": server("teller", "1"),
  "bank/api": api("1"),
  "bank/legacy": 'export const old = (): string => "legacy";',
  "mint/app": application("mint"),
  "mint/mint": supervisor("mint", "one_for_one", child("coin", "coin")),
  "mint/coin": server("coin", "1"),
};

/** The next version of each module, where there is one. */
export const v2: Sources = {
  "bank/top": top(true),
  "bank/account": server("account", "2", accountChange),
  "bank/till": server("till", "2"),
  "bank/clerk": server("clerk", "2"),
  "bank/teller": server("teller", "2"),
  "bank/api": api("2"),
  "bank/audit": server("audit", "2"),
  "mint/coin": server("coin", "2"),
  "press/app": application("press"),
  "press/press": supervisor("press", "one_for_one", child("plate", "plate")),
  "press/plate": server("plate", "2"),
};

/** The bank with some modules in their next version. */
export const withNext = (...modules: readonly string[]): Sources => ({
  ...v1,
  ...Object.fromEntries(modules.map((module) => [module, v2[module] as string])),
});

const soft = { prePurge: "soft_purge", postPurge: "soft_purge" } as const;
const mfaOf = (module: string, fn: string, ...args: readonly string[]) => ({ module, function: fn, args });
const load = (module: string): Instruction => ["load", { module, ...soft }];
const remove = (module: string): Instruction => ["remove", { module, ...soft }];
const onSupervisor = (fn: string, ...args: readonly string[]): Instruction => [
  "apply",
  mfaOf("underway/supervisor", fn, ...args),
];
const onApplication = (fn: string, ...args: readonly string[]): Instruction => [
  "apply",
  mfaOf("underway/application", fn, ...args),
];
const update = (module: string, inside: "late" | "wait" | "kill"): readonly Instruction[] => [
  ["suspend", [{ module, inside, timeoutMs: 50 }]],
  load(module),
  ["code_change", "up", [{ module, extra: [] }]],
  ["resume", [module]],
];

/** A script of each kind, the sources it leads to, and applications that are new. */
export interface Kind {
  readonly sources: Sources;
  readonly script: readonly Instruction[];
  /** The processes that it ends and starts: their pids cannot stay. */
  readonly restarts?: readonly string[];
  readonly press?: true;
}

export const kinds: Readonly<Record<string, Kind>> = {
  load: { sources: withNext("bank/api"), script: [load("bank/api")] },
  "remove a module": {
    sources: Object.fromEntries(Object.entries(v1).filter(([module]) => module !== "bank/legacy")),
    script: [remove("bank/legacy"), ["purge", ["bank/legacy"]]],
  },
  "add a module": { sources: withNext("bank/audit", "bank/api"), script: [load("bank/audit"), load("bank/api")] },
  "update, late": { sources: withNext("bank/account"), script: update("bank/account", "late") },
  "update, wait": { sources: withNext("bank/account"), script: update("bank/account", "wait") },
  "update, kill": { sources: withNext("bank/account"), script: update("bank/account", "kill") },
  "a supervisor and its new child": {
    sources: withNext("bank/top", "bank/audit", "bank/account"),
    script: [
      load("bank/audit"),
      ["suspend", ["bank/top"]],
      load("bank/top"),
      ["code_change", "up", [{ module: "bank/top", extra: [] }]],
      ["resume", ["bank/top"]],
      ...update("bank/account", "late"),
      onSupervisor("restartChild", "top", "audit"),
    ],
  },
  "apply with its inverse": {
    sources: withNext("bank/api"),
    script: [
      ["apply", mfaOf("bank/api", "effect", "there"), { undo: mfaOf("bank/api", "effect", "back") }],
      load("bank/api"),
      ["apply", mfaOf("bank/api", "effect", "there"), { undo: mfaOf("bank/api", "effect", "back") }],
    ],
  },
  "stop and start": {
    sources: withNext("bank/till", "bank/account"),
    script: [["stop", ["bank/till"]], load("bank/till"), ["start", ["bank/till"]], ...update("bank/account", "late")],
    restarts: ["till", "purse"],
  },
  "terminate, delete and start a child": {
    sources: withNext("bank/till"),
    script: [
      onSupervisor("terminateChild", "top", "till"),
      load("bank/till"),
      onSupervisor("deleteChild", "top", "till"),
    ],
    restarts: ["till"],
  },
  "restart a child": {
    sources: withNext("bank/till"),
    script: [
      onSupervisor("terminateChild", "top", "till"),
      load("bank/till"),
      onSupervisor("restartChild", "top", "till"),
    ],
    restarts: ["till"],
  },
  "restart a subtree": {
    sources: withNext("bank/clerk", "bank/api"),
    script: [
      onSupervisor("terminateChild", "top", "team"),
      load("bank/clerk"),
      load("bank/api"),
      onSupervisor("restartChild", "top", "team"),
    ],
    restarts: ["team", "clerk1", "clerk2"],
  },
  "restart a subtree with dynamic children": {
    sources: withNext("bank/teller"),
    script: [
      onSupervisor("terminateChild", "top", "pool"),
      load("bank/teller"),
      onSupervisor("restartChild", "top", "pool"),
    ],
    restarts: ["pool", "teller1", "teller2"],
  },
  "restart an application": {
    sources: withNext("mint/coin"),
    script: [onApplication("stop", "mint"), load("mint/coin"), onApplication("start", "mint", "temporary")],
    restarts: ["mint", "coin", "application_master:mint"],
  },
  "a new application": {
    sources: withNext("press/app", "press/press", "press/plate", "bank/api"),
    script: [
      load("press/app"),
      load("press/press"),
      load("press/plate"),
      load("bank/api"),
      onApplication("start", "press", "temporary"),
    ],
    press: true,
  },
  "only its configuration": { sources: v1, script: [] },
};
