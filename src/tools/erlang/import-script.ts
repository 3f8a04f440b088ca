// Instructions of Erlang's appups and relups as ours. The grammar: appup(5), and which short form has which parts:
//
//   {update,M}  {update,M,supervisor | Change | DepMods}  {update,M,Change,DepMods}  {update,M,Change,Pre,Post,DepMods}
//   {update,M,Timeout,Change,Pre,Post,DepMods}  {update,M,ModType,Timeout,Change,Pre,Post,DepMods}
//   {load_module,M}  {load_module,M,DepMods}  {load_module,M,Pre,Post,DepMods}
//   {add_module,M}  {add_module,M,DepMods}  {delete_module,M}  {delete_module,M,DepMods}
//
// What is no instruction is refused; what is one with a wrong part is refused by the check of ours that follows.
// OTP: systools_rc:expand_script/1.

import type { StartType } from "../../release/app.ts";
import type { Change, HighLevelInstruction, LoadOptions, Purge, UpdateOptions } from "../../release/appup.ts";
import type { Json, Mfa, ModuleId } from "../../release/data.ts";
import type { Instruction } from "../../release/relup.ts";
import { noCounterpart, toJson } from "./json.ts";
import type { Naming } from "./naming.ts";
import { toOurFunction } from "./naming.ts";
import type { Term } from "./term.ts";
import { elementsOf, isAtom, isList, isTuple, nameOf, textOf } from "./term.ts";

/** Where a script stands, for errors. */
export interface ScriptSource {
  readonly file: string;
  /** `upFrom "1.0"`. */
  readonly place: string;
  readonly naming: Naming;
}

type Imported = HighLevelInstruction | Instruction;

/**
 * Brings a script over. A list in a script is spliced in its place, one level, as in OTP.
 *
 * Deviation: short forms are understood in such a list too; OTP refuses them.
 *
 * @throws erlang/no_counterpart, erlang/unknown_module
 */
export const importScript = (script: readonly Term[], source: ScriptSource): readonly Imported[] =>
  script
    .flatMap((one) => (isList(one) ? one : [one]))
    .map((one, index) =>
      new Importer(one, { ...source, place: `${source.place}, instruction ${index + 1}` }).instruction(),
    );

// Internal.

/** One instruction. A class only so that the source need not be handed from function to function. */
class Importer {
  readonly #term: Term;
  readonly #source: ScriptSource;

  constructor(term: Term, source: ScriptSource) {
    this.#term = term;
    this.#source = source;
  }

