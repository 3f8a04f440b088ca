// GenServer: every result of every callback, and what the caller sees of each.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import {
  type CallClauses,
  type CastClauses,
  type Context,
  ignore,
  noreply,
  ok,
  type Pid,
  reply,
  stop,
  stopInit,
} from "../../src/runtime/behaviour/gen-server.ts";
import * as Process from "../../src/runtime/process/index.ts";
import type { ExitMessage } from "../../src/runtime/process/mailbox.ts";
import { collectReports, endOf, inProcess, refused, settled } from "../process/support.ts";

const reports = collectReports();

interface State {
  readonly total: number;
  readonly seen: readonly unknown[];
  readonly waiting?: GenServer.From<string>;
}

type Begin = "ok" | "ignore" | "stop" | "throw" | "exit" | "never" | "garbage" | "continue";

/** A callback module with one clause for each thing that a clause can do. */
const Counter = {
  async init(begin: Begin) {
    await null;
    if (begin === "ignore") return ignore;
    if (begin === "stop") return stopInit("no room");
    if (begin === "throw") throw new Error("boom");
    if (begin === "exit") return Process.exit({ shutdown: "early" });
    if (begin === "never") return new Promise<never>(() => {});
    if (begin === "garbage") return 5 as never;
    return ok<State>({ total: 0, seen: [] }, begin === "continue" ? { continue: "more" } : undefined);
  },
  handleCall: {
    get: ({ state }) => reply(state.total, state),
    seen: ({ state }) => reply(state.seen, state),
    add({ state }, by: number) {
      const total = state.total + by;
      return reply(total, { ...state, total });
    },
    async slowly({ state }, after: unknown) {
      await after;
      return reply(state.total, { ...state, total: state.total + 1 });
    },
    later: ({ state, from }) => noreply({ ...state, waiting: from }),
    silent: ({ state }) => noreply(state),
    replyTwice({ state, from }) {
      GenServer.replyTo(from, "first");
      return reply("second", state);
    },
    stopped: ({ state }) => stop<State>("normal", state),
    async stoppedSlowly({ state }) {
      await null;
      return stop<State>({ shutdown: "asked" }, state);
    },
    failed(): never {
      throw new Error("boom");
    },
    oddly(): never {
      throw "no error at all";
    },
    rejected: () => Promise.reject(new Error("boom")),
    exited: () => Process.exit("enough"),
    nonsense: () => 5 as never,
    initResult: ({ state }) => ok<State>(state) as never,
    nothing: () => undefined as never,
    async self() {
      await GenServer.call(Process.self<{ handleCall: { get(): GenServer.Reply<number, State> } }>(), "get");
      return reply(null, { total: 0, seen: [] });
    },
    andContinue: ({ state }) => reply("now", state, { continue: "after the reply" }),
    andWait: ({ state }) => reply("now", state, { timeoutMs: 1 }),
    whoAsks: ({ state, from }) => reply(from.pid, state),
  } satisfies CallClauses<State>,
  handleCast: {
    add: ({ state }, by: number) => noreply({ ...state, total: state.total + by }),
    async addSlowly({ state }, by: number, after: unknown) {
      await after;
      return noreply({ ...state, total: state.total + by });
    },
    answer({ state }, value: string) {
      if (state.waiting !== undefined) GenServer.replyTo(state.waiting, value);
      return noreply(state);
    },
    replied: ({ state }) => reply(1, state) as never,
    quit: ({ state }, reason: Process.ExitReason) => stop(reason, state),
    trap({ state }) {
      Process.trapExit(true);
      return noreply(state);
    },
  } satisfies CastClauses<State>,
  handleInfo: ({ state }: Context<State>, message: unknown) =>
    noreply<State>({ ...state, seen: [...state.seen, message] }),
  handleContinue: ({ state }: Context<State>, arg: string) => noreply<State>({ ...state, seen: [...state.seen, arg] }),
  terminate({ state }: Context<State>, reason: Process.ExitReason): void {
    lastWords.push({ total: state.total, reason });
  },
};
const lastWords: { total: number; reason: Process.ExitReason }[] = [];

const start = (begin: Begin = "ok"): Promise<Pid<typeof Counter>> => GenServer.start(Counter, begin);

// Starting.

test("start resolves with the pid when init returned ok", async () => {
  const pid = await start();
  assert.equal(await GenServer.call(pid, "get"), 0);
  assert.equal(Process.processInfo(pid)?.behaviour, "gen_server");
  await GenServer.stopServer(pid);
});

