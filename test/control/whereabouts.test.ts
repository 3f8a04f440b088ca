import assert from "node:assert/strict";
import { mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { elsewhere, placesToAsk, placesToBoot } from "../../src/runtime/control/whereabouts.ts";
import { temporaryFolder } from "../handler/tar.ts";

const places = (vsn: string) => ({ runtime: `runtime-${vsn}`, underway: `lib/underway-${vsn}` });
const script = "dist/runtime/control/script.js";

/** Two runtimes, two Underways, releases 1 and 2; nothing has run yet. */
function targetDirectory(t: TestContext) {
  const target = { root: realpathSync(temporaryFolder(t)), instance: "default" };
  const write = (path: string, value: unknown): void => {
    mkdirSync(dirname(join(target.root, path)), { recursive: true });
    writeFileSync(join(target.root, path), typeof value === "string" ? value : JSON.stringify(value));
  };
  for (const vsn of ["1", "2"]) {
    write(`runtime-${vsn}/bin/node`, "");
    write(`lib/underway-${vsn}/${script}`, "");
    const { runtime, underway } = places(vsn);
    write(`releases/${vsn}/manifest.json`, { runtime: { folder: runtime }, underway: { folder: underway } });
  }
  write("releases/start.json", { format: 1, name: "chat", vsn: "1", ...places("1") });
  const own = (vsn: string) => ({
    node: join(target.root, `runtime-${vsn}/bin/node`),
    folder: join(target.root, dirname(`lib/underway-${vsn}/${script}`)),
  });
  return { target, write, own };
}

const releases = (statuses: { readonly [vsn: string]: string }) => ({
  format: 1,
  releases: Object.entries(statuses).map(([vsn, status]) => ({ name: "chat", vsn, applications: [], status })),
});

describe("placesToBoot", () => {
  test("are those of the first release when nothing has run yet", (t) => {
    assert.partialDeepStrictEqual(placesToBoot(targetDirectory(t).target), places("1"));
  });

  test("are those of the permanent release, though start.json is behind", (t) => {
    const { target, write } = targetDirectory(t);
    write("var/default/start.json", { format: 1, name: "chat", vsn: "1", ...places("1") });
    write("var/default/RELEASES.json", releases({ "1": "old", "2": "permanent" }));
    assert.deepEqual(placesToBoot(target), places("2"));
    assert.partialDeepStrictEqual(placesToAsk(target), places("1"));
  });

  test("are those of a release that a cold upgrade boots once", (t) => {
    const { target, write } = targetDirectory(t);
    write("var/default/RELEASES.json", releases({ "1": "permanent", "2": "tmp_current" }));
    assert.deepEqual(placesToBoot(target), places("2"));
  });

  test("fall back on start.json when RELEASES.json or the manifest cannot be read", (t) => {
    const { target, write } = targetDirectory(t);
    for (const torn of ["", "{", "null", "[]", "{}"]) {
      write("var/default/RELEASES.json", torn);
      assert.partialDeepStrictEqual(placesToBoot(target), places("1"), torn);
    }
    write("var/default/RELEASES.json", releases({ "2": "permanent" }));
    write("releases/2/manifest.json", "");
    assert.partialDeepStrictEqual(placesToBoot(target), places("1"));
  });
});

describe("elsewhere", () => {
  test("is nowhere for who stands in the right place", (t) => {
    const { target, own } = targetDirectory(t);
    assert.equal(elsewhere(target, places("1"), own("1")), null);
  });

  test("is the right place for who stands in the wrong one, by runtime or by Underway", (t) => {
    const { target, own } = targetDirectory(t);
    const right = [own("2").node, join(own("2").folder, "script.js")];
    assert.deepEqual(elsewhere(target, places("2"), own("1")), right);
    assert.deepEqual(elsewhere(target, places("2"), { ...own("2"), node: own("1").node }), right);
  });

  test("is nowhere for a script that is not part of the target directory, or when the place is not there", (t) => {
    const { target, own } = targetDirectory(t);
    assert.equal(elsewhere(target, places("1")), null);
    assert.equal(elsewhere(target, places("3"), own("1")), null);
    assert.equal(elsewhere(target, null, own("1")), null);
  });
});
