// Resources that follow their package to another copy: made again in the new code, back in the old one, or refused. The whole
// flow, with a true package, is in test/lifecycle/resources.test.ts.

import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { carryResources } from "../../src/runtime/behaviour/carry-resources.ts";
import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import { purge } from "../../src/runtime/code/code-server.ts";
import { handleOf } from "../../src/runtime/code/modules.ts";
import type { Staged } from "../../src/runtime/code/stage.ts";
import { loadSources, stageSources } from "../code/support.ts";
import { collectReports, refused, settled } from "../process/support.ts";

const reports = collectReports();
const log: string[] = [];
const flags = { exportFails: false, importFails: "", exportFunction: false };
Object.assign(globalThis, { carryTest: { log, flags } });
after(() => void Reflect.deleteProperty(globalThis, "carryTest"));

/** Things are marked with the version that has made them. */
const source = (version: string): string => `
  import * as GenServer from "underway/gen-server";
  import * as Resource from "underway/resource";
  import * as self from "./holder.ts";
  const { log, flags } = (globalThis as any).carryTest;
  export const thing = Resource.define({
    open: (name: string) => ({ name, by: "${version}" }),
    close: ({ name, by }) => { log.push("close " + name + " of " + by); },
    export: ({ name }) => {
      if (flags.exportFails) throw new Error("cannot say");
      return flags.exportFunction ? { name, f: (() => 1) as never } : { name, f: 0 as never };
    },
    import: ({ name }: { name: string }) => {
      if (flags.importFails === name) throw new Error("cannot make " + name);
      return { name, by: "${version}" };
    },
  });
  export const fixed = Resource.define({ open: (name: string) => ({ name, by: "${version}" }), close: () => {} });
  export const init = async (names: string[]) => {
    const refs = [];
    for (const name of names) refs.push(await Resource.open(self, "thing", name));
    return GenServer.ok<unknown>([...refs, await Resource.open(self, "fixed", "f")]);
  };
  export const handleCall = {
    makers: ({ state }: { state: any }) => GenServer.reply(state.map((ref: any) => (Resource.value(ref) as any).by), state),
  };`;
const changed = [{ application: "carry", specifier: "underway/resource" }];
interface Holder {
  init(names: string[]): Promise<GenServer.Ok<unknown>>;
  readonly handleCall: { makers(context: object): GenServer.Reply<string[], unknown> };
}
const prepare = (staged: Staged, packages = changed) =>
  carryResources(
    packages,
    (module) => staged.exportsOf(module),
    (fn) => staged.run(fn),
  );
const setUp = async () => {
  purge("carry/holder");
  await loadSources({ "carry/holder": source("v1") });
  purge("carry/holder");
  const pid = await GenServer.start(handleOf("carry/holder") as unknown as Holder, ["a", "b"]);
  return { pid, staged: await stageSources({ "carry/holder": source("v2") }) };
};
const end = async (pid: GenServer.Pid): Promise<string[]> => {
  pid.process?.end("normal");
  await settled();
  return log.splice(0);
};

beforeEach(() => {
  Object.assign(flags, { exportFails: false, importFails: "", exportFunction: false });
  log.splice(0);
});

test("carryResources makes things again in the new code, shows them at the switch, and closes the former at the end", async () => {
  const { pid, staged } = await setUp();
  const carrying = prepare(staged);
  assert.equal(carrying.count, 2);
  assert.deepEqual(await GenServer.call(pid, "makers"), ["v1", "v1", "v1"], "nothing is seen of it before");
  staged.switch();
  carrying.switch();
  assert.deepEqual(await GenServer.call(pid, "makers"), ["v2", "v2", "v1"], "one without export stays as it is");
  assert.deepEqual(log, []);
  carrying.close();
  assert.deepEqual(log.splice(0), ["close a of v1", "close b of v1"]);
  assert.deepEqual(await end(pid), ["close b of v2", "close a of v2"], "and these when their process ends");
});

test("an undo makes them again in the old code; what cannot be made is the one from before, and named", async () => {
  const { pid, staged } = await setUp();
  const carrying = prepare(staged);
  const undo = staged.switch();
  carrying.switch();
  const back = carrying.back();
  undo();
  flags.importFails = "b";
  const lost = back();
  assert.equal(lost.length, 1);
  assert.match(
    lost[0] ?? "",
    /^resource "thing" of carry\/holder, held by <0\.\d+\.0> is the one from before the upgrade: /,
  );
  assert.deepEqual(await GenServer.call(pid, "makers"), ["v1", "v1", "v1"]);
  assert.deepEqual(log.splice(0), ["close a of v1", "close a of v2", "close b of v2"]);
  assert.deepEqual(await end(pid), ["close b of v1", "close a of v1"]);
});

for (const [what, change, details] of [
  ["an export that throws", { exportFails: true }, { step: "export", name: "thing", module: "carry/holder" }],
  ["an import that throws", { importFails: "b" }, { step: "import" }],
  [
    "an export that is not data",
    { exportFunction: true },
    { step: "export", reason: "error: TypeError: it is not data: f is a function" },
  ],
] as const) {
  test(`${what} refuses the upgrade; what was made already is closed`, async () => {
    const { pid, staged } = await setUp();
    Object.assign(flags, change);
    assert.throws(() => prepare(staged), refused("resource/not_carried", details));
    assert.deepEqual(log.splice(0), "importFails" in change ? ["close a of v2"] : []);
    staged.abort();
    assert.deepEqual(await GenServer.call(pid, "makers"), ["v1", "v1", "v1"]);
    assert.deepEqual(await end(pid), ["close b of v1", "close a of v1"]);
  });
}

test("a package of another application, or that the module does not import, carries nothing", async () => {
  const { pid, staged } = await setUp();
  for (const use of [
    { application: "other", specifier: "underway/resource" },
    { application: "carry", specifier: "yjs" },
  ]) {
    assert.equal(prepare(staged, [use]).count, 0);
  }
  staged.abort();
  assert.deepEqual(reports, []);
  await end(pid);
});

test("a resource that was closed between the switch and the undo is not opened again", async () => {
  const { pid, staged } = await setUp();
  const carrying = prepare(staged);
  const undo = staged.switch();
  carrying.switch();
  assert.deepEqual(await end(pid), ["close b of v2", "close a of v2"]);
  const back = carrying.back();
  undo();
  assert.deepEqual(back(), []);
  assert.deepEqual(log, ["close a of v1", "close b of v1"], "and the former ones are nobody's");
});
