// The undo, systematically: scripts of each kind, a failure behind each instruction, before and after processes have worked
// under the new code. Then everything that can be seen of the node must be as it was. (design.md, invariant 5)

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { isUnderwayError } from "../../src/error.ts";
import type { Instruction } from "../../src/release/relup.ts";
import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import * as Supervisor from "../../src/runtime/behaviour/supervisor.ts";
import * as sys from "../../src/runtime/behaviour/sys.ts";
import { installRelease, operationUnderWay } from "../../src/runtime/handler/release-handler.ts";
import { whereis } from "../../src/runtime/process/signals.ts";
import { cancelTimer, sendAfter, type TimerRef } from "../../src/runtime/process/timers.ts";
import { collectReports } from "../process/support.ts";
import { faults, type Kind, kinds, v1 } from "./undo/bank.ts";
import { NodeInTest } from "./undo/node-in-test.ts";
import { differences, type Snapshot, snapshot } from "./undo/snapshot.ts";

collectReports();

const applications = { bank: { colour: "red" }, mint: { coins: 1 } };
const modules = Object.keys({ ...v1, ...Object.assign({}, ...Object.values(kinds).map(({ sources }) => sources)) });
const names = ["a", "b", "c", "till", "purse", "clerk1", "clerk2", "teller1", "teller2", "coin"] as const;
const node = new NodeInTest({ vsn: "1", sources: v1, applications });

const call = (name: string, tag: string, ...args: unknown[]): Promise<unknown> =>
  (GenServer.call as (dest: unknown, tag: string, ...args: unknown[]) => Promise<unknown>)({ name }, tag, ...args);
const cast = (name: string, tag: string, ...args: unknown[]): void =>
  (GenServer.cast as (dest: unknown, tag: string, ...args: unknown[]) => void)({ name }, tag, ...args);

let timer: TimerRef | null = null;

before(async () => {
  await node.boot();
  for (const name of ["teller1", "teller2"]) await Supervisor.startChild("pool", name);
  for (const [index, name] of names.entries()) await call(name, "add", index + 1);
  timer = sendAfter(3_600_000, { name: "a" }, "much later");
});
after(() => {
  // Nobody's, so it would keep this test from ending.
  if (timer !== null) cancelTimer(timer);
  return node.stop();
});

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

/** Everything but the list of releases, to which each case adds its own. */
const comparable = ({ releases: _, disk: __, ...rest }: Snapshot): Snapshot => rest;

/** What the report says of effects that nobody can take back is no difference. */
const unforeseen = (error: unknown): readonly string[] => {
  assert.ok(isUnderwayError(error), String(error));
  return ((error.details as { lost?: readonly string[] }).lost ?? []).filter(
    (one) => !one.startsWith("apply bank/api:fail"),
  );
};

/** Installs a script that must fail, with this fault, and compares all that can be seen before and afterwards. */
const leavesNoTrace = async (
  kind: Kind,
  script: readonly Instruction[],
  fault: Readonly<Record<string, () => unknown>>,
  message: string,
): Promise<unknown> => {
  const identity = kind.restarts === undefined ? "pid" : "name";
  const former = snapshot(modules, identity);
  Object.assign(faults, fault);
  let error: unknown;
  try {
    error = await failing(kind, script);
  } finally {
    for (const place of Object.keys(fault)) delete faults[place];
  }
  await settle();
  assert.deepEqual(differences(comparable(former), comparable(snapshot(modules, identity))), [], message);
  assert.deepEqual(unforeseen(error), [], message);
  return error;
};

