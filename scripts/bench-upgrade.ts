// `npm run bench:upgrade`: upgrades of Underway beside those of Erlang/OTP, with the same processes under the same load.
//
//   this process ──IPC──► the clients' process ──TCP, WebSockets──► the node (one at a time) ◄──control socket── this process
//
// Exits with 1 if a goal is missed.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { judge, kindOf } from "../bench/upgrade/goals.ts";
import { Load } from "../bench/upgrade/load.ts";
import type { Measured, Outcome } from "../bench/upgrade/measured.ts";
import { otpSystem } from "../bench/upgrade/otp-system.ts";
import { type Curve, pictureOf } from "../bench/upgrade/picture.ts";
import { modulesOf, type Scenario, type Size, scenariosOf } from "../bench/upgrade/scenarios.ts";
import { apiOf, type System } from "../bench/upgrade/system.ts";
import { goalLines, tableOf } from "../bench/upgrade/table.ts";
import { underwaySystem } from "../bench/upgrade/underway-system.ts";
import { atEnd, cleanUpAlways } from "./demo/cleanup.ts";

const help = `npm run bench:upgrade [-- OPTIONS] [SCENARIO…]
Measures upgrades beside Erlang/OTP's; only the scenarios whose names contain a word given, if there is one.

  --quick     the smallest sizes: proves that it works, and that nothing is lost (about a minute)
  --full      also 1,000,000 processes (needs 8 GB)
  --no-otp    without Erlang/OTP; it is left out by itself when erl is not installed
  --save      writes bench/results/upgrade.json and upgrade-<scenario>.svg; scenarios not run keep what was saved of them
  --out DIR   writes there instead`;

const root = join(import.meta.dirname, "..");
const { values: options, positionals: words } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    full: { type: "boolean", default: false },
    "no-otp": { type: "boolean", default: false },
    save: { type: "boolean", default: false },
    out: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

if (options.help) console.log(help);
else process.exitCode = await main(options.quick ? "quick" : options.full ? "full" : "normal");

async function main(size: Size): Promise<number> {
  cleanUpAlways();
  const wanted = scenariosOf(size).filter(
    ({ name }) => words.length === 0 || words.some((word) => name.includes(word)),
  );
  if (wanted.length === 0) {
    const names = scenariosOf(size).map(({ name }) => `"${name}"`);
    console.error(`No scenario is called ${words.join(", ")}; there are ${names.join(", ")}`);
    return 2;
  }
  const folder = workFolder();
  const began = performance.now();
  const say = (text: string): void => {
    process.stderr.write(`  [${((performance.now() - began) / 1000).toFixed(1)} s] ${text}\n`);
  };
  say("building Underway's releases");
  const own = await underwaySystem(folder, modulesOf(size), [...new Set(wanted.map(({ vsn }) => vsn))]);
  atEnd(() => own.kill());
  if (!options["no-otp"]) say("building OTP's releases");
  const otp = options["no-otp"] ? null : await otpSystem(folder, modulesOf(size));
  if (otp !== null) atEnd(() => otp.kill());
  if (otp === null) console.log("Without Erlang/OTP: what is compared with it stays open.");

  const outcomes: Outcome[] = [];
  const target = options.out ?? (options.save ? join(root, "bench/results") : null);
  let all: readonly Outcome[] | null = null;
  for (const scenario of wanted) {
    const { name, title, parameters } = scenario;
    console.log(`\n${name}: ${title}`);
    const underway = await runIn(own, scenario, say);
    const outcome: Outcome = {
      ...{ scenario: name, title, parameters, underway },
      otp: otp === null ? null : await runIn(otp, scenario, say),
    };
    outcomes.push(outcome);
    for (const line of tableOf(outcome)) console.log(line);
    // At once: whoever interrupts the rest keeps what there is.
    if (target !== null) all = save(target, size, [outcome]);
  }
  const verdicts = judge(all ?? outcomes);
  if (target !== null) console.log(`\nwritten: ${target}`);
  console.log("\nGoals:");
  for (const line of goalLines(verdicts)) console.log(line);
  return verdicts.some(({ verdict }) => verdict === "missed") ? 1 : 0;
}

/** A directory of its own below `target/`, which Git ignores; taken away at the end. */
function workFolder(): string {
  mkdirSync(join(root, "target"), { recursive: true });
  const folder = mkdtempSync(join(root, "target/bench-upgrade-"));
  atEnd(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** In a node that is started for it, with clients of its own. */
async function runIn(system: System, scenario: Scenario, say: (text: string) => void): Promise<Measured> {
  const told = (text: string): void => say(`${system.name}, ${scenario.name}: ${text}`);
  const load = new Load();
  atEnd(() => load.kill());
  try {
    await system.start();
    return await scenario.run({ system, api: apiOf(system), load, say: told });
  } finally {
    load.kill();
    await system.stop();
  }
}

interface Saved {
  readonly machine: unknown;
  readonly outcomes: readonly Outcome[];
}

/** Writes results and pictures. Resolves with all outcomes that are saved now, those of earlier runs included. */
function save(folder: string, size: Size, outcomes: readonly Outcome[]): readonly Outcome[] {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "upgrade.json");
  const names = new Set(outcomes.map(({ scenario }) => scenario));
  const kept = (readSaved(file)?.outcomes ?? []).filter(({ scenario }) => !names.has(scenario));
  const order = scenariosOf("full").map(({ name }) => name);
  const all = [...kept, ...outcomes].sort((a, b) => order.indexOf(a.scenario) - order.indexOf(b.scenario));
  const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length };
  writeFileSync(file, `${JSON.stringify({ machine, size, goals: judge(all), outcomes: all }, null, 2)}\n`);
  for (const outcome of outcomes) {
    const curves = curvesOf(outcome);
    if (curves.length === 0) continue;
    const picture = pictureOf(outcome.title, curves);
    writeFileSync(join(folder, `upgrade-${outcome.scenario.replaceAll(" ", "-")}.svg`), picture);
  }
  return all;
}

function readSaved(file: string): Saved | null {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Saved) : null;
}

/** OTP below, as it is the longer one. */
function curvesOf({ scenario, underway, otp }: Outcome): readonly Curve[] {
  if (kindOf(scenario) === "poisoned") return [];
  const curve = (name: string, color: string, { timeLine }: Measured): readonly Curve[] =>
    timeLine === null ? [] : [{ name, color, timeLine }];
  return [...(otp === null ? [] : curve("OTP", "#a2195b", otp)), ...curve("Underway", "#1668b8", underway)];
}
