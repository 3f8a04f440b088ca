// Everything that is open while a release changes: TCP sockets, HTTP requests to Hono, event streams. Built for real.
//
//   1.0.0  a session counts lines as `{ lines, rest }`
//   1.1.0  as `{ seen, rest, vsn }` (vsn 2, up and down); so does a feed
//   1.1.1  as 1.1.0, but behind the switch an application is started whose start fails
//
// A line `N` sent to a session is answered `VSN COUNT N`; the line `trace` leads through session and room back to the client.

import { execFile } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Files, writeFiles } from "../tools/temporary-project.ts";
import { repository } from "./bank.ts";

const application = (name: string, vsn: string): string =>
  JSON.stringify({ name, version: vsn, type: "module", underway: { mod: { module: `${name}/app`, arg: null } } });

const config = (vsn: string, names: readonly string[]): string => `
  import { defineConfig } from "underway/config";
  export default defineConfig({
    applications: ${JSON.stringify(names.map((name) => `apps/${name}`))},
    releases: { bank: { vsn: "${vsn}", applications: { ${names.map((name) => `${name}: "permanent"`).join(", ")} }, config: { wire: { port: 0 } } } },
  });
`;

const app = `
  import * as Application from "underway/application";
  import * as Http from "underway/http";
  import * as Tracing from "underway/tracing";
  import * as self from "./app.ts";
  import * as Sup from "./sup.ts";
  import * as Trace from "./trace.ts";
  export const behaviour = "application";
  export const start = (): Promise<Application.Pid> => {
    Trace.setUp();
    Tracing.carry(Trace);
    for (const name of ["begin", "switch", "installed", "refused", "undone", "committed"] as const) {
      Tracing.subscribe(\`underway:upgrade:\${name}\`, (event) => self.note(name, event));
    }
    return Sup.startLink();
  };
  export const note = (name: string, event: object): void => {
    const { from = "", to = "", vsn = "" } = event as { from?: string; to?: string; vsn?: string };
    notes.push([name, from, to, vsn].join(" ").trim());
  };
  export const prepStop = async (): Promise<void> => {
    await Http.drain({ name: "web" }, 1_000);
  };
  const notes: string[] = ((globalThis as { notes?: string[] }).notes ??= []);
`;

const trace = `
  import { AsyncLocalStorage } from "node:async_hooks";
  import { type Context, context, ROOT_CONTEXT, trace } from "@opentelemetry/api";
  import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";

  export const capture = (): Context => context.active();
  export const run = (active: Context, fn: () => void): void => context.with(active, fn);
  export const setUp = (): void => {
    const storage = new AsyncLocalStorage<Context>();
    const manager = {
      active: () => storage.getStore() ?? ROOT_CONTEXT,
      with: (active: Context, fn: Function, self?: unknown, ...args: unknown[]) => storage.run(active, () => fn.apply(self, args)),
      bind: <T>(_: Context, target: T): T => target,
      enable: () => manager,
      disable: () => manager,
    };
    context.setGlobalContextManager(manager as never);
    const exporter = new InMemorySpanExporter();
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
    Object.assign(globalThis, { exporter });
  };
  /** Runs \`fn\` in a span. */
  export const inSpan = <T>(name: string, fn: () => T): T =>
    trace.getTracer("wire").startActiveSpan(name, (span) => {
      const result = fn();
      span.end();
      return result;
    });
  export const spans = (): string[] => {
    const { exporter } = globalThis as unknown as { exporter: InMemorySpanExporter };
    const all = exporter.getFinishedSpans();
    const nameOf = new Map(all.map((span) => [span.spanContext().spanId, span.name]));
    return all.map((span) => (nameOf.get(span.parentSpanContext?.spanId ?? "") ?? "-") + " > " + span.name).sort();
  };
`;

