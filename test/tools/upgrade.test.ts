import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import type { ErrorCode } from "../../src/error.ts";
import type { Appup } from "../../src/release/appup.ts";
import type { Base } from "../../src/release/base.ts";
import type { Manifest } from "../../src/release/manifest.ts";
import type { Story } from "../../src/tools/assemble/story.ts";
import { contentOf, TemporaryProject } from "./temporary-project.ts";

const appupFile = "apps/rooms/rooms.appup.json";

describe("buildRelease with upgrade", () => {
  const built = new TemporaryProject();
  let project: TemporaryProject;
  before(() => built.build());
  after(() => built.remove());
  beforeEach(() => {
    project = new TemporaryProject(built);
  });
  afterEach(() => project.remove());

  /** Gives the release and the application `rooms` this version, in which a room's state has another shape. */
  const bump = (from: string, to: string, room = from) => {
    project.edit("underway.config.ts", `vsn: "${from}"`, `vsn: "${to}"`);
    project.edit("apps/rooms/package.json", `"version": "${room}"`, `"version": "${to}"`);
  };
  const changeRoom = (from: number) => project.edit("apps/rooms/src/room.ts", `vsn = ${from}`, `vsn = ${from + 1}`);
  const soft = { prePurge: "soft_purge", postPurge: "soft_purge" };

  it("makeUpgrade generates the appup that is missing, writes it, and makes the relup of it", async () => {
    bump("0.1.0", "0.2.0");
    changeRoom(1);
    project.edit("apps/rooms/src/app.ts", '"everybody"', '"all"');
    project.write({ "apps/rooms/src/extra.ts": "export const extra = 1;\n" });
    const { relup } = await project.build({ upgrade: {} });
    const appup = project.json<Appup>(appupFile);
    assert.deepEqual(appup, {
      format: 1,
      vsn: "0.2.0",
      upFrom: [
        {
          vsn: "0.1.0",
          script: [
            ["add_module", "rooms/extra"],
            ["load_module", "rooms/app", soft],
            ["update", "rooms/room", { change: { advanced: [] }, ...soft }],
          ],
        },
      ],
      downTo: [
        {
          vsn: "0.1.0",
          script: [
            ["load_module", "rooms/app", soft],
            ["update", "rooms/room", { change: { advanced: [] }, ...soft }],
            ["delete_module", "rooms/extra"],
          ],
        },
      ],
    });
    assert.deepEqual(project.json("target/rooms-0.2.0/releases/0.2.0/relup.json"), relup);
    assert.deepEqual(
      relup?.up[0]?.script.map(([name]) => name),
      ["load_object_code", "point_of_no_return", "load", "load", "suspend", "load", "code_change", "resume"],
    );
    const manifest = project.json<Manifest>("target/rooms-0.1.0/releases/0.1.0/manifest.json");
    const hashes = Object.entries(manifest.modules).map(([module, { hash }]) => [module, hash]);
    assert.deepEqual(relup?.up[0]?.modules, Object.fromEntries(hashes), "it names the code that it was made for");
  });

  it("makeUpgrade reads the appup that a person wrote, and leaves it as it is", async () => {
    bump("0.1.0", "0.2.0");
    changeRoom(1);
    const script = [["update", "rooms/room", { change: { advanced: { because: "of me" } } }]];
    const entries = [{ vsn: { regexp: "0\\.1\\.\\d+" }, script }];
    const written = JSON.stringify({ format: 1, vsn: "0.2.0", upFrom: entries, downTo: entries });
    project.write({ [appupFile]: written });
    const { relup } = await project.build({ upgrade: {} });
    assert.equal(project.read(appupFile), written);
    const extra = relup?.up[0]?.script.flatMap((each) => (each[0] === "code_change" ? each[2] : []));
    assert.deepEqual(extra, [{ module: "rooms/room", extra: { because: "of me" } }]);
  });

  const constructors = JSON.stringify(new URL("../../src/tools/appup.ts", import.meta.url));
  const written = `
    import { advanced, appup, update } from ${constructors};
    const script = [update("rooms/room", { change: advanced({ because: "of TypeScript" }) })];
    export default appup("0.2.0", { upFrom: { "0.1.0": script }, downTo: [[/0\\.1\\.\\d+/, script]] });
  `;

  it("makeUpgrade reads the appup that a person wrote in TypeScript", async () => {
    bump("0.1.0", "0.2.0");
    changeRoom(1);
    project.write({ "apps/rooms/appup.ts": written });
    const story = new RecordedStory();
    const { relup } = await project.build({ upgrade: {} }, story);
    const extras = [...(relup?.up ?? []), ...(relup?.down ?? [])].map(({ script }) =>
      script.flatMap((each) => (each[0] === "code_change" ? each[2].map(({ extra }) => extra) : [])),
    );
    assert.deepEqual(extras, [[{ because: "of TypeScript" }], [{ because: "of TypeScript" }]]);
    assert.ok(story.details.some((line) => line.includes("apps/rooms/appup.ts")));
    assert.equal(existsSync(join(project.folder, appupFile)), false, "nothing is generated beside it");
    assert.equal(project.json<Base>("target/rooms-0.2.0.base.json").appups.rooms?.vsn, "0.2.0");
  });

  it("makeUpgrade adds the entry that an appup lacks, behind those that it has", async () => {
    bump("0.1.0", "0.2.0");
    changeRoom(1);
    const own = { vsn: "0.0.9", script: [["load_module", "rooms/room"]] };
    project.write({ [appupFile]: JSON.stringify({ format: 1, vsn: "0.2.0", upFrom: [own], downTo: [own] }) });
    await project.build({ upgrade: {} });
    const { upFrom, downTo } = project.json<Appup>(appupFile);
    assert.deepEqual(upFrom[0], own);
    assert.deepEqual(
      [upFrom, downTo].map((each) => each.map(({ vsn }) => vsn)),
      [
        ["0.0.9", "0.1.0"],
        ["0.0.9", "0.1.0"],
      ],
    );
  });

  it("makeUpgrade replaces the appup of an earlier version only where a base recorded it", async () => {
    bump("0.1.0", "0.2.0");
    changeRoom(1);
    await project.build({ upgrade: {} });
    bump("0.2.0", "0.3.0");
    changeRoom(2);
    const written = project.read(appupFile);
    project.edit(appupFile, '"advanced": []', '"advanced": [1]');
    await refusal(project, "appup/other_vsn", { upgrade: { from: ["0.2.0"] } });
    project.write({ [appupFile]: written });
    const { relup } = await project.build({ upgrade: { from: ["0.2.0", "0.1.0"] } });
    assert.deepEqual(
      relup?.up.map(({ vsn }) => vsn),
      ["0.1.0", "0.2.0"],
    );
    assert.equal(project.json<Appup>(appupFile).vsn, "0.3.0");
  });

  it("makeUpgrade replaces any appup when it is told to generate", async () => {
    bump("0.1.0", "0.2.0");
    changeRoom(1);
    project.write({ [appupFile]: JSON.stringify({ format: 1, vsn: "0.0.1", upFrom: [], downTo: [] }) });
    await project.build({ upgrade: { generate: true } });
    assert.equal(project.json<Appup>(appupFile).vsn, "0.2.0");
  });

  it("makeUpgrade leaves out of the package what no base needs: runtime, stub and start file", async () => {
    bump("0.1.0", "0.2.0");
    const built = await project.build({ upgrade: {} });
    const listed = execFileSync("tar", ["-tzf", built.package], { encoding: "utf8" }).trim().split("\n");
    const left = [...contentOf(built.target).keys()].filter((path) => !listed.includes(path));
    assert.deepEqual(left, ["bin/rooms", "releases/start.json", "runtime-24.0.0/bin/node"]);
    assert.equal(built.withoutRuntime, true);
  });

  it("makeUpgrade packs another runtime, and restarts the node for it", async () => {
    bump("0.1.0", "0.2.0");
    project.write({ "other-node": "#!/bin/sh\n# another\n" });
    const runtime = { vsn: "24.1.0", file: join(project.folder, "other-node") };
    const story = new RecordedStory();
    const built = await project.build({ upgrade: {}, runtime }, story);
    const listed = execFileSync("tar", ["-tzf", built.package], { encoding: "utf8" });
    assert.match(listed, /^runtime-24\.1\.0\/bin\/node$/m);
    assert.deepEqual(built.relup?.up[0]?.script[0], ["restart_new_emulator"]);
    assert.match(story.warnings.join(), /runtime is 24\.0\.0 in 0\.1\.0 and 24\.1\.0 in 0\.2\.0/);
  });

  it("makeUpgrade adds and removes applications", async () => {
    bump("0.1.0", "0.2.0");
    project.write({
      "apps/log/package.json": '{ "name": "log", "version": "1.0.0", "type": "module" }',
      "apps/log/src/log.ts": "export const log = (text: string): string => text;\n",
    });
    project.edit("underway.config.ts", '"apps/tally"', '"apps/tally", "apps/log"');
    project.edit("underway.config.ts", 'tally: "permanent"', 'tally: "permanent", log: { type: "transient" }');
    const { relup } = await project.build({ upgrade: {} });
    const applied = (script: readonly (readonly unknown[])[] = []) =>
      script.flatMap((each) => (each[0] === "apply" ? [JSON.stringify(each[1])] : [])).join();
    assert.match(applied(relup?.up[0]?.script), /start.*log/);
    assert.match(applied(relup?.down[0]?.script), /stop.*log/);
  });

  it("makeUpgrade tells what it generates, instruction by instruction", async () => {
    bump("0.1.0", "0.2.0");
    changeRoom(1);
    const story = new RecordedStory();
    await project.build({ upgrade: {} }, story);
    assert.deepEqual(story.steps, [
      "Assembling rooms 0.2.0",
      "Including the runtime and npm packages",
      "Generating appups",
      "Making relup",
      "Packing rooms 0.2.0",
    ]);
    assert.ok(story.details.includes("rooms: 0.1.0 -> 0.2.0, generated"));
    assert.ok(story.details.includes(":   update rooms/room, advanced [], soft_purge"));
    assert.ok(story.details.includes("up: 0.1.0 -> 0.2.0: 6 instructions, 1 switch"));
  });

  it("makeUpgrade warns of a state that is declared otherwise under the same vsn", async () => {
    bump("0.1.0", "0.2.0");
    project.edit("apps/rooms/src/room.ts", "readonly names:", "readonly open?: boolean;\n  readonly names:");
    const story = new RecordedStory();
    await project.build({ upgrade: {} }, story);
    assert.deepEqual(warningsOf(story), [
      '"State" of rooms/room is declared otherwise than in 0.1.0, and its vsn is still 1: unless the states of that ' +
        "release fit, give it a new vsn and codeChange",
    ]);
  });

  it("makeUpgrade does not warn of a state when only code and comments have changed", async () => {
    bump("0.1.0", "0.2.0");
    project.edit("apps/rooms/src/room.ts", "readonly names:", "/** Who is there. */\n  readonly names:");
    project.edit("apps/rooms/src/room.ts", "Tally.add(1)", "Tally.add(2)");
    const story = new RecordedStory();
    await project.build({ upgrade: {} }, story);
    assert.deepEqual(warningsOf(story), []);
  });

  it("makeUpgrade lets a script that stops the processes load a module whose vsn differs", async () => {
    bump("0.1.0", "0.2.0");
    changeRoom(1);
    project.edit("apps/rooms/src/room.ts", "export const codeChange", "export const codeCange");
    const script = [
      ["stop", ["rooms/room"]],
      ["load_module", "rooms/room"],
      ["start", ["rooms/room"]],
    ];
    const entries = [{ vsn: "0.1.0", script }];
    project.write({ [appupFile]: JSON.stringify({ format: 1, vsn: "0.2.0", upFrom: entries, downTo: entries }) });
    await project.build({ upgrade: {} });
  });

  it("makeUpgrade says that an application with a new name begins without the old one's state", async () => {
    project.edit("underway.config.ts", 'vsn: "0.1.0"', 'vsn: "0.2.0"');
    project.edit("underway.config.ts", ', tally: "permanent"', ', scores: "permanent"');
    project.edit("apps/tally/package.json", '"name": "tally"', '"name": "scores"');
    project.edit("apps/rooms/package.json", '"tally"', '"scores"');
    project.edit("apps/rooms/package.json", '"version": "0.1.0"', '"version": "0.2.0"');
    project.edit("apps/rooms/src/room.ts", "tally/tally", "scores/tally");
    const story = new RecordedStory();
    await project.build({ upgrade: {} }, story);
    assert.deepEqual(warningsOf(story), [
      "from 0.1.0: tally stops, scores starts anew; no state is carried over between applications of different names",
    ]);
  });

  const refused: readonly [string, ErrorCode, (project: TemporaryProject) => object][] = [
    [
      "an application that changed under its old version",
      "assemble/same_vsn_other_content",
      (project) => {
        project.edit("underway.config.ts", '"0.1.0"', '"0.2.0"');
        project.edit("apps/rooms/priv/page.html", "Rooms", "Halls");
        return {};
      },
    ],
    [
      "a package that changed under an application's old version",
      "assemble/same_vsn_other_content",
      (project) => {
        project.edit("underway.config.ts", '"0.1.0"', '"0.2.0"');
        project.edit("node_modules/@words/pad/index.js", "!", "?");
        return {};
      },
    ],
    [
      "another binary of the same Node",
      "assemble/other_runtime",
      (project) => {
        bump("0.1.0", "0.2.0");
        project.write({ "fake-node": "#!/bin/sh\n# another\n" });
        return {};
      },
    ],
    [
      "a release as its own base",
      "assemble/same_release_vsn",
      (project) => ({ bases: [join(project.target, "rooms-0.1.0.base.json")] }),
    ],
    ["a base that is not there", "assemble/missing_base", () => ({ from: ["0.0.1"] })],
    ["no base but its own", "assemble/same_release_vsn", () => ({})],
    [
      "a base of another release",
      "assemble/other_release",
      (project) => {
        const base = project.read("target/rooms-0.1.0.base.json").replace('"name": "rooms"', '"name": "halls"');
        project.write({ "halls.json": base });
        return { bases: [join(project.folder, "halls.json")] };
      },
    ],
    [
      "a base that is not whole",
      "release/bad_file",
      (project) => {
        project.write({ "bad.json": '{ "format": 1 }' });
        return { bases: [join(project.folder, "bad.json")] };
      },
    ],
    [
      "a base of a later Underway",
      "release/newer_format",
      (project) => {
        project.write({ "later.json": '{ "format": 2 }' });
        return { bases: [join(project.folder, "later.json")] };
      },
    ],
    [
      "an appup that names an unknown module",
      "relup/no_such_module",
      (project) => {
        bump("0.1.0", "0.2.0");
        const entries = [{ vsn: "0.1.0", script: [["load_module", "rooms/cellar"]] }];
        project.write({ [appupFile]: JSON.stringify({ format: 1, vsn: "0.2.0", upFrom: entries, downTo: entries }) });
        return {};
      },
    ],
    [
      "an appup that forgets a changed module",
      "relup/incomplete",
      (project) => {
        bump("0.1.0", "0.2.0");
        changeRoom(1);
        const entries = [{ vsn: "0.1.0", script: [] }];
        project.write({ [appupFile]: JSON.stringify({ format: 1, vsn: "0.2.0", upFrom: entries, downTo: entries }) });
        return {};
      },
    ],
    [
      "an appup that keeps states whose vsn differs",
      "appup/state_kept",
      (project) => {
        bump("0.1.0", "0.2.0");
        changeRoom(1);
        const entries = [{ vsn: "0.1.0", script: [["update", "rooms/room", { change: "soft" }]] }];
        project.write({ [appupFile]: JSON.stringify({ format: 1, vsn: "0.2.0", upFrom: entries, downTo: entries }) });
        return {};
      },
    ],
    [
      "a state of another vsn in a module without codeChange",
      "appup/no_code_change",
      (project) => {
        bump("0.1.0", "0.2.0");
        changeRoom(1);
        project.edit("apps/rooms/src/room.ts", "export const codeChange", "export const codeCange");
        return {};
      },
    ],
    [
      "two appups of one application",
      "appup/two_files",
      (project) => {
        bump("0.1.0", "0.2.0");
        project.write({ "apps/rooms/appup.ts": written, [appupFile]: "{}" });
        return {};
      },
    ],
    [
      "an appup in TypeScript that throws",
      "appup/bad_module",
      (project) => {
        bump("0.1.0", "0.2.0");
        project.write({ "apps/rooms/appup.ts": 'throw new Error("no");' });
        return {};
      },
    ],
    [
      "an appup in TypeScript that exports nothing",
      "appup/bad_module",
      (project) => {
        bump("0.1.0", "0.2.0");
        project.write({ "apps/rooms/appup.ts": "export const appup = 1;" });
        return {};
      },
    ],
    [
      "an appup in TypeScript that exports no appup",
      "release/bad_file",
      (project) => {
        bump("0.1.0", "0.2.0");
        project.write({ "apps/rooms/appup.ts": "export default { format: 1 };" });
        return {};
      },
    ],
    [
      "an appup that is not JSON",
      "release/not_json",
      (project) => {
        bump("0.1.0", "0.2.0");
        project.write({ [appupFile]: '{ "format": 1,' });
        return {};
      },
    ],
  ];
  for (const [what, code, prepare] of refused) {
    it(`makeUpgrade refuses ${what}, and leaves everything as it was`, async () => {
      const upgrade = prepare(project);
      await refusal(project, code, { upgrade });
      assert.equal(existsSync(join(project.target, "rooms-0.2.0")), false);
    });
  }
});

/** Builds, expects this error, and that no file of the project has changed. */
async function refusal(project: TemporaryProject, code: ErrorCode, options: object): Promise<void> {
  const before = contentOf(project.folder);
  await assert.rejects(project.build(options), (e: { code?: string; message: string }) => {
    assert.equal(e.code, code, e.message);
    assert.match(e.message, /\n {2}cure: /);
    return true;
  });
  assert.deepEqual(contentOf(project.folder), before);
}

/** The stand-in for the runtime is small, which is told in every build. */
const warningsOf = ({ warnings }: RecordedStory) => warnings.filter((text) => !text.includes("fake-node"));

class RecordedStory implements Story {
  readonly steps: string[] = [];
  readonly details: string[] = [];
  readonly warnings: string[] = [];
  step = (what: string, subject: string) => void this.steps.push(`${what} ${subject}`);
  detail = (label: string, text: string) => void this.details.push(`${label}: ${text}`);
  warning = (text: string) => void this.warnings.push(text);
}
