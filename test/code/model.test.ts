// The code server against a small model of it, which is OTP's table of outcomes (code(3), erlang:check_process_code/2):
// random loads, switches, undos, deletions, purges, and processes that stay in a version or move on to the newest one.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isUnderwayError } from "../../src/error.ts";
import type { ObjectCode } from "../../src/release/object-code.ts";
import {
  checkOldCode,
  checkProcessCode,
  deleteModule,
  load,
  oldCode,
  purge,
  softPurge,
  whichVersions,
} from "../../src/runtime/code/code-server.ts";
import { isLoaded } from "../../src/runtime/code/modules.ts";
import { type Staged, stage } from "../../src/runtime/code/stage.ts";
import type { Pid } from "../../src/runtime/process/pid.ts";
import { exit, isAlive } from "../../src/runtime/process/signals.ts";
import { compileModules } from "../../src/tools/compile/compile.ts";
import { ask, call, endOf, refused, settled, start } from "./support.ts";

const NAMES = ["a", "b", "c"] as const;
type Name = (typeof NAMES)[number];
type Fault = "none" | "evaluation" | "onLoad";

/** One module as OTP has it: at most a current and an old version. */
interface Versions {
  current: number | null;
  old: number | null;
}

interface Running {
  readonly name: Name;
  version: number;
  alive: boolean;
}

class Model {
  readonly modules: Record<Name, Versions> = {
    a: { current: null, old: null },
    b: { current: null, old: null },
    c: { current: null, old: null },
  };
  readonly processes: Running[] = [];
  /** What each module of the last switch was and became; null when there was none. */
  lastSwitch: Map<Name, { from: number | null; to: number | null }> | null = null;
  version = 0;

  purge(name: Name): boolean {
    const { old } = this.modules[name];
    this.modules[name].old = null;
    return old !== null && this.kill(name, old);
  }

  kill(name: Name, version: number): boolean {
    const inside = this.inside(name, version);
    for (const process of inside) process.alive = false;
    return inside.length > 0;
  }

  inside(name: Name, version: number | null): Running[] {
    return this.processes.filter((one) => one.alive && one.name === name && one.version === version);
  }

  makeCurrent(name: Name, version: number | null): void {
    const module = this.modules[name];
    if (module.current !== null) module.old = module.current;
    module.current = version;
  }
}

/** The code server under test; modules of each run have names of their own. */
class Real {
  static #runs = 0;
  readonly app = `model${++Real.#runs}`;
  readonly pids: Pid[] = [];
  readonly hashes = new Map<string, number>();
  undo: (() => void) | null = null;

  id(name: Name): string {
    return `${this.app}/${name}`;
  }

  compile(names: readonly Name[], version: number, fault: Fault = "none") {
    const objects = compileModules(
      Object.fromEntries(names.map((name) => [this.id(name), source(name, version, fault)])),
    );
    for (const object of objects) this.hashes.set(object.hash, version);
    return objects;
  }
}

const source = (name: Name, version: number, fault: Fault): string => `
  import { receive } from "underway/process";
  import * as self from "./${name}.ts";
  export const version = () => ${version};
  export const loop = async (): Promise<void> => {
    const { question, answer } = await receive<{ question: string; answer(v: number): void }>();
    answer(${version});
    return question === "move" ? self.loop() : loop();
  };
  ${fault === "evaluation" ? 'throw new Error("no");' : ""}
  ${fault === "onLoad" ? 'export const onLoad = () => { throw new Error("no"); };' : ""}`;

/** Everything that can be asked says what the model says. */
const compare = async (model: Model, real: Real): Promise<void> => {
  await settled();
  for (const name of NAMES) {
    const id = real.id(name);
    const { current, old } = model.modules[name];
    const running = whichVersions(id);
    const numberOf = (hash: string | undefined) => (hash === undefined ? null : real.hashes.get(hash));
    assert.deepEqual({ current: numberOf(running.current), old: numberOf(running.old) }, { current, old }, name);
    assert.equal(checkOldCode(id), old !== null);
    assert.equal(isLoaded(id), current !== null);
    if (current !== null) assert.equal(call(id, "version"), current);
    const users = oldCode().find(({ module }) => module === id)?.processes;
    assert.equal(users?.length ?? 0, model.inside(name, old).length);
  }
  for (const [i, { name, version, alive }] of model.processes.entries()) {
    const pid = real.pids[i] as Pid;
    assert.equal(isAlive(pid), alive, `process ${i} in ${name} ${version}`);
    for (const other of NAMES) {
      const expected = alive && other === name && version === model.modules[name].old;
      assert.equal(checkProcessCode(pid, real.id(other)), expected, `process ${i} in old ${other}`);
    }
  }
};

type Step = fc.AsyncCommand<Model, Real>;

const step = (title: string, run: (model: Model, real: Real) => unknown, check: Step["check"] = () => true): Step => ({
  check,
  async run(model, real) {
    await run(model, real);
    await compare(model, real);
  },
  toString: () => title,
});

const loadOne = (name: Name, fault: Fault): Step =>
  step(`load(${name}, ${fault})`, async (model, real) => {
    const version = ++model.version;
    const [object] = real.compile([name], version, fault);
    const loading = load(object as ObjectCode);
    if (fault !== "none") return assert.rejects(loading, (thrown) => isUnderwayError(thrown));
    await loading;
    if (model.modules[name].current !== null) model.purge(name);
    model.makeCurrent(name, version);
  });

