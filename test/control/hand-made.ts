// A target directory laid by hand, whose node runs from the sources: without a build, without a copy of the runtime.
//
//   0.1.0  counters hold `{ total }`
//   0.2.0  counters hold `{ total, calls }`; packed as a `.tar.gz`

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { App } from "../../src/release/app.ts";
import { checkRelease, makeBoot } from "../../src/release/check-release.ts";
import type { Json } from "../../src/release/data.ts";
import { generateAppup } from "../../src/release/generate-appup.ts";
import { makeRelup } from "../../src/release/make-relup.ts";
import type { ObjectCode } from "../../src/release/object-code.ts";
import type { Rel } from "../../src/release/rel.ts";
import { ask, isListening } from "../../src/runtime/control/client.ts";
import type { Args } from "../../src/runtime/control/protocol.ts";
import { compileModules } from "../../src/tools/compile/compile.ts";
import { sha256, writeTar } from "../handler/tar.ts";

const script = join(import.meta.dirname, "../../src/runtime/control/script.ts");

/** What a command of the control script did. */
export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

// The release.

const common = {
  "tick/app": `
    import * as Sup from "./sup.ts";
    import { writeSync } from "node:fs";
    import * as Application from "underway/application";
    export const behaviour = "application";
    export const start = () => {
      if (Application.getEnv("tick", "endAtStart") === true) {
        writeSync(2, "last words");
        process.exit(9);
      }
      return Sup.startLink();
    };
  `,
  "tick/sup": `
    import { mfa } from "underway/process";
    import * as Application from "underway/application";
    import * as Supervisor from "underway/supervisor";
    import * as Counter from "./counter.ts";
    import * as Listener from "./listener.ts";
    import * as self from "./sup.ts";
    export const behaviour = "supervisor";
    export const startLink = () => Supervisor.startLink(self, null, { name: "tick_sup" });
    export const init = (_: null) =>
      Supervisor.ok({ strategy: "one_for_one" }, [
        { id: "counter", start: mfa(Counter, "startLink", 0) },
        ...(Application.getEnv("tick", "port") === undefined ? [] : [{ id: "listener", start: mfa(Listener, "startLink") }]),
      ]);
  `,
  "tick/listener": `
    import { once } from "node:events";
    import { createServer } from "node:net";
    import * as Application from "underway/application";
    import * as GenServer from "underway/gen-server";
    import * as self from "./listener.ts";
    export const startLink = () => GenServer.startLink(self, null);
    export const init = async (_: null) => {
      await once(createServer().listen(Application.getEnv("tick", "port")), "listening");
      return GenServer.ok(null);
    };
  `,
  "tick/api": `
    import * as Application from "underway/application";
    import * as GenServer from "underway/gen-server";
    import * as Process from "underway/process";
    export const add = (by: number) => GenServer.call(GenServer.named("counter"), "add", by);
    export const step = () => Application.getEnv("tick", "step");
    export const whoAmI = async () => { await null; return String(Process.self()); };
    export const fail = () => { throw new Error("as asked"); };
    export const circle = () => { const a = {}; a.a = a; return a; };
    export const nothing = () => undefined;
    export const die = () => Process.exit(Process.whereis("tick_sup"), "kill");
    /** An error that belongs to no process. */
    export const stray = () => void setTimeout(() => { throw new Error("stray"); }, 0);
  `,
};

const counters = {
  "0.1.0": `
    import * as GenServer from "underway/gen-server";
    import * as self from "./counter.ts";
    export const startLink = (total: number) => GenServer.startLink(self, total, { name: "counter" });
    export const init = (total: number) => GenServer.ok({ total });
    export const handleCall = { add({ state }, by: number) { const total = state.total + by; return GenServer.reply(total, { total }); } };
  `,
  "0.2.0": `
    import * as GenServer from "underway/gen-server";
    import * as self from "./counter.ts";
    export const vsn = 2;
    export const startLink = (total: number) => GenServer.startLink(self, total, { name: "counter" });
    export const init = (total: number) => GenServer.ok({ total, calls: 0 });
    export const handleCall = {
      add({ state }, by: number) {
        const next = { total: state.total + by, calls: state.calls + 1 };
        return GenServer.reply(next, next);
      },
    };
    export const codeChange = {
      up: { 1: (state) => ({ ...state, calls: 0 }) },
      down: { 1: ({ total }) => ({ total }) },
    };
  `,
} as const;

type Vsn = keyof typeof counters;
const runtime = process.versions.node;
const underway: App = {
  name: "underway",
  vsn: "0.1.0",
  description: "",
  modules: [],
  registered: [],
  applications: [],
};

interface Built {
  readonly rel: Rel;
  readonly app: App;
  readonly objects: readonly ObjectCode[];
}

function build(vsn: Vsn): Built {
  const objects = compileModules({ ...common, "tick/counter": counters[vsn] });
  const app: App = {
    name: "tick",
    vsn,
    description: "",
    modules: objects.map(({ module }) => module),
    registered: [],
    applications: ["underway"],
    mod: { module: "tick/app", arg: null },
    env: { step: 1 },
  };
  const applications = [underway, app].map(({ name, vsn }) => ({ name, vsn }));
  return { rel: { name: "tick", vsn, runtime, applications }, app, objects };
}

