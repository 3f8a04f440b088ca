// A project in a temporary directory, with its npm packages, a stand-in for Underway and one for the runtime.
//
// The stand-ins keep a build below a second: the true runtime has 120 MB, and the true Underway must be built first.

import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type BuildOptions, type BuiltRelease, buildRelease } from "../../src/tools/assemble/build-release.ts";
import { type Story, silentStory } from "../../src/tools/assemble/story.ts";

export type Files = { readonly [path: string]: string };

/** Writes files below a folder. */
export function writeFiles(folder: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** Every file and link below a folder with its content, links as `-> target`. */
export function contentOf(folder: string): Map<string, string> {
  const walk = (below: string): [string, string][] =>
    readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
      const path = join(below, entry.name);
      // What is remembered between builds is nobody's result.
      if (path === "node_modules/.cache") return [];
      if (entry.isDirectory()) return walk(path);
      if (entry.isSymbolicLink()) return [[path, `-> ${readlinkSync(join(folder, path))}`]];
      return [[path, readFileSync(join(folder, path), "latin1")]];
    });
  return new Map(walk("").sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A folder of its own below the system's temporary one. */
export const temporaryFolder = (): string => mkdtempSync(join(realpathSync(tmpdir()), "underway-"));

/** A package.json and what else a package has. */
export const npmPackage = (name: string, vsn: string, files: Files, json: object = {}): Files => {
  const all = { "package.json": JSON.stringify({ name, version: vsn, type: "module", ...json }), ...files };
  return Object.fromEntries(Object.entries(all).map(([path, text]) => [`node_modules/${name}/${path}`, text]));
};

const greet = npmPackage(
  "greet",
  "1.0.0",
  {
    "index.js": 'import { pad } from "@words/pad"; export const greet = (name) => ({ text: pad("Hello " + name) });',
    "index.d.ts":
      "export interface Greeting { readonly text: string }\nexport declare const greet: (name: string) => Greeting;\n",
    "node_modules/nested/package.json": '{ "name": "nested", "version": "1.0.0" }',
  },
  { exports: { types: "./index.d.ts", default: "./index.js" }, dependencies: { "@words/pad": "^2.0.0" } },
);
const pad = npmPackage(
  "@words/pad",
  "2.1.0",
  { "index.js": "export const pad = (text) => text + '!';" },
  { exports: "./index.js" },
);
const underway = npmPackage(
  "underway",
  "0.1.0",
  {
    "dist/error.js": "export {};",
    "dist/runtime/process/index.js": "export {};",
    "dist/runtime/process/index.d.ts": "export {};",
    "dist/release/app.js": "export {};",
    "dist/tools/config.js": "export const defineConfig = (config) => config;",
  },
  {
    exports: {
      "./process": { types: "./dist/runtime/process/index.d.ts", default: "./dist/runtime/process/index.js" },
      "./config": { default: "./dist/tools/config.js" },
      "./package.json": "./package.json",
    },
  },
);

/** It answers with its arguments and with what the control stub gives it in its environment. */
const fakeRuntime = `#!/bin/sh\necho "$@"\nenv | grep ^UNDERWAY_ | sort\n`;

export class TemporaryProject {
  readonly folder = temporaryFolder();
  readonly target = join(this.folder, "target");

  /** A copy of another project with all that was built of it, or a new one. */
  constructor(original?: TemporaryProject) {
    if (original) {
      cpSync(original.folder, this.folder, { recursive: true, verbatimSymlinks: true });
      return;
    }
    cpSync(join(import.meta.dirname, "fixtures/rooms"), this.folder, { recursive: true });
    writeFiles(this.folder, { ...greet, ...pad, ...underway, "fake-node": fakeRuntime });
    chmodSync(join(this.folder, "fake-node"), 0o755);
  }

  write(files: Files): void {
    writeFiles(this.folder, files);
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), "utf8");
  }

  json<T>(path: string): T {
    return JSON.parse(this.read(path)) as T;
  }

  /** Replaces a text that must be there. */
  edit(path: string, from: string, to: string): void {
    const text = this.read(path);
    if (!text.includes(from)) throw new Error(`${path} does not contain ${from}`);
    this.write({ [path]: text.replace(from, to) });
  }

  build(options: Partial<BuildOptions> = {}, story: Story = silentStory): Promise<BuiltRelease> {
    const runtime = { vsn: "24.0.0", file: join(this.folder, "fake-node") };
    const own = { project: this.folder, runtime, underway: join(this.folder, "node_modules/underway") };
    return buildRelease({ ...own, ...options }, story);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
