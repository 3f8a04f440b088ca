// Our files of a release as Erlang's: `.app`, `.rel`, `.appup`, `relup`. `underway` stays an application of that name.
// OTP: app(5), rel(5), appup(5), relup(5).

import type { App } from "../../release/app.ts";
import type { Appup, AppupEntry } from "../../release/appup.ts";
import type { Name } from "../../release/data.ts";
import type { Rel, RelApplication } from "../../release/rel.ts";
import type { Relup, RelupEntry } from "../../release/relup.ts";
import { exportScript } from "./export-script.ts";
import { fromJson } from "./json.ts";
import type { Naming } from "./naming.ts";
import type { Term } from "./term.ts";
import { atom, binary, tuple } from "./term.ts";

/** An application file. */
export function exportApp(app: App, naming: Naming): Term {
  const key = (name: string, value: Term | undefined) => (value === undefined ? [] : [tuple(atom(name), value)]);
  const names = (list: readonly Name[] | undefined) => list?.map(atom);
  const pairs = (record: object | undefined) =>
    record && Object.entries(record).map(([name, value]) => tuple(atom(name), fromJson(value)));
  const phases = app.startPhases?.map(({ phase, arg }) => tuple(atom(phase), fromJson(arg)));
  return tuple(atom("application"), atom(app.name), [
    ...key("description", app.description),
    ...key("vsn", app.vsn),
    ...key(
      "modules",
      app.modules.map((module) => atom(naming.toAtom(module))),
    ),
    ...key("registered", names(app.registered)),
    ...key("applications", names(app.applications)),
    ...key("optional_applications", names(app.optionalApplications)),
    ...key("included_applications", names(app.includedApplications)),
    ...key("mod", app.mod && tuple(atom(naming.toAtom(app.mod.module)), fromJson(app.mod.arg))),
    ...key("env", pairs(app.env)),
    ...key("start_phases", phases),
  ]);
}

/** A release file. */
export const exportRel = (rel: Rel): Term =>
  tuple(
    atom("release"),
    tuple(rel.name, rel.vsn),
    tuple(atom("erts"), rel.runtime),
    rel.applications.map(exportRelApplication),
  );

/** An appup. */
export const exportAppup = (appup: Appup, naming: Naming): Term => {
  const entries = (list: readonly AppupEntry[]) =>
    list.map(({ vsn, script }) =>
      tuple(typeof vsn === "string" ? vsn : binary(vsn.regexp), exportScript(script, naming)),
    );
  return tuple(appup.vsn, entries(appup.upFrom), entries(appup.downTo));
};

/** A relup. The hashes of modules, which OTP does not know, are left out. */
export const exportRelup = (relup: Relup, naming: Naming): Term => {
  const entries = (list: readonly RelupEntry[]) =>
    list.map(({ vsn, description, script }) => tuple(vsn, fromJson(description), exportScript(script, naming)));
  return tuple(relup.vsn, entries(relup.up), entries(relup.down));
};

// Internal.

const exportRelApplication = ({ name, vsn, type, includedApplications }: RelApplication): Term =>
  tuple(
    atom(name),
    vsn,
    ...(type === undefined ? [] : [atom(type)]),
    ...(includedApplications === undefined ? [] : [includedApplications.map(atom)]),
  );
