// Development: what leaves a process is a value, and whoever changes one is named, with the place in the value and the line.

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import * as Application from "../../src/runtime/behaviour/application.ts";
import * as controller from "../../src/runtime/behaviour/application-controller.ts";
import { migrate } from "../../src/runtime/behaviour/code-change.ts";
import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import { type From, noreply, ok, reply } from "../../src/runtime/behaviour/gen-server.ts";
import * as Sys from "../../src/runtime/behaviour/sys.ts";
import { handleOf } from "../../src/runtime/code/modules.ts";
import { development, setDevelopment } from "../../src/runtime/process/development.ts";
import * as Process from "../../src/runtime/process/index.ts";
import { loadSources } from "../code/support.ts";
import { collectReports, endOf, inProcess, refused, settled } from "../process/support.ts";

const reports = collectReports();
before(() => setDevelopment(true));
after(() => setDevelopment(false));
afterEach(() => void reports.splice(0));

/** The reports of a kind. */
const told = (kind: "value_changed" | "not_data") => reports.filter((report) => report.kind === kind);
/** The one report of a change. */
const change = () => {
  const [first, ...more] = told("value_changed");
  assert.ok(first !== undefined, "a change was reported");
  assert.deepEqual(more, [], "and only once");
  return { message: first.message, ...(first.details as { by: string; path: string; of: string; at: string | null }) };
};

interface User {
  name: string;
}
interface State {
  readonly users: User[];
  readonly rooms: Map<string, User>;
  readonly bytes: Uint8Array;
  readonly since: Date;
}
const fresh = (): State => ({
  users: [{ name: "ada" }],
  rooms: new Map([["lobby", { name: "bob" }]]),
  bytes: new Uint8Array([1, 2, 3]),
  since: new Date(0),
});
const rename = (user: User): void => {
  user.name = "eve";
};
/** Keeps what it is sent, and hands out what it has. */
const Keeper = {
  init: (kept: unknown) => ok<{ kept: unknown }>({ kept }),
  handleCall: {
    get: ({ state }: { state: { kept: unknown } }) => reply(state.kept, state),
    keep: (_: { state: object }, kept: unknown) => reply(null, { kept }),
    /** Changes in place what it holds. */
    change: ({ state }: { state: { kept: never } }, how: keyof typeof changes) => {
      changes[how](state.kept);
      return reply(null, state);
    },
    later({ state, from }: { state: { kept: unknown }; from: From<never> }) {
      setImmediate(() => GenServer.replyTo(from as From<unknown>, state.kept));
      return noreply(state);
    },
    /** In a timer, so outside a callback. */
    changeLater: ({ state }: { state: { kept: never } }, how: keyof typeof changes) => {
      setImmediate(() => {
        try {
          changes[how](state.kept);
        } catch {
          // Reported all the same.
        }
      });
      return reply(null, state);
    },
  },
};
/** The same with a state of its own making. */
const Own = { ...Keeper, init: (_: null) => ok<{ kept: unknown }>({ kept: fresh() }) };
const changes = {
  rename: (kept: State) => rename(kept.users[0] as User),
  push: (kept: State) => void kept.users.push({ name: "eve" }),
  pop: (kept: State) => void kept.users.pop(),
  rooms: (kept: State) => void kept.rooms.set("attic", { name: "eve" }),
  clear: (kept: State) => kept.rooms.clear(),
  inner: (kept: State) => rename(kept.rooms.get("lobby") as User),
  bytes: (kept: State) => void kept.bytes.set([9], 1),
  since: (kept: State) => void kept.since.setFullYear(2000),
};
type How = keyof typeof changes;
const line = /values\.test\.ts:\d+:\d+/;

// Through a message.

