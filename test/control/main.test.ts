// The command line, without a node: what is understood, what is refused, and how either is told.

import assert from "node:assert/strict";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { temporaryFolder } from "../handler/tar.ts";
import { HandMade } from "./hand-made.ts";

let tick: HandMade;
before((t) => {
  tick = new HandMade(temporaryFolder(t as never));
});

const commands =
  "foreground daemon console stop restart ping pid status releases old_code unpack install commit upgrade downgrade remove remote_console rpc eval";

describe("the control script", () => {
  test("lists its commands and exit codes without arguments, with --help and with help", async () => {
    const outcomes = await Promise.all([[], ["--help"], ["-h"], ["help"]].map((args) => tick.run(args)));
    for (const { exitCode, stdout, stderr } of outcomes) {
      assert.equal(exitCode, 0);
      assert.equal(stderr, "");
      for (const command of commands.split(" ")) assert.match(stdout, new RegExp(`^  ${command}\\b`, "m"));
      assert.match(stdout, / 3 {2}refused, and nothing was changed/);
    }
  });

  test("explains each command", async () => {
    for (const command of commands.split(" ").filter((_, i) => i % 4 === 0)) {
      const { exitCode, stdout } = await tick.run([command, "--help"]);
      assert.equal(exitCode, 0);
      assert.match(stdout, new RegExp(`^bin/tick ${command}`));
    }
  });

  const refused: readonly { args: readonly string[]; says: RegExp }[] = [
    { args: ["bogus"], says: /Cannot run "bogus": no such command/ },
    { args: ["remote-console"], says: /did you mean "remote_console"/ },
    { args: ["ping", "extra"], says: /Cannot run "ping" with 1 argument\n/ },
    { args: ["install"], says: /write it as: bin\/tick install VSN/ },
    { args: ["rpc", "tick/api"], says: /MODULE FUNCTION/ },
    { args: ["ping", "--bogus"], says: /Unknown option '--bogus'/ },
    { args: ["install", "0.2.0", "--commit-now"], says: /Unknown option '--commit-now'/ },
    { args: ["ping", "--instance"], says: /--instance/ },
    { args: ["ping", "--instance", "../other"], says: /Cannot use "\.\.\/other" as the name of an instance/ },
    { args: ["daemon", "--env", "port=4000"], says: /it is not APP\.KEY=JSON/ },
    { args: ["daemon", "--env", "tick.step"], says: /it is not APP\.KEY=JSON/ },
    { args: ["daemon", "--env", "tick.name=lobby"], says: /a text needs quotes.*'tick\.name="lobby"'/ },
    { args: ["daemon", "--wait", "soon"], says: /Cannot wait for soon seconds/ },
    { args: ["rpc", "tick/api", "add", "5"], says: /it is no JSON array/ },
    { args: ["rpc", "tick/api", "add", "[5"], says: /it is no JSON array/ },
  ];
  for (const { args, says } of refused) {
    test(`refuses ${args.join(" ")} with exit code 2`, async () => {
      const { exitCode, stdout, stderr } = await tick.run(args);
      assert.match(stderr, says);
      assert.equal(exitCode, 2);
      assert.equal(stdout, "");
    });
  }

  for (const args of [
    ["ping"],
    ["stop"],
    ["restart"],
    ["releases"],
    ["upgrade", "0.2.0"],
    ["eval", "1"],
    ["remote_console"],
  ]) {
    test(`says that no node runs, and how to start one, for ${args.join(" ")}, with exit code 6`, async () => {
      const { exitCode, stderr } = await tick.run(args);
      assert.match(stderr, /Cannot reach "tick": no node runs\n.*\n.*bin\/tick daemon/);
      assert.equal(exitCode, 6);
    });
  }

  test("believes neither a pid file nor a socket's file that a killed node has left", async (t) => {
    const left = new HandMade(temporaryFolder(t));
    mkdirSync(join(left.root, "var/default"), { recursive: true });
    for (const name of ["control.sock", "pid"]) writeFileSync(join(left.root, "var/default", name), `${process.pid}`);
    // A process of that number lives, but it began at another time.
    left.write("var/default/lock", JSON.stringify({ pid: process.pid, started: "1" }));
    const { exitCode, stderr } = await left.run(["ping"]);
    assert.match(stderr, /no node runs/);
    assert.equal(exitCode, 6);
  });

  test("tells an error as one JSON value on stdout with --json, wherever it stands", async () => {
    for (const args of [
      ["ping", "--json"],
      ["--json", "ping"],
    ]) {
      const { exitCode, stdout, stderr } = await tick.run(args);
      const { ok, error } = JSON.parse(stdout);
      assert.deepEqual([ok, error.code, error.exitCode, exitCode, stderr], [false, "control/no_node", 6, 6, ""]);
    }
    const { stdout } = await tick.run(["bogus", "--json"]);
    assert.equal(JSON.parse(stdout).error.code, "control/bad_usage");
  });

  test("writes nothing into the target directory while it only asks", () => {
    assert.equal(readdirSync(tick.root).includes("var"), false);
  });
});
