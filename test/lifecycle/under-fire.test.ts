// Upgrades of a built release while its processes are at work: results that cannot follow, messages that wait, servers that
// call each other, and one that never comes back.
//
//   1.0.0  `room` notes what it is told; `a`, `left`, `b` and `right` call each other
//   1.1.0  all of them in vsn 2: notes are objects, and messageChange makes old ones of them; a note "poison" cannot follow
//   1.2.0  as 1.1.0, but it does not know the cast `note` any more and says nothing about messages
//   1.3.0  as 1.1.0; behind the switch the script lets the room come out of its callback
//   1.4.0  as 1.1.0, but waits for who is inside
//   1.5.0  its migration takes 30 ms    1.6.0 … returns a promise    1.7.0 … returns what is not data    1.8.0 … is impure

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import type { Files } from "../tools/temporary-project.ts";
import { buildReleases, type Releases } from "./releases.ts";
import { TargetDirectory, waitFor } from "./target.ts";

const v1 = `
  import * as GenServer from "underway/gen-server";
  import { type CallClauses, type CastClauses, noreply, ok, reply } from "underway/gen-server";
  import * as self from "./room.ts";
  export const vsn = 1;
  export interface State { readonly notes: readonly (string | number)[] }
  export const startLink = (name: string): Promise<GenServer.Pid<typeof self>> => GenServer.startLink(self, null, { name });
  export const init = (_: null) => ok<State>({ notes: [] });
  const waitForGate = (name: string): Promise<void> =>
    new Promise((resolve) => Object.assign(globalThis, { [\`open \${name}\`]: resolve }));
  export const handleCall = {
    get: ({ state }) => reply(["1", state.notes] as const, state),
    async behindGate({ state }, gate: string, note: string) {
      await waitForGate(gate);
      return reply("1", { notes: [...state.notes, note] });
    },
    async ask({ state }, other: string, turns: number): Promise<GenServer.Reply<number, State>> {
      await new Promise((resolve) => setTimeout(resolve, 1));
      const more = turns === 0 ? 0 : await GenServer.call(GenServer.named<typeof self>(other), "count");
      return reply(turns + more, state);
    },
    count: ({ state }) => reply(1, state),
  } satisfies CallClauses<State>;
  export const handleCast = { note: ({ state }, note: number) => noreply<State>({ notes: [...state.notes, note] }) } satisfies CastClauses<State>;
  export const handleInfo = ({ state }: { state: State }, message: unknown) => noreply<State>({ notes: [...state.notes, message as number] });
`;

interface Second {
  readonly up?: string;
  readonly casts?: string;
  readonly messageChange?: boolean;
}
const v2 = ({
  up = "return { notes: state.notes.map((text) => ({ text })) };",
  casts = "note",
  messageChange = true,
}: Second) => `
  import * as GenServer from "underway/gen-server";
  import { type CallClauses, type CastClauses, noreply, ok, reply } from "underway/gen-server";
  import * as self from "./room.ts";
  export const vsn = 2;
  export interface Note { readonly text: string | number }
  export interface State { readonly notes: readonly Note[] }
  interface StateV1 { readonly notes: readonly (string | number)[] }
  export const startLink = (name: string): Promise<GenServer.Pid<typeof self>> => GenServer.startLink(self, null, { name });
  export const init = (_: null) => ok<State>({ notes: [] });
  export const handleCall = {
    get: ({ state }) => reply(["2", state.notes.map(({ text }) => text)] as const, state),
    async behindGate({ state }, gate: string, note: string) {
      await new Promise<void>((resolve) => Object.assign(globalThis, { [\`open \${gate}\`]: resolve }));
      return reply("2", { notes: [...state.notes, { text: note }] });
    },
    async ask({ state }, other: string, turns: number): Promise<GenServer.Reply<number, State>> {
      await new Promise((resolve) => setTimeout(resolve, 1));
      const more = turns === 0 ? 0 : await GenServer.call(GenServer.named<typeof self>(other), "count");
      return reply(turns + more, state);
    },
    count: ({ state }) => reply(1, state),
  } satisfies CallClauses<State>;
  export const handleCast = { ${casts}: ({ state }, note: Note) => noreply<State>({ notes: [...state.notes, note] }) } satisfies CastClauses<State>;
  export const handleInfo = ({ state }: { state: State }, message: unknown) => noreply<State>({ notes: [...state.notes, message as Note] });
  export const codeChange = {
    up: { 1: (state: StateV1): State => {
      if (state.notes.includes("poison")) throw new RangeError("poison in the room");
      ${up}
    } },
    down: { 1: (state: State): StateV1 => ({ notes: state.notes.map(({ text }) => text) }) },
  } satisfies GenServer.CodeChange<State>;
  ${
    messageChange
      ? `export const messageChange = {
    up: { 1: (message) => message.kind === "info" ? { kind: "info", message: { text: message.message } }
      : message.kind === "cast" ? { ...message, args: [{ text: message.args[0] }] } : message },
    down: { 1: (message) => message.kind === "info" ? { kind: "info", message: (message.message as Note).text }
      : message.kind === "cast" ? { ...message, args: [(message.args[0] as Note).text] } : message },
  } satisfies GenServer.MessageChange;`
      : ""
  }
`;

