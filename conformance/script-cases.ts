// Generated scripts: what appups of several applications may say, in OTP's words, right and wrong.

import fc from "fast-check";
import { parseTerms } from "../src/tools/erlang/parse.ts";
import type { Term } from "../src/tools/erlang/term.ts";
import { atom, tuple } from "../src/tools/erlang/term.ts";
import { wrongForms } from "./wrong-forms.ts";

/** An application as the translation sees it. */
export interface OtpApp {
  readonly name: string;
  readonly vsn: string;
  readonly type: string;
  readonly modules: readonly string[];
}

/** Scripts, each of one contribution, and the applications of the releases to go to and to come from. */
export interface ScriptCase {
  readonly scripts: readonly (readonly Term[])[];
  readonly to: readonly OtpApp[];
  readonly from: readonly OtpApp[];
}

/** Modules of both sides that code instructions are about. */
const subjects = ["x/a", "x/b", "x/c", "x/d", "y/a", "y/b", "y/c", "both/m"];
/** Modules that only hand-written low-level instructions are about: so that one can tell who loads what. */
const lowModules = ["x/l1", "x/l2", "y/l1"];

/** Applications of the release to go to. */
export const toApps: readonly OtpApp[] = [
  { name: "x", vsn: "2", type: "permanent", modules: ["x/a", "x/b", "x/c", "x/d", "x/l1", "x/l2"] },
  { name: "y", vsn: "2", type: "permanent", modules: ["y/a", "y/b", "y/c", "y/l1"] },
  { name: "new", vsn: "1", type: "temporary", modules: ["new/p", "new/q"] },
  { name: "both", vsn: "2", type: "load", modules: ["both/m", "both/new"] },
];
/** Applications of the release to come from. */
export const fromApps: readonly OtpApp[] = [
  { name: "x", vsn: "1", type: "permanent", modules: ["x/a", "x/b", "x/c", "x/d", "x/gone", "x/l1", "x/l2"] },
  { name: "y", vsn: "1", type: "transient", modules: ["y/a", "y/b", "y/c", "y/l1"] },
  { name: "old", vsn: "1", type: "permanent", modules: ["old/p", "old/q"] },
  { name: "both", vsn: "1", type: "permanent", modules: ["both/m", "both/old"] },
];

const atoms = (...names: readonly string[]): fc.Arbitrary<Term> => fc.constantFrom(...names).map(atom);
/** Values that JSON has too: a tuple would come back as a list. */
const extra = fc.constantFrom<Term>([], atom("e"), 7, [1, [atom("b")]], "a text", { float: 1.5 }, atom("true"));
const purge = atoms("soft_purge", "brutal_purge");
const timeout = fc.oneof(atoms("default", "infinity"), fc.integer({ min: 1, max: 9 }) as fc.Arbitrary<Term>);
const change = fc.oneof(
  atoms("soft"),
  extra.map((one) => tuple(atom("advanced"), one)),
);
const modules = (from: readonly string[], maxLength = 3): fc.Arbitrary<readonly string[]> =>
  fc.array(fc.constantFrom(...from), { maxLength });

/** A code instruction before it is known which dependencies it may name. */
interface Recipe {
  readonly subject: string;
  readonly depMods: readonly string[];
  readonly make: (depMods: Term) => Term;
}

const recipe = fc
  .record({
    subject: fc.constantFrom(...subjects),
    depMods: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 3, arbitrary: modules(subjects) }),
    form: fc.nat(12),
    change,
    pre: purge,
    post: purge,
    timeout,
    modType: atoms("static", "dynamic"),
  })
  .map(({ subject, depMods, form, change, pre, post, timeout, modType }): Recipe => {
    const m = atom(subject);
    const update = (...rest: readonly Term[]) => tuple(atom("update"), m, ...rest);
    const forms: readonly ((depMods: Term) => Term)[] = [
      () => update(),
      () => update(atom("supervisor")),
      () => update(change),
      (d) => update(d),
      (d) => update(change, d),
      (d) => update(change, pre, post, d),
      (d) => update(timeout, change, pre, post, d),
      (d) => update(modType, timeout, change, pre, post, d),
      () => tuple(atom("load_module"), m),
      (d) => tuple(atom("load_module"), m, d),
      (d) => tuple(atom("load_module"), m, pre, post, d),
      (d) => tuple(atom("add_module"), m, d),
      (d) => tuple(atom("delete_module"), m, d),
    ];
    return { subject, depMods, make: forms[form] as (depMods: Term) => Term };
  });

