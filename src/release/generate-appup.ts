// Generates the appup of an application from the facts of its versions, in both directions.
//
//   module only in the version to go to      add_module
//   module only in the version to come from  delete_module
//   hash differs: supervisor                 update, { change: "supervisor" }
//                 vsn differs                update, { change: { advanced: [] } }
//                 callback module            update, { change: "soft" }, except of an application, which has no process
//                 other                      load_module
//
// A person reads, edits and commits what comes out. Nothing here is OTP's; relx and appup plugins for rebar have
// similar rules.

import type { Appup, AppupEntry, HighLevelInstruction } from "./appup.ts";
import type { ModuleId, Vsn } from "./data.ts";
import type { ObjectCode } from "./object-code.ts";

/** What must be known of a module: a part of its object code. */
export type ModuleFacts = Pick<ObjectCode, "hash" | "vsn" | "behaviour" | "evaluationDependencies">;

/** One version of an application. */
export interface ApplicationFacts {
  readonly vsn: Vsn;
  readonly modules: Readonly<Record<ModuleId, ModuleFacts>>;
}

/**
 * Generates an appup with an entry for each other version, in their order. Those of the same version are left out.
 *
 * @param top the version that the appup belongs to.
 */
export function generateAppup(top: ApplicationFacts, bases: readonly ApplicationFacts[]): Appup {
  const others = bases.filter((base) => base.vsn !== top.vsn);
  return {
    format: 1,
    vsn: top.vsn,
    upFrom: others.map((base) => generateEntry(base, top, base.vsn)),
    downTo: others.map((base) => generateEntry(top, base, base.vsn)),
  };
}

/**
 * Adds the entries of one appup to another that lacks them, behind its own. Entries whose version is already named stay
 * as they are: a person may have edited them.
 */
export function extendAppup(appup: Appup, generated: Appup): Appup {
  const extend = (own: readonly AppupEntry[], more: readonly AppupEntry[]) => [
    ...own,
    ...more.filter((entry) => !own.some((known) => known.vsn === entry.vsn)),
  ];
  return {
    ...appup,
    upFrom: extend(appup.upFrom, generated.upFrom),
    downTo: extend(appup.downTo, generated.downTo),
  };
}

// Internal.

/**
 * Purges softly: nobody is killed for running old code. Deviation: OTP's default is brutal.
 */
const soft = { prePurge: "soft_purge", postPurge: "soft_purge" } as const;

function generateEntry(from: ApplicationFacts, to: ApplicationFacts, vsn: Vsn): AppupEntry {
  const added = sortedModules(to).filter((module) => !Object.hasOwn(from.modules, module));
  const deleted = sortedModules(from).filter((module) => !Object.hasOwn(to.modules, module));
  const changed = sortedModules(to).filter((module) => {
    const before = factsOf(from, module);
    return before !== undefined && before.hash !== factsOf(to, module)?.hash;
  });
  // Only what this script itself replaces can be named as a dependency.
  const replaced = new Set([...added, ...changed]);
  const depMods = (module: ModuleId) => {
    const dependencies = factsOf(to, module)?.evaluationDependencies ?? [];
    const replacedOnes = dependencies.filter((one) => one !== module && replaced.has(one));
    return replacedOnes.length > 0 ? { depMods: replacedOnes } : {};
  };
  return {
    vsn,
    script: [
      ...added.map((module): HighLevelInstruction => {
        const options = depMods(module);
        return options.depMods === undefined ? ["add_module", module] : ["add_module", module, options];
      }),
      ...changed.map((module) => replace(module, factsOf(from, module), factsOf(to, module), depMods(module))),
      ...deleted.map((module): HighLevelInstruction => ["delete_module", module]),
    ],
  };
}

function replace(
  module: ModuleId,
  before: ModuleFacts | undefined,
  after: ModuleFacts | undefined,
  depMods: { readonly depMods?: readonly ModuleId[] },
): HighLevelInstruction {
  const behaviours = [before?.behaviour ?? null, after?.behaviour ?? null];
  if (behaviours.includes("supervisor")) return ["update", module, { change: "supervisor", ...soft, ...depMods }];
  if (before?.vsn !== after?.vsn) return ["update", module, { change: { advanced: [] }, ...soft, ...depMods }];
  // The former version decides as much as the next one: either may have processes.
  const isCallbackModule = behaviours.some((behaviour) => behaviour !== null && behaviour !== "application");
  if (isCallbackModule) return ["update", module, { change: "soft", ...soft, ...depMods }];
  return ["load_module", module, { ...soft, ...depMods }];
}

const factsOf = (application: ApplicationFacts, module: ModuleId): ModuleFacts | undefined =>
  Object.hasOwn(application.modules, module) ? application.modules[module] : undefined;

const sortedModules = (application: ApplicationFacts): readonly ModuleId[] => Object.keys(application.modules).sort();
