// Erlang's files of a release as ours: `.app`, `.rel`, `.appup`, `relup`.
//
// kernel, stdlib and sasl become `underway`, which stands for them here. A module `room` of application `chat` becomes
// `chat/room`. What OTP's file leaves to a default is left out here too. Versions of the runtime stay erts': they name
// nothing that exists here, and are for the reader to replace.
// OTP: app(5), rel(5), appup(5), relup(5).

import { basename } from "node:path";
import { UnderwayError } from "../../error.ts";
import type { App, StartType } from "../../release/app.ts";
import type { Appup, AppupEntry } from "../../release/appup.ts";
import { MANDATORY_APPLICATION } from "../../release/check-release.ts";
import type { Json, Name } from "../../release/data.ts";
import type { Rel, RelApplication } from "../../release/rel.ts";
import type { Relup, RelupEntry } from "../../release/relup.ts";
import { validateApp, validateAppup, validateRel, validateRelup } from "../../release/validate.ts";
import { importScript } from "./import-script.ts";
import { noCounterpart, toJson } from "./json.ts";
import type { Naming } from "./naming.ts";
import { namingOf } from "./naming.ts";
import { parseTerms } from "./parse.ts";
import type { Term } from "./term.ts";
import { elementsOf, isBinary, isList, isTuple, nameOf, textOf } from "./term.ts";

/** What a file of Erlang says, in our words. */
export type Imported =
  | { readonly kind: "app"; readonly name: Name; readonly value: App }
  | { readonly kind: "rel"; readonly name: Name; readonly value: Rel }
  | { readonly kind: "appup"; readonly name: Name; readonly value: Appup }
  | { readonly kind: "relup"; readonly name: ""; readonly value: Relup };

/**
 * Reads a file of Erlang and checks what comes of it.
 *
 * @param app the application that modules belong to which the file itself does not place. Default, for an appup: that
 *   of its name.
 * @throws erlang/bad_syntax, erlang/unknown_kind, erlang/no_counterpart, erlang/unknown_module; what our checks of the
 *   file throw
 */
export function importFile(content: string, file: string, app?: Name): Imported {
  const [term, ...rest] = parseTerms(content, file);
  if (term === undefined || rest.length > 0) throw new UnderwayError("erlang/unknown_kind", { file });
  const elements = elementsOf(term) ?? [];
  const first = nameOf(elements[0]);
  if (first === "application") return importApp(term, file);
  if (first === "release") return importRel(term, file);
  if (elements.length !== 3 || textOf(elements[0]) === undefined)
    throw new UnderwayError("erlang/unknown_kind", { file });
  const name = basename(file);
  if (name.endsWith(".appup") || name.endsWith(".appup.src"))
    return importAppup(elements, file, app ?? name.replace(/\..*$/, ""));
  if (name === "relup" || app === undefined) return importRelup(elements, file, app);
  return importAppup(elements, file, app);
}

// Internal: applications.

function importApp(term: Term, file: string): Imported {
  const at = (place: string) => ({ file, place });
  const [, nameTerm, keys] = sized(term, 3, at("the whole term"));
  const name = atomName(nameTerm, at("the name"));
  const naming = namingOf(() => name, file);
  const found = new Map<string, Term>();
  for (const pair of listed(keys, at("the list of keys"))) {
    const [key, value] = sized(pair, 2, at("a key"));
    found.set(atomName(key, at("a key")), value as Term);
  }
  const names = (key: string, value: Term | undefined) => listed(value, at(key)).map((one) => atomName(one, at(key)));
  const optionalNames = (key: string) => (found.has(key) ? ourNames(names(key, found.get(key))) : undefined);
  const optionalApplications = optionalNames("optional_applications");
  const includedApplications = optionalNames("included_applications");
  const startPhases = found.get("start_phases");
  const mod = found.get("mod");
  const value: unknown = {
    name,
    vsn: textOf(found.get("vsn")),
    description: textOf(found.get("description")) ?? "",
    modules: names("modules", found.get("modules") ?? []).map((one) => naming.toModule(one)),
    registered: names("registered", found.get("registered") ?? []),
    applications: ourNames(names("applications", found.get("applications") ?? [])),
    ...(optionalApplications && { optionalApplications }),
    ...(includedApplications && { includedApplications }),
    ...(mod !== undefined && textOf(mod) !== "" && { mod: importMod(mod, naming, file) }),
    ...(found.has("env") && { env: pairs(found.get("env") as Term, at("env")) }),
    ...(startPhases !== undefined &&
      nameOf(startPhases) !== "undefined" && {
        startPhases: Object.entries(pairs(startPhases, at("start_phases"))).map(([phase, arg]) => ({ phase, arg })),
      }),
  };
  return { kind: "app", name, value: validateApp(value, file) };
}

function importMod(term: Term, naming: Naming, file: string) {
  const at = { file, place: "mod" };
  const [module, arg] = sized(term, 2, at);
  return { module: naming.toModule(atomName(module, at)), arg: toJson(arg as Term, at) };
}

const pairs = (term: Term, at: At): { readonly [key: string]: Json } =>
  Object.fromEntries(
    listed(term, at).map((pair) => {
      const [key, value] = sized(pair, 2, at);
      return [atomName(key, at), toJson(value as Term, at)] as const;
    }),
  );

