// What tools see that know nothing of us: a debugger and a profiler count lines in the TypeScript source, in each version.

import assert from "node:assert/strict";
import { close, type Debugger, open, Session } from "node:inspector/promises";
import { test } from "node:test";
import { call, loadSources } from "./support.ts";

/** A module of a version: `work` stands some lines lower in each, and is called from an expression over many lines. */
const source = (version: number): string => `interface Erased { readonly version: ${version}; }
/** Some
 *  words. */
import { join } from "node:path";

enum Kind { a, b }

export const work = async (erased: Erased | null, ...numbers: number[]): Promise<number[]> => {
  await null;
  const sums = numbers.map(
    (n) =>
      spin(n + Kind.b) + ${version}, // stop
  );
  for await (const { x = 1 } of [{}]) {
    sums.push(x); // stop too
  }
  return sums;
};

const spin = (n: number): number => {
  const end = Date.now() + 15; // busy
  let i = 0;
  while (Date.now() < end) i++; // busy
  return n;
};
`;

const lineOf = (mark: string): number =>
  source(1)
    .split("\n")
    .findIndex((line) => line.includes(mark));

const load = (version: number): Promise<void> =>
  loadSources(
    { "inspected/deep/m": source(version) },
    { originOf: () => ({ label: `inspected-0.${version}.0`, folder: null }) },
  );

test("a breakpoint set by TypeScript file and line is hit in version 1 and, not set anew, in version 2", async () => {
  const session = new Session();
  session.connect();
  const hits: string[] = [];
  const urls = new Map<string, string>();
  session.on("Debugger.scriptParsed", ({ params }: { params: Debugger.ScriptParsedEventDataType }) => {
    urls.set(params.scriptId, params.url);
  });
  session.on("Debugger.paused", ({ params }: { params: Debugger.PausedEventDataType }) => {
    const { location, functionName } = params.callFrames[0] as Debugger.CallFrame;
    hits.push(`${urls.get(location.scriptId)?.replace(/\?.*/, "")}:${location.lineNumber + 1} ${functionName}`);
  });
  await session.post("Debugger.enable");
  try {
    await load(1);
    for (const mark of ["// stop", "// stop too"]) {
      const { locations } = await session.post("Debugger.setBreakpointByUrl", {
        lineNumber: lineOf(mark),
        urlRegex: "inspected.*/src/deep/m\\.ts",
      });
      assert.equal(locations.length, 1);
    }
    await call("inspected/deep/m", "work", null, 1);
    await load(2);
    await call("inspected/deep/m", "work", null, 1);
  } finally {
    session.disconnect();
  }
  const hitsOf = (version: number) => [
    `underway:///inspected-0.${version}.0/src/deep/m.ts:${lineOf("// stop") + 1} `,
    `underway:///inspected-0.${version}.0/src/deep/m.ts:${lineOf("// stop too") + 1} work`,
  ];
  assert.deepEqual(hits, [...hitsOf(1), ...hitsOf(2)]);
});

test("a debugger that is attached when a module is loaded gets its TypeScript source", async () => {
  open(0);
  const session = new Session();
  session.connect();
  const maps: string[] = [];
  session.on("Debugger.scriptParsed", ({ params }: { params: Debugger.ScriptParsedEventDataType }) => {
    if (params.url.includes("attached-0.1.0")) maps.push(params.sourceMapURL ?? "");
  });
  try {
    await session.post("Debugger.enable");
    await loadSources({ "attached/m": source(1) }, { originOf: () => ({ label: "attached-0.1.0", folder: null }) });
  } finally {
    session.disconnect();
    close();
  }
  const map = JSON.parse(Buffer.from(maps[0]?.split(",")[1] ?? "", "base64").toString());
  assert.deepEqual(map.sources, ["underway-source:///attached-0.1.0/src/m.ts"]);
  assert.deepEqual(map.sourcesContent, [source(1)]);
});

test("a CPU profile names function, version, TypeScript file and line", async () => {
  await loadSources({ "profiled/m": source(3) }, { originOf: () => ({ label: "profiled-0.3.0", folder: null }) });
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: 200 });
  await session.post("Profiler.start");
  await call("profiled/m", "work", null, 1, 2, 3);
  const { profile } = await session.post("Profiler.stop");
  session.disconnect();
  const spin = profile.nodes.find(({ callFrame }) => callFrame.functionName === "spin");
  assert.ok(spin);
  assert.match(spin.callFrame.url, /^underway:\/\/\/profiled-0\.3\.0\/src\/m\.ts/);
  assert.equal(spin.callFrame.lineNumber, lineOf("const spin"));
  const busy = (spin.positionTicks ?? []).map(({ line }) => line - 1);
  assert.ok(busy.length > 0);
  for (const line of busy) assert.ok(line >= lineOf("const spin") && line <= lineOf("return n"), String(line));
});
