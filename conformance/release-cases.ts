// Generated releases: applications in two versions, a release of each, appups. In our format but for the scripts, which
// are in OTP's words. Most are right; what makes one wrong is chosen on purpose, so that each reason is met often
// enough.

import fc from "fast-check";
import type { App } from "../src/release/app.ts";
import type { Rel, RelApplication } from "../src/release/rel.ts";
import type { Term } from "../src/tools/erlang/term.ts";
import { atom, binary, tuple } from "../src/tools/erlang/term.ts";

/** An appup as OTP's term. */
export interface OtpAppup {
  readonly vsn: string;
  readonly upFrom: readonly OtpAppupEntry[];
  readonly downTo: readonly OtpAppupEntry[];
}
export interface OtpAppupEntry {
  /** A binary is a regular expression. */
  readonly vsn: Term;
  readonly script: readonly Term[];
}

export interface ReleaseCase {
  readonly apps: readonly App[];
  readonly top: Rel;
  /** To come from and to go back to. */
  readonly bases: readonly Rel[];
  /** By application; of the version that the top release has. */
  readonly appups: Readonly<Record<string, OtpAppup>>;
  readonly restartEmulator: boolean;
}

const names = ["a", "b", "c", "d", "e"] as const;
type Name = (typeof names)[number];
const types = ["permanent", "transient", "temporary", "load", "none"] as const;

const sometimes = <T>(arbitrary: fc.Arbitrary<T>, otherwise: T, weight = 5): fc.Arbitrary<T> =>
  fc.oneof({ weight, arbitrary: fc.constant(otherwise) }, { weight: 1, arbitrary });

/** One application in two versions: what the second has instead of the first. */
interface Shape {
  readonly modules: readonly [readonly number[], readonly number[]];
  readonly uses: readonly number[];
  readonly includes: readonly number[];
  readonly optional: boolean;
  readonly registered: boolean;
  readonly usesUnderway: boolean;
}

const someModules = fc.uniqueArray(fc.nat(3), { maxLength: 4 });
const shape: fc.Arbitrary<Shape> = fc.record({
  modules: fc.tuple(someModules, someModules),
  uses: fc.uniqueArray(fc.nat(4), { maxLength: 2 }),
  includes: sometimes(fc.uniqueArray(fc.nat(4), { minLength: 1, maxLength: 2 }), [], 6),
  optional: sometimes(fc.boolean(), false, 3),
  registered: fc.boolean(),
  usesUnderway: fc.boolean(),
});

/** Which of its two versions a release has of each application, in which order. */
const members = fc.shuffledSubarray([...names], { minLength: 1 });
const entry = fc.record({
  vsn: fc.constantFrom("1", "2"),
  type: fc.option(fc.constantFrom(...types), { nil: undefined, freq: 2 }),
  narrows: sometimes(fc.boolean(), false, 6),
});

/** How each changed module is replaced, and what stands around it. */
const wording = fc.record({
  form: fc.nat(6),
  depends: fc.boolean(),
  extra: fc.nat(9),
});

export type Fault =
  | "none"
  | "circle"
  | "undefined"
  | "twice registered"
  | "twice a module"
  | "no appup"
  | "no entry"
  | "other vsn"
  | "unread"
  | "not mandatory"
  | "mandatory type"
  | "includes too much"
  | "twice included";
const faults: readonly Fault[] = [
  ...(["circle", "undefined", "twice registered", "twice a module", "no appup", "no entry", "other vsn"] as const),
  ...(["unread", "not mandatory", "mandatory type", "includes too much", "twice included"] as const),
];

/** Cases of releases. */
export const releaseCase: fc.Arbitrary<ReleaseCase> = fc
  .record({
    shapes: fc.array(shape, { minLength: names.length, maxLength: names.length }),
    orders: fc.array(members, { minLength: 2, maxLength: 3 }),
    entries: fc.array(fc.array(entry, { minLength: 5, maxLength: 5 }), { minLength: 3, maxLength: 3 }),
    underwayAt: fc.array(fc.nat(5), { minLength: 3, maxLength: 3 }),
    wordings: fc.array(wording, { minLength: 8, maxLength: 8 }),
    runtimes: sometimes<readonly string[]>(fc.constant(["24", "26", "24"]), ["24", "24", "24"], 6),
    restartEmulator: sometimes(fc.constant(true), false, 8),
    fault: fc.oneof(
      { weight: 3, arbitrary: fc.constant<Fault>("none") },
      { weight: 2, arbitrary: fc.constantFrom(...faults) },
    ),
  })
  .map(build);

