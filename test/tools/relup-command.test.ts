// The commands about appups and relups, as a person runs them.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { App } from "../../src/release/app.ts";
import type { Appup } from "../../src/release/appup.ts";
import { validateRelup } from "../../src/release/validate.ts";
import { app, entry, rel, underway } from "../release/fixtures.ts";
import { TemporaryProject, temporaryFolder, writeFiles } from "./temporary-project.ts";

const command = join(import.meta.dirname, "../../src/tools/cli/underway.ts");

const run = (cwd: string, ...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--conditions=underway-source", command, ...args], {
    ...{ cwd, encoding: "utf8" },
  });
  return { status, stdout, stderr };
};

describe("underway relup", () => {
  const folder = temporaryFolder();
  after(() => rmSync(folder, { recursive: true }));
  const relup = (...args: readonly string[]) => run(folder, "relup", ...args);

  const json = (value: unknown) => JSON.stringify(value, null, 2);
  const apps: readonly App[] = ["1", "2", "3"].map((vsn) => app("chat", vsn, { modules: ["chat/room", "chat/page"] }));
  const load: Appup["upFrom"][number]["script"] = [["load_module", "chat/page"]];
  const appup = (vsn: string, other: string): Appup => ({
    ...{ format: 1, vsn },
    upFrom: [entry(other, [["update", "chat/room", { change: { advanced: [] } }], ...load])],
    downTo: [entry(other, load)],
  });
  before(() => {
    writeFiles(folder, {
      ...Object.fromEntries(apps.map((one) => [`${one.vsn}.rel.json`, json(rel(`R${one.vsn}`, [one]))])),
      ...Object.fromEntries(apps.map((one) => [`lib/chat-${one.vsn}/chat.app.json`, json(one)])),
      "lib/underway-1/underway.app.json": json(underway),
      "lib/chat-2/chat.appup.json": json(appup("2", "1")),
      "lib/chat-3/chat.appup.json": json(appup("3", "2")),
      "bad/chat.appup.json":
        '{\n  "format": 1,\n  "vsn": "2",\n  "upFrom": [{ "vsn": "1", "script": [["lod_module"]] }],\n  "downTo": []\n}',
      "chat.rel": "{release}.",
      "empty/x": "",
    });
  });

  it("underway relup prints an instruction a line with the file and line that it comes from", () => {
    const { status, stdout, stderr } = relup("--top", "2.rel.json", "--from", "1.rel.json", "--path", "lib/*");
    assert.equal(stderr, "warning: hashes of the modules are not known: this relup can be read, but not installed\n");
    assert.deepEqual(stdout.split("\n"), [
      "relup of R2",
      "",
      "up: R1 -> R2",
      '    load_object_code chat, 2, [chat/room, chat/page]  # chat.appup.json, upFrom "1", lines 8, 17',
      "    point_of_no_return",
      '    suspend [chat/room]                               # chat.appup.json, upFrom "1", line 8',
      '    load chat/room, brutal_purge                      # chat.appup.json, upFrom "1", line 8',
      '    code_change up, [chat/room, []]                   # chat.appup.json, upFrom "1", line 8',
      '    resume [chat/room]                                # chat.appup.json, upFrom "1", line 8',
      '    load chat/page, brutal_purge                      # chat.appup.json, upFrom "1", line 17',
      "",
      "down: R2 -> R1",
      '    load_object_code chat, 1, [chat/page]  # chat.appup.json, downTo "1", line 28',
      "    point_of_no_return",
      '    load chat/page, brutal_purge           # chat.appup.json, downTo "1", line 28',
      "",
    ]);
    assert.equal(status, 0);
  });

  it("underway relup --json prints what --out writes, and --no-down makes no way back", () => {
    const paths = ["--path", "lib/*", "--no-down", "--out", "relup.json"];
    const { stdout } = relup("--top", "2.rel.json", "--from", "1.rel.json", "--json", ...paths);
    assert.equal(readFileSync(join(folder, "relup.json"), "utf8"), stdout);
    const made = validateRelup(JSON.parse(stdout), "relup.json");
    assert.deepEqual([made.vsn, made.up.map(({ vsn }) => vsn), made.down], ["R2", ["R1"], []]);
  });

  it("underway relup composes 1 -> 2 -> 3 and says so; with --otp it finds no way", () => {
    const query = [
      "--top",
      "3.rel.json",
      "--from",
      "1.rel.json",
      "2.rel.json",
      "--to",
      "2.rel.json",
      "--path",
      "lib/*",
    ];
    const { status, stdout, stderr } = relup(...query);
    assert.match(
      stderr,
      /warning: no appup of "chat" leads directly from 1 to 3: the script is composed of 1 -> 2 -> 3/,
    );
    assert.match(stdout, /# chat.appup.json of 2, upFrom "1", instruction 1\n/);
    assert.equal(status, 0);
    const strict = relup(...query, "--warnings-as-errors");
    assert.deepEqual([strict.status, /relup\/warnings_treated_as_errors/.test(strict.stderr)], [1, true]);
    const otp = relup(...query, "--otp");
    assert.deepEqual([otp.status, /code: relup\/no_relup/.test(otp.stderr)], [1, true]);
  });

  it("underway relup takes bases alone, and its relup is the one that was built", async () => {
    const project = new TemporaryProject();
    try {
      await project.build();
      project.edit("underway.config.ts", 'vsn: "0.1.0"', 'vsn: "0.2.0"');
      project.edit("apps/rooms/package.json", '"version": "0.1.0"', '"version": "0.2.0"');
      project.edit("apps/rooms/src/room.ts", "vsn = 1", "vsn = 2");
      const built = await project.build({ upgrade: {} });
      const base = (vsn: string) => join(project.target, `rooms-${vsn}.base.json`);
      const { status, stdout, stderr } = relup("--top", base("0.2.0"), "--from", base("0.1.0"), "--json");
      assert.deepEqual([status, stderr], [0, ""]);
      assert.deepEqual(JSON.parse(stdout), built.relup);
      const files = (vsn: string) => join(project.target, `rooms-${vsn}/releases/${vsn}/rooms.rel.json`);
      const found = relup(
        "--top",
        files("0.2.0"),
        "--from",
        files("0.1.0"),
        "--path",
        join(project.folder, "apps/*"),
        "--json",
      );
      assert.deepEqual(JSON.parse(found.stdout), built.relup);

      const verified = run(project.folder, "appup");
      assert.equal(verified.status, 0);
      assert.match(
        verified.stdout,
        /^appup of rooms 0\.2\.0\n\nupFrom 0\.1\.0\n {4}update rooms\/room, advanced \[\], soft_purge +# line \d+/,
      );
      assert.match(verified.stderr, /verified: rooms 0\.2\.0 can be upgraded from 0\.1\.0, and back/);
      project.edit("apps/rooms/rooms.appup.json", '"rooms/room"', '"rooms/rom"');
      const refused = run(project.folder, "appup");
      assert.equal(refused.status, 1);
      assert.match(
        refused.stderr,
        /Cannot find module "rooms\/rom" in rooms\.appup\.json, upFrom "0\.1\.0", instruction 1, line \d+/,
      );
    } finally {
      project.remove();
    }
  });

  const refusals: readonly (readonly [what: string, status: number, error: RegExp, args: readonly string[]])[] = [
    ["without a release", 2, /required option '--top <file>'/, []],
    ["without another release", 2, /give '--from', '--to' or both/, ["--top", "2.rel.json"]],
    ["a release that is not there", 2, /code: relup\/no_such_release/, ["--top", "9.rel.json", "--from", "1.rel.json"]],
    [
      "a path that is not there",
      2,
      /code: relup\/no_such_path/,
      ["--top", "2.rel.json", "--from", "1.rel.json", "--path", "no/*"],
    ],
    [
      "a release file of Erlang",
      1,
      /cure: bring it over first: underway import-erlang/,
      ["--top", "chat.rel", "--from", "1.rel.json"],
    ],
    [
      "application files that are missing",
      1,
      /code: release\/error_reading/,
      ["--top", "2.rel.json", "--from", "1.rel.json", "--path", "empty"],
    ],
    [
      "an appup with a misspelt instruction",
      1,
      /instruction 1, line 4: .*\n {2}cure: write \["load_module", module, \{ prePurge, postPurge, depMods \}\]/,
      ["--top", "2.rel.json", "--from", "1.rel.json", "--path", "bad", "lib/*"],
    ],
    [
      "--no-down with --to",
      2,
      /exclude each other/,
      ["--top", "2.rel.json", "--from", "1.rel.json", "--no-down", "--to", "1.rel.json"],
    ],
  ];
  for (const [what, status, error, args] of refusals) {
    it(`underway relup refuses ${what}`, () => {
      const result = relup(...args);
      assert.match(result.stderr, error);
      assert.equal(result.status, status);
    });
  }
  it("underway relup and underway appup explain themselves with examples", () => {
    for (const name of ["relup", "appup", "import-erlang", "export-erlang"]) {
      const { status, stdout } = run(folder, name, "--help");
      assert.deepEqual([status, stdout.includes(`  $ underway ${name} `)], [0, true], name);
    }
  });
});

describe("underway appup", () => {
  const folder = temporaryFolder();
  after(() => rmSync(folder, { recursive: true }));

  it("underway appup prints one file by itself", () => {
    const script = [
      ["load_module", "chat/page", { prePurge: "soft_purge", postPurge: "soft_purge" }],
      ["restart_emulator"],
    ];
    const entries = [{ vsn: { regexp: "1\\..*" }, script }];
    writeFiles(folder, {
      "chat.appup.json": JSON.stringify({ format: 1, vsn: "2", upFrom: entries, downTo: [{ vsn: "1", script: [] }] }),
    });
    const { status, stdout } = run(folder, "appup", "chat.appup.json");
    assert.deepEqual(stdout.split("\n"), [
      "appup of chat.appup.json 2",
      "",
      "upFrom /1\\..*/",
      "    load_module chat/page, soft_purge  # line 1",
      "    restart_emulator                   # line 1",
      "",
      "downTo 1",
      "    nothing to do",
      "",
      "",
    ]);
    assert.equal(status, 0);
  });
  it("underway appup prints an appup.ts by itself", () => {
    const source = `
      import { appup, update } from "underway/appup";
      export default appup("2", { upFrom: { 1: [update("chat/room")] } });`;
    writeFiles(folder, { "chat/appup.ts": source });
    symlinkSync(join(import.meta.dirname, "../../node_modules"), join(folder, "node_modules"));
    const { status, stdout } = run(folder, "appup", "chat/appup.ts");
    assert.deepEqual([status, stdout], [0, "appup of chat/appup.ts 2\n\nupFrom 1\n    update chat/room\n\n"]);
  });
  it("underway appup refuses a file and an application that are not there", () => {
    const file = run(folder, "appup", "x.appup.json");
    assert.deepEqual([file.status, /code: appup\/no_such_file/.test(file.stderr)], [2, true]);
    const application = run(join(import.meta.dirname, "fixtures/rooms"), "appup", "nobody");
    assert.deepEqual([application.status, /code: appup\/no_such_application/.test(application.stderr)], [2, true]);
  });
});

describe("underway import-erlang", () => {
  const folder = temporaryFolder();
  after(() => rmSync(folder, { recursive: true }));

  it("underway import-erlang and export-erlang are the way there and back", () => {
    const text =
      '{"2",\n [{<<"1\\\\..*">>,[{load_module,page,brutal_purge,brutal_purge,[]},restart_emulator]}],\n [{"1",[]}]}.\n';
    writeFiles(folder, { "chat.appup": text });
    assert.equal(run(folder, "import-erlang", "chat.appup", "--out", "chat.appup.json").status, 0);
    const { status, stdout } = run(folder, "export-erlang", "chat.appup.json");
    assert.equal(status, 0);
    assert.equal(stdout.replaceAll(/\s/g, ""), text.replaceAll(/\s/g, ""));
  });
  it("underway import-erlang refuses a file that is not there, and one that is something else", () => {
    writeFiles(folder, { "x.app": "{hello}." });
    const missing = run(folder, "import-erlang", "y.app");
    assert.deepEqual([missing.status, /code: erlang\/no_such_file/.test(missing.stderr)], [2, true]);
    const other = run(folder, "import-erlang", "x.app");
    assert.deepEqual([other.status, /code: erlang\/unknown_kind/.test(other.stderr)], [2, true]);
    const nameless = run(folder, "export-erlang", "x.app");
    assert.deepEqual([nameless.status, /code: erlang\/unknown_file/.test(nameless.stderr)], [2, true]);
  });
  it("underway import-erlang and the others name what cannot be read or written", () => {
    writeFiles(folder, { "y.app": '{application,y,[{vsn,"1"}]}.', "dir/file": "" });
    const read = run(folder, "import-erlang", "dir");
    assert.deepEqual(
      [read.status, read.stderr.split("\n")[1]],
      [1, 'error Cannot read "dir": illegal operation on a directory'],
    );
    const write = run(folder, "import-erlang", "y.app", "--out", "none/y.app.json");
    assert.match(
      write.stderr,
      /Cannot write "none\/y\.app\.json": no such file or directory\n.*\n.*config\/cannot_write/,
    );
    assert.match(
      run(folder, "relup", "--top", "dir", "--from", "dir").stderr,
      /Cannot read "dir": .*\n.*\n.*config\/cannot_read/,
    );
  });
});