const refusals: readonly [begin: Begin, code: "gen_server/ignore" | "gen_server/init_failed", reason: RegExp][] = [
  ["ignore", "gen_server/ignore", /^undefined$/],
  ["stop", "gen_server/init_failed", /^no room$/],
  ["throw", "gen_server/init_failed", /^error: Error: boom$/],
  ["exit", "gen_server/init_failed", /^shutdown: early$/],
  ["garbage", "gen_server/init_failed", /bad|returned 5/],
];
for (const [begin, code, reason] of refusals) {
  test(`start rejects with ${code} when init does: ${begin}`, async () => {
    await assert.rejects(start(begin), (error) => {
      refused(code)(error);
      assert.match(String((error as { details: { reason?: unknown } }).details.reason), reason);
      return true;
    });
  });
}

test("start gives up when init takes longer than timeoutMs, and ends the process", async () => {
  const starting = GenServer.start(Counter, "never", { name: "slow", timeoutMs: 2 });
  const pid = Process.whereis("slow") as Pid;
  await assert.rejects(starting, refused("gen_server/init_failed", { reason: "timeout" }));
  assert.equal(Process.isAlive(pid), false);
});

test("start registers the name before init runs, and refuses a name that is taken without starting anything", async () => {
  const starting = GenServer.start(Counter, "ok", { name: "counter" });
  const pid = Process.whereis("counter");
  const before = reports.length;
  const living = Process.processes().length;
  await assert.rejects(
    GenServer.start(Counter, "ok", { name: "counter" }),
    refused("gen_server/already_started", { name: "counter", pid: String(pid) }),
  );
  assert.equal(Process.processes().length, living);
  assert.equal(reports.length, before, "this is no crash");
  assert.equal(await starting, pid);
  await GenServer.stopServer(Process.named("counter"));
  assert.equal(Process.whereis("counter"), null);
});

test("startLink sends the exit signal of a failed start to a starter that does not trap exits", async () => {
  const run = async (): Promise<void> => {
    await GenServer.startLink(Counter, "stop").catch(() => {});
    await Process.receive();
  };
  assert.equal(await endOf(Process.spawn({ run }, "run")), "no room");
});

test("startLink links, and the parent's exit signal ends a server that traps exits through terminate", async () => {
  const started = Promise.withResolvers<Pid<typeof Counter>>();
  const run = async (): Promise<void> => {
    started.resolve(await GenServer.startLink(Counter, "ok"));
    await Process.receive();
  };
  const parent = Process.spawn({ run }, "run");
  const pid = await started.promise;
  GenServer.cast(pid, "trap");
  await GenServer.call(pid, "add", 7);
  const end = endOf(pid);
  Process.exit(parent, { shutdown: "parent" });
  assert.deepEqual(await end, { shutdown: "parent" });
  assert.deepEqual(lastWords.at(-1), { total: 7, reason: { shutdown: "parent" } });
});

// Calls.

test("call resolves with the reply, and the next call sees the new state", async () => {
  const pid = await start();
  assert.equal(await GenServer.call(pid, "add", 5), 5);
  assert.equal(await GenServer.call(pid, "add", 5), 10);
  await GenServer.stopServer(pid);
});

test("call waits for an asynchronous clause, and the next message waits behind it", async () => {
  const pid = await start();
  const gate = Promise.withResolvers<void>();
  const slow = GenServer.call(pid, "slowly", gate.promise);
  const next = GenServer.call(pid, "get");
  await settled();
  gate.resolve();
  assert.deepEqual(await Promise.all([slow, next]), [0, 1]);
  await GenServer.stopServer(pid);
});

test("call is answered later by replyTo, once", async () => {
  const pid = await start();
  const answer = GenServer.call(pid, "later");
  GenServer.cast(pid, "answer", "at last");
  GenServer.cast(pid, "answer", "again");
  assert.equal(await answer, "at last");
  assert.equal(await GenServer.call(pid, "replyTwice"), "first");
  await GenServer.stopServer(pid);
});

test("call rejects with timeout, and the reply that comes later goes nowhere", async () => {
  const pid = await start();
  const gate = Promise.withResolvers<void>();
  const left = await inProcess(async () => {
    await assert.rejects(
      GenServer.callWithin(pid, 1, "slowly", gate.promise),
      refused("gen_server/timeout", { tag: "slowly", timeoutMs: 1 }),
    );
    gate.resolve();
    assert.equal(await GenServer.call(pid, "get"), 1, "the clause has run to its end");
    return Process.receive({ afterMs: 0 });
  });
  assert.equal(left, undefined);
  await GenServer.stopServer(pid);
});

