// From a relup script to the steps of an install. Pure.
//
// A relup is a sequence. Instructions with effects (apply, stop, start, sync_nodes) keep their place; the code
// instructions between two of them are joined into one switch, which is all-or-nothing. A script with an emulator
// restart is cold: the new release is started afresh, so its other instructions would be thrown away and are not run.
// Deviation: OTP runs them first.

import type { Inside, Purge } from "../../release/appup.ts";
import type { Json, Mfa, ModuleId } from "../../release/data.ts";
import type { Instruction, Script } from "../../release/relup.ts";

export type Step =
  | { readonly kind: "switch"; readonly switch: Switch }
  | { readonly kind: "apply"; readonly mfa: Mfa; readonly undo: Mfa | null }
  | { readonly kind: "stop"; readonly modules: readonly ModuleId[] }
  | { readonly kind: "start"; readonly modules: readonly ModuleId[] };

/** Everything that becomes visible in one synchronous turn. */
export interface Switch {
  /** Modules that get a new current version. */
  readonly load: ReadonlyMap<ModuleId, Purges>;
  /** Modules that have no current version afterwards. */
  readonly remove: ReadonlyMap<ModuleId, Purges>;
  /** Modules whose old version is purged, brutally, once the install has succeeded. */
  readonly purge: ReadonlySet<ModuleId>;
  /** npm packages, `application package`, that the appup names to be loaded anew. Changed ones are so in any case. */
  readonly relink: ReadonlySet<string>;
  /** Modules whose processes' states are converted, with the appup's extra. */
  readonly codeChange: ReadonlyMap<ModuleId, Json>;
  /** Modules whose processes take part, and what to do with those inside an asynchronous callback. */
  readonly update: ReadonlyMap<ModuleId, { readonly inside: Inside; readonly timeoutMs: number | "infinity" }>;
}

export interface Purges {
  readonly prePurge: Purge;
  readonly postPurge: Purge;
}

export type Plan = { readonly kind: "hot"; readonly steps: readonly Step[] } | { readonly kind: "cold" };

/** OTP's default for suspending, here for waiting until nobody is inside. */
const WAIT_MS = 5_000;

/** Joins the code instructions of a script. */
export const planOf = (script: Script): Plan => {
  if (script.some(([name]) => name === "restart_emulator" || name === "restart_new_emulator")) return { kind: "cold" };
  const steps: Step[] = [];
  let group: MutableSwitch | null = null;
  /** What earlier switches have loaded: once more would make the very same code current, and purge the one to go back to. */
  const loaded = new Set<ModuleId>();
  for (const instruction of script) {
    if (instruction[0] === "load" && loaded.has(instruction[1].module)) continue;
    if (instruction[0] === "remove") loaded.delete(instruction[1].module);
    const effect = effectOf(instruction);
    if (effect === null) {
      group ??= emptySwitch();
      joinInto(group, instruction);
    } else {
      if (group !== null) pushSwitch(steps, group);
      for (const module of group?.load.keys() ?? []) loaded.add(module);
      group = null;
      steps.push(effect);
    }
  }
  if (group !== null) pushSwitch(steps, group);
  return { kind: "hot", steps };
};

/** Every module that the plan loads. */
export const loadedModules = (steps: readonly Step[]): readonly ModuleId[] =>
  steps.flatMap((step) => (step.kind === "switch" ? [...step.switch.load.keys()] : []));

// Internal.

type MutableSwitch = {
  [Field in keyof Switch]: Switch[Field] extends ReadonlyMap<infer K, infer V>
    ? Map<K, V>
    : Switch[Field] extends ReadonlySet<infer K>
      ? Set<K>
      : never;
};

export const emptySwitch = (): MutableSwitch => ({
  load: new Map(),
  remove: new Map(),
  purge: new Set(),
  relink: new Set(),
  codeChange: new Map(),
  update: new Map(),
});

const pushSwitch = (steps: Step[], group: MutableSwitch): void => {
  if (group.load.size + group.remove.size + group.purge.size + group.relink.size + group.codeChange.size > 0) {
    steps.push({ kind: "switch", switch: group });
  }
};

const effectOf = (instruction: Instruction): Step | null => {
  switch (instruction[0]) {
    case "apply":
      return { kind: "apply", mfa: instruction[1], undo: instruction[2]?.undo ?? null };
    case "stop":
    case "start":
      return { kind: instruction[0], modules: instruction[1] };
    default:
      return null;
  }
};

/** One clause per code instruction, in the order of relup.ts. */
const joinInto = (group: MutableSwitch, instruction: Instruction): void => {
  switch (instruction[0]) {
    case "load": {
      const { module, ...purges } = instruction[1];
      group.load.set(module, purges);
      // Removed and loaded again in one switch, as restart_application does: a load.
      group.remove.delete(module);
      group.purge.delete(module);
      break;
    }
    case "remove": {
      const { module, ...purges } = instruction[1];
      if (!group.load.has(module)) group.remove.set(module, purges);
      break;
    }
    case "purge":
      for (const module of instruction[1]) if (!group.load.has(module)) group.purge.add(module);
      break;
    case "relink":
      group.relink.add(`${instruction[1].app} ${instruction[1].package}`);
      break;
    case "suspend":
      for (const entry of instruction[1]) {
        const { module, timeoutMs = WAIT_MS, inside = "late" } = typeof entry === "string" ? { module: entry } : entry;
        group.update.set(module, { inside, timeoutMs });
      }
      break;
    case "code_change":
      for (const { module, extra } of instruction[2]) group.codeChange.set(module, extra);
      break;
    default:
      // load_object_code and point_of_no_return: everything is read, and can fail, before the first switch anyway.
      // resume: nobody is suspended. sync_nodes: there is one node.
      break;
  }
};