/** In all versions the same: code that waits for answers across several upgrades would be purged with its version. */
const driver = `
  import * as GenServer from "underway/gen-server";
  import { exit, sendAfter, whereis } from "underway/process";
  const gates = globalThis as unknown as Record<string, (() => void) | undefined>;
  const call = (name: string, tag: string, ...args: unknown[]): Promise<unknown> =>
    (GenServer.callWithin as (dest: unknown, timeoutMs: "infinity", tag: string, ...args: unknown[]) => Promise<unknown>)(
      { name }, "infinity", tag, ...args);
  export const get = (name: string): Promise<unknown> => call(name, "get");
  export const cast = (name: string, tag: string, ...args: unknown[]): void =>
    (GenServer.cast as (dest: unknown, tag: string, ...args: unknown[]) => void)({ name }, tag, ...args);
  export const later = (name: string, ms: number, message: string | number | { readonly text: number }): void => { sendAfter(ms, { name }, message); };
  export const goInside = (name: string, note: string): Promise<unknown> => call(name, "behindGate", name, note);
  export const isInside = (name: string): boolean => gates["open " + name] !== undefined;
  export const open = (name: string): void => { gates["open " + name]?.(); delete gates["open " + name]; };
  /** Its supervisor starts it again, empty. */
  export const end = async (name: string): Promise<void> => {
    delete gates["open " + name];
    const before = whereis(name);
    if (before !== null) exit(before, "kill");
    while (whereis(name) === null || whereis(name) === before) await new Promise((resolve) => setTimeout(resolve, 1));
  };
  /** Lets the room come out, and gives it time to say what it has brought. */
  export const openAndWait = async (name: string): Promise<void> => { open(name); await new Promise((resolve) => setTimeout(resolve, 20)); };
  const load = ((globalThis as { load?: { on: boolean } }).load ??= { on: false });
  /** Each asks the next one, from inside a callback: whoever held one of them would hold them all. */
  export const keepAsking = async (): Promise<unknown> => {
    load.on = true;
    const [failed, done] = [[] as string[], { calls: 0, longestMs: 0 }];
    const one = async (name: string, other: string): Promise<void> => {
      while (load.on) {
        const beganMs = performance.now();
        const sum = await call(name, "ask", other, 3).catch((error: Error) => error.message);
        if (sum !== 4) failed.push(String(sum));
        done.calls++;
        done.longestMs = Math.max(done.longestMs, performance.now() - beganMs);
      }
    };
    await Promise.all([one("a", "left"), one("left", "b"), one("b", "right"), one("a", "right")]);
    return { ...done, failed };
  };
  export const isAsking = (): boolean => load.on;
  export const stopAsking = (): void => { load.on = false; };
`;

const names = ["room", "a", "b", "left", "right"];
const soft = { prePurge: "soft_purge", postPurge: "soft_purge" };

