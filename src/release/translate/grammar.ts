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

const form = (doc: string, parts: readonly Part[], least = parts.length): Form => ({ parts, least, doc });

// API.

/** Instructions that only appups have. */
export const highLevelForms: { readonly [Name in HighLevelOnly]: Form } = {
  update: form(
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
  load_module: form("Replaces a module without touching processes.", [module, loadOptions], 1),
  add_module: form("Loads a module that is new.", [module, options({ depMods })], 1),
  delete_module: form("Removes a module.", [module, options({ depMods })], 1),
  add_application: form("Loads and starts an application that is new.", [app, startType], 1),
  remove_application: form("Stops and removes an application.", [app]),
  restart_application: form("Stops an application, replaces all its modules, starts it.", [app]),
  start_child: form("Starts a child that a supervisor's new init lists.", [supervisor, child]),
  delete_child: form("Terminates a child and takes it from its supervisor.", [supervisor, child]),
  restart_child: form("Terminates a child and starts it again.", [supervisor, child]),
  restart_subtree: form(
    "Terminates a child with everything below it, replaces modules, starts it again.",
    [supervisor, child, options({ modules: list(module) })],
    2,
  ),
};

/** Instructions of relups; appups may have them too. */
export const lowLevelForms: { readonly [Name in Instruction[0]]: Form } = {
  load_object_code: form("Reads object code of an application of the release to go to.", [
    fields({ app: text("relup/bad_lib"), vsn: text("relup/bad_lib_vsn"), modules: list(module) }),
  ]),
  point_of_no_return: form("Divides what must leave the system as it was when it fails from what changes it.", []),
  load: form("Makes object code that was read current, and the current version old.", [swap]),
  remove: form("Makes the current version old, and nothing current.", [swap]),
  purge: form("Kills who runs old code of modules, and forgets that code.", [list(module)]),
  suspend: form("Suspends the processes of modules.", [list(recordOr(suspended, module))]),
  code_change: form("Converts the states of suspended processes.", [
    oneOf("relup/bad_mode", "up", "down"),
    list(codeChange, "relup/bad_code_change"),
  ]),
  resume: form("Resumes the processes of modules.", [list(module)]),
  stop: form("Terminates the supervised processes of modules.", [list(module)]),
  start: form("Starts what `stop` has terminated.", [list(module)]),
  sync_nodes: form("Waits for other nodes to come to the same place.", [
    anything,
    recordOr(mfa, list(text("relup/bad_node"))),
  ]),
  relink: form("Loads an npm package of an application anew, from where the release to go to has it.", [
    fields({ app, package: text("relup/bad_package") }),
  ]),
  apply: form("Calls a function; `undo` is called when the upgrade is taken back.", [mfa, options({ undo: mfa })], 1),
  restart_new_emulator: form("Restarts the node with the new runtime, before everything else.", []),
  restart_emulator: form("Restarts the node, after everything else.", []),
};

// Internal.

type HighLevelOnly = Exclude<HighLevelInstruction[0], Instruction[0]>;
