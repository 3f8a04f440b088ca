import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { connect } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { isUnderwayError, UnderwayError } from "../../src/error.ts";
import { ask, isListening, type NodeAddress, openRemoteSession, socketPath } from "../../src/runtime/control/client.ts";
import { RemoteError } from "../../src/runtime/control/protocol.ts";
import { type ControlServer, type Operations, startControlServer } from "../../src/runtime/control/server.ts";
import { Session } from "../../src/runtime/control/session.ts";
import { takeLock } from "../../src/runtime/handler/lock.ts";
import { varFile, varFolder } from "../../src/runtime/handler/target.ts";
import { processes } from "../../src/runtime/process/index.ts";
import { temporaryFolder } from "../handler/tar.ts";

const addressOf = (t: TestContext): NodeAddress => {
  const address = { root: temporaryFolder(t), instance: "default", name: "chat" };
  mkdirSync(varFolder(address), { recursive: true });
  return address;
};

/** A node that does these operations. */
async function serving(
  t: TestContext,
  operations: Operations,
): Promise<{ address: NodeAddress; server: ControlServer }> {
  const address = addressOf(t);
  const openSession = (print: (text: string) => void): Session => new Session({ bindings: { five: 5 }, print });
  const server = await startControlServer({ path: socketPath(address), operations, openSession });
  t.after(() => {
    server.stopListening();
    return server.close();
  });
  return { address, server };
}

/** Writes a text and gives all that comes back. */
async function spoken(address: NodeAddress, text: string): Promise<string> {
  const socket = connect(socketPath(address));
  socket.setEncoding("utf8");
  let answer = "";
  socket.on("data", (data) => {
    answer += data;
  });
  socket.write(text);
  await once(socket, "close");
  return answer;
}

describe("ask", () => {
  test("resolves with the result, and tells the progress", async (t) => {
    const { address } = await serving(t, {
      add: async ({ a, b }, { progress }) => {
        progress("adding");
        return Number(a) + Number(b);
      },
    });
    const heard: string[] = [];
    const onProgress = (message: string): void => void heard.push(message);
    assert.equal(await ask(address, "add", { a: 1, b: 2 }, { onProgress }), 3);
    assert.deepEqual(heard, ["adding"]);
  });

  test("takes any text through: line ends, emoji, long ones", async (t) => {
    const { address } = await serving(t, { echo: ({ text }) => text ?? null });
    for (const text of ["a\nb\r\n\u2028", "🚢", "x".repeat(1 << 20)])
      assert.equal(await ask(address, "echo", { text }), text);
  });

  test("rejects with the node's error: its code, message and exit code", async (t) => {
    const { address } = await serving(t, {
      unpack: () => {
        throw new UnderwayError("release/no_such_package", { file: "x" });
      },
      rpc: () => Promise.reject(new Error("plain")),
    });
    await assert.rejects(ask(address, "unpack", {}), (e) => {
      assert.ok(e instanceof RemoteError);
      assert.equal(e.wire.code, "release/no_such_package");
      assert.equal(e.wire.exitCode, 2);
      return true;
    });
    await assert.rejects(
      ask(address, "rpc", {}),
      (e) => e instanceof RemoteError && e.wire.code === null && e.wire.exitCode === 1,
    );
  });

  test("rejects with control/no_node when nobody listens", async (t) => {
    const address = addressOf(t);
    assert.equal(await isListening(address), false);
    await assert.rejects(
      ask(address, "ping", {}),
      (e) => isUnderwayError(e, "control/no_node") && e.details.holder === null,
    );
  });

  test("rejects with control/no_node that names who holds the lock", async (t) => {
    const address = addressOf(t);
    t.after(takeLock(varFile(address, "lock")));
    await assert.rejects(
      ask(address, "ping", {}),
      (e) => isUnderwayError(e, "control/no_node") && e.details.holder === process.pid,
    );
  });

  test("rejects with control/node_ended when the node ends before it answers", async (t) => {
    const { address, server } = await serving(t, { wait: () => new Promise(() => {}) });
    const asked = ask(address, "wait", {}, { onProgress: () => {} });
    asked.catch(() => {});
    while (!(await isListening(address)));
    server.stopListening();
    await server.close();
    await assert.rejects(asked, (e) => isUnderwayError(e, "control/node_ended") && e.details.command === "wait");
  });
});