const apply = fc
  .tuple(fc.constantFrom("go", "stop"), fc.array(extra, { maxLength: 2 }))
  .map(([name, args]) => [tuple(atom("apply"), tuple(atom("x/a"), atom(name), args))]);

const swap = fc.tuple(fc.constantFrom(...lowModules), purge, purge);
const objectCode: fc.Arbitrary<readonly Term[]> = fc.constantFrom(...lowModules).map((name) => {
  const app = atom(name.slice(0, name.indexOf("/")));
  return [tuple(atom("load_object_code"), tuple(app, "2", [atom(name)]))];
});
const low: fc.Arbitrary<readonly Term[]> = fc.oneof(
  objectCode,
  swap.map(([name, pre, post]) => {
    const app = atom(name.slice(0, name.indexOf("/")));
    return [
      tuple(atom("load_object_code"), tuple(app, "2", [atom(name)])),
      tuple(atom("load"), tuple(atom(name), pre, post)),
    ];
  }),
  swap.map(([name, pre, post]) => [
    tuple(atom("remove"), tuple(atom(name), pre, post)),
    tuple(atom("purge"), [atom(name)]),
  ]),
  fc
    .tuple(modules([...lowModules, "x/a"]), timeout, extra, atoms("up", "down"))
    .map(([names, timeout, extra, mode]) => {
      const suspended = names.map((name, n) => (n === 0 ? tuple(atom(name), timeout) : atom(name)));
      const changes = names.map((name) => tuple(atom(name), extra));
      return [
        tuple(atom("suspend"), suspended),
        tuple(atom("code_change"), mode, changes),
        tuple(atom("resume"), names.map(atom)),
      ];
    }),
  modules(lowModules).map((names) => [
    tuple(atom("stop"), names.map(atom)),
    tuple(atom("start"), names.toReversed().map(atom)),
  ]),
  fc.constantFrom<readonly Term[]>(
    [tuple(atom("sync_nodes"), atom("id"), [atom("a@b")])],
    [tuple(atom("sync_nodes"), 1, tuple(atom("x/a"), atom("nodes"), []))],
    [tuple(atom("code_change"), [])],
  ),
);

const application = fc
  .tuple(
    fc.constantFrom("add_application", "remove_application", "restart_application"),
    fc.constantFrom("new", "old", "both", "x", "nobody"),
    fc.constantFrom("", "permanent", "transient", "temporary", "load", "none"),
  )
  .map(([name, app, type]) =>
    name === "add_application" && type !== ""
      ? [tuple(atom(name), atom(app), atom(type))]
      : [tuple(atom(name), atom(app))],
  );
/** The applications that fit the instruction. */
const fittingApplication = fc.constantFrom<readonly Term[]>(
  [tuple(atom("add_application"), atom("new"))],
  [tuple(atom("add_application"), atom("new"), atom("load"))],
  [tuple(atom("add_application"), atom("new"), atom("none"))],
  [tuple(atom("remove_application"), atom("old"))],
  [tuple(atom("restart_application"), atom("both"))],
);

const terms = (text: string): readonly Term[] => parseTerms(`[${text}].`, "a case")[0] as readonly Term[];

/** Wrong in one way or another: each of OTP's reasons about the form of an instruction, and about a script as a whole. */
const wrong: fc.Arbitrary<readonly Term[]> = fc.constantFrom(
  ...[
    ...wrongForms.map(([otp]) => otp),
    "point_of_no_return,point_of_no_return",
    "{suspend,[{'x/a',0}]},{resume,['x/a']}",
    "{resume,['x/a']}",
    "{suspend,['x/a']}",
    "{stop,['x/a']}",
    "{start,['x/a']}",
    "{load,{'x/l2',soft_purge,soft_purge}}",
    "{load_module,'x/typo'}",
    "{update,'y/typo',soft,['x/a']},{load_module,'y/nobody'}",
    "{load_object_code,{x,\"9\",['x/l1']}},{load_object_code,{x,\"2\",['x/l2']}}",
  ].map(terms),
);