// Internal.

interface Raw {
  readonly shapes: readonly Shape[];
  readonly orders: readonly (readonly Name[])[];
  readonly entries: readonly (readonly { vsn: string; type: string | undefined; narrows: boolean }[])[];
  readonly underwayAt: readonly number[];
  readonly wordings: readonly { form: number; depends: boolean; extra: number }[];
  readonly runtimes: readonly string[];
  readonly restartEmulator: boolean;
  readonly fault: Fault;
}

function build(raw: Raw): ReleaseCase {
  const { fault, orders, runtimes } = raw;
  const apps = names.flatMap((_, n) => (["1", "2"] as const).map((vsn) => buildApp(n, vsn, raw)));
  const all = [{ ...underway, vsn: "1" }, ...apps];
  const rels = orders.map((order, n): Rel => {
    const runtime = runtimes[n] ?? "24";
    return { name: `r${n}`, vsn: `R${n}`, runtime, applications: buildList(order, n, raw, apps) };
  });
  const [top, ...bases] = rels as [Rel, ...Rel[]];
  const read = fault === "unread" ? all.filter(({ name, vsn }) => name !== "b" || vsn !== "1") : all;
  return { apps: read, top, bases, appups: buildAppups(top, raw, apps), restartEmulator: raw.restartEmulator };
}

const underway: App = {
  name: "underway",
  vsn: "1",
  description: "",
  modules: [],
  registered: [],
  applications: [],
};

/**
 * Uses and includes point to applications later in the alphabet, so that they make no circle; and what is included is
 * not included again, unless that is the fault.
 */
function buildApp(n: number, vsn: "1" | "2", { shapes, fault }: Raw): App {
  const { modules, uses, includes, optional, registered, usesUnderway } = shapes[n] as Shape;
  const name = names[n] as Name;
  const later = (list: readonly number[]) =>
    list.filter((m) => m > n || (fault === "circle" && m !== n)).map((m) => names[m] as Name);
  const takenBefore = new Set(shapes.slice(0, n).flatMap((one) => one.includes));
  // Using and including the same one is left out: OTP refuses it or not depending on the order of the release.
  const included =
    fault === "twice included" && n < 2 && !uses.includes(4)
      ? ["e"]
      : later(includes.filter((m) => !uses.includes(m) && !takenBefore.has(m)));
  const used = [...later(uses), ...(fault === "undefined" && n === 0 ? ["nobody"] : [])];
  const own = modules[vsn === "1" ? 0 : 1].map((m) => `${name}/m${m}`);
  return {
    name,
    vsn,
    description: "",
    modules: fault === "twice a module" && n < 2 ? [...own, "shared/m"] : own,
    registered: registered ? [fault === "twice registered" ? "same" : `${name}_server`] : [],
    applications: [...(usesUnderway ? ["underway"] : []), ...used],
    ...(optional && { optionalApplications: used.filter((one) => one !== "nobody") }),
    ...(included.length > 0 && { includedApplications: included }),
  };
}

/**
 * The applications of a release: those chosen, and, so that most releases are right, all that they need; `underway`
 * stands anywhere among them.
 */