/** What stands for OTP's own applications is named once, where the first of them stood. */
const ourNames = (names: readonly string[]): readonly Name[] => [
  ...new Set(names.map((name) => (otpOwn.has(name) ? MANDATORY_APPLICATION : name))),
];

const otpOwn = new Set(["kernel", "stdlib", "sasl"]);

// Internal: releases.

function importRel(term: Term, file: string): Imported {
  const at = (place: string) => ({ file, place });
  const [, nameAndVsn, erts, applications] = sized(term, 4, at("the whole term"));
  const [nameTerm, vsn] = sized(nameAndVsn, 2, at("name and version"));
  const [, runtime] = sized(erts, 2, at("erts"));
  const name = textOf(nameTerm) ?? "";
  const all = listed(applications, at("the list of applications")).map((one) => importRelApplication(one, file));
  const own = all.find((one) => otpOwn.has(one.name));
  const underway: readonly RelApplication[] = own === undefined ? [] : [{ name: MANDATORY_APPLICATION, vsn: own.vsn }];
  const value: unknown = {
    name,
    vsn: textOf(vsn),
    runtime: textOf(runtime),
    applications: [...underway, ...all.filter((one) => !otpOwn.has(one.name))],
  };
  return { kind: "rel", name, value: validateRel(value, file) };
}

function importRelApplication(term: Term, file: string): RelApplication {
  const at = { file, place: "an application" };
  if (!isTuple(term)) throw noCounterpart(term, at);
  const [name, vsn, ...rest] = term.tuple;
  const type = rest.map(nameOf).find((one) => one !== undefined);
  const included = rest.find((one) => isList(one));
  if (rest.length > 2) throw noCounterpart(term, at);
  return {
    name: atomName(name, at),
    vsn: textOf(vsn) ?? "",
    // A wrong type is refused by the check that follows.
    ...(type !== undefined && { type: type as StartType }),
    ...(included !== undefined && { includedApplications: listed(included, at).map((one) => atomName(one, at)) }),
  };
}

// Internal: appups and relups.

function importAppup([vsn, up, down]: readonly Term[], file: string, app: Name): Imported {
  const naming = namingOf(() => app, file);
  const entries = (direction: string, term: Term | undefined): readonly AppupEntry[] =>
    listed(term, { file, place: direction }).map((entry) => {
      const [other, script] = sized(entry, 2, { file, place: direction });
      const place = { file, place: `${direction} ${shownVsn(other)}` };
      const wanted = isBinary(other) ? { regexp: other.binary } : textOf(other);
      return { vsn: wanted as AppupEntry["vsn"], script: importScript(listed(script, place), { ...place, naming }) };
    });
  const value = { format: 1, vsn: textOf(vsn), upFrom: entries("upFrom", up), downTo: entries("downTo", down) };
  return { kind: "appup", name: app, value: validateAppup(value, file) };
}

function importRelup([vsn, up, down]: readonly Term[], file: string, app: Name | undefined): Imported {
  const owners = new Map<string, Name>();
  for (const script of [up, down].flatMap((term) => listed(term, { file, place: "scripts" })))
    collectOwners(script, owners);
  const naming = namingOf((module) => owners.get(module) ?? app, file);
  const entries = (direction: string, term: Term | undefined): readonly RelupEntry[] =>
    listed(term, { file, place: direction }).map((entry) => {
      const [other, description, script] = sized(entry, 3, { file, place: direction });
      const place = { file, place: `${direction} ${shownVsn(other)}` };
      return {
        vsn: textOf(other) as string,
        description: toJson(description as Term, place),
        // Everything in a relup is low level; the check that follows says so.
        script: importScript(listed(script, place), { ...place, naming }) as RelupEntry["script"],
        modules: {},
      };
    });
  const value = { format: 1, vsn: textOf(vsn), up: entries("up", up), down: entries("down", down) };
  return { kind: "relup", name: "", value: validateRelup(value, file) };
}

/** A relup places its modules itself: object code is read by application. */
function collectOwners(entry: Term, owners: Map<string, Name>): void {
  const script = isTuple(entry) ? entry.tuple[2] : undefined;
  for (const one of script !== undefined && isList(script) ? script : []) {
    const [name, object] = isTuple(one) ? one.tuple : [];
    if (nameOf(name) !== "load_object_code" || !isTuple(object)) continue;
    const [app, , modules] = object.tuple;
    for (const module of modules !== undefined && isList(modules) ? modules : []) {
      const [owner, owned] = [nameOf(app), nameOf(module)];
      if (owner !== undefined && owned !== undefined) owners.set(owned, owner);
    }
  }
}

const shownVsn = (term: Term | undefined): string =>
  isBinary(term) ? `/${term.binary}/` : JSON.stringify(textOf(term) ?? "?");

// Internal: parts of terms.

interface At {
  readonly file: string;
  readonly place: string;
}

function listed(term: Term | undefined, at: At): readonly Term[] {
  if (term === undefined || !isList(term)) throw noCounterpart(term ?? [], at);
  return term;
}

function sized(term: Term | undefined, size: number, at: At): readonly Term[] {
  if (!isTuple(term) || term.tuple.length !== size) throw noCounterpart(term ?? [], at);
  return term.tuple;
}

function atomName(term: Term | undefined, at: At): string {
  const name = nameOf(term);
  if (name === undefined) throw noCounterpart(term ?? [], at);
  return name;
}
