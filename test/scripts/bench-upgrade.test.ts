// What `npm run bench:upgrade` makes of its samples: latencies, verdicts, pictures. That it runs: test/lifecycle.

import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { judge, type Verdict } from "../../bench/upgrade/goals.ts";
import { latencyOf, type Samples, timeLineOf } from "../../bench/upgrade/latencies.ts";
import type { Figures, Measured, Outcome } from "../../bench/upgrade/measured.ts";
import { pictureOf } from "../../bench/upgrade/picture.ts";
import { repository } from "../../bench/upgrade/repository.ts";
import { measuredOf } from "../../bench/upgrade/rounds.ts";
import { scenariosOf } from "../../bench/upgrade/scenarios.ts";

const samples = (...rows: readonly (readonly [dueMs: number, tookMs: number])[]): Samples => ({
  dueMs: Float64Array.from(rows, ([dueMs]) => dueMs),
  tookMs: Float64Array.from(rows, ([, tookMs]) => tookMs),
  lateMs: new Float64Array(rows.length),
});

const measured = (figures: Figures): Measured => ({ figures, rounds: [], reasons: [], timeLine: null });

const outcome = (scenario: string, underway: Figures, otp: Figures | null = null): Outcome => {
  const [kind, size] = scenario.split(" ");
  const unit = kind === "modules" ? "modules" : kind?.endsWith("sockets") ? "sockets" : "processes";
  return {
    ...{ scenario, title: scenario, parameters: { [unit]: Number(size) } },
    ...{ underway: measured(underway), otp: otp === null ? null : measured(otp) },
  };
};

const verdictOn = (goal: RegExp, ...outcomes: readonly Outcome[]): Verdict => {
  const found = judge(outcomes).filter((verdict) => goal.test(verdict.goal));
  assert.equal(found.length, 1, `one goal matches ${goal}`);
  return found[0] as Verdict;
};

describe("latencyOf", () => {
  it("latencyOf takes what was due in the window, whenever it was answered", () => {
    const found = latencyOf(samples([0, 1], [10, 500], [11, 2], [20, 1]), 10, 20);
    assert.deepEqual([found.count, found.p50Ms, found.maxMs], [2, 2, 500]);
  });

  it("latencyOf counts what was never answered as failed, and not as fast", () => {
    const found = latencyOf(samples([0, 1], [1, Number.NaN]), 0, 10);
    assert.deepEqual([found.count, found.failed, found.maxMs], [2, 1, 1]);
  });

  it("latencyOf has no figures of an empty window", () => {
    assert.ok(Number.isNaN(latencyOf(samples(), 0, 1).p999Ms));
  });
});