function buildList(order: readonly Name[], n: number, raw: Raw, apps: readonly App[]): readonly RelApplication[] {
  const { entries, underwayAt, fault } = raw;
  const vsnOf = (name: string) => entries[n]?.[names.indexOf(name as Name)]?.vsn ?? "1";
  const find = (name: string) => apps.find((app) => app.name === name && app.vsn === vsnOf(name));
  const chosen: string[] = [...order];
  for (const name of chosen) {
    const app = find(name);
    const needed = (app?.applications ?? []).filter((one) => !app?.optionalApplications?.includes(one));
    for (const one of [...needed, ...(app?.includedApplications ?? [])]) {
      if (one !== "underway" && one !== "nobody" && !chosen.includes(one)) chosen.push(one);
    }
  }
  const list = chosen.map((name): RelApplication => {
    const { type, narrows } = entries[n]?.[names.indexOf(name as Name)] ?? {};
    const included = find(name)?.includedApplications;
    const kept = fault === "includes too much" && name === "a" ? ["e", "underway"] : included?.slice(1);
    return {
      name,
      vsn: vsnOf(name),
      // The generator knows the types.
      ...(type !== undefined && { type: type as (typeof types)[number] }),
      ...((narrows || fault === "includes too much") && kept !== undefined && { includedApplications: kept }),
    };
  });
  if (fault === "not mandatory") return list;
  const own: RelApplication = { name: "underway", vsn: "1", ...(fault === "mandatory type" && { type: "temporary" }) };
  return list.toSpliced((underwayAt[n] ?? 0) % (list.length + 1), 0, own);
}

/** Appups of all applications of the top release, whether they changed or not. */
function buildAppups(top: Rel, raw: Raw, apps: readonly App[]): Readonly<Record<string, OtpAppup>> {
  const { fault, wordings } = raw;
  const appups: Record<string, OtpAppup> = {};
  for (const { name, vsn } of top.applications) {
    const now = apps.find((app) => app.name === name && app.vsn === vsn);
    const other = apps.find((app) => app.name === name && app.vsn !== vsn);
    if (now === undefined || other === undefined || (fault === "no appup" && name !== "a")) continue;
    const salt = names.indexOf(name as Name);
    const vsnTerms: readonly Term[] = [other.vsn, binary("[0-9]"), binary(`x|${other.vsn}`)];
    const wanted = fault === "no entry" && name !== "a" ? "0" : (vsnTerms[(wordings[salt]?.extra ?? 0) % 3] as Term);
    const script = (from: App, to: App) => buildScript(from, to, wordings, salt);
    appups[name] = {
      vsn: fault === "other vsn" ? "7" : vsn,
      upFrom: [
        { vsn: "0.9", script: [] },
        { vsn: wanted, script: script(other, now) },
      ],
      downTo: [{ vsn: wanted, script: script(now, other) }],
    };
  }
  return appups;
}

/** Every module that is on one side only, or on both, gets its instruction; a few get company. */
function buildScript(from: App, to: App, wordings: Raw["wordings"], salt: number): readonly Term[] {
  const added = to.modules.filter((module) => !from.modules.includes(module));
  const deleted = from.modules.filter((module) => !to.modules.includes(module));
  const kept = to.modules.filter((module) => from.modules.includes(module));
  const subjects = [...added, ...kept, ...deleted];
  const word = (n: number) => wordings[(n + salt) % wordings.length] ?? { form: 0, depends: false, extra: 0 };
  const script = subjects.flatMap((module, n): readonly Term[] => {
    const { form, depends, extra } = word(n);
    const m = atom(module);
    // Every second one of those behind it: some are ordered by nothing.
    const deps = depends ? subjects.filter((_, k) => k > n && (k - n) % 2 === 1).map(atom) : [];
    if (added.includes(module)) return [tuple(atom("add_module"), m, deps)];
    if (deleted.includes(module)) return [tuple(atom("delete_module"), m)];
    const advanced = tuple(atom("advanced"), extra);
    const forms: readonly Term[] = [
      tuple(atom("load_module"), m),
      tuple(atom("load_module"), m, deps),
      tuple(atom("update"), m, advanced, deps),
      tuple(atom("update"), m, atom("supervisor")),
      tuple(atom("update"), m, atom("soft"), atom("soft_purge"), atom("soft_purge"), deps),
      tuple(
        atom("update"),
        m,
        atom("static"),
        atom("infinity"),
        advanced,
        atom("soft_purge"),
        atom("brutal_purge"),
        deps,
      ),
      tuple(atom("load_module"), m, atom("soft_purge"), atom("soft_purge"), deps),
    ];
    return [forms[form] as Term];
  });
  const { form, extra } = word(subjects.length);
  if (extra === 0) return [tuple(atom("restart_application"), atom(to.name))];
  if (extra === 1) return [...script, atom("restart_emulator")];
  if (extra === 2) return [...script, tuple(atom("apply"), tuple(atom(`${to.name}/m`), atom("go"), [form]))];
  return script;
}
