// Checks of what was read from files: one good value a type, and changes of it that must be refused with their path.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { App } from "../../src/release/app.ts";
import type { Appup } from "../../src/release/appup.ts";
import { linesOf } from "../../src/release/json-lines.ts";
import type { Manifest } from "../../src/release/manifest.ts";
import type { ObjectCode } from "../../src/release/object-code.ts";
import type { Boot, Rel } from "../../src/release/rel.ts";
import type { Relup } from "../../src/release/relup.ts";
import { translate } from "../../src/release/translate/translate.ts";
import {
  parseChecked,
  parseJson,
  validateApp,
  validateAppup,
  validateBoot,
  validateManifest,
  validateObjectCode,
  validateRel,
  validateRelup,
} from "../../src/release/validate.ts";
import { refused, side } from "./fixtures.ts";

const hash = "0123456789abcdef".repeat(4);

const app: App = {
  name: "chat",
  vsn: "0.1.0",
  description: "",
  modules: ["chat/room"],
  registered: ["hall"],
  applications: ["underway"],
  optionalApplications: [],
  includedApplications: ["part"],
  mod: { module: "chat/app", arg: null },
  env: { port: 4000 },
  startPhases: [{ phase: "go", arg: [] }],
};
const rel: Rel = {
  name: "chat",
  vsn: "0.1.0",
  runtime: "24.21.0",
  applications: [{ name: "chat", vsn: "0.1.0", type: "load", includedApplications: [] }],
};
const boot: Boot = {
  format: 1,
  name: "chat",
  vsn: "0.1.0",
  runtime: "24.21.0",
  applications: [{ app, type: "permanent", folder: "lib/chat-0.1.0", included: false }],
};
const appup: Appup = {
  format: 1,
  vsn: "0.2.0",
  upFrom: [{ vsn: "0.1.0", script: [["update", "chat/room", { change: { advanced: [] } }]] }],
  downTo: [{ vsn: { regexp: "0\\.1\\..*" }, script: [] }],
};
const relup: Relup = {
  format: 1,
  vsn: "0.2.0",
  up: [{ vsn: "0.1.0", description: [], script: [["point_of_no_return"]], modules: { "chat/room": hash } }],
  down: [],
};
const objectCode: ObjectCode = {
  format: 1,
  module: "chat/room",
  source: "src/room.ts",
  hash,
  code: "",
  imports: [
    { kind: "module", module: "chat/hall" },
    { kind: "external", specifier: "node:fs" },
  ],
  exports: ["init"],
  liveExports: [],
  evaluationExternals: [],
  evaluationPlaces: [],
  evaluationDependencies: ["chat/base"],
  vsn: 2,
  behaviour: "gen_server",
  map: { version: 3, sources: ["src/room.ts"], sourcesContent: [null], names: [], mappings: "" },
};
const manifest: Manifest = {
  format: 1,
  name: "chat",
  vsn: "0.1.0",
  runtime: { vsn: "24.21.0", folder: "runtime-24.21.0" },
  underway: { vsn: "0.1.0", folder: "lib/underway-0.1.0" },
  modules: { "chat/room": { app: "chat", file: "lib/chat-0.1.0/modules/room.obj.json", hash } },
  packages: [{ name: "ws", vsn: "8.23.0", folder: "lib/ws-8.23.0-0123abcd" }],
  files: { "lib/chat-0.1.0/chat.app.json": hash },
};

const kinds = {
  app: { validate: validateApp, good: app },
  rel: { validate: validateRel, good: rel },
  boot: { validate: validateBoot, good: boot },
  appup: { validate: validateAppup, good: appup },
  relup: { validate: validateRelup, good: relup },
  objectCode: { validate: validateObjectCode, good: objectCode },
  manifest: { validate: validateManifest, good: manifest },
} as const;

/** Kind, path of what is changed, new value (`undefined`: left out), path in the error when another one. */
type Row = readonly [kind: keyof typeof kinds, path: readonly (string | number)[], value: unknown, found?: string];