const project = (vsn: string, room: string, { inside = "late", end = [] as readonly unknown[] } = {}): Files => ({
  "underway.config.ts": `
    import { defineConfig } from "underway/config";
    export default defineConfig({
      applications: ["apps/bank"], releases: { bank: { vsn: "${vsn}", applications: { bank: "permanent" } } },
    });`,
  "apps/bank/package.json": JSON.stringify({
    ...{ name: "bank", version: vsn, type: "module" },
    underway: { mod: { module: "bank/app", arg: null } },
  }),
  "apps/bank/src/app.ts": `
    import * as Sup from "./sup.ts";
    export const behaviour = "application";
    export const start = (): Promise<import("underway/application").Pid> => Sup.startLink();`,
  "apps/bank/src/sup.ts": `
    import { mfa } from "underway/process";
    import * as Supervisor from "underway/supervisor";
    import * as Room from "./room.ts";
    import * as self from "./sup.ts";
    export const behaviour = "supervisor";
    export const startLink = (): Promise<Supervisor.Pid<typeof self>> => Supervisor.startLink(self, null, { name: "bank_sup" });
    export const init = (_: null) =>
      Supervisor.ok({ strategy: "one_for_one", intensity: 100 }, [${names.map((name) => `{ id: "${name}", start: mfa(Room, "startLink", "${name}"), shutdown: "brutal_kill" }`).join(", ")}]);`,
  "apps/bank/src/room.ts": room,
  "apps/bank/src/api.ts": `export const version = (): string => "${vsn}";`,
  "apps/bank/src/driver.ts": driver,
  ...(vsn !== "1.0.0" && {
    "apps/bank/bank.appup.json": JSON.stringify({
      ...{ format: 1, vsn },
      upFrom: [{ vsn: "1.0.0", script: script(inside, end) }],
      downTo: [{ vsn: "1.0.0", script: script("late", []) }],
    }),
  }),
});

const script = (inside: string, end: readonly unknown[]): readonly unknown[] => [
  ["update", "bank/room", { change: { advanced: [] }, ...soft, inside, ...(inside === "wait" && { timeoutMs: 200 }) }],
  ["load_module", "bank/api", soft],
  ...end,
];

const versions: Readonly<Record<string, Files>> = {
  "1.0.0": project("1.0.0", v1),
  "1.1.0": project("1.1.0", v2({})),
  "1.2.0": project("1.2.0", v2({ casts: "write", messageChange: false })),
  "1.3.0": project("1.3.0", v2({}), {
    end: [["apply", { module: "bank/driver", function: "openAndWait", args: ["room"] }]],
  }),
  "1.4.0": project("1.4.0", v2({}), { inside: "wait" }),
  "1.5.0": project(
    "1.5.0",
    v2({
      up: "const untilMs = performance.now() + 30; while (performance.now() < untilMs); return { notes: state.notes.map((text) => ({ text })) };",
    }),
  ),
  "1.6.0": project("1.6.0", v2({ up: "return Promise.resolve({ notes: [] }) as never;" })),
  "1.7.0": project("1.7.0", v2({ up: "return { notes: [], later: () => 1 } as never;" })),
  "1.8.0": project("1.8.0", v2({ up: "(state.notes as unknown[]).push(1); return { notes: [] };" })),
};

let releases: Releases;
let target: TargetDirectory;

before(async () => {
  releases = await buildReleases(versions);
  target = new TargetDirectory(releases.packageOf("1.0.0"));
  await target.ok("daemon");
  for (const vsn of Object.keys(versions).slice(1)) await target.ok("unpack", releases.packageOf(vsn));
});
after(async () => {
  await target?.remove();
  releases?.remove();
});
beforeEach(async () => {
  await assertVersion("1.0.0");
  await drive("end", "room");
});

const drive = <T = unknown>(fn: string, ...args: readonly unknown[]): Promise<T> =>
  target.ok<T>("rpc", "bank/driver", fn, JSON.stringify(args));
const assertVersion = async (vsn: string): Promise<void> => assert.equal(await target.call("version"), vsn);
const notes = async (name: string): Promise<unknown> => ((await drive("get", name)) as [string, unknown])[1];
/** Resolves when it is inside, with what will be its answer. */
const goInside = async (name: string, note: string): Promise<{ readonly answer: Promise<unknown> }> => {
  const answer = drive("goInside", name, note).catch(() => "no answer");
  await waitFor(() => drive<boolean>("isInside", name));
  return { answer };
};
const refused = async (...args: readonly string[]): Promise<readonly [number, string | undefined, string]> => {
  const { exitCode, error } = await target.run(...args);
  return [exitCode, error?.code, error?.message ?? ""];
};
/** Everything that an install could have changed, and must not have. */
const seen = async (): Promise<unknown> => {
  const { "1.0.0": permanent } = await target.releases();
  return [await target.call("version"), await drive("get", "room"), permanent];
};

