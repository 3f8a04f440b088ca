// How long does it take to make a relup, up and down, beside systools:make_relup, and does the time grow with the
// modules?

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { otpFiles } from "../conformance/compare-releases.ts";
import { importLoosely } from "../conformance/compare-scripts.ts";
import type { ReleaseCase } from "../conformance/release-cases.ts";
import type { App } from "../src/release/app.ts";
import { contributionsOf } from "../src/release/contributions.ts";
import { knowRelease } from "../src/release/known-release.ts";
import { makeRelup } from "../src/release/make-relup.ts";
import type { Rel } from "../src/release/rel.ts";
import { translate } from "../src/release/translate/translate.ts";
import { readPath, readRelease } from "../src/tools/check/release-search.ts";
import type { Term } from "../src/tools/erlang/term.ts";
import { atom, tuple } from "../src/tools/erlang/term.ts";
import type { Benchmark, Row } from "./bench.ts";
import { median } from "./bench.ts";
import { measureInErlang } from "./erlang.ts";

const rounds = 9;

/**
 * Releases in which every module of every application has changed: a supervisor, servers that depend on a library and
 * on the next server, so that an application is one group of modules, and the last one of which uses the application
 * before.
 */
function releases(applications: number, modules: number): ReleaseCase {
  const name = (n: number) => `app${n}`;
  const module = (n: number, m: number) => `${name(n)}/m${m}`;
  const app = (n: number, vsn: string): App => ({
    ...{ name: name(n), vsn, description: "", registered: [] },
    modules: Array.from({ length: modules }, (_, m) => module(n, m)),
    applications: ["underway", ...(n > 0 ? [name(n - 1)] : [])],
  });
  const all = Array.from({ length: applications }, (_, n) => n);
  const rel = (vsn: string): Rel => ({
    ...{ name: `r${vsn}`, vsn, runtime: "24" },
    applications: [{ name: "underway", vsn: "1" }, ...all.map((n) => ({ name: name(n), vsn }))],
  });
  const script = (n: number): readonly Term[] =>
    Array.from({ length: modules }, (_, m): Term => {
      const subject = atom(module(n, m));
      if (m === 0) return tuple(atom("update"), subject, atom("supervisor"));
      if (m === modules - 1) return tuple(atom("load_module"), subject);
      const depMods = [atom(module(n, modules - 1)), ...(m + 1 < modules - 1 ? [atom(module(n, m + 1))] : [])];
      return tuple(atom("update"), subject, tuple(atom("advanced"), []), depMods);
    });
  const underway = { name: "underway", vsn: "1", description: "", modules: [], registered: [], applications: [] };
  const appup = (n: number) => ({
    vsn: "2",
    upFrom: [{ vsn: "1", script: script(n) }],
    downTo: [{ vsn: "1", script: script(n) }],
  });
  return {
    apps: [underway, ...all.flatMap((n) => [app(n, "1"), app(n, "2")])],
    top: rel("2"),
    bases: [rel("1")],
    appups: Object.fromEntries(all.map((n) => [name(n), appup(n)])),
    restartEmulator: false,
  };
}

/** Our files of the same, each application in a folder of its own, as OTP has them. By path. */
function ourFiles({ apps, top, bases, appups }: ReleaseCase): readonly (readonly [string, string])[] {
  const json = (path: string, value: unknown) => [path, JSON.stringify(value)] as const;
  const entries = (list: ReleaseCase["appups"][string]["upFrom"]) =>
    list.map(({ vsn, script }) => ({ vsn, script: importLoosely(script) }));
  return [
    ...[top, ...bases].map((rel) => json(`${rel.name}.rel.json`, rel)),
    ...apps.map((app) => json(`lib/${app.name}-${app.vsn}/${app.name}.app.json`, app)),
    ...Object.entries(appups).map(([name, { vsn, upFrom, downTo }]) =>
      json(`lib/${name}-${vsn}/${name}.appup.json`, {
        ...{ format: 1, vsn, upFrom: entries(upFrom), downTo: entries(downTo) },
      }),
    ),
  ];
}

