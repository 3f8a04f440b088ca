// The grammar of instructions: one form each. Checks, JSON Schemas and the cookbook's reference are made of it.
// The same as types, with what they mean: ../appup.ts and ../relup.ts.

import type { HighLevelInstruction } from "../appup.ts";
import type { Instruction } from "../relup.ts";
import type { Part } from "./part.ts";
import {
  anything,
  change,
  fields,
  list,
  module,
  oneOf,
  options,
  part,
  record,
  recordOr,
  text,
  timeout,
} from "./part.ts";

/** What stands behind the name of an instruction. */
export interface Form {
  readonly parts: readonly Part[];
  /** How many of the parts must be there. */
  readonly least: number;
  /** How it is written, options by name. */
  readonly usage: string;
  /** What the instruction does, one sentence. */
  readonly doc: string;
}

// Internal: parts that several instructions have.

const app = text("relup/bad_application");
const startType = oneOf("relup/bad_start_type", "permanent", "transient", "temporary", "load", "none");
const purge = oneOf("relup/bad_purge_method", "soft_purge", "brutal_purge");
const inside = oneOf("relup/bad_inside", "late", "wait", "kill");
const supervisor = text("relup/bad_supervisor");
const child = text("relup/bad_child");
const mfa = fields({
  module,
  function: text("relup/bad_func"),
  args: part("relup/bad_args_list", Array.isArray, { type: "array" }),
});
const depMods = list(module);
const loadOptions = options({ prePurge: purge, postPurge: purge, depMods });
const swap = fields({ module, prePurge: purge, postPurge: purge });
const suspended = record({ module, timeoutMs: timeout("infinity"), inside }, ["module"], "relup/bad_module");
const codeChange = record({ module, extra: anything }, ["module", "extra"], "relup/bad_code_change");

const form = (usage: string, doc: string, parts: readonly Part[], least = parts.length): Form => ({
  ...{ parts, least, usage, doc },
});

// API.

/** Instructions that only appups have. */
export const highLevelForms: { readonly [Name in HighLevelOnly]: Form } = {
  update: form(
    '["update", module, { change, prePurge, postPurge, timeoutMs, modType, depMods, inside }]',
    "Replaces a module and converts the states of its processes.",
    [
      module,
      options({
        change,
        prePurge: purge,
        postPurge: purge,
        timeoutMs: timeout("default", "infinity"),
        modType: oneOf("relup/bad_mod_type", "static", "dynamic"),
        depMods,
        inside,
      }),
    ],
    1,
  ),
  load_module: form(
    '["load_module", module, { prePurge, postPurge, depMods }]',
    "Replaces a module without touching processes.",
    [module, loadOptions],
    1,
  ),
  add_module: form(
    '["add_module", module, { depMods }]',
    "Loads a module that is new.",
    [module, options({ depMods })],
    1,
  ),
  delete_module: form('["delete_module", module, { depMods }]', "Removes a module.", [module, options({ depMods })], 1),
  add_application: form(
    '["add_application", application, type]',
    "Loads and starts an application that is new.",
    [app, startType],
    1,
  ),
  remove_application: form('["remove_application", application]', "Stops and removes an application.", [app]),
  restart_application: form(
    '["restart_application", application]',
    "Stops an application, replaces all its modules, starts it.",
    [app],
  ),
  start_child: form('["start_child", supervisor, id]', "Starts a child that a supervisor's new init lists.", [
    supervisor,
    child,
  ]),
  delete_child: form('["delete_child", supervisor, id]', "Terminates a child and takes it from its supervisor.", [
    supervisor,
    child,
  ]),
  restart_child: form('["restart_child", supervisor, id]', "Terminates a child and starts it again.", [
    supervisor,
    child,
  ]),
  restart_subtree: form(
    '["restart_subtree", supervisor, id, { modules }]',
    "Terminates a child with everything below it, replaces modules, starts it again.",
    [supervisor, child, options({ modules: list(module) })],
    2,
  ),
};

/** Instructions of relups; appups may have them too. */
export const lowLevelForms: { readonly [Name in Instruction[0]]: Form } = {
  load_object_code: form(
    '["load_object_code", { app, vsn, modules }]',
    "Reads object code of an application of the release to go to.",
    [fields({ app: text("relup/bad_lib"), vsn: text("relup/bad_lib_vsn"), modules: list(module) })],
  ),
  point_of_no_return: form(
    '["point_of_no_return"]',
    "Divides what must leave the system as it was when it fails from what changes it.",
    [],
  ),
  load: form(
    '["load", { module, prePurge, postPurge }]',
    "Makes object code that was read current, and the current version old.",
    [swap],
  ),
  remove: form('["remove", { module, prePurge, postPurge }]', "Makes the current version old, and nothing current.", [
    swap,
  ]),
  purge: form('["purge", [module]]', "Kills who runs old code of modules, and forgets that code.", [list(module)]),
  suspend: form('["suspend", [module, { module, timeoutMs, inside }]]', "Suspends the processes of modules.", [
    list(recordOr(suspended, module)),
  ]),
  code_change: form(
    '["code_change", "up" or "down", [{ module, extra }]]',
    "Converts the states of suspended processes.",
    [oneOf("relup/bad_mode", "up", "down"), list(codeChange)],
  ),
  resume: form('["resume", [module]]', "Resumes the processes of modules.", [list(module)]),
  stop: form('["stop", [module]]', "Terminates the supervised processes of modules.", [list(module)]),
  start: form('["start", [module]]', "Starts what `stop` has terminated.", [list(module)]),
  sync_nodes: form(
    '["sync_nodes", id, [node] or { module, function, args }]',
    "Waits for other nodes to come to the same place.",
    [anything, recordOr(mfa, list(text("relup/bad_node")))],
  ),
  relink: form(
    '["relink", { app, package }]',
    "Lets a changed npm package of an application be loaded beside its running copy.",
    [fields({ app, package: text("relup/bad_package") })],
  ),
  apply: form(
    '["apply", { module, function, args }, { undo }]',
    "Calls a function; `undo` is called when the upgrade is taken back.",
    [mfa, options({ undo: mfa })],
    1,
  ),
  restart_new_emulator: form(
    '["restart_new_emulator"]',
    "Restarts the node with the new runtime, before everything else.",
    [],
  ),
  restart_emulator: form('["restart_emulator"]', "Restarts the node, after everything else.", []),
};

// Internal.

type HighLevelOnly = Exclude<HighLevelInstruction[0], Instruction[0]>;
