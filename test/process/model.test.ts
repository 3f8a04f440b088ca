// Links, monitors, exits, names, timers, aliases and bounded mailboxes against a small model of erlang(3): random
// operations by random processes, among them random kills. After each one everybody is what the model says.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import * as Process from "../../src/runtime/process/index.ts";
import type { Envelope } from "../../src/runtime/process/mailbox.ts";
import { stopSignal } from "../../src/runtime/process/stop-signal.ts";
import { collectReports, idler } from "./support.ts";

collectReports();

const PROCESSES = 5;
const NAMES = ["a", "b"];
const LENGTH_MAX = 4;
type Overflow = Process.MailboxOptions["overflow"] | null;
/** One process of each kind. */
const overflows: readonly Overflow[] = [null, "refuse", "drop_newest", "drop_oldest", "exit"];

type Operation =
  | readonly ["link" | "unlink" | "monitor" | "demonitor", by: number, other: number]
  | readonly ["exit", by: number, other: number, reason: "boom" | "normal" | "shutdown" | "kill"]
  | readonly ["trapExit", by: number, flag: boolean]
  | readonly ["register", name: string, who: number]
  | readonly ["unregister", name: string]
  | readonly ["send" | "timer" | "cancel", to: number, what: number]
  | readonly ["alias" | "sendAlias", who: number]
  | readonly ["take", who: number];

// The model: what erlang(3) says, as data.

interface Modelled {
  alive: boolean;
  trap: boolean;
  name: string | null;
  readonly links: Set<number>;
  /** By their number: whom it watches. */
  readonly watches: Map<number, number>;
  /** In the order of arrival; signals begin with EXIT or DOWN. */
  mailbox: string[];
  timers: Set<number>;
  aliasOpen: boolean;
}

class Model {
  readonly all: readonly Modelled[] = Array.from({ length: PROCESSES }, () => ({
    alive: true,
    trap: false,
    name: null,
    links: new Set<number>(),
    watches: new Map<number, number>(),
    mailbox: [],
    timers: new Set<number>(),
    aliasOpen: false,
  }));
  #refs = 0;

  at(index: number): Modelled {
    return this.all[index] as Modelled;
  }

  apply(operation: Operation): void {
    const [kind, first, second] = operation;
    const one = typeof first === "number" ? this.at(first) : null;
    const other = typeof second === "number" && second < PROCESSES ? this.at(second) : null;
    switch (kind) {
      case "link":
        if (!one?.alive || first === second) return;
        if (other?.alive) {
          one.links.add(second);
          other.links.add(first);
        } else this.signal(first, null, "noproc");
        return;
      case "unlink":
        if (!one?.alive || !other?.alive) return;
        one.links.delete(second);
        other.links.delete(first);
        return;
      case "monitor": {
        if (!one?.alive) return;
        const ref = this.#refs++;
        if (other?.alive) one.watches.set(ref, second);
        else this.deliver(first, `DOWN ${second} noproc`);
        return;
      }
      case "demonitor": {
        const found = one?.alive ? [...one.watches].find(([, target]) => target === second) : undefined;
        if (found !== undefined) one?.watches.delete(found[0]);
        return;
      }
      case "exit":
        if (one?.alive && other?.alive) this.#exit(first, second, operation[3]);
        return;
      case "trapExit":
        if (one?.alive) one.trap = second;
        return;
      case "register":
        if (this.at(second).alive && this.at(second).name === null && !this.all.some(({ name }) => name === first))
          this.at(second).name = first;
        return;
      case "unregister":
        for (const process of this.all) if (process.name === first) process.name = null;
        return;
      case "send":
        this.deliver(first, `message ${second}`);
        return;
      case "timer":
        if (one?.alive) one.timers.add(second);
        return;
      case "cancel":
        one?.timers.delete(second);
        return;
      case "alias":
        if (one?.alive) one.aliasOpen = true;
        return;
      case "sendAlias":
        if (one?.aliasOpen) {
          one.aliasOpen = false;
          this.deliver(first, "reply");
        }
        return;
      case "take":
        one?.mailbox.shift();
    }
  }