describe("judge", () => {
  const sound = { notInstalled: 0, failed: 0, dead: 0, forgotten: 0 };

  it("judge compares the longest pause with a thousandth of OTP's", () => {
    const at = (outsideMaxMs: number): Verdict =>
      verdictOn(/1\/1000/, outcome("counters 100000", { ...sound, outsideMaxMs }, { outsideMaxMs: 2_000 }));
    assert.equal(at(1.9).verdict, "met");
    assert.deepEqual([at(4).verdict, at(4).times], ["missed", 2]);
  });

  it("judge leaves a goal open that the size or a missing Erlang forbids to judge", () => {
    const small = outcome("counters 1000", { ...sound, outsideMaxMs: 4 }, { outsideMaxMs: 2_000 });
    assert.equal(verdictOn(/1\/1000/, small).verdict, "open");
    assert.equal(verdictOn(/1\/1000/, outcome("counters 100000", { ...sound, outsideMaxMs: 1 })).verdict, "open");
  });

  it("judge compares a million with a hundred thousand", () => {
    const smaller = outcome("counters 100000", { ...sound, outsideMaxMs: 10 });
    const at = (outsideMaxMs: number): Verdict["verdict"] =>
      verdictOn(/no longer than/, smaller, outcome("counters 1000000", { ...sound, outsideMaxMs })).verdict;
    assert.equal(at(11), "met");
    assert.equal(at(20), "missed");
  });

  it("judge calls it missed at any size when something is lost, or was not measured", () => {
    for (const name of ["failed", "dead", "forgotten"]) {
      assert.equal(verdictOn(/no state is lost/, outcome("busy 10", { ...sound, [name]: 1 })).verdict, "missed");
    }
    assert.equal(verdictOn(/no state is lost/, outcome("busy 10", { notInstalled: 0 })).verdict, "missed");
    assert.equal(verdictOn(/no state is lost/, outcome("busy 10", sound)).verdict, "met");
    for (const name of ["dropped", "lost", "disordered"]) {
      const figures = { notInstalled: 0, dropped: 0, lost: 0, disordered: 0, [name]: 2 };
      assert.equal(verdictOn(/0 dropped/, outcome("websockets 50", figures)).verdict, "missed");
    }
  });

  it("judge wants a poisoned migration to be refused and named", () => {
    const figures = { ...sound, notRefused: 0, notNamed: 0, downMs: 0 };
    assert.equal(verdictOn(/culprit/, outcome("poisoned 10", figures)).verdict, "met");
    assert.equal(verdictOn(/culprit/, outcome("poisoned 10", { ...figures, notNamed: 1 })).verdict, "missed");
    assert.equal(verdictOn(/is down/, outcome("poisoned 10", { ...figures, downMs: 3 })).verdict, "missed");
  });

  it("judge subtracts what is slow without an upgrade only where the goal speaks of what is added", () => {
    const slow = { ...sound, outsideMaxMs: 24, calmOutsideMaxMs: 20 };
    assert.equal(verdictOn(/5 ms longer/, outcome("busy 10000", slow)).verdict, "met");
    assert.equal(verdictOn(/less than 5 ms/, outcome("awaiting 10000", slow)).verdict, "missed");
  });

  it("judge leaves open what a machine cannot carry even without an upgrade", () => {
    const figures = { ...sound, outsideMaxMs: 300, calmOutsideMaxMs: 208, calmOutsideP50Ms: 37 };
    const { verdict, found } = verdictOn(/less than 5 ms/, outcome("awaiting 10000", figures));
    assert.equal(verdict, "open");
    assert.match(found, /37\.0 ms without an upgrade/);
  });

  it("judge has a goal for every scenario", () => {
    for (const { name } of scenariosOf("full")) assert.notEqual(judge([outcome(name, {})]).length, 0, name);
  });
});

describe("measuredOf", () => {
  it("measuredOf takes the middle of the rounds, and adds up what was not installed", () => {
    const rounds = [{ installMs: 5 }, { installMs: 900 }, { installMs: 7 }];
    const changes = [
      { ok: true, reason: "" },
      { ok: false, reason: `no: ${join(repository, "bench/x.erl")}` },
    ];
    const { figures, reasons } = measuredOf({ rounds, counted: { failed: 2 }, changes, timeLine: null });
    assert.deepEqual(figures, { installMs: 7, failed: 2, notInstalled: 1 });
    assert.deepEqual(reasons, ["no: bench/x.erl"]);
  });
});

describe("pictureOf", () => {
  const window = { beganMs: 1_000, installMs: 50, fromMs: 0, toMs: 2_000 };
  const timeLine = timeLineOf(samples([10, 1], [1_010, 1_000], [1_990, 2]), window, 4);

  it("pictureOf draws the median and the slowest of each curve, higher for slower", () => {
    assert.deepEqual(timeLine.atMs, [-750, 250, 750]);
    const svg = pictureOf("1 < 2 & 3", [{ name: "Underway", color: "#00f", timeLine }]);
    assert.match(svg, /1 &lt; 2 &amp; 3/);
    const points = [...svg.matchAll(/<polyline [^>]*points="([^"]*)"/g)].map(([, found]) => found?.split(" ") ?? []);
    assert.equal(points.length, 2);
    const heights = points[1]?.map((point) => Number(point.split(",")[1])) ?? [];
    assert.equal(heights.length, 3);
    assert.ok((heights[1] as number) < (heights[0] as number), "a slow call is drawn above a fast one");
    assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
  });

  it("pictureOf of nothing is a picture, too", () => {
    const empty = { atMs: [], p50Ms: [], maxMs: [], installMs: 0 };
    const svg = pictureOf("nothing", [{ name: "Underway", color: "#00f", timeLine: empty }]);
    assert.doesNotMatch(svg, /NaN|Infinity/);
  });
});
