// The type tests of test/types in runs of tsc of their own: what each refused line is told, and what the types cost.
//
// `UPDATE=1 node --conditions=underway-source --test test/scripts/types.test.ts` writes test/types/messages.txt and cost.json
// anew; look at what has changed before you commit it.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

const repository = join(import.meta.dirname, "../..");
const types = join(repository, "test/types");
const update = process.env.UPDATE === "1";
/** So much more than what is recorded the types may cost. */
const TOLERANCE = 1.1;
const folder = mkdtempSync(join(realpathSync(tmpdir()), "underway-types-"));
after(() => rmSync(folder, { recursive: true }));
for (const name of ["src", "node_modules", "tsconfig.base.json", "package.json"]) {
  symlinkSync(join(repository, name), join(folder, name));
}

interface Checked {
  /** What tsc says, a line each. */
  readonly lines: readonly string[];
  readonly instantiations: number;
}

/** Checks the files of test/types that `wanted` picks as a program of their own. */
const check = (program: string, wanted: (file: string) => boolean, edit = (text: string) => text): Promise<Checked> => {
  const where = join(folder, "test", program);
  mkdirSync(where, { recursive: true });
  for (const file of readdirSync(types).filter((file) => file.endsWith(".ts") && wanted(file))) {
    writeFileSync(join(where, file), edit(readFileSync(join(types, file), "utf8")));
  }
  const compilerOptions = { noEmit: true, customConditions: ["underway-source"], allowImportingTsExtensions: true };
  const config = { extends: "../../tsconfig.base.json", compilerOptions, include: ["*.ts"] };
  writeFileSync(join(where, "tsconfig.json"), JSON.stringify(config));
  // Several checkers would count what they share several times.
  const options = ["--singleThreaded", "--pretty", "false", "--noErrorTruncation", "--extendedDiagnostics"];
  const args = [join(repository, "node_modules/typescript/bin/tsc"), "-p", ".", ...options];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: where, maxBuffer: 1 << 24 }, (_, stdout) => {
      const instantiations = Number(/^Instantiations:\s+(\d+)/m.exec(stdout)?.[1]);
      const end = stdout.search(/^Files:/m);
      resolve({ lines: stdout.slice(0, end).trimEnd().split("\n").filter(Boolean), instantiations });
    });
  });
};

/** Files whose messages are kept: those of the constructors and calls that every application writes. */
const told = ["data.ts", "gen-server.ts", "code-change.ts", "mfa.ts", "supervisor.ts", "resource.ts"];
/** Files that they import. */
const helpers = ["counter.ts", "supervisor-modules.ts"];
/** What is measured: a callback module, and every way in which data leaves a process. */
const measured = ["counter.ts", "data.ts"];

const whole = await check("whole", () => true);
const refused = await check(
  "refused",
  (file) => told.includes(file) || helpers.includes(file),
  (text) => text.replaceAll("@ts-expect-error", "refused:"),
);
const baseline = await check("baseline", (file) => file === "baseline.ts");
const programs = new Map<string, Checked>();
for (const one of measured) programs.set(one, await check(one, (file) => file === one || file === "baseline.ts"));

test("every line of the type tests is accepted or refused as it says", () => assert.deepEqual(whole.lines, []));

test("what tsc says of each refused line is what messages.txt has", () => {
  // The first line of a message names the fault; those behind it, indented, lead there.
  const heads = refused.lines.filter((line) => !line.startsWith(" "));
  const files = new Map<string, string[]>();
  const sources = new Map<string, readonly string[]>();
  for (const line of heads) {
    const [, file = "", at = "", message = ""] = /^(\S+\.ts)\((\d+),\d+\): error (.*)$/.exec(line) ?? [];
    if (!sources.has(file)) sources.set(file, readFileSync(join(types, file), "utf8").split("\n"));
    const above = sources
      .get(file)
      ?.slice(0, Number(at))
      .findLast((text) => text.includes("@ts-expect-error"));
    const what = above?.split("@ts-expect-error ")[1] ?? "(nothing is refused here)";
    files.set(file, [...(files.get(file) ?? []), `${what}\n    ${message.replaceAll(folder, "")}`]);
  }
  const sections = [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([file, texts]) => [`# ${file}`, ...texts].join("\n"));
  const text = `${sections.join("\n\n")}\n`;
  const golden = join(types, "messages.txt");
  if (update) writeFileSync(golden, text);
  assert.equal(text, readFileSync(golden, "utf8"));
});

test("the types cost no more instantiations than cost.json allows", () => {
  const costs = [...programs].map(
    ([file, { instantiations }]) => [file, instantiations - baseline.instantiations] as const,
  );
  const cost = { typescript: typescriptVersion(), instantiations: Object.fromEntries(costs) };
  const file = join(types, "cost.json");
  if (update) writeFileSync(file, `${JSON.stringify(cost, null, 2)}\n`);
  const recorded = JSON.parse(readFileSync(file, "utf8")) as typeof cost;
  assert.equal(recorded.typescript, cost.typescript, "another compiler counts otherwise: measure again");
  for (const [file, instantiations] of costs) {
    const allowed = (recorded.instantiations[file] ?? 0) * TOLERANCE;
    assert.ok(instantiations > 0 && instantiations <= allowed, `${file}: ${instantiations}, at most ${allowed}`);
  }
});

const typescriptVersion = (): string =>
  JSON.parse(readFileSync(join(repository, "node_modules/typescript/package.json"), "utf8")).version;