const rows: readonly Row[] = [
  ["app", [], null, ""],
  ["app", [], [], ""],
  ["app", ["name"], undefined],
  ["app", ["name"], "../chat"],
  ["app", ["vsn"], 1],
  ["app", ["modules", 0], "room", "modules[0]"],
  ["app", ["modules", 0], "chat/../room", "modules[0]"],
  ["app", ["applications"], "underway"],
  ["app", ["mod"], []],
  ["app", ["mod", "arg"], undefined, "mod.arg"],
  ["app", ["env"], []],
  ["app", ["startPhases", 0, "phase"], 1, "startPhases[0].phase"],
  ["rel", ["runtime"], ""],
  ["rel", ["applications", 0, "type"], "always", "applications[0].type"],
  ["boot", ["applications", 0, "folder"], "../lib", "applications[0].folder"],
  ["boot", ["applications", 0, "folder"], "/lib", "applications[0].folder"],
  ["boot", ["applications", 0, "app", "name"], "", "applications[0].app.name"],
  ["boot", ["applications", 0, "included"], undefined, "applications[0].included"],
  ["appup", ["format"], 0],
  ["appup", ["format"], undefined],
  ["appup", ["downTo", 0, "vsn"], { regexp: "(" }, "downTo[0].vsn.regexp"],
  ["appup", ["upFrom", 0, "script"], {}, "upFrom[0].script"],
  ["relup", ["up", 0, "modules", "room"], hash, "up[0].modules.room"],
  ["relup", ["up", 0, "description"], undefined, "up[0].description"],
  ["objectCode", ["hash"], "abc"],
  ["objectCode", ["source"], "../room.ts"],
  ["objectCode", ["imports", 0, "kind"], "other", "imports[0].kind"],
  ["objectCode", ["imports", 0, "module"], undefined, "imports[0].module"],
  ["objectCode", ["vsn"], 0],
  ["objectCode", ["behaviour"], "server"],
  ["objectCode", ["map", "version"], 2, "map.version"],
  ["manifest", ["runtime", "folder"], "../runtime", "runtime.folder"],
  ["manifest", ["modules", "chat/room", "hash"], hash.toUpperCase(), 'modules["chat/room"].hash'],
  ["manifest", ["files", "lib/../../etc/passwd"], hash, 'files["lib/../../etc/passwd"]'],
  ["manifest", ["files", "a\\b"], hash, 'files["a\\\\b"]'],
  ["manifest", ["packages", 0, "folder"], 7, "packages[0].folder"],
];

/** A copy with one value replaced, or left out. */
function changed(value: unknown, [key, ...rest]: readonly (string | number)[], by: unknown): unknown {
  if (key === undefined) return by;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string | number, unknown>;
  if (rest.length === 0 && by === undefined) delete copy[key];
  else copy[key] = changed(copy[key], rest, by);
  return copy;
}

describe("validate", () => {
  for (const [name, { validate, good }] of Object.entries(kinds)) {
    it(`${validate.name} returns a good ${name}, also with keys that it does not know`, () => {
      assert.equal(validate(good, "f.json"), good);
      const more = { ...good, more: 1 };
      assert.equal(validate(more, "f.json"), more);
    });
  }
  for (const [kind, path, value, found = path.join(".")] of rows) {
    it(`${kinds[kind].validate.name} refuses ${JSON.stringify(value) ?? "nothing"} at "${path.join(".")}"`, () => {
      const { validate, good } = kinds[kind];
      const details = refused("release/bad_file", () => validate(changed(good, path, value), "f.json"));
      assert.equal(details.file, "f.json");
      assert.equal(details.path, found);
    });
  }

  it("validateAppup names the place of a bad instruction", () => {
    const bad = changed(
      appup,
      ["upFrom", 0, "script"],
      [
        ["load_module", "chat/room"],
        ["load_module", "room"],
      ],
    );
    const { place } = refused("relup/bad_module", () => validateAppup(bad, "chat.appup.json"));
    assert.deepEqual(place, { script: 'chat.appup.json, upFrom "0.1.0"', position: 2 });
  });
  it("validateRelup refuses a high-level instruction", () => {
    const bad = changed(relup, ["up", 0, "script"], [["load_module", "chat/room"]]);
    const { place } = refused("relup/bad_instruction", () => validateRelup(bad, "relup.json"));
    assert.deepEqual(place, { script: 'relup.json, up "0.1.0"', position: 1 });
  });
  it("validateBoot refuses a file of a newer format, naming the format", () => {
    const details = refused("release/newer_format", () => validateBoot({ ...boot, format: 2 }, "boot.json"));
    assert.deepEqual(details, { file: "boot.json", format: 2, known: 1 });
  });
  it("validateApp says what, where and what was found", () => {
    assert.throws(() => validateApp(changed(app, ["modules", 0], "room"), "chat.app.json"), {
      message: [
        'Cannot use "chat.app.json": modules[0] must be a module such as "chat/room", found "room"',
        "  cure: correct modules[0], or build the file again if no person wrote it",
        "  code: release/bad_file",
      ].join("\n"),
    });
  });
});