  #exit(by: number, target: number, reason: string): void {
    if (reason === "kill") this.end(target, "killed");
    else this.signal(target, by, reason);
  }

  signal(to: number, from: number | null, reason: string): void {
    const target = this.at(to);
    if (!target.alive) return;
    if (target.trap) this.deliver(to, `EXIT ${from} ${reason}`);
    else if (reason !== "normal" || from === to) this.end(to, reason);
  }

  deliver(to: number, message: string): void {
    const { alive, mailbox } = this.at(to);
    if (!alive) return;
    const overflow = overflows[to];
    if (overflow && mailbox.length >= LENGTH_MAX && !/^(EXIT|DOWN)/.test(message)) {
      if (overflow === "exit") this.end(to, "full");
      if (overflow !== "drop_oldest") return;
      const oldest = mailbox.findIndex((one) => !/^(EXIT|DOWN)/.test(one));
      if (oldest === -1) return;
      mailbox.splice(oldest, 1);
    }
    mailbox.push(message);
  }

  end(index: number, reason: string): void {
    const process = this.at(index);
    const links = [...process.links];
    Object.assign(process, { alive: false, name: null, mailbox: [], timers: new Set(), aliasOpen: false });
    process.links.clear();
    process.watches.clear();
    for (const [watcher, { watches }] of this.all.entries()) {
      for (const [ref, target] of watches) {
        if (target !== index) continue;
        watches.delete(ref);
        this.deliver(watcher, `DOWN ${index} ${reason}`);
      }
    }
    for (const linked of links) {
      this.at(linked).links.delete(index);
      this.signal(linked, index, reason);
    }
  }
}

// The real processes.

class Real {
  readonly pids = Array.from({ length: PROCESSES }, () => idler());
  readonly timers = new Map<string, Process.TimerRef>();
  readonly aliases = new Map<number, Process.Alias>();
  readonly #monitors: { readonly by: number; readonly target: number; readonly ref: Process.Ref }[] = [];

  constructor() {
    for (const [index, overflow] of overflows.entries()) {
      if (overflow === null) continue;
      const run = (): Promise<unknown> => Process.receive({ match: (one): one is never => one === "never" });
      Process.exit(this.pid(index), "kill");
      this.pids[index] = Process.spawnOpt({ mailbox: { lengthMax: LENGTH_MAX, overflow } }, { run }, "run");
    }
  }

  pid(index: number): Process.Pid {
    return this.pids[index] as Process.Pid;
  }

  /** Runs `fn` as a process that lives. */
  as(index: number, fn: () => void): void {
    try {
      this.pid(index).process?.enter(fn);
    } catch (thrown) {
      // It has ended itself, or somebody on whom its life depends.
      if (thrown !== stopSignal) throw thrown;
    }
  }

