// The undo, systematically: scripts of each kind, a failure behind each instruction, before and after processes have worked
// under the new code. Then everything that can be seen of the node must be as it was. (design.md, invariant 5)

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { isUnderwayError } from "../../src/error.ts";
import type { Instruction } from "../../src/release/relup.ts";
import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import * as Supervisor from "../../src/runtime/behaviour/supervisor.ts";
import { installRelease } from "../../src/runtime/handler/release-handler.ts";
import { send, whereis } from "../../src/runtime/process/signals.ts";
import { sendAfter } from "../../src/runtime/process/timers.ts";
import { collectReports } from "../process/support.ts";
import { faults, type Kind, kinds, v1 } from "./undo/bank.ts";
import { NodeInTest } from "./undo/node-in-test.ts";
import { differences, type Snapshot, snapshot } from "./undo/snapshot.ts";

const reports = collectReports();

const applications = { bank: { colour: "red" }, mint: { coins: 1 } };
const modules = Object.keys({ ...v1, ...Object.assign({}, ...Object.values(kinds).map(({ sources }) => sources)) });
const names = ["a", "b", "c", "till", "purse", "clerk1", "clerk2", "teller1", "teller2", "coin"] as const;
const node = new NodeInTest({ vsn: "1", sources: v1, applications });

const call = (name: string, tag: string, ...args: unknown[]): Promise<unknown> =>
  (GenServer.call as (dest: unknown, tag: string, ...args: unknown[]) => Promise<unknown>)({ name }, tag, ...args);
const cast = (name: string, tag: string, ...args: unknown[]): void =>
  (GenServer.cast as (dest: unknown, tag: string, ...args: unknown[]) => void)({ name }, tag, ...args);

before(async () => {
  await node.boot();
  for (const name of ["teller1", "teller2"]) await Supervisor.startChild("pool", name);
  for (const [index, name] of names.entries()) await call(name, "add", index + 1);
  sendAfter(3_600_000, { name: "a" }, "much later");
});
after(() => node.stop());

let releases = 0;

/** Installs a script and returns the error that it must end with. */
const failing = async ({ sources, press }: Kind, up: readonly Instruction[]): Promise<unknown> => {
  const vsn = `2.${++releases}`;
  const config = { ...applications, bank: { colour: "blue" }, ...(press && { press: {} }) };
  await node.add({ vsn, sources, applications: config, up });
  return installRelease(vsn).then(
    () => assert.fail("it must fail"),
    (error) => error,
  );
};

const failHere: Instruction = ["apply", { module: "bank/api", function: "fail", args: [] }];

/** Each position of a script, with the failing instruction there. */
const positions = (script: readonly Instruction[]): readonly (readonly Instruction[])[] =>
  Array.from({ length: script.length + 1 }, (_, at) => [...script.slice(0, at), failHere, ...script.slice(at)]);

/** Lets everybody work who is there. */
const work = async (): Promise<void> => {
  for (const name of names) if (whereis(name) !== null) await call(name, "add", 0);
};

const fail = (): never => {
  throw new Error("on purpose");
};

/** What the kinds of failure do where they strike. */
const failures: Readonly<Record<string, () => unknown>> = {
  throws: fail,
  rejects: () => Promise.reject(new Error("on purpose")),
  "rejects after all have worked": () => work().then(fail),
};

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
};

const releasesAside = ({ releases: _, disk: __, ...rest }: Snapshot): Snapshot => rest;

describe("undo leaves no trace", () => {
  for (const [name, kind] of Object.entries(kinds)) {
    for (const [failure, strike] of Object.entries(failures)) {
      test(`of "${name}" that ${failure}`, async () => {
        for (const script of positions(kind.script)) {
          const at = script.indexOf(failHere);
          const identity = kind.restarts === undefined ? "pid" : "name";
          const former = snapshot(modules, identity);
          faults.apply = strike;
          const error = await failing(kind, script);
          delete faults.apply;
          await settle();
          const now = snapshot(modules, identity);
          assert.deepEqual(differences(releasesAside(former), releasesAside(now)), [], `behind instruction ${at}`);
          assert.ok(isUnderwayError(error));
          const lost = (error.details as { lost?: readonly string[] }).lost ?? [];
          assert.deepEqual(
            lost.filter((one) => !one.startsWith("apply bank/api:fail")),
            [],
            `behind instruction ${at}`,
          );
        }
      });
    }
  }
});