/** Everything of a release, by path. */
function filesOf(built: Built, base?: Built): Record<string, string> {
  const { rel, app, objects } = built;
  const files: Record<string, string> = {};
  for (const object of objects) files[fileOf(app, object)] = JSON.stringify(object);
  files[`lib/tick-${rel.vsn}/externals.js`] = "export default (specifier) => import(specifier);\n";
  files[`releases/${rel.vsn}/boot.json`] = JSON.stringify(makeBoot(checkRelease(rel, [underway, app])));
  if (base !== undefined) files[`releases/${rel.vsn}/relup.json`] = JSON.stringify(relupOf(built, base));
  const hashes = Object.entries(files).map(([path, text]) => [path, sha256(text)] as const);
  const modules = objects.map((object) => {
    return [object.module, { app: app.name, file: fileOf(app, object), hash: object.hash }] as const;
  });
  files[`releases/${rel.vsn}/manifest.json`] = JSON.stringify({
    format: 1,
    name: rel.name,
    vsn: rel.vsn,
    runtime: { vsn: runtime, folder: `runtime-${runtime}` },
    underway: { vsn: underway.vsn, folder: `lib/underway-${underway.vsn}` },
    modules: Object.fromEntries(modules),
    packages: [],
    files: Object.fromEntries(hashes),
  });
  return files;
}

const fileOf = (app: App, { module }: ObjectCode): string =>
  `lib/tick-${app.vsn}/modules/${module.slice(module.indexOf("/") + 1)}.obj.json`;

function relupOf(top: Built, base: Built): unknown {
  const facts = ({ app, objects }: Built) => ({
    vsn: app.vsn,
    modules: Object.fromEntries(objects.map((object) => [object.module, object])),
  });
  const release = ({ rel, app, objects }: Built) => ({
    rel,
    apps: [underway, app],
    hashes: Object.fromEntries(objects.map(({ module, hash }) => [module, hash])),
  });
  const bases = [{ release: release(base) }];
  const appups = new Map([["tick", generateAppup(facts(top), [facts(base)])]]);
  return makeRelup({ top: release(top), upFrom: bases, downTo: bases, appups }).relup;
}

// The target directory.

export class HandMade {
  readonly root: string;
  /** The package of 0.2.0. */
  readonly package: string;

  /** Lays 0.1.0 in `root`, and the package of 0.2.0 beside it. */
  constructor(root: string) {
    this.root = root;
    this.package = join(root, "tick-0.2.0.tar.gz");
    const first = build("0.1.0");
    for (const [path, text] of Object.entries(filesOf(first))) this.write(path, text);
    const folders = { runtime: `runtime-${runtime}`, underway: `lib/underway-${underway.vsn}` };
    this.write("releases/start.json", JSON.stringify({ format: 1, name: "tick", vsn: "0.1.0", ...folders }));
    const second = filesOf(build("0.2.0"), first);
    writeTar(
      this.package,
      Object.entries(second).map(([name, data]) => ({ name, data })),
    );
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  /** Waits until a node answers. */
  async answering(): Promise<void> {
    while (!(await isListening({ root: this.root, instance: "default" })));
  }

  /** Runs a command of the control script to its end. */
  run(args: readonly string[], input = ""): Promise<Outcome> {
    return new Promise((resolve) => {
      const child = execFile(process.execPath, this.#command(args), { env: this.#env() }, (error, stdout, stderr) => {
        resolve({ exitCode: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
      });
      child.stdin?.end(input);
    });
  }

  /** Runs a command that must succeed, and gives its result. */
  async ok(...args: readonly string[]): Promise<unknown> {
    const { exitCode, stdout, stderr } = await this.run([...args, "--json"]);
    if (exitCode !== 0) throw new Error(`${args.join(" ")}: exit code ${exitCode}: ${stdout}${stderr}`);
    return (JSON.parse(stdout) as { readonly result: unknown }).result;
  }

  /** Asks the node as the control script does, but from here: a process for each question would take most of the time. */
  ask(command: string, args: Args = {}): Promise<Json> {
    return ask({ root: this.root, instance: "default", name: "tick" }, command, args);
  }

  /** Calls a function of the module `tick/api`. */
  call(fn: string, ...args: readonly Json[]): Promise<Json> {
    return this.ask("rpc", { module: "tick/api", function: fn, args });
  }

  /** Starts a command and leaves it running. */
  start(args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
    return spawn(process.execPath, this.#command(args), {
      env: { ...this.#env(), ...env },
      stdio: ["pipe", "pipe", "pipe"],
    });
  }

  #command(args: readonly string[]): string[] {
    return ["--conditions=underway-source", "--no-warnings", script, ...args];
  }

  /** What the stub says. The test runner's own variables would make the node report as a test. */
  #env(): NodeJS.ProcessEnv {
    const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...env } = process.env;
    return { ...env, UNDERWAY_ROOT: this.root, UNDERWAY_INSTANCE: "default", UNDERWAY_RELEASE_NAME: "tick" };
  }
}
