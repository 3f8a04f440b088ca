// Nodes in processes of their own, driven by the control script: started, asked, upgraded, stopped, killed.

import assert from "node:assert/strict";
import { type ChildProcess, execFileSync } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { unpackPackage } from "../../src/runtime/handler/unpack.ts";
import { contentOf, sha256, writeTar } from "../handler/tar.ts";
import { HandMade } from "./hand-made.ts";

/** A target directory; what still runs in it when the test ends is killed, before it is removed. */
function handMade(t: TestContext, below = ""): HandMade {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "underway-"));
  const tick = new HandMade(join(folder, below));
  t.after(async () => {
    for (const instance of ["default", "second"]) await killed(tick, instance);
    rmSync(folder, { recursive: true, force: true });
  });
  return tick;
}

async function running(t: TestContext, ...options: readonly string[]): Promise<HandMade> {
  const tick = handMade(t);
  await tick.ok("daemon", ...options);
  return tick;
}

const pidOf = (tick: HandMade, instance = "default"): number | null => {
  const file = join(tick.root, "var", instance, "pid");
  return existsSync(file) ? Number(readFileSync(file, "utf8")) : null;
};

/** As a power cut. */
async function killed(tick: HandMade, instance = "default"): Promise<void> {
  const pid = pidOf(tick, instance);
  if (pid === null || !isAlive(pid)) return;
  process.kill(pid, "SIGKILL");
  while (isAlive(pid)) await new Promise((resolve) => setImmediate(resolve));
}

