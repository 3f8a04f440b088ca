import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { stubText } from "../../src/runtime/control/stub.ts";
import { temporaryFolder } from "../handler/tar.ts";

/** Says what it was called with, a line each. */
const runtime = `#!/bin/sh
printf '%s\\n' "$UNDERWAY_ROOT" "$UNDERWAY_INSTANCE" "$UNDERWAY_RELEASE_NAME" "$@"
`;

function put(root: string, path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  chmodSync(join(root, path), mode);
}

const start = (vsn: string): string =>
  JSON.stringify({ format: 1, name: "chat", vsn, runtime: `runtime-${vsn}`, underway: `lib/underway-${vsn}` }, null, 2);

/** A target directory whose path needs quoting. */
function targetDirectory(t: TestContext): string {
  const root = join(temporaryFolder(t), `it's a "dir" $HOME`);
  put(root, "bin/chat", stubText("chat"), 0o755);
  put(root, "runtime-1/bin/node", runtime, 0o755);
  put(root, "runtime-2/bin/node", runtime, 0o755);
  put(root, "releases/start.json", start("1"));
  return root;
}

interface Ran {
  readonly status: number | null;
  readonly lines: readonly string[];
  readonly stderr: string;
}

function run(file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = "/"): Ran {
  const { status, stdout, stderr } = spawnSync(file, args, {
    cwd,
    env: { PATH: process.env.PATH, ...env },
    encoding: "utf8",
  });
  return { status, lines: stdout.split("\n").slice(0, -1), stderr };
}

const script = (root: string, vsn: string): string => join(root, `lib/underway-${vsn}/dist/runtime/control/script.js`);

describe("stubText makes a script that", () => {
  test("runs the script of the first release, with its arguments as they are", (t) => {
    const root = targetDirectory(t);
    const args = ["rpc", "a b", `'"`, "$x", "", "--json", "*"];
    assert.deepEqual(run(join(root, "bin/chat"), args).lines, [root, "default", "chat", script(root, "1"), ...args]);
  });

  test("runs the script that var/<instance>/start.json names", (t) => {
    const root = targetDirectory(t);
    put(root, "var/default/start.json", start("2"));
    put(root, "var/other/start.json", start("1"));
    assert.equal(run(join(root, "bin/chat"), []).lines[3], script(root, "2"));
    assert.equal(run(join(root, "bin/chat"), ["--instance", "other"]).lines[3], script(root, "1"));
  });

  test("reads a start.json on one line, too", (t) => {
    const root = targetDirectory(t);
    put(root, "var/default/start.json", JSON.stringify(JSON.parse(start("2"))));
    assert.equal(run(join(root, "bin/chat"), []).lines[3], script(root, "2"));
  });

  test("takes the instance from --instance, or from the environment", (t) => {
    const root = targetDirectory(t);
    const instanceOf = (args: readonly string[], env = {}): readonly string[] =>
      run(join(root, "bin/chat"), args, env).lines.filter((_, i) => i !== 0 && i !== 2 && i !== 3);
    assert.deepEqual(instanceOf(["--instance", "two", "ping"]), ["two", "ping"]);
    assert.deepEqual(instanceOf(["--instance=two", "ping"]), ["two", "ping"]);
    assert.deepEqual(instanceOf(["ping"], { UNDERWAY_INSTANCE: "three" }), ["three", "ping"]);
  });

  test("finds its target directory through links, from anywhere, whatever CDPATH says", (t) => {
    const root = targetDirectory(t);
    const elsewhere = temporaryFolder(t);
    symlinkSync(join(root, "bin/chat"), join(elsewhere, "absolute"));
    symlinkSync("absolute", join(elsewhere, "relative"));
    for (const [file, cwd] of [
      [join(elsewhere, "relative"), "/"],
      ["./relative", elsewhere],
      ["bin/chat", root],
    ] as const) {
      assert.equal(run(file, [], { CDPATH: "/:/tmp" }, cwd).lines[0], root, file);
    }
  });

  test("falls back to the first release when start.json is torn or names what is gone", (t) => {
    const root = targetDirectory(t);
    for (const torn of ["", `{ "format": 1, "runt`, start("9")]) {
      put(root, "var/default/start.json", torn);
      assert.equal(run(join(root, "bin/chat"), []).lines[3], script(root, "1"), torn);
    }
  });

  for (const instance of ["", "..", "../other", "a/b", "a b", "$x", "-x", "ä;rm"]) {
    test(`refuses the instance ${JSON.stringify(instance)}`, (t) => {
      const { status, stderr } = run(join(targetDirectory(t), "bin/chat"), ["--instance", instance, "ping"]);
      assert.equal(status, 2);
      assert.match(stderr, /^Cannot run chat: an instance is named by/);
    });
  }

  test("refuses --instance without a name", (t) => {
    assert.equal(run(join(targetDirectory(t), "bin/chat"), ["--instance"]).status, 2);
  });

  test("says so when there is no runtime", (t) => {
    const root = targetDirectory(t);
    rmSync(join(root, "runtime-1"), { recursive: true });
    const { status, stderr } = run(join(root, "bin/chat"), ["ping"]);
    assert.equal(status, 1);
    assert.match(stderr, /runtime-1\/bin\/node is missing/);
    rmSync(join(root, "releases/start.json"));
    assert.match(run(join(root, "bin/chat"), ["ping"]).stderr, /start\.json does not name a runtime/);
  });
});

test("stubText refuses a name that would not be safe in a script", () => {
  for (const name of ["a b", "$(x)", "a;b", "", "-a", "a/b", "a'b"]) assert.throws(() => stubText(name), TypeError);
});