const sup = `
  import * as Application from "underway/application";
  import { mfa } from "underway/process";
  import * as Http from "underway/http";
  import * as Supervisor from "underway/supervisor";
  import * as FeedSup from "./feed-sup.ts";
  import * as Gate from "./gate.ts";
  import * as Room from "./room.ts";
  import * as SessionSup from "./session-sup.ts";
  import * as self from "./sup.ts";
  import * as Web from "./web.ts";
  export const behaviour = "supervisor";
  export const startLink = (): Promise<Supervisor.Pid<typeof self>> => Supervisor.startLink(self, null, { name: "wire_sup" });
  export const init = (_: null) =>
    Supervisor.ok({ strategy: "one_for_one" }, [
      { id: "room", start: mfa(Room, "startLink") },
      { id: "sessions", start: mfa(SessionSup, "startLink"), type: "supervisor" },
      { id: "feeds", start: mfa(FeedSup, "startLink"), type: "supervisor" },
      { id: "gate", start: mfa(Gate, "startLink") },
      { id: "web", start: mfa(Http, "listen", mfa(Web, "fetch"), { port: Number(Application.getEnv("wire", "port")), host: "127.0.0.1", name: "web", keepAliveMs: 120_000 }) },
    ]);
`;

const dynamicSup = (name: string, child: string, args: string, types: string): string => `
  import type * as Connection from "underway/connection";
  import { mfa } from "underway/process";
  import * as Supervisor from "underway/supervisor";
  import * as Child from "./${child}.ts";
  import * as self from "./${name}.ts";
  export const behaviour = "supervisor";
  export const startLink = (): Promise<Supervisor.Pid<typeof self>> => Supervisor.startLink(self, null, { name: "${name}" });
  export const open = (${types}): Promise<Supervisor.Pid> => Supervisor.startChild({ name: "${name}" }, ${args});
  export const init = (_: null) =>
    Supervisor.ok({ strategy: "simple_one_for_one" }, [{ id: "child", start: mfa(Child, "startLink"), restart: "temporary" }]);
`;

const gate = `
  import { createServer, type Server } from "node:net";
  import type { AddressInfo } from "node:net";
  import * as Connection from "underway/connection";
  import * as GenServer from "underway/gen-server";
  import { mfa } from "underway/process";
  import * as Resource from "underway/resource";
  import * as self from "./gate.ts";
  import * as SessionSup from "./session-sup.ts";
  export interface State { readonly server: Resource.ResourceRef<Server> }
  export const startLink = (): Promise<GenServer.Pid<typeof self>> => GenServer.startLink(self, null, { name: "gate" });
  export const port = (): Promise<number> => GenServer.call(GenServer.named<typeof self>("gate"), "port");
  export const init = async (_: null) => GenServer.ok<State>({ server: await Resource.open(self, "server", null) });
  export const handleCall = {
    port: ({ state }) => GenServer.reply((Resource.value(state.server).address() as AddressInfo).port, state),
  } satisfies GenServer.CallClauses<State>;
  export const server = {
    open: (_: null): Promise<Server> =>
      new Promise((resolve, reject) => {
        const tcp = createServer().once("error", reject);
        Connection.listenTcp(tcp, mfa(SessionSup, "open"));
        tcp.listen(0, "127.0.0.1", () => resolve(tcp));
      }),
    close: (tcp: Server): void => { tcp.close(); },
  } satisfies Resource.ResourceDefinition;
`;

const room = `
  import * as GenServer from "underway/gen-server";
  import { type Pid, send } from "underway/process";
  import * as self from "./room.ts";
  import * as Trace from "./trace.ts";
  export const startLink = (): Promise<GenServer.Pid<typeof self>> => GenServer.startLink(self, null, { name: "room" });
  export const init = (_: null) => GenServer.ok<null>(null);
  export const handleCall = {
    ask: (_context, who: Pid) =>
      Trace.inSpan("room", () => {
        send(who, "reply");
        return GenServer.reply("asked", null);
      }),
  } satisfies GenServer.CallClauses<null>;
`;

