// Expands the instructions about whole applications. OTP: systools_rc:translate_application_instrs/3.
//
//   add      load its modules; apply start
//   remove   apply stop; remove its modules; purge them; apply unload
//   restart  apply stop; remove and purge the old modules; load the new ones; apply start
//
// Deviation, with `underway`: an included application is loaded instead of started, and not stopped, since the
// supervisors of the application that includes it do both; what was never started (type load or none) is not stopped;
// each apply names its inverse, so that an upgrade that fails later is undone.

import { UnderwayError } from "../../error.ts";
import type { StartType } from "../app.ts";
import type { Mfa, ModuleId, Name } from "../data.ts";
import type { Instruction } from "../relup.ts";
import type { Compatibility, Item, Side, SideApplication, Sides } from "./item.ts";
import { brutalLoad, firstPlace, low } from "./item.ts";

/** The module whose `start`, `stop`, `load` and `unload` relups apply. OTP: `application`. */
export const APPLICATION_MODULE: ModuleId = "underway/application";

/**
 * Expands each application instruction in place, and checks that a package to relink belongs to an application.
 *
 * @throws `relup/no_such_application`, `relup/removed_application_present`, `relup/included_application`.
 */
export const expandApplications = (
  after: readonly Item[],
  sides: Sides,
  compatibility: Compatibility,
): readonly Item[] =>
  after.flatMap((item) => {
    if (item.kind === "application") return expand(item, sides, compatibility);
    if (item.kind === "low" && item.low[0] === "relink") find(item.low[1].app, sides.to, item);
    return [item];
  });

// Internal.

type ApplicationItem = Extract<Item, { kind: "application" }>;

function expand(item: ApplicationItem, sides: Sides, compatibility: Compatibility): readonly Item[] {
  const { application, places } = item;
  const lows = (...instructions: readonly Instruction[]): readonly Item[] =>
    instructions.map((instruction) => low(instruction, places));
  const loads = (modules: readonly ModuleId[]): readonly Item[] =>
    modules.map((module) => ({ kind: "code", code: brutalLoad(module), places }));
  const removes = (modules: readonly ModuleId[]): readonly Item[] =>
    lows(...modules.map((module) => ["remove", { module, ...brutal }] as const), ["purge", modules]);
  const apply = applies(compatibility);

  switch (application.what) {
    case "add": {
      const added = find(application.app, sides.to, item);
      return [...loads(added.modules), ...lows(...apply.start(added, application.type))];
    }
    case "remove": {
      if (sides.to.application.has(application.app)) {
        throw new UnderwayError("relup/removed_application_present", { app: application.app, place: firstPlace(item) });
      }
      const removed = find(application.app, sides.from, item);
      return [...lows(...apply.stop(removed)), ...removes(removed.modules), ...lows(...apply.unload(removed))];
    }
    case "restart": {
      const before = find(application.app, sides.from, item);
      const after = find(application.app, sides.to, item);
      if (compatibility === "underway" && (before.included || after.included)) {
        throw new UnderwayError("relup/included_application", { app: before.name, place: firstPlace(item) });
      }
      return [
        ...lows(...apply.stop(before)),
        ...removes(before.modules),
        ...loads(after.modules),
        ...lows(...apply.start(after, after.type)),
      ];
    }
  }
}

const brutal = { prePurge: "brutal_purge", postPurge: "brutal_purge" } as const;

function find(app: Name, side: Side, item: Item): SideApplication {
  const found = side.application.get(app);
  if (found === undefined) throw new UnderwayError("relup/no_such_application", { app, place: firstPlace(item) });
  return found;
}

/** The applies that start, stop and unload an application. */
function applies(compatibility: Compatibility) {
  const call = (name: string, ...args: readonly string[]): Mfa => ({
    module: APPLICATION_MODULE,
    function: name,
    args,
  });
  const start = (app: Name, type: StartType) => (type === "load" ? call("load", app) : call("start", app, type));
  const apply = (mfa: Mfa, undo: Mfa): Instruction =>
    compatibility === "otp" ? ["apply", mfa] : ["apply", mfa, { undo }];
  const startedType = ({ included, type }: SideApplication, wanted: StartType = type): StartType =>
    compatibility === "underway" && included && wanted !== "none" ? "load" : wanted;

  return {
    start(application: SideApplication, wanted: StartType): readonly Instruction[] {
      const { name } = application;
      const type = startedType(application, wanted);
      if (type === "none") return [];
      return [apply(start(name, type), type === "load" ? call("unload", name) : call("stop", name))];
    },
    stop(application: SideApplication): readonly Instruction[] {
      const { name } = application;
      const type = startedType(application);
      if (compatibility === "underway" && (type === "load" || type === "none")) return [];
      return [apply(call("stop", name), start(name, type))];
    },
    unload(application: SideApplication): readonly Instruction[] {
      const { name } = application;
      if (compatibility === "underway" && startedType(application) === "none") return [];
      return [apply(call("unload", name), call("load", name))];
    },
  };
}