/** Where V8 does not say which object it was, there may be several. */
const throughMessage: readonly (readonly [How, string])[] = [
  ["rename", 'args[0].users[0].name or args[0].rooms.get("lobby").name'],
  ["push", "args[0].users[1]"],
  ["pop", "args[0].users[0]"],
  ["inner", 'args[0].users[0].name or args[0].rooms.get("lobby").name'],
  ["rooms", 'args[0].rooms.set("attic")'],
  ["clear", "args[0].rooms.clear()"],
  ["since", 'args[0].since.setFullYear("2000")'],
];
for (const [how, path] of throughMessage) {
  test(`a sender that changes (${how}) what it has sent is named, and so is the place`, async () => {
    const keeper = await GenServer.start(Keeper, null);
    const sent = fresh();
    const failed = inProcess(async () => {
      await GenServer.call(keeper, "keep", sent);
      changes[how](sent);
    });
    await assert.rejects(failed);
    // A test's process hands the error on; a process of an application would have ended by it.
    if (told("value_changed").length === 0) development?.explain(null, await failed.catch((error) => error));
    const { message, path: where, of, at } = change();
    assert.equal(where, path);
    assert.match(of, new RegExp(`^the call "keep" from <0\\.\\d+\\.0> to ${keeper}$`));
    assert.match(at ?? "", line);
    assert.match(message, /tried to change/);
  });

  test(`a receiver that changes (${how}) what it was sent is named, and ends`, async () => {
    const keeper = await GenServer.start(Keeper, null);
    await inProcess(() => GenServer.call(keeper, "keep", fresh()));
    await assert.rejects(GenServer.call(keeper, "change", how), refused("gen_server/exited"));
    const { by, path: where, at } = change();
    assert.match(by, new RegExp(`^${keeper}`));
    assert.equal(where, path);
    assert.match(at ?? "", line);
  });
}

test("bytes that have left are compared, and who has a part in them and was last to run is named", async () => {
  const keeper = await GenServer.start(Keeper, null);
  const sent = fresh();
  await inProcess(async () => {
    await GenServer.call(keeper, "keep", sent);
    sent.bytes[2] = 7;
    await GenServer.call(keeper, "get");
  });
  assert.deepEqual([change().path, /^<0\.\d+\.0>/.test(change().by)], ["args[0].bytes[2]", true]);
  reports.splice(0);
  await GenServer.call(keeper, "change", "bytes");
  assert.deepEqual([change().path, change().by.startsWith(String(keeper))], ["args[0].bytes[1]", true]);
});

// Through a reply.

for (const tag of ["get", "later"] as const) {
  test(`a caller that changes what it was answered (${tag}) is named`, async () => {
    const keeper = await GenServer.start(Keeper, fresh());
    const caller = Process.spawn(
      {
        async run() {
          const got = (await GenServer.call(keeper, tag)) as State;
          changes.rename(got);
        },
      },
      "run",
    );
    assert.ok(typeof (await endOf(caller)) === "object");
    const { by, path, of, at } = change();
    assert.match(by, new RegExp(`^${caller}`));
    assert.equal(path, 'users[0].name or rooms.get("lobby").name', "V8 does not say which object");
    assert.match(of, new RegExp(`^the reply from ${keeper}.* to ${caller}`));
    assert.match(at ?? "", line);
  });
}

test("a server that changes a Map which it has handed out is named: it has left", async () => {
  const keeper = await GenServer.start(Own, null);
  await GenServer.call(keeper, "change", "rooms");
  assert.deepEqual(told("value_changed"), [], "until then it is its own");
  const got = (await inProcess(() => GenServer.call(keeper, "get"))) as State;
  await assert.rejects(GenServer.call(keeper, "change", "clear"));
  assert.match(change().of, /^the reply from/);
  assert.equal(got.rooms.size, 2, "nothing has happened to it");
});

// A state.

test("a process that changes its state in place ends, unless its module says precopy = false", async () => {
  const keeper = await GenServer.start(Own, null);
  await assert.rejects(GenServer.call(keeper, "change", "rename"));
  assert.equal(change().of, `the state of ${keeper}`);
  reports.splice(0);
  const InPlace = { ...Own, precopy: false };
  const inPlace = await GenServer.start(InPlace, null);
  for (const how of ["rename", "push", "rooms", "bytes", "since"] as const)
    await GenServer.call(inPlace, "change", how);
  assert.deepEqual(reports, []);
});

