import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { readJson, writeJson } from "../../src/runtime/handler/durable.ts";
import { lockHolder, takeLock } from "../../src/runtime/handler/lock.ts";

const folder = mkdtempSync(join(tmpdir(), "underway-lock-"));
after(() => rmSync(folder, { recursive: true }));

/** Another operating-system process that holds the lock until it is killed. */
const holder = async (file: string) => {
  const source = new URL("../../src/runtime/handler/lock.ts", import.meta.url).href;
  const script = `const { takeLock } = await import(${JSON.stringify(source)}); takeLock(${JSON.stringify(file)}); console.log("held"); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  return child;
};

test("takeLock is refused while another process holds the lock, and succeeds after kill -9", async () => {
  const file = join(folder, "held");
  const child = await holder(file);
  assert.equal(lockHolder(file), child.pid);
  assert.throws(() => takeLock(file), { code: "node/already_running", details: { pid: child.pid, file } });
  child.kill("SIGKILL");
  await once(child, "exit");
  assert.equal(lockHolder(file), null);
  const unlock = takeLock(file);
  assert.equal(lockHolder(file), process.pid);
  unlock();
  assert.equal(lockHolder(file), null);
});

test("takeLock takes over from a process whose number belongs to another one now", () => {
  const file = join(folder, "reused");
  writeFileSync(file, JSON.stringify({ pid: process.ppid, started: "1" }));
  takeLock(file)();
});

for (const [what, content] of [
  ["torn", '{"pid": 12'],
  ["empty", ""],
  ["foreign", "[]"],
] as const) {
  test(`takeLock takes over a ${what} lock file`, () => {
    const file = join(folder, what);
    writeFileSync(file, content);
    takeLock(file)();
  });
}

test("writeJson replaces a file as a whole and leaves nothing beside it", () => {
  const file = join(folder, "json", "RELEASES.json");
  writeJson(file, { first: 1 });
  writeJson(file, { second: 2 });
  assert.deepEqual(readJson(file), { second: 2 });
  assert.deepEqual(readdirSync(join(folder, "json")), ["RELEASES.json"]);
  assert.ok(readFileSync(file, "utf8").endsWith("\n"));
});

test("writeJson says which file it could not write", () => {
  writeFileSync(join(folder, "file"), "");
  assert.throws(() => writeJson(join(folder, "file", "x.json"), {}));
});

test("readJson tells a missing file from a torn one", () => {
  assert.equal(readJson(join(folder, "nowhere.json")), undefined);
  writeFileSync(join(folder, "torn.json"), '{"releases": [');
  assert.throws(() => readJson(join(folder, "torn.json")), { code: "release/unreadable_file" });
});
