// The JSON Schemas that editors use, beside the validators: what one lets pass the other lets pass. ajv stands for the
// editor.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Ajv, type ValidateFunction } from "ajv";
import fc from "fast-check";
import { isUnderwayError } from "../../src/error.ts";
import type { Json } from "../../src/release/data.ts";
import type { SchemaName } from "../../src/release/validate.ts";
import {
  schemaOfFile,
  validateApp,
  validateAppup,
  validateBoot,
  validateRel,
  validateRelup,
} from "../../src/release/validate.ts";

const mfa = { module: "chat/room", function: "f", args: [1, { deep: [null] }] };
const swap = { module: "chat/room", prePurge: "soft_purge", postPurge: "brutal_purge" };
const low: readonly Json[] = [
  ["load_object_code", { app: "chat", vsn: "2", modules: ["chat/room"] }],
  ["point_of_no_return"],
  ["load", swap],
  ["remove", swap],
  ["purge", ["chat/room"]],
  ["suspend", ["chat/room", { module: "chat/hall", timeoutMs: 5, inside: "wait" }]],
  ["code_change", "up", [{ module: "chat/room", extra: null }]],
  ["resume", ["chat/room"]],
  ["stop", ["chat/room"]],
  ["start", ["chat/room"]],
  ["sync_nodes", 1, ["chat@host"]],
  ["sync_nodes", "id", mfa],
  ["relink", { app: "chat", package: "ws" }],
  ["apply", mfa],
  ["apply", mfa, { undo: mfa }],
  ["restart_new_emulator"],
  ["restart_emulator"],
];
const high: readonly Json[] = [
  ["update", "chat/room"],
  ["update", "chat/room", { change: "supervisor", timeoutMs: "infinity", modType: "static", inside: "kill" }],
  ["update", "chat/room", { change: { advanced: [1] }, prePurge: "soft_purge", depMods: ["chat/hall"] }],
  ["load_module", "chat/room", { postPurge: "soft_purge" }],
  ["add_module", "chat/room", { depMods: [] }],
  ["delete_module", "chat/room"],
  ["add_application", "chat", "load"],
  ["remove_application", "chat"],
  ["restart_application", "chat"],
  ["start_child", "sup", "a"],
  ["delete_child", "sup", "a"],
  ["restart_child", "sup", "a"],
  ["restart_subtree", "sup", "a"],
  ["restart_subtree", "sup", "a", { modules: ["chat/room"] }],
];
const app: Json = {
  name: "chat",
  vsn: "0.1.0",
  description: "",
  modules: ["chat/room", "chat/a/b"],
  registered: ["hall"],
  applications: ["underway"],
  optionalApplications: ["metrics"],
  includedApplications: ["part"],
  mod: { module: "chat/app", arg: null },
  env: { port: 4000 },
  startPhases: [{ phase: "go", arg: [] }],
};

const kinds: { readonly [Name in SchemaName]: { validate: (value: unknown, file: string) => unknown; good: Json } } = {
  app: { validate: validateApp, good: app },
  rel: {
    validate: validateRel,
    good: {
      name: "chat",
      vsn: "0.1.0",
      runtime: "24.21.0",
      applications: [{ name: "chat", vsn: "0.1.0", type: "load", includedApplications: [] }],
    },
  },
  boot: {
    validate: validateBoot,
    good: {
      format: 1,
      name: "chat",
      vsn: "0.1.0",
      runtime: "24.21.0",
      applications: [{ app, type: "permanent", folder: "lib/chat-0.1.0", included: false }],
    },
  },
  appup: {
    validate: validateAppup,
    good: {
      $schema: "appup.schema.json",
      format: 1,
      vsn: "0.2.0",
      upFrom: [
        { vsn: "0.1.0", script: [...high, ...low] },
        { vsn: { regexp: "0\\.0\\..*" }, script: [] },
      ],
      downTo: [{ vsn: "0.1.0", script: [] }],
    },
  },
  relup: {
    validate: validateRelup,
    good: {
      format: 1,
      vsn: "0.2.0",
      up: [{ vsn: "0.1.0", description: [], script: low, modules: { "chat/room": "0123abcd" } }],
      down: [{ vsn: "0.1.0", description: null, script: [], modules: {} }],
    },
  },
};