test("a Map of a state is its process's: another one, and it itself outside a callback, may not change it", async () => {
  let stolen: Map<string, unknown> | undefined;
  const Owner = {
    init: () => {
      const state = fresh();
      stolen = state.rooms;
      return ok<{ kept: unknown }>({ kept: state });
    },
    handleCall: Keeper.handleCall,
  };
  const owner = await GenServer.start(Owner, null);
  await GenServer.call(owner, "change", "rooms");
  await assert.rejects(
    inProcess(() => void stolen?.delete("attic")),
    refused("process/value_changed", { path: 'kept.rooms.delete("attic")' }),
  );
  assert.match(change().of, new RegExp(`^the state of ${owner}`));
  reports.splice(0);
  await GenServer.call(owner, "changeLater", "clear");
  await settled();
  assert.match(change().by, /outside a callback/);
  assert.equal(stolen?.size, 2);
});

test("bytes of a state that somebody else changes are noticed at the next callback", async () => {
  const bytes = new Uint8Array(100_000);
  const Owner = { init: () => ok<{ kept: unknown }>({ kept: bytes }), handleCall: Keeper.handleCall };
  const owner = await GenServer.start(Owner, null);
  bytes[3] = 1;
  await GenServer.call(owner, "get");
  const { by, path, of } = change();
  assert.match(by, /^somebody outside the callbacks of/);
  assert.match(of, new RegExp(`^the state of ${owner}`));
  assert.equal(path, "kept", "of so long a buffer only a checksum was kept");
});

// A timer.

test("whoever changes the message of a timer is named", async () => {
  const told = Promise.withResolvers<void>();
  const receiver = Process.spawn(
    {
      async run() {
        const users = await Process.receive<User[]>();
        told.resolve();
        (users[0] as User).name = "eve";
      },
    },
    "run",
  );
  const users = [{ name: "ada" }];
  Process.sendAfter(1, receiver, users);
  assert.throws(() => users.push({ name: "eve" }), /not extensible/);
  await told.promise;
  await endOf(receiver);
  const { by, path, of, at } = change();
  assert.match(by, new RegExp(`^${receiver}`));
  assert.deepEqual([path, of], ["[0].name", "the timer message from outside any process"]);
  assert.match(at ?? "", line);
});

// Arguments, environment, and what tables will hand out.

test("whoever changes an argument of a new process is named", async () => {
  const args = { user: { name: "ada" } };
  const child = Process.spawn({ run: (arg: typeof args) => rename(arg.user) }, "run", args);
  await endOf(child);
  assert.equal(change().path, "args[0].user.name");
  const keeper = await GenServer.start(Keeper, args);
  assert.throws(() => {
    args.user = { name: "eve" };
  }, TypeError);
  await GenServer.stopServer(keeper);
});

test("a value of an application's environment cannot be changed through getEnv", () => {
  const app = { name: "shop", vsn: "1", description: "", modules: [], registered: [], applications: [], env: {} };
  const env = { limits: { rooms: 5 }, other: { list: [] } };
  controller.load({ app, folder: "lib/shop-1", type: "permanent", included: false } as never, env);
  const limits = Application.getEnv("shop", "limits") as { rooms: number };
  assert.throws(() => {
    limits.rooms = 6;
  }, TypeError);
  const all = Application.getAllEnv("shop") as { other: { list: string[] } };
  assert.throws(() => all.other.list.push("x"), TypeError);
  Application.setEnv("shop", "limits", { rooms: 6 });
  assert.deepEqual(Application.getEnv("shop", "limits"), { rooms: 6 });
  controller.unload("shop");
});

test("a row that leaves a table is a value as any other", async () => {
  const row = { key: "lobby", users: new Set(["ada"]), since: new Date(0) };
  // What a table will call; see design.md 6.
  const reader = inProcess(() => {
    development?.leaves(row, { what: 'a row of the table "rooms"' });
    row.users.add("eve");
  });
  await assert.rejects(reader, refused("process/value_changed", { path: 'users.add("eve")' }));
  assert.match(change().of, /^a row of the table "rooms" from/);
});

// Inside codeChange.

