import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import type { ErrorCode } from "../../src/error.ts";
import type { BuildOptions } from "../../src/tools/assemble/build-release.ts";
import { contentOf, TemporaryProject } from "./temporary-project.ts";

const config = "underway.config.ts";
const room = "apps/rooms/src/room.ts";
const json = "apps/rooms/package.json";

interface Refusal {
  readonly what: string;
  readonly code: ErrorCode;
  /** What the message must say, so that a person finds the place. */
  readonly says: RegExp;
  readonly break: (project: TemporaryProject) => void;
  readonly options?: Partial<BuildOptions>;
}

const remove = (project: TemporaryProject, path: string) => rmSync(join(project.folder, path), { recursive: true });

const refusals: readonly Refusal[] = [
  {
    what: "a syntax error",
    code: "compile/syntax_error",
    says: /apps\/rooms\/src\/room\.ts:\d+:\d+/,
    break: (project) => project.edit(room, "export const enter =", "export const enter = ="),
  },
  {
    what: "a type error",
    code: "assemble/type_error",
    says: /apps\/rooms\/src\/room\.ts\(\d+,\d+\): error TS2322/,
    break: (project) => project.edit(room, "greeting: `", "greeting: 5 + +`"),
  },
  {
    what: "a type error between two applications",
    code: "assemble/type_error",
    says: /room\.ts\(\d+,\d+\): error TS2345/,
    break: (project) => project.edit(room, "Tally.add(1)", 'Tally.add("1")'),
  },
  {
    what: "an application folder that is not there",
    code: "assemble/no_application_folder",
    says: /"apps\/tally"/,
    break: (project) => remove(project, "apps/tally"),
  },
  {
    what: "an application without package.json",
    code: "assemble/no_package_json",
    says: /"apps\/rooms"/,
    break: (project) => remove(project, json),
  },
  {
    what: "an application without sources",
    code: "assemble/no_sources",
    says: /"apps\/tally"/,
    break: (project) => remove(project, "apps/tally/src"),
  },
  {
    what: "a package.json that is not JSON",
    code: "release/not_json",
    says: /apps\/rooms\/package\.json/,
    break: (project) => project.edit(json, '"name"', "name"),
  },
  {
    what: "a misspelt field of an application",
    code: "config/unknown_key",
    says: /package\.json": underway has a key "registred"/,
    break: (project) => project.edit(json, '"registered"', '"registred"'),
  },
  {
    what: "an application that is called as Underway itself",
    code: "release/bad_file",
    says: /other than "underway"/,
    break: (project) => project.edit(json, '"name": "rooms"', '"name": "underway"'),
  },
  {
    what: "an application of CommonJS modules",
    code: "release/bad_file",
    says: /type must be "module"/,
    break: (project) => project.edit(json, '"type": "module"', '"type": "commonjs"'),
  },
  {
    what: "a start module that the application does not have",
    code: "assemble/no_start_module",
    says: /"rooms\/ap"/,
    break: (project) => project.edit(json, "rooms/app", "rooms/ap"),
  },
  {
    what: "two applications of one name",
    code: "assemble/duplicate_application",
    says: /"apps\/rooms", "apps\/tally"/,
    break: (project) => project.edit("apps/tally/package.json", '"tally"', '"rooms"'),
  },
  {
    what: "a release of an application that the project does not have",
    code: "assemble/missing_application",
    says: /called "cellar"/,
    break: (project) => project.edit(config, 'tally: "permanent"', 'tally: "permanent", cellar: "load"'),
  },
  {
    what: "a release without an application that another one uses",
    code: "release/undefined_applications",
    says: /"tally"/,
    // The module is not imported either, or the compiler would find it first.
    break(project) {
      project.edit(config, ', tally: "permanent"', "");
      project.edit(room, 'import * as Tally from "tally/tally";\n', "");
      project.edit(room, "Tally.add(1);", "");
    },
  },
  {
    what: "an npm package that is not installed",
    code: "assemble/package_not_installed",
    says: /npm install greet/,
    break: (project) => remove(project, "node_modules/greet"),
  },
  {
    what: "an npm package whose dependency is not installed",
    code: "assemble/package_not_installed",
    says: /"greet 1\.0\.0" imports it/,
    break: (project) => remove(project, "node_modules/@words"),
  },
  {
    what: "a project without configuration",
    code: "config/not_found",
    says: /has no underway\.config\.ts/,
    break: (project) => remove(project, config),
  },
  {
    what: "a configuration that throws",
    code: "config/failed",
    says: /out of cheese/,
    break: (project) => project.edit(config, "export default", 'throw new Error("out of cheese");\nexport default'),
  },
  {
    what: "a configuration that exports nothing",
    code: "release/bad_file",
    says: /the whole value must be a record, found nothing/,
    break: (project) => project.edit(config, "export default", "export const project ="),
  },
  {
    what: "a misspelt key that had to be there, by its own name",
    code: "config/unknown_key",
    says: /it has a key "aplications"/,
    break: (project) => project.edit(config, "applications:", "aplications:"),
  },
  {
    what: "a project of CommonJS modules, as npm init makes it",
    code: "config/not_module",
    says: /npm pkg set type=module/,
    break: (project) => project.write({ "package.json": '{ "name": "rooms-project", "type": "commonjs" }' }),
  },
  {
    what: "a project without Node's types, and says where to get them",
    code: "assemble/type_error",
    says: /cure: npm install --save-dev @types\/node@24/,
    break: (project) => project.edit(room, "export const vsn", "export const pid = process.pid;\nexport const vsn"),
  },
  {
    what: "to build a version again with other content",
    code: "assemble/other_build",
    says: /rooms\/modules\/room\.obj\.json.*\n.*--force/,
    break: (project) => project.edit(room, "names: [...state.names, name]", "names: [name]"),
  },
  {
    what: "an option that nobody knows",
    code: "config/unknown_key",
    says: /releases\.rooms has a key "relinked", .*\n.*known are "vsn"/,
    break: (project) => project.edit(config, "config:", "relinked: [], config:"),
  },
  {
    what: "a configuration value that is not data",
    code: "release/bad_file",
    says: /releases\.rooms\.config\.rooms\.port/,
    break: (project) => project.edit(config, "port: 4000", "port: () => 4000"),
  },
  {
    what: "a release that the project does not have",
    code: "assemble/no_such_release",
    says: /"rooms"/,
    break: () => {},
    options: { release: "halls" },
  },
  {
    what: "a choice between releases that nobody made",
    code: "assemble/choose_release",
    says: /"rooms", "halls"/,
    break: (project) => project.edit(config, "rooms: {\n", 'rooms: { vsn: "1", applications: {} }, halls: {\n'),
  },
  {
    what: "an Underway that was not built",
    code: "assemble/no_underway_build",
    says: /npm run build/,
    break: (project) => remove(project, "node_modules/underway/dist/runtime"),
  },
];

