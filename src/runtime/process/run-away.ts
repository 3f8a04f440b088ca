// A callback that does not return: there is no pre-emption, so it keeps the whole node waiting. It is reported while it runs,
// by a thread that looks on, with the process and the line at which it stands. OTP: system_monitor's long_schedule.
//
//   main thread: a beat every quarter of the time ──► shared memory ◄── the watcher looks as often
//   no beat for the whole time: the watcher halts the main thread for a moment, through the inspector's protocol, asks who
//   runs and where, lets it go on, and writes a line to stderr; when it is over the main thread reports it as usual.
//
// Nothing is measured in the scheduler: a look at the clock around each callback would cost a tenth of a call. The thread
// sleeps; it takes some 20 MB, most of it V8's own.

import { url as inspectorUrl } from "node:inspector";
import { Worker } from "node:worker_threads";
import { currentProcess, runAsNobody } from "./context.ts";
import { report } from "./report.ts";

export interface RunAwayOptions {
  /** How long the event loop may stand still before it is told, in milliseconds. Default: 1000. */
  readonly afterMs?: number;
}

/** What the watcher has seen when it halted the main thread. */
interface Sighting {
  /** Process and name; null if what runs belongs to no process. */
  readonly who: string | null;
  /** Innermost first: function, file, line. */
  readonly stack: readonly string[];
}

/** Under this name the watcher finds the function that says who runs. */
const WHO = "underway.runs";

/**
 * Watches for callbacks that do not return. Each is reported as `run_away`: on stderr while it still runs, and through the
 * reporter once it has returned, with the time that it took. Ends with the node, or when the function returned is called.
 *
 * A release does this by itself, with `UNDERWAY_RUN_AWAY_MS` from the environment: 1000 unless set, 0 for not at all. While a
 * debugger is attached nothing is told: it halts the node, too.
 *
 * OTP: erlang:system_monitor(Pid, [{long_schedule, Ms}]). Deviation: told while it runs; whatever blocks is found, also code
 * behind an `await` and code of no process.
 */
export const watchRunAways = ({ afterMs = 1_000 }: RunAwayOptions = {}): (() => void) => {
  const shared = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  const everyMs = Math.max(1, Math.floor(afterMs / 4));
  Object.assign(globalThis, { [Symbol.for(WHO)]: whoRuns });
  const beat = (): void => {
    Atomics.add(shared, 0, 1);
    Atomics.store(shared, 1, inspectorUrl() === undefined ? 0 : 1);
  };
  return runAsNobody(() => {
    const timer = setInterval(beat, everyMs).unref();
    const source = `(${watch.toString()})(process.getBuiltinModule)`;
    const workerData = { shared, everyMs, afterMs, who: WHO };
    const watcher = new Worker(source, { eval: true, workerData, name: "run-away", stdin: false });
    watcher.unref();
    // The message waits until the main thread is free again, and so says how long that took.
    watcher.on("message", ({ who, stack, beganMs }: Sighting & { beganMs: number }) => {
      const tookMs = Math.round(performance.timeOrigin + performance.now() - beganMs);
      report({
        level: "warning",
        kind: "run_away",
        message: `${who ?? "code of no process"} has kept the node waiting for ${tookMs} ms, at ${stack[0] ?? "?"}`,
        details: { tookMs, stack: stack.join(" < ") },
      });
    });
    // Without it the node goes on as well.
    watcher.on("error", (error) => {
      clearInterval(timer);
      report({
        level: "warning",
        kind: "run_away",
        message: "callbacks that do not return are watched no more",
        error,
      });
    });
    return () => {
      clearInterval(timer);
      void watcher.terminate();
    };
  });
};

// Internal.

const whoRuns = (): string | null => {
  const process = currentProcess();
  return process === null ? null : `${process.pid} (${process.registeredName ?? process.initialCall})`;
};

/** What the thread runs. It is made of this function's text, so that nothing outside of it can be mentioned. */
const watch = (builtin: typeof process.getBuiltinModule): void => {
  const { Session } = builtin("node:inspector");
  const { writeSync } = builtin("node:fs");
  const { parentPort, workerData } = builtin("node:worker_threads");
  const { shared, everyMs, afterMs, who } = workerData as {
    readonly shared: Int32Array<SharedArrayBuffer>;
    readonly everyMs: number;
    readonly afterMs: number;
    readonly who: string;
  };
  const nowMs = (): number => performance.timeOrigin + performance.now();
  const session = new Session();
  session.connectToMainThread();
  let beats = -1;
  let beganMs = nowMs();
  let looking = false;
  // Told anew with each Debugger.enable; the frames themselves name no file.
  const files = new Map<string, string>();
  session.on("Debugger.scriptParsed", ({ params: { scriptId, url } }) => files.set(scriptId, url));
  session.on("Debugger.paused", ({ params: { callFrames } }) => {
    const fileOf = ({ location }: (typeof callFrames)[number]): string => files.get(location.scriptId) ?? "";
    // What Node itself does there is not what anybody wants to know, and nothing can be asked in its frames.
    const own = callFrames.findIndex((frame) => !fileOf(frame).startsWith("node:"));
    const frames = own === -1 ? callFrames : callFrames.slice(own);
    const [top] = frames;
    const stack = frames
      .slice(0, 8)
      .map((one) => `${one.functionName || "(anonymous)"} ${fileOf(one)}:${one.location.lineNumber + 1}`);
    files.clear();
    const tell = (_error: unknown, answer?: { readonly result: { readonly value?: string | null } }): void => {
      session.post("Debugger.resume");
      session.post("Debugger.disable");
      const owner = answer?.result.value ?? null;
      const ms = Math.round(nowMs() - beganMs);
      const line = `${owner ?? "code of no process"} keeps the node waiting, for ${ms} ms by now, at ${stack[0] ?? "?"}`;
      writeSync(2, `${new Date().toISOString()} [warning] run_away: ${line}\n`);
      parentPort?.postMessage({ who: owner, stack, beganMs });
    };
    const expression = `globalThis[Symbol.for(${JSON.stringify(who)})]?.()`;
    if (top === undefined) tell(null);
    else
      session.post(
        "Debugger.evaluateOnCallFrame",
        { callFrameId: top.callFrameId, expression, returnByValue: true },
        tell,
      );
  });
  setInterval(() => {
    const now = Atomics.load(shared, 0);
    if (now !== beats) {
      // It beats again before it could be halted: the request must not halt whoever runs next.
      if (looking) session.post("Debugger.disable");
      beats = now;
      beganMs = nowMs();
      looking = false;
    } else if (!looking && Atomics.load(shared, 1) === 0 && nowMs() - beganMs >= afterMs) {
      looking = true;
      session.post("Debugger.enable");
      session.post("Debugger.pause");
    }
  }, everyMs);
};
