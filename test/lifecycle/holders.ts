// A project whose processes hold what cannot be data: a Y.Doc, a pool of database connections with a transaction open, a
// response that is half read. Built for real; see resources.test.ts.
//
//   1.0.0  states of vsn 1
//   1.1.0  states of vsn 2, up and down, in all three; every module is loaded anew
//   1.1.1  as 1.1.0, but after the switch its script calls what fails: undone
//   1.2.0  as 1.0.0 with another copy of yjs, which may be loaded beside the running one
//   1.2.1  as 1.2.0, and undone

import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Files, writeFiles } from "../tools/temporary-project.ts";
import { repository } from "./bank.ts";

interface Version {
  /** Of the states' shapes. */
  readonly shape: 1 | 2;
  /** What `Y.Doc` must come from. */
  readonly yjs?: string;
  readonly undone?: boolean;
}
export const versions: Readonly<Record<string, Version>> = {
  "1.0.0": { shape: 1 },
  "1.1.0": { shape: 2 },
  "1.1.1": { shape: 2, undone: true },
  "1.2.0": { shape: 1, yjs: "99.0.0" },
  "1.2.1": { shape: 1, yjs: "99.0.0", undone: true },
};

/** The state counts the requests of the present version: what a migration has to keep beside the resource. */
const head = (file: string, shape: 1 | 2, held: string): string => `
  import * as GenServer from "underway/gen-server";
  import { type CallClauses, ok, reply } from "underway/gen-server";
  import * as Resource from "underway/resource";
  import * as Log from "./log.ts";
  import * as self from "./${file}.ts";
  export const vsn = ${shape};
  ${
    shape === 1
      ? `export interface State { readonly held: Resource.ResourceRef<${held}>; readonly asked: number }
         const opened = (held: Resource.ResourceRef<${held}>): State => ({ held, asked: 0 });
         const asked = (state: State): State => ({ ...state, asked: state.asked + 1 });
         const count = (state: State): string => "asked " + state.asked;`
      : `export interface State { readonly held: Resource.ResourceRef<${held}>; readonly asked: { readonly times: number } }
         interface StateV1 { readonly held: Resource.ResourceRef<${held}>; readonly asked: number }
         const opened = (held: Resource.ResourceRef<${held}>): State => ({ held, asked: { times: 0 } });
         const asked = (state: State): State => ({ ...state, asked: { times: state.asked.times + 1 } });
         const count = (state: State): string => "times " + state.asked.times;
         export const codeChange = {
           up: { 1: (state: StateV1): State => ({ held: state.held, asked: { times: state.asked } }) },
           down: { 1: (state): StateV1 => ({ held: state.held, asked: state.asked.times }) },
         } satisfies GenServer.CodeChange<State>;`
  }
`;

const doc = (shape: 1 | 2): string => `
  import * as Y from "yjs";
  ${head("doc", shape, "Y.Doc")}
  const loaded = (update: Uint8Array): Y.Doc => { const doc = new Y.Doc(); Y.applyUpdate(doc, update); return doc; };
  export const document = Resource.define({
    open: (_: null) => new Y.Doc(),
    close: (doc) => { Log.closed("doc"); doc.destroy(); },
    export: (doc) => Y.encodeStateAsUpdate(doc),
    import: (update: Uint8Array) => loaded(update),
  });
  export const startLink = (): Promise<GenServer.Pid<typeof self>> => GenServer.startLink(self, null, { name: "doc" });
  export const init = async (_: null) => ok<State>(opened(await Resource.open(self, "document", null)));
  export const handleCall = {
    edit({ state }, times: number) {
      const text = Resource.value(state.held).getText("t");
      for (let n = 0; n < times; n++) text.insert(n % (text.length + 1), String(n % 10));
      return reply(text.length, asked(state));
    },
    read: ({ state }) => {
      const doc = Resource.value(state.held);
      return reply({ text: doc.getText("t").toString(), client: doc.clientID, mine: doc instanceof Y.Doc, count: count(state) }, state);
    },
  } satisfies CallClauses<State>;
`;