test("a result that cannot follow after success takes the release back by itself: nothing is lost, the caller answered", async () => {
  const { answer } = await goInside("room", "poison");
  for (const n of [1, 2, 3]) await drive("cast", "room", "note", n);
  const { report } = await target.ok<{ report: { late: number } }>("install", "1.1.0");
  assert.equal(report.late, 1);
  await assertVersion("1.1.0");
  await drive("cast", "room", "note", { text: 4 });
  await drive("open", "room");
  await waitFor(async () => (await target.call("version")) === "1.0.0");
  assert.deepEqual(await notes("room"), ["poison", 1, 2, 3, 4]);
  assert.equal(await answer, "1");
  assert.equal((await target.releases())["1.1.0"], "old");
  assert.match(
    readFileSync(join(target.root, "var/default/log/node.log"), "utf8"),
    /room cannot follow to 1\.1\.0: .*poison in the room.*; going back to 1\.0\.0/,
  );
  assert.equal((await refused("install", "1.1.0"))[1], "release/migration_failed", "the poison is in the state now");
});

test("a result that cannot follow before success undoes the install, and is kept", async () => {
  const { answer } = await goInside("room", "poison");
  for (const n of [1, 2]) await drive("cast", "room", "note", n);
  const [exitCode, code, message] = await refused("install", "1.3.0");
  assert.deepEqual([exitCode, code], [4, "release/undone"]);
  assert.match(message, /room.*poison in the room/);
  await assertVersion("1.0.0");
  assert.deepEqual(await notes("room"), ["poison", 1, 2]);
  assert.equal(await answer, "1");
});

test("a message that waits and that the new code does not know refuses the install, and is named", async () => {
  await goInside("room", "first");
  for (const n of [1, 2]) await drive("cast", "room", "note", n);
  const [exitCode, code, message] = await refused("install", "1.2.0");
  assert.deepEqual([exitCode, code], [3, "release/unknown_messages"]);
  assert.match(message, /room: cast "note" \(2 times\)/);
  assert.equal((await refused("rehearse", "1.2.0"))[1], "release/unknown_messages");
  await drive("open", "room");
  assert.deepEqual(await notes("room"), ["first", 1, 2]);
});

test("messageChange converts what waits, queued and in timers, up and down", async () => {
  await goInside("room", "first");
  for (const n of [1, 2]) await drive("cast", "room", "note", n);
  await drive("later", "room", 1_500, 3);
  await target.ok("install", "1.1.0");
  await drive("cast", "room", "note", { text: 4 });
  await drive("open", "room");
  await waitFor(async () => ((await notes("room")) as unknown[]).length === 5);
  assert.deepEqual(await drive("get", "room"), ["2", ["first", 1, 2, 4, 3]]);
  await goInside("room", "second");
  await drive("cast", "room", "note", { text: 5 });
  await drive("later", "room", 1_500, { text: 6 });
  await target.ok("downgrade", "1.0.0");
  await drive("open", "room");
  await waitFor(async () => ((await notes("room")) as unknown[]).length === 8);
  assert.deepEqual(await drive("get", "room"), ["1", ["first", 1, 2, 4, 3, "second", 5, 6]]);
});

test("one that never comes back: wait refuses and says who and where, late goes on without it", async () => {
  await goInside("room", "never");
  const [exitCode, code, message] = await refused("install", "1.4.0");
  assert.deepEqual([exitCode, code], [3, "release/inside"]);
  assert.match(message, /room.*room\.ts:\d+/);
  await assertVersion("1.0.0");
  const { report } = await target.ok<{ report: { late: number } }>("install", "1.1.0");
  assert.equal(report.late, 1);
  await assertVersion("1.1.0");
  assert.equal(((await drive("get", "left")) as unknown[])[0], "2", "nobody else is held");
  const [old] = await target.ok<readonly { readonly processes: readonly unknown[] }[]>("old_code");
  assert.equal(old?.processes.length, 1);
  assert.deepEqual((await refused("downgrade", "1.0.0")).slice(0, 2), [3, "release/old_processes"]);
  await drive("end", "room");
  await target.ok("downgrade", "1.0.0");
});

