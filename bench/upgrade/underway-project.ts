// The releases that Underway's node is upgraded through, built with the command that users call.
//
//   1.0.0   what the node boots
//   2.0.0   the states of counters and sessions have another shape
//   1.1.0   as 1.0.0, with every module of the library `many` changed

import { spawn } from "node:child_process";
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { atEnd } from "../../scripts/demo/cleanup.ts";
import { repository } from "./repository.ts";

// API.

/** Builds 1.0.0 and others into `folder`, those with upgrades from it and downgrades to it. */
export const buildReleases = async (
  folder: string,
  modules: number,
  vsns: readonly string[],
): Promise<(vsn: string) => string> => {
  for (const vsn of ["1.0.0", ...vsns]) {
    const project = join(folder, vsn);
    writeProject(project, vsn, modules);
    const upgrade = vsn === "1.0.0" ? [] : ["--upgrade", "--from", "1.0.0"];
    const command = join(repository, "dist/tools/cli/underway.js");
    const args = ["release", "--project", project, "--out", join(folder, "packages"), ...upgrade];
    await build([command, ...args]);
  }
  return (vsn) => join(folder, "packages", `bench-${vsn}.tar.gz`);
};

/** A function of a module of `many`, in TypeScript and in Erlang about as long. */
export const functionsOfModule = 40;

// Internal.

/** Runs the command in a group of its own, so that an interrupted bench ends the compiler, too. */
const build = (args: readonly string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { detached: true, stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    let ended = false;
    atEnd(() => {
      if (!ended && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      ended = true;
      if (code === 0) resolve();
      else reject(new Error(`underway ${args.slice(1).join(" ")} failed\n${said}`));
    });
  });

const writeProject = (project: string, vsn: string, modules: number): void => {
  const bench = vsn === "2.0.0" ? "2.0.0" : "1.0.0";
  const many = vsn === "1.1.0" ? "1.1.0" : "1.0.0";
  const sources = join(project, "apps/bench/src");
  cpSync(join(import.meta.dirname, "underway/1"), sources, { recursive: true });
  if (bench === "2.0.0") cpSync(join(import.meta.dirname, "underway/2"), sources, { recursive: true });
  writeJson(join(project, "apps/bench/package.json"), {
    name: "bench",
    version: bench,
    type: "module",
    dependencies: { ws: "^8.0.0" },
    underway: { mod: { module: "bench/app", arg: null }, env: { callsPort: 0, socketsPort: 0 } },
  });
  mkdirSync(join(project, "apps/many/src"), { recursive: true });
  writeJson(join(project, "apps/many/package.json"), { name: "many", version: many, type: "module", underway: {} });
  for (let n = 0; n < modules; n++) writeFileSync(join(project, `apps/many/src/m${n}.ts`), moduleText(many));
  const release = { vsn, applications: { bench: "permanent", many: "permanent" } };
  const config = { applications: ["apps/bench", "apps/many"], releases: { bench: release } };
  const text = `import { defineConfig } from "underway/config";\nexport default defineConfig(${JSON.stringify(config)});\n`;
  writeFileSync(join(project, "underway.config.ts"), text);
  symlinkSync(join(repository, "node_modules"), join(project, "node_modules"));
};

/** A module of some 9 kB. */
const moduleText = (vsn: string): string => {
  const lines = Array.from({ length: functionsOfModule }, (_, n) => {
    return `export const price${n} = (items: readonly { readonly cents: number; readonly count: number }[]): number => {
  let cents = ${n};
  for (const item of items) if (item.count > ${n}) cents += item.cents * item.count;
  return Math.round(cents * 1.${n});
};`;
  });
  return `export const release = (): string => "${vsn}";\n${lines.join("\n")}\n`;
};

const writeJson = (file: string, value: unknown): void => writeFileSync(file, JSON.stringify(value));