describe("buildRelease with bad input", () => {
  const built = new TemporaryProject();
  let project: TemporaryProject;
  before(() => built.build());
  after(() => built.remove());
  beforeEach(() => {
    project = new TemporaryProject(built);
  });
  afterEach(() => project.remove());

  for (const refusal of refusals) {
    it(`buildRelease refuses ${refusal.what}, and leaves the earlier build as it was`, async () => {
      refusal.break(project);
      const before = contentOf(project.folder);
      await assert.rejects(project.build(refusal.options), (e: { code?: string; message: string }) => {
        assert.equal(e.code, refusal.code, e.message);
        assert.match(e.message, refusal.says);
        assert.match(e.message, /\n {2}cure: /);
        return true;
      });
      assert.deepEqual(contentOf(project.folder), before);
    });
  }

  it("buildRelease refuses to replace a target directory that a node runs from", async () => {
    project.write({ "target/rooms-0.1.0/var/default/pid": `${process.pid}\n` });
    const before = contentOf(project.folder);
    await assert.rejects(project.build(), { code: "assemble/target_in_use" });
    assert.deepEqual(contentOf(project.folder), before);
  });

  it("buildRelease replaces a target directory that no node runs from any more", async () => {
    // No process has this number: Linux gives none above 4194304.
    project.write({ "target/rooms-0.1.0/var/default/pid": "99999999\n" });
    await project.build();
    assert.equal(contentOf(project.target).has("rooms-0.1.0/var/default/pid"), false);
  });

  it("buildRelease replaces a build of other content when it is forced to, and one of the same without being asked", async () => {
    await project.build();
    project.edit(room, "names: [...state.names, name]", "names: [name]");
    const story = {
      step() {},
      detail() {},
      warnings: [] as string[],
      warning: (text: string) => void story.warnings.push(text),
    };
    project.edit(room, "export const vsn", "emitter.on(greet);\nexport const vsn");
    project.edit(room, "import { greet }", `import { emitter } from "./web/page.ts";\nimport { greet }`);
    const emitter = "export const emitter = { on: (listener: unknown): unknown => listener };\n";
    project.write({ "apps/rooms/src/web/page.ts": project.read("apps/rooms/src/web/page.ts") + emitter });
    await project.build({ force: true }, story);
    assert.match(project.read("target/rooms-0.1.0/lib/rooms-0.1.0/modules/room.obj.json"), /names: \[name\]/);
    assert.match(
      story.warnings.join(),
      /^apps\/rooms\/src\/room\.ts:6: emitter\.on\(…\) runs whenever the module is evaluated/,
    );
  });

  it("buildRelease puts back what a build had set aside that was interrupted between its renames", async () => {
    const places = [...contentOf(project.target)].filter(([path]) => path.startsWith("rooms-0.1.0/"));
    const left = "target/.rooms-0.1.0.building-99999999";
    for (const [path] of places)
      if (path.endsWith(".json")) project.write({ [`${left}/old/${path.slice(12)}`]: "old" });
    rmSync(join(project.target, "rooms-0.1.0"), { recursive: true });
    project.edit(room, "export const enter =", "export const enter = =");
    await assert.rejects(project.build());
    assert.equal(project.read("target/rooms-0.1.0/releases/start.json"), "old");
    assert.equal(
      [...contentOf(project.target).keys()].some((path) => path.includes("building")),
      false,
    );
  });
});
