// docs/otp-map.md has a row for each function that OTP exports. The list was recorded with OTP 25:
// `[M:module_info(exports) || M <- [application, gen_server, proc_lib, supervisor, sys]]`, without module_info and
// behaviour_info.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const repository = join(import.meta.dirname, "../..");
const page = readFileSync(join(repository, "docs/otp-map.md"), "utf8");
const exported: Readonly<Record<string, readonly string[]>> = JSON.parse(
  readFileSync(join(repository, "conformance/recorded/exports.json"), "utf8"),
);

/** Functions in the first column of a chapter's tables: `call/2,3` is call/2 and call/3. */
const mapped = (chapter: string): Set<string> => {
  const text = page.split(/^## /m).find((one) => one.startsWith(`${chapter}\n`)) ?? "";
  const rows = text.split("\n").filter((line) => line.startsWith("| `"));
  return new Set(
    rows.flatMap((row) =>
      [...(row.split("|")[1] ?? "").matchAll(/`(\w+)\/([\d,]+)`/g)].flatMap(([, name, arities = ""]) =>
        arities.split(",").map((arity) => `${name}/${arity}`),
      ),
    ),
  );
};

for (const [module, functions] of Object.entries(exported)) {
  test(`docs/otp-map.md has a row for each function that OTP's ${module} exports`, () => {
    const rows = mapped(module);
    assert.deepEqual(
      functions.filter((name) => !rows.has(name)),
      [],
      "no row",
    );
  });
}

/** Names of ours in the second column, by module of ours. */
const ours = {
  "erlang (processes)": "../process/index",
  gen_server: "gen-server",
  supervisor: "supervisor",
  application: "application",
  sys: "sys",
  Tasks: "task",
};
for (const [chapter, entry] of Object.entries(ours)) {
  test(`docs/otp-map.md names only functions that underway/${entry} has`, async () => {
    const module: object = await import(`../../src/runtime/behaviour/${entry}.ts`);
    const text = page.split(/^## /m).find((one) => one.startsWith(`${chapter}\n`)) ?? "";
    const [table = ""] = text.split("Callbacks and results");
    const cells = table
      .split("\n")
      .filter((line) => line.startsWith("| `"))
      .map((row) => row.split("|")[2] ?? "");
    const names = cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name));
    const unknown = names.filter((name) => !(name in module) && !["debug", "module"].includes(name));
    assert.deepEqual(unknown, []);
    assert.ok(names.length > 4, "the table was found");
  });
}