  apply(operation: Operation): void {
    const [kind, first] = operation;
    const byItself = ["link", "unlink", "monitor", "demonitor", "exit", "trapExit", "alias"].includes(kind);
    if (byItself) this.as(first as number, () => this.#perform(operation));
    else attempt(() => this.#perform(operation));
  }

  #perform(operation: Operation): void {
    const [kind, first, second] = operation;
    switch (kind) {
      case "link":
        Process.link(this.pid(second));
        break;
      case "unlink":
        Process.unlink(this.pid(second));
        break;
      case "monitor": {
        const ref = Process.monitor(this.pid(second));
        if (Process.isAlive(this.pid(second))) this.#monitors.push({ by: first, target: second, ref });
        break;
      }
      case "demonitor": {
        const at = this.#monitors.findIndex(({ by, target }) => by === first && target === second);
        for (const { ref } of at === -1 ? [] : this.#monitors.splice(at, 1)) Process.demonitor(ref);
        break;
      }
      case "exit":
        Process.exit(this.pid(second), operation[3]);
        break;
      case "trapExit":
        Process.trapExit(second);
        break;
      case "register":
        Process.register(first, this.pid(second));
        break;
      case "unregister":
        Process.unregister(first);
        break;
      case "send":
        Process.send(this.pid(first), `message ${second}`);
        break;
      case "timer":
        this.#cancel(`${first} ${second}`);
        this.timers.set(`${first} ${second}`, Process.sendAfter(1_000_000, this.pid(first), "never"));
        break;
      case "cancel":
        this.#cancel(`${first} ${second}`);
        break;
      case "alias": {
        const former = this.aliases.get(first);
        if (former !== undefined) Process.unalias(former);
        this.aliases.set(first, Process.alias({ reply: true }));
        break;
      }
      case "sendAlias": {
        const alias = this.aliases.get(first);
        if (alias !== undefined) Process.send(alias, "reply");
        break;
      }
      case "take":
        this.pid(first).process?.mailbox.shift();
    }
  }

  #cancel(key: string): void {
    const timer = this.timers.get(key);
    if (timer !== undefined) Process.cancelTimer(timer);
  }

  index(pid: Process.Pid | null): number | null {
    return pid === null ? null : this.pids.indexOf(pid);
  }

  shown({ payload }: Envelope): string {
    const message = payload as Process.DownMessage | Process.ExitMessage | string;
    if (typeof message === "string") return message;
    const reason = typeof message.reason === "object" ? "full" : message.reason;
    return `${message.type} ${this.index(message.pid)} ${reason}`;
  }

  end(): void {
    for (const pid of this.pids) Process.exit(pid, "kill");
  }
}

const attempt = (fn: () => void): void => {
  try {
    fn();
  } catch {
    // What is refused changes nothing: that is what is compared.
  }
};

const compare = (model: Model, real: Real): void => {
  for (const [index, expected] of model.all.entries()) {
    const info = Process.processInfo(real.pid(index));
    assert.equal(info !== null, expected.alive, `${index} lives`);
    for (let what = 0; what < 2; what++) {
      const timer = real.timers.get(`${index} ${what}`);
      const runs = timer !== undefined && Process.readTimer(timer) !== null;
      assert.equal(runs, expected.timers.has(what), `timer ${what} of ${index}`);
    }
    if (info === null) continue;
    assert.equal(info.registeredName, expected.name);
    assert.equal(info.trapExit, expected.trap);
    assert.deepEqual(info.links.map((pid) => real.index(pid)).sort(), [...expected.links].sort());
    assert.deepEqual(info.monitors.map((pid) => real.index(pid)).sort(), [...expected.watches.values()].sort());
    const mailbox = real.pid(index).process?.mailbox.toArray() ?? [];
    const [got, wanted] = [mailbox.map((one) => real.shown(one)), expected.mailbox];
    // Signals of different processes come in any order; messages in the one in which they were sent.
    const isSignal = (one: string): boolean => /^(EXIT|DOWN)/.test(one);
    assert.deepEqual(
      got.filter((one) => !isSignal(one)),
      wanted.filter((one) => !isSignal(one)),
      `messages of ${index}`,
    );
    assert.deepEqual(got.filter(isSignal).sort(), wanted.filter(isSignal).sort(), `signals of ${index}`);
  }
  for (const name of NAMES) {
    const holder = model.all.findIndex((one) => one.name === name);
    assert.equal(real.index(Process.whereis(name)), holder === -1 ? null : holder, `name ${name}`);
  }
};

const who = fc.nat(PROCESSES - 1);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constantFrom("link", "unlink", "monitor", "demonitor"), who, who) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constant("exit"), who, who, fc.constantFrom("boom", "normal", "shutdown", "kill")),
  },
  { weight: 3, arbitrary: fc.tuple(fc.constant("trapExit"), who, fc.boolean()) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("register"), fc.constantFrom(...NAMES), who) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("unregister"), fc.constantFrom(...NAMES)) },
  { weight: 6, arbitrary: fc.tuple(fc.constantFrom("send", "timer", "cancel"), who, fc.nat(1)) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom("alias", "sendAlias", "take"), who) },
) as fc.Arbitrary<Operation>;

test("processes are what a model of erlang(3) says, whatever they do to each other", () => {
  const met = new Set<string>();
  fc.assert(
    fc.property(fc.array(operation, { minLength: 1, maxLength: 60, size: "max" }), (operations) => {
      const [model, real] = [new Model(), new Real()];
      try {
        for (const one of operations) {
          model.apply(one);
          real.apply(one);
          compare(model, real);
          met.add(one[0]);
        }
      } finally {
        real.end();
      }
    }),
    { numRuns: 500 },
  );
  assert.equal(met.size, 14, "every kind of operation was met");
});