describe("undo leaves no trace", () => {
  for (const [name, kind] of Object.entries(kinds)) {
    for (const [failure, strike] of Object.entries(failures)) {
      test(`of "${name}" that ${failure}, wherever it does`, async () => {
        for (const script of positions(kind.script)) {
          const at = `behind instruction ${script.indexOf(failHere)}`;
          const error = await leavesNoTrace(kind, script, { apply: strike }, at);
          const { restarted = [] } = (error as { details: { restarted?: readonly string[] } }).details;
          for (const one of restarted)
            assert.ok(kind.restarts?.includes(one), `${at}: ${one} is not named for nothing`);
        }
      });
    }
  }

  const supervised = kinds["a supervisor and its new child"] as Kind;
  const updated = kinds["update, late"] as Kind;
  const subtree = kinds["restart a subtree"] as Kind;
  const restarted = kinds["restart a child"] as Kind;
  const application = kinds["a new application"] as Kind;
  /** Instructions that fail by themselves, and as what. */
  const byThemselves: Readonly<Record<string, readonly [Kind, Readonly<Record<string, () => unknown>>, string]>> = {
    "a migration": [updated, { "up b": fail }, "release/migration_failed"],
    "the init of a supervisor, asked anew": [supervised, { "init top": fail }, "release/migration_failed"],
    "the init of a new child": [supervised, { "init audit 2": fail }, "release/undone"],
    "the init of a child that is started again": [restarted, { "init till 2": fail }, "release/undone"],
    "the init of a child of a subtree that is started again": [subtree, { "init clerk 2": fail }, "release/undone"],
    "the start of a new application": [application, { "start press": fail }, "release/undone"],
    "the top process of a new application": [application, { "init plate 2": fail }, "release/undone"],
    "a migration that returns a promise": [updated, { "up b": () => fail() }, "release/migration_failed"],
  };
  for (const [name, [kind, fault, code]] of Object.entries(byThemselves)) {
    test(`of an install in which this fails: ${name}`, async () => {
      const error = await leavesNoTrace(kind, kind.script, fault, name);
      assert.ok(isUnderwayError(error));
      assert.equal(error.code, code, error.message);
    });
  }
});

