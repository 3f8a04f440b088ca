// Our instructions as Erlang's. What only Underway has (children, relink, undo, inside) is left out or taken apart as
// far as OTP has words for it.

import type { Change, HighLevelInstruction, LoadOptions, UpdateOptions } from "../../release/appup.ts";
import type { Mfa, ModuleId } from "../../release/data.ts";
import type { Instruction } from "../../release/relup.ts";
import { normalise } from "../../release/translate/normalise.ts";
import { fromJson } from "./json.ts";
import type { Naming } from "./naming.ts";
import { toOtpFunction } from "./naming.ts";
import type { Term } from "./term.ts";
import { atom, isList, tuple } from "./term.ts";

/** Instructions of either level, each in the shortest form of Erlang's that says as much. */
export const exportScript = (
  script: readonly (HighLevelInstruction | Instruction)[],
  naming: Naming,
): readonly Term[] => script.flatMap((instruction) => exportInstruction(instruction, naming));

// Internal.

/** Both or none: there is no form with one of them. */
const purges = ({ prePurge, postPurge }: LoadOptions): readonly Term[] =>
  prePurge === undefined && postPurge === undefined
    ? []
    : [atom(prePurge ?? "brutal_purge"), atom(postPurge ?? "brutal_purge")];

function exportInstruction(instruction: HighLevelInstruction | Instruction, naming: Naming): readonly Term[] {
  const module = (name: ModuleId): Term => atom(naming.toAtom(name));
  const modules = (names: readonly ModuleId[] = []): Term => names.map(module);
  const mfa = (call: Mfa): Term => exportMfa(call, naming);
  const name = atom(instruction[0]);
  switch (instruction[0]) {
    case "update":
      return [update(module(instruction[1]), instruction[2] ?? {}, modules)];
    case "load_module": {
      const options = instruction[2] ?? {};
      const ways = purges(options);
      const needsList = ways.length > 0 || options.depMods !== undefined;
      return [tuple(name, module(instruction[1]), ...ways, ...(needsList ? [modules(options.depMods)] : []))];
    }
    case "add_module":
    case "delete_module":
      return [
        tuple(name, module(instruction[1]), ...(instruction[2]?.depMods ? [modules(instruction[2].depMods)] : [])),
      ];
    case "add_application":
      return [tuple(name, atom(instruction[1]), ...(instruction[2] === undefined ? [] : [atom(instruction[2])]))];
    case "remove_application":
    case "restart_application":
      return [tuple(name, atom(instruction[1]))];
    case "start_child":
    case "delete_child":
    case "restart_child":
    case "restart_subtree":
      return normalise(instruction, { script: "", position: 0 }).flatMap((item) => {
        if (item.kind === "low") return exportInstruction(item.low, naming);
        if (item.kind !== "code" || item.code.what !== "load") return [];
        return exportInstruction(["load_module", item.code.module, item.code], naming);
      });
    case "load_object_code": {
      const { app, vsn, modules: names } = instruction[1];
      return [tuple(name, tuple(atom(app), vsn, modules(names)))];
    }
    case "load":
    case "remove": {
      const { module: subject, prePurge, postPurge } = instruction[1];
      return [tuple(name, tuple(module(subject), atom(prePurge), atom(postPurge)))];
    }
    case "purge":
    case "resume":
    case "stop":
    case "start":
      return [tuple(name, modules(instruction[1]))];
    case "suspend": {
      const suspended = instruction[1].map((one): Term => {
        if (typeof one === "string") return module(one);
        return one.timeoutMs === undefined ? module(one.module) : tuple(module(one.module), timeout(one.timeoutMs));
      });
      return [tuple(name, suspended)];
    }
    case "code_change": {
      const changes = instruction[2].map((one) => tuple(module(one.module), fromJson(one.extra)));
      return [tuple(name, atom(instruction[1]), changes)];
    }
    case "sync_nodes": {
      const [, id, nodes] = instruction;
      return [tuple(name, fromJson(id), isNodes(nodes) ? nodes.map(atom) : mfa(nodes))];
    }
    case "apply":
      return [tuple(name, mfa(instruction[1]))];
    case "relink":
      return [];
    case "point_of_no_return":
    case "restart_new_emulator":
    case "restart_emulator":
      return [name];
  }
}

/** `Array.isArray` alone does not tell a readonly list from a record. */
const isNodes = (nodes: readonly string[] | Mfa): nodes is readonly string[] => Array.isArray(nodes);

/**
 * The forms grow at the front: dependencies; change; both purges; timeout; type of the module. Each has all that the
 * shorter ones have, but for a change or dependencies alone.
 */
function update(module: Term, options: UpdateOptions, modules: (names?: readonly ModuleId[]) => Term): Term {
  const { change, timeoutMs, modType, depMods } = options;
  const type = modType ?? (change === "supervisor" ? "static" : undefined);
  const isLong = purges(options).length > 0 || timeoutMs !== undefined || modType !== undefined;
  const form = (...rest: readonly Term[]) => tuple(atom("update"), module, ...rest);
  if (change === "supervisor" && depMods === undefined && !isLong) return form(atom("supervisor"));
  if (isLong || change === "supervisor") {
    return form(
      ...(type === undefined ? [] : [atom(type)]),
      ...(type === undefined && timeoutMs === undefined ? [] : [timeout(timeoutMs ?? "default")]),
      ...[changed(change), atom(options.prePurge ?? "brutal_purge"), atom(options.postPurge ?? "brutal_purge")],
      modules(depMods),
    );
  }
  return form(...(change === undefined ? [] : [changed(change)]), ...(depMods === undefined ? [] : [modules(depMods)]));
}

/** `supervisor` is a short form: in a longer one it is a change that is advanced. */
const changed = (change: Change = "soft"): Term =>
  change === "soft" ? atom("soft") : advanced(change === "supervisor" ? [] : fromJson(change.advanced));

const advanced = (extra: Term): Term => tuple(atom("advanced"), extra);

const timeout = (value: number | string): Term => (typeof value === "number" ? value : atom(value));

function exportMfa({ module, function: name, args }: Mfa, naming: Naming): Term {
  const otp = toOtpFunction(module, name);
  const [target, called] = otp ?? [naming.toAtom(module), name];
  // OTP's own functions take atoms for names.
  const terms = args.map((one): Term => (otp && typeof one === "string" ? atom(one) : fromJson(one)));
  return tuple(atom(target), atom(called), isList(terms) ? terms : []);
}
