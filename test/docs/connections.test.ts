// docs/http.md and docs/tracing.md: their files are type-checked and run, and do what the pages say.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { WebSocket } from "ws";
import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import * as Http from "../../src/runtime/behaviour/http.ts";
import * as Sys from "../../src/runtime/behaviour/sys.ts";
import * as Process from "../../src/runtime/process/index.ts";
import { collectReports, inProcess } from "../process/support.ts";

const repository = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(realpathSync(tmpdir()), "underway-docs-"));
after(() => rmSync(folder, { recursive: true }));
symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
collectReports();

/** Writes the fenced blocks that name a file, and returns their names. */
const filesOf = (page: string): readonly string[] => {
  mkdirSync(join(folder, page));
  const text = readFileSync(join(repository, `docs/${page}.md`), "utf8");
  return [...text.matchAll(/^```ts (\S+)\n([\s\S]*?)^```$/gm)].map(([, file = "", source = ""]) => {
    writeFileSync(join(folder, page, file), source);
    return join(page, file);
  });
};
const files = [...filesOf("http"), ...filesOf("tracing")];
const load = <M>(file: string): Promise<M> => import(pathToFileURL(join(folder, file)).href) as Promise<M>;

interface Starts {
  startLink(): Promise<Process.Pid>;
}
/** Starts something under a process of its own, and returns that process. */
const started = async (start: () => Promise<Process.Pid>): Promise<Process.Pid> => {
  const pids = Promise.withResolvers<Process.Pid>();
  const run = async (): Promise<void> => {
    await start().catch(pids.reject);
    pids.resolve(Process.self());
    await Process.receive();
  };
  Process.spawn({ run }, "run");
  return pids.promise;
};

test("docs/http.md and docs/tracing.md have files that compile with a user's strict settings", async () => {
  assert.equal(files.length, 11);
  const options = "--noEmit --strict --target es2024 --module nodenext --allowImportingTsExtensions --types node";
  const tsc = join(repository, "node_modules/typescript/bin/tsc");
  const all = [tsc, ...options.split(" "), "--skipLibCheck", ...files];
  await promisify(execFile)(process.execPath, all, { cwd: folder });
});

test("docs/http.md has a shop that answers requests, streams and lines", async () => {
  const { startLink } = await load<Starts>("http/sup.ts");
  const owner = await started(startLink);
  const { port } = await Http.address({ name: "web" });
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/hello/ada`)).text(), "hello ada");
  const feed = (await fetch(`http://127.0.0.1:${port}/feed`)).body?.getReader();
  const { value } = (await feed?.read()) ?? {};
  assert.equal(Buffer.from(value ?? []).toString(), "event: tick\ndata: 0\n\n");
  await feed?.cancel();

  const Lines = await load<{ port(): Promise<number> }>("http/lines.ts");
  const peer = connect(await Lines.port(), "127.0.0.1");
  peer.write("hello li");
  peer.write("ne\nno");
  assert.equal(String((await once(peer, "data"))[0]), "HELLO LINE\n");
  peer.destroy();

  const both = await started((await load<{ listen(): Promise<Process.Pid> }>("http/both.ts")).listen);
  const client = new WebSocket(`ws://127.0.0.1:${(await Http.address({ name: "both" })).port}/`);
  await once(client, "open");
  client.send("over one port\n");
  assert.equal(String((await once(client, "message"))[0]), "OVER ONE PORT\n");
  client.terminate();
  Process.exit(both, "kill");

  const App = await load<{ prepStop(): Promise<void> }>("http/app.ts");
  await App.prepStop();
  await assert.rejects(fetch(`http://127.0.0.1:${port}/hello/ada`));
  await Sys.terminate({ name: "shop_sup" }, "shutdown");
  Process.exit(owner, "kill");
});

test("docs/tracing.md leads a trace into a room, and hears of a crash", async () => {
  const Trace = await load<{ setUp(): void; spans(): readonly ReadableSpan[] }>("tracing/trace.ts");
  const Watch = await load<{ start(): () => void; crashes: readonly string[] }>("tracing/watch.ts");
  const Room = await load<Starts>("tracing/room.ts");
  Trace.setUp();
  const { trace } = await import("@opentelemetry/api");
  await inProcess(async () => {
    const room = (await Room.startLink()) as Process.Pid<{ handleCall: { say(context: object, text: string): never } }>;
    await trace.getTracer("test").startActiveSpan("session", async (span) => {
      await GenServer.call(room, "say", "hello");
      span.end();
    });
  });
  const [room, session] = Trace.spans();
  assert.deepEqual([room?.name, session?.name], ["room", "session"]);
  assert.equal(room?.parentSpanContext?.spanId, session?.spanContext().spanId);

  const stop = Watch.start();
  const gone = Process.spawn({ run: () => assert.fail("boom") }, "run");
  while (Process.isAlive(gone)) await new Promise((resolve) => setImmediate(resolve));
  stop();
  assert.deepEqual(Watch.crashes, ["(module):run"]);
});