describe("startControlServer", () => {
  test("lets an operation go on when whoever asked has gone", async (t) => {
    const started = Promise.withResolvers<void>();
    const mayEnd = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<string>();
    const { address } = await serving(t, {
      install: async (_, { progress }) => {
        started.resolve();
        await mayEnd.promise;
        progress("to nobody");
        ended.resolve("done");
        return null;
      },
    });
    const socket = connect(socketPath(address));
    socket.write(`{"format":1,"command":"install","args":{}}\n`);
    await started.promise;
    socket.destroy();
    await once(socket, "close");
    mayEnd.resolve();
    assert.equal(await ended.promise, "done");
    assert.equal(await isListening(address), true);
  });

  test("serves several at once", async (t) => {
    const { address } = await serving(t, { echo: ({ n }) => n ?? null });
    const numbers = Array.from({ length: 50 }, (_, i) => i);
    assert.deepEqual(await Promise.all(numbers.map((n) => ask(address, "echo", { n }))), numbers);
  });

  test("answers what it does not understand with control/bad_protocol, and goes on", async (t) => {
    const { address } = await serving(t, { ping: () => "pong" });
    for (const text of [
      "GET / HTTP/1.1\r\n\r\n",
      `{"format":9,"command":"ping","args":{}}\n`,
      `{"format":1,"command":"no","args":{}}\n`,
      `{"format":1,"command":"toString","args":{}}\n`,
    ]) {
      assert.match(await spoken(address, text), /"code":"control\/bad_protocol"/);
    }
    assert.equal(await ask(address, "ping", {}), "pong");
  });

  test("takes no more requests once it has stopped listening, and answers those under way", async (t) => {
    const mayEnd = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    const { address, server } = await serving(t, {
      slow: async () => {
        started.resolve();
        await mayEnd.promise;
        return "done";
      },
    });
    const asked = ask(address, "slow", {});
    await started.promise;
    server.stopListening();
    assert.equal(await isListening(address), false);
    mayEnd.resolve();
    assert.equal(await asked, "done");
  });
});

test("a connection that an operation holds outlives the server: only the node's end ends it", async (t) => {
  const { address, server } = await serving(t, {
    stop: (_, { holdUntilEnd }) => {
      holdUntilEnd();
      return "stopping";
    },
    ping: () => "pong",
  });
  const held = connect(socketPath(address));
  const other = connect(socketPath(address));
  held.write(`{"format":1,"command":"stop","args":{}}\n`);
  assert.equal(String(await once(held, "data")), `{"result":"stopping"}\n`);
  server.stopListening();
  other.resume();
  await Promise.all([server.close(), once(other, "close")]);
  assert.equal(held.readableEnded, false);
  held.destroy();
});

describe("openRemoteSession", () => {
  const opened = async (t: TestContext) => {
    const { address, server } = await serving(t, {});
    const printed: string[] = [];
    const ended = Promise.withResolvers<void>();
    const session = await openRemoteSession(address, {
      colors: false,
      print: (text) => printed.push(text),
      onEnd: () => ended.resolve(),
    });
    t.after(() => session.end());
    return { session, printed, ended: ended.promise, server };
  };

  test("evaluates in the node, and keeps names", async (t) => {
    const { session } = await opened(t);
    await session.evaluate("const a = five");
    assert.deepEqual(await session.evaluate("a + 1"), { kind: "value", text: "6", json: 6 });
    assert.equal((await session.evaluate("f(")).kind, "incomplete");
    assert.deepEqual(await session.complete("fiv"), [["five"], "fiv"]);
  });

  test("hears what is printed", async (t) => {
    const { session, printed } = await opened(t);
    await session.evaluate(`console.log("hi")`);
    assert.deepEqual(printed, ["hi\n"]);
  });

  test("interrupts what is being evaluated", async (t) => {
    const { session, printed } = await opened(t);
    const pending = session.evaluate(`console.log("begun"); await new Promise(() => {})`);
    while (printed.length === 0) await session.complete("");
    session.interrupt();
    assert.match(JSON.stringify(await pending), /Interrupted/);
  });

  test("is told when the node ends, and answers then, too", async (t) => {
    const { session, ended, server } = await opened(t);
    const pending = session.evaluate("await new Promise(() => {})");
    server.stopListening();
    await server.close();
    await ended;
    const gone = { kind: "error", text: "The node has ended" };
    assert.deepEqual(await pending, gone);
    assert.deepEqual(await session.evaluate("1"), gone);
    assert.deepEqual(await session.complete("a"), [[], "a"]);
  });

  test("ends its process in the node when the connection breaks", async (t) => {
    const before = processes().length;
    const { session, printed } = await opened(t);
    const pending = session.evaluate(`console.log("begun"); await new Promise(() => {})`);
    while (printed.length === 0) await session.complete("");
    assert.equal(processes().length, before + 1);
    session.end();
    assert.equal((await pending).kind, "error");
    while (processes().length > before) await new Promise((resolve) => setImmediate(resolve));
  });
});