/** A set, all or nothing; modules to remove may be in none of the states. */
const switchSet = (names: readonly Name[], remove: readonly Name[], abort: boolean): Step =>
  step(`switch(${names}, remove ${remove}${abort ? ", abort" : ""})`, async (model, real) => {
    const version = ++model.version;
    const staged: Staged = await stage(real.compile(names, version));
    await compare(model, real);
    if (abort) return staged.abort();
    const removed = remove.filter((name) => !names.includes(name) && model.modules[name].current !== null);
    const concerned = [...names, ...removed];
    const options = { remove: remove.map((name) => real.id(name)) };
    if (concerned.some((name) => model.modules[name].current !== null && model.modules[name].old !== null)) {
      assert.throws(() => staged.switch(options), refused("code/not_purged"));
      return staged.abort();
    }
    real.undo = staged.switch(options);
    model.lastSwitch = new Map();
    for (const name of concerned) {
      const to = names.includes(name) ? version : null;
      model.lastSwitch.set(name, { from: model.modules[name].current, to });
      model.makeCurrent(name, to);
    }
  });

const undo = step(
  "undo",
  (model, real) => {
    const changes = [...(model.lastSwitch ?? [])];
    const gone = changes.some(([name, { from, to }]) => {
      const { current, old } = model.modules[name];
      return current !== to || (from !== null && old !== from);
    });
    if (gone) return assert.throws(real.undo as () => void, refused("code/undo_purged"));
    real.undo?.();
    model.lastSwitch = null;
    for (const [name, { from, to }] of changes) {
      const module = model.modules[name];
      module.current = from;
      if (from !== null || module.old === null) module.old = to;
      else if (to !== null) model.kill(name, to);
    }
  },
  ({ lastSwitch }) => lastSwitch !== null,
);

const deleteOne = (name: Name): Step =>
  step(`delete(${name})`, (model, real) => {
    const { current, old } = model.modules[name];
    const expected = current !== null && old === null;
    assert.equal(deleteModule(real.id(name)), expected);
    if (expected) model.makeCurrent(name, null);
  });

const purgeOne = (name: Name): Step =>
  step(`purge(${name})`, (model, real) => assert.equal(purge(real.id(name)), model.purge(name)));

const softPurgeOne = (name: Name): Step =>
  step(`softPurge(${name})`, (model, real) => {
    const { old } = model.modules[name];
    const expected = old === null || model.inside(name, old).length === 0;
    assert.equal(softPurge(real.id(name)), expected);
    if (expected) model.modules[name].old = null;
  });

const startIn = (name: Name): Step =>
  step(
    `start(${name})`,
    async (model, real) => {
      real.pids.push(start(real.id(name), "loop"));
      model.processes.push({ name, version: model.modules[name].current as number, alive: true });
    },
    ({ modules }) => modules[name].current !== null,
  );

/** A local call stays where it is, a qualified one goes to the current version; without one it ends the process. */
const turn = (which: number, question: "stay" | "move"): Step =>
  step(
    `turn(${which}, ${question})`,
    async (model, real) => {
      const i = which % model.processes.length;
      const process = model.processes[i] as Running;
      if (!process.alive) return;
      assert.equal(await ask(real.pids[i] as Pid, question), process.version);
      if (question === "stay") return;
      const { current } = model.modules[process.name];
      if (current === null) process.alive = false;
      else process.version = current;
    },
    ({ processes }) => processes.length > 0,
  );

const end = (which: number): Step =>
  step(
    `end(${which})`,
    async (model, real) => {
      const i = which % model.processes.length;
      const ended = endOf(real.pids[i] as Pid);
      exit(real.pids[i] as Pid, "shutdown");
      await ended;
      (model.processes[i] as Running).alive = false;
    },
    ({ processes }) => processes.length > 0,
  );

test("the code server answers as its model does, whatever is asked of it in whatever order", async () => {
  const name = fc.constantFrom(...NAMES);
  const names = fc.uniqueArray(name, { minLength: 1 });
  const fault = fc.oneof(
    { arbitrary: fc.constant<Fault>("none"), weight: 4 },
    fc.constantFrom<Fault>("evaluation", "onLoad"),
  );
  const commands = fc.commands(
    [
      fc.tuple(name, fault).map(([one, how]) => loadOne(one, how)),
      fc.tuple(names, fc.uniqueArray(name), fc.boolean()).map(([all, remove, abort]) => switchSet(all, remove, abort)),
      fc.constant(undo),
      name.map(deleteOne),
      name.map(purgeOne),
      name.map(softPurgeOne),
      name.map(startIn),
      name.map(startIn),
      fc.tuple(fc.nat(), fc.constantFrom("stay", "move")).map(([which, question]) => turn(which, question)),
      fc.nat().map(end),
    ],
    { maxCommands: 60, size: "max" },
  );
  await fc.assert(
    fc.asyncProperty(commands, (steps) => fc.asyncModelRun(() => ({ model: new Model(), real: new Real() }), steps)),
    { numRuns: 40 },
  );
});
