// Handles: one object per module, plain and fast, always the current version.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import type { UnderwayError } from "../../src/error.ts";
import { deleteModule, purge } from "../../src/runtime/code/code-server.ts";
import { exported, functionExported, moduleOf } from "../../src/runtime/code/handle.ts";
import { handleOf } from "../../src/runtime/code/modules.ts";
import { call, loadSource, loadSources, read, refused, stageSources } from "./support.ts";

setFlagsFromString("--allow-natives-syntax");
const isFast = new Function("object", "return %HasFastProperties(object)") as (object: object) => boolean;

const exportsList = (count: number, version: number): string =>
  Array.from({ length: count }, (_, i) => `export const f${i} = () => ${version};`).join("\n");

/** The version that an undef error names. */
const caughtVersion = (fn: () => unknown): string => {
  try {
    fn();
  } catch (error) {
    return (error as UnderwayError<"code/undef">).details.version;
  }
  return "nothing was thrown";
};

test("handleOf gives a plain object with the exports as enumerable properties, and moduleOf its name", async () => {
  await loadSource("plain/m", "export const b = 1; export const a = 2; export default 3;");
  const handle = handleOf("plain/m");
  assert.deepEqual(Object.entries(handle), [
    ["a", 2],
    ["b", 1],
    ["default", 3],
  ]);
  assert.equal(moduleOf(handle), "plain/m");
  assert.equal(moduleOf({}), undefined);
});

test("an export that the current version has dropped throws undef with module, export and version", async () => {
  const origin = (vsn: string) => ({ originOf: () => ({ label: `undef-${vsn}`, folder: null }) });
  await loadSources({ "undef/m": "export const f = () => 1; export const constant = 1;" }, origin("0.1.0"));
  const handle = handleOf("undef/m");
  const { f: kept } = handle as { f(): number };
  await loadSources({ "undef/m": "export const g = () => 2;" }, origin("0.2.0"));
  assert.throws(() => call("undef/m", "f"), refused("code/undef", { module: "undef/m", export: "f" }));
  assert.match(
    caughtVersion(() => call("undef/m", "f")),
    /^undef-0\.2\.0 \([0-9a-f]{8}\)$/,
  );
  assert.equal(kept(), 1, "who has read it before keeps it");
  purge("undef/m");
  await loadSources({ "undef/m": "export const g = () => 3;" }, origin("0.3.0"));
  assert.match(
    caughtVersion(() => call("undef/m", "f")),
    /^undef-0\.2\.0 /,
    "the version that has removed it",
  );
  assert.deepEqual([functionExported(handle, "f"), functionExported(handle, "g")], [false, true]);
  assert.deepEqual(
    [exported(handle, "constant"), exported(handle, "g"), exported(handle, "nope")],
    [false, true, false],
  );
  assert.equal(read("undef/m", "never_exported"), undefined);
  purge("undef/m");
  await loadSource("undef/m", "export const f = () => 3;");
  assert.equal(call("undef/m", "f"), 3, "and it may come back");
});

test("a name that only a staged version exports is no export before the switch", async () => {
  await loadSource("added/m", "export const a = 1;");
  const staged = await stageSources({ "added/m": "export const a = 2; export const b = () => 2;" });
  assert.equal(functionExported(handleOf("added/m"), "b"), false);
  assert.equal(read("added/m", "b"), undefined);
  staged.switch();
  assert.equal(call("added/m", "b"), 2);
});

test("a handle keeps fast properties through loads, cycles, live exports, deletion and added exports", async () => {
  await loadSource("fast/m", exportsList(40, 1));
  const handle = handleOf("fast/m");
  assert.ok(isFast(handle), "after the first load");
  for (let version = 2; version < 6; version++) {
    await loadSource("fast/m", exportsList(40 + 10 * version, version));
    assert.ok(isFast(handle), `after load ${version}`);
  }
  deleteModule("fast/m");
  purge("fast/m");
  assert.equal(deleteModule("fast/m"), true);
  assert.ok(isFast(handle), "after deletion");
  const cycle = (version: number) => ({
    "fast/x": `import { y } from "./y.ts"; ${exportsList(20, version)} export const x = () => y();`,
    "fast/y": `import { x } from "./x.ts"; ${exportsList(20, version)} export const y = () => typeof x;`,
    "fast/live": `${exportsList(20, version)} export let live = ${version}; export const bump = () => { live++; };`,
  });
  for (const version of [1, 2]) {
    await loadSources(cycle(version));
    for (const module of ["fast/x", "fast/y", "fast/live"]) assert.ok(isFast(handleOf(module)), `${module} ${version}`);
  }
});

test("a live export is read through the handle as it changes, before and after an upgrade", async () => {
  const counter = (step: number) =>
    `export let count = 0; export const bump = () => { count += ${step}; }; export let f = () => 1; f = () => ${step};`;
  await loadSource("live/m", counter(1));
  await loadSource("live/user", "export const idle = 1;");
  await loadSources({
    "live/m": counter(1),
    "live/reader": `import { count, f } from "./m.ts"; export { count as again } from "./m.ts"; export const get = () => [count, f()];`,
  });
  call("live/m", "bump");
  assert.deepEqual(call("live/reader", "get"), [1, 1]);
  assert.equal(read("live/reader", "again"), 1);
  purge("live/m");
  await loadSource("live/m", counter(10));
  call("live/m", "bump");
  assert.deepEqual(call("live/reader", "get"), [10, 10]);
  assert.equal(read("live/reader", "again"), 10, "a re-export follows the module that it comes from");
  purge("live/m");
  await loadSource("live/m", "export const count = 7; export const f = () => 7;");
  assert.deepEqual(call("live/reader", "get"), [7, 7]);
});
