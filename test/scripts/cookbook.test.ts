// Every block of docs/appup-cookbook.md is what it says: a script that is checked and translated, or an appup.

import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { Appup } from "../../src/release/appup.ts";
import type { Mode } from "../../src/release/translate/item.ts";
import { translate } from "../../src/release/translate/translate.ts";
import { validateAppup } from "../../src/release/validate.ts";
import { side } from "../release/fixtures.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/appup-cookbook.md"), "utf8");
const blocks = (language: string): readonly string[] =>
  [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, found, text]) => (found === language ? [text ?? ""] : []));

const modules = ["room", "page", "protocol", "pulse", "text", "sup", "session", "listener"].map((one) => `chat/${one}`);
const sides = { from: side(["chat", "0.1.0", modules]), to: side(["chat", "0.2.0", modules]) };

const check = (appup: Appup) => {
  for (const { script } of [...appup.upFrom, ...appup.downTo]) {
    for (const mode of ["up", "down"] satisfies Mode[]) translate(mode, [{ name: "the cookbook", script }], sides);
  }
};

describe("the cookbook", () => {
  for (const text of blocks("json")) {
    it(`the cookbook's ${text.replaceAll(/\s+/g, " ").slice(0, 80)} can be translated`, () => {
      const value: unknown = JSON.parse(text);
      const script = Array.isArray(value) ? value : undefined;
      const appup = script ? { format: 1, vsn: "0.2.0", upFrom: [{ vsn: "0.1.0", script }], downTo: [] } : value;
      check(validateAppup(appup, "the cookbook"));
    });
  }
  it("the cookbook's appup in TypeScript is one", async () => {
    const [text, ...others] = blocks("ts");
    assert.deepEqual(others, []);
    // Beside this file, so that `underway/appup` is found.
    const file = join(import.meta.dirname, `cookbook-${process.pid}.ts`);
    writeFileSync(file, text ?? "");
    try {
      const { default: appup } = (await import(file)) as { default: unknown };
      check(validateAppup(appup, "appup.ts"));
    } finally {
      rmSync(file);
    }
  });
});