const ledger = (shape: 1 | 2): string => `
  import { DatabaseSync } from "node:sqlite";
  ${head("ledger", shape, "Pool")}
  interface Pool { readonly idle: DatabaseSync[]; readonly lent: DatabaseSync[] }
  export const pool = Resource.define({
    open: (file: string): Pool => ({ idle: [new DatabaseSync(file), new DatabaseSync(file)], lent: [] }),
    close: ({ idle, lent }) => { Log.closed("ledger"); for (const each of [...idle, ...lent]) each.close(); },
  });
  export const startLink = (file: string): Promise<GenServer.Pid<typeof self>> => GenServer.startLink(self, file, { name: "ledger" });
  export const init = async (file: string) => ok<State>(opened(await Resource.open(self, "pool", file)));
  export const handleCall = {
    begin({ state }) {
      const { idle, lent } = Resource.value(state.held);
      const connection = idle.pop() as DatabaseSync;
      lent.push(connection);
      connection.exec("CREATE TABLE IF NOT EXISTS t (n INTEGER)");
      connection.exec("BEGIN");
      return reply(null, asked(state));
    },
    insert({ state }, n: number) {
      Resource.value(state.held).lent[0]?.prepare("INSERT INTO t VALUES (?)").run(n);
      return reply(count(state), asked(state));
    },
    commit({ state }) {
      const { idle, lent } = Resource.value(state.held);
      const connection = lent.pop() as DatabaseSync;
      connection.exec("COMMIT");
      idle.push(connection);
      return reply(null, asked(state));
    },
    rows: ({ state }) =>
      reply((Resource.value(state.held).idle[0]?.prepare("SELECT n FROM t ORDER BY n").all() ?? []).map(({ n }) => Number(n)), state),
  } satisfies CallClauses<State>;
`;

const feed = (shape: 1 | 2): string => `
  ${head("feed", shape, "Body")}
  type Body = ReadableStreamDefaultReader<Uint8Array>;
  export const body = Resource.define({
    open: async (url: string): Promise<Body> => {
      const response = await fetch(url);
      if (response.body === null) throw new Error("no body");
      return response.body.getReader();
    },
    close: (reader) => { Log.closed("feed"); return reader.cancel(); },
  });
  export const startLink = (url: string): Promise<GenServer.Pid<typeof self>> => GenServer.startLink(self, url, { name: "feed" });
  export const init = async (url: string) => ok<State>(opened(await Resource.open(self, "body", url)));
  export const handleCall = {
    async next({ state }) {
      const { value, done } = await Resource.value(state.held).read();
      return reply(done ? null : new TextDecoder().decode(value), asked(state));
    },
    count: ({ state }) => reply(count(state), state),
  } satisfies CallClauses<State>;
`;

/** Which resources were closed, in order; never upgraded. */
const log = `
  const closings: string[] = [];
  export const closed = (what: string): void => void closings.push(what);
  export const all = (): readonly string[] => [...closings];
`;

const api = (vsn: string): string => `
  import * as GenServer from "underway/gen-server";
  import * as Process from "underway/process";
  import * as Doc from "./doc.ts";
  import * as Feed from "./feed.ts";
  import * as Ledger from "./ledger.ts";
  import * as Log from "./log.ts";
  import * as Sup from "./sup.ts";
  const doc = GenServer.named<typeof Doc>("doc");
  const ledger = GenServer.named<typeof Ledger>("ledger");
  const feed = GenServer.named<typeof Feed>("feed");
  export const version = (): string => "${vsn}";
  export const start = (file: string, url: string): Promise<void> => Sup.startHolders(file, url);
  export const edit = (times: number): Promise<number> => GenServer.call(doc, "edit", times);
  export const read = (): Promise<unknown> => GenServer.call(doc, "read");
  export const begin = (): Promise<null> => GenServer.call(ledger, "begin");
  export const insert = (n: number): Promise<string> => GenServer.call(ledger, "insert", n);
  export const commit = (): Promise<null> => GenServer.call(ledger, "commit");
  export const rows = (): Promise<readonly number[]> => GenServer.call(ledger, "rows");
  export const next = (): Promise<string | null> => GenServer.callWithin(feed, 20_000, "next");
  export const count = (): Promise<string> => GenServer.call(feed, "count");
  export const closed = (): readonly string[] => Log.all();
  export const end = (name: string): void => {
    const pid = Process.whereis(name);
    if (pid !== null) Process.exit(pid, "kill");
  };
  /** Shows the checks of development: changes what it was answered. */
  export const meddle = async (): Promise<void> => {
    const answer = (await GenServer.call(doc, "read")) as { text: string };
    Process.spawn({ run: () => void (answer.text = "changed") }, "run");
  };
`;