test("servers that call each other under load notice nothing of upgrades up and down", async () => {
  const asking = drive<{ calls: number; failed: string[]; longestMs: number }>("keepAsking");
  await waitFor(() => drive<boolean>("isAsking"));
  for (let round = 0; round < 3; round++) {
    await target.ok("install", "1.1.0");
    await target.ok("install", "1.0.0");
  }
  await drive("stopAsking");
  const { calls, failed, longestMs } = await asking;
  assert.deepEqual(failed, []);
  assert.ok(calls > 100, `${calls} calls`);
  assert.ok(longestMs < 1_000, `the longest took ${longestMs} ms`);
});

test("rehearse says what an install would be like, as text and as JSON, and changes nothing", async () => {
  const former = await seen();
  const { report } = await target.ok<{ report: { switches: number; modules: { module: string; tried: number }[] } }>(
    "rehearse",
    "1.1.0",
  );
  assert.equal(report.switches, 1);
  assert.deepEqual(
    report.modules.map(({ module, tried }) => [module, tried]),
    [["bank/room", names.length]],
  );
  const text = await target.text("rehearse", "1.1.0");
  assert.match(text, /1\.0\.0 -> 1\.1\.0 can be installed: 1 switch/);
  assert.match(text, /bank\/room: 5 processes in/);
  assert.match(text, /nothing was changed/);
  assert.deepEqual((await refused("rehearse", "9.9.9")).slice(0, 2), [2, "release/no_such_package"]);
  assert.deepEqual((await refused("rehearse")).slice(0, 2), [2, "control/bad_usage"]);
  assert.deepEqual((await refused("rehearse", "1.1.0", "--max-pause", "soon")).slice(0, 2), [2, "control/bad_usage"]);
  assert.deepEqual((await refused("rehearse", "1.0.0")).slice(0, 2), [3, "release/already_installed"]);
  assert.deepEqual(await seen(), former);
});

test("--max-pause refuses what would take too long, names it, and changes nothing", async () => {
  const former = await seen();
  for (const command of ["rehearse", "install"]) {
    const [exitCode, code, message] = await refused(command, "1.5.0", "--max-pause", "5");
    assert.deepEqual([exitCode, code], [3, "release/pause_too_long"], command);
    assert.match(message, /room/);
  }
  assert.deepEqual(await seen(), former);
});

test("bad migrations and files refuse before anything has changed, with their exit codes", async () => {
  const former = await seen();
  for (const [vsn, code, said] of [
    ["1.6.0", "release/migration_failed", /a promise/],
    ["1.7.0", "release/migration_failed", /later is a function/],
    ["1.8.0", "release/migration_mutates", /notes/],
  ] as const) {
    for (const command of ["rehearse", "install"]) {
      const [exitCode, found, message] = await refused(command, vsn);
      assert.deepEqual([exitCode, found], [3, code], `${command} ${vsn}`);
      assert.match(message, said);
    }
  }
  assert.deepEqual(await seen(), former);
});

/** Lets a test write into a file of a release, and mends it afterwards. */
const damaged = async (
  file: string,
  change: (text: string) => string,
  expected: readonly [exitCode: number, code: string, said: RegExp],
): Promise<void> => {
  const path = join(target.root, file);
  const text = readFileSync(path, "utf8");
  writeFileSync(path, change(text));
  const [exitCode, code, message] = await refused("install", "1.1.0");
  writeFileSync(path, text);
  assert.deepEqual([exitCode, code], expected.slice(0, 2), message);
  assert.match(message, expected[2]);
};

test("damaged files refuse an install: script, manifest, object code", async () => {
  const former = await seen();
  await damaged("releases/1.1.0/relup.json", (text) => text.replace("bank/room", "bank/roof"), [
    3,
    "release/hash_mismatch",
    /relup\.json/,
  ]);
  await damaged("releases/1.1.0/boot.json", (text) => text.slice(0, 50), [3, "release/hash_mismatch", /boot\.json/]);
  await damaged("releases/1.1.0/manifest.json", (text) => text.slice(0, 50), [
    3,
    "release/unreadable_file",
    /manifest\.json/,
  ]);
  await damaged("lib/bank-1.1.0/modules/room.obj.json", (text) => `${text} `, [3, "release/hash_mismatch", /room/]);
  assert.deepEqual(await seen(), former);
});