  instruction(): Imported {
    const [first, ...args] = elementsOf(this.#term) ?? [];
    const name = nameOf(first);
    switch (name) {
      case "update":
        return this.#update(args);
      case "load_module":
        return this.#loadModule(args);
      case "add_module":
      case "delete_module": {
        const [module, depMods, ...rest] = args;
        if (rest.length > 0) throw this.#wrong();
        return depMods === undefined
          ? [name, this.#module(module)]
          : [name, this.#module(module), { depMods: this.#modules(depMods) }];
      }
      case "add_application": {
        const [app, type, ...rest] = args;
        if (rest.length > 0) throw this.#wrong();
        // A wrong type is refused by the check that follows.
        return type === undefined ? [name, this.#atom(app)] : [name, this.#atom(app), this.#atom(type) as StartType];
      }
      case "remove_application":
      case "restart_application":
        return [name, this.#atom(this.#only(args))];
      default:
        return this.#lowLevel(name, args);
    }
  }

  #lowLevel(name: string | undefined, args: readonly Term[]): Instruction {
    switch (name) {
      case "load_object_code": {
        const [app, vsn, modules] = this.#tuple(this.#only(args), 3);
        return [name, { app: this.#atom(app), vsn: this.#text(vsn), modules: this.#modules(modules) }];
      }
      case "load":
      case "remove": {
        const [module, prePurge, postPurge] = this.#tuple(this.#only(args), 3);
        return [
          name,
          { module: this.#module(module), prePurge: this.#purge(prePurge), postPurge: this.#purge(postPurge) },
        ];
      }
      case "purge":
      case "resume":
      case "stop":
      case "start":
        return [name, this.#modules(this.#only(args))];
      case "suspend":
        return [name, this.#list(this.#only(args)).map((one) => this.#suspended(one))];
      case "code_change": {
        // Without a mode it is an upgrade.
        const [mode, changes] = args.length === 1 ? [{ atom: "up" }, args[0]] : args;
        if (args.length > 2) throw this.#wrong();
        return [name, this.#atom(mode) as "up" | "down", this.#list(changes).map((one) => this.#codeChange(one))];
      }
      case "sync_nodes": {
        const [id, nodes, ...rest] = args;
        if (id === undefined || nodes === undefined || rest.length > 0) throw this.#wrong();
        return [
          name,
          this.#json(id),
          isTuple(nodes) ? this.#mfa(nodes) : this.#list(nodes).map((one) => this.#atom(one)),
        ];
      }
      case "apply":
        return [name, this.#mfa(this.#only(args))];
      case "point_of_no_return":
      case "restart_new_emulator":
      case "restart_emulator":
        if (!isAtom(this.#term)) throw this.#wrong();
        return [name];
      default:
        throw this.#wrong();
    }
  }

  #update([module, ...args]: readonly Term[]): HighLevelInstruction {
    const subject = this.#module(module);
    const [first] = args;
    if (args.length === 0) return ["update", subject];
    if (args.length === 1 && first !== undefined) {
      const options = isList(first) ? { depMods: this.#modules(first) } : { change: this.#change(first) };
      return ["update", subject, options];
    }
    // From the end: the forms grow at the front.
    const depMods = this.#modules(args.at(-1));
    if (args.length === 2) return ["update", subject, { change: this.#fullChange(first), depMods }];
    if (args.length < 4 || args.length > 6) throw this.#wrong();
    const options: UpdateOptions = {
      change: this.#fullChange(args.at(-4)),
      prePurge: this.#purge(args.at(-3)),
      postPurge: this.#purge(args.at(-2)),
      depMods,
      ...(args.length >= 5 && { timeoutMs: this.#timeout(args.at(-5)) }),
      ...(args.length === 6 && { modType: this.#atom(first) as "static" | "dynamic" }),
    };
    return ["update", subject, options];
  }

  #loadModule([module, ...args]: readonly Term[]): HighLevelInstruction {
    const subject = this.#module(module);
    if (args.length === 0) return ["load_module", subject];
    const depMods = this.#modules(args.at(-1));
    if (args.length === 1) return ["load_module", subject, { depMods }];
    if (args.length !== 3) throw this.#wrong();
    const options: LoadOptions = { prePurge: this.#purge(args[0]), postPurge: this.#purge(args[1]), depMods };
    return ["load_module", subject, options];
  }

  #suspended(term: Term) {
    if (isAtom(term)) return this.#module(term);
    const [module, timeout] = this.#tuple(term, 2);
    const timeoutMs = this.#timeout(timeout);
    return timeoutMs === "default" ? this.#module(module) : { module: this.#module(module), timeoutMs };
  }

  #codeChange(term: Term): { readonly module: ModuleId; readonly extra: Json } {
    const [module, extra] = this.#tuple(term, 2);
    return { module: this.#module(module), extra: this.#json(extra ?? []) };
  }

  #change(term: Term | undefined): Change {
    return nameOf(term) === "supervisor" ? "supervisor" : this.#fullChange(term);
  }

  /** `supervisor` is a short form: beside other parts OTP does not know it. */
  #fullChange(term: Term | undefined): Change {
    const name = nameOf(term);
    if (name === "soft") return name;
    const [kind, extra] = this.#tuple(term, 2);
    if (nameOf(kind) !== "advanced" || extra === undefined) throw this.#wrong();
    return { advanced: this.#json(extra) };
  }

  #mfa(term: Term): Mfa {
    const [module, name, args] = this.#tuple(term, 3);
    const atoms = [this.#atom(module), this.#atom(name)] as const;
    const [target, called] = toOurFunction(...atoms) ?? [this.#module(module), atoms[1]];
    // A list of small numbers was read as a string: arguments are a list in any case.
    const list = typeof args === "string" ? [...args].map((char) => char.codePointAt(0) ?? 0) : this.#list(args);
    return { module: target, function: called, args: list.map((one) => this.#json(one)) };
  }

  #timeout(term: Term | undefined): number | "default" | "infinity" {
    if (typeof term === "number") return term;
    // Another word is refused by the check that follows.
    return this.#atom(term) as "default" | "infinity";
  }

  #purge(term: Term | undefined): Purge {
    return this.#atom(term) as Purge;
  }

  #modules(term: Term | undefined): readonly ModuleId[] {
    return this.#list(term).map((one) => this.#module(one));
  }

  #module(term: Term | undefined): ModuleId {
    return this.#source.naming.toModule(this.#atom(term));
  }

  #json(term: Term): Json {
    return toJson(term, this.#source);
  }

  #atom(term: Term | undefined): string {
    const name = nameOf(term);
    if (name === undefined) throw this.#wrong();
    return name;
  }

  #text(term: Term | undefined): string {
    const text = textOf(term);
    if (text === undefined) throw this.#wrong();
    return text;
  }

  #list(term: Term | undefined): readonly Term[] {
    if (term === undefined || !isList(term)) throw this.#wrong();
    return term;
  }

  #tuple(term: Term | undefined, size: number): readonly Term[] {
    if (!isTuple(term) || term.tuple.length !== size) throw this.#wrong();
    return term.tuple;
  }

  #only(args: readonly Term[]): Term {
    const [one, ...rest] = args;
    if (one === undefined || rest.length > 0) throw this.#wrong();
    return one;
  }

  #wrong() {
    return noCounterpart(this.#term, this.#source);
  }
}
