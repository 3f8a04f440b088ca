// formatStatus: what it hides is seen by nobody who only looks. OTP: format_status/1.

import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import {
  type CallClauses,
  type Context,
  noreply,
  ok,
  reply,
  type StatusParts,
} from "../../src/runtime/behaviour/gen-server.ts";
import * as Sys from "../../src/runtime/behaviour/sys.ts";
import * as Process from "../../src/runtime/process/index.ts";
import { collectReports, endOf } from "../process/support.ts";

const reports = collectReports();
const SECRET = "correct horse";

interface State {
  readonly user: string;
  readonly password: string;
}
const formatStatus = ({ state, message, ...rest }: StatusParts<State>) => ({
  ...rest,
  state: { ...state, password: "***" },
  message: message?.kind === "call" ? { ...message, args: ["***"] } : "a message",
});
const Login = {
  init: (password: string) => ok<State>({ user: "ada", password }),
  handleCall: {
    check: ({ state }, given: string) => reply(`${given} ${state.password}`, state),
    fail({ state }, _given: string): GenServer.Reply<null, State> {
      throw new Error(`cannot check ${state.user}`);
    },
    nonsense: ({ state }, _given: string) => ({ ...state }) as never,
  } satisfies CallClauses<State>,
  handleInfo: ({ state }: Context<State>, _message: unknown) => noreply<State>(state),
  handleContinue: ({ state }: Context<State>, _arg: unknown) => noreply<State>(state),
  formatStatus,
};
const startOf = (module: Partial<typeof Login>): Promise<Process.Pid<typeof Login>> =>
  GenServer.start({ ...Login, ...module }, SECRET) as Promise<Process.Pid<typeof Login>>;
const shown = (value: unknown): string => inspect(value, { depth: 20 });

/** Does everything that shows a process to a person, the last thing being its crash, and returns what was shown. */
const lookAt = async (pid: Process.Pid<typeof Login>, crash: "fail" | "nonsense" = "fail"): Promise<string> => {
  reports.length = 0;
  const status: unknown[] = [];
  await Sys.trace(pid, true);
  await Sys.log(pid, true);
  await GenServer.call(pid, "check", SECRET);
  Process.send(pid, SECRET);
  status.push(await Sys.getStatus(pid), await Sys.log(pid, "get"));
  await Sys.log(pid, "print");
  const end = endOf(pid);
  await assert.rejects(GenServer.call(pid, crash, SECRET));
  await end;
  return shown([status, reports]);
};

test("without formatStatus everything is shown: status, log, trace, crash report", async () => {
  const text = await lookAt(await startOf({ formatStatus: undefined as never }));
  assert.ok(text.includes(SECRET));
  const crash = reports.find(({ kind }) => kind === "crash_report");
  assert.partialDeepStrictEqual(crash?.details, {
    behaviour: "gen_server",
    lastMessage: `call fail('${SECRET}')`,
    state: `{ user: 'ada', password: '${SECRET}' }`,
  });
});

test("what formatStatus hides is in no status, log, trace and crash report", async () => {
  const text = await lookAt(await startOf({}));
  assert.doesNotMatch(text, new RegExp(SECRET));
  const crash = reports.find(({ kind }) => kind === "crash_report");
  assert.partialDeepStrictEqual(crash?.details, {
    lastMessage: "{ kind: 'call', tag: 'fail', args: [ '***' ] }",
    state: "{ user: 'ada', password: '***' }",
  });
  assert.match(crash?.message ?? "", /cannot check ada/, "the reason is shown, as formatStatus hands it on");
});

test("a callback that returns the bare state does not show it in its own error", async () => {
  const text = await lookAt(await startOf({}), "nonsense");
  assert.doesNotMatch(text, new RegExp(SECRET));
  assert.match(text, /returned object \(not shown\)/);
});

for (const [what, broken] of [
  [
    "throws",
    () => {
      throw new Error(SECRET);
    },
  ],
  ["returns nothing", () => undefined],
  ["leaves parts out", () => ({})],
] as const) {
  test(`a formatStatus that ${what} shows nothing at all, and disturbs nobody`, async () => {
    const pid = await startOf({ formatStatus: broken as never });
    assert.match(String((await Sys.getStatus(pid)).state), /not shown/);
    const text = await lookAt(pid);
    assert.doesNotMatch(text, new RegExp(SECRET));
  });
}

test("a reason that formatStatus replaces hides what was thrown, its stack too", async () => {
  const hiding = (parts: StatusParts<State>) => ({ ...parts, reason: "hidden", state: null, message: null });
  const pid = await startOf({ formatStatus: hiding as never });
  reports.length = 0;
  await assert.rejects(GenServer.call(pid, "fail", SECRET));
  const crash = reports.find(({ kind }) => kind === "crash_report");
  assert.match(crash?.message ?? "", /ended: hidden$/);
  assert.equal(crash?.error, undefined);
});

test("getState is for programs: it hands out the state as it is", async () => {
  const pid = await startOf({});
  assert.equal((await Sys.getState<State>(pid)).password, SECRET);
  await Sys.terminate(pid, "normal");
});

test("a message that a server without handleInfo drops is shown as formatStatus shows it", async () => {
  const { handleInfo: _, ...without } = Login;
  const pid = await GenServer.start(without, SECRET);
  reports.length = 0;
  Process.send(pid, SECRET);
  await Sys.getState(pid);
  assert.equal(reports[0]?.kind, "unexpected_message");
  assert.doesNotMatch(shown(reports), new RegExp(SECRET));
  await Sys.terminate(pid, "normal");
});

test("a process that crashes in init has no state to show", async () => {
  reports.length = 0;
  const init = (_: string): never => {
    throw new Error("early");
  };
  await assert.rejects(GenServer.start({ ...Login, init }, SECRET), /early/);
  const crash = reports.find(({ kind }) => kind === "crash_report");
  assert.deepEqual(crash?.details, { behaviour: "gen_server" });
});