const restart = fc.constantFrom<readonly Term[]>([atom("restart_new_emulator")], [atom("restart_emulator")]);
/** A list in a script is spliced, one level, and its elements are not expanded: they are in full form. */
const nested = fc.constantFrom(
  terms("[point_of_no_return]"),
  terms("[{apply,{'x/a',nested,[]}},{apply,{'x/a',again,[]}}]"),
  terms("[{update,'x/d',dynamic,default,soft,brutal_purge,brutal_purge,[]}]"),
  terms("[]"),
);

/** What is made wrong in a case. */
type Spoiler =
  | { readonly kind: "none" | "twice" | "undefined" }
  | { readonly kind: "insert"; readonly terms: readonly Term[] };
type Piece = Recipe | readonly Term[];
const isRecipe = (piece: Piece): piece is Recipe => "make" in piece;

const mostly = (weight: number, arbitrary: fc.Arbitrary<Piece>) => ({ weight, arbitrary });
const piece = fc.oneof(
  mostly(24, recipe),
  mostly(4, apply),
  mostly(5, low),
  mostly(1, restart),
  mostly(2, fittingApplication),
  mostly(1, nested),
);

/** What stands before a point of no return of its own, or nothing. Rarely something that may not. */
const opening = fc.oneof(
  { weight: 6, arbitrary: fc.constant<readonly Piece[]>([]) },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.oneof(mostly(8, apply), mostly(4, objectCode), mostly(1, piece)), { maxLength: 2 })
      .map((before) => [...before, [atom("point_of_no_return")]]),
  },
);
const script = fc
  .tuple(opening, fc.array(piece, { maxLength: 8 }))
  .map(([before, after]): readonly Piece[] => [...before, ...after]);

/**
 * Cases of scripts, most of them right.
 *
 * Modules that two instructions are about, and dependencies on modules that none is about, are left out unless the case
 * is to be wrong in this way. With `ring` the first so many depend on each other in a circle, as far as their forms name
 * dependencies.
 */
export const scriptCase: fc.Arbitrary<ScriptCase> = fc
  .record({
    scripts: fc.array(script, { maxLength: 3 }),
    spoiler: fc.oneof(
      { weight: 8, arbitrary: fc.constant<Spoiler>({ kind: "none" }) },
      { weight: 2, arbitrary: fc.constantFrom<Spoiler>({ kind: "twice" }, { kind: "undefined" }) },
      {
        weight: 5,
        arbitrary: fc
          .oneof({ weight: 4, arbitrary: wrong }, { weight: 1, arbitrary: application })
          .map((terms): Spoiler => ({ kind: "insert", terms })),
      },
    ),
    ring: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 2, max: 4 }) }),
    at: fc.nat(20),
  })
  .map(({ scripts, spoiler, ring, at }) => {
    const seen = new Set<string>();
    const kept = scripts.map((script) =>
      script.filter((one) => {
        if (!isRecipe(one) || spoiler.kind === "twice") return true;
        if (seen.has(one.subject)) return false;
        seen.add(one.subject);
        return true;
      }),
    );
    for (const one of kept.flat()) if (isRecipe(one)) seen.add(one.subject);
    const circle = kept.flat().filter(isRecipe).slice(0, ring);
    const build = (one: Piece): readonly Term[] => {
      if (!isRecipe(one)) return one;
      const at = circle.indexOf(one);
      const next = at === -1 ? undefined : circle[(at + 1) % circle.length]?.subject;
      const known = [
        ...one.depMods.filter((name) => spoiler.kind === "undefined" || seen.has(name)),
        ...(next === undefined ? [] : [next]),
      ];
      return [one.make(known.map(atom))];
    };
    const built = kept.map((script) => script.flatMap(build));
    if (spoiler.kind === "insert") {
      const target = at % (built.length + 1);
      const script = built[target] ?? [];
      built[target] = script.toSpliced(at % (script.length + 1), 0, ...spoiler.terms);
    }
    return { scripts: built, to: toApps, from: fromApps };
  });