const inCodeChange: readonly (readonly [How, string])[] = [
  ["rename", 'users[0].name or rooms.get("lobby").name'],
  ["push", "users[1]"],
];
for (const [how, path] of inCodeChange) {
  test(`a migration that changes (${how}) the state it was given is refused, and named`, () => {
    const to = { vsn: 2, codeChange: { up: { 1: (state: State) => changes[how](state) } } };
    const request = { from: {}, to, extra: undefined, env: {} };
    const held = { state: fresh(), vsn: 1 };
    assert.throws(
      () => migrate(held, "chat/room", request),
      (error: { details: { at: string } }) => {
        assert.match(error.details.at, line);
        return refused("gen_server/impure_code_change", { module: "chat/room", direction: "up", key: 1, path })(error);
      },
    );
    assert.deepEqual(held.state, fresh());
  });
}

test("a migration that changes a Map of the state it was given is refused; its process is as it was, and may go on", async () => {
  const Module = {
    init: () => ok<State>(fresh()),
    handleCall: { get: ({ state }: { state: State }) => reply(state.rooms.size, state) },
  };
  const pid = await GenServer.start(Module, null);
  const to = { vsn: 2, codeChange: { up: { 1: (state: State) => changes.rooms(state) } } };
  await Sys.suspend(pid);
  await assert.rejects(
    Sys.changeCode(pid, { from: {}, to }),
    refused("process/value_changed", { by: "codeChange.up[1] of (module)", path: 'rooms.set("attic")' }),
  );
  await Sys.resume(pid);
  assert.equal(await GenServer.call(pid, "get"), 1);
});

test("a Map that a migration has made belongs to the process afterwards", async () => {
  const Module = {
    ...Keeper,
    vsn: 1,
    init: () => ok<{ kept: unknown }>({ kept: null }),
  };
  const pid = await GenServer.start(Module, null);
  const to = { vsn: 3, codeChange: { up: { 1: () => ({ kept: fresh() }), 2: (state: object) => ({ ...state }) } } };
  await Sys.suspend(pid);
  await Sys.changeCode(pid, { from: {}, to });
  await Sys.resume(pid);
  for (let times = 0; times < 2; times++) await GenServer.call(pid, "change", "rooms");
  assert.deepEqual(reports, []);
});

// What is not data.

test("what leaves a process and is not data is reported once, with its path; nothing else happens", async () => {
  const keeper = await GenServer.start(Keeper, null);
  const bad = { users: [{ socket: () => 1 }, { socket: () => 2 }] };
  for (let times = 0; times < 3; times++) await inProcess(() => GenServer.call(keeper, "keep", bad));
  await settled();
  const messages = told("not_data").map(({ message }) => message.replace(/<0\.\d+\.0>/g, "PID"));
  assert.deepEqual(messages, [
    'the call "keep" from PID to PID is not data: args[0].users[0].socket is a function',
    "the state of PID is not data: kept.users[0].socket is a function",
  ]);
  assert.match(String(told("not_data")[0]?.details?.at), line);
});

test("who changes a value outside any process is named as that", () => {
  const users = new Set(["ada"]);
  Process.send(Process.spawn({ run: () => {} }, "run"), users);
  assert.throws(() => users.clear(), refused("process/value_changed", { by: "somebody outside any process" }));
  assert.equal(change().path, "clear()");
});

test("a line of a module is named as its source has it", async () => {
  await loadSources({
    "test/mutator": `
      import { receive } from "underway/process";
      export const run = async () => {
        const message = await receive() as { users: string[] };
        message.users.sort();
      };`,
  });
  const pid = Process.spawn(handleOf("test/mutator") as { run(): void }, "run");
  Process.send(pid, { users: ["b", "a"] });
  await endOf(pid);
  const { at, message } = change();
  assert.match(at ?? "", /mutator\.ts:5:23/);
  assert.match(
    message,
    /^<0\.\d+\.0> \(test\/mutator\) tried to change users\[0\] in the message from outside any process/,
  );
});

test("nothing of it happens when development is off", async () => {
  setDevelopment(false);
  try {
    const keeper = await GenServer.start(Keeper, fresh());
    for (const how of ["rename", "push", "rooms", "bytes", "since"] as const) {
      await GenServer.call(keeper, "change", how);
    }
    const got = (await GenServer.call(keeper, "get")) as State;
    assert.equal(Object.isFrozen(got), false);
    got.rooms.clear();
    assert.deepEqual(reports, []);
  } finally {
    setDevelopment(true);
  }
});
