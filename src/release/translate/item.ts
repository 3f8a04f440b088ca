// What the translation of scripts works on: instructions in normal form, each with the places it comes from.

import type { ScriptPlace } from "../../error.ts";
import type { StartType } from "../app.ts";
import type { HighLevelInstruction, Inside, Purge } from "../appup.ts";
import type { Json, ModuleId, Name, Vsn } from "../data.ts";
import type { Lines } from "../json-lines.ts";
import type { Instruction } from "../relup.ts";

/** `up`: towards the release that the relup belongs to. OTP: `up` and `dn`. */
export type Mode = "up" | "down";

/** `otp`: exactly what OTP 25 answers. `underway`: better where OTP is weak; each such place says so. */
export type Compatibility = "otp" | "underway";

/** What one application, or the comparison of two releases, wants to happen. */
export interface Contribution {
  /** Names the script in errors: `chat.appup.json, upFrom "0.1.0"`. */
  readonly name: string;
  /** Instructions as a person wrote them: nothing about their form is known yet. */
  readonly script: readonly (HighLevelInstruction | Instruction)[];
  /** Where the instructions stand in a file, if they come from one. */
  readonly lines?: Lines | undefined;
  /** The places of the instructions, where they are not simply one after the other. */
  readonly places?: readonly ScriptPlace[];
}

/** An application of the release to go to or to come from. */
export interface SideApplication {
  readonly name: Name;
  readonly vsn: Vsn;
  readonly modules: readonly ModuleId[];
  readonly type: StartType;
  readonly included: boolean;
}

/** The two releases that a script leads from and to. */
export interface Sides {
  readonly from: Side;
  readonly to: Side;
}

/** One release, indexed. */
export interface Side {
  readonly application: ReadonlyMap<Name, SideApplication>;
  /** The first application that lists a module. */
  readonly owner: ReadonlyMap<ModuleId, SideApplication>;
}

/** One instruction in normal form. `places` are in order, at least one. */
export type Item =
  | { readonly kind: "low"; readonly low: Instruction; readonly places: readonly ScriptPlace[] }
  | { readonly kind: "code"; readonly code: CodeInstruction; readonly places: readonly ScriptPlace[] }
  | {
      readonly kind: "application";
      readonly application: ApplicationInstruction;
      readonly places: readonly ScriptPlace[];
    };

export type LowItem = Extract<Item, { kind: "low" }>;
export type CodeItem = Extract<Item, { kind: "code" }>;

/** An instruction about the code of one module: takes part in the order by dependencies. All defaults are filled in. */
export type CodeInstruction =
  | {
      readonly what: "update";
      readonly module: ModuleId;
      readonly depMods: readonly ModuleId[];
      readonly modType: "static" | "dynamic";
      readonly timeoutMs: number | "default" | "infinity";
      readonly change: "soft" | { readonly advanced: Json };
      readonly prePurge: Purge;
      readonly postPurge: Purge;
      readonly inside: Inside;
    }
  | {
      readonly what: "load";
      readonly module: ModuleId;
      readonly depMods: readonly ModuleId[];
      readonly prePurge: Purge;
      readonly postPurge: Purge;
    }
  | { readonly what: "delete"; readonly module: ModuleId; readonly depMods: readonly ModuleId[] };

export type ApplicationInstruction =
  | { readonly what: "add"; readonly app: Name; readonly type: StartType }
  | { readonly what: "remove" | "restart"; readonly app: Name };

/** Makes a low-level item. */
export const low = (instruction: Instruction, places: readonly ScriptPlace[]): LowItem => ({
  kind: "low",
  low: instruction,
  places,
});

/** Loading a module that nobody can be running. */
export const brutalLoad = (module: ModuleId, depMods: readonly ModuleId[] = []): CodeInstruction => ({
  what: "load",
  module,
  depMods,
  prePurge: "brutal_purge",
  postPurge: "brutal_purge",
});

/** The place to name in an error about an item. */
export const firstPlace = (item: Item): ScriptPlace => item.places[0] ?? { script: "the relup", position: 0 };

/** Indexes the applications of a release. */
export function sideOf(applications: readonly SideApplication[]): Side {
  const owner = new Map<ModuleId, SideApplication>();
  for (const one of applications) for (const module of one.modules) if (!owner.has(module)) owner.set(module, one);
  return { application: new Map(applications.map((one) => [one.name, one])), owner };
}
