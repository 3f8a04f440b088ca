// What the bench has the node do, by `rpc`. As bench/upgrade/otp/1/bench_api.erl.

import { PerformanceObserver, performance } from "node:perf_hooks";
import * as GenServer from "underway/gen-server";
import * as Process from "underway/process";
import type { CounterPid } from "./counter.ts";
import * as CounterSup from "./counter-sup.ts";
import { crowd, type Watched } from "./crowd.ts";

/** Starts counters until there are so many. */
export const start = async (count: number): Promise<number> => {
  const { pids } = crowd();
  while (pids.length < count) pids.push(await CounterSup.startCounter());
  return pids.length;
};

/** How many counters are alive, and the sum of their totals. Who is inside a callback is waited for. */
export const census = async (): Promise<readonly [alive: number, sum: number]> => {
  let alive = 0;
  let sum = 0;
  const one = async (pid: CounterPid): Promise<void> => {
    if (!Process.isAlive(pid)) return;
    alive++;
    // Not `sum += await`, which would add to the sum from before.
    const total = await GenServer.callWithin(pid, "infinity", "get");
    sum += total;
  };
  await Promise.all(crowd().pids.map(one));
  return [alive, sum];
};

export const set = (counter: number, total: number): boolean => {
  GenServer.cast(numbered(counter), "set", total);
  return true;
};

/** Has `count` counters work for ever. With `others` each asks one that asks another: those behind them, which do nothing else. */
export const work = (from: number, count: number, pauseMs: number, others: boolean): boolean => {
  for (let n = from; n < from + count; n++) {
    const way = others ? [numbered(n + count), numbered(n + 2 * count)] : [];
    GenServer.cast(numbered(n), "work", pauseMs, way);
  }
  return true;
};

/**
 * An open-loop load from inside: `rate` calls a second to counters from `from` to before `to`, until `stopMeasuring`. Resolves
 * with the time at which each call was due, in microseconds since 1970, and the microseconds until its answer.
 */
export const measure = async (
  rate: number,
  from: number,
  to: number,
): Promise<readonly (readonly [dueUs: number, tookUs: number])[]> => {
  const samples: [number, number][] = [];
  const waiting = new Set<Promise<void>>();
  const beganMs = performance.now();
  const call = async (dueMs: number): Promise<void> => {
    await GenServer.callWithin(numbered(from + Math.floor(Math.random() * (to - from))), "infinity", "add", 1);
    const tookMs = performance.now() - dueMs;
    samples.push([Math.round((performance.timeOrigin + dueMs) * 1000), Math.round(tookMs * 1000)]);
  };
  crowd().measuring = true;
  for (let due = 0; crowd().measuring; ) {
    for (; due < ((performance.now() - beganMs) * rate) / 1000; due++) {
      const one = call(beganMs + (due * 1000) / rate);
      waiting.add(one);
      void one.then(() => waiting.delete(one));
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(waiting);
  return samples;
};

export const stopMeasuring = (): boolean => {
  crowd().measuring = false;
  return true;
};

/** From now on turns of the event loop and pauses of the garbage collector are measured, until `watched` is asked. */
export const watch = (): boolean => {
  crowd().watch?.stop();
  let watching = true;
  let collectionMs = 0;
  let turnCpuMs = 0;
  const note = ({ duration }: { readonly duration: number }): void => {
    collectionMs = Math.max(collectionMs, duration);
  };
  const observer = new PerformanceObserver((list) => list.getEntries().forEach(note));
  observer.observe({ entryTypes: ["gc"] });
  let last = process.threadCpuUsage();
  const look = (): void => {
    const now = process.threadCpuUsage();
    turnCpuMs = Math.max(turnCpuMs, (now.user + now.system - last.user - last.system) / 1000);
    last = now;
    if (watching) setImmediate(look);
  };
  setImmediate(look);
  const stop = (): Watched => {
    watching = false;
    observer.takeRecords().forEach(note);
    observer.disconnect();
    return { turnCpuMs, collectionMs };
  };
  crowd().watch = { stop };
  return true;
};

export const watched = (): Watched => {
  const { watch } = crowd();
  if (watch === null) throw new Error("nothing is watched");
  crowd().watch = null;
  return watch.stop();
};

// Internal.

const numbered = (counter: number): CounterPid => {
  const pid = crowd().pids[counter];
  if (pid === undefined) throw new RangeError(`there is no counter ${counter}`);
  return pid;
};
