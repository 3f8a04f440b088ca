// What cannot be data survives upgrades: built, packed, installed in a running node, with a true Y.Doc, database and server.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { promisify } from "node:util";
import { repository } from "./bank.ts";
import { versions, writeHolders } from "./holders.ts";
import { TargetDirectory } from "./target.ts";

const folder = mkdtempSync(join(realpathSync(tmpdir()), "underway-resources-"));
const packageOf = (vsn: string): string => join(folder, `target/bank-${vsn}.tar.gz`);
let target: TargetDirectory;
let server: Server;
/** The response that the node reads, and how often a client has gone. */
let response: ServerResponse;
let gone = 0;

before(async () => {
  for (const vsn of Object.keys(versions)) {
    const where = join(folder, vsn);
    writeHolders(where, vsn);
    symlinkSync(repository, join(where, "node_modules/underway"));
    const upgrade = vsn === "1.0.0" ? [] : ["--upgrade", "--from", "1.0.0"];
    const command = join(repository, "dist/tools/cli/underway.js");
    const args = [command, "release", "--project", where, "--out", join(folder, "target"), ...upgrade];
    await promisify(execFile)(process.execPath, args);
  }
});
after(() => rmSync(folder, { recursive: true, force: true }));

beforeEach(async () => {
  gone = 0;
  server = createServer((_, answer) => {
    response = answer;
    answer.on("close", () => gone++);
    answer.write("first ");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  target = new TargetDirectory(packageOf("1.0.0"));
  await target.ok("daemon", "--development");
  const { port } = server.address() as AddressInfo;
  await target.call("start", join(target.root, "ledger.db"), `http://127.0.0.1:${port}/`);
});
afterEach(async () => {
  await target?.remove();
  server.closeAllConnections();
  server.close();
});

interface Read {
  readonly text: string;
  readonly client: number;
  readonly mine: boolean;
  readonly count: string;
}
const read = () => target.call<Read>("read");
/** What stands in the node's log. */
const nodeLog = (): string => readFileSync(join(target.root, "var/default/log/node.log"), "utf8");

test("a Y.Doc of 1,000 edits, a pool with a transaction open and a half-read response survive up, down and an undone upgrade", async () => {
  await target.call("edit", 1_000);
  const written = await read();
  assert.equal(written.text.length, 1_000);
  await target.call("begin");
  await target.call("insert", 1);
  assert.equal(await target.call("next"), "first ");

  await target.ok("upgrade", packageOf("1.1.0"));
  assert.deepEqual(await read(), { ...written, count: "times 1" }, "the very document, and the migrated state");
  assert.equal(await target.call("insert", 2), "times 2");
  response.write("second ");
  assert.equal(await target.call("next"), "second ");
  assert.equal(await target.call("count"), "times 2");

  await target.ok("downgrade", "1.0.0");
  assert.deepEqual(await read(), written);
  assert.equal(await target.call("insert", 3), "asked 3");
  response.write("third ");
  assert.equal(await target.call("next"), "third ");

  const { exitCode, error } = await target.run("upgrade", packageOf("1.1.1"));
  assert.deepEqual([exitCode, error?.code], [4, "release/undone"], "it was visible, and taken back");
  assert.deepEqual(await target.call("closed"), [], "nothing was closed by any of it");
  assert.deepEqual(await read(), written);
  assert.equal(await target.call("insert", 4), "asked 4");
  await target.call("commit");
  assert.deepEqual(await target.call("rows"), [1, 2, 3, 4], "one transaction, over three switches and an undo");
  response.end("last");
  assert.equal(await target.call("next"), "last");
  assert.equal(await target.call("next"), null);

  for (const name of ["doc", "ledger", "feed"]) await target.call("end", name);
  assert.deepEqual(await target.call("closed"), ["doc", "ledger", "feed"], "each once, when its process has ended");
});

test("what is open when its process ends is closed once: the transaction is rolled back, the response is let go", async () => {
  await target.call("begin");
  await target.call("insert", 1);
  await target.ok("upgrade", packageOf("1.1.0"));
  const closed = once(response, "close");
  await target.call("end", "ledger");
  await target.call("end", "feed");
  await closed;
  assert.deepEqual(await target.call("closed"), ["ledger", "feed"]);
  assert.equal(gone, 1);
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(join(target.root, "ledger.db"));
  assert.deepEqual(database.prepare("SELECT n FROM t").all(), []);
  database.close();
});

test("a Y.Doc follows its package to another copy and back, and only once its upgrade has succeeded is the former closed", async () => {
  await target.call("edit", 1_000);
  const written = await read();
  const undone = await target.run("upgrade", packageOf("1.2.1"));
  assert.deepEqual([undone.exitCode, undone.error?.code], [4, "release/undone"]);
  const back = await read();
  assert.deepEqual([back.text, back.mine], [written.text, true]);
  assert.deepEqual(
    await target.call("closed"),
    ["doc", "doc"],
    "the one of the other copy, and the one it was made of",
  );

  await target.ok("upgrade", packageOf("1.2.0"));
  const carried = await read();
  assert.deepEqual([carried.text, carried.mine], [written.text, true], "a Y.Doc of the new copy of yjs");
  assert.notEqual(carried.client, back.client, "and another one");
  assert.equal(await target.call("edit", 10), 1_010);
  await target.ok("downgrade", "1.0.0");
  const down = await read();
  assert.equal(down.text.length, 1_010, "with what was written meanwhile");
  assert.equal(down.mine, true);
  assert.deepEqual(await target.call("closed"), ["doc", "doc", "doc", "doc"]);
  await target.call("end", "doc");
  assert.equal((await target.call<string[]>("closed")).length, 5);
});

test("daemon --development names who changes an answer, where, and the line of the source", async () => {
  assert.match(nodeLog(), /started bank 1\.0\.0, with the checks of development/);
  await target.call("meddle");
  await target.call("version");
  assert.match(
    nodeLog(),
    /value_changed: <0\.\d+\.0>.* tried to change text in the reply from <0\.\d+\.0> \(doc\).*bank-1\.0\.0\/src\/api\.ts:\d+:\d+/,
  );
});