function write(folder: string, files: readonly (readonly [string, string])[]): void {
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

async function ask(folder: string) {
  const path = await readPath([join(folder, "lib/*")]);
  const [top, base] = [
    await readRelease(join(folder, "r2.rel.json"), path),
    await readRelease(join(folder, "r1.rel.json"), path),
  ];
  const appups = new Map([...path.appups].flatMap(([name, [found]]) => (found ? [[name, found.appup] as const] : [])));
  return { top: top.facts, upFrom: [{ release: base.facts }], downTo: [{ release: base.facts }], appups };
}

/** The middle of several rounds in one Erlang; the first, which loads code, is left out unless it is the only one. */
const inErlang = (prepare: string, measured: string, rounds: number): number | undefined =>
  measureInErlang(
    {},
    `${prepare}, Times = [element(1, timer:tc(fun() -> ${measured} end)) || _ <- lists:seq(1, ${rounds > 1 ? rounds + 1 : 1})],
     Counted = case Times of [One] -> [One]; [_ | Others] -> Others end,
     lists:nth(${Math.ceil(rounds / 2)}, lists:sort(Counted)) / 1000`,
  );

async function measure(applications: number, modules: number, otpRounds: number): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "underway-relup-"));
  try {
    const given = releases(applications, modules);
    const [ours, theirs] = [join(folder, "ours"), join(folder, "otp")];
    write(ours, ourFiles(given));
    write(theirs, otpFiles(given));
    const size = `${applications} applications x ${modules} modules, both ways`;
    const fromFiles = await median(rounds, () => timed(async () => makeRelup(await ask(ours))));
    const request = await ask(ours);
    const inMemory = await median(rounds, () => timed(() => makeRelup(request)));
    const [top, base] = [knowRelease(request.top), knowRelease(request.upFrom[0]?.release ?? request.top)];
    const compared = { top, base, appups: request.appups, restartEmulator: false, compatibility: "otp" } as const;
    const translated = await median(rounds, () =>
      timed(() => {
        for (const mode of ["up", "down"] as const) {
          const [from, to] = mode === "up" ? [base.side, top.side] : [top.side, base.side];
          translate(mode, contributionsOf({ mode, ...compared }).contributions, { from, to }, "otp");
        }
      }),
    );
    const paths = `Dir = ${JSON.stringify(theirs)}, Path = filelib:wildcard(Dir ++ "/lib/*/ebin") ++ [Dir]`;
    const otpFromFiles = inErlang(
      paths,
      `{ok, _, _, _} = systools:make_relup(Dir ++ "/r2", [Dir ++ "/r1"], [Dir ++ "/r1"], [{path, Path}, silent, noexec])`,
      otpRounds,
    );
    const otpTranslated = inErlang(
      `${paths}, {ok, _, Tops, _} = systools_make:get_release(Dir ++ "/r2", Path),
       {ok, _, Bases, _} = systools_make:get_release(Dir ++ "/r1", Path),
       Top = [App || {_, App} <- Tops], Base = [App || {_, App} <- Bases],
       Scripts = fun(N) -> [begin {ok, [Appup]} = file:consult(F), [{_, S} | _] = element(N, Appup), S end ||
                            F <- filelib:wildcard(Dir ++ "/lib/*-2/ebin/*.appup")] end,
       Up = Scripts(2), Down = Scripts(3)`,
      "{ok, _} = systools_rc:translate_scripts(up, Up, Top, Base), {ok, _} = systools_rc:translate_scripts(dn, Down, Base, Top)",
      otpRounds,
    );
    const row = (what: string, value: number, otp?: number): Row => ({
      ...{ what: `${what}: ${size}`, value, unit: "ms" },
      ...(otp !== undefined && { otp }),
    });
    return [
      row("relup from files", fromFiles, otpFromFiles),
      row("relup in memory", inMemory),
      row("translation alone", translated, otpTranslated),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function timed(work: () => unknown): Promise<number> {
  const beganMs = performance.now();
  await work();
  return performance.now() - beganMs;
}

export default {
  question: "How long does a relup take, and does the time grow with the modules?",
  sketch:
    "Reading JSON of some 100 bytes a module takes about 1 us a module, and each of the ten rewrites touches every " +
    "instruction once: some 10 us a module and direction, so 20 ms for 1,000 modules and 200 ms for 10,000. OTP searches " +
    "lists and a digraph in tables; goal: at most a fifth of its time. A time per module that doubles between the two " +
    "sizes would be reason to look for something quadratic.",
  async run() {
    // OTP once for the large one: it takes minutes.
    const rows = [...(await measure(50, 20, rounds)), ...(await measure(200, 50, 1))];
    const [small, large] = [rows[1]?.value ?? 0, rows[4]?.value ?? 0];
    const growth = large / 10_000 / (small / 1_000);
    return [...rows, { what: "time a module in memory, 10,000 modules / 1,000 modules", value: growth, unit: "times" }];
  },
} satisfies Benchmark;