const isRegexp = (text: string): boolean => {
  try {
    return new RegExp(text, "u") instanceof RegExp;
  } catch {
    return false;
  }
};
const ajv = new Ajv({ strict: true, strictTuples: false, strictTypes: false, formats: { regex: isRegexp } });
ajv.addKeyword("enumDescriptions");

const passes = (validate: (value: unknown, file: string) => unknown, value: unknown): boolean => {
  try {
    validate(value, "file.json");
    return true;
  } catch (error) {
    if (!isUnderwayError(error)) throw error;
    return false;
  }
};

/** Every path in a value, the value itself first. */
const pathsOf = (value: Json): readonly (readonly string[])[] => [
  [],
  ...(typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, one]) => pathsOf(one).map((path) => [key, ...path]))
    : []),
];

/** A copy with the value at a path replaced, or, without `by`, left out. */
const changed = (value: Json, [key, ...rest]: readonly string[], by: Json | undefined): Json => {
  if (key === undefined) return by ?? null;
  const record = value as { readonly [key: string]: Json };
  const one = rest.length === 0 ? by : changed(record[key] as Json, rest, by);
  if (Array.isArray(value)) return value.toSpliced(Number(key), 1, ...(one === undefined ? [] : [one]));
  const { [key]: _, ...others } = record;
  return one === undefined ? others : { ...others, [key]: one };
};

/** What could stand in a file by mistake: words of the files at wrong places, and anything. */
const anyJson = fc.oneof(
  fc.constantFrom<Json>(
    "chat/room",
    "chat",
    "update",
    "soft_purge",
    "infinity",
    "",
    "a/../b",
    "../a",
    0,
    -1,
    5,
    2,
    null,
  ),
  fc.constantFrom<Json>([], {}, ["chat/room"], ["apply"], { advanced: 1 }, { advanced: 1, more: 2 }, { regexp: "(" }),
  fc.constantFrom<Json>(["update", "chat/room"], ["nonsense"], ["restart_emulator", 1], { module: "chat/room" }),
  fc.constantFrom<Json>("temporary", "supervisor", "soft", "brutal_purge", "static", "kill", "up", "lib/../..", true),
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
);

describe("schemaOfFile", () => {
  for (const [name, { validate, good }] of Object.entries(kinds)) {
    const schema: ValidateFunction = ajv.compile(schemaOfFile(name as SchemaName));
    it(`schemaOfFile makes a schema that lets a good ${name} pass`, () => {
      assert.ok(passes(validate, good));
      assert.ok(schema(good), JSON.stringify(schema.errors));
    });
    it(`schemaOfFile makes a schema of ${name} that agrees with the validator about changed files`, () => {
      const verdicts = { good: 0, bad: 0 };
      const change = fc.tuple(fc.constantFrom(...pathsOf(good)), fc.option(anyJson, { nil: undefined, freq: 9 }));
      fc.assert(
        fc.property(fc.array(change, { minLength: 1, maxLength: 2 }), ([first, second]) => {
          let value = good;
          if (first !== undefined) value = changed(good, ...first);
          // The second change may fall on what the first one has taken away.
          if (second !== undefined && pathsOf(value).some((path) => path.join() === second[0].join())) {
            value = changed(value, ...second);
          }
          const isGood = passes(validate, value);
          verdicts[isGood ? "good" : "bad"] += 1;
          assert.equal(schema(value), isGood, JSON.stringify(value));
        }),
        { numRuns: 1500 },
      );
      // A comparison that only ever sees one verdict would show nothing.
      assert.ok(verdicts.good > 10 && verdicts.bad > 100, JSON.stringify(verdicts));
    });
  }
});