test("callWithin infinity waits as long as it takes", async () => {
  const pid = await start();
  const gate = Promise.withResolvers<void>();
  const slow = GenServer.callWithin(pid, "infinity", "slowly", gate.promise);
  setTimeout(() => gate.resolve(), 3);
  assert.equal(await slow, 0);
  await GenServer.stopServer(pid);
});

test("call rejects with noproc when there is nobody, by pid and by name", async () => {
  const pid = await start();
  await GenServer.stopServer(pid);
  await assert.rejects(GenServer.call(pid, "get"), refused("gen_server/noproc", { server: String(pid) }));
  const nobody = Process.named<typeof Counter>("nobody");
  await assert.rejects(GenServer.call(nobody, "get"), refused("gen_server/noproc", { server: '"nobody"' }));
});

test("call of oneself is refused, since it would wait for its own answer", async () => {
  const pid = await start();
  await assert.rejects(GenServer.call(pid, "self"), refused("gen_server/exited"));
  assert.match(String(reports.at(-1)?.error), /gen_server\/calling_self/);
});

// What a call's clause does, why the server ends for it, and that the caller is told.
const ends = [
  ["stopped", "normal"],
  ["stoppedSlowly", { shutdown: "asked" }],
  ["failed", /^error: Error: boom$/],
  ["oddly", /^error: no error at all$/],
  ["rejected", /^error: Error: boom$/],
  ["exited", "enough"],
  ["nonsense", /returned 5$/],
  ["initResult", /a callback of "\(module\)" returned \{ kind: 'ok'/],
  ["nothing", /returned undefined$/],
] as const;
for (const [tag, reason] of ends) {
  test(`a server whose clause does "${tag}" ends, after terminate, and its caller is told why`, async () => {
    const pid = await start();
    await GenServer.call(pid, "add", 3);
    const end = endOf(pid);
    const waiting = GenServer.call(pid, "later");
    const behind = [GenServer.call(pid, tag), GenServer.call(pid, "get")];
    for (const call of [waiting, ...behind]) {
      await assert.rejects(call, refused("gen_server/exited", { server: String(pid) }));
    }
    const actual = await end;
    if (reason instanceof RegExp) assert.match(Process.formatReason(actual), reason);
    else assert.deepEqual(actual, reason);
    assert.deepEqual(lastWords.at(-1), { total: 3, reason: actual });
  });
}

test("a server that is killed says no last words, and whoever waits for it is told", async () => {
  const pid = await start();
  const before = lastWords.length;
  const gate = Promise.withResolvers<void>();
  const calls = [GenServer.call(pid, "slowly", gate.promise), GenServer.call(pid, "get")];
  await settled();
  Process.exit(pid, "kill");
  for (const call of calls) await assert.rejects(call, refused("gen_server/exited", { reason: "killed" }));
  gate.resolve();
  await settled();
  assert.equal(lastWords.length, before);
});

test("what a callback of a killed server still returns has no effect: no reply, no continue", async () => {
  const gate = Promise.withResolvers<void>();
  const seen: string[] = [];
  const Late = {
    init: () => ok<null>(null),
    async handleInfo(_context: Context<null>) {
      await gate.promise;
      return noreply<null>(null, { continue: "more" });
    },
    handleContinue(_context: Context<null>, arg: string) {
      seen.push(arg);
      return noreply<null>(null);
    },
  };
  const pid = await GenServer.start(Late, null as never);
  Process.send(pid, "go");
  await settled();
  Process.exit(pid, "kill");
  gate.resolve();
  await settled();
  assert.deepEqual(seen, []);
});

test("a clause that is not there ends the server, in calls and casts, also for what every object has", async () => {
  type Anything = { handleCall: Record<string, () => never>; handleCast: Record<string, () => never> };
  for (const tag of ["gone", "toString", "__proto__"]) {
    for (const kind of ["call", "cast"] as const) {
      const pid: Pid = await start();
      const end = endOf(pid);
      if (kind === "call")
        await assert.rejects(GenServer.call(pid as Pid<Anything>, tag), refused("gen_server/exited"));
      else GenServer.cast(pid as Pid<Anything>, tag);
      refused("gen_server/no_clause", { tag })(((await end) as { error: unknown }).error);
    }
  }
});

test("from tells who asks; nobody, outside a process", async () => {
  const pid = await start();
  assert.equal(await GenServer.call(pid, "whoAsks"), null);
  assert.ok(await inProcess(async () => (await GenServer.call(pid, "whoAsks")) === Process.self()));
  await GenServer.stopServer(pid);
});

// Casts, other messages, continue, idle timeout.

test("cast changes the state, to a server that has ended it is dropped, and a reply to it is a bad return value", async () => {
  const pid = await start();
  GenServer.cast(pid, "add", 2);
  GenServer.cast(pid, "addSlowly", 40, settled());
  assert.equal(await GenServer.call(pid, "get"), 42);
  const end = endOf(pid);
  GenServer.cast(pid, "replied");
  assert.match(Process.formatReason(await end), /UnderwayError: Cannot go on: a callback of .* returned/);
  GenServer.cast(pid, "add", 1);
});

test("handleInfo gets whatever is sent, and EXIT messages of a server that traps exits", async () => {
  const pid = await start();
  GenServer.cast(pid, "trap");
  await GenServer.call(pid, "get");
  Process.send(pid, { any: "thing" });
  Process.exit(pid, "a hint");
  assert.deepEqual(await GenServer.call(pid, "seen"), [
    { any: "thing" },
    { type: "EXIT", pid: null, reason: "a hint" } satisfies ExitMessage,
  ]);
  await GenServer.stopServer(pid);
});

test("a message to a server without handleInfo is dropped and reported", async () => {
  const pid = await GenServer.start({ init: () => ok(null), handleCall: {} }, null as never);
  Process.send(pid, "hello");
  await settled();
  assert.equal(Process.isAlive(pid), true);
  assert.partialDeepStrictEqual(reports.at(-1), { kind: "unexpected_message", level: "warning" });
  await GenServer.stopServer(pid);
});

test("handleContinue runs before any other message, after init and after a reply", async () => {
  const starting = GenServer.start(Counter, "continue", { name: "continuing" });
  Process.send(Process.named("continuing"), "a message");
  const pid = await starting;
  assert.equal(await GenServer.call(pid, "andContinue"), "now");
  Process.send(pid, "another one");
  assert.deepEqual(await GenServer.call(pid, "seen"), ["more", "a message", "after the reply", "another one"]);
  await GenServer.stopServer(pid);
});

test("an idle timeout sends timeout, unless a message comes before", async () => {
  const pid = await start();
  await GenServer.call(pid, "andWait");
  await GenServer.call(pid, "get");
  await new Promise((resolve) => setTimeout(resolve, 4));
  assert.deepEqual(await GenServer.call(pid, "seen"), []);
  await GenServer.call(pid, "andWait");
  await new Promise((resolve) => setTimeout(resolve, 4));
  assert.deepEqual(await GenServer.call(pid, "seen"), ["timeout"]);
  await GenServer.stopServer(pid);
});

// Stopping.

test("stopServer resolves when the process has ended through terminate, also for a crash's reason", async () => {
  for (const reason of ["normal", "shutdown", { shutdown: 1 }, { error: "boom" }] as const) {
    const pid = await start();
    await GenServer.stopServer(pid, reason);
    assert.equal(Process.isAlive(pid), false);
    assert.deepEqual(lastWords.at(-1)?.reason, reason);
  }
});

test("stopServer rejects when the process ends for another reason, is not there, or takes too long", async () => {
  const pid = await start();
  GenServer.cast(pid, "quit", "mine");
  await assert.rejects(GenServer.stopServer(pid), refused("gen_server/exited", { reason: "mine" }));
  await assert.rejects(GenServer.stopServer(pid), refused("gen_server/noproc"));
  const busy = await start();
  GenServer.cast(busy, "addSlowly", 1, new Promise(() => {}));
  await assert.rejects(GenServer.stopServer(busy, "normal", 2), refused("gen_server/timeout", { timeoutMs: 2 }));
  Process.exit(busy, "kill");
});

test("a server ends before a message that was sent to it after the one that stops it", async () => {
  const pid = await start();
  const end = endOf(pid);
  GenServer.cast(pid, "quit", "normal");
  const behind = GenServer.call(pid, "get");
  await assert.rejects(behind, refused("gen_server/exited", { reason: "normal" }));
  assert.equal(await end, "normal");
});

test("terminate may take its time: nothing else is handled meanwhile", async () => {
  const gate = Promise.withResolvers<void>();
  const handled: unknown[] = [];
  const Slow = {
    init: () => ok<null>(null),
    async handleInfo(_context: Context<null>, message: unknown) {
      await null;
      handled.push(message);
      return message === "stop" ? stop<null>("normal", null) : noreply<null>(null);
    },
    terminate: () => gate.promise,
  };
  const pid = await GenServer.start(Slow, null as never);
  const end = endOf(pid);
  for (const message of ["go", "stop", "never"]) Process.send(pid, message);
  await settled();
  await settled();
  assert.equal(Process.processInfo(pid)?.status, "ending");
  gate.resolve();
  assert.equal(await end, "normal");
  assert.deepEqual(handled, ["go", "stop"]);
});
