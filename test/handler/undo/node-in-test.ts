// A real node in the test's own process: a target directory written by hand, booted, and installed into by the real release
// handler. So hundreds of installs take seconds, and a test sees what no control socket shows.

import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Json, ModuleId } from "../../../src/release/data.ts";
import type { ObjectCode } from "../../../src/release/object-code.ts";
import type { Script } from "../../../src/release/relup.ts";
import { type BootedNode, boot } from "../../../src/runtime/handler/boot.ts";
import { setUnpacked } from "../../../src/runtime/handler/release-handler.ts";
import { compileModules } from "../../../src/tools/compile/compile.ts";

/** TypeScript by module id. */
export type Sources = Readonly<Record<ModuleId, string>>;

/** What a release consists of. */
export interface Release {
  readonly vsn: string;
  readonly sources: Sources;
  /** Applications in start order, and their configuration; the module of each is `<name>/app`. */
  readonly applications: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  /** From the first release to this one. */
  readonly up?: Script;
  /** From this one to the first. */
  readonly down?: Script;
  /** What the scripts were made for, if it is not the first release. */
  readonly base?: Sources;
  /** Folder of the runtime, if it is another one. */
  readonly runtime?: string;
}

export class NodeInTest {
  readonly root = mkdtempSync(join(tmpdir(), "underway-node-"));
  readonly ended: string[] = [];
  readonly restarts: string[] = [];
  readonly #first: Release;
  readonly #compiled = new Map<string, readonly ObjectCode[]>();
  #node: BootedNode | null = null;

  constructor(first: Release) {
    this.#first = first;
  }

  async boot(): Promise<void> {
    this.write(this.#first);
    const start = { format: 1, name: "bank", vsn: this.#first.vsn, runtime: "runtime-24", underway: "lib/underway-1" };
    this.#file("releases/start.json", JSON.stringify(start));
    this.#node = await boot({
      root: this.root,
      instance: "default",
      name: "bank",
      env: {},
      onRestart: () => this.restarts.push("restart"),
      onEnd: (reason) => this.ended.push(reason),
    });
  }

  /** Writes a release and makes it known. */
  async add(release: Release): Promise<void> {
    this.write(release);
    await setUnpacked(release.vsn);
  }

  write({ vsn, sources, applications, up, down, base = this.#first.sources, runtime = "runtime-24" }: Release): void {
    const files: Record<string, string> = {};
    const add = (path: string, value: unknown): void => {
      files[path] = createHash("sha256")
        .update(this.#file(path, JSON.stringify(value)))
        .digest("hex");
    };
    const modules: Record<string, { app: string; file: string; hash: string }> = {};
    for (const object of this.#compile(sources)) {
      const app = object.module.slice(0, object.module.indexOf("/"));
      const file = `lib/objects/${object.hash}.json`;
      modules[object.module] = { app, file, hash: object.hash };
      add(file, object);
    }
    add(`releases/${vsn}/boot.json`, {
      ...{ format: 1, name: "bank", vsn, runtime: "24" },
      applications: Object.keys(applications).map((name) => ({
        app: {
          ...{
            name,
            vsn,
            description: "",
            registered: [],
            applications: [],
            mod: { module: `${name}/app`, arg: null },
          },
          modules: Object.keys(modules).filter((module) => module.startsWith(`${name}/`)),
        },
        ...{ type: "temporary", folder: `lib/${name}-${vsn}`, included: false },
      })),
    });
    add(`releases/${vsn}/config.json`, applications);
    const hashes = Object.fromEntries(this.#compile(base).map(({ module, hash }) => [module, hash] as const));
    const entry = (script: Script | undefined) =>
      script === undefined ? [] : [{ vsn: this.#first.vsn, description: [], script, modules: hashes }];
    if (up !== undefined || down !== undefined) {
      add(`releases/${vsn}/relup.json`, { format: 1, vsn, up: entry(up), down: entry(down) });
    }
    this.#file(
      `releases/${vsn}/manifest.json`,
      JSON.stringify({
        ...{ format: 1, name: "bank", vsn, modules, packages: [], files },
        ...{ runtime: { vsn: "24", folder: runtime }, underway: { vsn: "1", folder: "lib/underway-1" } },
      }),
    );
  }

  async stop(): Promise<void> {
    await this.#node?.stop();
    rmSync(this.root, { recursive: true, force: true });
  }

  // Internal.

  #compile(sources: Sources): readonly ObjectCode[] {
    const key = JSON.stringify(sources);
    const known = this.#compiled.get(key) ?? compileModules(sources);
    this.#compiled.set(key, known);
    return known;
  }

  #file(path: string, text: string): string {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return text;
  }
}
