import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { isUnderwayError } from "../../src/error.ts";
import { connectTo, listen, stopListening } from "../../src/runtime/control/socket.ts";
import { temporaryFolder } from "../handler/tar.ts";

/** A path with this many bytes. */
function pathOf(t: TestContext, bytes: number): string {
  const folder = temporaryFolder(t);
  const rest = bytes - Buffer.byteLength(folder) - "//control.sock".length;
  const deep = join(
    folder,
    rest > 200 ? `${"d".repeat(rest - 101)}/${"e".repeat(100)}` : "d".repeat(Math.max(1, rest)),
  );
  mkdirSync(deep, { recursive: true });
  return join(deep, "control.sock");
}

/** Listens, says its greeting to whoever connects. */
async function greeting(t: TestContext, path: string): Promise<() => void> {
  const server = await listen(path, (socket) => socket.end("hello"));
  const stop = (): void => stopListening(server, path);
  t.after(stop);
  return stop;
}

const heard = async (path: string): Promise<string | null> => {
  const socket = await connectTo(path);
  if (socket === null) return null;
  const [data] = await once(socket, "data");
  socket.destroy();
  return String(data);
};

for (const bytes of [60, 103, 104, 107, 108, 180, 300]) {
  test(`listen and connectTo meet at a path of ${bytes} bytes, and leave nothing`, async (t) => {
    const path = pathOf(t, bytes);
    const before = process.cwd();
    const stop = await greeting(t, path);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(await heard(path), "hello");
    stop();
    assert.equal(existsSync(path), false);
    assert.equal(await heard(path), null);
    assert.equal(process.cwd(), before);
  });
}

describe("listen", () => {
  test("makes a socket for its owner only, whatever the umask, and leaves the umask", async (t) => {
    const umask = process.umask(0);
    t.after(() => process.umask(umask));
    const path = pathOf(t, 60);
    await greeting(t, path);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(process.umask(), 0);
  });

  test("replaces what a killed node has left", async (t) => {
    const path = pathOf(t, 60);
    writeFileSync(path, "left");
    await greeting(t, path);
    assert.equal(await heard(path), "hello");
  });

  test("throws control/no_socket when its folder is not there", async (t) => {
    for (const bytes of [60, 200]) {
      const path = join(pathOf(t, bytes), "..", "none", "control.sock");
      await assert.rejects(
        listen(path, () => {}),
        (e) => isUnderwayError(e, "control/no_socket"),
        `${bytes}`,
      );
    }
  });
});

describe("connectTo", () => {
  test("gives null when there is no file, no folder, or a file of nobody", async (t) => {
    const path = pathOf(t, 60);
    assert.equal(await connectTo(path), null);
    assert.equal(await connectTo(join(path, "..", "none", "control.sock")), null);
    writeFileSync(path, "");
    assert.equal(await connectTo(path), null);
    const long = pathOf(t, 200);
    assert.equal(await connectTo(join(long, "..", "none", "control.sock")), null);
  });

  test("does not touch a file of the same name in the working directory", async (t) => {
    const path = pathOf(t, 200);
    const before = process.cwd();
    const here = temporaryFolder(t);
    t.after(() => process.chdir(before));
    process.chdir(here);
    writeFileSync("control.sock", "mine");
    const stop = await greeting(t, path);
    stop();
    assert.equal(readFileSync("control.sock", "utf8"), "mine");
  });

  test("keeps a later error of the connection to itself", async (t) => {
    const path = pathOf(t, 60);
    const server = createServer((socket) => socket.destroy()).listen(path);
    t.after(() => server.close());
    await once(server, "listening");
    const socket = await connectTo(path);
    socket?.write("x");
    if (socket !== null && !socket.destroyed) await new Promise((resolve) => socket.once("close", resolve));
  });
});
