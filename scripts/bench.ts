// npm run bench [-- NAME…]: runs all benchmarks, or those whose names contain one of the words, and prints their rows.
// `--save` also writes bench/results/<name>.json. Absolute figures mean little on a shared machine: look at ratios.

import { spawnSync } from "node:child_process";
import { globSync, mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import type { Benchmark, Row } from "../bench/bench.ts";

const root = join(import.meta.dirname, "..");
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { save: { type: "boolean" }, one: { type: "string" }, help: { type: "boolean" } },
});

const nameOf = (file: string): string => basename(file, ".bench.ts");
const format = (value: number): string =>
  value >= 1000 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);

const print = ({ what, value, unit, otp }: Row): void => {
  const beside = otp === undefined ? "" : `  OTP ${format(otp)}, ratio ${(value / otp).toPrecision(3)}`;
  console.log(`  ${what.padEnd(52)} ${format(value).padStart(12)} ${unit}${beside}`);
};

/** In a process of its own. */
const runOne = async (file: string): Promise<void> => {
  const { default: bench } = (await import(file)) as { default: Benchmark };
  console.log(`\n${nameOf(file)}: ${bench.question}`);
  const rows = await bench.run();
  for (const row of rows) print(row);
  if (values.save) {
    const folder = join(root, "bench/results");
    mkdirSync(folder, { recursive: true });
    const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length };
    const { question, sketch } = bench;
    writeFileSync(
      join(folder, `${nameOf(file)}.json`),
      `${JSON.stringify({ question, sketch, machine, rows }, null, 2)}\n`,
    );
  }
  process.exit(0);
};

const runAll = (): void => {
  const files = globSync("bench/*.bench.ts", { cwd: root }).sort();
  const wanted = files.filter(
    (file) => positionals.length === 0 || positionals.some((word) => nameOf(file).includes(word)),
  );
  if (wanted.length === 0) {
    console.error(`No benchmark is called ${positionals.join(", ")}; there are ${files.map(nameOf).join(", ")}`);
    process.exitCode = 2;
  }
  for (const file of wanted) {
    const flags = ["--expose-gc", "--conditions=underway-source", import.meta.filename, "--one", join(root, file)];
    const { status } = spawnSync(process.execPath, [...flags, ...(values.save ? ["--save"] : [])], {
      stdio: "inherit",
    });
    if (status !== 0) process.exitCode = 1;
  }
};

if (values.help)
  console.log("npm run bench [-- [--save] NAME…]\nRuns bench/*.bench.ts, or those whose names contain a word given.");
else if (values.one !== undefined) await runOne(values.one);
else runAll();