const sup = `
  import { mfa } from "underway/process";
  import * as Supervisor from "underway/supervisor";
  import * as Doc from "./doc.ts";
  import * as Feed from "./feed.ts";
  import * as Ledger from "./ledger.ts";
  import * as self from "./sup.ts";
  export const behaviour = "supervisor";
  export const startLink = (): Promise<Supervisor.Pid<typeof self>> => Supervisor.startLink(self, null, { name: "bank_sup" });
  export const init = (_: null) => Supervisor.ok({ strategy: "one_for_one" }, []);
  export const startHolders = async (file: string, url: string): Promise<void> => {
    const top = Supervisor.named<typeof self>("bank_sup");
    await Supervisor.startChild(top, { id: "doc", start: mfa(Doc, "startLink"), restart: "temporary" });
    await Supervisor.startChild(top, { id: "ledger", start: mfa(Ledger, "startLink", file), restart: "temporary" });
    await Supervisor.startChild(top, { id: "feed", start: mfa(Feed, "startLink", url), restart: "temporary" });
  };
`;

const appup = (vsn: string, { shape, undone }: Version): string => {
  const soft = { prePurge: "soft_purge", postPurge: "soft_purge" };
  const changed =
    shape === 2
      ? ["doc", "ledger", "feed"].map((name) => ["update", `bank/${name}`, { change: { advanced: [] }, ...soft }])
      : [["load_module", "bank/doc", soft]];
  const fails = undone ? [["apply", { module: "bank/api", function: "gone", args: [] }]] : [];
  const script = [...changed, ["load_module", "bank/api", soft]];
  return JSON.stringify({
    format: 1,
    vsn,
    upFrom: [{ vsn: "1.0.0", script: [...script, ...fails] }],
    downTo: [{ vsn: "1.0.0", script }],
  });
};

const files = (vsn: string, version: Version): Files => ({
  "underway.config.ts": `
    import { defineConfig } from "underway/config";
    export default defineConfig({
      applications: ["apps/bank"],
      releases: { bank: { vsn: "${vsn}", applications: { bank: "permanent" }, ${version.yjs ? 'relink: ["yjs"]' : ""} } },
    });`,
  "apps/bank/package.json": JSON.stringify({
    name: "bank",
    version: vsn,
    type: "module",
    underway: { mod: { module: "bank/app", arg: null } },
  }),
  "apps/bank/src/app.ts": `
    import * as Sup from "./sup.ts";
    export const behaviour = "application";
    export const start = (): Promise<import("underway/application").Pid> => Sup.startLink();`,
  "apps/bank/src/sup.ts": sup,
  "apps/bank/src/log.ts": log,
  "apps/bank/src/api.ts": api(vsn),
  "apps/bank/src/doc.ts": doc(version.shape),
  "apps/bank/src/ledger.ts": ledger(version.shape),
  "apps/bank/src/feed.ts": feed(version.shape),
  ...(vsn !== "1.0.0" && { "apps/bank/bank.appup.json": appup(vsn, version) }),
});

/** Writes one version of the project, with the true yjs or a copy of it that calls itself another version. */
export const writeHolders = (folder: string, vsn: string): void => {
  const version = versions[vsn] as Version;
  writeFiles(folder, files(vsn, version));
  const modules = join(folder, "node_modules");
  mkdirSync(modules, { recursive: true });
  for (const name of ["yjs", "lib0", "isomorphic.js", "@types", "undici-types"]) {
    cpSync(join(repository, "node_modules", name), join(modules, name), { recursive: true });
  }
  if (version.yjs === undefined) return;
  const file = join(modules, "yjs/package.json");
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), version: version.yjs }));
};