interface Shape {
  readonly vsn: string;
  readonly state: string;
  readonly count: string;
  readonly head: string;
}
const shape1: Shape = {
  vsn: "1.0.0",
  state: "readonly lines: number; readonly rest: string",
  count: "lines",
  head: "",
};
const shape2 = (vsn: string): Shape => ({
  vsn,
  state: "readonly seen: number; readonly rest: string; readonly vsn: string",
  count: "seen",
  head: `
    export const vsn = 2;
    interface StateV1 { readonly lines: number; readonly rest: string }
    export const codeChange = {
      up: { 1: ({ lines, rest }: StateV1): State => ({ seen: lines, rest, vsn: "new" }) },
      down: { 1: ({ seen, rest }: State): StateV1 => ({ lines: seen, rest }) },
    } satisfies GenServer.CodeChange<State>;`,
});
const first = ({ count }: Shape): string => `{ ${count}: 0, rest: ""${count === "seen" ? ', vsn: "born"' : ""} }`;

const session = (shape: Shape): string => `
  import * as Connection from "underway/connection";
  import * as GenServer from "underway/gen-server";
  import { self as me } from "underway/process";
  import type * as Room from "./room.ts";
  import * as self from "./session.ts";
  import * as Trace from "./trace.ts";
  export const behaviour = "connection";
  export interface State { ${shape.state} }
  ${shape.head}
  export const startLink = (socket: Connection.Socket, peer: Connection.Peer): Promise<GenServer.Pid<typeof self>> =>
    Connection.startLink(self, socket, peer);
  export const init = (_: Connection.Peer) => GenServer.ok<State>(${first(shape)});
  export const handleFrame = async ({ state, socket }: Connection.Context<State>, bytes: Connection.Frame) => {
    const lines = (state.rest + Buffer.from(bytes).toString("latin1")).split("\\n");
    const rest = lines.pop() ?? "";
    let count = state.${shape.count};
    for (const line of lines) {
      // Some are inside an asynchronous callback when the code changes.
      if (count % 3 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      if (line !== "trace") socket.send("${shape.vsn} " + ++count + " " + line + "\\n");
      else {
        await Trace.inSpan("connection", () =>
          GenServer.call(GenServer.named<typeof Room>("room"), "ask", me()));
      }
    }
    return GenServer.noreply<State>({ ...state, ${shape.count}: count, rest });
  };
  export const handleInfo = ({ state, socket }: Connection.Context<State>, message: unknown) => {
    Trace.inSpan("${shape.vsn} reply", () => socket.send("${shape.vsn} " + String(message) + "\\n"));
    return GenServer.noreply<State>(state);
  };
`;

const feed = (shape: Shape): string => `
  import * as Connection from "underway/connection";
  import * as GenServer from "underway/gen-server";
  import * as Http from "underway/http";
  import { self as me, sendAfter } from "underway/process";
  import * as self from "./feed.ts";
  export const behaviour = "connection";
  export interface State { ${shape.state} }
  ${shape.head}
  export const startLink = (socket: Connection.Socket): Promise<GenServer.Pid<typeof self>> => Connection.startLink(self, socket, null);
  export const init = (_: null) => GenServer.ok<State>(${first(shape)}, { continue: "tick" });
  export const handleContinue = ({ state, socket }: Connection.Context<State>) => tick(state, socket);
  export const handleInfo = ({ state, socket }: Connection.Context<State>, _message: unknown) => tick(state, socket);
  export const handleFrame = ({ state }: Connection.Context<State>, _frame: Connection.Frame) => GenServer.noreply<State>(state);
  const tick = (state: State, socket: Connection.Socket) => {
    socket.send(Http.formatEvent({ data: "${shape.vsn} " + state.${shape.count} }));
    sendAfter(2, me(), "tick");
    return GenServer.noreply<State>({ ...state, ${shape.count}: state.${shape.count} + 1 });
  };
`;

