// Random scripts that fail somewhere, under a random load: no message is lost or comes out of order, every caller is answered.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { isUnderwayError } from "../../src/error.ts";
import type { Instruction } from "../../src/release/relup.ts";
import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import * as Supervisor from "../../src/runtime/behaviour/supervisor.ts";
import { installRelease } from "../../src/runtime/handler/release-handler.ts";
import { collectReports } from "../process/support.ts";
import { faults, kinds, v1 } from "./undo/bank.ts";
import { NodeInTest } from "./undo/node-in-test.ts";

collectReports();

const applications = { bank: {}, mint: {} };
const node = new NodeInTest({ vsn: "1", sources: v1, applications });
before(async () => {
  await node.boot();
  for (const name of ["teller1", "teller2"]) await Supervisor.startChild("pool", name);
});
after(() => node.stop());

const call = (name: string, tag: string, ...args: unknown[]): Promise<unknown> =>
  (GenServer.call as (dest: unknown, tag: string, ...args: unknown[]) => Promise<unknown>)({ name }, tag, ...args);
const cast = (name: string, tag: string, ...args: unknown[]): void =>
  (GenServer.cast as (dest: unknown, tag: string, ...args: unknown[]) => void)({ name }, tag, ...args);

const failHere: Instruction = ["apply", { module: "bank/api", function: "fail", args: [] }];
/** Those that do not share a module, so that any of them can stand behind any other. */
const parts = [
  "load",
  "update, late",
  "restart a child",
  "restart a subtree",
  "restart a subtree with dynamic children",
];
const targets = ["a", "b", "c"] as const;

interface Round {
  readonly kinds: readonly string[];
  /** Where it fails, as a part of the whole. */
  readonly at: number;
  readonly strikes: "throws" | "rejects later";
  /** What each target gets, one after the other. */
  readonly load: readonly (readonly [target: number, what: "note" | "slowNote" | "add" | "slow"])[];
}

const round: fc.Arbitrary<Round> = fc.record({
  kinds: fc.shuffledSubarray(parts, { minLength: 1 }),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  strikes: fc.constantFrom("throws", "rejects later"),
  load: fc.array(
    fc.tuple(
      fc.nat({ max: 2 }),
      fc.constantFrom("note" as const, "slowNote" as const, "add" as const, "slow" as const),
    ),
    { minLength: 5, maxLength: 60 },
  ),
});

let releases = 0;
let sent = 0;

const installed = async ({ kinds: names, at, strikes }: Round): Promise<unknown> => {
  const vsn = `4.${++releases}`;
  const chosen = names.flatMap((name) => kinds[name] ?? []);
  const changed = chosen.flatMap(({ sources }) => Object.entries(sources).filter(([name, text]) => v1[name] !== text));
  const script = chosen.flatMap((kind) => kind.script);
  const place = Math.round(at * script.length);
  await node.add({
    ...{ vsn, applications, sources: { ...v1, ...Object.fromEntries(changed) } },
    up: [...script.slice(0, place), failHere, ...script.slice(place)],
  });
  faults.apply = async () => {
    if (strikes === "rejects later") for (let turn = 0; turn < 5; turn++) await nextTurn();
    throw new Error("on purpose");
  };
  return installRelease(vsn).catch((error) => error);
};

test("property: whatever script fails wherever under whatever load, nothing is lost and nobody waits in vain", async () => {
  faults.gate = () => nextTurn();
  const run = async (one: Round): Promise<void> => {
    const expected = new Map<string, unknown[]>();
    for (const name of targets) {
      const [, { notes }] = (await call(name, "get")) as [string, { notes: unknown[] }];
      expected.set(name, [...notes]);
    }
    const answers: Promise<unknown>[] = [];
    const over = installed(one);
    for (const [target, what] of one.load) {
      const name = targets[target] as string;
      if (what === "note" || what === "slowNote") {
        expected.get(name)?.push(++sent);
        cast(name, what, sent);
      } else {
        answers.push(call(name, what, 1));
      }
      if (sent % 3 === 0) await nextTurn();
    }
    const error = await over;
    assert.ok(
      isUnderwayError(error, "release/undone") || isUnderwayError(error, "release/apply_failed"),
      String(error),
    );
    assert.deepEqual(
      ((error.details as { lost?: readonly string[] }).lost ?? []).filter((lost) => !lost.startsWith("apply bank/api")),
      [],
    );
    await Promise.all(answers);
    for (const name of targets) {
      const [version, state] = (await call(name, "get")) as [string, { notes: unknown[]; cents?: number }];
      assert.equal(version, "1");
      assert.equal(state.cents, undefined);
      assert.deepEqual(state.notes, expected.get(name));
    }
  };
  await fc.assert(fc.asyncProperty(round, run), { numRuns: 60, endOnFailure: true });
  faults.gate = () => {};
});
