// A trace leads through processes, with OpenTelemetry's own library; and the events of the runtime.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import * as GenServer from "../../src/runtime/behaviour/gen-server.ts";
import { noreply, ok, reply } from "../../src/runtime/behaviour/gen-server.ts";
import * as Sys from "../../src/runtime/behaviour/sys.ts";
import * as Process from "../../src/runtime/process/index.ts";
import * as Tracing from "../../src/runtime/process/tracing.ts";
import { collectReports, endOf, inProcess, settled } from "../process/support.ts";
import { carrier, inSpan, mark, takeSpans } from "./opentelemetry.ts";

const reports = collectReports();
afterEach(() => {
  Tracing.carry(null);
  takeSpans();
});

/** Marks what it does. */
const Noter = {
  init(name: string) {
    mark(`${name}.init`);
    return ok<string>(name, { continue: "go" });
  },
  handleContinue({ state }: GenServer.Context<string>) {
    mark(`${state}.continue`);
    return noreply<string>(state);
  },
  handleCall: {
    note({ state }, what: string) {
      mark(`${state}.${what}`);
      return reply(what, state);
    },
  } satisfies GenServer.CallClauses<string>,
  handleCast: {
    note({ state }, what: string) {
      mark(`${state}.${what}`);
      return noreply(state);
    },
  } satisfies GenServer.CastClauses<string>,
  handleInfo({ state }: GenServer.Context<string>, message: unknown) {
    mark(`${state}.${String(message)}`);
    if (message === "timed") timed.resolve();
    return noreply<string>(state);
  },
};
let timed = Promise.withResolvers<void>();

/** Asks others on the way. */
const Relay = {
  ...Noter,
  handleCall: {
    relay: ({ state }, to: Process.Pid<typeof Noter>) =>
      inSpan(`${state}.relay`, async () => {
        await settled();
        await GenServer.call(to, "note", "asked");
        GenServer.cast(to, "note", "told");
        Process.send(to, "sent");
        Process.sendAfter(1, to, "timed");
        return reply("done", state, { continue: "go" });
      }),
    start: ({ state }) => inSpan(`${state}.start`, async () => reply(await GenServer.start(Noter, "child"), state)),
  } satisfies GenServer.CallClauses<string>,
};

/** A server whose own beginning is forgotten. */
const running = async <M extends typeof Noter | typeof Relay>(module: M, name: string): Promise<Process.Pid<M>> => {
  const pid = await GenServer.start(module as typeof Noter, name);
  await Sys.getState(pid);
  takeSpans();
  timed = Promise.withResolvers();
  return pid as Process.Pid<unknown> as Process.Pid<M>;
};

test("carry leads a trace through call, cast, send, timer and continue, and back to who called", async () => {
  const second = await running(Noter, "second");
  const first = await running(Relay, "first");
  Tracing.carry(carrier);
  await inSpan("request", async () => {
    await GenServer.call(first, "relay", second);
    mark("answered");
  });
  await timed.promise;
  assert.deepEqual(
    takeSpans(),
    [
      "- > request",
      "first.relay > second.asked",
      "first.relay > second.sent",
      "first.relay > second.timed",
      "first.relay > second.told",
      "request > answered",
      "request > first.relay",
      // What a callback returns runs in the context of its message, in which its own span has ended.
      "request > first.continue",
    ].sort(),
  );
});

test("carry leads a trace into the init of a process that is started in it", async () => {
  const first = await running(Relay, "first");
  Tracing.carry(carrier);
  const child = await GenServer.call(first, "start");
  await Sys.getState(child);
  assert.deepEqual(takeSpans(), ["- > first.start", "first.start > child.continue", "first.start > child.init"]);
});

test("carry keeps messages apart: one without a trace is not part of the one before it", async () => {
  const first = await running(Noter, "first");
  Tracing.carry(carrier);
  const traced = inSpan("request", () => GenServer.call(first, "note", "traced"));
  const other = inSpan("other", () => GenServer.call(first, "note", "other"));
  await Promise.all([traced, other, GenServer.call(first, "note", "untraced")]);
  assert.deepEqual(
    takeSpans().filter((span) => span.includes("first")),
    ["- > first.untraced", "other > first.other", "request > first.traced"],
  );
});

test("carry holds for messages that wait while their process is suspended and its code changes", async () => {
  const first = await running(Noter, "first");
  Tracing.carry(carrier);
  await Sys.suspend(first);
  const asked = inSpan("request", () => GenServer.call(first, "note", "late"));
  const { note } = Noter.handleCall;
  Noter.handleCall.note = ({ state }, what) => {
    mark(`new ${state}.${what}`);
    return reply(what, state);
  };
  await Sys.resume(first);
  await asked;
  Noter.handleCall.note = note;
  assert.deepEqual(
    takeSpans().filter((span) => span.includes("first")),
    ["request > new first.late"],
  );
});