describe("undo of processes that worked", () => {
  const updated = kinds["update, late"] as Kind;
  const then = (...more: readonly Instruction[]): readonly Instruction[] => [...updated.script, ...more];

  test("keeps what they did under the new code, messages included, in order", async () => {
    const [, former] = (await call("a", "get")) as [string, { notes: unknown[] }];
    const error = await (async () => {
      faults.apply = async () => {
        await call("a", "add", 5);
        for (let n = 0; n < 20; n++) cast("a", "note", n);
        throw new Error("on purpose");
      };
      return failing(updated, then(failHere));
    })();
    delete faults.apply;
    assert.deepEqual(unforeseen(error), []);
    const [version, state] = (await call("a", "get")) as [string, { total: number; notes: unknown[]; cents?: number }];
    assert.equal(version, "1");
    assert.equal(state.total, 6);
    assert.equal(state.cents, undefined);
    assert.deepEqual(state.notes, [...former.notes, ...Array.from({ length: 20 }, (_, n) => n)]);
    await call("a", "add", -5);
  });

  test("whose `down` throws gives them their state from before, and names them", async () => {
    faults.apply = async () => {
      await call("a", "add", 5);
      faults["down a"] = fail;
      fail();
    };
    const error = await failing(updated, then(failHere));
    for (const place of ["down a", "apply"]) delete faults[place];
    assert.match(unforeseen(error).join(), /bank\/account a got its state from before the upgrade: .*on purpose/);
    assert.equal(((await call("a", "get")) as [string, { total: number }])[1].total, 1);
  });

  test("whose `down` throws in the second of two upgrades get their state from before the second", async () => {
    faults.apply = fail;
    await failing(updated, then(failHere));
    await call("a", "add", 7);
    faults.apply = async () => {
      await call("a", "add", 5);
      faults["down a"] = fail;
      fail();
    };
    await failing(updated, then(failHere));
    for (const place of ["down a", "apply"]) delete faults[place];
    assert.equal(((await call("a", "get")) as [string, { total: number }])[1].total, 1 + 7);
    await call("a", "add", -7);
  });

  test("lets those inside a callback finish in their code, wherever the failure comes, and loses none of their results", async () => {
    for (const script of positions(updated.script)) {
      const gate = Promise.withResolvers<void>();
      faults.gate = () => gate.promise;
      faults.apply = fail;
      const answers = [call("a", "slow", 1), call("b", "slow", 1)];
      cast("a", "note", "queued");
      await settle();
      const error = await failing(updated, script);
      gate.resolve();
      assert.deepEqual(await Promise.all(answers), ["1", "1"]);
      for (const place of ["gate", "apply"]) delete faults[place];
      assert.deepEqual(unforeseen(error), []);
      for (const name of ["a", "b"]) {
        const [version, state] = (await call(name, "get")) as [string, { total: number; cents?: number }];
        assert.deepEqual([version, state.cents], ["1", undefined]);
        await call(name, "add", -1);
      }
    }
  });

  test("in which one crashes meanwhile leaves its successor in the old code, and the others with their states", async () => {
    for (const script of positions(updated.script)) {
      faults.apply = async () => {
        cast("c", "crash");
        await settle();
        throw new Error("on purpose");
      };
      const error = await failing(updated, script);
      delete faults.apply;
      await settle();
      assert.deepEqual(unforeseen(error), []);
      assert.deepEqual(await call("c", "get"), ["1", { name: "c", total: 0, notes: [] }]);
      assert.equal(((await call("b", "get")) as [string, { total: number }])[1].total, 2);
    }
  });

  test("in which a supervisor gives up meanwhile leaves the tree that has been started in its place, in old code", async () => {
    const { script } = updated;
    faults.apply = async () => {
      for (const name of ["clerk1", "clerk1"]) {
        cast(name, "crash");
        await settle();
      }
      throw new Error("on purpose");
    };
    const former = whereis("team");
    const error = await failing(updated, [...script, failHere]);
    delete faults.apply;
    assert.deepEqual(unforeseen(error), []);
    assert.notEqual(whereis("team"), former);
    assert.deepEqual(await call("clerk2", "get"), ["1", { name: "clerk2", total: 0, notes: [] }]);
    assert.equal(((await call("b", "get")) as [string, { total: number }])[1].total, 2);
  });

  test("is whole when the process that failed is the one that ends the node's operation: nothing is left running", async () => {
    faults.apply = fail;
    await failing(updated, then(failHere));
    delete faults.apply;
    assert.equal(operationUnderWay(), null);
  });
});

describe("undo of a stopped tree", () => {
  const subtree = kinds["restart a subtree"] as Kind;

  test("says of a state that is bound to the ended process why it began anew", async () => {
    const held = sendAfter(3_600_000, { name: "nobody" }, "never");
    await sys.replaceState({ name: "clerk1" }, (state) => ({ ...(state as object), timer: held }));
    faults.apply = fail;
    const error = await failing(subtree, [...subtree.script, failHere]);
    delete faults.apply;
    cancelTimer(held);
    assert.deepEqual(unforeseen(error), [
      "clerk1 was started again and began anew: its state holds a TimerRef, which ended with it",
    ]);
    assert.deepEqual((error as { details: { restarted: string[] } }).details.restarted, ["team", "clerk2"]);
  });

  test("names those whose supervisor cannot be started again", async () => {
    faults["init team"] = fail;
    faults.apply = () => {
      throw new Error("on purpose");
    };
    const error = await failing(subtree, [...subtree.script.slice(0, 1), failHere, ...subtree.script.slice(1)]);
    for (const place of ["init team", "apply"]) delete faults[place];
    const lost = unforeseen(error).join("; ");
    assert.match(lost, /apply underway\/supervisor:terminateChild: .*"team"/);
    assert.match(lost, /team was ended and is not back; clerk1 was ended and is not back/);
    await Supervisor.restartChild("top", "team");
  });
});