/** One that has ended and was not waited for yet has ended. */
function isAlive(pid: number): boolean {
  if (existsSync("/proc/self/stat")) {
    return existsSync(`/proc/${pid}/stat`) && !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  }
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** A package of the same version, with another content. */
function otherBuildOf(tick: HandMade): string {
  const folder = join(tick.root, "other");
  mkdirSync(folder);
  execFileSync("tar", ["-xzf", tick.package, "-C", folder]);
  const manifestFile = join(folder, "releases/0.2.0/manifest.json");
  const manifest = JSON.parse(readFileSync(manifestFile, "utf8"));
  const externals = "export default async (specifier) => import(specifier);\n";
  writeFileSync(join(folder, "lib/tick-0.2.0/externals.js"), externals);
  manifest.files["lib/tick-0.2.0/externals.js"] = sha256(externals);
  writeFileSync(manifestFile, JSON.stringify(manifest));
  const file = join(tick.root, "other.tar.gz");
  execFileSync("tar", ["-czf", file, "-C", folder, "lib", "releases"]);
  rmSync(folder, { recursive: true });
  return file;
}

const statuses = async (tick: HandMade): Promise<Record<string, string>> => {
  const known = (await tick.ask("releases")) as unknown as readonly { readonly vsn: string; readonly status: string }[];
  return Object.fromEntries(known.map(({ vsn, status }) => [vsn, status]));
};

/** Waits until a command that was started has written this, and reads no further: the pipe is broken then. */
async function written(child: ChildProcess, stream: "stdout" | "stderr", text: string): Promise<void> {
  let all = "";
  for await (const chunk of child[stream] ?? []) {
    all += chunk;
    if (all.includes(text)) return;
  }
  throw new Error(`it ended without "${text}":\n${all}`);
}

describe("a node driven by its control script", { concurrency: 2 }, () => {
  describe("daemon", () => {
    test("returns when the node is ready; stop returns when it is gone", async (t) => {
      const tick = handMade(t);
      const { pid } = (await tick.ok("daemon")) as { pid: number };
      assert.equal((await tick.run(["ping"])).stdout, "pong\n");
      assert.equal((await tick.run(["pid"])).stdout, `${pid}\n`);
      assert.equal(pidOf(tick), pid);
      assert.equal(statSync(join(tick.root, "var/default/control.sock")).mode & 0o777, 0o600);
      await tick.ok("stop");
      assert.equal(isAlive(pid), false);
      assert.equal(existsSync(join(tick.root, "var/default/control.sock")), false);
      assert.equal(pidOf(tick), null);
      assert.match(
        readFileSync(join(tick.root, "var/default/log/node.log"), "utf8"),
        /started tick 0\.1\.0[\s\S]*stopped tick 0\.1\.0/,
      );
      assert.equal((await tick.run(["stop"])).exitCode, 6);
    });

    test("refuses a second node on the same var, with exit code 3, and leaves the first alone", async (t) => {
      const tick = await running(t);
      const pid = pidOf(tick);
      const log = join(tick.root, "var/default/log/node.log");
      const before = readFileSync(log, "utf8");
      for (const command of ["daemon", "foreground", "console"]) {
        const { exitCode, stderr } = await tick.run([command]);
        assert.match(stderr, new RegExp(`^Cannot start: a node runs here already, as operating-system process ${pid}`));
        assert.equal(exitCode, 3);
      }
      assert.equal(readFileSync(log, "utf8"), before);
      assert.deepEqual(await tick.ask("ping"), { pong: true, pid });
      assert.equal(pidOf(tick), pid);
    });

    test("refuses --env of an application that the release does not have, and warns of a key without a value", async (t) => {
      const tick = handMade(t);
      for (const command of ["daemon", "foreground"]) {
        const { exitCode, stderr } = await tick.run([command, "--env", "tock.step=2"]);
        assert.match(stderr, /^Cannot configure application "tock"[^\n]*\n {2}why: {2}it has "underway", "tick"/);
        assert.equal(exitCode, 2);
      }
      await tick.ok("daemon", "--env", "tick.step=2", "--env", "tick.steps=3");
      const log = readFileSync(join(tick.root, "var/default/log/node.log"), "utf8");
      assert.match(log, /--env tick\.steps: application "tick" names no such key; it has step\n/);
      assert.doesNotMatch(log, /tick\.step:/);
    });

    test("runs a second node under another name", async (t) => {
      const tick = await running(t);
      await tick.ok("daemon", "--instance", "second", "--env", "tick.step=2");
      assert.equal(await tick.ok("rpc", "tick/api", "step", "--instance", "second"), 2);
      assert.equal(await tick.call("step"), 1);
      await tick.ok("stop", "--instance", "second");
      assert.partialDeepStrictEqual(await tick.ask("ping"), { pong: true });
    });

    test("says why the node does not start, and where its log is", async (t) => {
      const tick = handMade(t);
      tick.write("releases/0.1.0/boot.json", "{");
      const { exitCode, stderr } = await tick.run(["daemon"]);
      assert.match(stderr, /^Cannot [^\n]*boot\.json[\s\S]*\n {2}log: .*node\.log\n$/);
      assert.equal(exitCode, 1);
      assert.equal((await tick.run(["ping"])).exitCode, 6);
    });

    test("shows the end of the log when the node could not say why it ended", async (t) => {
      const tick = handMade(t);
      const { exitCode, stderr } = await tick.run(["daemon", "--env", "tick.endAtStart=true"]);
      assert.match(
        stderr,
        /^Cannot start as a daemon: it ended with exit code 9\n {2}why: .*log ends with\n[\s\S]*last words/,
      );
      assert.equal(exitCode, 1);
    });

    test("says of a port that is in use just that, and tells the rest once, in the log", async (t) => {
      const tick = handMade(t);
      const other = createServer().listen(0);
      t.after(() => other.close());
      await once(other, "listening");
      const { port } = other.address() as AddressInfo;
      const { exitCode, stderr } = await tick.run(["daemon", "--env", `tick.port=${port}`]);
      assert.match(stderr, /^Cannot start application "tick": listen EADDRINUSE: address already in use/);
      assert.match(stderr, /\n {2}cure: end the program that uses this address, or choose another/);
      assert.ok(stderr.split("\n").length < 8, stderr);
      assert.equal(exitCode, 1);
      const log = readFileSync(join(tick.root, "var/default/log/node.log"), "utf8");
      assert.equal(log.match(/crash_report/g)?.length, 1, log);
      assert.equal(log.match(/^ +at .*listener\.ts/gm)?.length, 1, log);
    });

    test("starts again after kill -9, whatever is left in var", async (t) => {
      const tick = await running(t);
      await killed(tick);
      assert.equal((await tick.run(["ping"])).exitCode, 6);
      await tick.ok("daemon");
      assert.partialDeepStrictEqual(await tick.ask("ping"), { pong: true });
    });

    test("works in a folder whose path is longer than a socket's may be", async (t) => {
      const tick = handMade(t, `${"long".repeat(30)}/${"path".repeat(20)}`);
      await tick.ok("daemon");
      assert.equal((await tick.run(["ping"])).stdout, "pong\n");
      await tick.ok("stop");
    });
  });

  describe("foreground", () => {
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
      test(`stops in order at ${signal}, with exit code 0`, async (t) => {
        const tick = handMade(t);
        const node = tick.start(["foreground"]);
        const exited = once(node, "exit");
        await written(node, "stderr", "started tick");
        await tick.answering();
        node.kill(signal);
        assert.deepEqual(await exited, [0, null]);
        assert.equal(pidOf(tick), null);
      });
    }

    test("ends with exit code 1 when a permanent application ends", async (t) => {
      const tick = handMade(t);
      const node = tick.start(["foreground"]);
      const exited = once(node, "exit");
      await written(node, "stderr", "started tick");
      await tick.answering();
      await tick.run(["rpc", "tick/api", "die"]);
      assert.deepEqual(await exited, [1, null]);
    });
  });

  describe("restart", () => {
    test("starts anew in the same process, with the same options; what was not committed is not running", async (t) => {
      const tick = await running(t, "--env", "tick.step=7");
      const pid = pidOf(tick);
      await tick.ok("upgrade", tick.package);
      assert.deepEqual(await tick.ok("restart"), { pid, vsn: "0.1.0" });
      assert.equal(await tick.call("step"), 7);
      assert.deepEqual(await statuses(tick), { "0.2.0": "unpacked", "0.1.0": "permanent" });
    });

    test("starts a release that does not have an application that --env names", async (t) => {
      const tick = await running(t);
      const start = ["foreground", "--env", "tock.step=2"];
      await tick.ok("stop");
      const node = tick.start(start, { UNDERWAY_RESTARTED: "1" });
      await written(node, "stderr", "started tick");
      await tick.answering();
      await tick.ok("stop");
    });
  });

  describe("upgrade, commit, downgrade, remove", () => {
    test("take a release through its life, with the states", async (t) => {
      const tick = await running(t);
      assert.equal(await tick.call("add", 5), 5);

      const { stdout } = await tick.run(["upgrade", tick.package]);
      assert.match(
        stdout,
        /^0\.1\.0 -> 0\.2\.0 in \d+ ms: 1 module loaded, 1 process migrated[\s\S]*bin\/tick commit 0\.2\.0\n$/,
      );
      assert.deepEqual(await tick.call("add", 5), { total: 10, calls: 1 });
      assert.deepEqual(await statuses(tick), { "0.2.0": "current", "0.1.0": "permanent" });

      await tick.ok("downgrade", "0.1.0");
      assert.equal(await tick.call("add", 1), 11);
      await tick.ok("upgrade", "0.2.0", "--commit-now");
      assert.deepEqual(await statuses(tick), { "0.2.0": "permanent", "0.1.0": "old" });

      await tick.ok("install", "0.1.0");
      assert.deepEqual(await tick.ok("commit"), { vsn: "0.1.0", status: "permanent" });
      assert.deepEqual(await tick.ok("remove", "0.2.0"), { vsn: "0.2.0" });
      assert.deepEqual(await statuses(tick), { "0.1.0": "permanent" });
      assert.equal(existsSync(join(tick.root, "lib/tick-0.2.0")), false);
      assert.equal(await tick.call("add", 1), 12);
    });

    test("find a package in releases/ by its version", async (t) => {
      const tick = await running(t);
      copyFileSync(tick.package, join(tick.root, "releases/tick-0.2.0.tar.gz"));
      assert.deepEqual(await tick.ok("unpack", "0.2.0"), { vsn: "0.2.0" });
      rmSync(join(tick.root, "releases/tick-0.2.0.tar.gz"));
      const again = await tick.run(["unpack", "0.2.0"]);
      assert.match(again.stderr, /^Cannot unpack release 0\.2\.0: it is known already/);
      assert.equal(again.exitCode, 3);
    });

    test("leave a trace in the log, whether they succeed or are refused", async (t) => {
      const tick = await running(t);
      await tick.ok("upgrade", tick.package, "--commit-now");
      await tick.run(["install", "0.2.0"]);
      await tick.run(["remove", "0.2.0"]);
      await tick.ok("downgrade", "0.1.0");
      await tick.ok("commit");
      await tick.ok("remove", "0.2.0");
      const log = readFileSync(join(tick.root, "var/default/log/node.log"), "utf8");
      const traces = log.match(/\[\w+\] release_handler: .*/g)?.map((line) => line.replace("release_handler: ", ""));
      assert.deepEqual(traces, [
        "[notice] unpacked tick 0.2.0",
        "[notice] installed tick 0.2.0 from=0.1.0",
        "[notice] made permanent tick 0.2.0",
        "[warning] install of tick 0.2.0 was refused: Cannot install release 0.2.0: it is running already",
        "[warning] remove of tick 0.2.0 was refused: Cannot remove release 0.2.0: it is permanent",
        "[notice] installed tick 0.1.0 from=0.2.0",
        "[notice] made permanent tick 0.1.0",
        "[notice] removed tick 0.2.0",
      ]);
    });

    test("are listed by releases when no node runs, too", async (t) => {
      const tick = handMade(t);
      assert.equal((await tick.run(["releases"])).exitCode, 6);
      await tick.ok("daemon");
      await tick.ok("unpack", tick.package);
      const listed = await tick.run(["releases"]);
      await tick.ok("stop");
      const later = await tick.run(["releases"]);
      assert.deepEqual(later, { ...listed, stderr: "no node runs; when one starts, these are known:\n" });
    });

    test("refuse another build of a version that is unpacked", async (t) => {
      const tick = await running(t);
      await tick.ok("unpack", tick.package);
      const { exitCode, stderr } = await tick.run(["upgrade", otherBuildOf(tick)]);
      assert.match(stderr, /another build of 0\.2\.0 is unpacked already/);
      assert.equal(exitCode, 3);
      assert.deepEqual(await statuses(tick), { "0.2.0": "unpacked", "0.1.0": "permanent" });
      await tick.ok("upgrade", tick.package);
    });

    test("say what helps, for this operation and this node", async (t) => {
      const tick = await running(t, "--instance", "second");
      const said = async (...args: readonly string[]) => (await tick.run([...args, "--instance", "second"])).stderr;
      assert.match(await said("install", "9.9"), /cure: name one of those, or unpack its package first\n/);
      assert.match(await said("upgrade", "none.tar.gz"), /Cannot find the package/);
      for (const command of ["remove", "commit", "downgrade"]) {
        assert.match(await said(command, "9.9"), /known are 0\.1\.0\n {2}cure: name one of those\n/);
      }
      const { stdout } = await tick.run(["upgrade", tick.package, "--instance", "second"]);
      assert.match(stdout, /bin\/tick commit 0\.2\.0 --instance second\n$/);
      await tick.ok("stop", "--instance", "second");
      assert.match(await said("ping"), /start it with: bin\/tick daemon --instance second\n/);
    });

    test("take up a release whose files are unpacked already, though it is not known", async (t) => {
      const tick = await running(t);
      await unpackPackage(tick.package, tick.root);
      await tick.ok("upgrade", "0.2.0");
      assert.deepEqual(await statuses(tick), { "0.2.0": "current", "0.1.0": "permanent" });
    });

    test("go on when the terminal that asked goes away", async (t) => {
      const tick = await running(t);
      const asking = tick.start(["upgrade", tick.package]);
      await written(asking, "stderr", "unpacked 0.2.0");
      asking.kill("SIGKILL");
      while ((await statuses(tick))["0.2.0"] !== "current");
    });

    test("refuse bad input with its exit code, and leave everything as it was", async (t) => {
      const tick = await running(t);
      const bad = (name: string): string => join(tick.root, name);
      copyFileSync(tick.package, bad("truncated.tar.gz"));
      truncateSync(bad("truncated.tar.gz"), 1000);
      writeTar(bad("evil.tar.gz"), [{ name: "../evil", data: "x" }]);
      /** Without the log, which tells of the refusals. */
      const content = () => ({ ...contentOf(tick.root), "var/default/log/node.log": "" });
      const before = content();
      const rows: readonly [args: readonly string[], exitCode: number, code: string][] = [
        [["install", "0.2.0"], 2, "release/no_such_release"],
        [["upgrade", "0.2.0"], 2, "release/no_such_package"],
        [["upgrade", "none.tar.gz"], 2, "release/no_such_package"],
        [["downgrade", "0.0.1"], 2, "release/no_such_release"],
        [["install", "0.1.0"], 3, "release/already_installed"],
        [["commit", "9.9"], 2, "release/no_such_release"],
        [["remove", "0.1.0"], 3, "release/bad_status"],
        [["unpack", bad("truncated.tar.gz")], 3, "release/damaged_package"],
        [["upgrade", bad("evil.tar.gz")], 3, "release/bad_entry"],
        [["rpc", "tick/none", "f"], 2, "control/no_such_module"],
        [["rpc", "tick/api", "none"], 2, "control/no_such_function"],
        [["rpc", "tick/api", "circle"], 1, "control/not_json"],
        [["eval", "f("], 1, "control/eval_failed"],
      ];
      for (const [args, exitCode, code] of rows) {
        const outcome = await tick.run([...args, "--json"]);
        const { error } = JSON.parse(outcome.stdout);
        assert.deepEqual([error.code, outcome.exitCode], [code, exitCode], args.join(" "));
      }
      assert.deepEqual(content(), before);
      assert.equal(await tick.call("add", 1), 1);
    });
  });

  describe("rpc", () => {
    test("prints the result as JSON, and what is thrown with exit code 1", async (t) => {
      const tick = await running(t);
      assert.equal((await tick.run(["rpc", "tick/api", "add", "[5]"])).stdout, "5\n");
      assert.equal((await tick.run(["rpc", "tick/api", "nothing"])).stdout, "null\n");
      const failed = await tick.run(["rpc", "tick/api", "fail"]);
      assert.match(failed.stderr, /Error: as asked/);
      assert.equal(failed.exitCode, 1);
      // Each call has a process of its own.
      const first = await tick.call("whoAmI");
      assert.notEqual(await tick.call("whoAmI"), first);
      await tick.call("stray");
      assert.partialDeepStrictEqual(await tick.ask("ping"), { pong: true });
    });
  });

  describe("eval", () => {
    test("evaluates in the node, as its console does", async (t) => {
      const tick = await running(t);
      await tick.call("add", 5);
      const outcome = await tick.run(["eval", `console.log("hi"); await sys.getState("counter")`]);
      assert.deepEqual(outcome, { exitCode: 0, stdout: "{ total: 5 }\n", stderr: "hi\n" });
      assert.deepEqual(await tick.ok("eval", "[1, 2]"), { value: [1, 2], text: "[ 1, 2 ]" });
      const failed = await tick.run(["eval", "nobody"]);
      assert.match(failed.stderr, /ReferenceError: nobody is not defined/);
      assert.equal(failed.exitCode, 1);
      await tick.run([
        "eval",
        `setTimeout(() => { throw new Error("stray") }); Process.spawnLink({ f() { throw 1 } }, "f")`,
      ]);
      assert.partialDeepStrictEqual(await tick.ask("ping"), { pong: true });
    });
  });

  test("a command that is interrupted says that what it asked for goes on", async (t) => {
    const tick = await running(t);
    const asking = tick.start(["eval", `console.log("begun"); await new Promise(() => {})`, "--json"]);
    const exited = once(asking, "exit");
    const output: Buffer[] = [];
    asking.stdout?.on("data", (data) => output.push(data));
    await written(asking, "stderr", "begun");
    asking.kill("SIGINT");
    assert.deepEqual(await exited, [1, null]);
    assert.equal(JSON.parse(Buffer.concat(output).toString("utf8")).error.code, "control/interrupted");
    assert.partialDeepStrictEqual(await tick.ask("ping"), { pong: true });
  });

  /** Slides 23 and 24 of the talk. */
  const slides = (package_: string): string => `
await ReleaseHandler.unpackRelease(${JSON.stringify(package_)})
(await ReleaseHandler.installRelease("0.2.0")).otherVsn
ReleaseHandler.whichReleases().map(({ vsn, status }) => [vsn, status])
await ReleaseHandler.makePermanent("0.2.0")
ReleaseHandler.whichReleases().map(({ vsn, status }) => [vsn, status])
module("tick/counter").vsn
`;
  const answers = [
    "'0.2.0'",
    "'0.1.0'",
    "[ [ '0.2.0', 'current' ], [ '0.1.0', 'permanent' ] ]",
    "undefined",
    "[ [ '0.2.0', 'permanent' ], [ '0.1.0', 'old' ] ]",
    "2",
  ];
  const linesOf = (stdout: string): string[] =>
    stdout
      .split("\n")
      .map((line) => line.replace(/^(tick> )+/, ""))
      .filter((line) => line !== "" && !line.startsWith("tick 0"));

  describe("console", () => {
    test("boots a node in which the slides can be typed; leaving it stops the node", async (t) => {
      const tick = handMade(t);
      const { exitCode, stdout, stderr } = await tick.run(["console"], slides(tick.package));
      assert.deepEqual(linesOf(stdout), answers);
      assert.equal(exitCode, 0, stderr);
      assert.equal((await tick.run(["ping"])).exitCode, 6);
      await tick.ok("daemon");
      assert.deepEqual(await statuses(tick), { "0.2.0": "permanent", "0.1.0": "old" });
    });
  });

  describe("remote_console", () => {
    test("is the same in a running node; leaving it leaves the node running", async (t) => {
      const tick = await running(t);
      const { exitCode, stdout } = await tick.run(["remote_console"], slides(tick.package));
      assert.deepEqual(linesOf(stdout), answers);
      assert.equal(exitCode, 0);
      assert.partialDeepStrictEqual(await tick.ask("ping"), { pong: true });
    });

    test("survives what ends its process, and so does the node", async (t) => {
      const tick = await running(t);
      const input = `const a = 1\nProcess.exit(Process.self(), "kill"); await new Promise(() => {})\nthrow new Error("mine")\na\n`;
      const { stdout } = await tick.run(["remote_console"], input);
      assert.deepEqual(linesOf(stdout), ["1", "Interrupted: the console's process ended (killed)", "Error: mine", "1"]);
      assert.partialDeepStrictEqual(await tick.ask("ping"), { pong: true });
    });

    test("ends when the node stops", async (t) => {
      const tick = await running(t);
      const console_ = tick.start(["remote_console"]);
      const exited = once(console_, "exit");
      console_.stdin?.write("1 + 1\n");
      await written(console_, "stdout", "2\n");
      await tick.ok("stop");
      assert.deepEqual(await exited, [0, null]);
    });
  });

  test("a start that finds RELEASES.json ahead of start.json boots what RELEASES.json says", async (t) => {
    const tick = await running(t);
    const start = join(tick.root, "var/default/start.json");
    const before = readFileSync(start);
    await tick.ok("upgrade", tick.package, "--commit-now");
    await killed(tick);
    writeFileSync(start, before);
    await tick.ok("daemon");
    assert.deepEqual(await statuses(tick), { "0.2.0": "permanent", "0.1.0": "old" });
  });
});