test("without carry a process knows nothing of its caller's trace", async () => {
  const first = await running(Noter, "first");
  await inSpan("request", () => GenServer.call(first, "note", "alone"));
  assert.ok(takeSpans().includes("- > first.alone"));
});

test("currentProcess is the same inside a context that was carried, behind an await too", async () => {
  const Asked = {
    init: (_: null) => ok<null>(null),
    handleCall: {
      async self() {
        const before = Process.self();
        await settled();
        return reply([before, Process.self()], null);
      },
    } satisfies GenServer.CallClauses<null>,
  };
  Tracing.carry(carrier);
  const pid = await inSpan("request", () => GenServer.start(Asked, null));
  assert.deepEqual(await inSpan("request", () => GenServer.call(pid, "self")), [pid, pid]);
});

test("carry with a carrier that is broken loses no message and ends nobody, and says so", async () => {
  const first = await running(Noter, "first");
  const broken: [string, Tracing.ContextCarrier][] = [
    ["capture", { capture: () => assert.fail("boom"), run: (_context, fn) => fn() }],
    ["run", { capture: () => 1, run: () => assert.fail("boom") }],
    ["run", { capture: () => 1, run: () => {} }],
    [
      "run",
      {
        capture: () => 1,
        run: (_context, fn) => {
          fn();
          fn();
          throw new Error("afterwards");
        },
      },
    ],
  ];
  for (const [fn, bad] of broken) {
    reports.length = 0;
    Tracing.carry(bad);
    assert.equal(await GenServer.call(first, "note", "still"), "still");
    Tracing.carry(null);
    assert.equal(takeSpans().length, 1, "once");
    assert.match(reports.find(({ kind }) => kind === "tracing")?.message ?? "", new RegExp(`the ${fn} of`));
  }
});

test("carry lets what a clause throws end its process, as without", async () => {
  const Crashing = { ...Noter, handleCast: { note: (_context: unknown, _what: string) => assert.fail("boom") } };
  const pid = await GenServer.start(Crashing, "crashing");
  const end = endOf(pid);
  Tracing.carry(carrier);
  GenServer.cast(pid, "note", "now");
  assert.match(String(((await end) as { error: unknown }).error), /boom/);
});

test("subscribe tells the start and the end of processes, until it is ended", async () => {
  const told: string[] = [];
  const stops = [
    Tracing.subscribe("underway:process:start", ({ behaviour, initialCall, parent }) =>
      told.push(`start ${behaviour} ${initialCall} ${parent}`),
    ),
    Tracing.subscribe("underway:process:exit", ({ name, reason }) =>
      told.push(`exit ${name} ${JSON.stringify(reason)}`),
    ),
  ];
  const pid = await GenServer.start(Noter, "told", { name: "told" });
  Process.exit(pid, "kill");
  for (const stop of stops) stop();
  await GenServer.start(Noter, "untold");
  assert.deepEqual(told, ["start gen_server (module):init null", 'exit told "killed"']);
});

test("subscribe tells a mailbox that has grown long, at each doubling, and not again within a second", async (t) => {
  let nowMs = 0;
  t.mock.method(performance, "now", () => nowMs);
  const told: number[] = [];
  const stop = Tracing.subscribe("underway:process:long_message_queue", ({ length }) => told.push(length));
  const first = await running(Noter, "first");
  const flood = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n++) GenServer.cast(first, "note", "x");
    await GenServer.callWithin(first, "infinity", "note", "done");
  };
  await flood(5_000);
  assert.deepEqual(told, [1024, 2048, 4096]);
  await flood(1_500);
  assert.equal(told.length, 3, "it had that length a moment ago");
  nowMs = 1_001;
  await flood(1_500);
  stop();
  assert.deepEqual(told.slice(3), [1024]);
});

test("subscribe with a listener that throws ends no process", async () => {
  const caught = Promise.withResolvers<unknown>();
  const stop = Tracing.subscribe("underway:process:start", () => assert.fail("boom"));
  process.setUncaughtExceptionCaptureCallback(caught.resolve);
  const pid = await inProcess(() => GenServer.start(Noter, "well"));
  stop();
  assert.match(String(await caught.promise), /boom/);
  process.setUncaughtExceptionCaptureCallback(null);
  assert.equal(Process.isAlive(pid), true);
});