describe("parseChecked", () => {
  const file = (text: string) => () => parseChecked(text, "chat.appup.json", validateAppup);
  const text = `{
  "format": 1, "vsn": "0.2.0",
  "upFrom": [
    { "vsn": "0.1.0", "script": [
      ["load_module", "chat/hall"],
      ["update",
        "chat/room", { "change": "hard" }]
    ] }
  ],
  "downTo": []
}`;
  it("parseChecked names the line of a bad instruction", () => {
    assert.throws(file(text), {
      message: [
        'Cannot translate "hard" in chat.appup.json, upFrom "0.1.0", instruction 2, line 6: not a change',
        '  cure: write "soft", "supervisor" or { "advanced": extra }',
        "  code: relup/bad_change",
      ].join("\n"),
    });
  });
  it("parseChecked names the line of a value that is not as it must be", () => {
    assert.throws(file(text.replace('"vsn": "0.1.0"', '"vsn": 1')), {
      message: [
        'Cannot use "chat.appup.json", line 4: upFrom[0].vsn must be a version, or { "regexp": … }, found 1',
        "  cure: correct upFrom[0].vsn, or build the file again if no person wrote it",
        "  code: release/bad_file",
      ].join("\n"),
    });
  });
  it("parseChecked names the line of the record in which something is missing", () => {
    const { line } = refused("release/bad_file", file(text.replace('"vsn": "0.1.0", ', "")));
    assert.equal(line, 4);
  });
  it("parseChecked names the line of a newer format", () => {
    assert.throws(file(text.replace('"format": 1', '"format": 7')), {
      message: [
        'Cannot read "chat.appup.json", line 2: it has format 7, the newest known one is 1',
        "  why:  it was written by a newer version of Underway",
        "  cure: use that version, or build the file again with this one",
        "  code: release/newer_format",
      ].join("\n"),
    });
  });
  it("parseChecked lets a later error name the line", () => {
    const { value, lines } = parseChecked(text.replace('"hard"', '"soft"'), "chat.appup.json", validateAppup);
    const contribution = { name: "chat.appup.json", script: value.upFrom[0]?.script ?? [], lines };
    const empty = side();
    const details = refused("relup/no_such_module", () => translate("up", [contribution], { from: empty, to: empty }));
    assert.deepEqual(details.place, { script: "chat.appup.json", position: 1, line: 5 });
  });
  it("parseChecked finds the lines of what JSON.parse makes of any text", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 1), (value, indent) => {
        const content = JSON.stringify(value, null, indent);
        const parsed = JSON.parse(content) as unknown;
        const lines = linesOf(content, parsed);
        const expected = content.split("\n");
        const check = (part: unknown): void => {
          if (typeof part !== "object" || part === null) return;
          const line = lines.of(part) ?? 0;
          assert.match(expected[line - 1] ?? "", Array.isArray(part) ? /\[/ : /\{/);
          for (const one of Object.values(part)) check(one);
        };
        check(parsed);
      }),
    );
  });
});

describe("parseJson", () => {
  const faults: readonly (readonly [content: string, line: number, column: number])[] = [
    ["", 1, 1],
    [" \n", 2, 1],
    ['{"a":}', 1, 6],
    ['{\n  "a": 1,\n}', 3, 1],
    ["[1 2]", 1, 4],
    ['{"a" 1}', 1, 6],
    ['["x\ny"]', 1, 2],
    ["[[1]", 1, 5],
    ['{"a":1}}', 1, 8],
    ["{'a':1}", 1, 2],
    ["[01]", 1, 3],
    ["[\n1,\n// no\n2]", 3, 1],
    [`{${'"long key": 1, '.repeat(20)}\n"k": tru }`, 2, 6],
  ];
  for (const [content, line, column] of faults) {
    it(`parseJson finds line ${line}, column ${column} in ${JSON.stringify(content.slice(-20))}`, () => {
      const details = refused("release/not_json", () => parseJson(content, "f.json"));
      assert.deepEqual([details.file, details.line, details.column], ["f.json", line, column]);
      assert.doesNotMatch(details.problem, /JSON at position|not valid JSON/);
    });
  }
  it("parseJson returns what JSON.parse returns", () => {
    assert.deepEqual(parseJson('{"a": [1, null, "\\u0041"]}', "f.json"), { a: [1, null, "A"] });
  });
});
