// Releases that cannot be installed, offered to a real node: refused before anything has changed, all reasons at once.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type ErrorCode, isUnderwayError } from "../../src/error.ts";
import { checkInstallRelease, installRelease } from "../../src/runtime/handler/release-handler.ts";
import { collectReports } from "../process/support.ts";
import { kinds, v1, withNext } from "./undo/bank.ts";
import { NodeInTest, type Release } from "./undo/node-in-test.ts";
import { differences, snapshot } from "./undo/snapshot.ts";

collectReports();

const applications = { bank: {}, mint: {} };
const node = new NodeInTest({ vsn: "1", sources: v1, applications });
before(() => node.boot());
after(() => node.stop());

let releases = 0;

/** Refused both by a check and by an install, and nothing is other than before. */
const refuses = async (release: Partial<Release>, code: ErrorCode, ...said: readonly RegExp[]): Promise<void> => {
  const vsn = `3.${++releases}`;
  await node.add({ vsn, sources: v1, applications, ...release });
  const former = snapshot(Object.keys(v1));
  for (const operation of [checkInstallRelease, installRelease]) {
    await assert.rejects(operation(vsn), (error) => {
      assert.ok(isUnderwayError(error, code), String(error));
      for (const one of said) assert.match(error.message, one);
      return true;
    });
    assert.deepEqual(differences(former, snapshot(Object.keys(v1))), []);
  }
};

const { sources, script } = kinds.load ?? { sources: {}, script: [] };
const load = (module: string) => ["load", { module, prePurge: "soft_purge", postPurge: "soft_purge" }] as const;

test("a release without a script from the running one is refused", () =>
  refuses({ sources }, "release/no_matching_relup"));

test("a script that was made for another build is refused, and no consequence of that is told beside", () =>
  refuses({ sources, up: script, base: withNext("bank/till") }, "release/wrong_base", /bank\/till/));

test("a release for another runtime is refused", () =>
  refuses({ sources, up: script, runtime: "runtime-25" }, "release/cold"));

test("a script that loads a module that the release does not have is refused", () =>
  refuses({ sources, up: [...script, load("bank/nowhere")] }, "release/not_in_manifest", /bank\/nowhere/));

test("a script that does not lead to the release is refused", () =>
  refuses({ sources: withNext("bank/api", "bank/till"), up: script }, "release/incomplete_script", /bank\/till/));

test("a script that changes the shape of a state without asking for it is refused", () =>
  refuses(
    { sources: withNext("bank/account"), up: [load("bank/account")] },
    "release/no_code_change",
    /bank\/account/,
  ));

test("all that is wrong with a release is said at once", () =>
  refuses(
    { sources: withNext("bank/api", "bank/till"), up: [...script, load("bank/nowhere")], runtime: "runtime-25" },
    "release/refused",
    /bank\/nowhere/,
    /bank\/till/,
    /restart|runtime/,
  ));