const web = (vsn: string): string => `
  import { Hono } from "hono";
  import * as Http from "underway/http";
  import * as FeedSup from "./feed-sup.ts";
  import * as Api from "./api.ts";

  const app = new Hono();
  app.get("/version", (c) => c.text("${vsn}"));
  ${vsn === "1.0.0" ? "" : 'app.get("/new", (c) => c.json({ route: "new" }));'}
  app.get("/slow", async (c) => {
    await Api.gateOpened();
    return c.text("${vsn} began, " + Api.version() + " ended");
  });
  app.get("/left", async () => {
    await Api.gateOpened();
    Object.assign(globalThis, { left: "ran on" });
    return new Response();
  });
  app.get("/feed", async () => {
    const { socket, response } = Http.eventStream();
    await FeedSup.open(socket);
    return response;
  });
  export const fetch = (request: Request): Response | Promise<Response> => app.fetch(request);
`;

const api = (vsn: string): string => `
  import * as Http from "underway/http";
  import * as Sys from "underway/sys";
  import * as Gate from "./gate.ts";
  import * as Trace from "./trace.ts";
  export const version = (): string => "${vsn}";
  export const ports = async (): Promise<readonly number[]> => [await Gate.port(), (await Http.address({ name: "web" })).port];
  export const web = (): Promise<unknown> => Sys.getState({ name: "web" });
  export const spans = (): string[] => Trace.spans();
  export const events = (): unknown => (globalThis as { notes?: unknown }).notes;
  export const gateOpened = (): Promise<void> => new Promise((resolve) => Object.assign(globalThis, { openGate: resolve }));
  export const isWaiting = (): boolean => (globalThis as { openGate?: unknown }).openGate !== undefined;
  export const left = (): unknown => (globalThis as { left?: string }).left ?? "was killed";
  export const openGate = (): void => {
    (globalThis as { openGate?: () => void }).openGate?.();
    Object.assign(globalThis, { openGate: undefined });
  };
`;

const mint: Files = {
  "apps/mint/package.json": application("mint", "0.1.0"),
  "apps/mint/src/app.ts": `
    export const behaviour = "application";
    export const start = (): Promise<import("underway/application").Pid> => { throw new Error("the mint is closed"); };
  `,
};

const version = (vsn: string): Files => {
  const shape = vsn === "1.0.0" ? shape1 : shape2(vsn);
  return {
    "underway.config.ts": config(vsn, vsn === "1.1.1" ? ["wire", "mint"] : ["wire"]),
    "apps/wire/package.json": application("wire", vsn),
    "apps/wire/src/app.ts": app,
    "apps/wire/src/sup.ts": sup,
    "apps/wire/src/trace.ts": trace,
    "apps/wire/src/gate.ts": gate,
    "apps/wire/src/room.ts": room,
    "apps/wire/src/session-sup.ts": dynamicSup(
      "session-sup",
      "session",
      "socket, peer",
      "socket: Connection.Socket, peer: Connection.Peer",
    ),
    "apps/wire/src/feed-sup.ts": dynamicSup("feed-sup", "feed", "socket", "socket: Connection.Socket"),
    "apps/wire/src/session.ts": session(shape),
    "apps/wire/src/feed.ts": feed(shape),
    "apps/wire/src/web.ts": web(vsn),
    "apps/wire/src/api.ts": api(vsn),
    ...(vsn === "1.1.1" && mint),
  };
};

/** Builds all versions with the command that users call. Returns the folder with the packages, and how to remove it. */
export const buildWire = async (): Promise<{ package: (vsn: string) => string; remove: () => void }> => {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "underway-wire-"));
  for (const vsn of ["1.0.0", "1.1.0", "1.1.1"]) {
    const project = join(folder, vsn);
    writeFiles(project, version(vsn));
    symlinkSync(join(repository, "node_modules"), join(project, "node_modules"));
    const upgrade = vsn === "1.0.0" ? [] : ["--upgrade", "--from", "1.0.0"];
    const command = join(repository, "dist/tools/cli/underway.js");
    const args = [command, "release", "--project", project, "--out", join(folder, "target"), ...upgrade];
    await promisify(execFile)(process.execPath, args);
  }
  return {
    package: (vsn) => join(folder, `target/bank-${vsn}.tar.gz`),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};
